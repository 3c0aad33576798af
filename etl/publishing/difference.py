"""What one build says differently from another, cell by cell, from published cells alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

import duckdb

from etl.wording import counted
from indicators import catalogue
from indicators.model import Protects, Text


class ChangeKind(StrEnum):
    """What became of a published number."""

    ADDED = "added"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"

    @property
    def words(self) -> Text:
        """The word a reader sees."""
        return _WORDS[self]


_WORDS = {
    ChangeKind.ADDED: Text("新公布", "Added"),
    ChangeKind.CORRECTED: Text("变动", "Changed"),
    ChangeKind.WITHDRAWN: Text("撤下", "Taken back"),
}


@dataclass(frozen=True)
class CellChange:
    """One published number that differs; a status is empty where there was no such cell."""

    kind: ChangeKind
    indicator: str
    period: date
    grain: str
    area_code: str
    breakdown: str
    member: str
    member_2: str
    before: float | None
    after: float | None
    before_status: str
    after_status: str


@dataclass(frozen=True)
class Difference:
    """What changes when a build takes the place of another.

    Attributes:
        changes: County totals by month, in the order of indicator and month.
        counts: (indicator, first day of the period, kind, number of cells) over all cells of the internal release.
        compared: How many cells of the build before had a number.
    """

    changes: tuple[CellChange, ...] = ()
    counts: tuple[tuple[str, date, ChangeKind, int], ...] = ()
    compared: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether both builds publish the same numbers."""
        return not self.counts

    def total(self, kind: ChangeKind) -> int:
        """Return how many cells were added, corrected or withdrawn in all."""
        return sum(cells for _, _, one, cells in self.counts if one is kind)


def difference(before: Path | None, after: Path) -> Difference:
    """Compare the internal release of two finished files.

    A cell without a number (protected, not reported, base too small) counts as not there: hidden and shown are told apart, two ways of
    not showing are not.

    Args:
        before: The build in force; None where there is none, then everything is new.
        after: The build that is to take its place.

    Raises:
        duckdb.Error: If a file is no warehouse.
    """
    with duckdb.connect(":memory:") as connection:
        attach(connection, after, "later")
        if before is None:
            connection.execute("create view was as select * from later.mart.observation where false")
        else:
            attach(connection, before, "earlier")
            connection.execute("create view was as select * from earlier.mart.observation where release = 'internal'")
        connection.execute(_CHANGED)
        county = connection.execute("select county_code from later.meta.build").fetchall()
        totals = connection.execute(
            """
            select kind, indicator, period, grain, area_code, breakdown, member, member_2, was, now, was_status, now_status
            from changed
            where grain = 'month' and breakdown = 'total' and area_code = ?
            order by indicator, period
            """,
            county[0] if county else [""],
        ).fetchall()
        counts = connection.execute(
            "select indicator, period, kind, count(*) from changed group by indicator, period, kind order by indicator, period, kind"
        ).fetchall()
        (compared,) = connection.execute("select count(value) from was").fetchall()[0]
    return Difference(
        tuple(CellChange(ChangeKind(row[0]), *row[1:]) for row in totals),
        tuple((indicator, period, ChangeKind(kind), cells) for indicator, period, kind, cells in counts),
        compared,
    )


_CHANGED = """
-- one row per cell whose number is new, different or gone
create table changed as
with now as (select * from later.mart.observation where release = 'internal')
select
    case when w.value is null then 'added' when n.value is null then 'withdrawn' else 'corrected' end as kind,
    coalesce(n.indicator, w.indicator) as indicator,
    coalesce(n.period, w.period) as period,
    coalesce(n.grain, w.grain) as grain,
    coalesce(n.area_code, w.area_code) as area_code,
    coalesce(n.breakdown, w.breakdown) as breakdown,
    coalesce(n.member, w.member) as member,
    coalesce(n.member_2, w.member_2) as member_2,
    w.value as was,
    n.value as now,
    coalesce(w.status, '') as was_status,
    coalesce(n.status, '') as now_status
from was w
full outer join now n
    on w.indicator = n.indicator and w.period = n.period and w.grain = n.grain and w.area_code = n.area_code
    and w.breakdown = n.breakdown and w.member = n.member and w.member_2 = n.member_2
where (w.value is null) <> (n.value is null) or abs(w.value - n.value) > 1e-9
"""


def attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    """Attach a finished file read-only under a name."""
    connection.execute("attach '{}' as {} (read_only)".format(str(path).replace("'", "''"), name))


SPLITS_APART = Text("人员的分项数受保护,不在此列", "Splits of people are protected and not counted here")


def told(whole: Difference) -> Difference:
    """Return what a person is told of a difference: of people only the county's totals by month.

    When a split of people appears tells how many more people it took, so whoever made deliveries up could count down to a hidden number. An
    indicator nobody knows is taken for one of people.
    """
    exact = {name for name, indicator in catalogue().items() if indicator.protects is not Protects.PERSONS}
    counts = [count for count in whole.counts if count[0] in exact]
    counts += [(change.indicator, change.period, change.kind, 1) for change in whole.changes if change.indicator not in exact]
    return replace(whole, counts=tuple(counts))


def in_words(whole: Difference) -> Text:
    """Say in one line what changes, as far as it is told; beside it stands ``SPLITS_APART``."""
    changes = told(whole)
    if changes.is_empty:
        return Text("与现用版本相比,案件数和人员合计数都没有改变", "No number of cases and no total of people differs from the build in force")
    parts = [(kind.words, changes.total(kind)) for kind in ChangeKind if changes.total(kind)]
    return Text(
        "与现用版本相比:" + "、".join(f"{words.zh}{cells:,}个数" for words, cells in parts),
        "Against the build in force: " + _joined(f"{counted(cells, 'number')} {words.en.lower()}" for words, cells in parts),
    )


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(parts)
