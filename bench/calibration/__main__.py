"""``make calibration``: tries every judgement on thousands of counties, writes docs/calibration.md, and fails where a promise is broken."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.calibration.page import broken, page
from bench.calibration.runs import SEED, calibrate

PAGE = Path(__file__).parents[2] / "docs" / "calibration.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Calibrate, print and write the page; 1 if a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m bench.calibration")
    parser.add_argument("--share", type=float, default=1.0, help="share of the runs, for a quick look; below 1 the page is only printed")
    share = parser.parse_args(arguments).share
    started = time.perf_counter()
    found = calibrate(share)
    text = page(found, SEED)
    print(text)
    if share >= 1:
        PAGE.write_text(text, encoding="utf-8")
    refuted = broken(found)
    for line in refuted:
        print(f"broken: {line}")
    print(f"{(time.perf_counter() - started) / 60:.1f} minutes", file=sys.stderr)
    return 1 if refuted else 0


if __name__ == "__main__":
    sys.exit(main())
