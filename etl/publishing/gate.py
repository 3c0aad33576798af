"""What a person must look at before a build takes the place of the one in force.

A file can be in order line by line and still be wrong as a whole: a publisher's own edition with a month of zeros, a column that was
forgotten, a township that was left out. The build before says what was to be expected. A finding holds the build until somebody
answers for it with a reason; it never changes a number. What is impossible (a bridge that does not close) is no finding but a failed
check, and nobody can wave it through. Rules and limits: docs/decisions/0021-publish-gate.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from analysis.comparison import LEVEL, two_period_p
from etl.publishing.difference import attach
from etl.wording import counted, month_zh
from indicators import catalogue
from indicators.dimensions import DIMENSIONS
from indicators.model import Indicator, Kind, Text

LARGEST_CHANGE = 0.30
MOSTLY_FILLED = 10  # in tenths, as meta.column_fill has them: seven and more are expected to stay so
LARGEST_MULTIPLE = 3  # a running total read as a month is that from March on
PAST_MONTHS, FEWEST_MONTHS = 12, 6
CERTAINLY = 0.001  # half a dozen counts are looked at every month, and nobody answers gladly for chance
FEWEST_RECORDS = 6  # the exact test cannot tell fewer from none
LEAST_GRAMS = 10  # one case more or less is a multiple of less
LARGEST_FACTOR = 5  # a unit mistaken is a factor of ten and more, even where some rows were right


@dataclass(frozen=True)
class Hold:
    """One finding that needs a reason.

    Attributes:
        message: For the person who publishes.
        hidden_as: What the build keeps instead, where the message says more than the build publishes.
    """

    rule: str
    message: Text
    indicator: str = ""
    month: date | None = None
    hidden_as: Text | None = None

    @property
    def kept(self) -> Text:
        """What is kept with the build."""
        return self.hidden_as or self.message


CountyTotals = Mapping[tuple[str, date], float]
Reported = frozenset[tuple[str, date]]


def holds(before: Path | None, after: Path, indicators: Mapping[str, Indicator] | None = None) -> tuple[Hold, ...]:
    """Compare a finished file with the build in force.

    Args:
        before: The build in force; None where there is none, then nothing is held: there is no history to speak against it.
        after: The finished file.
        indicators: The indicators by id, for their names; the project's own where left out.

    Returns:
        The findings in a fixed order; none where the build may be published without a word.
    """
    if before is None:
        return ()
    titles = {name: indicator.title for name, indicator in (indicators or catalogue()).items()}
    with duckdb.connect(":memory:") as connection:
        attach(connection, before, "earlier")
        attach(connection, after, "later")
        was, now = _totals(connection, "earlier"), _totals(connection, "later")
        hidden = _hidden(connection, "later")
        return (
            *_months(was, now, hidden, titles),
            *_latest(was, now, titles),
            *_leaps(was, now, indicators or catalogue()),
            *_jumps(was, now, indicators or catalogue()),
            *_weights(connection, indicators or catalogue()),
            *_columns(connection),
            *_definitions(connection, titles),
        )


def is_beyond_chance(count: float, expected: float, periods: float = 1.0, level: float = LEVEL) -> bool:
    """Whether a count differs from earlier ones by more than chance.

    Args:
        count: Events of the period asked about.
        expected: Events of the earlier periods together.
        periods: How many earlier periods those are.
        level: Probability below which chance is ruled out.
    """
    return bool(two_period_p(count, expected, 1.0, periods)[0] < level)


def _totals(connection: duckdb.DuckDBPyConnection, name: str) -> CountyTotals:
    """Return the published county counts by indicator and month; shares, rates and weights are no counts and are left to these."""
    rows = connection.execute(
        f"""
        select o.indicator, o.period, o.value
        from {name}.mart.observation o
        join {name}.meta.indicator i on i.id = o.indicator
        cross join {name}.meta.build b
        where o.release = 'internal' and o.grain = 'month' and o.breakdown = 'total' and o.area_code = b.county_code
            and o.value is not null and i.kind in ('events', 'stock')
        order by o.indicator, o.period
        """
    ).fetchall()
    return {(indicator, month): value for indicator, month, value in rows}


def _hidden(connection: duckdb.DuckDBPyConnection, name: str) -> Reported:
    """Return the county totals that are reported but protected or without a base: hidden is not withdrawn."""
    rows = connection.execute(
        f"""
        select indicator, period
        from {name}.mart.observation
        where release = 'internal' and grain = 'month' and breakdown = 'total' and status in ('suppressed', 'undefined')
        """
    ).fetchall()
    return frozenset(rows)


def _months(was: CountyTotals, now: CountyTotals, hidden: Reported, titles: Mapping[str, Text]) -> list[Hold]:
    """A published month that is gone, is zero now, or changed by more than 30 % and more than chance."""
    held: list[Hold] = []
    for (indicator, month), old in was.items():
        new = now.get((indicator, month))
        title = _title(titles, indicator)
        when = Text(f"{month_zh(month)}", f"{month:%Y-%m}")
        if new is None:
            if (indicator, month) not in hidden:
                message = Text(f"{when.zh}{title.zh}原为{old:,.0f},现在没有数", f"{title.en} of {when.en} was {old:,.0f} and has no number now")
                held.append(Hold("month_gone", message, indicator, month))
        elif new != old and (min(new, old) < 0 or is_beyond_chance(new, old)):  # a month below zero is a correction, of which chance says nothing
            message = Text(f"{when.zh}{title.zh}由{old:,.0f}变为{new:,.0f}", f"{title.en} of {when.en} goes from {old:,.0f} to {new:,.0f}")
            if new == 0:
                held.append(Hold("month_zero", message, indicator, month))
            elif abs(new - old) > LARGEST_CHANGE * abs(old):
                held.append(Hold("month_changed", message, indicator, month))
    return held


def _latest(was: CountyTotals, now: CountyTotals, titles: Mapping[str, Text]) -> list[Hold]:
    """A month published for the first time that is zero where the month before and the year before say it should not be."""
    held: list[Hold] = []
    newest = {indicator: max(month for name, month in was if name == indicator) for indicator in {name for name, _ in was}}
    for (indicator, month), new in now.items():
        if new != 0 or indicator not in newest or month <= newest[indicator]:
            continue
        earlier = [now[indicator, at] for at in (_months_before(month, 1), _months_before(month, 12)) if now.get((indicator, at), -1.0) >= 0]
        if earlier and is_beyond_chance(0, sum(earlier), len(earlier)):
            title = _title(titles, indicator)
            known = "、".join(f"{value:,.0f}" for value in earlier)
            message = Text(
                f"{month_zh(month)}{title.zh}为0,而上月和上年同月为{known}",
                f"{title.en} of {month:%Y-%m} is 0, where the month before and the year before had {known.replace('、', ' and ')}",
            )
            held.append(Hold("new_month_zero", message, indicator, month))
    return held


def _leaps(was: CountyTotals, now: CountyTotals, indicators: Mapping[str, Indicator]) -> list[Hold]:
    """A month of events published for the first time that is more than three times the year before it, and no chance: perhaps a running total."""
    held: list[Hold] = []
    for (name, month), new in now.items():
        indicator = indicators.get(name)
        if indicator is None or indicator.kind is not Kind.EVENTS or (name, month) in was:
            continue
        known = (now.get((name, _months_before(month, back))) for back in range(1, PAST_MONTHS + 1))
        past = [value for value in known if value is not None and value >= 0]
        if len(past) < FEWEST_MONTHS or new * len(past) <= LARGEST_MULTIPLE * sum(past) or not is_beyond_chance(new, sum(past), len(past), CERTAINLY):
            continue
        usual = sum(past) / len(past)
        message = Text(
            f"{month_zh(month)}{indicator.title.zh}为{new:,.0f},此前{len(past)}个月平均每月{usual:,.1f};请核对是否累计数、重复或单位有误",
            f"{indicator.title.en} of {month:%Y-%m} is {new:,.0f}, where the {len(past)} months before had {usual:,.1f} each; "
            "is it a running total, delivered twice, or in another unit?",
        )
        held.append(Hold("new_month_leap", message, name, month))
    return held


def _jumps(was: CountyTotals, now: CountyTotals, indicators: Mapping[str, Indicator]) -> list[Hold]:
    """A register's new month that differs from the month before by more than 30 % and more than chance: half a register is soon delivered."""
    held: list[Hold] = []
    for (name, month), new in now.items():
        indicator = indicators.get(name)
        old = now.get((name, _months_before(month, 1)))
        if (
            indicator is None
            or indicator.kind is not Kind.STOCK
            or (name, month) in was
            or old is None
            or (name, _months_before(month, 1)) not in was
        ):
            continue
        if abs(new - old) > LARGEST_CHANGE * old and is_beyond_chance(new, old):
            message = Text(
                f"{month_zh(month)}{indicator.title.zh}为{new:,.0f},上月为{old:,.0f}",
                f"{indicator.title.en} of {month:%Y-%m} is {new:,.0f}, where the month before had {old:,.0f}",
            )
            held.append(Hold("new_month_jump", message, name, month))
    return held


