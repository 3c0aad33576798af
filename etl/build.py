"""The order of work of a build: accepted files in, one checked and protected file in force out, or nothing at all."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from disclosure.audit import LatticeReport, Report
from disclosure.each import Each
from disclosure.policy import Policy
from disclosure.report import Heading, one_page
from etl import ledger, publish
from etl.analyses import analyse
from etl.analyses.place import places
from etl.analyses.record import Analysis, tables
from etl.checks import Checked, CheckResult, check
from etl.county import CountyPack, current_townships, read_pack
from etl.difference import Difference, difference
from etl.earlier import audited_before, published_before, rows_before
from etl.extracts import extracts
from etl.lock import exclusive
from etl.observe import observations
from etl.parallel import Processors
from etl.progress import Progress, silent
from etl.protect import protect
from etl.secret import release_secret
from etl.steps import Step, passed
from etl.wording import counted, month_zh
from etl.workspace import Editions, Workspace, residents_by_area
from indicators import catalogue
from indicators.lattice import is_stock
from indicators.model import Indicator, Measure, Residents, Text
from warehouse.writer import CODE_VERSION, WarehouseFile, record_publication

CHINA_TIME = ledger.CHINA_TIME


class BuildRefused(Exception):
    """The build cannot be published; the one before stays in force. The message says why."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message


@dataclass(frozen=True)
class BuildReport:
    """A build: what it says of itself, and its file, before it is put in force and after."""

    number: int
    path: Path
    latest_month: date
    content_sha256: str
    observation_count: int
    suppressed_count: int
    checks: tuple[CheckResult, ...]
    seconds: float
    against: Report | None = None  # what is given away together with the build before; None where there is none


def build(
    data: Path,
    county: Path,
    *,
    progress: Progress = silent,
    policy: Policy | None = None,
    indicator_folders: Sequence[Path] = (),
    who: str = "",
    reason: str = "",
) -> BuildReport:
    """Build the warehouse from every accepted file and put it in force, without asking the publish gate (:mod:`etl.trial` does).

    Args:
        data: The data folder; its ledger names the accepted files.
        county: The county pack.
        progress: Told what is being done.
        policy: Limits of protection; the project's own where left out.
        indicator_folders: Folders with further indicators.
        who: The account that answers for it.
        reason: Its words.

    Raises:
        BuildRefused: If there is nothing to build from, or a check on the finished file fails.
        PackError: If the county pack is not in order.
        LedgerError: If an accepted file was damaged or altered.
        ReleaseRefused: If the public release cannot be made safe.
        OSError: If the disk refuses. Whatever is raised, the build before stays in force.
    """
    with exclusive(data):
        publish.sweep(data)
        ledger.settle(data)
        before = publish.in_force(data)
        assembled = assemble(
            data,
            county,
            ledger.read(data),
            publish.next_file(data),
            before=before,
            progress=progress,
            policy=policy,
            indicator_folders=indicator_folders,
        )
        try:
            found = difference(before, assembled.path)
            record_publication(assembled.path, before=before, who=who, reason=reason, restatements=restatements(before, found))
            publish.publish(data, assembled.number)
        except BaseException:
            publish.sweep(data)
            raise
    return replace(assembled, path=publish.warehouse_file(data))


def restatements(before: Path | None, found: Difference) -> list[tuple[str, date, str, int]]:
    """Return what a build changes in the one before, as the warehouse keeps it; a first build changes nothing."""
    return [] if before is None else [(indicator, period, kind.value, cells) for indicator, period, kind, cells in found.counts]


