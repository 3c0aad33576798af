"""``python -m disclosure audit WAREHOUSE``: attack a finished warehouse and say what could be proved about hidden counts.

``report`` prints what the build itself kept of its audit.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from disclosure.audit import ReleaseReport, Report, audit
from disclosure.audit_over_time import OverTimeReport, Told, audit_over_time
from disclosure.finding import Finding
from disclosure.policy import Policy
from disclosure.published import INTERNAL, PUBLIC, Outside, code_lists, declarations
from disclosure.said import Areas, Moment, Statement, read_history
from warehouse.reader import Warehouse, WarehouseUnavailable

PASSED, BROKEN, FAILED = 0, 1, 2
_MOST_LINES = 20
_NOT_TIED = (
    "两期之间进出多少人,文件里没有,前后各期未连起来推算;发布时已连起来审计过",
    "How many joined and left between two moments is in no file, so successive moments were not tied here; the build read them together",
)
_OUTSIDE = ("indicator", "period", "grain", "area", "breakdown", "member", "member_2", "count")
_NAMES = {INTERNAL: ("内部版", "internal"), PUBLIC: ("公开版", "public")}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0 where every release held, 2 where something was given away, 1 where the audit itself broke."""
    parser = argparse.ArgumentParser(prog="python -m disclosure", description="小数保护审计 / Audit of small counts")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("audit", help="审计数据仓库 / audit a warehouse")
    command.add_argument("warehouse", type=Path, help="warehouse.duckdb")
    command.add_argument("--release", choices=(INTERNAL, PUBLIC), help="只审计一个版本 / one release only")
    command.add_argument(
        "--against",
        type=Path,
        metavar="OLDER",
        action="append",
        default=[],
        help="与另存的旧版一并攻击,可多次给出 / together with an older file; may be repeated",
    )
    command.add_argument("--outside", type=Path, metavar="FILE.csv", help="别处已公布的精确数 / exact counts published elsewhere")
    command.add_argument("--quick", action="store_true", help="不攻击未公布的交叉 / leave out crossings nobody publishes")
    command.add_argument("--json", action="store_true", help="JSON 输出 / print JSON")
    kept = commands.add_parser("report", help="打印随版保存的审计报告 / print the report kept with a build")
    kept.add_argument("warehouse", type=Path, help="warehouse.duckdb")
    chosen = parser.parse_args(arguments)
    if chosen.command == "report":
        return _print_report(chosen.warehouse)
    releases = (chosen.release,) if chosen.release else (INTERNAL, PUBLIC)
    try:
        outside = _outside(chosen.outside) if chosen.outside else ()
        warehouse = _read(chosen.warehouse)
        report = audit(
            warehouse.observations,
            warehouse.indicators,
            warehouse.members,
            warehouse.policy,
            releases,
            outside=outside,
            with_crossings=not chosen.quick,
        )
        over_time = _over_time(warehouse, [_read(path) for path in chosen.against], releases)
    except Exception as error:
        if chosen.json:
            print(json.dumps({"verdict": "broken", "message": str(error)}, ensure_ascii=False))
        else:
            print(f"审计未能完成 / The audit could not be completed: {error}", file=sys.stderr)
        return BROKEN
    print(json.dumps(_record(report, over_time), ensure_ascii=False, indent=1) if chosen.json else _sentences(report, over_time))
    return PASSED if report.passed and over_time.passed else FAILED


def _print_report(path: Path) -> int:
    try:
        warehouse = Warehouse.open(path)
    except WarehouseUnavailable as error:
        print(f"{error.message.zh} / {error.message.en}", file=sys.stderr)
        return BROKEN
    try:
        report = warehouse.audit_report()
    finally:
        warehouse.close()
    if report is None:
        print("这一版没有审计报告,请用 audit 现做 / This build holds no report; run audit", file=sys.stderr)
        return BROKEN
    print(f"{report.zh}\n---\n\n{report.en}", end="")
    return PASSED


@dataclass(frozen=True)
class _File:
    """What the auditor reads of a warehouse, in the column order of the schema."""

    observations: Sequence[Sequence[Any]]
    indicators: Sequence[Sequence[Any]]
    members: Sequence[Sequence[Any]]
    said: Sequence[Sequence[Any]]
    lasting: Mapping[str, str]
    policy: Policy


def _read(path: Path) -> _File:
    warehouse = Warehouse.open(path)
    try:
        return _File(
            warehouse.observations_all(),
            warehouse.indicators(),
            warehouse.members_all(),
            warehouse.said_all(),
            warehouse.lasting(),
            Policy(internal_k=warehouse.build().internal_k),
        )
    finally:
        warehouse.close()


