"""What a file in order has no rows of: a month or a township without rows counts as zero, and an old register may come under a new month."""

from __future__ import annotations

from datetime import date

from etl.contract import Extract, Period
from etl.county.pack import CountyPack, current_townships
from etl.extracts import extracts
from etl.inspection.replacement import Editions, Outlines, township_column
from etl.ledger.ledger import LedgerEntry, LedgerError
from etl.problems import Remark
from etl.wording import months_in_words
from indicators.model import Text
from indicators.months import month_before, months_between


def remarks(entry: LedgerEntry, in_force: Editions, outlines: Outlines, pack: CountyPack, *, is_running: bool) -> list[Remark]:
    """Return what to know of a new file by what it has no rows of.

    Args:
        entry: The entry the file would have.
        in_force: The edition of every month, new files included.
        outlines: Gives what each file has rows of.
        pack: The county pack.
        is_running: Whether its counts are running totals; of these a row left out is refused where it matters.
    """
    if entry.extract is None or entry.first_month is None or entry.last_month is None or entry.row_count == 0:
        return []
    extract = extracts()[entry.extract]
    if extract.period is Period.SNAPSHOT:
        return _same_as_before(entry, in_force, outlines)
    said = []
    if entry.first_month < entry.last_month:
        said += _months(entry.first_month, entry.last_month, set(outlines.of(entry).months.values()))
    if extract.is_table and not is_running:
        said += _townships(extract, entry.last_month, outlines.of(entry).townships, pack)
    return said


def _months(first: date, last: date, filled: set[date]) -> list[Remark]:
    blank = [month for month in months_between(first, last) if month not in filled]
    if not blank:
        return []
    when = months_in_words(blank)
    message = Text(
        f"{when.zh}没有记录,将按0计;如属漏报请退回补报",
        f"There is no record of {when.en}, which will count as zero; if records were forgotten, have the file completed",
    )
    return [Remark("months_without_rows", message)]


def _townships(extract: Extract, last: date, named: frozenset[str], pack: CountyPack) -> list[Remark]:
    absent = [town.title for town in current_townships(pack) if town.in_force(last) and town.code not in named]
    if not absent or township_column(extract) is None:
        return []
    message = Text(
        f"表中没有{'、'.join(title.zh for title in absent)}的行,将按0计;如属漏报请退回补报",
        f"The table has no row of {', '.join(title.en for title in absent)}, which will count as zero; if rows were forgotten, have them added",
    )
    return [Remark("townships_without_rows", message)]


def _same_as_before(entry: LedgerEntry, in_force: Editions, outlines: Outlines) -> list[Remark]:
    """Say so where a register is that of the month before with nothing changed but the month."""
    if entry.extract is None or entry.first_month is None:
        return []
    before = in_force.get(entry.extract, {}).get(month_before(entry.first_month))
    if before is None or before.row_count != entry.row_count:
        return []
    try:
        is_same = outlines.of(before).fingerprint == outlines.of(entry).fingerprint
    except LedgerError:  # the file before can no longer be read; the build says so
        return []
    if not is_same:
        return []
    when = months_in_words([month_before(entry.first_month)])
    message = Text(
        f"与上月({when.zh})逐行相同,只有月份不同;如是旧表改了月份,请换成本月的表重报",
        f"Every row is as in {when.en}, only the month differs; if it is the old table, deliver this month's",
    )
    return [Remark("same_as_before", message)]