def assemble(
    data: Path,
    county: Path,
    entries: Sequence[ledger.LedgerEntry],
    path: Path,
    *,
    before: Path | None = None,
    waiting: Mapping[int, Path] | None = None,
    progress: Progress = silent,
    policy: Policy | None = None,
    indicator_folders: Sequence[Path] = (),
) -> BuildReport:
    """Build a warehouse file and check it, without putting it in force.

    Args:
        data: The data folder; its lock is held by the caller.
        county: The county pack.
        entries: The deliveries to build from.
        path: The file to write; an older one of that name is replaced.
        before: The build in force, of which no more is changed than must be; None where there is none.
        waiting: Where the bytes of entries stand that are not accepted yet, by sequence.
        progress: Told what is being done.
        policy: Limits of protection; the project's own where left out.
        indicator_folders: Folders with further indicators.

    Raises:
        BuildRefused: If there is nothing to build from, or a check on the finished file fails.
    """
    started = time.perf_counter()
    editions = ledger.editions(entries)
    if not editions:
        raise BuildRefused(
            Text("还没有已入库的文件;请先运行 `python -m etl load 文件…`", "No file has been accepted yet; run `python -m etl load FILE…` first")
        )
    pack = read_pack(county)
    indicators = catalogue(*indicator_folders)
    limits = policy or Policy()
    secret = release_secret()
    with Processors() as each:
        workspace = Workspace(pack, indicators, waiting)
        try:
            workspace.load(extracts(), editions, data, secret, progress)
            passed(Step.WORKSPACE_STAGED)
            workspace.count(progress)
            cells = workspace.cells()
            latest = workspace.latest_months()
            members = workspace.members()
            fills = workspace.column_fills(extracts())
            published = protect(
                cells,
                workspace.populations(),
                indicators,
                {name: [(code, parent) for code, _, parent in codes] for name, codes in members.items()},
                limits,
                secret,
                published_before(before, cells, indicators),
                _counter(progress, Text("保护小数", "Protecting small counts")),
                each,
            )
        finally:
            workspace.close()
        passed(Step.CELLS_PROTECTED)
        table = observations(cells, published, indicators, latest, limits)
        number = publish.next_number(data)
        progress(Text("比较与预警", "Comparing and warning"))
        analyses = analyse(table, indicators, places(pack, max(latest.values()).year))
        progress(Text("写入并核查", "Writing and checking"))
        noted = [_repeated(workspace.repeated_records), _corrected(workspace.corrected_months)]
        checked, digest = _write(path, number, pack, indicators, entries, editions, members, fills, table, analyses, limits, noted, before, each)
    status = table.column("status").to_pylist()
    return BuildReport(
        number,
        path,
        max(latest.values()),
        digest,
        len(status),
        status.count("suppressed"),
        tuple(checked.results),
        time.perf_counter() - started,
        checked.against,
    )


def _counter(progress: Progress, stage: Text) -> Any:
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        progress(stage, done)

    return step


def _repeated(records: int) -> CheckResult:
    """Records that stand in two files in force: counted once, as the file reported last has them."""
    return CheckResult(
        "repeated_records",
        True,
        Text(
            f"{records}条记录在两份文件中重复,以后报的为准",
            f"Standing in two files and counted as the later one has them: {counted(records, 'record')}",
        ),
    )


def _corrected(numbers: int) -> CheckResult:
    """Months that a corrected running total makes negative: published as they are."""
    return CheckResult(
        "corrected_totals",
        True,
        Text(
            f"{numbers}个月度数因累计数更正为负,照实列出",
            f"Negative because a running total was corrected: {counted(numbers, 'monthly number')}",
        ),
    )


