"""Registry rows in, observations out."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from string import ascii_uppercase

import pytest

from etl.assembly.assemble import BuildRefused
from etl.assembly.workspace import residents_by_area
from etl.county.read import read_pack
from tests.spec.tables import COUNTY, build_from, load, observed, publish_build, write_extract


def test_registered_is_cumulative_and_current_leaves_out_the_abstinent_dead_and_absent(tmp_path: Path) -> None:
    people = """
        control_status
        在控           *20
        失控           *3
        戒断不满三年    *7
        戒断三年       *6
        死亡          *2
        出国(境)      *1
    """
    data = tmp_path / "data"
    build_from(data, write_extract(tmp_path, "registry", "202609", people))
    month = (date(2026, 9, 1),)
    # 20 + 3 + 7 current, + 6 abstinent, + 2 dead + 1 abroad = 39 registered
    assert observed(data, "internal", "registered_people", "total", "month")[month] == (39, "observed")
    assert observed(data, "internal", "current_users", "total", "month")[month] == (30, "observed")
    assert observed(data, "internal", "abstinent_three_years", "total", "month")[month] == (6, "observed")
    assert observed(data, "internal", "deaths_and_departures", "total", "month")[month] == (3, "observed")


def test_age_is_the_year_of_the_snapshot_less_the_year_of_birth(tmp_path: Path) -> None:
    # In 2026: born 2009 = 17, 2008 = 18, 1991 = 35, 1990 = 36, 1967 = 59, 1966 = 60.
    people = """
        birth_year | first_found_on
        2009       | 2025-01 *6
        2008       | 2025-01 *4
        1991       | 2025-01 *5
        1990       | 2025-01 *8
        1967       | 2025-01 *7
        1966       | 2025-01 *10
    """
    data = tmp_path / "data"
    build_from(data, write_extract(tmp_path, "registry", "202609", people))
    ages = observed(data, "internal", "current_users", "age_band", "quarter")
    quarter = date(2026, 7, 1)  # stands for its last month, September
    assert {band: ages[quarter, band] for band in ("under_18", "18_35", "36_59", "60_plus")} == {
        "under_18": (6, "observed"),
        "18_35": (9, "observed"),
        "36_59": (15, "observed"),
        "60_plus": (10, "observed"),
    }
    # (6 + 9) / 40
    assert observed(data, "internal", "under_36_share", "total", "quarter")[(quarter,)] == (0.375, "observed")


MOVES = {
    "newly_found": ("NEWP", "", "在控", "2025-12"),
    "entered_late": ("LATE", "", "在控", "2025-10"),
    "relapsed": ("BACK", "戒断三年", "在控", "2015-06"),
    "restored": ("HOME", "出国(境)", "在控", "2015-06"),
    "became_abstinent": ("ABST", "在控", "戒断三年", "2015-06"),
    "died_or_left": ("DEAD", "在控", "死亡", "2015-06"),
    "removed": ("GONE", "在控", "", "2015-06"),
}
"""Reason of a change -> the people's pseudonym, their control status before and after (empty: not on the register), and when first found."""


def year_of_moves(folder: Path, leaves_out: str = "", **people: int) -> list[Path]:
    """The registers from December 2024 to December 2025, in the last month of which so many people moved for each reason; 20 stay all along."""
    registers: list[list[dict[str, str]]] = [[], []]
    for at, standing in enumerate(registers):
        standing += [{"person_key": f"KEEP-{letter * 3}"} for letter in ascii_uppercase[:20]]
        for reason, (letters, *statuses, found) in MOVES.items():
            known = [f"{letters}-{letter * 3}" for letter in ascii_uppercase[: people[reason]]] if statuses[at] else []
            standing += [{"person_key": key, "control_status": statuses[at], "first_found_on": found} for key in known]
    months = ["202412", *(f"2025{month:02}" for month in range(1, 13))]
    reported = [f"{month}28" for month in (*months[1:], "202601")]
    return [
        write_extract(folder, "registry", month, registers[month == "202512"], day)
        for month, day in zip(months, reported, strict=True)
        if month != leaves_out
    ]


def test_the_bridge_names_every_change_of_a_finished_year(tmp_path: Path) -> None:
    moved = {"newly_found": 10, "entered_late": 11, "relapsed": 8, "restored": 9, "became_abstinent": 6, "died_or_left": 5, "removed": 7}
    data = tmp_path / "data"
    build_from(data, *year_of_moves(tmp_path, **moved))
    year = date(2025, 1, 1)
    # The year 2024 has one month, which has no month before: it says nothing about changes.
    assert observed(data, "internal", "registry_change", "change", "year") == {
        (year, reason): (number, "observed") for reason, number in moved.items()
    }
    # 20 + 6 + 5 + 7 current in December 2024; + 10 + 11 + 8 + 9 - 6 - 5 - 7 = 58 a year later.
    stock = observed(data, "internal", "current_users", "total", "month")
    assert [stock[date(year, 12, 1),] for year in (2024, 2025)] == [(38, "observed"), (58, "observed")]


