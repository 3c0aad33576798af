"""The audit of everything that was ever said: every population at all its moments, in every statement that was in force, read together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from disclosure.each import Each
from disclosure.finding import Finding
from disclosure.movers import MovesBetween, Present
from disclosure.over_time import Codes, attack_story
from disclosure.policy import Policy
from disclosure.said import Areas, History, Statement
from disclosure.stories import Story, read_together, related_stories


@dataclass(frozen=True)
class OverTimeReport:
    """What a reader achieved who kept every file that was ever in force.

    Attributes:
        statements: Different statements on a population and moment that he has.
        questions: What he asked of them.
        failures: What he found.
        told_before: What builds before had told already, and none can take back.
    """

    statements: int
    questions: int
    failures: tuple[Finding, ...]
    told_before: int = 0

    @property
    def passed(self) -> bool:
        """Whether he found nothing."""
        return not self.failures


@dataclass(frozen=True)
class Told:
    """What a reader is taken to know besides what is published.

    Attributes:
        codes: Dimension -> code and parent of every member.
        areas: How areas are written.
        lasting: Dimension -> how long a person is taken to stay in the same member; those that are not listed may change at any time.
        stocks: Tables whose moments follow each other.
        present: Table -> who belonged to the stock; of a table that is missing, moments are not tied to each other.
    """

    codes: Codes
    areas: Areas
    lasting: Mapping[str, str]
    stocks: frozenset[str]
    present: Mapping[str, Present]


def audit_over_time(history: History, told: Told, policy: Policy, each: Each = map, *, before: History | None = None) -> OverTimeReport:
    """Attack all that was ever said.

    Args:
        history: Every statement that was ever in force, the one in question included.
        told: What the reader knows besides.
        policy: The limits.
        each: How the populations are attacked, one after the other where left out.
        before: What was in force before the build in question: what that gives away by itself no build can take back.
    """
    report = _attacked(history, told, policy, each)
    if report.passed or before is None:
        return report
    already = {_of_whom(one): one for one in _attacked(before, told, policy, each).failures}
    fresh = tuple(one for one in report.failures if not _is_told_by(one, already.get(_of_whom(one))))
    return OverTimeReport(report.statements, report.questions, fresh, len(report.failures) - len(fresh))


def _of_whom(one: Finding) -> tuple[object, ...]:
    return one.release, one.table, one.moment, one.where, one.required, one.is_of_movers


def _is_told_by(one: Finding, earlier: Finding | None) -> bool:
    """Tell whether a finding says no more than an earlier one."""
    return earlier is not None and earlier.low >= one.low and earlier.high <= one.high


def _attacked(history: History, told: Told, policy: Policy, each: Each) -> OverTimeReport:
    said: dict[str, dict[str, dict[date, Sequence[Statement]]]] = {}
    for (release, table, moment), statements in sorted(history.items()):
        said.setdefault(release, {}).setdefault(table, {})[moment] = statements
    codes = told.areas.codes(told.codes, history)
    flow_of = {stock: present.flow for stock, present in told.present.items() if present.flow}
    works = [
        _Work(release, story, MovesBetween(told.present.get(table), policy), codes, policy)
        for release, tables in said.items()
        for table, flow in read_together(tables, flow_of)
        for story in related_stories(table, flow, tables, told.lasting if table in told.stocks else {})
    ]
    answers = list(each(_attack, works))
    return OverTimeReport(
        sum(map(len, history.values())), sum(asked for _, asked in answers), tuple(finding for found, _ in answers for finding in found)
    )


@dataclass(frozen=True)
class _Work:
    release: str
    story: Story
    moves: MovesBetween
    codes: Codes
    policy: Policy


def _attack(work: _Work) -> tuple[list[Finding], int]:
    return attack_story(work.story, work.moves, work.codes, work.policy, work.release)
