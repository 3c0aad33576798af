"""The upload page's parts: handing files in, reading the verdicts, publishing or giving up, and going back to an earlier build.

This is the only part of the pages that may change anything, and it does so through ``etl.intake`` alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas
import streamlit

from access import gate
from etl import intake
from indicators import catalogue
from indicators.model import Text
from ui import notes, scope, words
from warehouse.reader import warehouse_path

KINDS = ["csv", "txt", "tsv", "xlsx", "xls", "et", "ods"]
_FOUND, _ROUND, _SAID, _CHOSEN = "upload.found", "upload.round", "upload.said", "upload.chosen"
_LONGEST_TABLE = 420  # pixels; longer tables scroll
_SHOWN_CHANGES = 200

HAND_IN = Text("一、选文件", "1. Choose files")
RULES = Text(
    "可同时选多份。先检查,不改动任何数据;点“发布”后才生效。文件要么全收,要么全退。",
    "Several at once if you like. Checking changes nothing; only “Publish” does. A batch is taken whole or not at all.",
)
CHOOSE = Text("本月报表(CSV、Excel、WPS表格、ODS)", "This month's files (CSV, Excel, WPS, ODS)")
CHECK = Text("检查", "Check")
VERDICTS = Text("二、检查结果", "2. Verdicts")
DECIDE = Text("三、与现有数据相比", "3. Compared with what is published")
NO_DIFFERENCE = Text("与正在使用的版本相比,没有一个数改变。", "Not one number differs from the build in force.")
HELD = Text("下列变化须由人确认后才能发布:", "A person must confirm these before they are published:")
REASON = Text("确认理由(记入版本记录)", "Reason (kept with the build)")
REASON_HINT = Text("如:已电话核实,该月确无案件(勿写姓名)", "e.g. confirmed by telephone: no case in that month (no names)")
REASON_MISSING = Text("请写明确认理由后再发布。", "Write the reason, then publish.")
PUBLISH, GIVE_UP = Text("发布", "Publish"), Text("放弃", "Give up")
PUBLISHED = Text("已发布第{}版,数据至{}。各页刷新后即为新数。", "Build {} is published, up to {}. The pages show it from now on.")
GIVEN_UP = Text("已放弃,什么也没有改变。", "Given up; nothing was changed.")
REFUSED_KEPT = Text("退回清单可下载后发给报送单位。", "Download the return list and send it to the reporting office.")
NOTHING_NEW = Text("这些文件都已入库,没有新内容,不必发布。", "All these files were accepted before; there is nothing new to publish.")
BUILDS = Text("版本", "Builds")
BUILDS_RULE = Text(
    "最近十版可恢复。恢复只改变显示的数,已入库的文件不变,下次发布会重新使用。",
    "The last ten can be put back. That changes what is shown, not what was accepted: the next build uses all accepted files again.",
)
NO_BUILD = Text("尚未发布过。", "Nothing has been published yet.")
RESTORE = Text("恢复", "Put back")
RESTORED = Text("已恢复第{}版。", "Build {} is in force again.")
CLOSED = Text("本服务器只提供公开版,不能上传。", "This server offers the public release only; files cannot be uploaded here.")
WORKING = Text("正在处理,请不要关闭本页", "Working; keep this page open")
LABELS = {
    "found": Text("发现", "Found"),
    "accepted": Text("合格", "In order"),
    "refused": Text("有问题", "With problems"),
    "problems": Text("要改的地方", "What to mend"),
    "preview": Text("前几条记录(人员、案件代号不显示)", "First records (keys are not shown)"),
    "privacy": Text("隐私体检", "Privacy check-up"),
    "list": Text("下载退回清单", "Download the return list"),
    "checks": Text("试算结果的核查", "Checks of the trial build"),
}


@dataclass(frozen=True)
class Desk:
    """Where the files go, who hands them in, and the language it is said in."""

    data: Path
    county: Path
    who: str
    language: str

    def say(self, words_pair: Text) -> str:
        """Return a wording in the reader's language."""
        return words_pair.pick(self.language)


def open_desk(title: Text) -> Desk:
    """Draw the head of the page; where uploading is not offered, say so and stop."""
    language = scope.choose_language()
    try:
        is_open = gate.may_upload()
    except gate.Refused as refusal:
        notes.calm_stop(title, refusal.message, language)
    if not is_open:
        notes.calm_stop(title, CLOSED, language)
    streamlit.title(title.pick(language), anchor=False)
    desk = Desk(warehouse_path().parent, Path(os.environ.get("DASHBOARD_COUNTY", "county")), intake.who_am_i(), language)
    if said := streamlit.session_state.pop(_SAID, None):
        streamlit.success(words.plain(desk.say(said)))
    return desk


