"""Every test file is run: pytest passes over folders of certain names (``build``, ``dist``, ``venv``) without a word."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LISTING = """
import pytest

class Unread(pytest.File):
    def collect(self):
        return []

class Lists:
    def pytest_pycollect_makemodule(self, module_path, parent):
        print(module_path)
        return Unread.from_parent(parent, path=module_path)

pytest.main(["--collect-only", "-qq", "-p", "no:xdist", "-p", "no:cacheprovider"], plugins=[Lists()])
"""
"""Has pytest name the files it would read, and read none of them: that is done by the run itself."""


def test_every_test_file_is_collected() -> None:
    listed = subprocess.run([sys.executable, "-c", LISTING], cwd=ROOT, capture_output=True, text=True, check=True)
    files = {str(path) for path in (ROOT / "tests").rglob("test_*.py")}
    assert {line for line in listed.stdout.splitlines() if line.endswith(".py")} == files
    assert [file for file in files if "\ndef test_" not in Path(file).read_text(encoding="utf-8")] == []