def _weights(connection: duckdb.DuckDBPyConnection, indicators: Mapping[str, Indicator]) -> list[Hold]:
    """A year's published weight that is a fifth or five times of what it was, or gone: most often a unit was mistaken. Hidden is not gone."""
    rows = connection.execute(
        """
        -- one row per indicator, year and drug
        select w.indicator, w.period, w.member, m.zh, m.en, w.value, n.value
        from earlier.mart.observation w
        join earlier.meta.indicator i on i.id = w.indicator
        join earlier.meta.build b on b.county_code = w.area_code
        left join earlier.meta.member m on m.dimension = 'drug' and m.code = w.member
        left join later.mart.observation n
            on n.release = w.release and n.indicator = w.indicator and n.grain = w.grain and n.period = w.period
            and n.area_code = w.area_code and n.breakdown = w.breakdown and n.member = w.member
        where w.release = 'internal' and w.grain = 'year' and w.breakdown = 'drug' and i.kind = 'sum' and w.value >= ?
            and coalesce(n.status, '') not in ('suppressed', 'undefined')
        order by w.indicator, w.period, w.member
        """,
        [LEAST_GRAMS],
    ).fetchall()
    return [
        _weight_changed(indicator, year, Text(zh or member, en or member), new, indicators)
        for indicator, year, member, zh, en, old, new in rows
        if new is None or not old / LARGEST_FACTOR < new < old * LARGEST_FACTOR
    ]


