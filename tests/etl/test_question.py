"""Tables in nobody's form: where the header stands, what is proposed with which reason, and what the answers make."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from etl import intake
from etl.county.pack import CountyPack
from etl.county.read import read_pack
from etl.extracts import extracts
from etl.inspection import inspect as inspection
from etl.inspection.typed_rows import TypedRows
from etl.ledger import ledger
from etl.mapping import question
from etl.mapping.profile import Profile, ProfileError
from etl.mapping.question import FILTER, LEFT_OUT, MONTH, UNUSED, Answers, TablePlace, Use, UseKind
from etl.publishing.acceptance import accept
from tests.etl.files import ON, TOWNSHIPS, write_csv, write_xlsx

CONTRACTS = extracts()
PACK = read_pack(Path(__file__).parents[2] / "county")
COUNTS = CONTRACTS["case_counts"]
FIRST, SECOND = TOWNSHIPS[:2]
TOWN, CHARGE = Use(UseKind.COLUMN, "township"), Use(UseKind.COLUMN, "charge")
SOLD, HELD = Use(UseKind.COUNT, "charge", "trafficking"), Use(UseKind.COUNT, "charge", "possession")
TITLE = [["某县毒品案件统计表"], ["填报单位:某办", "", "单位:起"]]


def likeliest(path: Path) -> TablePlace:
    return question.places(path.read_bytes(), CONTRACTS, PACK)[0]


def rows_of(folder: Path, pack: CountyPack, path: Path, profile: Profile) -> list[tuple[object, ...]]:
    """What the build will read of a file: month, township, charge and count."""
    result = inspection.inspect(path, pack, on=ON, profile=profile)
    assert not result.is_refused, result.lines()
    (entry,) = accept([result], folder / "data", "test")
    columns = TypedRows(pack, folder / "data").of(entry).to_pydict()
    assert list(columns) == ["month", "township", "charge", "opened"]
    return sorted(zip(*columns.values(), strict=True))


@pytest.mark.parametrize(
    ("cells", "merged", "headers", "rows"),
    [
        ([["镇", "卖毒", "持毒"], ["甲", "1", "2"]], [], ("镇", "卖毒", "持毒"), (3, 3)),
        ([["镇", "案件", ""], ["", "卖毒", "持毒"], ["甲", "1", "2"]], ["A3:A4", "B3:C3"], ("镇", "案件卖毒", "案件持毒"), (3, 4)),
        (
            [["镇", "案件", ""], ["", "立案", ""], ["", "卖毒", "持毒"], ["甲", "1", "2"]],
            ["A3:A5", "B3:C3", "B4:C4"],
            ("镇", "案件立案卖毒", "案件立案持毒"),
            (3, 5),
        ),
        ([["镇", "类别", "2026年1月", "2026年2月"], ["甲", "卖", "1", "2"]], [], ("镇", "类别", "2026年1月", "2026年2月"), (3, 3)),
    ],
)
def test_the_header_is_found_below_title_and_unit_row(
    tmp_path: Path, cells: list[list[str]], merged: list[str], headers: tuple[str, ...], rows: tuple[int, int]
) -> None:
    place = likeliest(write_xlsx(tmp_path, "表.xlsx", cells, above=TITLE, merged=merged))
    assert (place.headers, (place.first_row, place.last_row), place.sheet) == (headers, rows, "报表")
    assert place.words[0] == ("甲",)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_text_file_is_cut_by_the_separator_that_makes_a_table(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "表.csv"
    lines = [separator.join(row) for row in (["镇街名称", "案件类别", "数量"], ["云汀镇", "贩卖", "1"], ["东镇", "持有", "2"])]
    path.write_text("\r\n".join(lines) + "\r\n", encoding=encoding, newline="")
    place = likeliest(path)
    assert (place.headers, place.first_row, place.rows, place.sheet) == (("镇街名称", "案件类别", "数量"), 1, 2, None)
    assert place.words[1] == ("贩卖", "持有")


def test_words_are_shown_only_where_few_and_short(tmp_path: Path) -> None:
    many = [[f"镇{number}", "词" * 21 if number == 5 else "词", "1"] for number in range(61)]
    place = likeliest(write_xlsx(tmp_path, "表.xlsx", [["甲列", "乙列", "丙列"], *many]))
    assert place.words == (None, None, ("1",))


def test_every_proposal_has_its_reason() -> None:
    headers = ("案由", "立案乡镇", "202601", "3月", "页码")
    assert question.likeliest(headers, CONTRACTS) == "case_counts"
    found = question.guesses(headers, COUNTS)
    assert [(guess.use, guess.reason) for guess in found] == [
        (CHARGE, "exact"),
        (TOWN, "similar"),
        (MONTH, "month"),
        (MONTH, "month"),
        (None, "none"),
    ]
    assert question.likeliest(("甲", "乙"), CONTRACTS) is None
    assert question.guesses(("2026年1月",), CONTRACTS["registry"])[0].use is None  # a list of people has no month columns


def test_what_was_answered_before_is_proposed_again() -> None:
    answers = Answers("旧", "case_counts", (TOWN, SOLD, FILTER, UNUSED), {"township": {"甲": FIRST}}, {2: ("是",)})
    place = TablePlace(None, 1, 1, ("镇", "卖", "本县", "页"), ("A", "B", "C", "D"), (("甲",), ("1",), ("是",), ("1",)), 1)
    profile = question.profile_of(place, answers, CONTRACTS)
    assert [guess.use for guess in question.guesses(("镇", "卖", "本县", "页", "新"), COUNTS, profile)] == [TOWN, SOLD, FILTER, UNUSED, None]


@pytest.mark.parametrize(
    ("column", "word", "code", "reason"),
    [
        ("township", "云汀", FIRST, "exact"),  # a township's name without its kind is a name the county pack has
        ("township", "合计", LEFT_OUT, "similar"),
        ("township", "县外", None, "none"),
        ("charge", "非法持有毒品", "possession", "exact"),
        ("charge", "非法持有毒品罪名", "possession", "similar"),
        ("charge", "盗窃", None, "none"),
    ],
)
def test_a_code_is_proposed_for_a_word(pack: CountyPack, column: str, word: str, code: str | None, reason: str) -> None:
    guess = question.code_guess(COUNTS.column(column), word, pack)
    assert (guess.use.code if guess.use else None, guess.reason) == (code, reason)


def test_what_no_column_gives_is_asked_but_the_month() -> None:
    assert [column.name for column in question.lacking(COUNTS, [TOWN, None])] == ["charge", "opened"]
    assert question.lacking(COUNTS, [TOWN, SOLD, HELD]) == []
    assert [column.name for column in question.lacking(COUNTS, [TOWN, MONTH])] == ["charge"]


def test_a_column_a_charge_with_totals_and_a_footer(tmp_path: Path, pack: CountyPack) -> None:
    cells = [["镇", "卖毒", "持毒"], ["云汀", "3", "1"], ["东边", "2", "0"], ["合计", "5", "1"], ["填表人:", "", "审核人:"]]
    path = write_xlsx(tmp_path, "表_202610_报20261105.xlsx", cells, above=TITLE)
    answers = Answers("甲表", "case_counts", (TOWN, SOLD, HELD), {"township": {"东边": SECOND}})
    profile = question.profile_of(likeliest(path), answers, CONTRACTS)
    month = date(2026, 10, 1)
    assert rows_of(tmp_path, pack, path, profile) == [
        (month, FIRST, "possession", 1),
        (month, FIRST, "trafficking", 3),
        (month, SECOND, "possession", 0),
        (month, SECOND, "trafficking", 2),
    ]
    cells[3][1] = "6"
    wrong = inspection.inspect(write_xlsx(tmp_path, "表_202610_报20261106.xlsx", cells, above=TITLE), pack, on=ON, profile=profile)
    assert [(problem.rule, problem.row) for problem in wrong.problems] == [("total_mismatch", 6)]


def test_months_without_a_year_take_it_from_the_file_and_later_blank_months_are_not_covered(tmp_path: Path, pack: CountyPack) -> None:
    cells = [["镇", "9月", "10月", "11月", "12月"], ["云汀", "1", "2", "", ""], ["合计", "1", "2", "", ""]]
    path = write_csv(tmp_path, "表_202609-202610_报20261105.csv", cells)
    answers = Answers("乙表", "case_counts", (TOWN, MONTH, MONTH, MONTH, MONTH), {"township": {}}, constants={"charge": "trafficking"})
    profile = question.profile_of(likeliest(path), answers, CONTRACTS)
    expected = [(date(2026, 9, 1), FIRST, "trafficking", 1), (date(2026, 10, 1), FIRST, "trafficking", 2)]
    assert rows_of(tmp_path, pack, path, profile) == expected
    untold = inspection.inspect(write_csv(tmp_path, "表_报20261105.csv", cells), pack, on=ON, profile=profile)
    assert "coverage_unknown" in {problem.rule for problem in untold.problems}


def test_a_total_of_several_months_without_a_month_is_refused_unless_it_runs_from_january(tmp_path: Path, pack: CountyPack) -> None:
    path = write_csv(tmp_path, "表_202601-202603_报20260405.csv", [["镇", "卖毒", "持毒"], ["云汀", "3", "1"]])
    place = likeliest(path)
    single = question.profile_of(place, Answers("丙表", "case_counts", (TOWN, SOLD, HELD)), CONTRACTS)
    refused = inspection.inspect(path, pack, on=ON, profile=single)
    assert "month_lacking" in {problem.rule for problem in refused.problems}
    running = question.profile_of(place, Answers("丙表", "case_counts", (TOWN, SOLD, HELD), is_cumulative=True), CONTRACTS)
    result = inspection.inspect(path, pack, on=ON, profile=running)
    assert not result.is_refused, result.lines()
    assert (result.first_month, result.last_month) == (date(2026, 3, 1), date(2026, 3, 1))


def test_two_sheets_that_fit_one_profile_are_refused_by_name_of_the_rule(tmp_path: Path, pack: CountyPack) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for name in ("一", "二"):
        sheet = book.create_sheet(name)
        for row in (["镇", "卖毒", "持毒"], ["云汀", "3", "1"]):
            sheet.append(row)
    path = tmp_path / "表_202610_报20261105.xlsx"
    book.save(path)
    profile = question.profile_of(likeliest(path), Answers("丁表", "case_counts", (TOWN, SOLD, HELD)), CONTRACTS)
    refused = inspection.inspect(path, pack, on=ON, profile=profile)
    assert [(problem.rule, problem.sheet) for problem in refused.problems] == [("several_sheets", "二")]


def test_answers_that_make_no_whole_row_are_refused() -> None:
    place = TablePlace(None, 1, 1, ("镇", "镇名"), ("A", "B"), (("甲",), ("甲",)), 1)
    with pytest.raises(ProfileError):
        question.profile_of(place, Answers("戊表", "case_counts", (TOWN, UNUSED)), CONTRACTS)
    with pytest.raises(ProfileError):
        question.profile_of(place, Answers("戊表", "case_counts", (TOWN, TOWN)), CONTRACTS)


@pytest.mark.parametrize(
    ("name", "proposed"),
    [("镇街月报_202610_报20261105.xlsx", "镇街月报"), ("2026年10月毒品案件统计表.xls", "毒品案件统计表"), ("202610.csv", "映射方案")],
)
def test_a_profile_is_named_after_its_file_without_the_months(name: str, proposed: str) -> None:
    assert question.name_for(name) == proposed


NAMES = ["王建国", "李秀英", "张伟强", "刘洋", "陈静", "杨帆"]


def counted(path: Path, uses: tuple[Use, ...], **said: object) -> Profile:
    """The profile of a table whose first column is the township, with words as the county pack has them."""
    return question.profile_of(likeliest(path), Answers("己表", "case_counts", uses, **{"words": {"township": {}}, **said}), CONTRACTS)  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("column", [NAMES, [f"19{80 + year}-0{year + 1}-1{year}" for year in range(6)]])
def test_a_column_of_people_in_a_text_nobody_mapped_is_found(tmp_path: Path, pack: CountyPack, encoding: str, column: list[str]) -> None:
    lines = ["镇街,经手,数", *(f"云汀,{text},{number}" for number, text in enumerate(column))]
    path = tmp_path / "表_202610_报20261105.csv"
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    assert inspection.inspect(path, pack, on=ON).has_identifiers


def test_rows_chosen_by_a_filter_are_records_whatever_word_stands_in_them(tmp_path: Path, pack: CountyPack) -> None:
    cells = [["镇", "层级", "卖毒"], ["云汀", "其中大案", "1"], ["云汀", "合计", "3"]]
    path = write_xlsx(tmp_path, "表_202610_报20261105.xlsx", cells)
    profile = counted(path, (TOWN, FILTER, SOLD), filters={1: ("合计",)})
    assert rows_of(tmp_path, pack, path, profile) == [(date(2026, 10, 1), FIRST, "trafficking", 3)]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("同上", [4]),  # 1 + 3: the word is filled from above
        ("刑事", [1]),
        ("涉毒类", None),  # a word nobody has named
        ("", None),
    ],
)
def test_a_filter_counts_named_words_and_asks_about_every_other(tmp_path: Path, pack: CountyPack, second: str, expected: list[int] | None) -> None:
    first = write_xlsx(tmp_path, "甲_202610_报20261105.xlsx", [["镇", "大类", "卖毒"], ["云汀", "涉毒", "1"], ["云汀", "刑事", "3"]])
    profile = counted(first, (TOWN, FILTER, SOLD), filters={1: ("涉毒",)}, adds_up=True)
    later = write_xlsx(tmp_path, "乙_202610_报20261106.xlsx", [["镇", "大类", "卖毒"], ["云汀", "涉毒", "1"], ["云汀", second, "3"]])
    if expected is None:
        refused = inspection.inspect(later, pack, on=ON, profile=profile)
        assert [(problem.rule, problem.column, problem.row) for problem in refused.problems] == [("unmapped_value", "大类", 3)]
    else:
        assert [row[3] for row in rows_of(tmp_path, pack, later, profile)] == expected


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_header_with_a_word_of_a_form_is_a_header_and_no_record_is_offered_as_one(tmp_path: Path, suffix: str) -> None:
    cells = [["填报单位", "案由", "数量"], ["云汀", "走私、贩卖、运输、制造毒品", "3"], ["城关", "非法持有毒品", "1"]]
    write = write_csv if suffix == "csv" else write_xlsx
    path = write(tmp_path, f"表_202610_报20261105.{suffix}", cells)
    assert [place.headers for place in question.places(path.read_bytes(), CONTRACTS, PACK)] == [("填报单位", "案由", "数量")]


def test_subtotals_left_out_by_word_are_no_part_of_the_total(tmp_path: Path, pack: CountyPack) -> None:
    cells = [["镇", "类别", "数"], ["云汀", "卖", "3"], ["云汀", "持", "1"], ["云汀", "镇计", "4"], ["合计", "", "4"]]
    path = write_xlsx(tmp_path, "表_202610_报20261105.xlsx", cells)
    words = {"township": {}, "charge": {"卖": "trafficking", "持": "possession", "镇计": LEFT_OUT}}
    profile = counted(path, (TOWN, CHARGE, Use(UseKind.COLUMN, "opened")), words=words)
    month = date(2026, 10, 1)
    assert rows_of(tmp_path, pack, path, profile) == [(month, FIRST, "possession", 1), (month, FIRST, "trafficking", 3)]


def test_a_merged_column_that_is_not_used_does_not_matter(tmp_path: Path, pack: CountyPack) -> None:
    cells = [["片区", "镇", "卖毒"], ["东片", "云汀", "3"], ["", TOWNSHIPS[1], "1"]]
    path = write_xlsx(tmp_path, "表_202610_报20261105.xlsx", cells, merged=["A2:A3"])
    profile = counted(path, (UNUSED, TOWN, SOLD))
    assert [row[3] for row in rows_of(tmp_path, pack, path, profile)] == [3, 1]


def test_a_quarter_is_no_running_total(tmp_path: Path, pack: CountyPack) -> None:
    path = write_xlsx(tmp_path, "表_202606_报20260705.xlsx", [["镇", "卖毒", "持毒"], ["云汀", "3", "1"]], above=[["2026年4—6月统计表"]])
    profile = counted(path, (TOWN, SOLD, HELD), is_cumulative=True)
    assert "coverage_conflict" in {problem.rule for problem in inspection.inspect(path, pack, on=ON, profile=profile).problems}


def test_a_header_that_may_be_october_or_january_is_no_month(tmp_path: Path) -> None:
    place = likeliest(write_xlsx(tmp_path, "表.xlsx", [["镇", "类别", "2026.1"], ["云汀", "卖", "3"]]))
    with pytest.raises(ProfileError) as refused:
        question.profile_of(place, Answers("庚表", "case_counts", (TOWN, CHARGE, MONTH)), CONTRACTS)
    assert [problem.rule for problem in refused.value.problems] == ["profile_unfit"]


def test_another_tables_profile_is_not_replaced_by_its_name(tmp_path: Path) -> None:
    one = likeliest(write_xlsx(tmp_path, "甲.xlsx", [["镇", "卖毒", "持毒"], ["云汀", "3", "1"]]))
    other = likeliest(write_xlsx(tmp_path, "乙.xlsx", [["乡镇街道", "卖毒", "持毒"], ["云汀", "3", "1"]]))
    answers = Answers("月报", "case_counts", (TOWN, SOLD, HELD))
    first = intake.keep_profile(one, answers, tmp_path / "data")
    with pytest.raises(ProfileError) as refused:
        intake.keep_profile(other, answers, tmp_path / "data")
    assert [problem.rule for problem in refused.value.problems] == ["profile_name"]
    renamed = intake.keep_profile(one, replace(answers, name="县局月报"), tmp_path / "data", replaces="月报")
    assert intake.profiles_in_use(tmp_path / "data") == [renamed]
    assert renamed.name != first.name


def test_an_accepted_file_that_is_read_otherwise_than_it_was_stops_the_build(tmp_path: Path, pack: CountyPack) -> None:
    path = write_xlsx(tmp_path, "表_202610_报20261105.xlsx", [["镇", "卖毒", "持毒"], ["云汀", "3", "1"]])
    result = inspection.inspect(path, pack, on=ON, profile=counted(path, (TOWN, SOLD, HELD)))
    (entry,) = accept([result], tmp_path / "data", "test")
    with pytest.raises(ledger.LedgerError, match="accepted with 2"):
        TypedRows(pack, tmp_path / "data").of(replace(entry, row_count=2))


def test_a_file_that_cannot_be_read_has_no_place_to_ask_about() -> None:
    assert question.places(b"\xff\xfe\xff", CONTRACTS, PACK) == ()


def test_months_of_last_year_may_be_left_unused(tmp_path: Path, pack: CountyPack) -> None:
    cells = [["镇", "2025年9月", "2026年9月", "2025年10月", "2026年10月"], ["云汀", "8", "1", "9", "2"], ["合计", "8", "1", "9", "2"]]
    path = write_xlsx(tmp_path, "表_202609-202610_报20261105.xlsx", cells)
    profile = counted(path, (TOWN, UNUSED, MONTH, UNUSED, MONTH), constants={"charge": "trafficking"})
    expected = [(date(2026, 9, 1), FIRST, "trafficking", 1), (date(2026, 10, 1), FIRST, "trafficking", 2)]
    assert rows_of(tmp_path, pack, path, profile) == expected
    assert [guess.use for guess in question.guesses(likeliest(path).headers, COUNTS, profile)] == [TOWN, UNUSED, MONTH, UNUSED, MONTH]


def test_one_endless_line_among_many_short_ones_is_searched_within_bounds(tmp_path: Path, pack: CountyPack) -> None:
    # Written out as one table it would have forty thousand million cells; the names stand behind the first part that is searched.
    path = tmp_path / "表_202610_报20261105.csv"
    names = "\n".join(f"云汀,{name},1" for name in NAMES)
    path.write_text("," * 200_000 + "\n" + "a,b\n" * 200_000 + names + "\n", encoding="utf-8")
    assert inspection.inspect(path, pack, on=ON).has_identifiers
