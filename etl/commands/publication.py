"""Publishing a trial without waiting for anybody, and saying what was published: what ``load``, ``build`` and ``demo`` end in."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from etl.commands.answer import DONE, Answer

if TYPE_CHECKING:
    from etl.assembly.assemble import BuildReport
    from etl.publishing.trial import Trial


def publish_at_once(tried: Trial, options: argparse.Namespace, who: str) -> Answer:
    """Publish a trial; one that is not published leaves nothing behind. Errors are those of ``trial.publish``."""
    from etl.publishing import trial

    try:
        report = trial.publish(tried, options.data, who=who, reason=options.reason)
    except BaseException:
        trial.give_up(tried, options.data)
        raise
    return _published(tried, report)


def _published(tried: Trial, report: BuildReport) -> Answer:
    """Say what was published, what it changed and what was passed over with a reason."""
    from etl.publishing.difference import SPLITS_APART, ChangeKind, in_words, told
    from etl.publishing.records_changed import PEOPLE_APART
    from etl.publishing.records_changed import in_words as records_in_words

    lines = [
        f"已发布第{report.number}版,数据至{report.latest_month:%Y年%m月},用时{report.seconds:.1f}秒。"
        f"Build {report.number} is published, up to {report.latest_month:%Y-%m}, in {report.seconds:.1f} s."
    ]
    if tried.records:
        lines += [f"{said.zh}。{said.en}." for said in (*records_in_words(tried.records), PEOPLE_APART)]
    if tried.difference.compared:
        lines += [f"{said.zh}。{said.en}." for said in (in_words(tried.difference), SPLITS_APART)]
    lines += [f"  - 经核实发布:{hold.message.zh} | Published with a reason: {hold.message.en}" for hold in tried.holds]
    counted = told(tried.difference)
    fields = {
        "number": report.number,
        "latest_month": f"{report.latest_month:%Y-%m}",
        "content_sha256": report.content_sha256,
        "observations": report.observation_count,
        "suppressed": report.suppressed_count,
        "seconds": round(report.seconds, 3),
        "changes": {str(kind): counted.total(kind) for kind in ChangeKind},
        "records": [
            {"extract": one.extract, "kind": one.kind.value, "first_month": f"{one.first_month:%Y-%m}", "last_month": f"{one.last_month:%Y-%m}"}
            | {"records": one.records}
            for one in tried.records
        ],
        "holds": [hold.rule for hold in tried.holds],
    }
    return Answer(DONE, lines, fields)
