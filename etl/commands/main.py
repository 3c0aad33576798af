"""The commands behind ``python -m etl``: reads the arguments, runs one command, and says what it answers.

A command is a module with ``declare``, which names it and its arguments, and ``run``, which answers. What it needs of the other rooms it
imports when it runs, so that ``--help`` and a mistyped word are answered at once.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from etl.commands import build, county_check, demo, load, profiles, purge, rollback, status, template
from etl.commands.answer import BROKEN, Answer, failure, say, sentence
from etl.commands.arguments import CommandParser
from indicators.model import Text

COMMANDS = (load, build, status, profiles, rollback, demo, purge, template, county_check)


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], Answer] = options.run
    try:
        answer = command(options)
    except KeyboardInterrupt:
        answer = sentence(BROKEN, Text("已中断,未完成的批次不生效", "Interrupted; an unfinished batch has no effect"))
    except Exception as error:  # the last line of defence: whatever broke, the reader gets a sentence and not a traceback
        if options.debug:
            raise
        answer = failure(error, getattr(options, "data", None))
    _say(answer, options)
    return answer.code


def _parser() -> CommandParser:
    common = CommandParser(add_help=False)
    common.add_argument("--data", type=Path, default=Path("data"), metavar="DIR", help="数据目录 data folder (data)")
    common.add_argument("--county", type=Path, default=Path("county"), metavar="DIR", help="县域资料包 county pack (county)")
    common.add_argument("--json", action="store_true", help="结果以JSON输出到标准输出 result as JSON on standard output")
    common.add_argument("--debug", action="store_true", help="出错时显示细节 show the traceback of an error")
    parser = CommandParser(prog="python -m etl", description="入库、生成、发布 Load files, build and publish the warehouse")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", title="命令 Commands")
    for command in COMMANDS:
        command.declare(commands, common)
    return parser


def _say(answer: Answer, options: argparse.Namespace) -> None:
    for line in answer.lines:
        say(line, options)
    if options.json:
        fields = {"command": options.command, "code": answer.code, **answer.fields}
        print(json.dumps(fields, ensure_ascii=(sys.stdout.encoding or "").lower() not in ("utf-8", "utf8"), indent=1))
