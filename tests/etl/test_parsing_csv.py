"""Reading CSV text: right or refused, never silently wrong."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.county.pack import CountyPack
from etl.inspection.validate import validate
from etl.reading import text_file
from etl.reading.table import Table, UnreadableError
from tests.etl.files import CASES, ON, csv_text, grid, rows

Cells = list[list[str]]


def parse(text: str) -> Table:
    return text_file.parse(text, lambda header: len(header) > 1)


def cells_of(table: Table) -> Cells:
    return [list(table.header or ()), *map(list, zip(*table.columns, strict=True))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_admitted_encodings_give_the_same_text(encoding: str) -> None:
    # 㑇 and 䶮 stand outside GBK, so GB18030 writes them with four bytes; a reader that took GBK would lose them.
    text = "乡镇,人数\n㑇䶮镇,3\n"
    decoded, _ = text_file.decode(text.encode(encoding))
    assert decoded == text


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("乡镇,人数\n".encode() + b"\xff\xff", "encoding"),
        ("乡镇,人数\n".encode("utf-32"), "encoding"),
        ("乡镇,人\ufffd数\n".encode(), "damaged_text"),
        ("乡镇,人\x00数\n".encode(), "control_character"),
        ("乡镇,人数\n".encode("utf-16")[:-1], "encoding"),
    ],
)
def test_other_bytes_are_refused(content: bytes, rule: str) -> None:
    with pytest.raises(UnreadableError) as fault:
        text_file.decode(content)
    assert fault.value.rule == rule


@pytest.mark.parametrize(
    ("text", "rule", "row"),
    [
        ("a,b\n1,2,3\n", "row_width", 2),
        ("a,b\n1,2\n3\n", "row_width", 3),
        ("a,b\n1,2\n\n3,4\n", "blank_row", 3),
        ("a,b\n1,2\n,,\n", "row_width", 3),
        ('a,b\n1,x"y\n', "quote", 2),
        ('a,b\n1,"x"y\n', "quote", 2),
        ('a,b\n"1\n2",3\n4,"5\n', "quote", 3),  # the quoted line break is inside record 2
        ('a,b\n1,"2\n', "quote", 2),
        ("a,b\r1,2\r", "line_end", 1),
        ('a,b\n1,2\r3,"4"\n', "line_end", 2),
        ('"a,b\n1,2\n', "quote", 1),
    ],
)
def test_a_fault_is_named_with_its_row(text: str, rule: str, row: int) -> None:
    with pytest.raises(UnreadableError) as fault:
        parse(text)
    assert (fault.value.rule, fault.value.row) == (rule, row)


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n\n", "\n,\n,\n", '\n"",""\n'])
def test_empty_rows_at_the_end_are_no_records(ending: str) -> None:
    assert cells_of(parse("a,b\n1,2" + ending)) == [["a", "b"], ["1", "2"]]


def test_quoted_fields_keep_separators_quotes_and_line_breaks() -> None:
    assert cells_of(parse('a,b\r\n"x,""y""\r\nz",2\r\n')) == [["a", "b"], ['x,"y"\r\nz', "2"]]


def test_tab_separated_text_is_read() -> None:
    assert cells_of(parse("a\tb\n1\t2\n")) == [["a", "b"], ["1", "2"]]


_cell = st.text(alphabet='ab年1 ,"\n', max_size=4)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(_cell, min_size=3, max_size=3), min_size=1, max_size=6))
def test_what_a_strict_writer_writes_is_read_back(records: Cells) -> None:
    written = [["甲", "乙", "丙"], *records]
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(written)
    while len(written) > 1 and not any(cell.strip(" ") for cell in written[-1]):
        written.pop()
    assert cells_of(parse(stream.getvalue())) == written


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(st.text(alphabet="ab年1 ", max_size=4), min_size=2, max_size=4), min_size=1, max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_fast_and_strict_reading_agree(records: Cells, line_end: str) -> None:
    """Quoting the header changes nothing but the way of reading: rows or the refusal must be the same."""

    def outcome(text: str) -> object:
        try:
            return cells_of(parse(text))
        except UnreadableError as fault:
            return fault.rule, fault.row

    body = line_end.join(",".join(record) for record in records) + line_end
    assert outcome(f"甲,乙,丙{line_end}{body}") == outcome(f'"甲",乙,丙{line_end}{body}')


def _polluted(text: str) -> list[tuple[str, str]]:
    """Every copy of a small file with one separator, quote, line end or space too many, or one character missing."""
    variants = [
        (f"insert {mark!r} at {place}", text[:place] + mark + text[place:]) for place in range(len(text) + 1) for mark in (",", '"', "\n", ";", "\t")
    ]
    return variants + [(f"delete at {place}", text[:place] + text[place + 1 :]) for place in range(len(text))]


def _typed(text: str, pack: CountyPack) -> object:
    try:
        table = text_file.parse(text, lambda header: header[0] == "案件代号" or len(header) > 10)
    except UnreadableError:
        return None
    findings = validate(table, CASES, pack, ON.replace(month=1, day=1), ON.replace(month=10, day=1), ON.replace(day=1))
    if not findings.is_in_order:
        return None
    return list(zip(*findings.columns.values(), strict=True))


def test_polluted_copies_are_never_silently_wrong(pack: CountyPack) -> None:
    """The method of Pollock on our own template: one mark too many or too few at every place of a file.

    Inserting or deleting a character inside a free cell can turn one admitted value into another (3 into 33); no reader can know.
    So the records hold no such cell: a variant that is accepted must read as the original.
    """
    # Each of these cells stops being an admitted value when a separator, quote, line end or tab is put in, or any one sign is taken out.
    fixed = {"grams": "", "suspects": "3", "suspects_under_18": "0", "suspects_18_35": "0", "campaign": "", "lab": "否", "solved_on": ""}
    records = rows(CASES, 5, **fixed)
    text = csv_text(grid(CASES, records)).replace("\r\n", "\n")
    truth = _typed(text, pack)
    assert truth is not None
    key_places = [range(text.index(record["case_key"]), text.index(record["case_key"]) + len(record["case_key"])) for record in records]
    wrong, accepted, tried = [], 0, 0
    for title, variant in _polluted(text):
        place = int(title.rsplit(" ", 1)[1])
        if title.startswith("delete") and any(place in places for places in key_places):
            continue  # a shorter random key is a key
        tried += 1
        typed = _typed(variant, pack)
        accepted += typed is not None
        if typed is not None and typed != truth:
            wrong.append(title)
    print(f"{tried} polluted copies, {accepted} read as the original, {len(wrong)} silently wrong")
    assert tried >= 2290
    assert wrong == []