def _weight_changed(indicator: str, year: date, drug: Text, new: float | None, indicators: Mapping[str, Indicator]) -> Hold:
    """Say that a weight changed, and not from what to what: the difference of two weights may be that of one case."""
    title = indicators[indicator].title if indicator in indicators else Text(indicator, indicator)
    zh, en = f"{year.year}年{title.zh}·{drug.zh}", f"{title.en} of {year.year}, {drug.en},"
    if new is None:
        return Hold("weight_changed", Text(f"{zh}原有数,现在没有", f"{en} had a number and has none now"), indicator, year)
    said = Text(f"{zh}与前一版相差五倍以上,是否单位有误", f"{en} differs by a factor of five or more; was a unit mistaken?")
    return Hold("weight_changed", said, indicator, year)


def _columns(connection: duckdb.DuckDBPyConnection) -> list[Hold]:
    """A column that was mostly full and is mostly blank in a month that is new or was delivered again."""
    if not _has(connection, "earlier", "column_fill"):
        return []
    rows = connection.execute(
        """
        -- one row per column and month that is mostly blank now: how full it was in that month, or in the latest month before it
        with expected as (
            select n.extract, n.column_name, n.month_on, n.rows, w.filled_tenths, w.month_on as known_on
            from later.meta.column_fill n
            join earlier.meta.column_fill w on w.extract = n.extract and w.column_name = n.column_name and w.month_on <= n.month_on
            where n.filled_tenths = 0
            qualify row_number() over (partition by n.extract, n.column_name, n.month_on order by w.month_on desc) = 1
        )
        select extract, column_name, min(month_on), count(*)
        from expected
        where rows >= ? and filled_tenths >= ?
        group by extract, column_name
        order by extract, column_name
        """,
        [FEWEST_RECORDS, MOSTLY_FILLED],
    ).fetchall()
    return [Hold("column_blank", _blank(extract, column, month, months), "", month) for extract, column, month, months in rows]


