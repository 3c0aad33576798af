"""A profile maps what a person confirmed and nothing else; it is kept with the files read by it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest

from etl.commands.main import main
from etl.contract import Type
from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.inspection import inspect as inspection
from etl.inspection.result import InspectionResult
from etl.inspection.typed_rows import TypedRows
from etl.ledger import ledger
from etl.ledger.ledger import LedgerError
from etl.mapping import apply as mapping
from etl.mapping import profile
from etl.mapping.kept import load_all, save
from etl.mapping.profile import Profile, ProfileError
from etl.publishing.acceptance import accept
from etl.reading.table import Table
from tests.etl.files import ON, REGISTRY, TOWNSHIPS, grid, rows, write_csv, write_xlsx

COUNTS = extracts()["case_counts"]
FIRST, SECOND = TOWNSHIPS[:2]
CHOICES = {
    "columns": {"township": ["所在地"], "charge": ["类别"]},
    "values": {"township": {"东镇": FIRST, "西镇": SECOND}, "charge": {"卖": "trafficking", "持": "possession"}},
    "ignored": ["页码"],
    "filters": {"大类": ["涉毒"]},
    "has_month_columns": True,
    "counts_into": "opened",
}
WIDE = Profile.from_choices("wide", COUNTS, **CHOICES)
NAME = "月报_报20260305.csv"
CELLS = [
    ["大类", "所在地", "类别", "页码", "202601", "2026年2月"],
    ["涉毒", "东镇", "卖", "1", "3", "4"],
    ["盗窃", "东镇", "入室", "1", "9", "9"],
    ["涉毒", "西镇", "持", "2", "0", "1"],
]


def cells(row: int | None = None, column: int = 0, text: str = "") -> list[list[str]]:
    """The table in order, with one cell changed; rows counted as the file's own program counts."""
    changed = [list(line) for line in CELLS]
    if row is not None:
        changed[row - 1][column] = text
    return changed


def judge(folder: Path, pack: CountyPack, table: list[list[str]], mapping: Profile = WIDE, name: str = NAME) -> InspectionResult:
    return inspection.inspect(write_csv(folder, name, table), pack, on=ON, profile=mapping)


def places(result: InspectionResult) -> set[tuple[str, str | None, int | None]]:
    return {(problem.rule, problem.column, problem.row) for problem in result.problems}


def test_a_wide_table_becomes_rows_with_the_numbers_of_the_source(pack: CountyPack) -> None:
    head, *body = CELLS
    table = Table(None, (), tuple(head), 1, [tuple(column) for column in zip(*body, strict=True)])
    mapped = mapping.apply(WIDE, table, COUNTS, pack)
    assert mapped.problems == ()
    rows = sorted(zip(*mapped.table.columns, [mapped.table.row_number(row) for row in range(4)], strict=True))
    assert rows == [
        ("2026-01", FIRST, "trafficking", "3", 2),
        ("2026-01", SECOND, "possession", "0", 4),
        ("2026-02", FIRST, "trafficking", "4", 2),
        ("2026-02", SECOND, "possession", "1", 4),
    ]
    assert [remark.rule for remark in mapped.remarks] == ["rows_filtered"]


def test_the_month_columns_tell_the_coverage_and_must_agree_with_the_name(tmp_path: Path, pack: CountyPack) -> None:
    result = judge(tmp_path, pack, cells())
    assert not result.is_refused, result.lines()
    assert (result.first_month, result.last_month) == (date(2026, 1, 1), date(2026, 2, 1))
    assert result.profile_sha256 == WIDE.sha256
    assert any("1行不计" in line for line in result.lines())
    other = judge(tmp_path, pack, cells(), name="月报_202601-202603_报20260405.csv")
    assert ("coverage_conflict", None, None) in places(other)


