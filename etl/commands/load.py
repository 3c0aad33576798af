"""The commands behind ``python -m etl``.

Every command ends in a sentence a person can act on, and in one of three codes: 0 done, 2 refused (the sender has something to mend),
1 broken (the office's computer person has).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from etl import progress
from etl.assembly.assemble import BuildReport
from etl.clock import CHINA_TIME
from etl.commands.arguments import CommandParser
from etl.inspection.batch import inspect_batch
from etl.inspection.entries import not_yet_accepted
from etl.inspection.recognise import Months
from etl.inspection.verdict import OUTCOME_WORDS, Outcome, Verdict, problem_as_json, problem_line, remark_line
from etl.ledger import ledger
from etl.ledger.ledger import LedgerEntry
from etl.mapping.profile import Profile
from etl.publishing.publish import KeptBuild
from etl.publishing.trial import Held, Trial
from etl.reading.cells import month_of
from indicators.model import Text
from indicators.months import months_between

DONE, BROKEN, REFUSED = 0, 1, 2


@dataclass
class Answer:
    """What a command has to say.

    Attributes:
        code: Exit code.
        lines: For a person.
        fields: For ``--json``.
    """

    code: int
    lines: list[str]
    fields: dict[str, Any]


class BrokenError(Exception):
    """Something outside the delivered files is not in order."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], Answer] = options.run
    try:
        answer = command(options)
    except KeyboardInterrupt:
        answer = _sentence(BROKEN, Text("已中断,未完成的批次不生效", "Interrupted; an unfinished batch has no effect"))
    except Exception as error:  # the last line of defence: whatever broke, the reader gets a sentence and not a traceback
        if options.debug:
            raise
        answer = _failure(error, getattr(options, "data", None))
    _say(answer, options)
    return answer.code


def _say(answer: Answer, options: argparse.Namespace) -> None:
    stream = sys.stderr if options.json else sys.stdout
    for line in answer.lines:
        print(line.encode(stream.encoding or "utf-8", "replace").decode(stream.encoding or "utf-8"), file=stream)
    if options.json:
        fields = {"command": options.command, "code": answer.code, **answer.fields}
        print(json.dumps(fields, ensure_ascii=(sys.stdout.encoding or "").lower() not in ("utf-8", "utf8"), indent=1))


def _sentence(code: int, text: Text, **fields: Any) -> Answer:
    return Answer(code, [f"{text.zh}。{text.en}."], {"message": {"zh": text.zh, "en": text.en}, **fields})


def _failure(error: Exception, data: Path | None) -> Answer:
    """Turn an error into an answer: the sentence is the one the page gives, the code says whose turn it is."""
    from etl.county.pack import PackError
    from etl.county.read import pack_lines
    from etl.desk.failure import REFUSALS, sentence
    from etl.mapping.profile import ProfileError
    from etl.publishing.trial import Held

    if isinstance(error, PackError):
        lines = ["县域资料包有误,无法使用。The county pack is not in order.", *(f"  - {line}" for line in pack_lines(error.problems))]
        return Answer(BROKEN, lines, {"problems": [problem_as_json(problem) for problem in error.problems]})
    if isinstance(error, ProfileError):
        lines = ["映射方案有误,无法使用。The mapping profile is not in order.", *(f"  - {problem_line(problem)}" for problem in error.problems)]
        return Answer(REFUSED, lines, {"problems": [problem_as_json(problem) for problem in error.problems]})
    if isinstance(error, Held):
        return _answer_held(error)
    return _sentence(REFUSED if isinstance(error, REFUSALS) else BROKEN, sentence(error, data))


def _answer_held(held: Held) -> Answer:
    """Say what is held and how a person who has checked it publishes all the same."""
    lines = [
        f"{held.text.zh}。{held.text.en}.",
        *(f"  - {hold.message.zh} | {hold.message.en}" for hold in held.holds),
        '核实无误的,在同一条命令后加上理由,如 --reason "核实:当月确无案件",即可发布;有误的,请改正报表后重报。'
        'Where this is right, run the same command with --reason "…" to publish it; where it is wrong, mend the files and deliver them again.',
    ]
    found = [
        {
            "rule": hold.rule,
            "indicator": hold.indicator or None,
            "month": f"{hold.month:%Y-%m}" if hold.month else None,
            "zh": hold.message.zh,
            "en": hold.message.en,
        }
        for hold in held.holds
    ]
    return Answer(REFUSED, lines, {"message": {"zh": held.text.zh, "en": held.text.en}, "holds": found})


