"""The dashboard as a server: Streamlit's own application with two more addresses, ``/health`` and the first page's own name, and compressed.

Streamlit's ``/_stcore/health`` answers "ok" while every number on every page fails. This one opens the build in force and asks it.

Streamlit serves the first page at the root only, and under its own name says that there is no such page. Readers who know how the other pages
are addressed are led to the root instead.
"""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from ui import navigation
from ui.precompressed import Precompressed
from warehouse.reader import Warehouse, WarehouseUnavailable, warehouse_path

PROJECT = Path(__file__).resolve().parent.parent


def health(_request: Request) -> JSONResponse:
    """Answer 200 with the number of the build in force, or 503 with the sentence that says what to do.

    The file is opened anew for every question: what an open connection still remembers says nothing of the file on the disk.
    """
    try:
        warehouse = Warehouse.open(warehouse_path())
        try:
            number = warehouse.probe()
        finally:
            warehouse.close()
    except WarehouseUnavailable as unavailable:
        message = {"zh": unavailable.message.zh, "en": unavailable.message.en}
        return JSONResponse({"status": "unavailable", "message": message}, status_code=503, headers={"Cache-Control": "no-store"})
    return JSONResponse({"status": "ok", "build": number}, headers={"Cache-Control": "no-store"})


def at_the_root(request: Request) -> RedirectResponse:
    """Send a reader on to the root with the same scope; the address is relative, so that it holds behind a proxy's prefix too."""
    return RedirectResponse(f"./?{request.url.query}" if request.url.query else "./")


by_name = [Route(f"/{first.path.stem}", at_the_root) for first in navigation.entries()[:1]]
app = streamlit.App(PROJECT / "dashboard.py", routes=[Route("/health", health), *by_name], middleware=[Middleware(Precompressed)])

if __name__ == "__main__":
    app.run(config={"server.address": sys.argv[1], "server.port": int(sys.argv[2]), "server.headless": True})
