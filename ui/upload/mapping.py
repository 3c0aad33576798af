"""Asking what the columns of a table in nobody's form are; the answers are kept as a mapping profile and used from then on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit

from etl import intake
from indicators.model import Text
from ui import notes, words
from ui.upload.desk import AGAIN, Desk, say_next

question = intake.question
_WIDTH = 340  # pixels of one answer: as many beside each other as the screen holds

ASK = Text("这张表不是模板样式:请指明各列", "This table is not in the template's form: say what its columns are")
ASK_RULE = Text(
    "指明一次即可,存为映射方案后,以后同样表头的文件自动照此读取。每一列都要选,不需要的选“不用”。标“请核对”的是程序的建议。",
    "Once is enough: it is kept as a mapping profile, and files with the same header are read by it from then on. "
    "Every column needs an answer; what is marked “please check” is a proposal.",
)
TYPE = Text("是哪一类报表", "Type of extract")
HEADER_AT = Text("表头在", "The header stands in")
NOT_CHOSEN = Text("请选择", "Choose")
PLEASE_CHECK = Text("请核对", "please check")
MEANS = Text("列“{}”中的“{}”是", "“{1}” in column “{0}” is")
KNOWN_WORDS = Text("列“{}”中有{}个词与代码表一致,不必再选。", "Words of column “{}” that are in the code list already: {}.")
NO_WORDS = Text("列“{}”的取值太多或太长,不像代码列,请改选。", "Column “{}” holds too many or too long words for a coded column; choose again.")
MONTHS_UNUSED = Text(
    "有{}列表头是月份,作当月数读取;其中不用的(如上年同期)", "{} columns have a month as header and hold its counts; of these not used"
)
NONE_UNUSED = Text("都用", "All used")
KEPT_ROWS = Text("列“{}”中,只取这些行", "Only the rows with these words in column “{}” count")
SAME_FOR_ALL = Text("表中没有“{}”,整份表都是", "The table has no “{}”; all of it is")
CANNOT_LACK = Text("还没有一列是“{}”,缺了它不能入库。", "No column is “{}” yet, and it cannot be missing.")
MONTH_TOLD = Text("表中没有月份列,月份以文件名或标题所写的为准。", "The table has no month; the file's name or title tells it.")
YEAR_TOLD = Text("月份表头没有年份,年份以文件名或标题所写的为准。", "The months have no year; the file's name or title tells it.")
LEAVE_OUT = Text("不是记录,不计(如合计行)", "No record, left out (as a row of totals)")
NAME = Text("方案名称", "Name of the profile")
SAVE = Text("存为方案并重新检查", "Keep as a profile and check again")
STILL_OPEN = Text("还没有选定:{}", "Not answered yet: {}")
SAVED = Text("映射方案“{}”已保存,文件已按它重新检查。", "The profile “{}” is kept, and the files were checked again by it.")
MEANING = Text("列“{}”的表头中有“{}”,所填的是", "The header of column “{}” has “{}”; its numbers:")
OTHER_TOTALS = Text("哪些合计列不是所读各列之和(还含表外的数),不逐行核对", "Totals that are not the sum of the columns read, and are not compared")
NO_OTHER_TOTAL = Text("都是各列之和", "All are the sum")
FLAGS = {
    "is_cumulative": Text("数量是从1月累计到当月的", "The counts run from January to the month"),
    "blank_is_zero": Text("空格和“—”表示0", "A blank or “—” is zero"),
    "adds_up": Text("月份、乡镇等相同的行要相加", "Rows of the same key are added"),
}


@dataclass(frozen=True)
class _Sheet:
    """What is being answered: a place, the type chosen for it, and what the widgets' keys begin with."""

    place: Any
    extract: Any
    pack: Any
    before: Any
    key: str


def ask(desk: Desk, number: int, result: intake.InspectionResult, places: Sequence[Any]) -> None:
    """Ask what the columns of a refused file are.

    Args:
        desk: The desk.
        number: Position of the file in the batch.
        result: Its refusal.
        places: Where its header may stand, the likeliest first.
    """
    with streamlit.expander(f"**{desk.say(ASK)}**", expanded=any(rule in question.UNKNOWN_FORM for rule, _ in result.problem_counts)):
        streamlit.caption(desk.say(ASK_RULE))
        sheet = _choose_table(desk, f"map.{number}.{result.sha256[:8]}", result, places)
        if sheet is not None:
            _answer(desk, result, sheet)


