"""``purge``: removes refused files that were kept aside, once they are old."""

from __future__ import annotations

import argparse

from etl.commands.answer import DONE, Answer, sentence
from etl.commands.arguments import CommandParser, Commands
from indicators.model import Text


def declare(commands: Commands, common: CommandParser) -> None:
    """Name the command and its arguments."""
    purge = commands.add_parser("purge", parents=[common], help="删除早先退回的文件,台账不变 remove refused files kept aside; the ledger stays")
    purge.add_argument("--older-than", type=_days, default=90, metavar="DAYS", help="保存天数 days kept (90)")
    purge.set_defaults(run=run)


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("应为天数,至少1天 | a number of days, at least 1")
    return int(text)


def run(options: argparse.Namespace) -> Answer:
    """Remove them."""
    from etl.publishing import acceptance

    removed = acceptance.purge(options.data, options.older_than, acceptance.who_am_i())
    return sentence(
        DONE,
        Text(
            f"已删除{options.older_than}天以前退回的文件{removed}份,台账记录不变",
            f"{removed} files refused more than {options.older_than} days ago are removed; the ledger keeps their lines",
        ),
        removed=removed,
    )
