"""``python -m etl``: the command line of the office that receives the files."""

from __future__ import annotations

import os
import sys

from etl.commands.main import main

if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when numpy is; on matrices as small as ours further threads only cost time
    sys.exit(main(sys.argv[1:]))