def hand_in(desk: Desk) -> None:
    """Take files from the browser, and check them when the analyst says so."""
    streamlit.header(desk.say(HAND_IN), anchor=False)
    streamlit.caption(desk.say(RULES))
    turn = streamlit.session_state.setdefault(_ROUND, 0)
    files = streamlit.file_uploader(desk.say(CHOOSE), type=KINDS, accept_multiple_files=True, key=f"upload.files.{turn}")
    chosen = tuple(file.file_id for file in files)
    wants = streamlit.button(desk.say(CHECK), type="primary", disabled=not files, key="upload.check")
    if chosen != streamlit.session_state.get(_CHOSEN, chosen):
        _forget(desk)  # other files were chosen: what was checked before must not be published by mistake
    streamlit.session_state[_CHOSEN] = chosen
    if not wants:
        return
    _forget(desk)
    with _work(desk) as progress:
        handed = [(file.name, file.getvalue()) for file in files]
        streamlit.session_state[_FOUND] = intake.examine(handed, desk.data, desk.county, desk.who, progress)


def show_verdicts(desk: Desk) -> None:
    """Show what every file is taken for and what is wrong with it."""
    found: intake.Examination | None = streamlit.session_state.get(_FOUND)
    if found is None:
        return
    streamlit.header(desk.say(VERDICTS), anchor=False)
    for number, verdict in enumerate(found.verdicts):
        with streamlit.container(border=True, gap="xsmall"):
            _show_verdict(desk, number, verdict, found)
    sentence = words.plain(desk.say(intake.account(found.verdicts)))
    if found.is_refused:
        streamlit.error(f"{sentence}。{desk.say(REFUSED_KEPT)}" if desk.language == "zh" else f"{sentence}. {desk.say(REFUSED_KEPT)}")
    elif found.trial is None:
        streamlit.info(desk.say(NOTHING_NEW))


def _show_verdict(desk: Desk, number: int, verdict: intake.Verdict, found: intake.Examination) -> None:
    said = intake.OUTCOME_WORDS[verdict.outcome]
    with streamlit.container(horizontal=True, gap="small", vertical_alignment="center"):
        streamlit.badge(desk.say(said), color="red" if verdict.is_refused else "blue", width="content")
        streamlit.markdown(f"**{words.plain(verdict.file_name)}**", width="content")
    about = [desk.say(verdict.title)] if verdict.title else []
    about += [verdict.span] if verdict.span else []
    about += [f"{desk.say(Text('报送', 'reported'))} {verdict.reported_on.isoformat()}"] if verdict.reported_on else []
    counts = (("found", verdict.rows_found), ("accepted", verdict.rows_found - verdict.rows_refused), ("refused", verdict.rows_refused))
    rows = " / ".join(f"{desk.say(LABELS[name])} {count:,}" for name, count in counts)
    streamlit.caption(words.plain(" · ".join([*about, rows])))
    for remark in verdict.remarks:
        notes.aside("ℹ️ " + (intake.remark_line(remark) if desk.language == "zh" else remark.message.en))
    if verdict.is_refused:
        _show_problems(desk, verdict)
        streamlit.download_button(
            desk.say(LABELS["list"]),
            intake.return_list(verdict),
            file_name=intake.return_list_name(verdict),
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            key=f"upload.list.{number}",
            on_click="ignore",
        )
    if (preview := found.previews[number]) is not None and preview.rows:
        with streamlit.expander(desk.say(LABELS["preview"])):
            # A line a column: twenty columns abreast could not be read on any screen.
            heads = [desk.say(Text("列", "Column")), *(desk.say(Text(f"第{row}条", f"Record {row}")) for row in range(1, len(preview.rows) + 1))]
            streamlit.table(words.plain_table(pandas.DataFrame(list(zip(preview.heads, *preview.rows, strict=True)), columns=heads)), hide_index=True)
    if (report := found.reports[number]) is not None:
        with streamlit.expander(desk.say(LABELS["privacy"])):
            heads = [desk.say(pair) for pair in (Text("项目", "What"), Text("处理前", "As delivered"), Text("处理后", "As counted"))]
            _table(pandas.DataFrame([(desk.say(what), before, after) for what, before, after in report.rows()], columns=heads))


def _show_problems(desk: Desk, verdict: intake.Verdict) -> None:
    heads = [desk.say(pair) for pair in (Text("位置", "Where"), Text("问题", "Problem"), Text("改法", "Remedy"))]
    rows = [
        (intake.where(problem, rows, desk.language), desk.say(problem.message), desk.say(problem.remedy))
        for problem, rows in intake.alike(verdict.problems)
    ]
    streamlit.caption(f"{desk.say(LABELS['problems'])} · {sum(count for _, count in verdict.problem_counts):,}")
    _table(pandas.DataFrame(rows, columns=heads))


def _table(table: pandas.DataFrame) -> None:
    streamlit.table(words.plain_table(table), border="horizontal", hide_index=True, height=_LONGEST_TABLE if len(table) > 8 else "content")