def _parser() -> CommandParser:
    common = CommandParser(add_help=False)
    common.add_argument("--data", type=Path, default=Path("data"), metavar="DIR", help="数据目录 data folder (data)")
    common.add_argument("--county", type=Path, default=Path("county"), metavar="DIR", help="县域资料包 county pack (county)")
    common.add_argument("--json", action="store_true", help="结果以JSON输出到标准输出 verdict as JSON on standard output")
    common.add_argument("--debug", action="store_true", help="出错时显示细节 show the traceback of an error")
    parser = CommandParser(prog="python -m etl", description="入库、生成、发布 Load files, build and publish the warehouse")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", title="命令 Commands")

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
    load.add_argument("--reason", default="", metavar="TEXT", help="核实情况;与现用版本相差过大时必填 why a held build is right")
    load.set_defaults(run=_load)

    build = commands.add_parser("build", parents=[common], help="由已入库文件重新生成并发布 build from the accepted files and publish")
    build.add_argument("--reason", default="", metavar="TEXT", help="核实情况;与现用版本相差过大时必填 why a held build is right")
    build.set_defaults(run=_build)

    status = commands.add_parser("status", parents=[common], help="查看入库和发布情况 what is accepted and what is published")
    status.set_defaults(run=_status)

    profiles = commands.add_parser("profiles", parents=[common], help="列出映射方案 list the mapping profiles")
    profiles.set_defaults(run=_profiles)

    rollback = commands.add_parser("rollback", parents=[common], help="恢复到以前的版本 put an earlier build back in force")
    rollback.add_argument("number", type=int, metavar="N", help="版本号 number of the build")
    rollback.add_argument("--reason", default="", metavar="TEXT", help="恢复的原因 why")
    rollback.set_defaults(run=_rollback)

    demo = commands.add_parser("demo", parents=[common], help="生成示例县数据并走一遍全流程 the sample county through the ordinary path")
    demo.set_defaults(run=_demo, reason="")

    purge = commands.add_parser("purge", parents=[common], help="删除早先退回的文件,台账不变 remove refused files kept aside; the ledger stays")
    purge.add_argument("--older-than", type=_days, default=90, metavar="DAYS", help="保存天数 days kept (90)")
    purge.set_defaults(run=_purge)

    template = commands.add_parser("template", parents=[common], help="写出空白模板 write the blank workbooks to hand out")
    template.add_argument("type", nargs="?", metavar="TYPE", help="报表类型,不写则全部 type of extract; all when none is named")
    template.add_argument("--into", type=Path, default=Path(), metavar="DIR", help="文件夹 folder (.)")
    template.set_defaults(run=_template)

    check = commands.add_parser("county-check", parents=[common], help="检查县域资料包 check a county pack")
    check.add_argument("folder", type=Path, metavar="DIR", help="资料包目录 folder of the pack")
    check.set_defaults(run=_county_check)
    return parser


_JOINS = re.compile(r"\s*[-—–~至]\s*")


def _months(text: str) -> Months:
    """Read one month or two, in every spelling a cell may have; a dash may stand inside a month as well as between two."""
    text = unicodedata.normalize("NFKC", text)
    if month := month_of(text.strip()):
        return month, month
    for join in _JOINS.finditer(text):
        first, last = month_of(text[: join.start()].strip()), month_of(text[join.end() :].strip())
        if first and last and first <= last:
            return first, last
    raise argparse.ArgumentTypeError(
        "写作一个月或起止两个月,如202610、2026-10、202601-202610、2026-01至2026-10 | one month, or the first and the last, as 202601-202610"
    )


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("应为天数,至少1天 | a number of days, at least 1")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("日期写作2026-11-05 | a day as 2026-11-05") from error


def _load(options: argparse.Namespace) -> Answer:
    files = options.files or _inbox(options.data)
    if not files:
        return _sentence(DONE, Text("raw/inbox中没有文件", "There is no file in raw/inbox"), files=[])
    return _load_files(files, options, options.covers, options.reported_on, builds=not options.no_build)