def _choose_table(desk: Desk, key: str, result: intake.InspectionResult, places: Sequence[Any]) -> _Sheet | None:
    contracts = intake.contracts()
    place = places[0]
    if len(places) > 1:
        position = streamlit.selectbox(desk.say(HEADER_AT), range(len(places)), format_func=lambda one: _where(desk, places[one]), key=f"{key}.place")
        place = places[position]
        key = f"{key}.{position}"
    proposed = result.extract or question.likeliest(place.headers, contracts)
    identity = streamlit.selectbox(
        desk.say(TYPE),
        list(contracts),
        index=list(contracts).index(proposed) if proposed else None,
        format_func=lambda one: desk.say(contracts[one].title),
        placeholder=desk.say(NOT_CHOSEN),
        key=f"{key}.type",
    )
    if identity is None:
        return None
    before = result.profile if result.profile and result.profile.extract == identity else None
    return _Sheet(place, contracts[identity], intake.county_pack(desk.county), before, f"{key}.{identity}")


def _where(desk: Desk, place: Any) -> str:
    rows = f"{place.first_row}" if place.first_row == place.last_row else f"{place.first_row}—{place.last_row}"
    headers = "、".join(text for text in place.headers if text)[:40]
    row = desk.say(Text(f"第{rows}行", f"row {rows}"))
    return f"{place.sheet} · {row}:{headers}" if place.sheet else f"{row}:{headers}"


def _answer(desk: Desk, result: intake.InspectionResult, sheet: _Sheet) -> None:
    with streamlit.container(horizontal=True, gap="small"):
        chosen = _choose_uses(desk, sheet)
    open_questions = [_head(sheet, index) for index, use in enumerate(chosen) if use is None]
    with streamlit.container(horizontal=True, gap="small"):
        coded = _choose_codes(desk, sheet, chosen, open_questions)
    filters = _choose_filters(desk, sheet, chosen, open_questions)
    constants = _choose_constants(desk, sheet, chosen, open_questions)
    flags = _choose_flags(desk, sheet)
    meanings = _choose_meanings(desk, sheet, chosen, flags, open_questions)
    if not any(use and use.column == sheet.extract.month_column for use in chosen) and not any(use == question.MONTH for use in chosen):
        notes.aside(desk.say(MONTH_TOLD))
    elif question.has_bare_months(sheet.place):
        notes.aside(desk.say(YEAR_TOLD))
    proposed = sheet.before.name if sheet.before else question.name_for(result.file_name)
    name = streamlit.text_input(desk.say(NAME), proposed, max_chars=40, key=f"{sheet.key}.name").strip()
    if not streamlit.button(desk.say(SAVE), type="primary", key=f"{sheet.key}.save"):
        return
    if open_questions:
        streamlit.error(words.plain(desk.say(STILL_OPEN).format("、".join(dict.fromkeys(open_questions)))))
        return
    answers = question.Answers(name, sheet.extract.id, tuple(use for use in chosen if use), coded, filters, constants, **{**flags, **meanings})
    _keep(desk, sheet, answers)


def _keep(desk: Desk, sheet: _Sheet, answers: Any) -> None:
    """Keep the profile and have the chosen files checked again; what is wrong with the answers is said instead."""
    try:
        intake.keep_profile(sheet.place, answers, desk.data, sheet.before.name if sheet.before else None)
    except intake.ProfileError as error:
        lines = [" · ".join(filter(None, (problem.column, desk.say(problem.message), desk.say(problem.remedy)))) for problem in error.problems]
        streamlit.error("\n".join(f"- {words.plain(line)}" for line in lines))
        return
    except OSError as error:
        streamlit.error(words.plain(desk.say(intake.sentence(error, desk.data))))
        return
    streamlit.session_state[AGAIN] = True
    say_next(Text(SAVED.zh.format(answers.name), SAVED.en.format(answers.name)), keeps_files=True)


def _head(sheet: _Sheet, index: int) -> str:
    return f"{sheet.place.letters[index]} {sheet.place.headers[index]}".strip()