def _blank(extract: str, column: str, month: date, months: int) -> Text:
    from etl.extracts import extracts

    contract = extracts().get(extract)
    header, title = (contract.column(column).header, contract.title) if contract else (column, Text(extract, extract))
    return Text(
        f"{title.zh}的列“{header}”自{month_zh(month)}起有{months}个月大多为空,以前多数有填写",
        f"Column “{header}” of {title.en.lower()} is mostly blank in {counted(months, 'month')} from {month:%Y-%m}, and was mostly filled before",
    )


def _definitions(connection: duckdb.DuckDBPyConnection, titles: Mapping[str, Text]) -> list[Hold]:
    """An indicator that is counted differently or no longer, or a code list whose codes changed. A further indicator is no change."""
    held: list[Hold] = []
    declared = {name: {row[0]: row[1:] for row in connection.execute(_DECLARED.format(name=name)).fetchall()} for name in ("earlier", "later")}
    for indicator, declaration in declared["earlier"].items():
        title = _title(titles, indicator)
        now = declared["later"].get(indicator)
        if now is None:
            held.append(Hold("definition_changed", Text(f"不再统计{title.zh}", f"{title.en} is no longer counted"), indicator))
        elif _plain(now) != _plain(declaration):
            held.append(Hold("definition_changed", Text(f"{title.zh}的口径有变动", f"{title.en} is counted differently"), indicator))
    codes: dict[str, dict[str, set[str]]] = {"earlier": {}, "later": {}}
    for name, lists in codes.items():
        for dimension, code in connection.execute(f"select dimension, code from {name}.meta.member").fetchall():
            lists.setdefault(dimension, set()).add(code)
    for dimension, old in sorted(codes["earlier"].items()):
        new = codes["later"].get(dimension, set())
        if new != old:
            gone, fresh = len(old - new), len(new - old)
            # A dimension of an earlier build may be declared no longer.
            title = DIMENSIONS[dimension].title if dimension in DIMENSIONS else Text(dimension, dimension)
            message = Text(
                f"代码表“{title.zh}”有变动:减少{gone}项,增加{fresh}项", f"Code list “{title.en}” changed: {counted(gone, 'code')} gone, {fresh} new"
            )
            held.append(Hold("codes_changed", message))
    return held


_DECLARED = "select id, kind, source_table, numerator, denominator from {name}.meta.indicator order by id"


def _plain(declaration: tuple[str, ...]) -> tuple[object, ...]:
    """Return a declaration so that the order of keys in its JSON does not matter."""
    return tuple(json.loads(part) if part.startswith("{") else part for part in declaration)


def _has(connection: duckdb.DuckDBPyConnection, name: str, table: str) -> bool:
    sql = "select count(*) from duckdb_tables() where database_name = ? and schema_name = 'meta' and table_name = ?"
    return connection.execute(sql, [name, table]).fetchall() == [(1,)]


def _title(titles: Mapping[str, Text], indicator: str) -> Text:
    return titles.get(indicator, Text(indicator, indicator))


def _months_before(month: date, count: int) -> date:
    number = month.year * 12 + month.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)