@pytest.mark.parametrize(
    ("row", "column", "text", "expected"),
    [
        (1, 3, "页数", ("unmapped_header", "D", 1)),
        (1, 5, "2026-01", ("duplicate_header", "F", 1)),
        (1, 5, "202603", ("month_gap", None, 1)),
        (2, 1, "南镇", ("unmapped_value", "所在地", 2)),
        (4, 2, "制造些", ("unmapped_value", "类别", 4)),
        (4, 4, "3人", ("count", "202601", 4)),
        (2, 5, "-1", ("negative", "2026年2月", 2)),
        (2, 5, "", ("missing", "2026年2月", 2)),
        (4, 1, "110101001000", ("township_unknown", "所在地", 4)),
    ],
)
def test_what_the_profile_leaves_open_is_a_problem_at_its_place_in_the_source(
    tmp_path: Path, pack: CountyPack, row: int, column: int, text: str, expected: tuple[str, str | None, int | None]
) -> None:
    result = judge(tmp_path, pack, cells(row, column, text))
    assert expected in places(result)
    if row > 1 and text:
        assert text not in json.dumps(result.as_json(), ensure_ascii=False)


def test_rows_of_one_key_are_added_only_where_the_profile_says_so(tmp_path: Path, pack: CountyPack) -> None:
    table = [*cells(), ["涉毒", "东镇", "卖", "9", "10", "20"]]
    refused = judge(tmp_path, pack, table)
    assert ("duplicate_key", None, 5) in {(rule, None, row) for rule, _, row in places(refused)}
    adding = replace(WIDE, adds_up=True)
    result = judge(tmp_path, pack, table, adding)
    assert [remark.rule for remark in result.remarks] == ["rows_filtered", "rows_added"]
    (entry,) = accept([result], tmp_path / "data", "test")
    columns = TypedRows(pack, tmp_path / "data").of(entry).to_pydict().values()
    # East: 3 + 10 and 4 + 20; west: 0 and 1.
    assert sorted(zip(*columns, strict=True)) == [
        (date(2026, 1, 1), FIRST, "trafficking", 13),
        (date(2026, 1, 1), SECOND, "possession", 0),
        (date(2026, 2, 1), FIRST, "trafficking", 24),
        (date(2026, 2, 1), SECOND, "possession", 1),
    ]


def test_a_count_with_its_unit_is_added_as_the_number_it_is(tmp_path: Path, pack: CountyPack) -> None:
    table = [*cells(2, 4, "3起"), ["涉毒", "东镇", "卖", "9", "1,000", "2"]]
    result = judge(tmp_path, pack, table, replace(WIDE, adds_up=True))
    assert not result.is_refused, result.lines()
    (entry,) = accept([result], tmp_path / "data", "test")
    columns = TypedRows(pack, tmp_path / "data").of(entry).to_pydict().values()
    assert (date(2026, 1, 1), FIRST, "trafficking", 1003) in set(zip(*columns, strict=True))


@pytest.mark.parametrize("blank", ["", "—", " - "])
def test_a_blank_count_is_zero_only_where_the_profile_says_so(tmp_path: Path, pack: CountyPack, blank: str) -> None:
    assert judge(tmp_path, pack, cells(2, 4, blank)).is_refused
    result = judge(tmp_path, pack, cells(2, 4, blank), replace(WIDE, blank_is_zero=True))
    assert not result.is_refused, result.lines()
    (entry,) = accept([result], tmp_path / "data", "test")
    columns = TypedRows(pack, tmp_path / "data").of(entry).to_pydict().values()
    assert (date(2026, 1, 1), FIRST, "trafficking", 0) in set(zip(*columns, strict=True))


def test_rows_that_are_no_records_are_left_out_by_word_and_any_other_word_still_asks(tmp_path: Path, pack: CountyPack) -> None:
    table = [*CELLS, ["涉毒", "东镇", "其中大案", "3", "1", "1"]]
    mapping_ = replace(WIDE, left_out={"类别": ("其中大案",)})
    result = judge(tmp_path, pack, table, mapping_)
    assert not result.is_refused, result.lines()
    assert result.remarks[0].message.zh == "按方案有2行不计"  # the burglary by the filter, and this one
    table.append(["涉毒", "东镇", "其中小案", "3", "1", "1"])
    assert ("unmapped_value", "类别", 6) in places(judge(tmp_path, pack, table, mapping_))


