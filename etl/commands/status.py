"""``status``: says what is accepted and what is published."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from etl.commands.answer import DONE, Answer
from etl.commands.arguments import CommandParser, Commands
from indicators.model import Text
from indicators.months import months_between

if TYPE_CHECKING:
    from etl.ledger.ledger import LedgerEntry
    from etl.publishing.publish import KeptBuild


def declare(commands: Commands, common: CommandParser) -> None:
    """Name the command and its arguments."""
    status = commands.add_parser("status", parents=[common], help="查看入库和发布情况 what is accepted and what is published")
    status.set_defaults(run=run)


def run(options: argparse.Namespace) -> Answer:
    """Count the files, and list months and builds."""
    from etl.ledger import ledger
    from etl.publishing.publish import kept_builds

    entries = ledger.read(options.data)
    in_force = ledger.editions(entries)
    refused = sum(1 for entry in entries if not entry.is_accepted)
    accepted, used = len(entries) - refused, len({entry.sequence for months in in_force.values() for entry in months.values()})
    builds = kept_builds(options.data)
    lines = [
        f"已入库{accepted}份(其中{used}份在用,{accepted - used}份已被更正),退回{refused}次。"
        f"{accepted} files accepted ({used} in use, {accepted - used} superseded by corrections), {refused} refusals.",
        *(_covered_line(extract, months) for extract, months in in_force.items()),
        *_build_lines(builds),
    ]
    fields = {
        "accepted": accepted,
        "in_use": used,
        "refused": refused,
        "extracts": {extract: _covered(months) for extract, months in in_force.items()},
        "last_received_at": entries[-1].received_at if entries else None,
        "builds": [_kept(kept) for kept in builds],
    }
    return Answer(DONE, lines, fields)


def _missing(months: Mapping[date, LedgerEntry]) -> list[date]:
    return [month for month in months_between(min(months), max(months)) if month not in months]


def _covered_line(extract: str, months: Mapping[date, LedgerEntry]) -> str:
    """Say which months of a type of extract are there."""
    from etl.extracts import extracts

    contract = extracts().get(extract)
    title = contract.title if contract else Text(extract, extract)
    gaps = len(_missing(months))
    absent = f",缺{gaps}个月 {gaps} months missing" if gaps else ""
    return f"  {title.zh} {title.en}: {min(months):%Y-%m} — {max(months):%Y-%m}{absent}"


def _covered(months: Mapping[date, LedgerEntry]) -> dict[str, Any]:
    return {
        "first_month": f"{min(months):%Y-%m}",
        "last_month": f"{max(months):%Y-%m}",
        "missing": [f"{month:%Y-%m}" for month in _missing(months)],
        "files_in_force": len({entry.sequence for entry in months.values()}),
    }


def _build_lines(builds: list[KeptBuild]) -> list[str]:
    if not builds:
        return ["尚未发布。Nothing is published yet."]
    lines = [_kept_line(kept) for kept in builds]
    if not any(kept.is_in_force for kept in builds):
        lines.append("正在使用的数据文件缺失或损坏,请运行 `python -m etl build`。The file in force is missing or damaged; run `python -m etl build`.")
    return lines


def _kept_line(kept: KeptBuild) -> str:
    """Say of a kept build when, by whom, from what and why it was made."""
    from etl.clock import CHINA_TIME

    built_at = datetime.fromisoformat(kept.built_at).astimezone(CHINA_TIME)
    parts = (
        f"  第{kept.number}版 build {kept.number}",
        f"{built_at:%Y-%m-%d %H:%M}",
        f"数据至 up to {kept.latest_month:%Y-%m}" if kept.latest_month else "",
        kept.who,
        f"用{len(kept.inputs)}份文件 from {len(kept.inputs)} files" if kept.inputs else "",
        f"理由 reason: {kept.reason}" if kept.reason else "",
        "" if kept.is_current else "旧版程序生成,不能恢复 made by an older version, cannot be restored",
        "使用中 in force" if kept.is_in_force else "",
    )
    return " · ".join(part for part in parts if part)


def _kept(kept: KeptBuild) -> dict[str, Any]:
    return {
        "number": kept.number,
        "in_force": kept.is_in_force,
        "built_at": kept.built_at,
        "who": kept.who,
        "reason": kept.reason,
        "inputs": list(kept.inputs),
        "latest_month": f"{kept.latest_month:%Y-%m}" if kept.latest_month else None,
        "can_be_restored": kept.is_current,
    }
