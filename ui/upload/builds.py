"""The kept builds, each of which can be put back in force, and the mapping profiles in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit

from etl import intake
from indicators.model import Text
from ui import words
from ui.upload.desk import Desk, forget, say_next, work

BUILDS = Text("版本", "Builds")
BUILDS_RULE = Text(
    "最近十版可恢复。恢复只改变显示的数,已入库的文件不变,下次发布会重新使用。",
    "The last ten can be put back. That changes what is shown, not what was accepted: the next build uses all accepted files again.",
)
NO_BUILD = Text("尚未发布过。", "Nothing has been published yet.")
RESTORE = Text("恢复", "Put back")
SURE = Text("各页将立即改用第{}版的数。", "Every page will show the numbers of build {} at once.")
WHY = Text("原因(可不写,记入版本记录)", "Why (optional, kept with the builds)")
WHY_HINT = Text("如:第3版用错了报表(勿写姓名)", "e.g. build 3 used the wrong file (no names)")
SURELY = Text("恢复第{}版", "Put build {} back")
PROFILES = Text("映射方案", "Mapping profiles")
PROFILES_RULE = Text(
    "表头相符的文件按方案读取。停用后不再用于新文件,已入库的文件不受影响。",
    "Files with a fitting header are read by these. A retired profile is not used for new files; accepted files keep theirs.",
)
RETIRE = Text("停用", "Retire")
RETIRED = Text("映射方案“{}”已停用。", "The profile “{}” is retired.")
RESTORED = Text("已恢复第{}版。", "Build {} is in force again.")


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
            elif kept.is_current:
                _offer_restore(desk, kept.number)


def _offer_restore(desk: Desk, number: int) -> None:
    """Put a build back where the analyst says so a second time: the numbers of every page change with it."""
    with streamlit.popover(desk.say(RESTORE)):
        streamlit.markdown(desk.say(SURE).format(number))
        reason = streamlit.text_input(desk.say(WHY), placeholder=desk.say(WHY_HINT), max_chars=200, key=f"upload.restore_reason.{number}").strip()
        wants = streamlit.button(desk.say(SURELY).format(number), type="primary", key=f"upload.restore.{number}")
    if not wants:
        return
    with work(desk):
        intake.rollback(desk.data, number, desk.who, reason)
        forget(desk)
        say_next(Text(RESTORED.zh.format(number), RESTORED.en.format(number)))


def show_profiles(desk: Desk) -> None:
    """List the mapping profiles in use; one that was confirmed wrongly can be retired."""
    try:
        known = intake.profiles_in_use(desk.data)
    except intake.ProfileError as error:
        streamlit.error(words.plain(desk.say(intake.sentence(error, desk.data))))
        return
    if not known:
        return
    streamlit.header(desk.say(PROFILES), anchor=False)
    streamlit.caption(desk.say(PROFILES_RULE))
    contracts = intake.contracts()
    for profile in known:
        with streamlit.container(horizontal=True, gap="small", vertical_alignment="center", border=True):
            streamlit.markdown(f"**{words.plain(profile.name)}**", width="content")
            streamlit.caption(desk.say(contracts[profile.extract].title))
            if streamlit.button(desk.say(RETIRE), key=f"upload.retire.{profile.name}"):
                with work(desk):
                    intake.retire(profile.name, desk.data)
                    say_next(Text(RETIRED.zh.format(profile.name), RETIRED.en.format(profile.name)), keeps_files=True)