def test_measures_and_a_month_in_two_columns(tmp_path: Path, pack: CountyPack) -> None:
    mapping = Profile.from_choices(
        "measures",
        COUNTS,
        columns={"township": "town", "month": ["year", "mon"]},
        measures={"sold": {"charge": "trafficking"}, "held": {"charge": "possession"}},
        counts_into="opened",
        encoding="iso-8859-1",
        separator=";",
    )
    path = tmp_path / "m_202610_报20261105.csv"
    path.write_bytes(f'"town";"year";"mon";"sold";"held"\r\n"{FIRST}";2026;10;5;6\r\n'.encode("iso-8859-1"))
    result = inspection.inspect(path, pack, on=ON, profile=mapping)
    assert not result.is_refused, result.lines()
    (entry,) = accept([result], tmp_path / "data", "test")
    columns = TypedRows(pack, tmp_path / "data").of(entry).to_pydict().values()
    october = date(2026, 10, 1)  # never January, however the two columns are joined
    assert sorted(zip(*columns, strict=True)) == [(october, FIRST, "possession", 6), (october, FIRST, "trafficking", 5)]


def test_a_workbook_is_read_by_its_profile_below_its_title(tmp_path: Path, pack: CountyPack) -> None:
    path = write_xlsx(tmp_path, "月报_报20260305.xlsx", cells(), above=[["某县案件情况"]])
    result = inspection.inspect(path, pack, on=ON, profile=WIDE)
    assert not result.is_refused, result.lines()
    spoiled = write_xlsx(tmp_path, "月报二_报20260305.xlsx", cells(4, 4, "x"), above=[["某县案件情况"]])
    assert ("count", "202601", 5) in places(inspection.inspect(spoiled, pack, on=ON, profile=WIDE))


def test_the_gate_sees_what_the_profile_leaves_out(tmp_path: Path, pack: CountyPack) -> None:
    planted = judge(tmp_path, pack, cells(3, 3, "13812345678"))  # in an ignored column of a row that is filtered out
    assert planted.has_identifiers
    named = Profile.from_choices("named", COUNTS, **{**CHOICES, "ignored": ["姓名"]})
    assert judge(tmp_path, pack, cells(1, 3, "姓名"), named).has_identifiers


def test_a_code_that_looks_like_a_passport_passes_only_as_a_confirmed_place(tmp_path: Path, pack: CountyPack) -> None:
    mapping = Profile.from_choices("wards", COUNTS, **{**CHOICES, "values": {**CHOICES["values"], "township": {"E05013570": FIRST, "西镇": SECOND}}})
    assert not judge(tmp_path, pack, cells(2, 1, "E05013570"), mapping).has_identifiers
    assert judge(tmp_path, pack, cells(2, 1, "E05013571"), mapping).has_identifiers
    assert judge(tmp_path, pack, cells(2, 3, "E05013570"), mapping).has_identifiers


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"columns": {"township": ["所在地"]}}, "profile_column"),  # nothing says the charge
        ({"columns": {"township": ["所在地"], "charge": ["类别"], "month": ["月"]}}, "profile_column"),  # the month has two sources
        ({"columns": {"township": ["所在地"], "charge": ["所在地"]}}, "profile_header"),
        ({"columns": {"township": ["所在地", "镇"], "charge": ["类别"]}}, "profile_column"),
        ({"values": {"charge": {"卖": "no-such-code"}}}, "profile_code"),
        ({"counts_into": None}, "profile_counts"),
        ({"counts_into": "charge"}, "profile_counts"),
        ({"measures": {"卖": {"charge": "trafficking"}}}, "profile_layout"),
        ({"encoding": "ascii"}, "profile_encoding"),
        ({"adds_up": "yes"}, "profile_form"),
        ({"unheard_of": 1}, "profile_form"),
    ],
)
def test_choices_that_make_no_whole_row_are_refused(change: dict[str, object], rule: str) -> None:
    with pytest.raises(ProfileError) as refused:
        Profile.from_choices("wide", COUNTS, **{**CHOICES, **change})
    assert rule in {problem.rule for problem in refused.value.problems}


