"""`make bench`: prints each ratio with what it compares."""

from __future__ import annotations

import sys

from bench import area_statistics, build_time, page_switch, protection_time


def main() -> int:
    """Run every bench and print its lines."""
    for bench in (build_time, page_switch, protection_time, area_statistics):
        for line in bench.run():
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
