"""Trying a delivery out before anything is accepted: what would be published, what would change, and what a person must answer for.

A trial is a finished, checked and audited warehouse file under ``trials/`` that nobody reads. Publishing it takes the files into the
ledger and then swaps the file in; giving it up leaves nothing behind. A trial speaks of one ledger and one build in force: once either
has moved on, it is stale and must be tried out again.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import duckdb

from disclosure.policy import Policy
from etl import acceptance, journal, ledger, publish_gate
from etl import publish as publishing
from etl.build import BuildReport, assemble
from etl.checks import CheckResult
from etl.contract import Period, Type
from etl.county import CountyPack, read_pack, successor
from etl.difference import Difference, attach, difference
from etl.durable import sync_folder
from etl.extracts import extracts
from etl.ledger import LedgerEntry
from etl.lock import exclusive
from etl.progress import Progress, silent
from etl.publish_gate import Hold
from etl.replacement import Editions, Outlines, replacements, tells_people
from etl.verdict import Verdict
from etl.wording import counted, month_zh
from indicators.model import Text
from warehouse.writer import record_publication, stamp

KEPT_SECONDS = 24 * 3600
FEWEST_KEYS = 20  # of a smaller register half may leave in a month


class TrialStale(Exception):
    """Something was accepted or published since; the trial no longer says what would be published."""

    def __init__(self) -> None:
        self.text = Text(
            "试算已过期,或其后台账、现用版本有变动,未发布;请重新检查文件",
            "The trial is too old, or the ledger or the build in force changed since; nothing was published, check the files again",
        )
        super().__init__(self.text.en)


class Held(Exception):
    """The publish gate holds the build and no reason was given; nothing was accepted."""

    def __init__(self, holds: tuple[Hold, ...]) -> None:
        self.holds = holds
        self.text = Text(
            f"有{len(holds)}处与现用版本相差过大,需核实并写明理由才能发布;文件未入库",
            f"Only with a reason can this be published: {counted(len(holds), 'finding')} against the build in force; nothing was accepted",
        )
        super().__init__(self.text.en)


@dataclass(frozen=True)
class Trial:
    """A build that may be published, and what speaks for and against it.

    Attributes:
        path: The finished file.
        number: The number it will have.
        verdicts: The inspected files it was tried out with.
        difference: What changes in what is published.
        holds: Findings that need a reason; none where it may be published without a word.
        checks: What was checked on the finished file.
        basis: The ledger and the build in force it rests on.
    """

    path: Path
    number: int
    verdicts: tuple[Verdict, ...]
    difference: Difference
    holds: tuple[Hold, ...]
    checks: tuple[CheckResult, ...]
    basis: tuple[str, str]
    assembled: BuildReport


def try_out(
    verdicts: Sequence[Verdict],
    data: Path,
    county: Path,
    *,
    who: str,
    progress: Progress = silent,
    policy: Policy | None = None,
    indicator_folders: Sequence[Path] = (),
) -> Trial:
    """Build from every accepted file and the given ones, accepting nothing and putting nothing in force.

    Args:
        verdicts: Inspected files, none refused; those already accepted change nothing. None tries the accepted files out again.
        data: The data folder.
        county: The county pack.
        who: The account that tries it out.
        progress: Told what is being done.
        policy: Limits of protection; the project's own where left out.
        indicator_folders: Folders with further indicators.

    Raises:
        ValueError: If a file was refused.
        BuildRefused: If there is nothing to build from, or a check on the finished file fails.
        LedgerError: If a file is not the one inspected or accepted.
        BusyError: If another run holds the lock.
        OSError: If the disk refuses. Whatever is raised, nothing was accepted and the build before stays in force.
    """
    if any(verdict.is_refused for verdict in verdicts):
        raise ValueError("a batch with a refused file is not tried out")
    with exclusive(data):
        sweep(data)
        publishing.sweep(data)
        ledger.settle(data)
        entries = ledger.read(data)
        fresh = acceptance.not_yet_accepted(verdicts, [entry for entry in entries if entry.is_accepted])
        tried_at = ledger.now()
        tried = [
            replace(acceptance.entry_of(verdict, who), sequence=len(entries) + place, received_at=tried_at) for place, verdict in enumerate(fresh, 1)
        ]
        waiting = {entry.sequence: verdict.path for entry, verdict in zip(tried, fresh, strict=True)}
        basis = _basis(data)
        before = publishing.in_force(data)
        number = publishing.next_number(data)
        # A name of its own: the same bytes may be tried out for other months or by another profile at the same time.
        finished = _folder(data) / f"{number:06}-{uuid4().hex}.duckdb"
        unfinished = finished.with_suffix(".partial")
        try:
            assembled = assemble(
                data,
                county,
                [*entries, *tried],
                unfinished,
                number,
                before=before,
                waiting=waiting,
                progress=progress,
                policy=policy,
                indicator_folders=indicator_folders,
            )
            progress(Text("与现用版本比较", "Comparing with the build in force"))
            found = difference(before, unfinished)
            held = (*publish_gate.holds(before, unfinished), *publish_gate.read_together(assembled.against))
            pack, known = read_pack(county), [*entries, *tried]
            outlines = Outlines(pack, lambda entry: ledger.typed_rows(entry, data, pack, waiting.get(entry.sequence)))
            was = _editions_in(before, known) if before is not None else {}
            held = (*held, *_replaced(was, known, waiting, outlines))
            if before is not None:
                held = (*held, *_townships_gone(before, was, known, waiting, data, pack), *_people_exchanged(was, known, outlines))
            unfinished.replace(finished)
            sync_folder(finished.parent)
        except BaseException:
            _remove(unfinished)
            raise
    return Trial(finished, number, tuple(verdicts), found, held, assembled.checks, basis, replace(assembled, path=finished))


def publish(trial: Trial, data: Path, *, who: str, reason: str = "") -> BuildReport:
    """Accept the trial's files and put its build in force.

    Args:
        trial: From :func:`try_out`.
        data: The data folder.
        who: The account that answers for it.
        reason: Its words; needed where the trial is held. Recorded in the build and in the journal.

    Raises:
        TrialStale: If the ledger or the build in force changed since.
        Held: If the gate holds the build and there is no reason.
        ReasonRefused: If the reason seems to name somebody or is too short.
        ChangedFileError: If a file is not the one inspected. Whatever of these is raised, nothing was accepted.
        OSError: If the disk refuses. Files may then be accepted and not published; the next load or build publishes them.
    """
    reason = publishing.checked_reason(reason)
    if trial.holds and not reason:
        raise Held(trial.holds)
    with exclusive(data):
        found = stamp(trial.path) if trial.path.exists() else None
        if found is None or found.content_sha256 != trial.assembled.content_sha256 or _basis(data) != trial.basis:
            raise TrialStale
        before = publishing.in_force(data)
        received_at = ledger.now()  # one moment for ledger and build; the trial knew only its own
        record_publication(
            trial.path,
            before=before,
            who=publishing.one_line(who),
            reason=reason,
            holds=[(hold.rule, hold.indicator, hold.month, hold.kept.zh, hold.kept.en) for hold in trial.holds],
            restatements=_restatements(before, trial.difference),
            accepted_now=(len(ledger.read(data)), received_at),
        )
        acceptance.take_in(trial.verdicts, data, who, received_at)
        publishing.publish(data, trial.number, trial.path, tuple(dict.fromkeys(hold.rule for hold in trial.holds)))
        for other in _folder(data).iterdir():
            _remove(other)  # all others rest on what was in force before
    return replace(trial.assembled, path=publishing.warehouse_file(data))


def _restatements(before: Path | None, found: Difference) -> list[tuple[str, date, str, int]]:
    """Return what a build changes in the one before, as the warehouse keeps it; a first build changes nothing."""
    return [] if before is None else [(indicator, period, kind.value, cells) for indicator, period, kind, cells in found.counts]


def give_up(trial: Trial, data: Path) -> None:
    """Remove a trial; nothing was accepted.

    Raises:
        BusyError: If another run holds the lock.
    """
    with exclusive(data):
        _remove(trial.path)


def is_published(data: Path) -> bool:
    """Whether the newest kept build was built from everything that is accepted; after a restore it still is."""
    kept = publishing.kept_builds(data)
    if not kept or not any(build.is_in_force for build in kept):
        return False
    needed = {entry.sequence for months in ledger.editions(ledger.read(data)).values() for entry in months.values()}
    return kept[0].is_current and needed == set(kept[0].inputs)


def sweep(data: Path) -> None:
    """Remove what a killed trial left half written, and trials older than a day; the caller holds the lock."""
    for path in _folder(data).iterdir():
        if path.suffix != ".duckdb" or abs(time.time() - path.stat().st_mtime) > KEPT_SECONDS:
            _remove(path)


def _folder(data: Path) -> Path:
    folder = data / "trials"
    folder.mkdir(exist_ok=True)
    return folder


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


def _basis(data: Path) -> tuple[str, str]:
    """Return what a trial rests on: the ledger as written, and the build in force with its place in the journal."""
    path = ledger.ledger_path(data)
    deliveries = hashlib.sha256(path.read_bytes() if path.exists() else b"").hexdigest()
    found = stamp(publishing.warehouse_file(data)) if publishing.warehouse_file(data).exists() else None
    switches = sum(1 for event in journal.events(data) if event.action != journal.PURGED)
    return deliveries, f"{found.number}:{found.content_sha256}:{switches}" if found else f"none:{switches}"


def _editions_in(before: Path, entries: Sequence[LedgerEntry]) -> dict[str, dict[date, LedgerEntry]]:
    """Return the edition of every month that a build was made from."""
    known = {entry.sequence: entry for entry in entries}
    with duckdb.connect(":memory:") as connection:
        attach(connection, before, "earlier")
        coverage = connection.execute("select extract, month_on, file_sequence from earlier.meta.coverage").fetchall()
    was: dict[str, dict[date, LedgerEntry]] = {}
    for extract, month, sequence in coverage:
        if sequence in known:
            was.setdefault(extract, {})[month] = known[sequence]
    return was


def _replaced(was: Editions, entries: Sequence[LedgerEntry], waiting: Mapping[int, Path], outlines: Outlines) -> tuple[Hold, ...]:
    """Hold a file that takes the place of another and lacks most of its rows: most likely each is a part. That speaks against a first build too."""
    found = replacements(was, entries, waiting.keys(), outlines)
    return tuple(Hold("edition_replaced", one.message, "", one.months[0], one.kept) for one in found if one.is_doubtful)


def _people_exchanged(was: Editions, entries: Sequence[LedgerEntry], outlines: Outlines) -> tuple[Hold, ...]:
    """Hold a register's new month that knows fewer than half of the people of the month before: they would all count as gone and as new.

    No number is said: whoever makes a register up must not count by it who is on the true one.
    """
    found = []
    for extract, months in ledger.editions(entries).items():
        contract = extracts().get(extract)
        if contract is None or extract not in was or contract.period is not Period.SNAPSHOT or not tells_people(contract):
            continue
        for earlier, later in pairwise(sorted(months)):
            if later <= max(was[extract]):
                continue
            before, after = outlines.of(months[earlier]).filled, outlines.of(months[later]).filled
            if len(before) < FEWEST_KEYS or 2 * len(before & after) >= len(before):
                continue
            message = Text(
                f"{month_zh(later)}{contract.title.zh}的人员代号,半数以上与{month_zh(earlier)}对不上,将按大批注销和补录统计;"
                "请核实代号是否换了算法或加密口令",
                f"{contract.title.en} of {later:%Y-%m} has fewer than half of the keys of {earlier:%Y-%m}; nearly everybody would count as removed "
                "and entered late. Check whether the keys were made in another way",
            )
            found.append(Hold("people_exchanged", message, "", later))
    return tuple(found)


def _townships_gone(
    before: Path, was: Editions, entries: Sequence[LedgerEntry], waiting: Mapping[int, Path], data: Path, pack: CountyPack
) -> tuple[Hold, ...]:
    """Return the townships that the build in force counted records of and that a new delivery of the same months leaves out.

    Of events the delivered records are compared: those of a township are hidden where they are small, and hidden is not gone; of a new month
    there may be none. Of people only the numbers that are shown are compared, also with a register's new months: whether a made-up register
    is held must not tell how many people stand behind a hidden number.
    """
    with duckdb.connect(":memory:") as connection:
        attach(connection, before, "earlier")
        people = _shown_people(connection, pack)
    found = []
    for extract, months in ledger.editions(entries).items():
        contract = extracts().get(extract)
        if contract is None or extract not in was:
            continue
        again = {month for month, entry in months.items() if month in was[extract] and was[extract][month].sequence != entry.sequence}
        again = set(sorted(again)[-12:])
        pairs = [({month: was[extract][month] for month in again}, {month: months[month] for month in again})]
        if contract.period is Period.SNAPSHOT:
            # Each month of a register by itself; added up, one month would hide what another lacks.
            pairs = [({month: was[extract][month]}, {month: months[month]}) for month in sorted(again)]
            ordered = sorted(months)
            pairs += [({earlier: months[earlier]}, {later: months[later]}) for earlier, later in pairwise(ordered) if later > max(was[extract])]
        gone: dict[str, date] = {}
        for before_months, after_months in pairs:
            if not after_months:
                continue
            if tells_people(contract):
                old = _people_at(people.get(contract.record_table, {}), max(after_months))
            else:
                old = _records(extract, before_months, waiting, data, pack)
            new = _records(extract, after_months, waiting, data, pack)
            gone |= {code: max(after_months) for code in old if not new[code] and publish_gate.is_beyond_chance(0, old[code])}
        for code, month in sorted(gone.items()):
            title = pack.township(code).title
            message = Text(
                f"{contract.title.zh}中没有{title.zh}的记录,以前有", f"{contract.title.en} holds no record of {title.en}, which had some before"
            )
            # Whoever tries the files out has them; the build's readers must not learn of a place that nobody is registered there.
            kept = Text(f"{contract.title.zh}中有乡镇不再有记录", f"{contract.title.en}: a township has no record any more")
            found.append(Hold("township_gone", message, "", month, kept if tells_people(contract) else None))
    return tuple(found)


def _shown_people(connection: duckdb.DuckDBPyConnection, pack: CountyPack) -> dict[str, dict[int, Counter[str]]]:
    """Return how many people the internal release in force shows in a township, by table, year and township; hidden numbers are left out.

    Of several numbers of a township the largest: at least so many are on the register.
    """
    rows = connection.execute(
        """
        -- one row per table of people, year and township
        select i.source_table, cast(extract(year from o.period) as integer), o.area_code,
            max(case when o.status in ('observed', 'provisional') then o.value end)
        from earlier.mart.observation o
        join earlier.meta.indicator i on i.id = o.indicator
        where o.release = 'internal' and o.grain = 'year' and o.breakdown = 'township' and i.kind = 'stock' and o.status <> 'not_collected'
        group by 1, 2, 3
        """
    ).fetchall()
    known = {town.code for town in pack.townships}
    shown: dict[str, dict[int, Counter[str]]] = {}
    for table, year, code, number in rows:
        of_year = shown.setdefault(table, {}).setdefault(year, Counter())
        if number is not None and code in known:
            of_year[successor(pack, code)] += int(number)
    return shown


def _people_at(shown: Mapping[int, Counter[str]], month: date) -> Counter[str]:
    """Return the numbers shown of the latest year that ended by a month; of townships hidden then nothing is known, whatever was shown before."""
    ended = [year for year in shown if (year, 12) <= (month.year, month.month)]
    return shown[max(ended)] if ended else Counter()


def _records(extract: str, months: Mapping[date, LedgerEntry], waiting: Mapping[int, Path], data: Path, pack: CountyPack) -> Counter[str]:
    """Count the delivered records of some months by township."""
    contract = extracts()[extract]
    column = next((column.name for column in contract.columns if column.type is Type.TOWNSHIP), None)
    counted: Counter[str] = Counter()
    if column is None:
        return counted
    for sequence in sorted({entry.sequence for entry in months.values()}):
        entry = next(one for one in months.values() if one.sequence == sequence)
        names, columns = ledger.typed_rows(entry, data, pack, waiting.get(sequence))
        at, where = columns[names.index(contract.month_column)], columns[names.index(column)]
        wanted = {month for month, one in months.items() if one.sequence == sequence}
        counted.update(successor(pack, code) for code in _of_months(at, where, wanted))
    return counted


def _of_months(at: Iterable[date], where: Iterable[str], wanted: set[date]) -> Iterable[str]:
    return (township for month, township in zip(at, where, strict=True) if month in wanted and township)