WHOLE = {"version": 1, "name": "wide", "extract": "case_counts", **CHOICES}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 2}, "version:不是1"),
        ({"extract": "no-such"}, "extract:没有这一报表类型"),
        ({"name": "a/b"}, "name:方案名称不对"),
        ({"separator": "::"}, "separator:不在可用之列"),
        ({"adds_up": "yes"}, "adds_up:类型不对,应为true或false"),
        ({"columns": {"township": ["所在地"], "charge": 5}}, "columns.charge:类型不对"),
        ({"values": {"charge": {"卖": 1}}}, "values.charge:类型不对"),
        ({"filters": {"赵某某": 1}}, "filters:类型不对"),
        ({"ignored": {"页码": 1}}, "ignored:类型不对,应为方括号内的文字列表"),
        ({"赵某某": 1}, "映射方案第10项不是可用的项目"),
        ({"values": {"赵某某": {"卖": "trafficking"}}}, "values:第1个键不是模板的列"),
        ({"columns": {"township": ["所在地"], "charge": ["类别"], "赵某某": ["页"]}}, "columns:第3个键不是模板的列"),
        ({"columns": {"township": ["所在地"]}}, "columns.charge:这一列没有来源"),
        ({"constants": {"charge": "trafficking"}}, "columns.charge:这一列有两个来源"),
        ({"columns": {"township": ["所在地"], "charge": ["页码"]}}, "columns.charge, ignored:一个源表头用了两次"),
        ({"values": {"charge": {"赵某某": "no-such"}}}, "values.charge:给出的代码不在代码表内"),
        ({"counts_into": "charge"}, "counts_into:没有指明数量列"),
    ],
)
def test_a_fault_of_a_profile_names_its_item_and_no_word_of_a_file(change: dict[str, object], said: str) -> None:
    with pytest.raises(ProfileError) as refused:
        profile.parse(json.dumps({**WHOLE, **change}).encode(), extracts())
    assert any(problem.message.zh.startswith(said) for problem in refused.value.problems)
    assert "赵某某" not in str(refused.value.problems)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"version": 1,\n "name": "a"\n "extract": "cases"}', "映射方案第3行第2列不是JSON"),
        ('{"name": "甲"}'.encode("gb18030"), "映射方案不是UTF-8文本"),
        (b"[]", "映射方案最外层不是花括号"),
        (b'{"version": 1, "name": "a", "columns": {}}', "extract:缺少这一项"),
    ],
)
def test_a_profile_that_cannot_be_read_says_where(content: bytes, said: str) -> None:
    with pytest.raises(ProfileError) as refused:
        profile.parse(content, extracts())
    assert [problem.message.zh for problem in refused.value.problems] == [said]


def test_every_item_of_a_profile_has_its_shape_told() -> None:
    assert set(profile._TYPES) == {one.name for one in fields(Profile)}
    assert set(profile._TYPES.values()) == set(profile._EXPECTED)


