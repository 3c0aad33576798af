"""What a new edition changes in the records of the one before: late, filled in, corrected, withdrawn and recoded told apart."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from etl.county.pack import current_townships
from etl.county.read import read_pack
from etl.inspection.batch import inspect_batch
from etl.inspection.entries import entry_of
from etl.inspection.typed_rows import TypedRows
from etl.ledger import ledger
from etl.publishing.records_changed import RecordChange, RecordsChanged, in_words, records_changed
from tests.spec.tables import COUNTY, load, write_extract

AUGUST, SEPTEMBER, OCTOBER = date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)
FIRST = """
case_key | case_kind | filed_on | solved_on | place_type | suspects
C-AAKEPT | 刑事 | 2026-08 | - | 出租屋 | 1
C-ABSOLVED | 刑事 | 2026-08 | - | 出租屋 | 2
C-ACWRONG | 刑事 | 2026-08 | - | 宾馆旅店 | 1
C-ADMOVED | 刑事 | 2026-08 | - | 出租屋 | 3
C-AEGONE | 刑事 | 2026-09 | 2026-09 | 出租屋 | 4
C-AFOLDKEY | 刑事 | 2026-09 | - | 寄递物流 | 5
C-AGTOWN | 刑事 | 2026-09 | - | 出租屋 | 6
C-AHPEOPLE | 刑事 | 2026-09 | - | 出租屋 | 7
C-AIUSER | 行政 | 2026-09 | - | 出租屋 | 1
"""
SECOND = """
case_key | case_kind | filed_on | solved_on | place_type | suspects | township
C-AAKEPT | 刑事 | 2026-08 | - | 出租屋 | 1 | {town}
C-ABSOLVED | 刑事 | 2026-08 | 2026-10 | 出租屋 | 2 | {town}
C-ACWRONG | 刑事 | 2026-08 | - | 出租屋 | 1 | {town}
C-ADMOVED | 刑事 | 2026-09 | - | 出租屋 | 3 | {town}
C-AFNEWKEY | 刑事 | 2026-09 | - | 寄递物流 | 5 | {town}
C-AGTOWN | 刑事 | 2026-09 | - | 出租屋 | 6 | {other}
C-AHPEOPLE | 刑事 | 2026-09 | - | 出租屋 | 9 | {town}
C-AJLATE | 刑事 | 2026-08 | - | 出租屋 | 1 | {town}
C-AKLATE | 刑事 | 2026-09 | - | 出租屋 | 2 | {town}
C-ALUSER | 行政 | 2026-08 | - | 出租屋 | 1 | {town}
C-AMNEW | 刑事 | 2026-10 | - | 出租屋 | 1 | {town}
"""


def changed(data: Path, first: Path, second: Path) -> tuple[RecordsChanged, ...]:
    """Accept the first file, hand in the second, and compare the records in force."""
    load(data, first)
    rows = TypedRows(read_pack(COUNTY), data)
    known = ledger.read(data)
    (result,) = inspect_batch([second], rows.pack, data=data, rows=rows)
    assert not result.is_refused, result.problems
    return records_changed(ledger.editions(known), ledger.editions([*known, entry_of(result, "乙")]), rows)


def test_what_became_of_records_is_told_apart(tmp_path: Path) -> None:
    towns = [town.code for town in current_townships(read_pack(COUNTY))]
    town = next(town.code for town in read_pack(COUNTY).townships if town.valid_to is None)
    other = next(code for code in towns if code != town)
    first = write_extract(tmp_path, "cases", "202608-202609", FIRST, "20261005")
    found = changed(tmp_path / "data", first, write_extract(tmp_path, "cases", "202608-202610", SECOND.format(town=town, other=other), "20261105"))
    # Two came late (AJ, AK); AM is of a new month. AB got what was empty. AC changed its place and AD its month. AE is gone. AF has another key,
    # AG another township. Of AH only its number of people changed, AI and AL are people: of these nothing is told.
    assert found == (
        RecordsChanged("cases", RecordChange.LATE, AUGUST, SEPTEMBER, 2),
        RecordsChanged("cases", RecordChange.FILLED, AUGUST, AUGUST, 1),
        RecordsChanged("cases", RecordChange.CORRECTED, AUGUST, SEPTEMBER, 2),
        RecordsChanged("cases", RecordChange.WITHDRAWN, SEPTEMBER, SEPTEMBER, 1),
        RecordsChanged("cases", RecordChange.RECODED, SEPTEMBER, SEPTEMBER, 2),
    )
    (said,) = in_words(found)
    assert said.zh == "毒品案件(2026年8—9月):补录2起、补填空项1起、更正2起、撤销1起、改码2起"


def test_of_people_no_record_is_counted(tmp_path: Path) -> None:
    first = write_extract(tmp_path, "registry", "202608", "sex\n男 *30", "20260905")
    assert changed(tmp_path / "data", first, write_extract(tmp_path, "registry", "202608", "sex\n男 *29\n女", "20261005")) == ()


def test_two_alike_of_which_one_is_withdrawn_are_one_withdrawn(tmp_path: Path) -> None:
    """Equal in everything but the key: one of them stays, so no key was changed."""
    first = write_extract(tmp_path, "cases", "202608", "case_key\nC-AAKEPT\nC-ABGONE", "20260905")
    found = changed(tmp_path / "data", first, write_extract(tmp_path, "cases", "202608", "case_key\nC-AAKEPT", "20261005"))
    assert found == (RecordsChanged("cases", RecordChange.WITHDRAWN, AUGUST, AUGUST, 1),)
