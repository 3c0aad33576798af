"""Sentences are pairs of templates: what is filled in is said in the reader's language, and nothing else in a name is taken for a field."""

from __future__ import annotations

import importlib
import pkgutil
import string
from collections.abc import Iterator
from datetime import date

import pytest

import charts
from charts.scope import NAMES, PARTS, Voice
from charts.words import bare, inline, wrapped
from indicators.model import Release, Text

ZH, EN = Voice(Release.INTERNAL, "zh"), Voice(Release.INTERNAL, "en")
SENTENCE = Text("{on.year}年{on.month}月,{place}{title}{share:.0%}", "{place}, {title:lower}, {on:%b %Y}: {share:.0%}")


def test_a_template_is_filled_in_by_language() -> None:
    told = {"on": date(2026, 3, 1), "place": Text("全县", "The county"), "title": Text("刑事立案", "Cases opened"), "share": 0.256}
    assert ZH.say(SENTENCE, **told) == "2026年3月,全县刑事立案26%"
    assert EN.say(SENTENCE, **told) == "The county, cases opened, Mar 2026: 26%"


def test_a_name_with_braces_is_no_template_and_what_is_filled_in_is_not_filled_in_again() -> None:
    town = Text("{甲}镇", "Town {A}")
    assert ZH.say(town) == "{甲}镇"
    assert EN.say(Text("{name}高", "{name} is high"), name=town) == "Town {A} is high"


def test_a_field_that_nobody_fills_in_is_an_error() -> None:
    with pytest.raises(KeyError, match="title"):
        ZH.say(SENTENCE, on=date(2026, 3, 1), place="全县", share=0.1)


def test_parts_are_joined_by_language_and_empty_ones_left_out() -> None:
    assert ZH.join(NAMES, ["甲", "", "乙"]) == "甲、乙"
    assert EN.join(NAMES, ["A", "", "B"]) == "A, B"
    assert ZH.join(PARTS, ["", "甲"]) == "甲"


def texts() -> Iterator[tuple[str, Text]]:
    """Every wording that stands by itself or in a list or dictionary of a module of charts."""
    for module in pkgutil.iter_modules(charts.__path__):
        for name, value in vars(importlib.import_module(f"charts.{module.name}")).items():
            for one in value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,):
                if isinstance(one, Text):
                    yield f"{module.name}.{name}", one


def test_every_template_has_named_fields_only_and_both_languages_say_something() -> None:
    held = dict(texts())
    assert len(held) > 200
    for name, words in held.items():
        fields = [field for wording in (words.zh, words.en) for _, field, _, _ in string.Formatter().parse(wording) if field is not None]
        assert all(field.partition(".")[0].isidentifier() for field in fields), name
        assert bool(words.zh) or bool(words.en), name


@pytest.mark.parametrize("brackets", ["()", "\uff08\uff09"])
def test_what_stands_in_brackets_is_left_out_of_axes_however_wide_they_are(brackets: str) -> None:
    begin, end = brackets
    assert bare(f"合成毒品{begin}冰毒、氯胺酮等{end}") == "合成毒品"
    assert inline(f"走私、贩卖{begin}含运输{end}") == "走私贩卖"


def test_a_long_name_is_broken_behind_the_signs_between_its_parts() -> None:
    assert wrapped("引诱、教唆、欺骗、强迫", 6) == "引诱、教唆、<br>欺骗、强迫"
    assert wrapped("引诱教唆\uff0c欺骗强迫", 6) == "引诱教唆\uff0c<br>欺骗强迫"
    assert wrapped("Smuggling and selling", 10) == "Smuggling<br>and<br>selling"