def _inbox(data: Path) -> list[Path]:
    folder = data / "raw" / "inbox"
    return sorted(path for path in folder.glob("*") if path.is_file() and not path.name.startswith((".", "~$"))) if folder.exists() else []


def _load_files(files: Sequence[Path], options: argparse.Namespace, covers: Months | None, reported_on: date | None, builds: bool) -> Answer:
    from etl.county.read import read_pack
    from etl.inspection import inspect as inspection
    from etl.mapping.kept import save
    from etl.publishing import acceptance

    pack = read_pack(options.county)
    account = acceptance.who_am_i()
    mapping = _named_profile(options)
    lists: Path | None = getattr(options, "return_list", None)
    if lists is not None and lists.resolve().is_relative_to((options.data / "raw").resolve()):
        raise BrokenError(Text("退回清单不能写入数据文件夹的raw,请另选文件夹", "No return list is written into raw; name another folder"))
    verdicts: list[Verdict] = []
    with progress.shown() as report:
        missing = [inspection.shown_name(path) for path in files if not path.is_file()]
        if missing:
            raise BrokenError(Text(f"找不到文件:{'、'.join(missing)}", f"Cannot find {', '.join(missing)}"))
        verdicts = inspect_batch(files, pack, covers=covers, reported_on=reported_on, data=options.data, progress=report, profile=mapping)
        if any(verdict.is_refused for verdict in verdicts):
            acceptance.refuse(verdicts, options.data, account)
            return _answer_refused(verdicts, options)
        if mapping is not None:
            save(mapping, options.data)
        fresh = not_yet_accepted(verdicts, [entry for entry in ledger.read(options.data) if entry.is_accepted])
        built = None
        if not builds:
            acceptance.accept(verdicts, options.data, account)
        elif fresh or not _is_published(options.data):
            try:
                built = _published(_try_and_publish(verdicts, options, account, report))
            except Exception as error:
                if options.debug:
                    raise
                built = _failure(error, options.data)
    taken = {(entry.sha256, entry.first_month, entry.last_month) for entry in ledger.read(options.data) if entry.is_accepted}
    new = {(verdict.sha256, verdict.first_month, verdict.last_month) for verdict in fresh}
    verdicts = [_ended(verdict, taken, new) for verdict in verdicts]
    lines = _lines(verdicts)
    fields: dict[str, Any] = {"files": [verdict.as_json() for verdict in verdicts], "build": None}
    if built is None:
        if fresh:  # a build would have said what they change
            lines.append("已入库,但未与现用版本比较,下次发布时一并生效。Accepted without a comparison; they take effect with the next publication.")
        return Answer(DONE, lines, fields)
    if built.code != DONE and fresh:
        is_taken = all(verdict.outcome is not Outcome.IN_ORDER for verdict in verdicts)
        lines.append(
            "文件已入库,但未能发布,原版本继续使用。The files are accepted but nothing was published."
            if is_taken
            else "检查通过,但未发布,也未入库,原版本继续使用。In order, but nothing was published and nothing accepted."
        )
    return Answer(built.code, [*lines, *built.lines], {**fields, "build": built.fields})


Delivered = tuple[str, date | None, date | None]


def _ended(verdict: Verdict, taken: set[Delivered], new: set[Delivered]) -> Verdict:
    """Return a verdict with what became of its file."""
    delivered = (verdict.sha256, verdict.first_month, verdict.last_month)
    if delivered not in taken:
        return verdict
    return replace(verdict, outcome=Outcome.ACCEPTED if delivered in new else Outcome.UNCHANGED)


def _try_and_publish(verdicts: Sequence[Verdict], options: argparse.Namespace, who: str, report: progress.Progress) -> tuple[Trial, BuildReport]:
    """Try the files out and publish them; a trial that is not published leaves nothing behind."""
    from etl.publishing import trial

    tried = trial.try_out(verdicts, options.data, options.county, who=who, progress=report)
    try:
        return tried, trial.publish(tried, options.data, who=who, reason=options.reason)
    except BaseException:
        trial.give_up(tried, options.data)
        raise


def _named_profile(options: argparse.Namespace) -> Profile | None:
    """Read the profile named on the command line, if one is."""
    from etl.extracts import extracts
    from etl.mapping.profile import parse

    path: Path | None = getattr(options, "profile", None)
    if path is None:
        return None
    if not path.is_file():
        raise BrokenError(Text(f"找不到映射方案{path.name}", f"Cannot find the profile {path.name}"))
    return parse(path.read_bytes(), extracts())


