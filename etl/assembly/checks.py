"""What must hold of a finished file before anybody may read it. Each check speaks of the published table, not of the way it was made."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from disclosure.audit import LatticeReport, Report, audit
from disclosure.audit_over_time import OverTimeReport, Told, audit_over_time
from disclosure.bridge import FEWEST_WITHHELD
from disclosure.each import Each
from disclosure.policy import Policy
from disclosure.published import published_of
from disclosure.said import History, with_statements
from etl.wording import counted, month_zh
from indicators.cards import parts_of
from indicators.dimensions import DIMENSIONS
from indicators.model import Indicator, Status, Text
from indicators.months import month_before
from warehouse.writer import WarehouseFile


@dataclass(frozen=True)
class CheckResult:
    """One check and what it found, as a sentence."""

    name: str
    passed: bool
    sentence: Text


Totals = Mapping[tuple[str, date], float]
Changes = Mapping[tuple[str, date], Mapping[str, float]]
"""Indicator that bridges a stock, and month -> reason -> count."""


@dataclass(frozen=True)
class Checked:
    """What was found on a finished file.

    Attributes:
        results: Every check.
        audit: What the attacker achieved against every moment by itself.
        over_time: What he achieved against all moments, and everything that was ever in force, together.
        history: Everything that was ever in force, this file included.
    """

    results: list[CheckResult]
    audit: Report
    over_time: OverTimeReport
    history: History


def check(
    file: WarehouseFile,
    indicators: Mapping[str, Indicator],
    county_code: str,
    policy: Policy,
    changes: Changes,
    told: Told,
    history: History,
    known: Iterable[LatticeReport] = (),
    each: Each = map,
) -> Checked:
    """Run every check on a file as written.

    Args:
        file: The file.
        indicators: The indicators by id: which of them add up to another, and which bridge one.
        county_code: Code of the county.
        policy: Limits of protection.
        changes: Why every stock changed, month by month, before anything of it was withheld.
        told: What a reader of all builds is taken to know besides.
        history: Everything on people that was ever in force.
        known: What the audit of the build in force found, so that only what changed is attacked again.
        each: How the lattices are attacked, one after the other where left out.
    """
    rows = file.rows("mart.observation")
    totals = {(row[1], row[2]): row[8] for row in rows if row[0] == "internal" and row[3] == "month" and row[5] == "total" and row[8] is not None}
    declared = file.rows("meta.indicator")
    said = published_of(rows, declared)
    report = audit(rows, declared, file.rows("meta.member"), policy, with_crossings=True, known=known, each=each, gathered=said)
    joined = with_statements(history, said, told.areas)
    over_time = audit_over_time(joined, told, policy, each, before=history)
    results = [
        _hidden_is_null(rows),
        *(_standing_adds_up(totals, whole, parts) for whole in indicators.values() if (parts := parts_of(whole, indicators))),
        _bridge_closes(totals, changes, indicators),
        _reasons_have_company(rows, indicators, policy),
        _areas_add_up(rows, county_code, _counting_kinds(declared)),
        _protected(report),
        _protected_over_time(over_time),
    ]
    return Checked(results, report, over_time, joined)


def _hidden_is_null(rows: list[tuple[object, ...]]) -> CheckResult:
    """A row without a number says why, and a row with one is whole."""
    for row in rows:
        numbers, value, status = row[8:13], row[10], Status(str(row[13]))
        is_shown = status in {Status.OBSERVED, Status.PROVISIONAL}
        if (is_shown and value is None) or (not is_shown and any(number is not None for number in numbers)):
            return CheckResult(
                "hidden_is_null",
                False,
                Text(f"{row[1]} 在 {row[2]} 的状态与数值不符", f"Status and numbers of {row[1]} at {row[2]} contradict each other"),
            )
    hidden = sum(1 for row in rows if row[13] == Status.SUPPRESSED.value)
    return CheckResult(
        "hidden_is_null",
        True,
        Text(
            f"核对{len(rows)}个数的状态与数值:未发现不符;受保护的" + (f"{hidden}个,均不含数值" if hidden else ":无"),
            f"Status and number of {counted(len(rows), 'observation')}: no contradiction found; protected: "
            + (f"{hidden}, none of which holds a number" if hidden else "none"),
        ),
    )


def _standing_adds_up(totals: Totals, whole: Indicator, parts: Sequence[Indicator]) -> CheckResult:
    """A stock is the sum of its parts, every month: 在册 = 现有 + 戒断三年 + 死亡离境."""
    name, listed = whole.short or whole.title, "、".join((part.short or part.title).zh for part in parts)
    months = sorted(month for indicator, month in totals if indicator == whole.id)
    wrong = [month for month in months if totals[whole.id, month] != sum(totals[part.id, month] for part in parts)]
    if wrong:
        return CheckResult(
            "standing_adds_up",
            False,
            Text(f"{month_zh(wrong[0])}{name.zh}不等于各状态之和", f"{name.en} do not equal their parts in {wrong[0]:%Y-%m}"),
        )
    return CheckResult(
        "standing_adds_up",
        True,
        Text(f"核对{len(months)}个月:{name.zh}均等于{listed}之和", f"{name.en} equal their parts in {_all(len(months))}")
        if months
        else Text(f"{name.zh}与各状态之和:无可核对的月份", f"{name.en} and their parts: no month to compare"),
    )


def _bridge_closes(totals: Totals, changes: Changes, indicators: Mapping[str, Indicator]) -> CheckResult:
    """Opening stock and its changes make the closing stock, every month that has a month before: 期初现有 + 各项变动 = 期末现有."""
    for (name, month), parts in sorted(changes.items()):
        bridge = indicators[name]
        signs = {member.code: member.sign for breakdown in bridge.breakdowns for member in DIMENSIONS[breakdown].members}
        closing = totals[bridge.bridges, month_before(month)] + sum(signs[part] * number for part, number in parts.items())
        if closing != totals[bridge.bridges, month]:
            return CheckResult(
                "bridge_closes",
                False,
                Text(f"{month_zh(month)}{bridge.title.zh}与期末人数不符", f"The changes of {month:%Y-%m} miss the closing stock"),
            )
    return CheckResult(
        "bridge_closes",
        True,
        Text(f"核对{len(changes)}个月:人员变动与期末人数均勾稽,差额为0", f"Changes close in {_all(len(changes))}, remainder 0")
        if changes
        else Text("人员变动与期末人数:无可核对的月份", "Changes and closing stock: no month to compare"),
    )


def _reasons_have_company(rows: Iterable[Sequence[object]], indicators: Mapping[str, Indicator], policy: Policy) -> CheckResult:
    """No reason of few people is shown, and those that are withheld have others beside them on either side of the stock."""
    periods: dict[tuple[object, object], dict[str, object]] = {}
    for row in rows:
        if indicators[str(row[1])].bridges and row[13] != Status.NOT_COLLECTED.value:
            periods.setdefault((row[1], row[2]), {})[str(row[6])] = row[8]
    signs = {member.code: member.sign for dimension in DIMENSIONS.values() if dimension.is_bridge for member in dimension.members}
    wrong = [when for (_, when), reasons in periods.items() if not _is_covered(reasons, signs, policy.internal_k)]
    if wrong:
        return CheckResult("reasons_have_company", False, Text(f"{wrong[0]}的变动原因可倒算出少数人", f"Reasons of {wrong[0]} give few people away"))
    sentence = Text(f"核对{len(periods)}个年度:变动原因均不少于规定人数", f"Reasons of change: none of few people in {counted(len(periods), 'year')}")
    return CheckResult("reasons_have_company", True, sentence)


def _is_covered(reasons: Mapping[str, object], signs: Mapping[str, int], fewest: int) -> bool:
    withheld = [reason for reason, number in reasons.items() if number is None]
    is_large = all(isinstance(number, float) and number >= fewest for number in reasons.values() if number is not None)
    has_company = len(withheld) >= FEWEST_WITHHELD and {signs[reason] for reason in withheld} == {1, -1}
    return is_large and (not withheld or has_company or len(withheld) == len(reasons))


def _counting_kinds(indicators: Sequence[Sequence[object]]) -> set[object]:
    """Return the indicators that count how many different values were seen: a kind seen in two zones is one kind in the county."""
    return {name for name, _, _, _, _, numerator, *_ in indicators if json.loads(str(numerator)).get("distinct")}


def _areas_add_up(rows: list[tuple[object, ...]], county_code: str, kinds: Container[object] = ()) -> CheckResult:
    """Where all townships or zones of a count are shown exactly, they add up to the county.

    Args:
        rows: ``mart.observation``.
        county_code: Code of the county.
        kinds: Indicators whose areas need not add up.
    """
    compared = 0
    sums: dict[tuple[object, ...], list[float | None]] = {}
    county: dict[tuple[object, ...], float] = {}
    for release, name, period, grain, area, breakdown, _, _, numerator, denominator, *_ in rows:
        if release != "internal" or denominator is not None or name in kinds:
            continue
        if breakdown == "total" and area == county_code and isinstance(numerator, float):
            county[name, period, grain] = numerator
        elif breakdown in {"zone", "township"}:
            sums.setdefault((name, period, grain, breakdown), []).append(numerator if isinstance(numerator, float) else None)
    for key, parts in sums.items():
        whole = county.get(key[:3])
        if whole is None or None in parts:
            continue
        compared += 1
        if abs(sum(part for part in parts if part is not None) - whole) > 1e-6:
            sentence = Text(f"{key[0]} 在 {key[1]} 的乡镇或片区之和不等于全县", f"The areas of {key[0]} at {key[1]} do not add up")
            return CheckResult("areas_add_up", False, sentence)
    sentence = (
        Text(f"核对{compared}组:片区、乡镇数之和均等于全县", f"Zones and townships add up to the county in {counted(compared, 'comparison')}")
        if compared
        else Text("片区、乡镇数之和:无可核对的组", "Sums of zones and townships: nothing to compare")
    )
    return CheckResult("areas_add_up", True, sentence)


def _all(months: int) -> str:
    return "1 month" if months == 1 else f"all {counted(months, 'month')}"


def _protected(report: Report) -> CheckResult:
    """The attacker, given the finished table alone, narrows no hidden count below its limit."""
    if not report.passed:
        return CheckResult("small_counts", False, Text("小数保护审计未通过", "The audit of small counts failed"))
    # How many are hidden is said nowhere: it would count what the other release shows.
    sentence = Text("小数保护审计通过:受保护的数在同一时点内均不能反推", "Small counts audited: nothing protected can be narrowed within its moment")
    return CheckResult("small_counts", True, sentence)


def _protected_over_time(report: OverTimeReport) -> CheckResult:
    """The attacker, given all that was ever published, narrows no hidden count either, and finds nobody who moved."""
    if not report.passed:
        sentence = Text("跨期小数保护审计未通过", "The audit of small counts over time failed")
    else:
        sentence = Text(
            "跨期审计通过:与历次公布的数一并推算,受保护的数仍不能反推",
            "Audited over time: read with all that was ever published, nothing protected can be narrowed",
        )
    return CheckResult("small_counts_over_time", report.passed, sentence)
