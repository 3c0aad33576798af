"""The order of work of a build: accepted files in, one checked and protected file in force out, or nothing at all."""

from __future__ import annotations

import functools
import json
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from disclosure.audit import LatticeReport
from disclosure.audit_over_time import Told
from disclosure.each import Each
from disclosure.policy import Policy
from disclosure.report import Heading, one_page
from disclosure.said import Areas, History, history_rows
from etl.assembly.agreement import check_agreement
from etl.assembly.analyses import analyse
from etl.assembly.analyses.kept import kept_of
from etl.assembly.analyses.place import places
from etl.assembly.analyses.record import Analysis, tables
from etl.assembly.checks import Changes, Checked, CheckResult, check
from etl.assembly.earlier import audited_before, history_of
from etl.assembly.lateness import deliveries_of, measured
from etl.assembly.lattices import CountedCell
from etl.assembly.observe import observations
from etl.assembly.parallel import Processors
from etl.assembly.protect import LASTING, protect
from etl.assembly.small_periods import split_periods
from etl.assembly.workspace import Editions, Workspace, residents_by_area
from etl.clock import CHINA_TIME
from etl.county.pack import CountyPack, codes_counted_as, current_townships
from etl.extracts import extracts
from etl.inspection.typed_rows import TypedRows
from etl.ledger import ledger
from etl.ledger.secret import release_secret
from etl.ledger.steps import Step, passed
from etl.problems import WordedError
from etl.progress import Progress, silent
from etl.wording import counted, month_zh
from indicators import catalogue
from indicators.dimensions import DIMENSIONS
from indicators.lattice import is_stock, stock_tables
from indicators.model import Grain, Indicator, Measure, Residents, Text
from warehouse.writer import CODE_VERSION, WarehouseFile


class BuildRefused(WordedError):
    """The build cannot be published; the one before stays in force. The message says why."""


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