def _profiles(options: argparse.Namespace) -> Answer:
    from etl.extracts import extracts
    from etl.mapping.kept import load_all

    contracts = extracts()
    known = load_all(options.data, contracts)
    lines = [f"{one.name} · {contracts[one.extract].title.zh} {contracts[one.extract].title.en} · {one.sha256[:12]}" for one in known]
    fields = [{"name": one.name, "extract": one.extract, "sha256": one.sha256} for one in known]
    return Answer(DONE, lines or ["没有映射方案。There is no mapping profile."], {"profiles": fields})


def _answer_refused(verdicts: Sequence[Verdict], options: argparse.Namespace) -> Answer:
    lines = _lines(verdicts)
    refused = sum(1 for verdict in verdicts if verdict.is_refused)
    lines.append(
        f"共{len(verdicts)}个文件,{refused}个退回,全批未入库,改正后请整批重报。"
        f"{refused} of {len(verdicts)} files refused; none of the batch was accepted."
    )
    fields: dict[str, Any] = {"files": [verdict.as_json() for verdict in verdicts], "build": None}
    lists: Path | None = getattr(options, "return_list", None)
    if lists is None:
        if options.command == "load":
            lines.append("加上 --return-list 文件夹,可写出退回清单发给报送单位。With --return-list DIR a list is written for the sender of each.")
        return Answer(REFUSED, lines, fields)
    fields["return_lists"] = []
    try:
        for verdict in verdicts:
            if verdict.is_refused:
                fields["return_lists"].append(str(_write_return_list(verdict, lists)))
    except OSError:  # the refusal stands and has been recorded; only its list could not be written
        failed = _sentence(
            BROKEN,
            Text(
                "退回已记入台账,但退回清单未能写入所选文件夹;请检查该文件夹能否写入、磁盘是否已满,再运行一次",
                "The refusal is recorded but its list could not be written into the folder named; check the folder and the disk, and run it again",
            ),
        )
        return Answer(BROKEN, [*lines, *_list_lines(fields["return_lists"]), *failed.lines], {**fields, **failed.fields})
    return Answer(REFUSED, [*lines, *_list_lines(fields["return_lists"])], fields)


def _write_return_list(verdict: Verdict, folder: Path) -> Path:
    from etl.inspection.return_list import file_name, return_list
    from etl.ledger import durable

    return durable.put_new(return_list(verdict), folder, file_name(verdict))


def _list_lines(paths: Sequence[str]) -> list[str]:
    return [f"退回清单已写入 Return list written: {path}" for path in paths]


SAID_ONE_BY_ONE = 10  # more files in order than these are summed up
NEVER_SUMMED = frozenset({"edition_replaced", "same_as_before", "months_without_rows", "townships_without_rows"})


def _lines(verdicts: Sequence[Verdict]) -> list[str]:
    """Say every refusal whole; files in order one by one while they are few, and summed up by type where they are many."""
    in_order = [verdict for verdict in verdicts if not verdict.is_refused]
    refused = [line for verdict in verdicts if verdict.is_refused for line in verdict.lines()]
    if len(in_order) <= SAID_ONE_BY_ONE:
        return [line for verdict in in_order for line in verdict.lines()] + refused
    kinds = {
        (verdict.outcome, verdict.title): [one for one in in_order if (one.outcome, one.title) == (verdict.outcome, verdict.title)]
        for verdict in in_order
    }
    sums = [_sum_line(outcome, title, group) for (outcome, title), group in kinds.items()]
    told = [(verdict.file_name, remark) for verdict in in_order for remark in verdict.remarks if remark.rule in NEVER_SUMMED]
    return [*sums, *(f"  · {name} · {remark_line(remark)}" for name, remark in told), *refused]


def _sum_line(outcome: Outcome, title: Text | None, group: Sequence[Verdict]) -> str:
    said, named = OUTCOME_WORDS[outcome], title or Text("未知类型", "Unknown type")
    months = sorted(month for verdict in group for month in (verdict.first_month, verdict.last_month) if month)
    span = f" · {months[0]:%Y-%m} — {months[-1]:%Y-%m}" if months else ""
    rows = sum(verdict.rows_found for verdict in group)
    return f"{said.zh} {said.en} · {named.zh} {named.en} · {len(group)}个文件 files{span} · {rows:,}行 rows"


