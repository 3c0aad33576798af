"""The reader of the command line: the standard one, in Chinese before English."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any, NoReturn, TypeAlias

_FAULTS = (
    (re.compile(r"the following arguments are required: (?P<what>.+)"), "缺少 {what}"),
    (re.compile(r"unrecognized arguments: (?P<what>.+)"), "不认识 {what}"),
    (re.compile(r"argument (?P<what>.+?): expected (one|at least one) argument"), "{what} 后面缺少内容"),
    (re.compile(r"argument COMMAND: invalid choice: .*"), "没有这个命令"),
    (re.compile(r"argument (?P<what>.+?): invalid choice: .*"), "{what} 没有这个选项"),
    (re.compile(r"argument (?P<what>.+?): invalid int value: .*"), "{what} 应为整数"),
    (re.compile(r"argument (?P<what>.+?): ignored explicit argument .*"), "{what} 后面不应有内容"),
    (re.compile(r"ambiguous option: (?P<what>\S+) could match .*"), "{what} 不完整,与几个选项都相符"),
)


class _Layout(argparse.HelpFormatter):
    """The standard layout under a heading in both languages."""

    def add_usage(self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "用法 Usage: " if prefix is None else prefix)


class CommandParser(argparse.ArgumentParser):
    """An argument parser whose help and faults are read by people who may know no English; the commands of one are such parsers too."""

    def __init__(self, *, add_help: bool = True, parents: Sequence[argparse.ArgumentParser] = (), **settings: Any) -> None:
        super().__init__(add_help=False, formatter_class=_Layout, **settings)
        self._positionals.title = "内容 Arguments"
        self._optionals.title = "选项 Options"
        if add_help:
            self.add_argument("-h", "--help", action="help", help="显示说明 show this help")
        for parent in parents:
            self._add_container_actions(parent)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command and end with code 2."""
        zh, en = _in_both_languages(message)
        help_at = f"{self.prog} --help"
        self.exit(2, f"命令有误:{zh};请看 {help_at}。The command is wrong: {en}; see {help_at}.\n{self.format_usage()}")


Commands: TypeAlias = "argparse._SubParsersAction[CommandParser]"


def add_reason(parser: CommandParser) -> None:
    """Let a command be told why a build that is held is right."""
    parser.add_argument("--reason", default="", metavar="TEXT", help="核实情况;与现用版本相差过大时必填 why a held build is right")


def _in_both_languages(message: str) -> tuple[str, str]:
    """Return a message of the parser in Chinese and English; the faults of a value are written by us, as ``zh | en``."""
    own = re.fullmatch(r"argument (?P<what>\S+): (?P<zh>.+?) \| (?P<en>.+)", message)
    if own:
        return f"{own['what']} {own['zh']}", f"{own['what']}: {own['en']}"
    for pattern, said in _FAULTS:
        fault = pattern.fullmatch(message)
        if fault:
            return said.format(**fault.groupdict()), message
    return "写法不对", message
