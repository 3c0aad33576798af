"""``build``: builds from the accepted files and publishes."""

from __future__ import annotations

import argparse

from etl.commands import publication
from etl.commands.answer import Answer
from etl.commands.arguments import CommandParser, Commands, add_reason


def declare(commands: Commands, common: CommandParser) -> None:
    """Name the command and its arguments."""
    build = commands.add_parser("build", parents=[common], help="由已入库文件重新生成并发布 build from the accepted files and publish")
    add_reason(build)
    build.set_defaults(run=run)


def run(options: argparse.Namespace) -> Answer:
    """Build and publish."""
    from etl import progress
    from etl.publishing import trial
    from etl.publishing.acceptance import who_am_i
    from etl.publishing.publish import checked_reason

    checked_reason(options.reason)  # before minutes of work, not after
    who = who_am_i()
    with progress.shown() as report:
        return publication.publish_at_once(trial.try_out((), options.data, options.county, who=who, progress=report), options, who)
