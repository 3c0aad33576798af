"""The real server says red while no number can be read, and green again after a build, without a restart."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from tests.faults.commands import ROOT, Commands
from tests.faults.conftest import County


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def asked(port: int) -> tuple[int, dict[str, object]]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=300) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def health_command(port: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ui", "health", "--port", str(port)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)


def test_health_goes_red_and_green_without_a_restart(small_county: County, commands: Commands, tmp_path: Path) -> None:
    data = shutil.copytree(small_county.before, tmp_path / "data")
    file, port = data / "warehouse.duckdb", free_port()
    assert health_command(port).returncode == 1  # nothing runs yet
    command = [sys.executable, "-m", "ui", "serve", "--port", str(port)]
    environment = {**os.environ, "DASHBOARD_DATA": str(data)}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        assert server.stdout is not None
        assert f":{port}" in server.stdout.readline()
        assert asked(port) == (200, {"status": "ok", "build": 1})
        assert health_command(port).returncode == 0

        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.unlink()
        file.write_bytes(bytes(content))
        status, said = asked(port)
        assert (status, said["status"]) == (503, "unavailable")
        assert "python -m etl build" in str(said["message"])
        assert str(data) not in json.dumps(said)
        assert health_command(port).returncode == 1

        file.unlink()
        assert asked(port)[0] == 503

        assert commands.run("build", "--data", data).code == 0
        assert asked(port) == (200, {"status": "ok", "build": 2})
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=300)