def _choose_uses(desk: Desk, sheet: _Sheet) -> list[Any]:
    """Ask the use of every column; columns whose header is a month hold its counts where the type has counts."""
    offered = question.uses(sheet.extract)
    unused = _choose_unused_months(desk, sheet)
    chosen: list[Any] = []
    for index, guess in enumerate(question.guesses(sheet.place.headers, sheet.extract, sheet.before)):
        if not sheet.place.headers[index] and not sheet.place.words[index] and sheet.place.words[index] is not None:
            chosen.append(question.UNUSED)  # nothing stands in the column, not even a header
            continue
        if index in unused or guess.use == question.MONTH:
            chosen.append(question.UNUSED if index in unused else question.MONTH)
            continue
        label = words.plain(_head(sheet, index))
        chosen.append(
            streamlit.selectbox(
                f"{label} · {desk.say(PLEASE_CHECK)}" if guess.reason == "similar" else label,
                list(offered),
                index=list(offered).index(guess.use) if guess.use in offered else None,
                format_func=lambda use: desk.say(offered[use]),
                placeholder=desk.say(NOT_CHOSEN),
                key=f"{sheet.key}.use.{index}",
                width=_WIDTH,
            )
        )
    return chosen


def _choose_unused_months(desk: Desk, sheet: _Sheet) -> frozenset[int]:
    """Ask which of the columns of months hold no counts of this return, as those of last year do not."""
    if question.counts_of(sheet.extract) is None:
        return frozenset()
    months = question.month_columns(sheet.place)
    if not months:
        return frozenset()
    ignored = set(sheet.before.ignored) if sheet.before else set()
    given = [index for index in months if sheet.place.headers[index] in ignored]
    label = desk.say(MONTHS_UNUSED).format(len(months))
    picked = streamlit.multiselect(
        label, months, given, format_func=lambda index: _head(sheet, index), placeholder=desk.say(NONE_UNUSED), key=f"{sheet.key}.months"
    )
    return frozenset(picked)


def _choose_codes(desk: Desk, sheet: _Sheet, chosen: Sequence[Any], open_questions: list[str]) -> dict[str, dict[str, str]]:
    """Ask for the code of every word that the code lists do not have."""
    codes: dict[str, dict[str, str]] = {}
    for index, use in enumerate(chosen):
        if use is None or use.kind is not question.UseKind.COLUMN or not question.is_coded(sheet.extract.column(use.column)):
            continue
        column, present = sheet.extract.column(use.column), sheet.place.words[index]
        if present is None:
            streamlit.warning(words.plain(desk.say(NO_WORDS).format(_head(sheet, index))))
            open_questions.append(_head(sheet, index))
            continue
        titles = {**question.codes(column, sheet.pack), question.LEFT_OUT: LEAVE_OUT}
        given = dict(sheet.before.values.get(column.name, {})) if sheet.before else {}
        if sheet.before:
            given |= dict.fromkeys(sheet.before.left_out.get(sheet.place.headers[index], ()), question.LEFT_OUT)
        answers = codes.setdefault(column.name, {})
        known = 0
        for word in present:
            guess = question.code_guess(column, word, sheet.pack)
            if guess.reason == "exact":
                known += 1
                continue
            proposed = given.get(word) or (guess.use.code if guess.use else None)
            label = words.plain(desk.say(MEANS).format(sheet.place.headers[index], word))
            code = streamlit.selectbox(
                f"{label} · {desk.say(PLEASE_CHECK)}" if proposed and word not in given else label,
                list(titles),
                index=list(titles).index(proposed) if proposed in titles else None,
                format_func=lambda one, titles=titles: desk.say(titles[one]),
                placeholder=desk.say(NOT_CHOSEN),
                key=f"{sheet.key}.word.{index}.{word}",
                width=_WIDTH,
            )
            if code is None:
                open_questions.append(f"{sheet.place.headers[index]}“{word}”")
            else:
                answers[word] = code
        answers.update({word: code for word, code in given.items() if word not in answers})
        if known:
            notes.aside(desk.say(KNOWN_WORDS).format(sheet.place.headers[index], known))
    return codes