def _is_published(data: Path) -> bool:
    from etl.publishing.trial import is_published

    return is_published(data)


def _build(options: argparse.Namespace) -> Answer:
    from etl.publishing.acceptance import who_am_i

    with progress.shown() as report:
        return _published(_try_and_publish((), options, who_am_i(), report))


def _published(done: tuple[Trial, BuildReport]) -> Answer:
    """Say what was published, what it changed and what was passed over with a reason."""
    from etl.publishing.difference import SPLITS_APART, Kind, in_words, told

    tried, built = done
    changes = in_words(tried.difference)
    counted = told(tried.difference)
    lines = [
        f"已发布第{built.number}版,数据至{built.latest_month:%Y年%m月},用时{built.seconds:.1f}秒。"
        f"Build {built.number} is published, up to {built.latest_month:%Y-%m}, in {built.seconds:.1f} s."
    ]
    if tried.difference.compared:
        lines += [f"{said.zh}。{said.en}." for said in (changes, SPLITS_APART)]
    lines += [f"  - 经核实发布:{hold.message.zh} | Published with a reason: {hold.message.en}" for hold in tried.holds]
    fields = {
        "number": built.number,
        "latest_month": f"{built.latest_month:%Y-%m}",
        "content_sha256": built.content_sha256,
        "observations": built.observation_count,
        "suppressed": built.suppressed_count,
        "seconds": round(built.seconds, 3),
        "changes": {str(kind): counted.total(kind) for kind in Kind},
        "holds": [hold.rule for hold in tried.holds],
    }
    return Answer(DONE, lines, fields)


def _status(options: argparse.Namespace) -> Answer:
    from etl.extracts import extracts
    from etl.publishing.publish import kept_builds

    entries = ledger.read(options.data)
    contracts = extracts()
    refused = sum(1 for entry in entries if not entry.is_accepted)
    in_force = ledger.editions(entries)
    accepted, used = len(entries) - refused, len({entry.sequence for months in in_force.values() for entry in months.values()})
    lines = [
        f"已入库{accepted}份(其中{used}份在用,{accepted - used}份已被更正),退回{refused}次。"
        f"{accepted} files accepted ({used} in use, {accepted - used} superseded by corrections), {refused} refusals."
    ]
    covered: dict[str, Any] = {}
    for identity, months in in_force.items():
        title = contracts[identity].title if identity in contracts else Text(identity, identity)
        gaps = [month for month in months_between(min(months), max(months)) if month not in months]
        covered[identity] = {
            "first_month": f"{min(months):%Y-%m}",
            "last_month": f"{max(months):%Y-%m}",
            "missing": [f"{gap:%Y-%m}" for gap in gaps],
            "files_in_force": len({entry.sequence for entry in months.values()}),
        }
        absent = f",缺{len(gaps)}个月 {len(gaps)} months missing" if gaps else ""
        lines.append(f"  {title.zh} {title.en}: {min(months):%Y-%m} — {max(months):%Y-%m}{absent}")
    builds = kept_builds(options.data)
    lines += [_kept_line(kept) for kept in builds]
    if not builds:
        lines.append("尚未发布。Nothing is published yet.")
    elif not any(kept.is_in_force for kept in builds):
        lines.append("正在使用的数据文件缺失或损坏,请运行 `python -m etl build`。The file in force is missing or damaged; run `python -m etl build`.")
    last: LedgerEntry | None = entries[-1] if entries else None
    fields = {
        "accepted": accepted,
        "in_use": used,
        "refused": refused,
        "extracts": covered,
        "last_received_at": last.received_at if last else None,
        "builds": [
            {
                "number": kept.number,
                "in_force": kept.is_in_force,
                "built_at": kept.built_at,
                "who": kept.who,
                "reason": kept.reason,
                "inputs": list(kept.inputs),
                "latest_month": f"{kept.latest_month:%Y-%m}" if kept.latest_month else None,
                "can_be_restored": kept.is_current,
            }
            for kept in builds
        ],
    }
    return Answer(DONE, lines, fields)


