"""``template``: writes the blank workbooks that are handed out to the offices."""

from __future__ import annotations

import argparse
from pathlib import Path

from etl.commands.answer import DONE, REFUSED, Answer, BrokenError, sentence
from etl.commands.arguments import CommandParser, Commands
from indicators.model import Text


def declare(commands: Commands, common: CommandParser) -> None:
    """Name the command and its arguments."""
    template = commands.add_parser("template", parents=[common], help="写出空白模板 write the blank workbooks to hand out")
    template.add_argument("type", nargs="?", metavar="TYPE", help="报表类型,不写则全部 type of extract; all when none is named")
    template.add_argument("--into", type=Path, default=Path(), metavar="DIR", help="文件夹 folder (.)")
    template.set_defaults(run=run)


def run(options: argparse.Namespace) -> Answer:
    """Write them, over no file that is there already."""
    from etl.county.read import read_pack
    from etl.desk.template import delivered_name, file_name, template
    from etl.extracts import extracts
    from etl.ledger import durable

    contracts = extracts()
    if options.type is not None and options.type not in contracts:
        known = [f"{extract.id} {extract.title.zh}" for extract in contracts.values()]
        return sentence(REFUSED, Text(f"没有这种报表;可用的类型:{'、'.join(known)}", f"There is no such type; known are {', '.join(contracts)}"))
    pack = read_pack(options.county)
    chosen = [contracts[options.type]] if options.type else list(contracts.values())
    try:
        written = [(extract, durable.put_new(template(extract, pack), options.into, file_name(extract))) for extract in chosen]
    except OSError as error:
        raise BrokenError(
            Text(
                "空白模板未能写入所选文件夹;请检查该文件夹能否写入、磁盘是否已满",
                "The templates could not be written into the folder named; check the folder and the disk",
            )
        ) from error
    lines = [
        f"{extract.title.zh} {extract.title.en}: {path} · 填好后文件名如 deliver it under a name such as {delivered_name(extract)}"
        for extract, path in written
    ]
    return Answer(DONE, lines, {"templates": [{"extract": extract.id, "path": str(path)} for extract, path in written]})
