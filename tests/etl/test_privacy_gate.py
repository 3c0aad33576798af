"""Identifiers are found wherever they stand, ordinary cells are not taken for them."""

from __future__ import annotations

import json
import random
import unicodedata
import uuid
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import pytest

from etl.privacy import gate as privacy_gate
from etl.privacy.gate import find_in_raw, find_in_sheet, find_in_table, is_forbidden_header
from etl.privacy.identifiers import DETECTORS, LONGEST_TITLE, find_in_text, is_day, is_id_number
from etl.reading.table import Sheet, Table

# Published specimens only: the example of GB 11643-1999, the test card of ISO/IEC 7812, the service number of an operator.
ID = "11010519491231002X"
MOBILE = "13800138000"
CARD = "4111111111111111"


def wide(text: str) -> str:
    """The full-width form of ASCII text."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def test_the_day_is_that_of_china_whatever_the_clock_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    class NewYearsEve(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime(2099, 12, 31, 16, 30, tzinfo=UTC).astimezone(tz)  # in China half past midnight of the new year

    monkeypatch.setattr("etl.clock.datetime", NewYearsEve)
    assert is_day("21000101")
    assert not is_day("21010101")
    # Half of them twelve years before the new year, and only eleven before the old one.
    assert privacy_gate.are_birth_dates(["2088-03-04", "2087-05-06", "2088-07-08"])


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (ID, "id_number"),
        (ID.lower(), "id_number"),
        (wide(ID), "id_number"),
        (f" {ID[:6]} {ID[6:14]} {ID[14:]} ", "id_number"),
        (f"{ID[:6]}-{ID[6:14]}-{ID[14:]}", "id_number"),
        ("\u200b".join(ID), "id_number"),
        (f"'{ID}", "id_number"),
        (f"证号{ID}。", "id_number"),
        (f"P{ID}", "id_number"),
        ("110105491231002", "id_number_15"),
        (MOBILE, "mobile"),
        ("+86 138-0013-8000", "mobile"),
        (wide(MOBILE), "mobile"),
        (f"P{MOBILE}", "mobile"),
        ("0871-65317777", "landline"),
        (CARD, "bank_card"),
        (f"K{CARD}", "bank_card"),
        ("P-110105491231002", "id_number_15"),
        ("4111 1111 1111 1111", "bank_card"),
        ("云A12345", "plate"),
        ("云A·D12345", "plate"),
        ("someone@example.org", "email"),
        ("E12345678", "passport"),
        ("A5326210000002024010001", "case_number"),
        ("某公(禁)立字〔2026〕15号", "case_number"),
        ("微信:abc_12345", "chat_account"),
        ("QQ 12345678", "chat_account"),
        ("4.40524E+17", "long_number"),
        ("云南省某某市某某镇某某村3组12号", "address"),
        ("填表人:王某某", "labelled"),
        ("办案中发现的情况" * 10, "long_text"),
    ],
)
def test_an_identifier_is_found(text: str, rule: str) -> None:
    assert find_in_text(text) == rule


@pytest.mark.parametrize(
    "text",
    [
        *("532621100000", "990121001000", "2026-10", "20261105", "2026年1—10月", "12.5", "1712345678901", "CLEAN-2021", "走私、贩卖、运输"),
        *("云汀街道", "海洛因", "云南省某某县在册吸毒人员统计表(截至2026年10月31日)", "填报单位:某某县禁毒办 填报日期:2026年11月5日", "QQABCDEFGH"),
    ],
)
def test_an_ordinary_cell_is_not(text: str) -> None:
    assert find_in_text(text, LONGEST_TITLE) is None


def test_published_specimens_are_identity_numbers(shared_folder: Path) -> None:
    cases = json.loads((shared_folder / "golden" / "disclosure" / "pii_cases.json").read_text(encoding="utf-8"))
    assert all(is_id_number(number) for number in cases["id18_valid"])
    assert all(find_in_text(number) == "id_number_15" for number in cases["id15_valid_shape"])
    assert find_in_text(cases["not_id"]["12-digit region code"]) is None
    assert find_in_text(cases["not_id"]["epoch ms"]) is None
    assert find_in_text(cases["not_id"]["USCC"]) is None


def test_check_digit_by_hand() -> None:
    # 11010519491231002: sum of digit x weight = 7+9+0+5+0+20+2+9+24+27+7+18+30+5+0+0+4 = 167; 167 mod 11 = 2 -> X.
    assert is_id_number("11010519491231002X")
    # The same without a province of China (99) and with the wrong check digit leads to nobody.
    assert not is_id_number("990105194912310021")
    assert not is_id_number("110105194913310021")  # no thirteenth month


def test_random_keys_and_codes_are_not_taken_for_identifiers() -> None:
    draw = random.Random(11)
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    keys = ["".join(draw.choices(letters, k=16)) for _ in range(20_000)] + [f"{draw.getrandbits(96):024x}" for _ in range(20_000)]
    keys += [str(uuid.UUID(int=draw.getrandbits(128), version=4)) for _ in range(20_000)]
    alarms = sum(1 for key in keys if find_in_text(key))
    print(f"{alarms} false alarms in {len(keys)} random keys")
    assert alarms <= 2


def test_evasions_are_caught() -> None:
    """Checksum-valid numbers of no real county (province 99 is none, so only date and check digit speak), written in devious ways."""
    draw = random.Random(5)
    forms = (
        lambda n: n,
        lambda n: n.lower(),
        wide,
        lambda n: " ".join(n),
        lambda n: f"{n[:6]} {n[6:14]} {n[14:]}",
        lambda n: "\u2060".join(n),
        lambda n: f"'{n}",
    )
    missed = 0
    tried = 0
    for _ in range(700):
        body = f"99{draw.randint(0, 9999):04}{draw.randint(1940, 2010)}{draw.randint(1, 12):02}{draw.randint(1, 28):02}{draw.randint(0, 999):03}"
        total = sum(int(digit) * weight for digit, weight in zip(body, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=True))
        number = body + "10X98765432"[total % 11]
        for form in forms:
            tried += 1
            missed += find_in_text(form(number)) is None
    assert tried == 4900
    assert missed == 0


@pytest.mark.parametrize(
    "header", ["姓名", "人员姓名", "身份证号码", "手机", "联系电话", "现住址", "户籍地址", "车牌号", "银行卡号", "案件编号", "案件名称", "简要案情"]
)
def test_forbidden_headers(header: str) -> None:
    assert is_forbidden_header(header, frozenset())
    assert is_forbidden_header(f" {header[0]} {header[1:]} ", frozenset())


@pytest.mark.parametrize("header", ["出生日期", "人员编号", "责任民警", "Name", "ID_Card", "mobile phone", "备注"])
def test_more_forbidden_headers(header: str) -> None:
    assert is_forbidden_header(header, frozenset())


def test_a_contracts_own_header_is_never_forbidden() -> None:
    from etl.extracts import extracts
    from etl.reading.header import accepted_headers

    own = frozenset(header for extract in extracts().values() for header in accepted_headers(extract))
    assert not [header for header in own if is_forbidden_header(header, own)]
    assert not [
        header
        for extract in extracts().values()
        for column in extract.columns
        for header in column.headers
        if is_forbidden_header(header, frozenset())
    ]


def test_a_column_of_names_is_found_and_place_names_are_not() -> None:
    names = ["王晓明", "李建国", "张伟", "刘洋", "陈静"]
    places = ["白塔湾镇", "石埠镇", "高崖乡", "云汀街道"]
    table = Table(None, (), ("甲", "乙"), 1, [names, [*places, places[0]]])
    admitted = frozenset(unicodedata.normalize("NFKC", place) for place in places)
    assert {(found.rule, found.column) for found in find_in_table(table, frozenset(), admitted)} == {("person_names", "A")}


def test_other_sheets_and_raw_text_are_searched() -> None:
    sheet = Sheet("备用", False, [["", ""], ["x", MOBILE]], first_row=3, first_column=1)
    assert [(found.rule, found.column, found.row) for found in find_in_sheet(sheet)] == [("mobile", "C", 4)]
    assert [(found.rule, found.row) for found in find_in_raw(f'a,"b\nc,{ID}\n')] == [("id_number", 2)]


def test_a_finding_never_holds_content() -> None:
    for detector in DETECTORS:
        said = privacy_gate.problem(privacy_gate.Trace(detector.rule, None, "B", 7))
        assert said.row == 7
        assert said.message.zh
        assert said.message.en
