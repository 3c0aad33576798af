"""Handing files in, and what is found in each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pandas
import streamlit
from streamlit.delta_generator import DeltaGenerator

from etl import intake
from indicators.model import Text
from ui import notes, words
from ui.upload import mapping
from ui.upload.desk import AGAIN, EXAMINED, ROUND, Desk, forget, table, work

_CHOSEN = "upload.chosen"

HAND_IN = Text("一、选文件", "1. Choose files")
RULES = Text(
    "可同时选多份。先检查,不改动任何数据;点“发布”后才生效。文件要么全收,要么全退。",
    "Several at once if you like. Checking changes nothing; only “Publish” does. A batch is taken whole or not at all.",
)
CHOOSE = Text("本月报表(CSV、Excel、WPS表格、ODS)", "This month's files (CSV, Excel, WPS, ODS)")
CHECK = Text("检查", "Check")
# Streamlit writes these two in English only; where a later release names its parts otherwise, its own words come back.
_CHINESE_UPLOADER = """<style>
[data-testid="stFileUploaderDropzone"] > span p, [data-testid="stFileUploaderDropzoneInstructions"] span { font-size: 0; }
[data-testid="stFileUploaderDropzone"] > span p::after { content: "选择文件"; font-size: 0.9rem; }
[data-testid="stFileUploaderDropzoneInstructions"] span::after { content: "也可拖到这里;每份不超过20 MB"; font-size: 0.9rem; }
</style>"""
RESULTS = Text("二、检查结果", "2. Results")
REFUSED_KEPT = Text("退回清单可下载后发给报送单位。", "Download the return list and send it to the reporting office.")
TO_BE_MAPPED = Text("待指明各列", "Columns to be named")
ONLY_ASKED = Text(
    "请先指明各列的含义,再自动检查;或按模板改好后重报。", "Say what the columns are and the check goes on; or use the template and deliver again."
)
NOTHING_NEW = Text("这些文件都已入库,没有新内容,不必发布。", "All these files were accepted before; there is nothing new to publish.")
LABELS = {
    "found": Text("发现", "Found"),
    "accepted": Text("合格", "In order"),
    "refused": Text("有问题", "With problems"),
    "problems": Text("要改的地方", "What to mend"),
    "preview": Text("前几条记录(人员、案件代号不显示)", "First records (keys are not shown)"),
    "privacy": Text("隐私体检", "Privacy check-up"),
    "list": Text("下载退回清单", "Download the return list"),
}


def hand_in(desk: Desk) -> None:
    """Take files from the browser, and check them when the analyst says so."""
    streamlit.header(desk.say(HAND_IN), anchor=False)
    streamlit.caption(desk.say(RULES))
    if desk.language == "zh":
        streamlit.html(_CHINESE_UPLOADER)
    turn = streamlit.session_state.setdefault(ROUND, 0)
    # Every kind may be chosen: what is no table is told in our own words, with a remedy, and not in the uploader's.
    files = streamlit.file_uploader(desk.say(CHOOSE), accept_multiple_files=True, key=f"upload.files.{turn}")
    chosen = tuple(file.file_id for file in files)
    wants = streamlit.button(desk.say(CHECK), type="primary", disabled=not files, key="upload.check")
    if chosen != streamlit.session_state.get(_CHOSEN, chosen):
        forget(desk)  # other files were chosen: what was checked before must not be published by mistake
    streamlit.session_state[_CHOSEN] = chosen
    if not (wants or (streamlit.session_state.pop(AGAIN, False) and files)):
        return
    forget(desk)
    handed = [(file.name, file.getvalue()) for file in files if not intake.is_lock_file(file.name)]
    if len(handed) < len(files):
        streamlit.info(desk.say(intake.LOCKS_IGNORED))
    if not handed:
        return
    stages, places = streamlit.container(), [streamlit.empty() for _ in handed]  # below the stages, not folded away among them
    with stages, work(desk) as progress, _as_found(desk, places) as seen:
        streamlit.session_state[EXAMINED] = intake.examine(handed, desk.data, desk.county, desk.who, progress, seen)


@contextmanager
def _as_found(desk: Desk, places: Sequence[DeltaGenerator]) -> Iterator[intake.Seen]:
    """Show every result in its place as soon as there is one; once all are known they stand below, with what can be done about them."""

    def seen(position: int, result: intake.InspectionResult) -> None:
        with places[position].container(border=True, gap="xsmall"):
            _show_head(desk, result, is_asked=False)
            if result.is_refused:
                _show_problems(desk, result)

    try:
        yield seen
    finally:
        for place in places:
            place.empty()


def show_results(desk: Desk) -> None:
    """Show what every file is taken for and what is wrong with it."""
    examination: intake.Examination | None = streamlit.session_state.get(EXAMINED)
    if examination is None:
        return
    streamlit.header(desk.say(RESULTS), anchor=False)
    for number, result in enumerate(examination.results):
        with streamlit.container(border=True, gap="xsmall"):
            _show_result(desk, number, result, examination)
    sentence = words.plain(desk.say(intake.account(examination.results)))
    if examination.is_refused and all(_is_asked(examination, number) for number, result in enumerate(examination.results) if result.is_refused):
        streamlit.warning(desk.say(ONLY_ASKED))
    elif examination.is_refused:
        streamlit.error(f"{sentence}。{desk.say(REFUSED_KEPT)}" if desk.language == "zh" else f"{sentence}. {desk.say(REFUSED_KEPT)}")
    elif examination.trial is None:
        streamlit.info(desk.say(NOTHING_NEW))


def _is_asked(examination: intake.Examination, number: int) -> bool:
    """Whether a file only waits for somebody to say what its columns are."""
    rules = {rule for rule, _ in examination.results[number].problem_counts}
    return bool(examination.places[number]) and bool(rules & intake.question.UNKNOWN_FORM)


def _show_result(desk: Desk, number: int, result: intake.InspectionResult, examination: intake.Examination) -> None:
    _show_head(desk, result, is_asked=_is_asked(examination, number))
    if result.is_refused:
        _show_problems(desk, result)
        if examination.places[number]:
            mapping.ask(desk, number, result, examination.places[number])
        streamlit.download_button(
            desk.say(LABELS["list"]),
            intake.return_list(result),
            file_name=intake.return_list_name(result),
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            key=f"upload.list.{number}",
            on_click="ignore",
        )
    if (preview := examination.previews[number]) is not None and preview.rows:
        with streamlit.expander(desk.say(LABELS["preview"])):
            # A line a column: twenty columns abreast could not be read on any screen.
            heads = [desk.say(Text("列", "Column")), *(desk.say(Text(f"第{row}条", f"Record {row}")) for row in range(1, len(preview.rows) + 1))]
            streamlit.table(words.plain_table(pandas.DataFrame(list(zip(preview.heads, *preview.rows, strict=True)), columns=heads)), hide_index=True)
    if (report := examination.reports[number]) is not None:
        with streamlit.expander(desk.say(LABELS["privacy"])):
            heads = [desk.say(pair) for pair in (Text("项目", "What"), Text("处理前", "As delivered"), Text("处理后", "As counted"))]
            table(pandas.DataFrame([(desk.say(what), before, after) for what, before, after in report.rows()], columns=heads))


def _show_head(desk: Desk, result: intake.InspectionResult, *, is_asked: bool) -> None:
    """Show what a file is taken for, and what is to be known of it."""
    said = TO_BE_MAPPED if is_asked else intake.ACCEPTANCE_WORDS[result.acceptance]
    with streamlit.container(horizontal=True, gap="small", vertical_alignment="center"):
        streamlit.badge(desk.say(said), color="orange" if is_asked else "red" if result.is_refused else "blue", width="content")
        streamlit.markdown(f"**{words.plain(result.file_name)}**", width="content")
    about = [desk.say(result.title)] if result.title else []
    about += [result.span] if result.span else []
    about += [f"{desk.say(Text('报送', 'reported'))} {result.reported_on.isoformat()}"] if result.reported_on else []
    counts = (("found", result.rows_found), ("accepted", result.rows_found - result.rows_refused), ("refused", result.rows_refused))
    if result.extract is not None:
        about.append(" / ".join(f"{desk.say(LABELS[name])} {count:,}" for name, count in counts))
        streamlit.caption(words.plain(" · ".join(about)))
    for remark in result.remarks:
        notes.aside(f"ℹ️ {desk.say(intake.remark_words(remark))}")


def _show_problems(desk: Desk, result: intake.InspectionResult) -> None:
    heads = [desk.say(pair) for pair in (Text("位置", "Where"), Text("问题", "Problem"), Text("改法", "Remedy"))]
    rows = [
        (intake.where(problem, rows, desk.language), desk.say(problem.message), desk.say(problem.remedy))
        for problem, rows in intake.alike(result.problems)
    ]
    streamlit.caption(f"{desk.say(LABELS['problems'])} · {sum(count for _, count in result.problem_counts):,}")
    table(pandas.DataFrame(rows, columns=heads))