def _kept_line(kept: KeptBuild) -> str:
    """Say of a kept build when, by whom, from what and why it was made."""
    built_at = datetime.fromisoformat(kept.built_at).astimezone(CHINA_TIME)
    parts = [f"  第{kept.number}版 build {kept.number}", f"{built_at:%Y-%m-%d %H:%M}"]
    if kept.latest_month:
        parts.append(f"数据至 up to {kept.latest_month:%Y-%m}")
    if kept.who:
        parts.append(f"{kept.who}")
    if kept.inputs:
        parts.append(f"用{len(kept.inputs)}份文件 from {len(kept.inputs)} files")
    if kept.reason:
        parts.append(f"理由 reason: {kept.reason}")
    if not kept.is_current:
        parts.append("旧版程序生成,不能恢复 made by an older version, cannot be restored")
    if kept.is_in_force:
        parts.append("使用中 in force")
    return " · ".join(parts)


def _rollback(options: argparse.Namespace) -> Answer:
    from etl.publishing.acceptance import who_am_i
    from etl.publishing.publish import rollback

    rollback(options.data, options.number, who_am_i(), options.reason)
    return _sentence(
        DONE,
        Text(
            f"已恢复第{options.number}版;已入库文件不变,下次生成会重新使用",
            f"Build {options.number} is in force again; the accepted files stay, and the next build uses them again",
        ),
        number=options.number,
    )


def _demo(options: argparse.Namespace) -> Answer:
    from etl.county.read import read_pack
    from etl.sample.write import write_sample

    pack = read_pack(options.county)
    if not pack.is_sample:
        return _sentence(
            REFUSED, Text("县域资料包不是示例县,不能生成示例数据", "The county pack is not the sample county; no sample can be made for it")
        )
    inbox = options.data / "raw" / "inbox"
    known = {entry.sha256 for entry in ledger.read(options.data) if entry.is_accepted}
    inbox.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        sample = {hashlib.sha256(path.read_bytes()).hexdigest() for path in write_sample(Path(scratch), pack)}
    if known - sample:
        return _sentence(
            REFUSED,
            Text(
                "数据文件夹里已有示例以外的报表,不混入示例数据;请运行 `python -m etl build`",
                "The data folder holds files that are not the sample's; nothing synthetic is mixed in. Run `python -m etl build`",
            ),
        )
    files = write_sample(inbox, pack)
    answer = _load_files(files, options, None, None, builds=True)
    if answer.code == DONE and all(verdict["outcome"] == Outcome.UNCHANGED for verdict in answer.fields["files"]):
        unchanged = f"示例数据{len(files)}个文件均已入库,无变化。All {len(files)} sample files were accepted before; nothing changed."
        answer.lines = [unchanged, *(line for line in answer.lines if line.startswith("已发布"))]
    return answer


def _purge(options: argparse.Namespace) -> Answer:
    from etl.publishing import acceptance

    removed = acceptance.purge(options.data, options.older_than, acceptance.who_am_i())
    return _sentence(
        DONE,
        Text(
            f"已删除{options.older_than}天以前退回的文件{removed}份,台账记录不变",
            f"{removed} files refused more than {options.older_than} days ago are removed; the ledger keeps their lines",
        ),
        removed=removed,
    )


def _template(options: argparse.Namespace) -> Answer:
    from etl.county.read import read_pack
    from etl.desk.template import delivered_name, file_name, template
    from etl.extracts import extracts
    from etl.ledger import durable

    contracts = extracts()
    if options.type is not None and options.type not in contracts:
        known = [f"{extract.id} {extract.title.zh}" for extract in contracts.values()]
        return _sentence(REFUSED, Text(f"没有这种报表;可用的类型:{'、'.join(known)}", f"There is no such type; known are {', '.join(contracts)}"))
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


def _county_check(options: argparse.Namespace) -> Answer:
    from etl.county.read import check_pack, pack_lines

    problems = check_pack(options.folder)
    if not problems:
        return _sentence(DONE, Text("县域资料包可以使用", "The county pack is in order"), problems=[])
    lines = [
        f"县域资料包有{len(problems)}处问题。{len(problems)} problems in the county pack.",
        *(f"  - {line}" for line in pack_lines(problems)),
    ]
    return Answer(REFUSED, lines, {"problems": [problem_as_json(problem) for problem in problems]})
