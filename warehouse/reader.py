"""The only door to the published warehouse: read-only, `mart` and `meta`, one build at a time.

The file is attached through an in-memory connection. If one process connected to the same path again after a swap, DuckDB would hand out
the old database. Cursors do not inherit ``use``, so every name is qualified.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas

from indicators import catalogue
from indicators.dimensions import Member
from indicators.lattice import Question, questions
from indicators.model import Break, Campaign, Indicator, Method, Release, Text, residents_of_year

DEFAULT_PATH = Path("data/warehouse.duckdb")

_READ = {
    "meta.build": "number, built_at, latest_month, county_code, county_zh, county_en, map_approval, is_sample, internal_k, who, reason",
    "mart.observation": "indicator, period, grain, area_code, breakdown, member, member_2, numerator, denominator, value, lower, upper, status",
    "mart.analysis": "id, release, method, first_on, last_on, tests, chance_of_false, power, seed, parameters",
    "mart.finding": "analysis_id, indicator, breakdown, area_code, member, label, rule, observed, exposure, expected, value, lower, upper, p_value",
    "mart.township": "code, zone, zh, en, is_remote, rings",
    "mart.resident": "area_code, year_number, residents",
    "meta.member": "dimension, code, zh, en, position, parent",
    "meta.indicator": "id, theme, kind, protects, source_table, numerator, denominator, is_headline, is_stock, is_bridge",
    "meta.coverage": "extract, month_on",
    "meta.extract": "id, zh, en",
    "meta.input_file": "extract, first_month, last_month, reported_on",
    "meta.check_result": "name, zh, en",
    "meta.audit_report": "zh, en",
    "meta.said": "release, source_table, moment, statement, persons, known, count",
    "meta.dimension": "id, lasts",
    "meta.campaign": "code, zh, en, starts_on, ends_on",
    "meta.series_break": "indicator, starts_on, zh, en",
    "meta.hold": "rule, indicator, month_on, zh, en",
    "meta.restatement": "build_number, built_at, indicator, period, kind, cells",
    "meta.record_change": "build_number, built_at, extract, kind, first_month, last_month, records",
    "meta.first_published": "indicator, month_on, value, build_number",
}
_UNREADABLE = Text(
    "数据文件已损坏、没有写完或版本不符。请运行 `python -m etl build` 用已入库的原始文件重建,再刷新本页;原始文件不受影响。",
    "The warehouse is damaged, unfinished or of another version. Run `python -m etl build` to rebuild it from the accepted files, then reload; "
    "the accepted files are not affected.",
)
_OUTSIDE = Text(
    "所问的数不在公布范围内,不予回答。可问的指标、分组和周期见指标目录(docs/catalogue.md)。",
    "This is not among the numbers that are published, and is not answered. What may be asked stands in the catalogue (docs/catalogue.md).",
)


class OutsideLattice(LookupError):
    """A question outside the closed list. The answer is the same whatever was asked and whoever is on the register."""

    def __init__(self) -> None:
        super().__init__(_OUTSIDE.en)
        self.message = _OUTSIDE


class WarehouseUnavailable(Exception):
    """The warehouse is missing or cannot be read; the message says what to do."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message


@dataclass(frozen=True)
class BuildStamp:
    """The build every number on a page comes from."""

    number: int
    built_at: str
    latest_month: date | None
    county_code: str
    county: Text
    map_approval: str
    is_sample: bool
    internal_k: int


@dataclass(frozen=True)
class TownshipArea:
    """A township now in force, with its outline."""

    code: str
    zone: str
    title: Text
    is_remote: bool
    residents: Mapping[int, int]  # by year
    rings: str  # JSON list of closed rings of [longitude, latitude]

    def residents_in(self, year: int) -> int:
        """Return the residents of a year."""
        return residents_of_year(self.residents, year)


def warehouse_path() -> Path:
    """Return the file to serve: ``DASHBOARD_DATA``/warehouse.duckdb, by default in ``data/``."""
    folder = os.environ.get("DASHBOARD_DATA")
    return Path(folder) / "warehouse.duckdb" if folder else DEFAULT_PATH


