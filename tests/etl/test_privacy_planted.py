"""Thousands of planted identifiers: each is found on its own, and none is stored, logged or echoed."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import uuid
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt

from etl.county.pack import CountyPack
from etl.inspection.inspect import inspect
from etl.privacy import pseudonyms
from etl.privacy.gate import find_in_hidden, find_in_lines, find_in_name, find_in_neighbours, find_in_sheet, find_in_table
from etl.privacy.hidden_texts import hidden_texts
from etl.privacy.identifiers import find_in_text
from etl.reading.table import Table
from tests.etl import planted
from tests.etl.files import ON, REGISTRY, grid, rows, write_csv
from tests.soak import SOAK

ROOT = Path(__file__).parents[2]
NAME = "在册吸毒人员_202610_报20261105.xlsx"


def _plants() -> Iterator[tuple[str, str]]:
    """Every kind plain, then every evasion of the kinds that are numbers: (what it is, text)."""
    draw = random.Random(20261125)
    for kind in planted.KINDS:
        yield from ((kind.__name__, kind(draw)) for _ in range(150))
    for kind in planted.NUMBERS:
        for name, evade in planted.EVASIONS.items():
            yield from ((f"{kind.__name__}, {name}", evade(kind(draw))) for _ in range(50))
    for misread in planted.MISREAD:
        yield from (("id_18, misread", misread(planted.id_18(draw))) for _ in range(50))
    yield from (("id_18, scientific", f"{float(planted.id_18(draw)[:17]) * 10:.5E}") for _ in range(50))


def test_each_planted_identifier_is_found() -> None:
    plants = list(_plants())
    missed = Counter(what for what, text in plants if find_in_text(text) is None)
    plain = [what for what, _ in plants if "," not in what]
    print(f"{len(plants):,} planted, {sum(missed.values())} missed {dict(missed)}")
    assert not [what for what in missed if what in plain]
    assert sum(missed.values()) <= (len(plants) - len(plain)) // 100


def test_each_identifier_cut_over_neighbouring_cells_is_found() -> None:
    draw = random.Random(7)
    tried, missed = 0, Counter[str]()
    for kind, cuts in planted.CUTS.items():
        for lengths in cuts:
            for _ in range(60):
                pieces = planted.cut(kind(draw), lengths)
                tried += 1
                missed[kind.__name__] += not list(find_in_neighbours([[piece] for piece in pieces], [False] * len(pieces)))
    print(f"{tried} cut over cells, {missed.total()} missed {dict(missed)}")
    assert tried == 60 * 13
    assert missed.total() * 100 <= tried


def test_ordinary_cells_raise_no_false_alarm() -> None:
    draw = random.Random(3)
    base32 = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    makers: tuple[Callable[[], str], ...] = (
        lambda: f"{draw.choice(('110101', '532621', '990121'))}{draw.randint(1, 999):03}{draw.choice(('000', '001'))}",
        lambda: f"{draw.randint(2000, 2026)}-{draw.randint(1, 12):02}",
        lambda: f"{draw.randint(2000, 2026)}年{draw.randint(1, 12)}月{draw.randint(1, 28)}日",
        lambda: f"{draw.randint(2000, 2026)}{draw.randint(1, 12):02}{draw.randint(1, 28):02}",
        lambda: str(draw.randint(0, 5_000_000)),
        lambda: f"{draw.uniform(0, 5000):.3f}",
        lambda: f"{draw.uniform(0, 100):.2f}%",
        lambda: "".join(draw.choices(base32, k=10)),
        lambda: str(uuid.UUID(int=draw.getrandbits(128), version=4)),
        lambda: f"P{draw.getrandbits(64):016x}",
        lambda: f"{draw.choice(('CLEAN', 'QM', 'BY'))}-{draw.randint(2018, 2026)}-{draw.randint(1, 9999):04}",
        lambda: (
            f"{draw.randint(2018, 2026)}年1—{draw.randint(2, 12)}月{draw.choice(('宣传教育', '社区戒毒', '缴获海洛因'))}{draw.randint(1, 900)}人次"
        ),
        lambda: f"{draw.randint(1_500_000_000_000, 1_799_999_999_999)}",
        lambda: draw.choice(
            ("走私、贩卖、运输", "白塔湾镇", "海洛因", "云汀街道", "社区戒毒", "填表人:    审核人:", "单位:人", "3次及以上", "18—35岁")
        ),
    )
    texts = [draw.choice(makers)() for _ in range(100_000)]
    alarms = Counter(rule for text in texts if (rule := find_in_text(text)))
    print(f"{alarms.total()} false alarms in {len(texts):,} ordinary cells {dict(alarms)}")
    assert alarms.total() <= 100


def test_counts_side_by_side_are_no_cut_numbers() -> None:
    draw = random.Random(9)
    columns = [[str(draw.randint(0, 10 ** draw.randint(1, 6))) for _ in range(5_000)] for _ in range(20)]
    found = list(find_in_neighbours(columns, [False] * len(columns)))
    print(f"{len(found)} false alarms in 100,000 counts side by side")
    assert len(found) <= 100


@pytest.mark.parametrize(
    ("column", "rule"),
    [
        (["王晓明", "李建国(在册)", "张 伟", "欧阳静", "买买提·艾力"], "person_names"),
        (["王晓明、李建国", "张伟、刘洋", "陈静、杨磊"], "person_names"),
        (["1990-03-05", "1985-11-30", "1979-06-17", "1992-12-24"], "birth_date"),
        (["19900305", "19851130", "19790617"], "birth_date"),
        (["1990.3.5", "1985.11.30", "1979.6.17"], "birth_date"),
        (["1990年3月5日", "1985年11月30日", "1979年6月17日"], "birth_date"),
    ],
)
def test_a_column_under_an_innocent_header_tells(column: list[str], rule: str) -> None:
    table = Table(None, (), ("甲",), 1, [column])
    assert rule in {found.rule for found in find_in_table(table, frozenset(), frozenset())}


def test_columns_of_longitudes_and_latitudes() -> None:
    table = Table(None, (), ("甲", "乙"), 1, [["102.71234", "102.70312", "102.91001"], ["25.04321", "25.10002", "24.99871"]])
    assert [(found.rule, found.column) for found in find_in_table(table, frozenset(), frozenset())] == [("coordinates", "A")]
    # Rates worked out by a spreadsheet have all its digits, and lie apart.
    shares = Table(None, (), ("甲", "乙"), 1, [["85.7142857142857", "98.1", "77.25"], ["33.3333333333333", "25.5", "12.125"]])
    assert not list(find_in_table(shares, frozenset(), frozenset()))


@pytest.mark.parametrize(
    "text", ["填表人:    审核人:", "填表人: 填报日期:2026年11月5日", "联系电话:", "江某县", "3×4", "甲类×乙类", "陆路运输", "公安局", "街道办"]
)
def test_what_only_looks_like_a_person(text: str) -> None:
    assert find_in_text(text) is None


DAYS = [f"{1960 + number}0{1 + number % 9}1{number % 9}" for number in range(40)]


def fault_of(keys: list[str]) -> str | None:
    """What the gate says of a column of keys, and if nothing the inspection after it."""
    return pseudonyms.identity_fault_of(keys) or ("key_sequence" if pseudonyms.are_running_numbers(keys) else None)


@pytest.mark.parametrize(
    ("keys", "rule"),
    [
        ([uuid.UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC834 % 2**128).hex[:16] for number in range(1, 40)], "key_hash"),
        ([uuid.UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC834 % 2**128).hex.replace("4", "5") for number in range(1, 40)], "key_hash"),
        (["aB3" + f"{number * 7919 % 10**19:019}"[::-1] + "Zq" for number in range(1, 40)], None),  # 24 signs, see below
        ([f"ZH{day}A{number * 37 % 91:02}" for number, day in enumerate(DAYS)], "key_birth"),
        ([f"P-{number:05}" for number in (7, 3, 9, 1, 5, 8, 2, 6, 4, 10)], "key_sequence"),
        ([f"P202610{number:03}X" for number in (7, 3, 9, 1, 5, 8, 2, 6, 4, 10)], "key_sequence"),
        (["P-110105491231002"], "key_identity"),
    ],
)
def test_keys_that_are_no_pseudonyms(keys: list[str], rule: str | None) -> None:
    if rule is None:  # base64 of an MD5 is 24 signs long, of both cases
        rule = "key_hash"
    assert fault_of(keys) == rule


def test_random_keys_pass() -> None:
    draw = random.Random(4)
    base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    makers: tuple[Callable[[], str], ...] = (
        lambda: "".join(draw.choices(base32, k=10)),
        lambda: str(uuid.UUID(int=draw.getrandbits(128), version=4)),
        lambda: uuid.UUID(int=draw.getrandbits(128), version=4).hex,
        lambda: f"{draw.getrandbits(48):012x}",
        lambda: f"{draw.getrandbits(96):024x}",
        lambda: f"P{draw.getrandbits(64):016x}",
        lambda: f"K{draw.randint(0, 10**8):08}",
    )
    columns = [[maker() for _ in range(160)] for maker in makers for _ in range(100)]
    faults = Counter(fault for column in columns if (fault := fault_of(column)))
    print(f"{faults.total()} false alarms in {len(columns)} columns of random keys {dict(faults)}")
    assert faults.total() == 0


# ---- whole files: every kind in every place ----

Spoil = Callable[[Path, str], Path]


def _book(
    path: Path, write: Callable[[xlsxwriter.Workbook, Any], None] | None = None, cells: Sequence[Sequence[str]] | None = None, sheet: str = "报表"
) -> Path:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        for number, line in enumerate(cells or grid(REGISTRY, rows(REGISTRY))):
            page.write_row(number, 0, line)
        if write:
            write(book, page)
    return path


def _in_title(path: Path, text: str) -> Path:
    return _book(path, cells=[[text], *grid(REGISTRY, rows(REGISTRY))])


def _in_header(path: Path, text: str) -> Path:
    cells = grid(REGISTRY, rows(REGISTRY))
    return _book(path, cells=[[*cells[0], text], *([*line, ""] for line in cells[1:])])


def _in_second_header(path: Path, text: str) -> Path:
    cells = grid(REGISTRY, rows(REGISTRY))
    return _book(path, cells=[cells[0], [text, *[""] * (len(cells[0]) - 1)], *cells[1:]])


def _in_hidden_sheet(path: Path, text: str) -> Path:
    def write(book: xlsxwriter.Workbook, _: Any) -> None:
        other = book.add_worksheet("备用")
        other.write(3, 2, text)
        other.hide()

    return _book(path, write)


def _in_hidden_column(path: Path, text: str) -> Path:
    def write(_: xlsxwriter.Workbook, page: Any) -> None:
        page.write_string(2, 25, text)
        page.set_column(25, 25, None, None, {"hidden": True})

    return _book(path, write)


def _in_hidden_row(path: Path, text: str) -> Path:
    def write(_: xlsxwriter.Workbook, page: Any) -> None:
        page.write_string(9, 0, text)
        page.set_row(9, None, None, {"hidden": True})

    return _book(path, write)


def _in_threaded_comment(path: Path, text: str) -> Path:
    _book(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(
            "xl/threadedComments/threadedComment1.xml",
            f'<ThreadedComments><threadedComment ref="A1"><text>{text}</text></threadedComment></ThreadedComments>',
        )
    return path


PLACES: dict[str, Spoil] = {
    "cell": lambda path, text: _book(path, cells=grid(REGISTRY, rows(REGISTRY, reason=text))),
    "title": _in_title,
    "header": _in_header,
    "second header": _in_second_header,
    "sheet name": lambda path, text: _book(path, sheet=text.translate(str.maketrans("", "", "[]:*?/\\"))[:31]),
    "hidden sheet": _in_hidden_sheet,
    "hidden column": _in_hidden_column,
    "hidden row": _in_hidden_row,
    "comment": lambda path, text: _book(path, lambda _, page: page.write_comment("B2", text)),
    "threaded comment": _in_threaded_comment,
    "text box": lambda path, text: _book(path, lambda _, page: page.insert_textbox("D9", text)),
    "print footer": lambda path, text: _book(path, lambda _, page: page.set_footer(f"&L制表&R{text}")),
    "defined name": lambda path, text: _book(path, lambda book, _: book.define_name("旁注", f'="{text}"')),
    "properties": lambda path, text: _book(path, lambda book, _: book.set_properties({"comments": text})),
    "input tip": lambda path, text: _book(
        path, lambda _, page: page.data_validation("C3", {"validate": "any", "input_title": "提示", "input_message": text})
    ),
}
# A sheet's name cannot hold the signs these are made of.
UNNAMABLE = {("sheet name", kind) for kind in ("labelled", "birth_date", "case_number", "chat", "masked_name", "coordinates")}


@pytest.mark.parametrize("place", PLACES)
def test_every_kind_is_found_in_every_place_of_a_workbook(place: str, tmp_path: Path, pack: CountyPack) -> None:
    """Each kind in every second place; `make soak` puts each into all."""
    draw = random.Random(place)
    for turn, kind in enumerate(planted.KINDS):
        if (turn + list(PLACES).index(place)) % 2 and not SOAK:
            continue
        if (place, kind.__name__) in UNNAMABLE:
            continue
        text = kind(draw)
        file = PLACES[place](tmp_path / NAME, text)
        result = inspect(file, pack, on=ON)
        assert result.has_identifiers, f"{kind.__name__} in {place}"
        assert text not in json.dumps(result.as_json(), ensure_ascii=False) + "".join(result.lines())


def test_every_kind_is_found_in_a_file_name() -> None:
    draw = random.Random(2)
    unnamable = {"chat", "labelled", "birth_date", "case_number", "masked_name"}  # made of signs that no file name holds
    assert not [kind.__name__ for kind in planted.KINDS if kind.__name__ not in unnamable and not find_in_name(f"在册_{kind(draw)}_202610.csv")]


def test_an_old_workbook_hides_nothing(tmp_path: Path) -> None:
    """Print headers of .xls are records that readers of cells pass over."""
    number = planted.id_18(random.Random(1))
    book = xlwt.Workbook()
    page = book.add_sheet("报表")
    page.write(0, 0, "x")
    page.header_str = f"&R{number}".encode()
    page.footer_str = b"&LQQ:12345678"
    stream = io.BytesIO()
    book.save(stream)
    assert {found.rule for found in find_in_lines(hidden_texts(stream.getvalue()))} >= {"id_number", "chat_account"}


def test_annotations_and_properties_of_an_open_document() -> None:
    stream = io.BytesIO()
    number, phone = planted.id_18(random.Random(1)), planted.mobile(random.Random(1))
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(
            "content.xml", f"<x><office:annotation><text:p>{number[:9]}<text:span>{number[9:]}</text:span></text:p></office:annotation></x>"
        )
        archive.writestr("meta.xml", f"<x><dc:description>{phone}</dc:description></x>")
    assert Counter(found.rule for found in find_in_lines(hidden_texts(stream.getvalue())))["id_number"] == 1
    assert "mobile" in {found.rule for found in find_in_lines(hidden_texts(stream.getvalue()))}


@pytest.mark.parametrize("markup", ["<t><![CDATA[{}]]></t>", "<x title='{}'/>", '<x title = "{}"/>', "<t>电话<![CDATA[:{}]]></t>"])
def test_no_way_of_writing_markup_hides_anything(markup: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/comments1.xml", f"<comments>{markup.format(planted.mobile(random.Random(1)))}</comments>")
    assert "mobile" in {trace.rule for trace in find_in_lines(hidden_texts(stream.getvalue()))}


def test_a_workbook_that_cannot_be_read_is_searched_all_the_same(tmp_path: Path, pack: CountyPack) -> None:
    file = _book(
        tmp_path / NAME,
        lambda _, page: page.write_formula("Z1", "=NOW()", None, ""),
        grid(REGISTRY, rows(REGISTRY, reason=planted.id_18(random.Random(1)))),
    )
    result = inspect(file, pack, on=ON)
    assert result.has_identifiers


# ---- the destroy rule ----


@pytest.mark.parametrize("flags", [[], ["--json"], ["--debug"]])
def test_nothing_of_a_refused_file_is_left_anywhere(flags: list[str], tmp_path: Path) -> None:
    draw = random.Random(8)
    texts = [kind(draw) for kind in planted.KINDS for _ in range(20)]
    cells = grid(REGISTRY, rows(REGISTRY))
    plain = write_csv(tmp_path, "在册吸毒人员_202610_报20261105.csv", [*cells, *([text, *[""] * (len(cells[0]) - 1)] for text in texts)])
    book = _book(tmp_path / NAME, cells=[*cells, *([text] for text in texts)])
    data, scratch = tmp_path / "folder", tmp_path / "scratch"
    scratch.mkdir()
    command = [sys.executable, "-m", "etl", "load", str(plain), str(book), "--data", str(data), *flags]
    done = subprocess.run(
        command, cwd=ROOT, env={"PATH": "/usr/bin:/bin", "TMPDIR": str(scratch), "PYTHONIOENCODING": "utf-8"}, capture_output=True, check=False
    )
    assert done.returncode == 2
    left = [done.stdout, done.stderr, *(path.read_bytes() for folder in (data, scratch) for path in folder.rglob("*") if path.is_file())]
    entries = [json.loads(line) for line in (data / "raw" / "ledger.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(entries) == 2
    assert all(entry["sha256"] and entry["bytes"] and entry["problems"] for entry in entries)
    assert not list(scratch.rglob("*"))
    assert not (data / "raw" / "quarantine").exists()
    stored = [text for text in texts for form in ("utf-8", "gb18030", "utf-16-le") if any(text.encode(form) in content for content in left)]
    escaped = [text for text in texts if any(json.dumps(text)[1:-1].encode() in content for content in left)]
    print(f"{len(texts)} identifiers in two refused files, {len(stored) + len(escaped)} left in {len(left)} outputs and files")
    assert not stored
    assert not escaped


def test_a_sheet_beside_the_table_is_searched_by_column() -> None:
    from etl.reading.table import Sheet

    sheet = Sheet("备用", False, [["王晓明", "5"], ["李建国", "6"], ["张伟", "7"]])
    assert [(found.rule, found.column) for found in find_in_sheet(sheet)] == [("person_names", "A")]


@pytest.mark.parametrize(("form", "rule"), [("YX{0:04}K", "key_sequence"), ("ZH19{0:02}0{1}1{1}Q{0}", "key_birth")])
def test_a_delivery_with_such_keys_is_refused(form: str, rule: str, tmp_path: Path, pack: CountyPack) -> None:
    records = [{**row, "person_key": form.format(61 + 3 * number % 17, number + 1)} for number, row in enumerate(rows(REGISTRY))]
    result = inspect(write_csv(tmp_path, "在册吸毒人员_202610_报20261105.csv", grid(REGISTRY, records)), pack, on=ON)
    assert rule in dict(result.problem_counts)
    assert result.has_identifiers == (rule == "key_birth")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "王小明(在册)",
            "张某某",
            "李×",
            "户主王晓明",
            "加微信 zhang_san88",
            "电话 65317777",
            "制表:王晓明",
            "审核:李建国",
            "绰号黑皮",
            "王晓明(1990年生)",
        ),
        *("王晓明、李建国贩卖毒品案", "王某贩卖毒品案", "经度102.712345 纬度25.041234", "1990年3月5日出生", "责任民警:张伟", "某某小区3幢201"),
        *("微信号 abc12345", "5301 0219 9001 0112 34", "王小明13800138000", "填报人 王晓明 2026年11月5日"),
    ],
)
def test_what_careless_hands_write(text: str) -> None:
    assert find_in_text(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "审核人:  负责人:  制表日期:2026年11月5日",
            "单位负责人(盖章):",
            "非法持有毒品案",
            "走私、贩卖、运输毒品案",
            "电话回访120人次",
            "微信公众号推文35篇",
        ),
        *("QQ群宣传3次", "2026-10-01至2026-10-31", "某某县禁毒委员会办公室", "海洛因12.35克", "1,234,567", "第3组", "北京路街道", "审核:", "3x"),
    ],
)
def test_what_careful_hands_write(text: str) -> None:
    assert find_in_text(text, 120) is None


def test_pictures_in_an_old_workbook_say_nothing() -> None:
    noise = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.Random(1).randbytes(1_000_000)
    assert not list(find_in_hidden(noise))
