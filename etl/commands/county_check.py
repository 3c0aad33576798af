"""``county-check``: says everything that is wrong with a county pack."""

from __future__ import annotations

import argparse
from pathlib import Path

from etl.commands.answer import DONE, REFUSED, Answer, sentence
from etl.commands.arguments import CommandParser, Commands
from indicators.model import Text


def declare(commands: Commands, common: CommandParser) -> None:
    """Name the command and its arguments."""
    check = commands.add_parser("county-check", parents=[common], help="检查县域资料包 check a county pack")
    check.add_argument("folder", type=Path, metavar="DIR", help="资料包目录 folder of the pack")
    check.set_defaults(run=run)


def run(options: argparse.Namespace) -> Answer:
    """Check it."""
    from etl.county.read import check_pack, pack_lines
    from etl.inspection.result import problem_as_json

    problems = check_pack(options.folder)
    if not problems:
        return sentence(DONE, Text("县域资料包可以使用", "The county pack is in order"), problems=[])
    lines = [
        f"县域资料包有{len(problems)}处问题。{len(problems)} problems in the county pack.",
        *(f"  - {line}" for line in pack_lines(problems)),
    ]
    return Answer(REFUSED, lines, {"problems": [problem_as_json(problem) for problem in problems]})
