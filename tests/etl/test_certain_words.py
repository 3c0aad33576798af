"""What a cell says: stray signs are named and never folded into it, and words that are certain are read. Every sign of Unicode is tried."""

from __future__ import annotations

import sys
import unicodedata
from datetime import date

import pytest

from etl.contract import Column
from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.reading.cells import read_column
from etl.reading.signs import fold, is_blank
from etl.reading.text_file import parse

REGISTRY, CASES, COUNTS = (extracts()[name] for name in ("registry", "cases", "case_counts"))
SOUND: tuple[tuple[Column, str, object], ...] = (
    (CASES.column("filed_on"), "2026-11", date(2026, 11, 1)),
    (CASES.column("filed_on"), "2026年11月", date(2026, 11, 1)),
    (REGISTRY.column("birth_year"), "1990", 1990),
    (CASES.column("suspects"), "31", 31),
    (COUNTS.column("opened"), "12起", 12),
    (CASES.column("grams"), "12.5", 12.5),
    (CASES.column("township"), "990121001000", "990121001000"),
    (CASES.column("township"), "云汀街道", "990121001000"),
    (CASES.column("charge"), "贩卖毒品", "trafficking"),
    (CASES.column("drug"), "海洛因", "heroin"),
    (CASES.column("lab"), "是", "yes"),
    (CASES.column("case_key"), "QWMZ-LKJHGF", "QWMZ-LKJHGF"),
    (CASES.column("campaign"), "CLEAN-2021", "CLEAN-2021"),
)
SIGNS = [chr(code) for code in range(0x80, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
# Forms of another sign that are not the same sign in another width: ①, ², ㎏, ½, Ⅳ, 𝟑 and their like.
OTHER_FORMS = [
    sign
    for sign in SIGNS
    if unicodedata.normalize("NFKC", sign) != unicodedata.normalize("NFC", sign)
    and not "\uff01" <= sign <= "\uff5e"
    and unicodedata.category(sign)[0] not in "PZC"
    and not is_blank(sign)
]
UNSEEN = [sign for sign in SIGNS if unicodedata.category(sign) == "Cf" and is_blank(sign)]
TURNED = "\u202e"  # what stands behind it is seen from right to left


def with_sign(text: str, sign: str) -> list[str]:
    """The text with a sign before it, in its middle, behind it and instead of its last sign."""
    middle = len(text) // 2
    return [sign + text, text[:middle] + sign + text[middle:], text + sign, text[:-1] + sign]


def test_there_are_thousands_of_such_signs() -> None:
    assert len(OTHER_FORMS) > 3_000
    assert {"①", "²", "㎏", "½", "Ⅳ", "𝟑", "㋊"} <= set(OTHER_FORMS)
    assert {"\u200b", "\ufeff", "\u00ad", "\u2060", "\u202d"} <= set(UNSEEN)
    assert TURNED not in UNSEEN


@pytest.mark.parametrize(("column", "text", "value"), SOUND)
def test_no_other_form_of_a_sign_is_read_as_the_sign(column: Column, text: str, value: object, pack: CountyPack) -> None:
    texts = [spoiled for sign in OTHER_FORMS for spoiled in with_sign(text, sign)]
    typed = read_column(column, texts, pack)
    assert len(typed.faults) == len(texts)
    assert {rule for _, rule, _ in typed.faults} <= {"footnote_sign", "invisible_sign"}


@pytest.mark.parametrize(("column", "text", "value"), SOUND)
def test_invisible_signs_at_the_ends_are_dropped_and_inside_they_are_named(column: Column, text: str, value: object, pack: CountyPack) -> None:
    around = [spoiled for sign in UNSEEN for spoiled in (sign + text, text + sign, f"{sign} {text}{sign} ")]
    typed = read_column(column, [*around, text], pack)
    assert [fault for fault in typed.faults if fault[1] != "key_sequence"] == []
    assert set(typed.values) == {value}
    inside = [text[:1] + sign + text[1:] for sign in [*UNSEEN, TURNED] if len(text) > 1] + [TURNED + text]
    assert {rule for _, rule, _ in read_column(column, inside, pack).faults} == ({"invisible_sign"} if inside else set())


@pytest.mark.parametrize(("column", "text", "value"), SOUND)
def test_full_width_is_the_same_sign(column: Column, text: str, value: object, pack: CountyPack) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)
    assert read_column(column, [wide, f"\u3000{wide}\u3000"], pack).values == [value, value]


@pytest.mark.parametrize("sign", ["*", "#", "※", "†", "(1)", "[2]", "〔3〕", "^2", "注1", "★", " *"])
def test_a_footnote_in_plain_signs_is_named_as_one(sign: str, pack: CountyPack) -> None:
    for name, text in (("suspects", "31"), ("grams", "12.5"), ("filed_on", "2026-11")):
        assert [rule for _, rule, _ in read_column(CASES.column(name), [text + sign], pack).faults] == ["footnote_sign"]


def test_a_cell_in_which_nothing_is_seen_is_blank(pack: CountyPack) -> None:
    assert read_column(CASES.column("grams"), ["\u200b", "\u2800 ", "\u3000", '=""'], pack).faults == []
    assert fold("\u200b案 由\ufeff") == "案由"


CERTAIN = [
    ("township", ("示例县云汀街道", "云汀街道办事处", "示例县云汀街道办事处", "云汀街道办", "云汀", "990121001.0", "'990121001000"), "990121001000"),
    (
        "township",
        (
            "示例县河湾镇",
            "河湾镇人民政府",
            "河湾镇(河湾)",
            "河湾镇(990121100000)",
            "990121100000(河湾镇)",
            "示例县河湾镇政府",
            '="990121100000"',
            "'河湾镇",
        ),
        "990121100000",
    ),
    (
        "filed_on",
        (
            *(
                "2026年十月",
                "二〇二六年十月",
                "2026年10月份",
                "2026年十月份",
                "2026-10月份",
                "2026 年 10 月",
                "2026-10-01 00:00:00",
                "2026/10/1 0:00",
            ),
            *("2026-10-01T00:00:00", "2026年10月1日 00:00", "2026-10-01 00:00:00.000", "'2026-10", '="2026-10"', "20261001 00:00:00"),
        ),
        date(2026, 10, 1),
    ),
    ("filed_on", ("2026年元月", "2026年一月", "二零二六年一月份", "2026年1月份"), date(2026, 1, 1)),
    ("filed_on", ("2026年十二月", "二○二六年十二月"), date(2026, 12, 1)),
    ("charge", ("贩卖毒品罪", "走私、贩卖、运输毒品罪", "贩卖毒品案", "运输毒品罪", "贩卖毒品(贩卖)"), "trafficking"),
    ("charge", ("非法持有毒品罪", "非法持有毒品案", "非法持有(非法持有毒品)"), "possession"),
    ("charge", ("容留他人吸毒罪", "容留他人吸毒案"), "sheltering"),
    ("charge", ("引诱、教唆、欺骗他人吸毒罪", "强迫他人吸毒罪"), "inducing"),
    ("charge", ("非法种植毒品原植物罪",), "cultivation"),
    ("case_kind", ("刑事案件", "刑事案", "刑事(刑事案件)"), "criminal"),
    ("drug", ("甲基苯丙胺(冰毒)", "冰毒(甲基苯丙胺)", "冰毒[甲基苯丙胺]", "甲基苯丙胺\uff08冰毒\uff09"), "methamphetamine"),
    ("drug", ("上头电子烟(依托咪酯)",), "etomidate"),
    ("lab", ("√", "✓", "✔", "是", "1.0"), "yes"),
    ("lab", ("0.0", "否"), "no"),
    ("suspects", ("5.0", "5.00", "5名", "5人", "'5", '="5"', "5.0人", "\uff15"), 5),
    ("suspects", ("1234.0", "1,234.0", "1,234人"), 1234),
    ("sex", ("男性", "男", "1", "1.0", "男(男性)"), "male"),
    ("sex", ("女性",), "female"),
    ("birth_year", ("1990.0", "1990年", "一九九〇年", "'1990"), 1990),
    ("education", ("大学本科教育", "大学本科", "研究生教育", "专科教育", "大学专科和专科学校", "20.0"), "tertiary"),
    ("education", ("中等职业教育", "普通高级中学教育", "中等专业学校或中等技术学校", "技工学校"), "upper_secondary"),
    ("education", ("初级中学教育",), "lower_secondary"),
    ("education", ("小学教育", "文盲或半文盲"), "primary"),
    ("employment", ("退(离)休人员", "退(离)休人员", "离退休人员"), "retired"),
    ("opened", ("3件", "3起", "3宗", "3.0"), 3),
    ("case_key", ("'QWMZ-LKJHGF", '="QWMZ-LKJHGF"', "\uff31WMZ-LKJHGF"), "QWMZ-LKJHGF"),
]


def column_named(name: str) -> Column:
    return next(extract.column(name) for extract in (CASES, REGISTRY, COUNTS) if name in {column.name for column in extract.columns})


@pytest.mark.parametrize(("name", "texts", "value"), CERTAIN)
def test_certain_words_are_read(name: str, texts: tuple[str, ...], value: object, pack: CountyPack) -> None:
    column = column_named(name)
    for text in texts:
        typed = read_column(column, [text], pack)
        assert (text, typed.values, typed.faults) == (text, [value], [])


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("township", "示例县", "township_county"),
        ("township", "全县", "township_county"),
        ("township", "示例县本级", "township_county"),
        ("township", "县本级", "township_county"),
        ("township", "外县云汀街道", "township_name"),  # another county may have a township of the name
        ("township", "某市示例县云汀街道", "township_name"),  # the pack knows no city
        ("township", "河湾镇办事处", "township_name"),
        ("township", "河湾镇(云汀街道)", "township_name"),
        ("township", "外地(外地)", "township_name"),
        ("township", "河湾镇(990121001000)", "township_name"),
        ("township", "云汀街道派出所", "township_police"),
        ("township", "云汀镇人民政府", "township_name"),
        ("filed_on", "2026年十三月", "month"),
        ("filed_on", "2026年正月", "month"),  # of the lunar calendar
        ("filed_on", "2026年腊月", "month"),
        ("filed_on", "2026-11-15 00:00:00", "day_given"),
        ("filed_on", "2026-11-01 08:00:00", "month_time"),  # the first in another time zone
        ("filed_on", "2026-10-31 23:59:17", "month_time"),
        ("filed_on", "2026-11-01T00:00:00Z", "month"),
        ("filed_on", "2026.1", "month_ambiguous"),
        ("suspects", "5.5", "count"),
        ("suspects", "1.000", "count"),  # a thousand, or one
        ("suspects", "5.", "count"),
        ("suspects", "'5'", "count"),
        ("suspects", "=5", "count"),
        ("suspects", "5件", "count"),
        ("birth_year", "1990.5", "year"),
        ("drug", "冰毒(海洛因)", "drug"),
        ("drug", "冰毒(晶体)", "drug"),
        ("case_kind", "刑事(行政)", "code"),
        ("charge", "走私、贩卖、运输、制造毒品罪", "code"),  # four acts, two codes
        ("charge", "贩卖毒品罪罪", "code"),
        ("charge", "1案", "code"),
        ("lab", "×", "flag"),
        ("sex", "男女", "code"),
        ("sex", "9", "code"),
        ("relapse_band", "11次", "code"),
    ],
)
def test_what_is_not_certain_is_refused(name: str, text: str, rule: str, pack: CountyPack) -> None:
    assert [fault[1] for fault in read_column(column_named(name), [text], pack).faults] == [rule]


def is_header(row: tuple[str, ...]) -> bool:
    return row == ("甲", "乙", "丙")


@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_text_kept_by_an_equals_sign_is_what_stands_between_the_quotes(separator: str, end: str) -> None:
    lines = [["甲", "乙", "丙"], ['="990121001000"', "1", '="2026-11"'], ["a", '"b ""c"""', '=""']]
    table = parse(end.join(separator.join(line) for line in lines) + end, is_header)
    assert [list(row) for row in zip(*table.columns, strict=True)] == [["990121001000", "1", "2026-11"], ["a", 'b "c"', ""]]


def test_inside_a_quoted_field_an_equals_sign_is_content() -> None:
    table = parse('甲,乙,丙\n"x\n=""1"",y",2,"=""3"""\n', is_header)
    assert [list(row) for row in zip(*table.columns, strict=True)] == [['x\n="1",y', "2", '="3"']]
    with pytest.raises(Exception, match="quote"):
        parse('甲,乙,丙\n"a,="b",c",2,3\n', is_header)