def _choose_filters(desk: Desk, sheet: _Sheet, chosen: Sequence[Any], open_questions: list[str]) -> dict[int, tuple[str, ...]]:
    kept: dict[int, tuple[str, ...]] = {}
    for index, use in enumerate(chosen):
        if use != question.FILTER:
            continue
        given = sheet.before.filters.get(sheet.place.headers[index], ()) if sheet.before else ()
        offered = list(dict.fromkeys((*(sheet.place.words[index] or ()), *given)))
        label = words.plain(desk.say(KEPT_ROWS).format(sheet.place.headers[index]))
        picked = streamlit.multiselect(label, offered, given, placeholder=desk.say(NOT_CHOSEN), key=f"{sheet.key}.filter.{index}")
        if not picked:
            open_questions.append(_head(sheet, index))
        kept[index] = tuple(picked)
    return kept


def _choose_constants(desk: Desk, sheet: _Sheet, chosen: Sequence[Any], open_questions: list[str]) -> dict[str, str]:
    """Ask for what the table does not say of its rows because it is the same for all of them."""
    constants: dict[str, str] = {}
    for column in question.lacking(sheet.extract, chosen):
        titles = question.codes(column, sheet.pack)
        if not titles:
            streamlit.warning(desk.say(CANNOT_LACK).format(column.header))
            open_questions.append(column.header)
            continue
        given = sheet.before.constants.get(column.name) if sheet.before else None
        code = streamlit.selectbox(
            desk.say(SAME_FOR_ALL).format(column.header),
            list(titles),
            index=list(titles).index(given) if given in titles else None,
            format_func=lambda one, titles=titles: desk.say(titles[one]),
            placeholder=desk.say(NOT_CHOSEN),
            key=f"{sheet.key}.constant.{column.name}",
        )
        if code is None:
            open_questions.append(column.header)
        else:
            constants[column.name] = code
    return constants


def _choose_flags(desk: Desk, sheet: _Sheet) -> dict[str, bool]:
    if question.counts_of(sheet.extract) is None:
        return {}
    return {
        name: streamlit.checkbox(desk.say(said), getattr(sheet.before, name, False), key=f"{sheet.key}.flag.{name}") for name, said in FLAGS.items()
    }


def _choose_meanings(desk: Desk, sheet: _Sheet, chosen: Sequence[Any], flags: dict[str, bool], open_questions: list[str]) -> dict[str, Any]:
    """Ask what numbers are whose header has a word of another time, base or unit, and which totals are no sum of the columns read."""
    confirmed, factors, is_running = set(_choose_other_totals(desk, sheet, chosen)), {}, flags.get("is_cumulative", False)
    for one in question.header_questions(sheet.place.headers, sheet.extract, chosen, is_cumulative=is_running):
        offered = question.answers_to(one)
        given = _given_meaning(sheet, sheet.place.headers[one.index], offered)
        answer = streamlit.selectbox(
            words.plain(desk.say(MEANING).format(_head(sheet, one.index), one.word)),
            list(offered),
            index=list(offered).index(given) if given in offered else None,
            format_func=lambda answer, offered=offered: desk.say(offered[answer]),
            placeholder=desk.say(NOT_CHOSEN),
            key=f"{sheet.key}.meaning.{one.index}.{one.doubt}",
        )
        if answer is None:
            open_questions.append(_head(sheet, one.index))
        elif answer == question.RUNNING:
            is_running = True
        elif answer == question.AS_IT_IS:
            confirmed.add(one.index)
        else:
            factors[one.index] = answer
    return {"confirmed": tuple(sorted(confirmed)), "factors": factors, **({"is_cumulative": True} if is_running else {})}


def _given_meaning(sheet: _Sheet, header: str, offered: dict[str, Text]) -> str | None:
    """Return what was said of a header before."""
    if sheet.before is None:
        return None
    factor = next((factor for factor in offered if sheet.before.factors.get(header) == factor), None)
    return factor or (question.AS_IT_IS if header in sheet.before.confirmed else None)


def _choose_other_totals(desk: Desk, sheet: _Sheet, chosen: Sequence[Any]) -> list[int]:
    totals = question.unused_totals(sheet.place.headers, chosen)
    if not totals:
        return []
    given = [index for index in totals if sheet.before and sheet.place.headers[index] in sheet.before.confirmed]
    return streamlit.multiselect(
        desk.say(OTHER_TOTALS),
        totals,
        given,
        format_func=lambda index: _head(sheet, index),
        placeholder=desk.say(NO_OTHER_TOTAL),
        key=f"{sheet.key}.totals",
    )
