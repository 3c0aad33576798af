"""``python -m disclosure audit WAREHOUSE``: attack a finished warehouse and say what could be proved about hidden counts.

``report`` prints what the build itself kept of its audit.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

from disclosure.audit import Finding, ReleaseReport, Report, audit
from disclosure.policy import Policy
from disclosure.published import INTERNAL, PUBLIC, Outside
from disclosure.succession import Rows, audit_succession
from warehouse.reader import Warehouse, WarehouseUnavailable

PASSED, BROKEN, FAILED = 0, 1, 2
_MOST_LINES = 20
_OUTSIDE = ("indicator", "period", "grain", "area", "breakdown", "member", "member_2", "count")
_NAMES = {INTERNAL: ("内部版", "internal"), PUBLIC: ("公开版", "public")}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0 where every release held, 2 where something was given away, 1 where the audit itself broke."""
    parser = argparse.ArgumentParser(prog="python -m disclosure", description="小数保护审计 / Audit of small counts")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("audit", help="审计数据仓库 / audit a warehouse")
    command.add_argument("warehouse", type=Path, help="warehouse.duckdb")
    command.add_argument("--release", choices=(INTERNAL, PUBLIC), help="只审计一个版本 / one release only")
    command.add_argument("--against", type=Path, metavar="OLDER", help="与上一版一并攻击 / together with an older build")
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
        report = _audit(chosen.warehouse, releases, outside, with_crossings=not chosen.quick)
        against = _against(chosen.against, chosen.warehouse, releases) if chosen.against else None
    except Exception as error:
        if chosen.json:
            print(json.dumps({"verdict": "broken", "message": str(error)}, ensure_ascii=False))
        else:
            print(f"审计未能完成 / The audit could not be completed: {error}", file=sys.stderr)
        return BROKEN
    print(json.dumps(_record(report, against), ensure_ascii=False, indent=1) if chosen.json else _sentences(report, against))
    return PASSED if report.passed and (against is None or against.passed) else FAILED


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


def _audit(path: Path, releases: Sequence[str], outside: Sequence[Outside], *, with_crossings: bool) -> Report:
    rows, policy = _read(path)
    return audit(rows.observations, rows.indicators, rows.members, policy, releases, outside=outside, with_crossings=with_crossings)


def _against(older: Path, newer: Path, releases: Sequence[str]) -> Report:
    before, _ = _read(older)
    after, policy = _read(newer)
    return audit_succession(before, after, policy, releases)


def _read(path: Path) -> tuple[Rows, Policy]:
    warehouse = Warehouse.open(path)
    try:
        policy = Policy(internal_k=warehouse.build().internal_k)
        return Rows(warehouse.observations_all(), warehouse.indicators(), warehouse.members_all()), policy
    finally:
        warehouse.close()


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


def _record(report: Report, against: Report | None) -> dict[str, object]:
    has_passed = report.passed and (against is None or against.passed)
    return {
        "verdict": "passed" if has_passed else "failed",
        "releases": _releases(report),
        "against": None if against is None else _releases(against),
        "notes": [{"zh": zh, "en": en} for one in (report, against) if one for zh, en in _notes(one)],
    }


def _notes(report: Report) -> list[tuple[str, str]]:
    return [*report.notes, *([report.unattacked] if report.unattacked else [])]


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


def _sentences(report: Report, against: Report | None) -> str:
    lines = [line for own in report.releases for line in _lines(own)]
    if against is not None:
        lines.append("与上一版一并攻击 / read together with the older build:")
        lines += [line for own in against.releases for line in _lines(own)]
    lines.extend(f"说明 / note: {zh}。{en}." for one in (report, against) if one for zh, en in _notes(one))
    has_passed = report.passed and (against is None or against.passed)
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
    for finding in _worst(own)[:_MOST_LINES]:
        where = ", ".join(f"{name}={'+'.join(chosen)}" for name, chosen in finding.where) or "*"
        lines.append(f"    {finding.table} {finding.moment:%Y-%m} {where}: [{finding.low:g}, {finding.high:g}] {' / '.join(finding.reason)}")
    if len(own.failures) > _MOST_LINES:
        lines.append(f"    …… 另有{len(own.failures) - _MOST_LINES}个 / and {len(own.failures) - _MOST_LINES} more")
    return lines


if __name__ == "__main__":
    sys.exit(main())
