"""Several finished years, each split: sums, words and columns were added up by hand."""

from __future__ import annotations

import pytest

from charts.years import years_picture
from indicators import catalogue
from indicators.dimensions import Member
from indicators.model import Text
from tests.charts.small_rows import NAN, frame, row, scope

LABS = catalogue()["drug_labs_destroyed"]
PLACES = [Member("yes", Text("偏远乡镇", "Remote townships")), Member("no", Text("其他乡镇", "Other townships"))]


def years(first: int, remote: list[float], other: list[float]) -> list[dict]:  # type: ignore[type-arg]
    """Finished years of laboratories by remoteness; what is no number was not reported."""
    return [
        row(
            LABS.id,
            f"{first + turn}-01-01",
            value,
            grain="year",
            breakdown="remote",
            member=code,
            status="observed" if value == value else "not_collected",
        )
        for code, values in (("yes", remote), ("no", other))
        for turn, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("remote", "other", "sentence", "names"),
    [
        ([3, 3, 1, 1, 3], [0, 0, 0, 0, 0], "2021—2025年全县捣毁制毒窝点11个,全部在偏远乡镇", ["偏远乡镇"]),
        ([3, 3, 1, 1, 3], [0, 2, 0, 0, 1], "2021—2025年全县捣毁制毒窝点14个,其中偏远乡镇11个、其他乡镇3个", ["偏远乡镇", "其他乡镇"]),
        ([0, 0, 0, 0, 0], [0, 0, 0, 0, 0], "2021—2025年全县捣毁制毒窝点0个", []),
    ],
)
def test_five_years_are_added_up_and_what_never_was_has_no_column(remote: list[float], other: list[float], sentence: str, names: list[str]) -> None:
    picture = years_picture(frame(*years(2021, remote, other)), LABS, "remote", PLACES, scope("2026-10-01"))
    assert picture.sentence == sentence
    assert [trace.name for trace in picture.figure.data] == names
    assert picture.table["偏远乡镇"].tolist() == [str(number) for number in remote]
    assert picture.table["其他乡镇"].tolist() == [str(number) for number in other]


def test_the_last_five_years_are_shown() -> None:
    picture = years_picture(frame(*years(2019, [9, 9, 3, 3, 1, 1, 3], [9, 9, 0, 0, 0, 0, 0])), LABS, "remote", PLACES, scope("2026-10-01"))
    assert picture.sentence.startswith("2021—2025年全县捣毁制毒窝点11个")
    assert list(picture.figure.data[0].x) == ["2021年", "2022年", "2023年", "2024年", "2025年"]


def test_a_year_that_is_not_known_whole_is_left_out_and_none_is_said_so() -> None:
    picture = years_picture(frame(*years(2024, [NAN, 2], [1, 1])), LABS, "remote", PLACES, scope("2026-10-01"))
    assert picture.sentence == "2025年全县捣毁制毒窝点3个,其中偏远乡镇2个、其他乡镇1个"
    nothing = years_picture(frame(*years(2025, [NAN], [NAN])), LABS, "remote", PLACES, scope("2026-10-01"))
    assert nothing.is_empty
    assert nothing.note


def test_english_says_the_same() -> None:
    picture = years_picture(frame(*years(2021, [3, 3, 1, 1, 3], [0, 2, 0, 0, 1])), LABS, "remote", PLACES, scope("2026-10-01", language="en"))
    assert picture.sentence == "The county, drug laboratories destroyed, 2021–2025: 14, of them remote townships 11, other townships 3"