def test_small_reasons_of_a_year_are_withheld_together(tmp_path: Path) -> None:
    moved = {"newly_found": 10, "entered_late": 11, "relapsed": 3, "restored": 5, "became_abstinent": 6, "died_or_left": 1, "removed": 2}
    data = tmp_path / "data"
    build_from(data, *year_of_moves(tmp_path, **moved))
    changes = {reason: number for (_, reason), (number, _) in observed(data, "internal", "registry_change", "change", "year").items()}
    # Three of fewer than five, of which one adds and two take away: company enough.
    assert changes == moved | dict.fromkeys(("relapsed", "died_or_left", "removed"))


@pytest.mark.parametrize("shown", [("relapsed", "died_or_left", "removed"), ("removed",)])
def test_a_reason_of_few_people_or_too_little_company_stops_the_build(
    shown: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = {"newly_found": 10, "entered_late": 11, "relapsed": 3, "restored": 5, "became_abstinent": 6, "died_or_left": 1, "removed": 2}
    load(tmp_path / "data", *year_of_moves(tmp_path, **moved))

    def faulty(people: Sequence[int], signs: Sequence[int], limit: int) -> list[bool]:
        """Withheld are those below the limit but for some."""
        return [number < limit and number not in {moved[reason] for reason in shown} for number in people]

    monkeypatch.setattr("etl.assembly.protect.withheld_reasons", faulty)
    with pytest.raises(BuildRefused, match="Reasons of 2025-01-01"):
        publish_build(tmp_path / "data", COUNTY)


def test_a_year_with_a_month_missing_has_no_reasons(tmp_path: Path) -> None:
    data = tmp_path / "data"
    build_from(data, *year_of_moves(tmp_path, leaves_out="202506", **dict.fromkeys(MOVES, 9)))
    assert not [number for number, _ in observed(data, "internal", "registry_change", "change", "year").values() if number is not None]


def test_a_month_nobody_reported_is_not_collected_and_never_zero(tmp_path: Path) -> None:
    person = "control_status\n在控 *12"
    data = tmp_path / "data"
    build_from(
        data, write_extract(tmp_path, "registry", "202606", person, "20260705"), write_extract(tmp_path, "registry", "202608", person, "20260905")
    )
    stock = observed(data, "internal", "registered_people", "total", "month")
    assert stock == {(date(2026, 6, 1),): (12, "observed"), (date(2026, 7, 1),): (None, "not_collected"), (date(2026, 8, 1),): (12, "observed")}


def test_a_corrected_month_replaces_the_first_delivery_in_either_order(tmp_path: Path) -> None:
    first = write_extract(tmp_path, "registry", "202609", "control_status\n在控 *12", "20261005")
    corrected = write_extract(tmp_path, "registry", "202609", "control_status\n在控 *11", "20261020")
    for name, order in {"a": (first, corrected), "b": (corrected, first)}.items():
        data = tmp_path / name
        for file in order:
            build_from(data, file)
        assert observed(data, "internal", "registered_people", "total", "month") == {(date(2026, 9, 1),): (11, "observed")}


def test_small_parts_are_hidden_with_a_partner_and_totals_stay(tmp_path: Path) -> None:
    people = """
        sex | birth_year
        男  | 1985 *30
        女  | 1985 *2
    """
    data = tmp_path / "data"
    build_from(data, write_extract(tmp_path, "registry", "202609", people))
    month = date(2026, 9, 1)
    sexes = observed(data, "internal", "current_users", "sex", "quarter")
    quarter = date(2026, 7, 1)
    # Two women are hidden; the men beside them would give them away, so they are hidden too.
    assert sexes[quarter, "female"] == (None, "suppressed")
    assert sexes[quarter, "male"] == (None, "suppressed")
    assert observed(data, "internal", "current_users", "total", "month")[(month,)] == (32, "observed")


def test_the_public_release_rounds_to_five_and_never_shows_less_than_ten(tmp_path: Path) -> None:
    people = """
        sex | birth_year
        男  | 1985 *43
        女  | 1985 *4
    """
    data = tmp_path / "data"
    build_from(data, write_extract(tmp_path, "registry", "202609", people, "20261005"))
    quarter = date(2026, 7, 1)
    value, status = observed(data, "public", "registered_people", "total", "quarter")[(quarter,)]
    assert status == "observed"
    assert value is not None
    assert value % 5 == 0
    assert abs(value - 47) <= 4
    assert observed(data, "public", "current_users", "sex", "quarter")[quarter, "female"] == (None, "suppressed")


def test_a_moment_after_which_few_have_moved_is_not_split_anew(tmp_path: Path) -> None:
    """Six women in March, three in June: hiding the three would tell them, for only three have left since the six."""
    march = """
        person_key | sex | control_status
        STAY-AAA   | 女  | 在控
        STAY-BBB   | 女  | 在控
        STAY-CCC   | 女  | 在控
        GONE-DDD   | 女  | 在控
        GONE-EEE   | 女  | 在控
        GONE-FFF   | 女  | 在控
    """
    men = "\n".join(f"        MANN-{one}{two} | 男 | 在控" for one in "ABCDE" for two in "FGHJKL")
    june = march.replace("GONE-DDD   | 女  | 在控", "GONE-DDD   | 女  | 死亡").replace("GONE-EEE   | 女  | 在控", "GONE-EEE   | 女  | 死亡")
    june = june.replace("GONE-FFF   | 女  | 在控", "GONE-FFF   | 女  | 死亡")
    data = tmp_path / "data"
    files = [
        write_extract(tmp_path, "registry", month, table + men, f"2026{int(month[4:]) + 1:02}05")
        for month, table in (("202603", march), ("202606", june))
    ]
    build_from(data, files[0])
    alone = observed(data, "internal", "current_users", "sex", "quarter")
    assert alone[date(2026, 1, 1), "female"] == (6, "observed")
    build_from(data, files[1])
    both = observed(data, "internal", "current_users", "sex", "quarter")
    assert both == alone


def test_the_status_of_a_share_tells_nothing_about_its_numerator(tmp_path: Path) -> None:
    """Three newly found people a quarter are too few for a share, whether all of them are young or none is."""
    statuses = set()
    for name, birth_year in (("young", "2000"), ("old", "1970")):
        people = f"""
            first_found_on | birth_year
            2025-09        | {birth_year} *3
            2015-06        | 1980 *30
        """
        before = "first_found_on | birth_year\n2015-06 | 1980 *30"
        folder = tmp_path / name
        folder.mkdir()
        files = [
            write_extract(folder, "registry", f"2025{month:02}", people if month >= 9 else before, f"2025{month + 1:02}05") for month in range(7, 12)
        ]
        build_from(folder / "data", *files)
        statuses.add(observed(folder / "data", "internal", "new_under_36_share", "total", "quarter")[(date(2025, 7, 1),)])
    assert statuses == {(None, "undefined")}


def test_a_quiet_new_year_is_not_followed_by_another_split(tmp_path: Path) -> None:
    """Four women in December, five in March, one newcomer between: showing the five would leave the four no room."""
    men = "\n".join(f"        MANN-{one}{two} | 男" for one in "ABCDE" for two in "FGHJKL")
    december = "person_key | sex\n" + "\n".join(f"WOMN-{letter} | 女" for letter in "ABCD") + "\n" + men
    march = december + "\n        WOMN-EE | 女"
    data = tmp_path / "data"
    months = [("202512", december), ("202601", december), ("202602", december), ("202603", march)]
    reported = {"202512": "20260105", "202601": "20260205", "202602": "20260305", "202603": "20260405"}
    build_from(data, *(write_extract(tmp_path, "registry", month, table, reported[month]) for month, table in months))
    women = observed(data, "internal", "current_users", "sex", "quarter")
    assert women[date(2025, 10, 1), "female"] == (None, "suppressed")
    assert {moment for moment, _ in women} == {date(2025, 10, 1)}


def test_a_population_that_is_not_out_yet_is_that_of_the_latest_year(tmp_path: Path) -> None:
    data = tmp_path / "data"
    build_from(data, write_extract(tmp_path, "registry", "202609", "sex\n男 *31", "20261005"))
    rate, status = observed(data, "internal", "current_users_per_10k", "total", "month")[(date(2026, 9, 1),)]
    residents = sum(number for (_, year, _), number in read_pack(COUNTY).residents.items() if year == 2026)
    assert status == "observed"
    assert rate == pytest.approx(31 / residents * 10_000)
    # A year the pack does not hold is answered with the latest one it does.
    assert [row[2] for row in residents_by_area(read_pack(COUNTY), 2028) if row[0] == "990121000000" and row[1] >= 2026] == [residents] * 3
