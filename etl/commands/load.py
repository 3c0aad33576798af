"""``load``: inspects files, takes them in, and publishes what they give."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.commands import publication
from etl.commands.answer import BROKEN, DONE, REFUSED, Answer, BrokenError, failure, say, sentence
from etl.commands.arguments import CommandParser, Commands, add_reason
from etl.commands.result_lines import AsFound, closing_lines
from indicators.model import Text

if TYPE_CHECKING:
    from etl.desk.delivery import Looked
    from etl.inspection.recognise import Months
    from etl.inspection.result import InspectionResult
    from etl.mapping.profile import Profile
    from etl.progress import Progress


def declare(commands: Commands, common: CommandParser) -> None:
    """Name the command and its arguments."""
    load = commands.add_parser("load", parents=[common], help="检查并入库,随后生成发布 inspect, accept, then build and publish")
    load.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="报表文件;不写则取raw/inbox中的全部文件 files; all of raw/inbox when none is named"
    )
    load.add_argument("--covers", type=_months, metavar="MONTH[-MONTH]", help="覆盖月份,如202610、2026-01-2026-10、2026-01至2026-10 months covered")
    load.add_argument("--reported-on", type=_day, metavar="YYYY-MM-DD", help="报送日期 date of reporting")
    load.add_argument("--profile", type=Path, metavar="FILE.json", help="映射方案 mapping profile to keep and to read the files by")
    load.add_argument(
        "--return-list", type=Path, metavar="DIR", help="有退回时,把退回清单写入此文件夹 folder for the return list of every refused file"
    )
    load.add_argument("--no-build", action="store_true", help="只入库,不生成 accept only")
    add_reason(load)
    load.set_defaults(run=run)


_JOINS = re.compile(r"\s*[-—–~至]\s*")


def _months(text: str) -> Months:
    """Read one month or two, in every spelling a cell may have; a dash may stand inside a month as well as between two."""
    from etl.reading.cells import month_of
    from etl.reading.signs import half_width

    text = half_width(text)
    if month := month_of(text.strip()):
        return month, month
    for join in _JOINS.finditer(text):
        first, last = month_of(text[: join.start()].strip()), month_of(text[join.end() :].strip())
        if first and last and first <= last:
            return first, last
    raise argparse.ArgumentTypeError(
        "写作一个月或起止两个月,如202610、2026-10、202601-202610、2026-01至2026-10 | one month, or the first and the last, as 202601-202610"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("日期写作2026-11-05 | a day as 2026-11-05") from error


def run(options: argparse.Namespace) -> Answer:
    """Load the files named, or those of the inbox."""
    from etl.desk.lock_files import LOCKS_IGNORED, is_lock_file

    named = options.files or _inbox(options.data)
    files = [path for path in named if not is_lock_file(path.name)]
    if named and not files:
        return sentence(DONE, LOCKS_IGNORED, files=[])
    if not files:
        return sentence(DONE, Text("raw/inbox中没有文件", "There is no file in raw/inbox"), files=[])
    lists: Path | None = options.return_list
    if lists is not None and lists.resolve().is_relative_to((options.data / "raw").resolve()):
        raise BrokenError(Text("退回清单不能写入数据文件夹的raw,请另选文件夹", "No return list is written into raw; name another folder"))
    answer = load_files(files, options)
    ignored = f"{LOCKS_IGNORED.zh}。{LOCKS_IGNORED.en}."
    return answer if len(files) == len(named) else replace(answer, lines=[ignored, *answer.lines])


def _inbox(data: Path) -> list[Path]:
    folder = data / "raw" / "inbox"
    return sorted(path for path in folder.glob("*") if path.is_file() and not path.name.startswith(".")) if folder.exists() else []


def _profile(path: Path | None) -> Profile | None:
    """Read the profile named on the command line, if one is."""
    from etl.extracts import extracts
    from etl.mapping.profile import parse

    if path is None:
        return None
    if not path.is_file():
        raise BrokenError(Text(f"找不到映射方案{path.name}", f"Cannot find the profile {path.name}"))
    return parse(path.read_bytes(), extracts())


def load_files(files: Sequence[Path], options: argparse.Namespace) -> Answer:
    """Take files through every step, and say what was found in each as soon as it is known."""
    from etl import progress

    with progress.shown() as report:
        report(Text("准备", "Getting ready"))  # before the libraries are read, which takes a second or two
        looked, who = _looked(files, options, report)
        if looked.is_refused:
            return _refused(looked.results, files, options)
        published = _published(looked, options, who, report)
    return _taken(looked, published, files, options.data)


def _looked(files: Sequence[Path], options: argparse.Namespace, report: Progress) -> tuple[Looked, str]:
    """Inspect the files; returns what was found, and who hands them in."""
    from etl.desk import delivery
    from etl.inspection.inspect import shown_name
    from etl.publishing.acceptance import who_am_i
    from etl.publishing.publish import checked_reason

    checked_reason(options.reason)  # before minutes of work, not after
    missing = [shown_name(path) for path in files if not path.is_file()]
    if missing:
        raise BrokenError(Text(f"找不到文件:{'、'.join(missing)}", f"Cannot find {', '.join(missing)}"))
    stated = delivery.Stated(options.covers, options.reported_on, _profile(options.profile))
    who, seen = who_am_i(), AsFound(len(files), lambda line: say(line, options))
    return delivery.look(files, options.data, options.county, who, stated=stated, progress=report, seen=seen), who


def _published(looked: Looked, options: argparse.Namespace, who: str, report: Progress) -> Answer | None:
    """Publish what files in order give, or only take them in; None where nothing is to be published."""
    from etl.desk import delivery
    from etl.publishing import acceptance

    if options.no_build:
        acceptance.accept(looked.results, options.data, who, looked.rows)
        return None
    try:
        tried = delivery.try_out(looked, options.data, options.county, who, report)
        return publication.publish_at_once(tried, options, who) if tried else None
    except Exception as error:  # what was found in the files is said all the same, and then what went wrong
        if options.debug:
            raise
        return failure(error, options.data)


def _taken(looked: Looked, published: Answer | None, files: Sequence[Path], data: Path) -> Answer:
    """Say what became of files in order, and what was published."""
    from etl.inspection.result import Acceptance
    from etl.ledger import ledger

    accepted = {(entry.sha256, entry.first_month, entry.last_month) for entry in ledger.read(data) if entry.is_accepted}
    results = [
        replace(result, acceptance=Acceptance.ACCEPTED)
        if result.acceptance is Acceptance.IN_ORDER and (result.sha256, result.first_month, result.last_month) in accepted
        else result
        for result in looked.results
    ]
    lines = closing_lines(results, len(files))
    fields: dict[str, Any] = {"files": [result.as_json() for result in results], "build": None}
    if published is None:
        if looked.is_new:  # a build would have said what they change
            lines.append("已入库,但未与现用版本比较,下次发布时一并生效。Accepted without a comparison; they take effect with the next publication.")
        return Answer(DONE, lines, fields)
    if published.code != DONE and looked.is_new:
        lines.append(
            "检查通过,但未发布,也未入库,原版本继续使用。In order, but nothing was published and nothing accepted."
            if any(result.acceptance is Acceptance.IN_ORDER for result in results)
            else "文件已入库,但未能发布,原版本继续使用。The files are accepted but nothing was published."
        )
    return Answer(published.code, [*lines, *published.lines], {**fields, "build": published.fields})


def _refused(results: Sequence[InspectionResult], files: Sequence[Path], options: argparse.Namespace) -> Answer:
    """Say what is to be mended, and write the return lists where a folder is named."""
    refused = [result for result in results if result.is_refused]
    lines = [
        *closing_lines(results, len(files)),
        f"共{len(results)}个文件,{len(refused)}个退回,全批未入库,改正后请整批重报。"
        f"{len(refused)} of {len(results)} files refused; none of the batch was accepted.",
    ]
    fields: dict[str, Any] = {"files": [result.as_json() for result in results], "build": None}
    if options.return_list is None:
        if options.command == "load":
            lines.append("加上 --return-list 文件夹,可写出退回清单发给报送单位。With --return-list DIR a list is written for the sender of each.")
        return Answer(REFUSED, lines, fields)
    written, problem = _return_lists(refused, options.return_list)
    lines += [f"退回清单已写入 Return list written: {path}" for path in written]
    fields["return_lists"] = [str(path) for path in written]
    if problem is None:
        return Answer(REFUSED, lines, fields)
    return Answer(BROKEN, [*lines, *problem.lines], {**fields, **problem.fields})


def _return_lists(refused: Sequence[InspectionResult], folder: Path) -> tuple[list[Path], Answer | None]:
    """Write a list for every refused file; returns those written, and what to say where the folder does not take them."""
    from etl.inspection.return_list import file_name, return_list
    from etl.ledger import durable

    written: list[Path] = []
    try:
        for result in refused:
            written.append(durable.put_new(return_list(result), folder, file_name(result)))
    except OSError:  # the refusal stands and has been recorded; only its list could not be written
        said = Text(
            "退回已记入台账,但退回清单未能写入所选文件夹;请检查该文件夹能否写入、磁盘是否已满,再运行一次",
            "The refusal is recorded but its list could not be written into the folder named; check the folder and the disk, and run it again",
        )
        return written, sentence(BROKEN, said)
    return written, None
