"""The parts of the page on data quality. It speaks of deliveries and builds; what it says about people is what the release publishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit

from charts import quality, yearly_trend
from charts.picture import Picture
from charts.scope import PARTS
from charts.words import month_words
from indicators import catalogue
from indicators.model import Method, Protects, Text
from ui import cache, notes, words
from ui.cards import card_grid, plain_card
from ui.view import View

BUILDS_LISTED = 8

COMPLETENESS = Text("完整性:哪些月份有报送", "Completeness: which months are reported")
TIMELINESS = Text("及时性:月末后多少天报送", "Timeliness: days from the end of the month to the report")
PROTECTION = Text("受保护的数占多少", "How much is protected")
MATURITY = Text("补录:一个月的数公布后还会变多少", "Late entries: how much a month still changes")
CHANGES = Text("改动:每版补录、更正了什么", "Changes: what each build entered late or corrected")
CHECKS = Text("发布前的核查", "Checks before publishing")
GATE = Text("发布时的把关", "The publish gate")
FIRST_BUILD = Text("首次发布,暂无改动。", "This is the first build; nothing was changed.")
NO_CHANGE = Text("各版之间没有改动。", "No build changed anything.")
NO_CHECK = Text("这一版没有核查记录。", "This build holds no record of checks.")
NOTHING_HELD = Text("这一版没有需要核实的异常变动。", "Nothing in this build needed a person's word.")
ANSWERED_FOR = Text("有变动经人核实后发布。", "Changes were checked by a person before this was published.")
UNDATED = Text("报表没有注明报送日期。", "No delivery states the day on which it was reported.")
NO_MONTH = Text("还没有可比较的月份。", "No month can be compared yet.")
PUBLIC_CHANGES = Text("公开版只列案件类的改动。", "The public edition lists changes of case figures only.")
CASES_ONLY = Text(
    "案件记录不含作为人员保护的行政案件和吸毒案件。",
    "Cases that are protected as people, administrative ones and those of use, are not among the records.",
)
EVENT_NUMBERS, PEOPLE_NUMBERS = Text("案件类的数", "Numbers of cases"), Text("人员合计数", "Totals of people")
OF_BUILD = Text("第{number}版({on}):{said}", "Build {number} ({on}): {said}")
OF_THIS_BUILD = Text("与上一版相比,{said}。详见“数据质量”页。", "Against the build before: {said}. See the page Data quality.")
AUDIT = Text("小数保护审计报告", "Audit of small counts")
READ_AUDIT = Text("看报告", "Read the report")
TAKE_AUDIT = Text("下载报告", "Download the report")
AUDITED = Text(
    "发布前逐个攻击受保护的人数,单看本版没有一个能被推出;一页报告随本版保存。",
    "Before publishing every hidden count of people was attacked; from this build alone none can be worked out. The one-page report is kept with it.",
)
NO_AUDIT = Text("这一版没有审计报告;重新生成一版即有。", "This build holds no report of the audit; the next build will.")


def show_deliveries(view: View) -> None:
    """Show which months are there and how soon they came."""
    opened = cache.opened(view.key)
    deliveries, titles = opened.deliveries(), opened.extract_titles()
    notes.sentences(view, COMPLETENESS, _completeness(view, deliveries, titles))
    with card_grid():
        plain_card(view, "quality.timeliness", TIMELINESS, UNDATED, lambda: quality.timeliness(deliveries, titles, view.voice))
        plain_card(view, "quality.maturity", MATURITY, NO_MONTH, lambda: _maturity(view))


def show_protection(view: View) -> None:
    """Show how much of every indicator is protected in the release the reader looks at."""
    opened, release = cache.opened(view.key), view.voice.release.value
    plain_card(
        view,
        "quality.protected",
        PROTECTION,
        words.NOTHING,
        lambda: quality.protected_shares(opened.protected_shares(release), catalogue(), view.voice),
    )


def show_changes(view: View) -> None:
    """List what each of the last builds changed: the records told apart by what became of them, then the numbers that moved with them."""
    changed = _changes(view)
    lines = [
        view.voice.say(OF_BUILD, number=number, on=built_at[:10], said=said)
        for (number, built_at), parts in list(changed.items())[:BUILDS_LISTED]
        for said in parts
    ]
    nothing = FIRST_BUILD if cache.stamp(view.key).number == 1 else NO_CHANGE
    notes.sentences(view, CHANGES, lines, nothing, [view.say(CASES_ONLY), *([view.say(PUBLIC_CHANGES)] if view.voice.is_public else [])])


def changes_of_this_build(view: View) -> str:
    """Say in one line what the build in force changed in the one before; nothing where it only added to it."""
    in_force = cache.stamp(view.key).number
    parts = next((parts for (number, _), parts in _changes(view, with_added=False).items() if number == in_force), [])
    return view.voice.say(OF_THIS_BUILD, said=view.voice.join(PARTS, parts)) if parts else ""


def _changes(view: View, *, with_added: bool = True) -> dict[tuple[int, str], list[str]]:
    """Return what every build changed, latest first: its records, its numbers of cases, and inside its totals of people."""
    opened, known = cache.opened(view.key), catalogue()
    records, titles = opened.record_changes(), opened.extract_titles()
    told = {Protects.EVENTS} if view.voice.is_public else {Protects.EVENTS, Protects.SEIZURES}
    groups = [(EVENT_NUMBERS, told), *([] if view.voice.is_public else [(PEOPLE_NUMBERS, {Protects.PERSONS})])]
    numbers = [
        (
            title,
            [row for row in opened.restatements(name for name, one in known.items() if one.protects in protects) if with_added or row[2] != "added"],
        )
        for title, protects in groups
    ]
    builds = {row[:2] for row in records} | {row[:2] for _, rows in numbers for row in rows}
    changed = {}
    for build in sorted(builds, reverse=True):
        said = quality.records_changed([row[2:] for row in records if row[:2] == build], titles, view.voice)
        said += [quality.numbers_changed([row[2:] for row in rows if row[:2] == build], title, view.voice) for title, rows in numbers]
        changed[build] = [one for one in said if one]
    return changed


def show_steps(view: View) -> None:
    """Ask about series whose level seems to have changed at once."""
    watched = [indicator for indicator in catalogue().values() if "total" in indicator.watched]
    findings = view.findings(Method.TREND, *(indicator.id for indicator in watched))
    notes.sentences(view, yearly_trend.STEPS, yearly_trend.step_questions(findings, watched, view.scope), yearly_trend.NO_STEP)


def show_checks(view: View) -> None:
    """List what was checked on this build, and what a person answered for.

    Outside only that there were checks and findings: their sentences count what the internal release shows and hides, and how often all
    its zones are shown tells that none of them is small.
    """
    opened = cache.opened(view.key)
    checks, held = opened.checks(), opened.holds()
    if view.voice.is_public:
        passed = Text(f"{len(checks)}项核查全部通过。", f"Checks made, all passed: {len(checks)}.")
        notes.sentences(view, CHECKS, [view.say(passed)] if checks else [], NO_CHECK)
        notes.sentences(view, GATE, [view.say(ANSWERED_FOR)] if held else [], NOTHING_HELD)
        return
    notes.sentences(view, CHECKS, [view.say(check) for check in checks], NO_CHECK)
    who, reason = opened.publication()
    answered = Text(f"发布人{who},理由:{reason}", f"Published by {who}, reason: {reason}")
    notes.sentences(view, GATE, [view.say(finding) for finding in held], NOTHING_HELD, [view.say(answered)] if held else [])


def show_audit(view: View) -> None:
    """Offer the report of the audit. Inside only: it counts what both releases hide."""
    if view.voice.is_public:
        return
    report, number = cache.opened(view.key).audit_report(), cache.stamp(view.key).number
    notes.sentences(view, AUDIT, [view.say(AUDITED)] if report else [], NO_AUDIT)
    if report is None:
        return
    with streamlit.expander(view.say(READ_AUDIT)):
        streamlit.markdown(view.say(report))
    name = f"小数保护审计报告_第{number}版.md"
    streamlit.download_button(view.say(TAKE_AUDIT), f"{report.zh}\n---\n\n{report.en}", name, "text/markdown", on_click="ignore")


def _maturity(view: View) -> Picture | None:
    """Show late entries by the first indicator that has any month to compare: an administrative count, so that both releases may say it."""
    opened = cache.opened(view.key)
    for name, indicator in catalogue().items():
        is_told = indicator.protects is Protects.EVENTS and indicator.counts_separate_events and "total" in indicator.breakdowns
        if not is_told:
            continue
        months = opened.first_and_now(name)
        if months:
            return quality.maturity(months, indicator, view.voice)
    return None


def _completeness(view: View, deliveries: Sequence[quality.FirstReport], titles: Mapping[str, Text]) -> list[str]:
    lines = []
    for extract in sorted({name for name, _, _ in deliveries}):
        months = [month for name, month, _ in deliveries if name == extract]
        missing = quality.missing_months(deliveries, extract)
        title = view.say(titles.get(extract, Text(extract, extract)))
        first, last = month_words(view.voice, months[0]), month_words(view.voice, months[-1])
        absent = ("、" if view.voice.is_chinese else ", ").join(month_words(view.voice, month) for month in missing)
        if view.voice.is_chinese:
            lines.append(f"{title}:{first}至{last},已报{len(months)}个月," + (f"缺{absent}" if missing else "没有缺月"))
        else:
            lines.append(
                f"{title}: {first} to {last}, {quality.counted(len(months), 'month')} reported, "
                + (f"missing {absent}" if missing else "none missing")
            )
    return lines
