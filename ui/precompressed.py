"""Scripts and styles of the page, each compressed once and kept; fonts that a browser need not ask for twice.

Streamlit leaves compression to a server in front of it. A county's machine has none, and on a line of 10 Mbit/s two megabytes of scripts are
two seconds. What is asked for is compressed on its first request, off the event loop, and kept in memory: there are some 300 files.
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path

import anyio
import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ASSETS = Path(streamlit.__file__).parent / "static" / "static"
TYPES = {"js": "text/javascript", "css": "text/css"}
FOR_GOOD = "public, max-age=31536000, immutable"  # a year; a name of another release of Streamlit is another name
_ASSET = re.compile(r"/static/(?P<kind>js|css)/(?P<name>[\w.-]+\.(?:js|css))$")
_FONT = re.compile(r"/app/static/[\w.-]+\.woff2$")


class Precompressed:
    """Answers for Streamlit's scripts and styles itself, compressed, where the browser takes gzip; passes on everything else.

    Args:
        app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        asset = _asset(scope)
        if asset is None:
            await self.app(scope, receive, _kept_for_good(send) if _FONT.search(scope["path"]) else send)
            return
        body = await anyio.to_thread.run_sync(compressed, asset)
        headers = {"Content-Encoding": "gzip", "Cache-Control": FOR_GOOD, "Vary": "Accept-Encoding"}
        await Response(body, media_type=TYPES[asset.suffix[1:]], headers=headers)(scope, receive, send)


def _asset(scope: Scope) -> Path | None:
    """Return the file a request asks for, if it is one to compress and the browser takes it compressed."""
    found = _ASSET.search(scope["path"])
    if found is None or "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
        return None
    file = ASSETS / found["kind"] / found["name"]
    return file if file.is_file() else None


@cache
def compressed(file: Path) -> bytes:
    """Return a file's compressed bytes."""
    return gzip.compress(file.read_bytes(), compresslevel=9, mtime=0)


def _kept_for_good(send: Send) -> Send:
    """Let a browser keep a file that was found: it is asked for by a name that changes with it."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            MutableHeaders(scope=message)["Cache-Control"] = FOR_GOOD
        await send(message)

    return sent
