"""``demo``: writes the files of the sample county and loads them as anybody's files are loaded."""

from __future__ import annotations

import argparse
import hashlib
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from etl.commands.answer import DONE, REFUSED, Answer, sentence
from etl.commands.arguments import CommandParser, Commands
from etl.commands.load import load_files
from indicators.model import Text


def declare(commands: Commands, common: CommandParser) -> None:
    """Name the command and its arguments."""
    demo = commands.add_parser("demo", parents=[common], help="生成示例县数据并走一遍全流程 the sample county through the ordinary path")
    demo.set_defaults(run=run, reason="", return_list=None, no_build=False, covers=None, reported_on=None, profile=None)


def run(options: argparse.Namespace) -> Answer:
    """Write the sample files and load them."""
    from etl.county.read import read_pack
    from etl.inspection.result import Acceptance
    from etl.ledger import ledger
    from etl.sample.write import write_sample

    pack = read_pack(options.county)
    if not pack.is_sample:
        return sentence(
            REFUSED, Text("县域资料包不是示例县,不能生成示例数据", "The county pack is not the sample county; no sample can be made for it")
        )
    inbox = options.data / "raw" / "inbox"
    known = {entry.sha256 for entry in ledger.read(options.data) if entry.is_accepted}
    with tempfile.TemporaryDirectory() as scratch:
        written = write_sample(Path(scratch), pack)
        if known - {hashlib.sha256(path.read_bytes()).hexdigest() for path in written}:
            return sentence(
                REFUSED,
                Text(
                    "数据文件夹里已有示例以外的报表,不混入示例数据;请运行 `python -m etl build`",
                    "The data folder holds files that are not the sample's; nothing synthetic is mixed in. Run `python -m etl build`",
                ),
            )
        inbox.mkdir(parents=True, exist_ok=True)
        files = [Path(shutil.move(path, inbox / path.name)) for path in written]
    answer = load_files(files, options)
    if answer.code != DONE or any(result["outcome"] != Acceptance.UNCHANGED for result in answer.fields["files"]):
        return answer
    unchanged = f"示例数据{len(files)}个文件均已入库,无变化。All {len(files)} sample files were accepted before; nothing changed."
    return replace(answer, lines=[unchanged, *(line for line in answer.lines if line.startswith("已发布"))])
