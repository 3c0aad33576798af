"""What a browser needs of Streamlit's scripts comes compressed and is asked for once; everything else is passed on untouched."""

from __future__ import annotations

import gzip

import anyio
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from ui.precompressed import ASSETS, FOR_GOOD, Precompressed

SCRIPT = max((ASSETS / "js").glob("index.*.js"), key=lambda file: file.stat().st_size)


async def behind(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("passed on", 404 if "missing" in scope["path"] else 200)(scope, receive, send)


def ask(path: str, accepted: str = "gzip", method: str = "GET") -> tuple[bytes, dict[str, str]]:
    """Ask as the server does, with the path as it is after decoding; return the body as sent and the headers."""
    parts: list[Message] = []

    async def run() -> None:
        headers = [(b"accept-encoding", accepted.encode())]
        scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers}

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            parts.append(message)

        await Precompressed(behind)(scope, receive, send)

    anyio.run(run)
    headers = {name.decode(): value.decode() for name, value in parts[0]["headers"]}
    return b"".join(part.get("body", b"") for part in parts[1:]), headers


@pytest.mark.parametrize("prefix", ["", "/county"])
def test_a_script_comes_compressed_whole_and_for_good(prefix: str) -> None:
    sent, headers = ask(f"{prefix}/static/js/{SCRIPT.name}")
    assert gzip.decompress(sent) == SCRIPT.read_bytes()
    assert len(sent) < SCRIPT.stat().st_size / 2
    assert headers["content-encoding"] == "gzip"
    assert headers["content-type"].startswith("text/javascript")
    assert headers["cache-control"] == FOR_GOOD
    assert headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("path", "accepted"),
    [
        (f"/static/js/{SCRIPT.name}", "identity"),  # a browser that does not take gzip
        ("/static/js/missing.js", "gzip"),
        ("/static/js/../../proto/missing.js", "gzip"),
        ("/static/js/../index.html", "gzip"),
        ("/", "gzip"),
        ("/health", "gzip"),
        ("/media/table.csv", "gzip"),
    ],
)
def test_everything_else_is_passed_on(path: str, accepted: str) -> None:
    body, headers = ask(path, accepted)
    assert body == b"passed on"
    assert "cache-control" not in headers


def test_a_form_is_passed_on() -> None:
    assert ask(f"/static/js/{SCRIPT.name}", method="POST")[0] == b"passed on"


def test_a_font_is_kept_where_it_was_found() -> None:
    assert ask("/app/static/noto.woff2")[1]["cache-control"] == FOR_GOOD
    assert "cache-control" not in ask("/app/static/missing.woff2")[1]
