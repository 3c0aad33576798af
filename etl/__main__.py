"""``python -m etl``: the command line of the office that receives the files."""

from __future__ import annotations

import sys

from etl.commands.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