def assemble(
    rows: TypedRows,
    entries: Sequence[ledger.LedgerEntry],
    path: Path,
    number: int,
    *,
    before: Path | None = None,
    kept: Sequence[Path] = (),
    progress: Progress = silent,
    indicator_folders: Sequence[Path] = (),
) -> BuildReport:
    """Build a warehouse file and check it, without putting it in force.

    Args:
        rows: The typed rows of the entries, and the county pack by which they are read; the lock of the data folder is held by the caller.
        entries: The deliveries to build from.
        path: The file to write; an older one of that name is replaced.
        number: The number the build will have.
        before: The build in force; None where there is none.
        kept: All builds that were ever in force and are still kept, in the order of their numbers: of what they said no more is changed than must be.
        progress: Told what is being done.
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
    pack = rows.pack
    declared = catalogue(*indicator_folders).items()
    indicators = {name: one.by_formula(pack.formulas.get(name, "")).broken_at(pack.breaks.get(name, ())) for name, one in declared}
    check_agreement(indicators, extracts())
    limits = Policy()
    areas = areas_of(pack)
    history = history_of(kept, areas)
    secret = release_secret()
    with Processors() as each:
        workspace = Workspace(pack, indicators)
        try:
            workspace.load(extracts(), editions, rows, secret, progress)
            passed(Step.WORKSPACE_STAGED)
            workspace.count(progress)
            cells = workspace.cells()
            latest = workspace.latest_months()
            members = workspace.members()
            present = workspace.present()
            fills = workspace.column_fills(extracts(), limits.internal_k)
            split_in = {by: split_periods(counts, limits.internal_k) for by, counts in workspace.county_counts(extracts()).items()}
            published = protect(
                cells,
                workspace.populations(),
                indicators,
                {name: [(code, parent) for code, _, parent in codes] for name, codes in members.items()},
                limits,
                secret,
                history,
                areas,
                present,
                functools.partial(progress, Text("各时点连起来保护", "Protecting moments together")),
                _counted(each, progress, Text("保护人数", "Protecting counts of people")),
            )
        finally:
            workspace.close()
        passed(Step.CELLS_PROTECTED)
        table = observations(cells, published, split_in, indicators, latest, limits)
        progress(Text("比较与预警", "Comparing and warning"))
        analyses = analyse(table, indicators, places(pack, max(latest.values()).year), kept_of(before))
        progress(Text("写入并核查", "Writing and checking"))
        noted = (_repeated(workspace.repeated_records), _corrected(workspace.corrected_months), *_late(entries, rows))
        contents = _Contents(number, pack, indicators, entries, editions, members, fills, table, analyses, noted, _changes(cells, indicators))
        told = Told(
            {name: [(code, parent) for code, _, parent in codes] for name, codes in members.items()},
            areas,
            LASTING,
            stock_tables(indicators.values()),
            present,
        )
        attacked = _counted(each, progress, Text("审计受保护的数", "Attacking what is hidden"))
        checked, digest = _write(path, contents, limits, before, history, told, attacked)
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
    )


def areas_of(pack: CountyPack) -> Areas:
    """Return how the record of what was published writes the areas of a county."""
    return Areas({town.code: town.zone for town in current_townships(pack)}, codes_counted_as(pack))


def _changes(cells: Sequence[CountedCell], indicators: Mapping[str, Indicator]) -> Changes:
    changes: dict[tuple[str, date], dict[str, float]] = {}
    for cell in cells:
        if indicators[cell.indicator].bridges and cell.grain is Grain.MONTH and cell.numerator is not None:
            changes.setdefault((cell.indicator, cell.period_on), {})[cell.member] = cell.numerator
    return changes


def _counted(each: Each, progress: Progress, stage: Text) -> Each:
    """Return ``each`` so that it tells at which of its tasks it is."""

    def run(function: Callable[[Any], Any], tasks: Sequence[Any], /) -> Iterator[Any]:
        for done, result in enumerate(each(function, tasks), 1):
            progress(stage, done, len(tasks))
            yield result

    return run


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


def _late(entries: Sequence[ledger.LedgerEntry], rows: TypedRows) -> Iterator[CheckResult]:
    """Say how late the months of every extract are complete, where they were delivered more than once."""
    for extract in extracts().values():
        found = measured(deliveries_of(extract, entries, rows))
        if found is None:
            continue
        first = f"月末后随即报送的有{found.share:.0%}"
        sooner = f"those delivered first hold {found.share:.0%}"
        if found.complete_after is None:
            said = Text("再次报送前都未满95%", "none before the last delivery holds 95%")
        elif found.complete_after == 0:
            said = Text("月末后首次报送即满95%", "the first delivery after the end of a month holds 95%")
        else:
            said = Text(
                f"月末后满{found.complete_after}个月报送的才满95%",
                f"those delivered {counted(found.complete_after, 'month')} after the end of a month hold 95%",
            )
        yield CheckResult(
            f"late_entries_{extract.id}",
            True,
            Text(
                f"{extract.title.zh}的补录(按报过两次以上的{found.months}个月测得,以最近一次报送为准):{first},{said.zh}",
                f"Late entries of {extract.title.en}, of {found.months} months delivered more than once, beside the latest delivery: "
                f"{sooner}, {said.en}",
            ),
        )


@dataclass(frozen=True)
class _Contents:
    """What a build says, before it is written.

    Attributes:
        members: Every dimension's members in display order: code, title, parent.
        fills: How full every column is that may stay empty.
        table: Every observation.
        noted: What is told among the checks though nothing can fail in it.
        changes: Why every stock changed, month by month; more than is published.
    """

    number: int
    pack: CountyPack
    indicators: Mapping[str, Indicator]
    entries: Sequence[ledger.LedgerEntry]
    editions: Editions
    members: Mapping[str, Sequence[tuple[str, Text, str]]]
    fills: Sequence[tuple[Any, ...]]
    table: Any
    analyses: Sequence[Analysis]
    noted: tuple[CheckResult, ...]
    changes: Changes

    @property
    def latest_month(self) -> date:
        """The last month delivered."""
        return max(month for months in self.editions.values() for month in months)


def _write(path: Path, contents: _Contents, policy: Policy, before: Path | None, history: History, told: Told, each: Each) -> tuple[Checked, str]:
    """Write the next file, run every check on it as written, and leave it closed and on the disk."""
    file = WarehouseFile(path)
    built_at = datetime.now(CHINA_TIME).isoformat(timespec="seconds")
    pack, latest = contents.pack, contents.latest_month
    try:
        _write_contents(file, contents)
        passed(Step.FILE_WRITTEN)
        checked = _checked(file, contents, policy, before, history, told, each)
        passed(Step.FILE_CHECKED)
        file.write_meta("check_result", [(result.name, "passed", result.sentence.zh, result.sentence.en) for result in checked.results])
        file.write_meta("audit", [_audited(report) for report in checked.audit.lattices])
        about = Heading((pack.title.zh, pack.title.en), contents.number, (month_zh(latest), f"{latest:%Y-%m}"))
        file.write_meta("audit_report", [one_page(about, checked.audit, checked.over_time, policy)])
        file.write_meta("said", history_rows(checked.history))
        file.write_meta("dimension", [(dimension.id, dimension.lasts) for dimension in DIMENSIONS.values()])
        county = (pack.area_code, pack.title.zh, pack.title.en, pack.map_approval, pack.is_sample)
        digest = file.write_build((contents.number, built_at, CODE_VERSION, latest, *county, policy.internal_k, "", ""))
        file.close()
        passed(Step.FILE_CLOSED)
    except BaseException:
        file.discard()
        raise
    return checked, digest


def _write_contents(file: WarehouseFile, contents: _Contents) -> None:
    pack, editions = contents.pack, contents.editions
    file.write_observations(contents.table)
    file.write_analyses(*tables(contents.analyses))
    file.write_townships(_townships(pack))
    towns = {town.code for town in current_townships(pack)}
    file.write_residents([row for row in residents_by_area(pack, contents.latest_month.year) if row[0] in towns])
    file.write_meta("member", _members(contents.members))
    file.write_meta("indicator", [_declaration(indicator, pack.formulas.get(indicator.id, "")) for indicator in contents.indicators.values()])
    file.write_meta("input_file", _input_files(contents.entries, editions))
    file.write_meta("coverage", [(extract, month, entry.sequence) for extract, months in editions.items() for month, entry in months.items()])
    file.write_meta("campaign", [(one.code, one.title.zh, one.title.en, one.starts_on, one.ends_on) for one in pack.campaigns])
    breaks = [(name, one.on, one.sentence.zh, one.sentence.en) for name, of_indicator in pack.breaks.items() for one in of_indicator]
    file.write_meta("series_break", breaks)
    file.write_meta("extract", [(name, extract.title.zh, extract.title.en) for name, extract in extracts().items()])
    file.write_meta("column_fill", contents.fills)


def _checked(file: WarehouseFile, contents: _Contents, policy: Policy, before: Path | None, history: History, told: Told, each: Each) -> Checked:
    """Run every check on a file as written.

    Raises:
        BuildRefused: If one fails.
    """
    checked = check(
        file,
        contents.indicators,
        contents.pack.area_code,
        policy,
        contents.changes,
        told,
        history,
        audited_before(before),
        each,
    )
    failed = [result for result in checked.results if not result.passed]
    if failed:
        raise BuildRefused(
            Text(
                "核查未通过,未发布,上一版仍在使用:" + ";".join(result.sentence.zh for result in failed),
                "Checks failed, nothing was published, the build before stays in force: " + "; ".join(result.sentence.en for result in failed),
            )
        )
    return replace(checked, results=[*checked.results, *contents.noted])


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


def _declaration(indicator: Indicator, formula: str) -> tuple[Any, ...]:
    denominator = indicator.denominator
    written = "" if denominator is None else "residents" if isinstance(denominator, Residents) else _measure(denominator)
    return (
        indicator.id,
        indicator.theme,
        indicator.kind.value,
        indicator.protects.value,
        indicator.table,
        _measure(indicator.numerator),
        written,
        indicator.headline,
        is_stock(indicator),
        bool(indicator.bridges),
        formula,
    )


def _measure(measure: Measure) -> str:
    where = {name: list(codes) for name, codes in measure.where}
    elsewhere = {"table": measure.table} if measure.table else {}
    return json.dumps({"where": where, "column": measure.column, "distinct": measure.distinct, **elsewhere})


def _input_files(entries: Sequence[ledger.LedgerEntry], editions: Editions) -> list[tuple[Any, ...]]:
    used: dict[int, int] = {}
    for months in editions.values():
        for entry in months.values():
            used[entry.sequence] = used.get(entry.sequence, 0) + 1
    return [
        (
            entry.sequence,
            entry.extract,
            entry.first_month,
            entry.last_month,
            entry.reported_on,
            entry.received_at,
            used.get(entry.sequence, 0),
        )
        for entry in entries
        if entry.is_accepted
    ]
