"""The audit on one page, for whoever has to answer for a release: what was attacked, with which knowledge, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from disclosure.audit import ReleaseReport, Report
from disclosure.audit_over_time import OverTimeReport
from disclosure.policy import Policy
from disclosure.published import INTERNAL


@dataclass(frozen=True)
class Heading:
    """What a report is about; words in Chinese and English.

    Attributes:
        county: Name of the county.
        number: Number of the build.
        latest_month: Its latest month, written out.
    """

    county: tuple[str, str]
    number: int
    latest_month: tuple[str, str]


@dataclass(frozen=True)
class _Words:
    language: int  # place in every pair
    title: str
    line: str
    passed: str
    failed: str
    releases: tuple[str, str]
    rows: tuple[str, ...]
    over_time: str
    given_away_over_time: str
    told_before: str
    attacker: str
    why_hidden: str
    method: str
    left_out: str
    outside: str


_ZH = _Words(
    language=0,
    title="# 小数保护审计报告",
    line="{county} · 第{number}版 · 数据截至{latest_month}",
    passed="结论:通过。单看本版,没有一个受保护的人数能被推出。",
    failed="结论:未通过。有受保护的人数可被推出,不得提供。",
    releases=("内部版", "公开版"),
    rows=(
        "攻击的人群和时点(组)",
        "受保护的人数(个)",
        "无人公布的二、三维交叉(个)",
        "精确合计本身就限定了的(个)",
        "其余的区间都不短于(人)",
        "要求的最短区间(人)",
        "被推出的(个)",
    ),
    over_time="跨期攻击:把历次发布过的{statements}组说法连起来推算,提问{questions}次,没有一个受保护的人数能被推出,也没有一批进出人员的属性能被推出。",
    given_away_over_time="跨期攻击:把历次发布过的{statements}组说法连起来推算,提问{questions}次,有{failures}处能被推出,不得提供。",
    told_before="另有{told_before}处是以前的版本已经说出去的,本版没有多说,也收不回来。",
    attacker="攻击者:存有历次发布过的每一个数,知道全县精确合计,能做任意加减;认为各人的性别、毒品、居住类型、片区不变,年龄段当年不变;"
    "知道两期之间进出各多少人,其中新发现多少人,也知道一年的新发现人数说的就是这些人(补录的、已离开的另计);知道某一个乡镇的真实人数;"
    "更正同一时点的数时,认为除合计的差额外至多{moved}人进、{moved}人出。",
    why_hidden="为何受保护:对内部版的期末人数,以及与之连起来推算的新发现人数,攻击者还知道同一时点、同一分组中受保护的数至少有一个不足{k}人"
    "(只有一个时不足{twice}人),并逐个假定是哪一个;每个受保护的数仍至少有{k}种可能。其他人数和公开版没有这样推算。",
    method="做法:对同一人群、同一时点的全部公布数列线性规划,逐个求受保护数的最小、最大可能值;每个结论都列出与全部公布数相符的人员构成为证,"
    "由第二个程序重新加总核对(交叉分组抽样核对),第二个程序与保护程序不共用推算代码。",
    left_out="未检验:{note}。",
    outside="别处公布过的精确数(年报、其他部门)不在内;如有,用 `python -m disclosure audit --outside` 另行检验。",
)
_EN = _Words(
    language=1,
    title="# Audit of small counts",
    line="{county} · build {number} · data until {latest_month}",
    passed="Verdict: passed. From this build alone no hidden count of people can be worked out.",
    failed="Verdict: failed. Hidden counts of people can be worked out; do not hand this out.",
    releases=("internal", "public"),
    rows=(
        "populations and moments attacked",
        "hidden counts",
        "crossings of two and three dimensions nobody publishes",
        "bounded by exact totals alone",
        "intervals of the rest are at least (people)",
        "shortest interval allowed (people)",
        "given away",
    ),
    over_time="Over time: {statements} statements that were ever in force, read together, {questions} questions; no hidden count is given away, and "
    "of nobody who joined or left what they are.",
    given_away_over_time="Over time: {statements} statements that were ever in force, read together, {questions} questions; {failures} things are "
    "given away; do not hand this out.",
    told_before="Besides, {told_before} things were told by builds before; this one says no more of them and cannot take them back.",
    attacker="The attacker kept every number that was ever in force, knows the exact county totals, and adds and subtracts as he likes; he takes it "
    "that nobody changes sex, drug, residence or zone, nor age band within a year; he knows how many joined and left between two moments, how many "
    "of them were newly found, and that the newly found people of a year are these (who was entered late or has left is counted apart); he knows the "
    "true number of one township; where a moment was corrected, that at most {moved} came and {moved} left besides the difference of the totals.",
    why_hidden="Why counts are hidden: of internal counts at the end of a period, and of the newly found people tied to them, the attacker also "
    "knows that of the hidden parts of one split at one moment at least one is below {k} (below {twice} where it is alone), and supposes each in "
    "turn; {k} numbers or more are left of every hidden count. Other counts of people and the public release were not attacked so.",
    method="One linear program per population and moment gives the least and greatest possible value of every hidden count. A second program, which "
    "shares no reasoning with the protection, is shown people who would have been published exactly so, and adds them up for every hidden count and "
    "for a sample of the crossings.",
    left_out="Not attacked: {note}.",
    outside="Exact counts published elsewhere (annual bulletins, other bureaus) are left out; audit them with "
    "`python -m disclosure audit --outside`.",
)


def one_page(heading: Heading, report: Report, over_time: OverTimeReport, policy: Policy) -> tuple[str, str]:
    """Write the report of a build in Markdown, Chinese and English.

    Args:
        heading: What it is about.
        report: What was achieved against every moment of both releases by itself.
        over_time: What was achieved against everything that was ever in force together.
        policy: The limits.
    """
    return _page(_ZH, heading, report, over_time, policy), _page(_EN, heading, report, over_time, policy)


def _page(words: _Words, heading: Heading, report: Report, over_time: OverTimeReport, policy: Policy) -> str:
    about = {"county": heading.county[words.language], "latest_month": heading.latest_month[words.language]}
    notes = [
        _over_time(words, over_time),
        *([words.told_before.format(told_before=over_time.told_before)] if over_time.told_before else []),
        words.attacker.format(moved=policy.moved),
        words.why_hidden.format(k=policy.internal_k, twice=2 * policy.internal_k),
        words.method,
        *(words.left_out.format(note=note[words.language]) for note in report.notes),
        words.outside,
    ]
    parts = [
        words.title,
        words.line.format(number=heading.number, **about),
        words.passed if report.passed and over_time.passed else words.failed,
        "\n".join(_table(words, report, policy)),
        "\n".join(f"- {note}" for note in notes),
    ]
    return "\n\n".join(parts) + "\n"


def _table(words: _Words, report: Report, policy: Policy) -> list[str]:
    columns = [_column(own, policy) for own in report.releases]
    rows = [("", *words.releases), ("---",) * 3, *zip(words.rows, *columns, strict=True)]
    return [f"| {' | '.join(row)} |" for row in rows]


def _column(own: ReleaseReport, policy: Policy) -> list[str]:
    required = float(policy.internal_k) if own.release == INTERNAL else policy.required_width
    narrowest = "—" if own.narrowest is None else f"{own.narrowest:g}"
    return [f"{own.lattices:,}", f"{own.hidden:,}", f"{own.crossed:,}", f"{own.implied:,}", narrowest, f"{required:g}", f"{len(own.failures):,}"]


def _over_time(words: _Words, report: OverTimeReport) -> str:
    said = words.over_time if report.passed else words.given_away_over_time
    return said.format(statements=f"{report.statements:,}", questions=f"{report.questions:,}", failures=len(report.failures))