def _over_time(warehouse: _File, older: Sequence[_File], releases: Sequence[str]) -> OverTimeReport:
    """Attack what a file says together with what it and older files say was ever in force.

    How many joined and left between two moments is in no file; the build, which knows, has read them together.
    """
    history: dict[Moment, list[Statement]] = {}
    for file in (*older, warehouse):
        for moment, statements in read_history(file.said).items():
            history[moment] = [*(one for one in history.get(moment, []) if one not in statements), *statements]
    stocks = frozenset(one.table for one in declarations(warehouse.indicators).values() if one.is_stock)
    told = Told(code_lists([row for file in (*older, warehouse) for row in file.members]), Areas({}, {}), warehouse.lasting, stocks, {})
    return audit_over_time({moment: said for moment, said in history.items() if moment[0] in releases}, told, warehouse.policy)


def _outside(path: Path) -> list[Outside]:
    """Read a list of counts published elsewhere.

    Raises:
        ValueError: If a column is missing or a cell cannot be read; the message names the line.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.DictReader(file)
        missing = set(_OUTSIDE) - set(lines.fieldnames or ())
        if missing:
            raise ValueError(f"{path.name}: the columns {', '.join(sorted(missing))} are missing; it needs {', '.join(_OUTSIDE)}")
        found = []
        for number, line in enumerate(lines, 2):
            try:
                period, count = date.fromisoformat(f"{line['period']}-01"), float(line["count"])
            except ValueError as error:
                raise ValueError(f"{path.name}, line {number}: write the period as 2026-10 and the count as a number") from error
            if not (count >= 0 and count.is_integer()):
                raise ValueError(f"{path.name}, line {number}: a count of people is a whole number of at least 0")
            area, breakdown, members = line["area"], line["breakdown"], (line["member"], line["member_2"])
            found.append(Outside(line["indicator"], period, line["grain"], area, breakdown, *members, count))
    return found


def _record(report: Report, over_time: OverTimeReport) -> dict[str, object]:
    return {
        "verdict": "passed" if report.passed and over_time.passed else "failed",
        "releases": _releases(report),
        "over_time": {**asdict(over_time), "passed": over_time.passed, "failures": [_plain(finding) for finding in over_time.failures]},
        "notes": [{"zh": zh, "en": en} for zh, en in (*report.notes, _NOT_TIED)],
    }


def _releases(report: Report) -> list[dict[str, object]]:
    return [{**asdict(own), "passed": own.passed, "failures": [_plain(finding) for finding in _worst(own)]} for own in report.releases]


def _plain(finding: Finding) -> dict[str, object]:
    high = None if finding.high == float("inf") else finding.high
    reason = dict(zip(("zh", "en"), finding.reason, strict=True))
    return {
        **asdict(finding),
        "reason": reason,
        "moment": finding.moment.isoformat(),
        "high": high,
        "where": {name: list(chosen) for name, chosen in finding.where},
    }


def _worst(report: ReleaseReport) -> list[Finding]:
    return sorted(report.failures, key=lambda finding: (finding.high - finding.low, finding.table, finding.moment, finding.where))


def _sentences(report: Report, over_time: OverTimeReport) -> str:
    lines = [line for own in report.releases for line in _lines(own)]
    lines.append(
        f"跨期:历次发布过的{over_time.statements}组说法,提问{over_time.questions}次,{len(over_time.failures)}处可被推出 / over time: "
        f"{over_time.statements} statements, {over_time.questions} questions, {len(over_time.failures)} given away"
    )
    lines += [_line(finding) for finding in over_time.failures[:_MOST_LINES]]
    lines.extend(f"说明 / note: {zh}。{en}." for zh, en in (*report.notes, _NOT_TIED))
    has_passed = report.passed and over_time.passed
    lines.append("结论:通过 / verdict: passed" if has_passed else "结论:未通过 / verdict: FAILED")
    return "\n".join(lines)


def _lines(own: ReleaseReport) -> list[str]:
    zh, en = _NAMES[own.release]
    width = "—" if own.narrowest is None else f"{own.narrowest:g}"
    crossed = (f",另有未公布的交叉分组{own.crossed}个", f"; {own.crossed} crossings nobody publishes") if own.crossed else ("", "")
    lines = [
        f"{zh}:{own.lattices}组、{own.hidden}个隐藏数{crossed[0]},其中{own.implied}个由精确合计限定;其余区间至少宽{width}人;{len(own.failures)}个可被反推",
        f"  {en}: {own.lattices} lattices, {own.hidden} hidden counts{crossed[1]}, {own.implied} of them bounded by exact totals alone; "
        f"the rest at least {width} persons wide; {len(own.failures)} given away",
    ]
    lines += [_line(finding) for finding in _worst(own)[:_MOST_LINES]]
    if len(own.failures) > _MOST_LINES:
        lines.append(f"    …… 另有{len(own.failures) - _MOST_LINES}个 / and {len(own.failures) - _MOST_LINES} more")
    return lines


def _line(finding: Finding) -> str:
    where = ", ".join(f"{name}={'+'.join(chosen)}" for name, chosen in finding.where) or "*"
    return f"    {finding.table} {finding.moment:%Y-%m} {where}: [{finding.low:g}, {finding.high:g}] {' / '.join(finding.reason)}"


if __name__ == "__main__":
    sys.exit(main())
