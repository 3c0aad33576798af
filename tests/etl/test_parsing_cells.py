"""From text to typed values, by the contract's types."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from etl.contract import Column, Type
from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.reading.cells import RULES, code_words, read_column
from indicators.model import Text


def read(kind: Type, text: str, pack: CountyPack, nullable: bool = False) -> object:
    column = Column("x", ("某列", "x"), kind, Text("某列", "Some column"), nullable=nullable)
    typed = read_column(column, [text], pack)
    return typed.faults[0][1] if typed.faults else typed.values[0]


@pytest.mark.parametrize(
    "text", ["2026-03", "202603", "2026/3", "2026.3", "2026年3月", "2026年03月", " 2026-03 ", "\uff12\uff10\uff12\uff16年\uff13月", "2026-03-01"]
)
def test_every_form_of_a_month(text: str, pack: CountyPack) -> None:
    assert read(Type.MONTH, text, pack) == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Type.MONTH, "2026-13", "month"),
        (Type.MONTH, "2026-00", "month"),
        (Type.MONTH, "26-03", "month_short_year"),
        (Type.MONTH, "45000", "month_serial"),  # the serial number of a day in 2023
        (Type.MONTH, "2026-03-15", "day_given"),
        (Type.MONTH, "20260315", "day_given"),
        (Type.MONTH, "2026.1", "month_ambiguous"),  # a spreadsheet writes 2026.10 so
        (Type.MONTH, "2026.10", date(2026, 10, 1)),
        (Type.MONTH, "", "missing"),
        (Type.YEAR, "1990", 1990),
        (Type.YEAR, "\uff11\uff19\uff19\uff10", 1990),
        (Type.YEAR, "90", "year"),
        (Type.YEAR, "19900101", "year"),
        (Type.COUNT, "12", 12),
        (Type.COUNT, "0", 0),
        (Type.COUNT, "-1", "negative"),
        (Type.COUNT, "3人", "count"),
        (Type.COUNT, "160余", "count"),
        (Type.COUNT, "1,234", 1234),
        (Type.COUNT, "1.5", "count"),
        (Type.COUNT, "二", "count"),
        (Type.COUNT, "②", "footnote_sign"),  # a number in a circle is a number in a list or a note
        (Type.GRAMS, "12.5", 12.5),
        (Type.GRAMS, "0.001", 0.001),
        (Type.GRAMS, "0.0001", "grams"),
        (Type.GRAMS, "-2.5", "negative"),
        (Type.GRAMS, "1e3", "grams"),
        (Type.GRAMS, "nan", "grams"),
        (Type.FLAG, "是", "yes"),
        (Type.FLAG, "无", "no"),
        (Type.FLAG, "1", "yes"),
        (Type.FLAG, "未知", "flag"),
        (Type.TOWNSHIP, "990121001000", "990121001000"),
        (Type.TOWNSHIP, "990121001", "990121001000"),
        (Type.TOWNSHIP, "5.11E+11", "township_ruined"),
        (Type.TOWNSHIP, "990121", "township_form"),
        (Type.TOWNSHIP, "110101001000", "township_unknown"),
        (Type.DRUG, "heroin", "heroin"),
        (Type.DRUG, "海洛因", "heroin"),
        (Type.DRUG, "４号", "heroin"),
        (Type.DRUG, "某药", "drug"),
        (Type.LABEL, "CLEAN-2021", "CLEAN-2021"),
        (Type.LABEL, "2026-03-01", "label"),  # a spreadsheet made a date of it
        (Type.LABEL, "净边 行动", "label"),
        (Type.KEY, "QWMZ-LKJHGF", "QWMZ-LKJHGF"),
        (Type.KEY, "AB12C", "key_form"),
        (Type.KEY, "A" * 41, "key_form"),
        (Type.KEY, "12345678", "key_form"),
        (Type.KEY, "138-0013-8000", "key_form"),
        (Type.KEY, "9e107d9d372bb6826bd81d3542a419d6", "key_hash"),  # MD5, 32 hexadecimal digits
        (Type.KEY, "da39a3ee5e6b4b0d3255bfef95601890afd80709", "key_hash"),  # SHA-1, 40
        (Type.KEY, "11010519491231002X", "key_identity"),  # the example of GB 11643-1999
        (Type.KEY, "P-110105491231002", "key_identity"),
        (Type.KEY, "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"),  # a random UUID is opaque
    ],
)
def test_one_outcome_for_every_spelling(kind: Type, text: str, expected: object, pack: CountyPack) -> None:
    assert read(kind, text, pack) == expected


def test_an_empty_cell_of_a_nullable_column_is_none(pack: CountyPack) -> None:
    assert read(Type.MONTH, "  ", pack, nullable=True) is None


@pytest.mark.parametrize(
    "keys",
    [
        [f"P{number:06}" for number in range(1, 30)],
        ["K-0017", "K-0019", "K-0018"],
        [f"{place}-{number:04}" for place in ("A1", "B2", "C3") for number in range(7, 14)],
    ],
)
def test_running_numbers_are_refused_as_keys(keys: list[str], pack: CountyPack) -> None:
    column = Column("k", ("代号", "k"), Type.KEY, Text("代号", "Key"))
    assert {rule for _, rule, _ in read_column(column, keys, pack).faults} == {"key_sequence"}


def test_random_keys_are_not_taken_for_running_numbers(pack: CountyPack) -> None:
    # Multiples of a large odd number modulo a prime: spread over the range, no two neighbours differ by one.
    keys = [f"P{(number * 379721) % 999983:06}" for number in range(1, 161)]
    column = Column("k", ("代号", "k"), Type.KEY, Text("代号", "Key"))
    assert read_column(column, keys, pack).faults == []


def test_no_spelling_stands_for_two_codes() -> None:
    for extract in extracts().values():
        for column in extract.columns:
            code_words(column)  # raises where one does


def test_every_rule_has_both_languages() -> None:
    assert all(text.zh and text.en for pair in RULES.values() for text in pair)


def typed(column: Column, text: str, pack: CountyPack) -> object:
    found = read_column(column, [text], pack)
    return found.faults[0][1] if found.faults else found.values[0]


PEOPLE = Column("x", ("人数", "x"), Type.COUNT, Text("人数", "People"), unit=Text("人", "people"))
WEIGHT = Column("x", ("克数", "x"), Type.GRAMS, Text("克数", "Weight"), unit=Text("克", "g"))
BARE = Column("x", ("数", "x"), Type.COUNT, Text("数", "Number"))


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        (PEOPLE, "3人", 3),
        (PEOPLE, "3 人", 3),
        (PEOPLE, "３人", 3),
        (PEOPLE, " ３　", 3),  # an ideographic space
        (PEOPLE, "1,234", 1234),
        (PEOPLE, "1,234人", 1234),
        (PEOPLE, "１,２３４", 1234),
        (PEOPLE, "12,34", "count"),
        (PEOPLE, "1,2345", "count"),
        (PEOPLE, "1234,567", "count"),
        (PEOPLE, "1 234", "count"),
        (PEOPLE, "3起", "count"),
        (PEOPLE, "3人次", "count"),
        (PEOPLE, "人", "count"),
        (PEOPLE, "-3人", "negative"),
        (PEOPLE, "160余人", "count"),
        (PEOPLE, "—", "count"),  # the column may not be empty
        (BARE, "3人", "count"),  # its unit does not say so
        (WEIGHT, "12.5克", 12.5),
        (WEIGHT, "12.5 g", 12.5),
        (WEIGHT, "1,234.5", 1234.5),
        (WEIGHT, "1,234.5克", 1234.5),
        (WEIGHT, "12,5", "grams"),
        (WEIGHT, "12.5千克", "grams"),
        (WEIGHT, "12.5kg", "grams"),
        (WEIGHT, "12.5%", "grams"),
    ],
)
def test_numbers_with_units_and_thousands(column: Column, text: str, expected: object, pack: CountyPack) -> None:
    assert typed(column, text, pack) == expected


@pytest.mark.parametrize("text", ["—", "——", "-", "－", "/", "／", "无", " 无 "])
@pytest.mark.parametrize("kind", [Type.MONTH, Type.COUNT, Type.GRAMS, Type.LABEL, Type.DRUG])
def test_a_dash_is_empty_where_a_cell_may_be_empty(kind: Type, text: str, pack: CountyPack) -> None:
    assert read(kind, text, pack, nullable=True) is None
    assert isinstance(read(kind, text, pack), str)  # the name of a rule


def test_a_code_list_may_use_the_word_itself(pack: CountyPack) -> None:
    measure, band, education = (extracts()["registry"].column(name) for name in ("measure", "relapse_band", "education"))
    assert typed(measure, "无", pack) == "none"
    assert typed(band, "无", pack) == "0"
    assert typed(education, "无", pack) is None
    assert read(Type.FLAG, "无", pack, nullable=True) == "no"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024.3", date(2024, 3, 1)),
        ("2024.12", date(2024, 12, 1)),
        ("２０２４.３", date(2024, 3, 1)),
        ("20240301", date(2024, 3, 1)),
        ("2024年3月", date(2024, 3, 1)),
        ("2024.3.5", "day_given"),
        ("20240305", "day_given"),
        ("2024年3月5日", "day_given"),
        ("24年3月", "month_short_year"),
        ("24.3", "month_short_year"),
        ("45352", "month_serial"),  # 2024-03-01 counted from 1900
        ("43890", "month_serial"),  # the same counted from 1904
        ("45352.5", "month_serial"),
        ("2023/13/01", "month"),
        ("2023-02-29", "day_given"),
        ("1899-12", "month"),
        ("至今", "month"),
    ],
)
def test_months_as_counties_write_them(text: str, expected: object, pack: CountyPack) -> None:
    assert read(Type.MONTH, text, pack) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("河湾镇", "990121100000"),
        ("河湾", "990121100000"),
        (" 河 湾 镇 ", "990121100000"),
        ("云汀街道", "990121001000"),
        ("云汀", "990121001000"),
        ("990121001000.0", "990121001000"),  # all twelve digits are there
        ("９９０１２１００１０００", "990121001000"),
        ("河湾派出所", "township_police"),
        ("河湾派出所辖区", "township_police"),
        ("河湾乡", "township_name"),
        ("河", "township_name"),
        ("5.11E+11", "township_ruined"),
        ("9.90121E+11", "township_ruined"),
        ("511000000000.0", "township_ruined"),
        ("990121000000", "township_ruined"),  # the last six digits are gone, or it is the county
        ("99012100100", "township_form"),
    ],
)
def test_townships_as_counties_write_them(text: str, expected: str, pack: CountyPack) -> None:
    assert read(Type.TOWNSHIP, text, pack) == expected


def test_a_short_name_that_two_townships_share_is_refused(pack: CountyPack) -> None:
    twin = replace(pack.townships[3], code="990121199000", title=Text("河湾乡", "Hewan Township"))
    doubled = replace(pack, townships=(*pack.townships, twin))
    assert read(Type.TOWNSHIP, "河湾", doubled) == "township_ambiguous"
    assert read(Type.TOWNSHIP, "河湾乡", doubled) == "990121199000"
