"""``python -m disclosure audit WAREHOUSE``: attack a finished warehouse and say what could be proved about hidden counts."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from disclosure.audit import INTERNAL, PUBLIC, Finding, ReleaseReport, Report, audit
from disclosure.policy import Policy
from warehouse.reader import Warehouse

PASSED, BROKEN, FAILED = 0, 1, 2
_MOST_LINES = 20
_NAMES = {INTERNAL: ("内部版", "internal"), PUBLIC: ("公开版", "public")}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0 where every release held, 2 where something was given away, 1 where the audit itself broke."""
    parser = argparse.ArgumentParser(prog="python -m disclosure", description="小数保护审计 / Audit of small counts")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("audit", help="审计数据仓库 / audit a warehouse")
    command.add_argument("warehouse", type=Path, help="warehouse.duckdb")
    command.add_argument("--release", choices=(INTERNAL, PUBLIC), help="只审计一个版本 / one release only")
    command.add_argument("--json", action="store_true", help="JSON 输出 / print JSON")
    chosen = parser.parse_args(arguments)
    try:
        report = _audit(chosen.warehouse, (chosen.release,) if chosen.release else (INTERNAL, PUBLIC))
    except Exception as error:
        if chosen.json:
            print(json.dumps({"verdict": "broken", "message": str(error)}, ensure_ascii=False))
        else:
            print(f"审计未能完成 / The audit could not be completed: {error}", file=sys.stderr)
        return BROKEN
    print(json.dumps(_record(report), ensure_ascii=False, indent=1) if chosen.json else _sentences(report))
    return PASSED if report.passed else FAILED


def _audit(path: Path, releases: Sequence[str]) -> Report:
    warehouse = Warehouse.open(path)
    try:
        policy = Policy(internal_k=warehouse.build().internal_k)
        return audit(warehouse.observations_all(), warehouse.indicators(), warehouse.members_all(), policy, releases)
    finally:
        warehouse.close()


def _record(report: Report) -> dict[str, object]:
    return {
        "verdict": "passed" if report.passed else "failed",
        "releases": [{**asdict(own), "passed": own.passed, "failures": [_plain(finding) for finding in _worst(own)]} for own in report.releases],
        "notes": [{"zh": zh, "en": en} for zh, en in report.notes],
    }


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


def _sentences(report: Report) -> str:
    lines = []
    for own in report.releases:
        zh, en = _NAMES[own.release]
        width = "—" if own.narrowest is None else f"{own.narrowest:g}"
        lines.append(
            f"{zh}:{own.lattices}组、{own.hidden}个隐藏数,其中{own.implied}个由精确合计限定;其余最窄区间宽{width}人;{len(own.failures)}个可被反推"
        )
        lines.append(
            f"  {en}: {own.lattices} lattices, {own.hidden} hidden counts, {own.implied} of them bounded by exact totals alone; "
            f"narrowest of the rest {width} persons wide; {len(own.failures)} given away"
        )
        for finding in _worst(own)[:_MOST_LINES]:
            where = ", ".join(f"{name}={'+'.join(chosen)}" for name, chosen in finding.where) or "*"
            lines.append(f"    {finding.table} {finding.moment:%Y-%m} {where}: [{finding.low:g}, {finding.high:g}] {' / '.join(finding.reason)}")
        if len(own.failures) > _MOST_LINES:
            lines.append(f"    …… 另有{len(own.failures) - _MOST_LINES}个 / and {len(own.failures) - _MOST_LINES} more")
    lines.extend(f"说明 / note: {zh}。{en}." for zh, en in report.notes)
    lines.append("结论:通过 / verdict: passed" if report.passed else "结论:未通过 / verdict: FAILED")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