def _write(
    path: Path,
    number: int,
    pack: CountyPack,
    indicators: Mapping[str, Indicator],
    entries: Sequence[ledger.LedgerEntry],
    editions: Editions,
    members: Mapping[str, Sequence[tuple[str, Text, str]]],
    fills: Sequence[tuple[Any, ...]],
    table: Any,
    analyses: Sequence[Analysis],
    policy: Policy,
    noted: Sequence[CheckResult],
    before: Path | None,
    each: Each,
) -> tuple[Checked, str]:
    """Write the next file, run every check on it as written, and leave it closed and on the disk."""
    file = WarehouseFile(path)
    built_at = datetime.now(CHINA_TIME).isoformat(timespec="seconds")
    try:
        file.write_observations(table)
        file.write_analyses(*tables(analyses))
        file.write_townships(_townships(pack))
        towns = {town.code for town in current_townships(pack)}
        last_year = max(month for months in editions.values() for month in months).year
        file.write_residents([row for row in residents_by_area(pack, last_year) if row[0] in towns])
        file.write_meta("member", _members(members))
        file.write_meta("indicator", [_declaration(indicator) for indicator in indicators.values()])
        file.write_meta("input_file", _input_files(entries, editions))
        file.write_meta("coverage", [(extract, month, entry.sequence) for extract, months in editions.items() for month, entry in months.items()])
        file.write_meta("extract", [(name, extract.title.zh, extract.title.en) for name, extract in extracts().items()])
        file.write_meta("column_fill", fills)
        passed(Step.FILE_WRITTEN)
        checked = check(file, pack.area_code, policy, audited_before(before), rows_before(before, indicators), each)
        results = [*checked.results, *noted]
        failed = [result for result in results if not result.passed]
        if failed:
            raise BuildRefused(
                Text(
                    "核查未通过,未发布,上一版仍在使用:" + ";".join(result.sentence.zh for result in failed),
                    "Checks failed, nothing was published, the build before stays in force: " + "; ".join(result.sentence.en for result in failed),
                )
            )
        passed(Step.FILE_CHECKED)
        file.write_meta("check_result", [(result.name, "passed", result.sentence.zh, result.sentence.en) for result in results])
        latest = max(month for months in editions.values() for month in months)
        file.write_meta("audit", [_audited(report) for report in checked.audit.lattices])
        about = Heading((pack.title.zh, pack.title.en), number, (month_zh(latest), f"{latest:%Y-%m}"))
        file.write_meta("audit_report", [one_page(about, checked.audit, checked.against, policy)])
        county = (pack.area_code, pack.title.zh, pack.title.en, pack.map_approval, pack.is_sample)
        digest = file.write_build((number, built_at, CODE_VERSION, latest, *county, policy.internal_k, "", ""))
        file.close()
        passed(Step.FILE_CLOSED)
    except BaseException:
        file.discard()
        raise
    return replace(checked, results=results), digest


def _audited(report: LatticeReport) -> tuple[Any, ...]:
    narrowest = None if math.isinf(report.narrowest) else report.narrowest
    counts = (report.hidden, report.crossed, report.implied)
    return (report.release, report.table, report.moment, *counts, narrowest, report.said_sha256)


def _members(members: Mapping[str, Sequence[tuple[str, Text, str]]]) -> list[tuple[Any, ...]]:
    return [(name, code, title.zh, title.en, place, parent) for name, codes in members.items() for place, (code, title, parent) in enumerate(codes)]


def _townships(pack: CountyPack) -> list[tuple[Any, ...]]:
    return [
        (
            town.code,
            town.zone,
            town.title.zh,
            town.title.en,
            town.is_remote,
            json.dumps(town.rings),
        )
        for town in current_townships(pack)
    ]


def _declaration(indicator: Indicator) -> tuple[Any, ...]:
    denominator = indicator.denominator
    written = "" if denominator is None else "residents" if isinstance(denominator, Residents) else _measure(denominator)
    return (
        indicator.id,
        indicator.theme.value,
        indicator.kind.value,
        indicator.protects.value,
        indicator.table,
        _measure(indicator.numerator),
        written,
        indicator.headline,
        is_stock(indicator),
        indicator.bridge_of is not None,
    )


def _measure(measure: Measure) -> str:
    where = {name: list(codes) for name, codes in measure.where}
    return json.dumps({"where": where, "column": measure.column, "distinct": measure.distinct})


def _input_files(entries: Sequence[ledger.LedgerEntry], editions: Editions) -> list[tuple[Any, ...]]:
    used: dict[int, int] = {}
    for months in editions.values():
        for entry in months.values():
            used[entry.sequence] = used.get(entry.sequence, 0) + 1
    return [
        (
            entry.sequence,
            entry.extract,
            entry.row_count,
            entry.first_month,
            entry.last_month,
            entry.reported_on,
            entry.received_at,
            used.get(entry.sequence, 0),
        )
        for entry in entries
        if entry.is_accepted
    ]
