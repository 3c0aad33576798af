"""`python -m ui serve` starts the dashboard on this machine and says one line when it can be opened; `python -m ui health` asks it how it is."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ADDRESS = "127.0.0.1"
DEFAULT_PORT = 8501
HIGHEST_PORT = 65535
PROJECT = Path(__file__).resolve().parent.parent
LONGEST_START = 600.0  # seconds: a busy machine is slow, not broken; a server that ended is seen at once


def _is_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        return probe.connect_ex((ADDRESS, port)) == 0


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=LONGEST_START) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _wait_until_healthy(server: subprocess.Popen[bytes], base: str) -> bool:
    deadline = time.monotonic() + LONGEST_START
    while time.monotonic() < deadline and server.poll() is None:
        if _answers(f"{base}/_stcore/health"):
            return True
        time.sleep(0.1)
    return False


def serve(port: int) -> int:
    """Run the dashboard until it is stopped.

    The script health check after the start runs dashboard.py once: it loads the libraries before the first reader comes, and turns off
    Streamlit's old page mode, in which a first deep link would show a page without its menu.

    Args:
        port: Port on 127.0.0.1.

    Returns:
        The exit code: 0 when stopped, 1 when it could not start.
    """
    if _is_taken(port):
        print(f"端口 {port} 已被占用,请换一个:PORT=8502 make run / Port {port} is taken; choose another: PORT=8502 make run", file=sys.stderr)
        return 1
    base = f"http://{ADDRESS}:{port}"
    command = [
        sys.executable,
        "-m",
        "ui.server",
        ADDRESS,
        str(port),
    ]
    # A session of its own: Ctrl-C reaches this process only, which ends the server at once. It only reads, so nothing can be lost.
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    server = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, env=environment, start_new_session=True)
    stopped = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal stopped
        stopped = True
        server.kill()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    if not _wait_until_healthy(server, base) or not _answers(f"{base}/_stcore/script-health-check"):
        if stopped:
            server.wait()
            return 0
        server.terminate()
        server.wait()
        print("看板没有启动,原因见上。 / The dashboard did not start; the reason stands above.", file=sys.stderr)
        return 1
    print(f"毒情看板已就绪 Dashboard ready: {base}", flush=True)
    code = server.wait()
    return 0 if stopped else code


def health(port: int) -> int:
    """Ask the running dashboard whether it can answer with numbers, and print its answer.

    Args:
        port: Port on 127.0.0.1.

    Returns:
        The exit code: 0 when it can, 1 when it cannot or does not run.
    """
    try:
        with urllib.request.urlopen(f"http://{ADDRESS}:{port}/health", timeout=30) as answer:
            print(answer.read().decode())
            return 0
    except urllib.error.HTTPError as error:
        print(error.read().decode())
    except OSError:
        print(f"端口{port}上没有看板在运行;请运行 make run / No dashboard answers on port {port}; run `make run`", file=sys.stderr)
    return 1


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m ui", description="毒情看板 / drug-situation dashboard")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="启动看板 / start the dashboard")
    serving.add_argument("--port", default=os.environ.get("PORT", str(DEFAULT_PORT)))
    asking = commands.add_parser("health", help="看板能否给出数字 / whether the dashboard can answer with numbers")
    asking.add_argument("--port", default=os.environ.get("PORT", str(DEFAULT_PORT)))
    options = parser.parse_args()
    asked = options.port
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked) <= HIGHEST_PORT):
        print("端口须为1—65535的整数,如 PORT=8502 make run / The port must be a number from 1 to 65535", file=sys.stderr)
        return 1
    return serve(int(asked)) if options.command == "serve" else health(int(asked))


if __name__ == "__main__":
    raise SystemExit(main())
