"""The dashboard as a server: Streamlit's own application with one more address, ``/health``.

Streamlit's ``/_stcore/health`` answers "ok" while every number on every page fails. This one opens the build in force and asks it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

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


app = streamlit.App(PROJECT / "dashboard.py", routes=[Route("/health", health)])

if __name__ == "__main__":
    app.run(config={"server.address": sys.argv[1], "server.port": int(sys.argv[2]), "server.headless": True})
