"""The desk at which an analyst stands: where files go, who hands them in, what is under examination, and long work with its stages.

The upload pages are the only ones that may change anything, and they do so through ``etl.intake`` alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas
import streamlit

from access import gate
from etl import intake
from indicators.model import Text
from ui import notes, scope, words
from warehouse.reader import warehouse_path

EXAMINED, ROUND, AGAIN = "upload.examined", "upload.round", "upload.again"
_SAID = "upload.said"
_LONGEST_TABLE = 420  # pixels; longer tables scroll

CLOSED = Text("本服务器只提供公开版,不能上传。", "This server offers the public release only; files cannot be uploaded here.")
WORKING = Text("正在处理,请不要关闭本页", "Working; keep this page open")


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
        streamlit.toast(words.plain(desk.say(said)))  # seen wherever the page stands
    return desk


def table(rows: pandas.DataFrame) -> None:
    """Show a table of words; a long one scrolls."""
    streamlit.table(words.plain_table(rows), border="horizontal", hide_index=True, height=_LONGEST_TABLE if len(rows) > 8 else "content")


def say_next(sentence: Text, *, keeps_files: bool = False) -> None:
    """Begin the page anew with a sentence on top, and an empty hand unless the chosen files are to stay."""
    streamlit.session_state[_SAID] = sentence
    if not keeps_files:
        streamlit.session_state[ROUND] = streamlit.session_state.get(ROUND, 0) + 1
    streamlit.rerun()


def forget(desk: Desk) -> bool:
    """Give up what is under examination, and say whether that worked."""
    examination: intake.Examination | None = streamlit.session_state.pop(EXAMINED, None)
    if examination is None:
        return True
    is_gone = False
    with work(desk):
        intake.give_up(examination, desk.data)
        is_gone = True
    return is_gone


@contextmanager
def work(desk: Desk) -> Iterator[Any]:
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