def file_key(path: Path) -> tuple[int, int, int]:
    """Return (mtime_ns, size, inode) of the file, which change when another build is swapped in.

    Raises:
        WarehouseUnavailable: If there is no file.
    """
    try:
        stat = path.stat()
    except OSError as error:
        raise WarehouseUnavailable(
            Text(
                "还没有可展示的数据。已有入库报表的,请在项目文件夹运行 `python -m etl build`;没有的,运行 `python -m etl load 文件…`"
                "(看示例县则运行 `python -m etl demo`),再刷新本页。",
                "There is nothing to show yet. Run `python -m etl build` where files were accepted before, else `python -m etl load FILE…` "
                "(or `python -m etl demo` for the sample county), then reload.",
            )
        ) from error
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _is_as_sealed(path: Path) -> bool:
    """Say whether the file equals one that a build sealed; where no seal is kept, there is nothing to compare and every file is taken.

    The database's own checksums find a flipped bit only in the blocks that are read, and not in every one of them.
    """
    try:
        for _ in range(_TRIES):
            with path.open("rb") as file:
                seen, digest = os.fstat(file.fileno()).st_ino, hashlib.file_digest(file, "sha256").hexdigest()
            # The file is read before the seals: a build is sealed before it is put in force, so its seal is there by now.
            seals = _seals(path.parent / "builds")
            if not seals or digest in seals:
                return True
            if path.stat().st_ino == seen:
                return False
        return False
    except OSError as error:
        raise WarehouseUnavailable(_UNREADABLE) from error


_TRIES = 5  # a build may be replaced, and its seal removed, while it is read


