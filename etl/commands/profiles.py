"""``profiles``: lists the mapping profiles in use."""

from __future__ import annotations

import argparse

from etl.commands.answer import DONE, Answer
from etl.commands.arguments import CommandParser, Commands


def declare(commands: Commands, common: CommandParser) -> None:
    """Name the command and its arguments."""
    profiles = commands.add_parser("profiles", parents=[common], help="列出映射方案 list the mapping profiles")
    profiles.set_defaults(run=run)


def run(options: argparse.Namespace) -> Answer:
    """List them."""
    from etl.extracts import extracts
    from etl.mapping.kept import load_all

    contracts = extracts()
    known = load_all(options.data, contracts)
    lines = [f"{one.name} · {contracts[one.extract].title.zh} {contracts[one.extract].title.en} · {one.sha256[:12]}" for one in known]
    fields = [{"name": one.name, "extract": one.extract, "sha256": one.sha256} for one in known]
    return Answer(DONE, lines or ["没有映射方案。There is no mapping profile."], {"profiles": fields})
