"""What a delivery would change, and the analyst's yes or no."""

from __future__ import annotations

import pandas
import streamlit

from etl import intake
from indicators import catalogue
from indicators.model import Text
from ui import notes, words
from ui.upload.desk import EXAMINED, Desk, forget, say_next, table, work

_SHOWN_CHANGES = 200

DECIDE = Text("三、与现有数据相比", "3. Compared with what is published")
HELD = Text("下列变化须由人确认后才能发布:", "A person must confirm these before they are published:")
REASON = Text("确认理由(记入版本记录)", "Reason (kept with the build)")
REASON_HINT = Text("如:已电话核实,该月确无案件(勿写姓名)", "e.g. confirmed by telephone: no case in that month (no names)")
REASON_MISSING = Text("请写明确认理由后再发布。", "Write the reason, then publish.")
PUBLISH, GIVE_UP = Text("发布", "Publish"), Text("放弃", "Give up")
PUBLISHED = Text("已发布第{}版,数据至{}。各页刷新后即为新数。", "Build {} is published, up to {}. The pages show it from now on.")
GIVEN_UP = Text("已放弃,什么也没有改变。", "Given up; nothing was changed.")
CHECKS = Text("试算结果的核查", "Checks of the trial build")
# What these count moves with hidden numbers: a delivery made up for it would find them out before anything is published.
UNCOUNTED = {
    "hidden_is_null": Text("受保护的数均不含数值", "Protected observations hold no number"),
    "areas_add_up": Text("片区、乡镇数之和均等于全县", "Zones and townships add up to the county"),
    "small_counts": Text("小数保护审计通过", "The audit of small counts passed"),
}


def decide(desk: Desk) -> None:
    """Show what would change, and publish it or give it up as the analyst decides."""
    examination: intake.Examination | None = streamlit.session_state.get(EXAMINED)
    if examination is None or examination.trial is None:
        return
    streamlit.header(desk.say(DECIDE), anchor=False)
    for line in intake.records_in_words(examination.trial.records):
        streamlit.markdown(words.plain(desk.say(line)))
    if examination.trial.records:
        notes.aside(desk.say(intake.PEOPLE_APART))
    _show_difference(desk, examination.trial.difference)
    reason = ""
    if examination.trial.holds:
        streamlit.warning(desk.say(HELD) + "\n" + "\n".join(f"- {words.plain(desk.say(hold.message))}" for hold in examination.trial.holds))
        name = f"upload.reason.{examination.trial.path.stem}"  # one of its own for every trial: a reason must not be carried to the next
        reason = streamlit.text_input(desk.say(REASON), placeholder=desk.say(REASON_HINT), max_chars=200, key=name).strip()
    with streamlit.expander(desk.say(CHECKS)):
        for check in examination.trial.checks:
            notes.aside(f"✓ {desk.say(UNCOUNTED.get(check.name, check.sentence))}")
    with streamlit.container(horizontal=True, gap="small"):
        wants = streamlit.button(desk.say(PUBLISH), type="primary", key="upload.publish")
        leaves = streamlit.button(desk.say(GIVE_UP), key="upload.give_up")
    if leaves and forget(desk):
        say_next(GIVEN_UP)
    if not wants:
        return
    if examination.trial.holds and not reason:
        streamlit.error(desk.say(REASON_MISSING))
        return
    with work(desk):
        built = intake.publish_examined(examination, desk.data, desk.who, reason)
        streamlit.session_state.pop(EXAMINED)
        month = f"{built.latest_month:%Y-%m}"
        say_next(Text(PUBLISHED.zh.format(built.number, month), PUBLISHED.en.format(built.number, month)))


def _show_difference(desk: Desk, whole: intake.Difference) -> None:
    difference = intake.told(whole)
    summary = desk.say(intake.in_words(difference))
    if difference.is_empty:
        streamlit.markdown(summary)
    else:
        notes.aside(summary)
    notes.aside(desk.say(intake.SPLITS_APART))
    if not difference.changes:
        return
    known = catalogue()
    heads = [
        desk.say(pair)
        for pair in (Text("月份", "Month"), Text("指标", "Indicator"), Text("变化", "Change"), Text("原为", "Before"), Text("现为", "Now"))
    ]
    rows = [
        (
            f"{change.period:%Y-%m}",
            desk.say(known[change.indicator].title) if change.indicator in known else change.indicator,
            desk.say(change.kind.words),
            _number(desk, change.before, change.before_status),
            _number(desk, change.after, change.after_status),
        )
        for change in difference.changes[:_SHOWN_CHANGES]
    ]
    table(pandas.DataFrame(rows, columns=heads))
    if len(difference.changes) > _SHOWN_CHANGES:
        rest = len(difference.changes) - _SHOWN_CHANGES
        notes.aside(desk.say(Text(f"另有{rest:,}处变化未列出", f"{rest:,} more changes are not listed")))


def _number(desk: Desk, value: float | None, status: str) -> str:
    if value is not None:
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return desk.say(intake.STATUS_WORDS[status]) if status in intake.STATUS_WORDS else "—"