def decide(desk: Desk) -> None:
    """Show what would change, and publish it or give it up as the analyst decides."""
    found: intake.Examination | None = streamlit.session_state.get(_FOUND)
    if found is None or found.trial is None:
        return
    streamlit.header(desk.say(DECIDE), anchor=False)
    _show_difference(desk, found.trial.difference)
    reason = ""
    if found.trial.holds:
        streamlit.warning(desk.say(HELD) + "\n" + "\n".join(f"- {words.plain(desk.say(hold.message))}" for hold in found.trial.holds))
        name = f"upload.reason.{found.trial.path.stem}"  # one of its own for every trial: a reason must not be carried to the next
        reason = streamlit.text_input(desk.say(REASON), placeholder=desk.say(REASON_HINT), max_chars=200, key=name).strip()
    with streamlit.expander(desk.say(LABELS["checks"])):
        for check in found.trial.checks:
            notes.aside(f"✓ {desk.say(check.sentence)}")
    with streamlit.container(horizontal=True, gap="small"):
        wants = streamlit.button(desk.say(PUBLISH), type="primary", key="upload.publish")
        leaves = streamlit.button(desk.say(GIVE_UP), key="upload.give_up")
    if leaves and _forget(desk):
        _say_next(GIVEN_UP)
    if not wants:
        return
    if found.trial.holds and not reason:
        streamlit.error(desk.say(REASON_MISSING))
        return
    with _work(desk):
        built = intake.publish(found, desk.data, desk.who, reason)
        streamlit.session_state.pop(_FOUND)
        month = f"{built.latest_month:%Y-%m}"
        _say_next(Text(PUBLISHED.zh.format(built.number, month), PUBLISHED.en.format(built.number, month)))


def _show_difference(desk: Desk, difference: Any) -> None:
    if difference.is_empty:
        streamlit.markdown(desk.say(NO_DIFFERENCE))
        return
    notes.aside(desk.say(intake.in_words(difference)))
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
    _table(pandas.DataFrame(rows, columns=heads))
    if len(difference.changes) > _SHOWN_CHANGES:
        rest = len(difference.changes) - _SHOWN_CHANGES
        notes.aside(desk.say(Text(f"另有{rest:,}处变化未列出", f"{rest:,} more changes are not listed")))


def _number(desk: Desk, value: float | None, status: str) -> str:
    if value is not None:
        return f"{value:,.10g}"
    return desk.say(intake.STATUS_WORDS[status]) if status in intake.STATUS_WORDS else "—"


def show_builds(desk: Desk) -> None:
    """List the kept builds with who, when and why, and put one back in one click."""
    streamlit.header(desk.say(BUILDS), anchor=False)
    builds: Sequence[Any] = intake.kept_builds(desk.data)
    if not builds:
        streamlit.caption(desk.say(NO_BUILD))
        return
    streamlit.caption(desk.say(BUILDS_RULE))
    for kept in builds:
        with streamlit.container(horizontal=True, gap="small", vertical_alignment="center", border=True):
            number = Text(f"第{kept.number}版", f"Build {kept.number}")
            streamlit.markdown(f"**{desk.say(number)}**", width="content")
            about = [
                kept.built_at[:16].replace("T", " "),
                kept.who,
                kept.reason,
                desk.say(Text(f"{len(kept.inputs)}份文件", f"{len(kept.inputs)} files")) if kept.inputs else "",
            ]
            streamlit.caption(words.plain(" · ".join(part for part in about if part)))
            if kept.is_in_force:
                streamlit.badge(desk.say(Text("使用中", "In force")), color="blue", width="content")
            elif streamlit.button(desk.say(RESTORE), key=f"upload.restore.{kept.number}"):
                with _work(desk):
                    intake.rollback(desk.data, kept.number, desk.who, "")
                    _forget(desk)
                    _say_next(Text(RESTORED.zh.format(kept.number), RESTORED.en.format(kept.number)))


def _say_next(sentence: Text) -> None:
    """Begin the page anew with a sentence on top and an empty hand."""
    streamlit.session_state[_SAID] = sentence
    streamlit.session_state[_ROUND] = streamlit.session_state.get(_ROUND, 0) + 1
    streamlit.rerun()


def _forget(desk: Desk) -> bool:
    """Give up what is under examination, and say whether that worked."""
    found: intake.Examination | None = streamlit.session_state.pop(_FOUND, None)
    if found is None:
        return True
    is_gone = False
    with _work(desk):
        intake.give_up(found, desk.data)
        is_gone = True
    return is_gone


@contextmanager
def _work(desk: Desk) -> Iterator[Any]:
    """Run a long step with its stages shown; an error becomes a sentence, and whatever was in force stays so."""
    with streamlit.status(desk.say(WORKING), expanded=False) as status:

        def report(stage: Text, done: int = 0, total: int = 0) -> None:
            status.update(label=f"{desk.say(stage)} {done}/{total}" if total else desk.say(stage))

        try:
            yield report
        except Exception as error:  # whatever broke, the analyst gets a sentence and the page stays usable
            status.update(label=desk.say(intake.STOPPED), state="error")
            sentence = desk.say(intake.sentence(error, desk.data))
        else:
            status.update(label=desk.say(intake.FINISHED), state="complete")
            return
    streamlit.error(words.plain(sentence))
