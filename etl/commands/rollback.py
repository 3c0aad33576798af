"""``rollback``: puts an earlier build back in force."""

from __future__ import annotations

import argparse

from etl.commands.answer import DONE, Answer, sentence
from etl.commands.arguments import CommandParser, Commands
from indicators.model import Text


def declare(commands: Commands, common: CommandParser) -> None:
    """Name the command and its arguments."""
    rollback = commands.add_parser("rollback", parents=[common], help="恢复到以前的版本 put an earlier build back in force")
    rollback.add_argument("number", type=int, metavar="N", help="版本号 number of the build")
    rollback.add_argument("--reason", default="", metavar="TEXT", help="恢复的原因 why")
    rollback.set_defaults(run=run)


def run(options: argparse.Namespace) -> Answer:
    """Put it back."""
    from etl.publishing.acceptance import who_am_i
    from etl.publishing.publish import rollback

    rollback(options.data, options.number, who_am_i(), options.reason)
    return sentence(
        DONE,
        Text(
            f"已恢复第{options.number}版;已入库文件不变,下次生成会重新使用",
            f"Build {options.number} is in force again; the accepted files stay, and the next build uses them again",
        ),
        number=options.number,
    )
