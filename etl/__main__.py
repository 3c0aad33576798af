"""``python -m etl``: the command line of the office that receives the files."""

import sys

from etl.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