def _seals(folder: Path) -> set[str]:
    seals = set()
    for seal in folder.glob("*.sha256"):
        with contextlib.suppress(FileNotFoundError):  # an old build was removed just now
            seals.add(seal.read_text(encoding="ascii", errors="replace").strip())
    return seals


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Turn damage that the database meets while reading into the sentence a person can act on."""
    try:
        yield
    except duckdb.ProgrammingError:
        raise  # a question that was asked wrongly is no damage
    except duckdb.Error as error:
        raise WarehouseUnavailable(_UNREADABLE) from error


class Warehouse:
    """One build, opened read-only."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, offered: frozenset[Question]) -> None:
        self._connection = connection
        self._offered = offered

    @classmethod
    def open(cls, path: Path | str, indicators: Mapping[str, Indicator] | None = None) -> Warehouse:
        """Open a published file.

        Args:
            path: The file.
            indicators: The indicators that may be asked for, by id; the project's own where left out. They are not read from the file: what
                is refused must not depend on what was delivered.

        Raises:
            WarehouseUnavailable: If it is missing, damaged or not a warehouse.
        """
        path = Path(path)
        before = file_key(path)
        if not _is_as_sealed(path):
            # Another build may have been put in force while this one was read; damage stays.
            if file_key(path) != before:
                return cls.open(path, indicators)
            raise WarehouseUnavailable(_UNREADABLE)
        connection = duckdb.connect(":memory:")
        try:
            connection.execute("attach '{}' as published (read_only)".format(str(path).replace("'", "''")))
            connection.execute("set enable_external_access = false")
            connection.execute("set lock_configuration = true")
            for table, columns in _READ.items():
                connection.execute(f"select {columns} from published.{table} limit 0")
            builds = connection.execute("select count(*) from published.meta.build").fetchone()
        except duckdb.Error as error:
            connection.close()
            raise WarehouseUnavailable(_UNREADABLE) from error
        if builds != (1,):
            connection.close()
            raise WarehouseUnavailable(_UNREADABLE)
        return cls(connection, questions(catalogue() if indicators is None else indicators))

    def close(self) -> None:
        """Close the build; the next reader opens the one then in force."""
        self._connection.close()

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with _told_plainly(), self._connection.cursor() as cursor:
            return cursor.execute(sql, values).fetchall()

    def _refuse_outside(self, asked: Iterable[Question]) -> None:
        """Refuse a question that names nothing or has a part that is not on the closed list; the file is not touched."""
        parts = set(asked)
        if not parts or not parts <= self._offered:
            raise OutsideLattice

    def probe(self) -> int:
        """Ask a question of the stamp and one of the mart, and return the number of the build.

        Raises:
            WarehouseUnavailable: If one does not answer, or the mart is empty.
        """
        number = self.build().number
        ((rows, _),) = self._rows("select count(*), sum(value) from published.mart.observation")
        if not rows:
            raise WarehouseUnavailable(_UNREADABLE)
        return number

    def build(self) -> BuildStamp:
        """Return the build's stamp."""
        (row,) = self._rows(f"select {_READ['meta.build']} from published.meta.build")
        number, built_at, latest_month, code, zh, en, map_approval, is_sample, internal_k, *_ = row
        return BuildStamp(number, built_at, latest_month, code, Text(zh, en), map_approval, is_sample, internal_k)

    def observations(
        self,
        release: str,
        indicators: Iterable[str],
        *,
        breakdowns: Iterable[str] | None = None,
        grain: str | None = None,
    ) -> pandas.DataFrame:
        """Return the published rows of some indicators, in the order of indicator, breakdown, area, members and period.

        Args:
            release: ``internal`` or ``public``.
            indicators: Indicator ids.
            breakdowns: Breakdown names; all where left out.
            grain: One grain; all where left out.

        Returns:
            A frame with the columns of ``mart.observation`` except release; ``period`` as datetime64, numbers NaN where not shown. Empty
            where nothing was reported.

        Raises:
            OutsideLattice: If the release does not offer every one of the breakdowns of every one of the indicators, at the grain.
        """
        names = list(indicators)
        splits = None if breakdowns is None else list(breakdowns)
        self._refuse_outside((release, name, split, grain) for name in names for split in (splits if splits is not None else [None]))
        conditions = ["release = ?", "list_contains(?, indicator)"]
        values: list[Any] = [release, names]
        if splits is not None:
            conditions.append("list_contains(?, breakdown)")
            values.append(splits)
        if grain is not None:
            conditions.append("grain = ?")
            values.append(grain)
        with _told_plainly(), self._connection.cursor() as cursor:
            return cursor.execute(
                f"""
                -- one row per indicator, breakdown, cell and period
                select {_READ["mart.observation"]}
                from published.mart.observation
                where {" and ".join(conditions)}
                order by indicator, grain, breakdown, area_code, member, member_2, period
                """,
                values,
            ).df()

    def findings(self, release: str, method: str, indicators: Iterable[str]) -> pandas.DataFrame:
        """Return what one statistical method found about some indicators, ordered by cut-off and cell.

        Args:
            release: ``internal`` or ``public``.
            method: A :class:`indicators.model.Method`.
            indicators: Indicator ids.

        Returns:
            A frame with the columns of ``mart.finding`` and those of its analysis; dates as datetime64, numbers NaN where there is none.
            Empty where nothing was computed; nothing is computed of rounded numbers.

        Raises:
            OutsideLattice: If there is no such method, or the release offers nothing of one of the indicators.
        """
        names = list(indicators)
        self._refuse_outside((release, name, None, None) for name in names)
        if method not in set(Method):
            raise OutsideLattice
        with _told_plainly(), self._connection.cursor() as cursor:
            return cursor.execute(
                """
                -- one row per analysis and cell
                select a.first_on, a.last_on, a.tests, a.chance_of_false, a.power, a.seed, a.parameters, f.*
                from published.mart.analysis a
                join published.mart.finding f on f.analysis_id = a.id
                where a.release = ? and a.method = ? and list_contains(?, f.indicator)
                order by a.last_on, a.id, f.indicator, f.breakdown, f.area_code, f.member
                """,
                [release, method, names],
            ).df()

    def members(self, dimension: str) -> list[Member]:
        """Return the members of a dimension in display order."""
        rows = self._rows("select code, zh, en from published.meta.member where dimension = ? order by position", [dimension])
        return [Member(code, Text(zh, en)) for code, zh, en in rows]

    def campaigns(self) -> list[Campaign]:
        """Return the special operations of the county, the first one first."""
        rows = self._rows("select code, zh, en, starts_on, ends_on from published.meta.campaign order by starts_on, code")
        return [Campaign(code, Text(zh, en), starts_on, ends_on) for code, zh, en, starts_on, ends_on in rows]

    def breaks(self) -> dict[str, tuple[Break, ...]]:
        """Return from when the county counts indicators differently, by id, beside the breaks that are declared with them."""
        found: dict[str, tuple[Break, ...]] = {}
        for name, on, zh, en in self._rows("select indicator, starts_on, zh, en from published.meta.series_break order by indicator, starts_on"):
            found[name] = (*found.get(name, ()), Break(on, Text(zh, en)))
        return found

    def townships(self) -> list[TownshipArea]:
        """Return the townships now in force, by code."""
        residents: dict[str, dict[int, int]] = {}
        for code, year, number in self._rows("select area_code, year_number, residents from published.mart.resident"):
            residents.setdefault(code, {})[year] = number
        rows = self._rows("select code, zone, zh, en, is_remote, rings from published.mart.township order by code")
        return [TownshipArea(code, zone, Text(zh, en), remote, residents.get(code, {}), rings) for code, zone, zh, en, remote, rings in rows]

    def months(self, extract: str) -> list[date]:
        """Return the reported months of an extract, ascending."""
        rows = self._rows("select month_on from published.meta.coverage where extract = ? order by month_on", [extract])
        return [month for (month,) in rows]

    def observations_all(self) -> list[tuple[Any, ...]]:
        """Return every published row, for the auditor, in the column order of the schema."""
        return self._rows("select * from published.mart.observation")

    def indicators(self) -> list[tuple[Any, ...]]:
        """Return what the warehouse says of every indicator, in the column order of the schema."""
        return self._rows("select * from published.meta.indicator order by id")

    def formulas(self) -> dict[str, str]:
        """Return the formula of every indicator for which the county chose another than the one declared."""
        return dict(self._rows("select id, formula from published.meta.indicator where formula <> ''"))

    def members_all(self) -> list[tuple[Any, ...]]:
        """Return every member of every dimension, in the column order of the schema."""
        return self._rows("select * from published.meta.member order by dimension, position")

    def said_all(self) -> list[tuple[Any, ...]]:
        """Return everything on people that was ever in force, for the auditor, in the column order of the schema."""
        return self._rows("select * from published.meta.said")

    def lasting(self) -> dict[str, str]:
        """Return how long a person is taken to stay in a member of a dimension, where anything is taken so."""
        return dict(self._rows("select id, lasts from published.meta.dimension where lasts <> ''"))

    def extract_titles(self) -> dict[str, Text]:
        """Return the title of every extract type by its id."""
        return {name: Text(zh, en) for name, zh, en in self._rows("select id, zh, en from published.meta.extract order by id")}

    def deliveries(self) -> list[tuple[str, date, date | None]]:
        """Return extract, reported month and the day on which that month was first reported (None where no file is dated), in order."""
        return self._rows(
            """
            -- one row per extract and reported month
            select c.extract, c.month_on, min(f.reported_on)
            from published.meta.coverage c
            left join published.meta.input_file f
                on f.extract = c.extract and c.month_on between f.first_month and f.last_month
            group by c.extract, c.month_on
            order by c.extract, c.month_on
            """
        )

    def protected_shares(self, release: str) -> list[tuple[str, int, int]]:
        """Return, for every indicator of a release, its id and how many cells are protected and how many reported.

        Raises:
            OutsideLattice: If there is no such release.
        """
        self._refuse_outside([(release, None, None, None)])
        return self._rows(
            """
            select indicator, count(*) filter (where status = 'suppressed'), count(*)
            from published.mart.observation
            where release = ? and status <> 'not_collected'
            group by indicator
            order by indicator
            """,
            [release],
        )

    def restatements(self, indicators: Iterable[str]) -> list[tuple[int, str, str, date, date, int]]:
        """Return what builds changed in some indicators, latest build first: build, time, kind, first and last period, number of cells.

        Raises:
            OutsideLattice: If there is no such indicator.
        """
        names = list(indicators)
        self._refuse_outside((Release.INTERNAL.value, name, None, None) for name in names)
        return self._rows(
            """
            select build_number, built_at, kind, min(period), max(period), cast(sum(cells) as bigint)
            from published.meta.restatement
            where list_contains(?, indicator)
            group by build_number, built_at, kind
            order by build_number desc, kind
            """,
            [names],
        )

    def record_changes(self) -> list[tuple[int, str, str, str, date, date, int]]:
        """Return which records builds changed, latest build first: build, time, extract, kind, first and last month, number of records."""
        return self._rows(f"select {_READ['meta.record_change']} from published.meta.record_change order by build_number desc, extract, kind")

    def first_and_now(self, indicator: str) -> list[tuple[date, float, float]]:
        """Return every month whose county total has a first number and a present one, with both, ascending.

        Raises:
            OutsideLattice: If the internal release offers no county total of the indicator by month.
        """
        self._refuse_outside([(Release.INTERNAL.value, indicator, "total", "month")])
        return self._rows(
            """
            select f.month_on, f.value, o.value
            from published.meta.first_published f
            join published.meta.build b on true
            join published.mart.observation o
                on o.indicator = f.indicator and o.period = f.month_on and o.release = 'internal' and o.grain = 'month' and o.breakdown = 'total'
                and o.area_code = b.county_code
            where f.indicator = ? and o.value is not null
            order by f.month_on
            """,
            [indicator],
        )

    def checks(self) -> list[Text]:
        """Return what the build's own checks found, in words."""
        return [Text(zh, en) for zh, en in self._rows("select zh, en from published.meta.check_result order by name")]

    def was_checked(self, name: str) -> bool:
        """Say whether the build was checked for this; it then passed, because a build that fails a check is never published."""
        return bool(self._rows("select 1 from published.meta.check_result where name = ?", [name]))

    def audit_report(self) -> Text | None:
        """Return the one-page report of the audit of small counts, as it was kept with the build, in Markdown; None where none was."""
        kept = [Text(zh, en) for zh, en in self._rows(f"select {_READ['meta.audit_report']} from published.meta.audit_report")]
        return kept[0] if kept else None

    def holds(self) -> list[Text]:
        """Return the findings of the publish gate that were passed over with a reason, in words."""
        return [Text(zh, en) for zh, en in self._rows("select zh, en from published.meta.hold order by rule, indicator, month_on")]

    def publication(self) -> tuple[str, str]:
        """Return who put the build in force, and why."""
        ((who, reason),) = self._rows("select who, reason from published.meta.build")
        return who, reason