def test_a_kept_profile_finds_its_files_and_a_later_change_leaves_accepted_ones_alone(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    save(WIDE, data)
    assert load_all(data, extracts()) == [WIDE]
    assert profile.parse(WIDE.content(), extracts()).sha256 == WIDE.sha256
    result = inspection.inspect(write_csv(tmp_path, NAME, cells()), pack, on=ON, data=data)
    (entry,) = accept([result], data, "test")
    assert ledger.read(data)[0].profile_sha256 == entry.profile_sha256 == WIDE.sha256
    before = TypedRows(pack, data).of(entry)
    swapped = Profile.from_choices("wide", COUNTS, **{**CHOICES, "values": {**CHOICES["values"], "township": {"东镇": SECOND, "西镇": FIRST}}})
    save(swapped, data)
    assert load_all(data, extracts()) == [swapped]
    assert TypedRows(pack, data).of(entry) == before
    kept = data / "profiles" / f"{WIDE.sha256}.json"
    kept.chmod(0o640)
    kept.write_bytes(kept.read_bytes() + b" ")
    with pytest.raises(LedgerError):
        TypedRows(pack, data).of(entry)


def test_two_profiles_that_fit_are_asked_and_one_that_knows_all_headers_goes_first(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    path = write_csv(tmp_path, NAME, cells())
    save(Profile.from_choices("narrow", COUNTS, **{**CHOICES, "ignored": []}), data)
    save(WIDE, data)
    assert inspection.inspect(path, pack, on=ON, data=data).profile_sha256 == WIDE.sha256
    save(Profile.from_choices("other", COUNTS, **CHOICES), data)
    assert ("profile_conflict", None, None) in places(inspection.inspect(path, pack, on=ON, data=data))
    assert not inspection.inspect(path, pack, on=ON, data=data, profile=WIDE).is_refused


def test_a_line_written_before_profiles_were_known_still_checks(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    accept([judge(tmp_path, pack, cells())], data, "test")
    path = ledger.ledger_path(data)
    fields = json.loads(path.read_text(encoding="utf-8"))
    del fields["profile_sha256"], fields["line_sha256"]
    checksum = hashlib.sha256(json.dumps(fields, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    path.write_text(json.dumps({**fields, "line_sha256": checksum}, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    (entry,) = ledger.read(data)
    assert entry.profile_sha256 is None
    # A line that names a profile is covered by its checksum as every other field.
    path.write_text(path.read_text(encoding="utf-8").replace('"reader_version"', '"profile_sha256": "0", "reader_version"'), encoding="utf-8")
    with pytest.raises(LedgerError):
        ledger.read(data)


def test_the_command_line_keeps_a_profile_and_uses_it_next_month(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written, data = tmp_path / "wide.json", ["--data", str(tmp_path / "data")]
    written.write_bytes(WIDE.content())
    first = write_csv(tmp_path, NAME, cells())
    assert main(["load", *data, "--no-build", "--profile", str(written), str(first)]) == 0
    later = cells()
    later[0][4:] = ["202603", "202604"]
    assert main(["load", *data, "--no-build", str(write_csv(tmp_path, "月报_报20260505.csv", later))]) == 0
    capsys.readouterr()
    assert main(["profiles", *data]) == 0
    assert WIDE.sha256[:12] in capsys.readouterr().out
    written.write_text("{}", encoding="utf-8")
    assert main(["load", *data, "--no-build", "--profile", str(written), str(first)]) == 2


def test_the_profile_in_the_documentation_can_be_used(tmp_path: Path, pack: CountyPack) -> None:
    page = (Path(__file__).parents[2] / "docs" / "profiles.md").read_text(encoding="utf-8")
    shown = profile.parse(page.split("```json\n")[1].split("```")[0].encode(), extracts())
    table = [["业务大类", "所在镇街", "案件类别", "打印页码", "202601"], ["涉毒案件", "云汀", "贩毒类", "1", "3"]]
    result = judge(tmp_path, pack, table, shown, "镇街表_报20260205.csv")
    assert not result.is_refused, result.lines()
    named = {f"`{name}`" for name in Profile.__dataclass_fields__ if name not in ("name", "extract")}
    assert all(name in page for name in named)


def test_a_register_with_headers_of_its_own_is_read_row_by_row(tmp_path: Path, pack: CountyPack) -> None:
    own = {column.header: f"甲县{position}" for position, column in enumerate(REGISTRY.columns)}
    mapping = Profile.from_choices(
        "register",
        REGISTRY,
        columns={column.name: [own[column.header]] for column in REGISTRY.columns},
        values={"sex": {"M": "male", "F": "female"}},
    )
    assert profile.headers_of(mapping, REGISTRY, Type.KEY) == {own[REGISTRY.column("person_key").header]}
    table = grid(REGISTRY, rows(REGISTRY, sex="M"))
    table[0] = [own[header] for header in table[0]]
    result = judge(tmp_path, pack, table, mapping, "甲县_202610_报20261105.csv")
    assert not result.is_refused, result.lines()
    assert (result.extract, result.rows_found) == ("registry", 5)
    birth_year = own[REGISTRY.column("birth_year").header]
    table[3][table[0].index(birth_year)] = "1890"
    assert places(judge(tmp_path, pack, table, mapping, "甲县_202610_报20261105.csv")) == {("year", birth_year, 4)}
