"""What handbooks and other publishers show to be disclosive is disclosive without our protection, and is not with it.

Numbers are typed from their sources: the ESSnet handbook (sdcTools/HandbookSDC@eef4a18, chapter 5), OpenSAFELY's documentation
(opensafely/documentation@41030f3) and code (opensafely-core/ehrql@350a1cc, cohort-extractor@f2b9bc4), the vignettes of GaussSuppression
(statisticsnorway/ssb-gausssuppression@6fa594c), and Garfinkel, Abowd & Martindale, ACM Queue 16(5), 2018.
"""

from __future__ import annotations

from itertools import product
from math import comb

import numpy as np
import pytest
from small_counties import SECRET, where

from disclosure.attacker import bounds
from disclosure.closure import close
from disclosure.equations import equations
from disclosure.lattice import Axis, Cell, Lattice, Selection
from disclosure.policy import Policy
from disclosure.rounding import round_jointly
from disclosure.suppression import suppress
from indicators import catalogue
from indicators.model import Kind, Measure, Protects

People = dict[tuple[str, ...], int]
"""How many people there are of each combination of members, one member for each axis."""


def count(axes: tuple[Axis, ...], people: People, selection: Selection) -> int:
    chosen = dict(selection)
    return sum(
        number
        for combination, number in people.items()
        if all(member in chosen.get(axis.name, (member,)) for axis, member in zip(axes, combination, strict=True))
    )


class Published:
    """Tables about some people, as a lattice closed under subtraction."""

    def __init__(self, axes: tuple[Axis, ...], people: People, selections: list[Selection]) -> None:
        self.axes = axes
        self.stated = selections
        cells = close(axes, tuple(Cell(selection, selection == (), selection == ()) for selection in dict.fromkeys(selections)))
        self.lattice = Lattice(axes, cells)
        self.places = {cell.where: place for place, cell in enumerate(cells)}
        self.counts = np.array([count(axes, people, cell.where) for cell in cells], dtype=np.int64)
        self.people = people

    def bare(self, targets: list[Selection]) -> list[list[float]]:
        """What follows from the tables as their publisher printed them."""
        statements = [(selection, float(number), float(number)) for selection in self.stated for number in [count(self.axes, self.people, selection)]]
        return bounds(self.axes, statements, targets).tolist()

    def hidden(self, k: int = 5) -> set[Selection]:
        places = np.flatnonzero(suppress(self.lattice, self.counts, Policy(internal_k=k)))
        return {self.lattice.cells[place].where for place in places}

    def internal(self, targets: list[Selection]) -> list[list[float]]:
        """What follows from our internal release of the same tables."""
        hidden = self.hidden()
        statements = [
            (selection, float(self.counts[place]), float(self.counts[place])) for selection, place in self.places.items() if selection not in hidden
        ]
        return bounds(self.axes, statements, targets).tolist()

    def public(self, targets: list[Selection]) -> list[list[float]]:
        """What follows from our public release and the exact total; a reader is told which hidden counts are below ten, where that is allowed."""
        release = round_jointly(self.lattice, self.counts, self.counts.astype(np.uint64) * np.uint64(7919), SECRET, Policy())
        statements = [
            (selection, float(self.counts[place]), float(self.counts[place])) for selection, place in self.places.items() if selection == ()
        ]
        for selection, place in self.places.items():
            value = float(release.values[place])
            if selection != () and not np.isnan(value):
                statements.append((selection, max(8.0, value - 4), value + 4))
            elif release.may_say_small[place]:
                statements.append((selection, 0.0, 9.0))
        return bounds(self.axes, statements, targets).tolist()

    def assert_safe(self, targets: list[Selection]) -> None:
        """None of the targets is narrowed below five persons inside, or proved to be there, or narrowed, outside."""
        for selection, (low, high) in zip(targets, self.internal(targets), strict=True):
            assert selection in self.places, f"the difference {selection} is no cell, so nothing protects it"
            assert high - low >= 5, (selection, low, high)
        for selection, (low, high) in zip(targets, self.public(targets), strict=True):
            assert low == 0, (selection, low, high)
            assert high >= 5, (selection, low, high)


def crossed(*axes: Axis) -> list[Selection]:
    """Every margin of some axes, the total included."""
    choices = [[(), *(((axis.name, (member,)),) for member in axis.members)] for axis in axes]
    return [tuple(sorted(part for chosen in combination for part in chosen)) for combination in product(*choices)]


def flat(axes: tuple[Axis, ...], numbers: list[list[int]]) -> People:
    """A two-way table, rows by columns."""
    rows, columns = axes
    return {(row, column): numbers[i][j] for i, row in enumerate(rows.members) for j, column in enumerate(columns.members)}


SEX = Axis("sex", ("male", "female"))


def test_a_single_woman_is_not_identified() -> None:
    # Handbook, marital status by sex: one single woman among 70 people.
    axes = (Axis("marital", ("married", "divorced", "single")), SEX)
    table = Published(axes, flat(axes, [[38, 17], [7, 4], [3, 1]]), crossed(*axes))
    target = [where(marital="single", sex="female")]
    assert table.bare(target) == [[1, 1]]
    table.assert_safe(target)


def test_a_zero_does_not_speak_of_a_group() -> None:
    # Handbook, marital status by hours: all six married people work full time. In a county of its own the zero could be told (a total of
    # 16 is shown as it is); the small place here is a zone of one.
    axes = (Axis("marital", ("married", "divorced", "single")), Axis("hours", ("full", "part")), Axis("zone", ("z1", "z2")))
    people = {(*key, "z1"): number for key, number in flat(axes[:2], [[6, 0], [5, 1], [2, 2]]).items()}
    people |= {(*key, "z2"): 10 * number for key, number in flat(axes[:2], [[6, 3], [5, 1], [2, 2]]).items()}
    table = Published(axes, people, crossed(*axes))
    targets = [where(zone="z1", marital="married", hours="part"), where(zone="z1", marital="divorced", hours="part")]
    assert table.bare(targets) == [[0, 0], [1, 1]]
    for low, high in table.internal(targets):
        assert low == 0
        assert high >= 5
    table.assert_safe(targets)


def test_two_geographies_cannot_be_subtracted() -> None:
    # Handbook, single households by hours in Area A as of 2001 and as of 1991: the wider one less the narrower one leaves 2, 1, 2, 0, 0, 0.
    axes = (Axis("hours", ("30", "16", "15")), SEX, Axis("zone", ("common", "strip")))
    common, wider = [[50, 54], [128, 140], [39, 49]], [[52, 55], [130, 140], [39, 49]]
    people = {(*key, "common"): number for key, number in flat(axes[:2], common).items()}
    people |= {(*key, "strip"): number - people[(*key, "common")] for key, number in flat(axes[:2], wider).items()}
    both = crossed(axes[0], SEX)
    table = Published(axes, people, [*both, *(tuple(sorted((*selection, ("zone", ("common",))))) for selection in both)])
    targets = [where(zone="strip", hours=hours, sex=sex) for hours, sex in product(axes[0].members, SEX.members)]
    assert table.bare(targets) == [[2, 2], [1, 1], [2, 2], [0, 0], [0, 0], [0, 0]]
    # Five people live in the strip, a number that is shown: inside, no part of it can be wider than that.
    for (low, high), selection in zip(table.internal(targets), targets, strict=True):
        assert selection in table.places
        assert (low, high) == (0, 5)
    for low, high in table.public(targets):
        assert low == 0
        assert high >= 5


def test_two_cuts_of_age_cannot_be_subtracted() -> None:
    # Handbook, ages with a cut at 20 and with a cut at 25: between them lie one man and no woman.
    ages = ("<20", "20-24", "25-39", "40-59", "60-69", "70+")
    axes = (Axis("age", ages), SEX)
    people = flat(axes, [[6, 10], [1, 0], [8, 38], [5, 51], [8, 42], [4, 32]])
    first = [("<20",), ("20-24", "25-39"), ("40-59",), ("60-69",), ("70+",)]
    second = [("<20", "20-24"), ("25-39",), ("40-59",), ("60-69",), ("70+",)]
    published = [*crossed(SEX)]
    for chosen in dict.fromkeys([*first, *second]):
        published += [where(age=chosen), *(where(age=chosen, sex=sex) for sex in SEX.members)]
    table = Published(axes, people, published)
    assert [count(axes, people, where(age=("20-24", "25-39"), sex=sex)) for sex in SEX.members] == [9, 38]  # as printed
    assert [count(axes, people, where(age=("<20", "20-24"), sex=sex)) for sex in SEX.members] == [7, 10]
    targets = [where(age="20-24", sex="male"), where(age="20-24", sex="female")]
    assert table.bare(targets) == [[1, 1], [0, 0]]
    table.assert_safe(targets)  # that there is no woman is hidden like a small number
    assert all(low == 0 and high >= 5 for low, high in table.public(targets[1:]))


def test_linked_tables_cannot_be_subtracted() -> None:
    # Handbook, living and working in Area A: 85 residents are employed and 17 not, 49 people work there, 22 do both; 21, 58 and 23 of the
    # three groups are men. So 22 - 21 = 1, (85 - 22) - 58 = 5 and (49 - 22) - 23 = 4 women, the last two by two subtractions.
    axes = (Axis("lives", ("in", "out")), Axis("works", ("in", "out", "not")), SEX)
    people = {
        ("in", "in", "male"): 21,
        ("in", "in", "female"): 1,
        ("in", "out", "male"): 58,
        ("in", "out", "female"): 5,
        ("in", "not", "male"): 9,
        ("in", "not", "female"): 8,
        ("out", "in", "male"): 23,
        ("out", "in", "female"): 4,
    }
    published = [where(lives="in"), where(lives="in", works=("in", "out")), where(lives="in", works="not"), where(works="in")]
    published += [where(lives="in", works="in")]
    published += [where(sex="male", lives=lives, works=works) for lives, works in (("in", "in"), ("in", "out"), ("out", "in"))]
    table = Published(axes, people, published)
    targets = [where(sex="female", lives=lives, works=works) for lives, works in (("in", "in"), ("in", "out"), ("out", "in"))]
    assert table.bare(targets) == [[1, 1], [5, 5], [4, 4]]
    table.assert_safe([targets[0], targets[2]])  # five are not a small count inside
    assert targets[1] in table.places
    assert all(low == 0 and high >= 5 for low, high in table.public(targets))


def test_a_subset_cannot_be_subtracted_from_the_whole() -> None:
    # OpenSAFELY's documentation: heart disease and population by age, for all and for men. Women of 21-30: 8 - 7 = 1 ill of 20 - 19 = 1.
    axes = (Axis("age", ("21-30", "31-40", "41-50", "51+")), Axis("ill", ("yes", "no")), SEX)
    everybody, men = [(8, 20), (10, 25), (15, 30), (25, 40)], [(7, 19), (5, 15), (8, 18), (13, 25)]
    people: People = {}
    for age, (ill, of_all), (ill_men, of_men) in zip(axes[0].members, everybody, men, strict=True):
        people |= {(age, "yes", "male"): ill_men, (age, "no", "male"): of_men - ill_men}
        people |= {(age, "yes", "female"): ill - ill_men, (age, "no", "female"): of_all - of_men - (ill - ill_men)}
    published = [()]
    for age in axes[0].members:
        published += [where(age=age), where(age=age, ill="yes"), where(age=age, sex="male"), where(age=age, sex="male", ill="yes")]
    table = Published(axes, people, published)
    targets = [where(age="21-30", sex="female", ill="yes"), where(age="21-30", sex="female")]
    assert table.bare(targets) == [[1, 1], [1, 1]]
    table.assert_safe(targets)


EUROPE = Axis("eu", ("EU", "nonEU"))
AGE = Axis("age", ("old", "young"))
COUNTRY = Axis("geo", ("Iceland", "Portugal", "Spain"), "eu", {"Iceland": "nonEU", "Portugal": "EU", "Spain": "EU"})


def vignette_people(numbers: dict[str, list[int]]) -> People:
    """Old and young of Iceland, Portugal, Spain; the axes are age, geo, eu."""
    return {
        (age, country, COUNTRY.parents[country]): number
        for age, line in numbers.items()
        for country, number in zip(COUNTRY.members, line, strict=True)
    }


def test_zeros_of_the_vignette() -> None:
    # GaussSuppression, "problem of zeros": no young people in Iceland or Portugal. With all five young in Spain shown, both zeros follow;
    # with Spain hidden too Iceland has at most its 3 people, Portugal its 4, and the Union the 5 - 3 to 5 that are left.
    axes = (AGE, COUNTRY, EUROPE)
    people = vignette_people({"old": [3, 4, 6], "young": [0, 0, 5]})
    every = [*crossed(AGE, COUNTRY), *(selection for selection in crossed(AGE, EUROPE) if any(name == "eu" for name, _ in selection))]
    young = [where(age="young", geo=country) for country in COUNTRY.members] + [where(age="young", eu=part) for part in EUROPE.members]
    leaky = {
        selection for selection in every if {name for name, _ in selection} == {"age", "geo"} or {name for name, _ in selection} == {"age", "eu"}
    }
    shown = [selection for selection in every if selection not in leaky]
    spain = [where(age=age, geo="Spain") for age in AGE.members]
    assert Published(axes, people, [*shown, *spain]).bare(young[:2]) == [[0, 0], [0, 0]]
    assert Published(axes, people, shown).bare(young) == [[0, 3], [0, 4], [0, 5], [2, 5], [0, 3]]
    table = Published(axes, people, every)
    # Inside: the 18 people are shown and bound nothing below 5.
    hidden = sorted(table.hidden())
    for selection, (low, high) in zip(hidden, table.internal(hidden), strict=True):
        assert high - low >= 5, selection
    assert set(young[:2]) <= set(hidden)
    for low, high in table.public(young):
        assert low == 0 or low >= 8
        assert high >= 5


def test_singletons_of_the_vignette() -> None:
    # GaussSuppression, "singletons": in 2016 one young person each in Iceland and Portugal, 7 in Spain, 9 in all. With the 7 shown the two
    # are 2 together, and the one in Iceland, who knows of herself, knows of the other.
    year = Axis("year", ("2014", "2015", "2016"))
    axes = (AGE, COUNTRY, EUROPE, year)
    by_year = {
        "2014": {"old": [3, 4, 6], "young": [2, 0, 5]},
        "2015": {"old": [3, 4, 6], "young": [0, 0, 5]},
        "2016": {"old": [4, 3, 5], "young": [1, 1, 7]},
    }
    people = {(*key, name): number for name, numbers in by_year.items() for key, number in vignette_people(numbers).items()}
    assert sum(people.values()) == 59  # as printed
    every = [*crossed(AGE, COUNTRY, year), *(selection for selection in crossed(EUROPE, year) if any(name == "eu" for name, _ in selection))]
    one, other, spain = (where(age="young", geo=country, year="2016") for country in COUNTRY.members)
    known = [(where(age="young", year="2016"), 9.0, 9.0), (spain, 7.0, 7.0)]
    assert bounds(axes, known, [one, other]).tolist() == [[0, 2], [0, 2]]
    assert bounds(axes, [*known, (one, 1.0, 1.0)], [other]).tolist() == [[1, 1]]
    table = Published(axes, people, every)
    hidden = table.hidden()
    assert {one, other} <= hidden
    statements = [
        (selection, float(table.counts[place]), float(table.counts[place])) for selection, place in table.places.items() if selection not in hidden
    ]
    for selection, (low, high) in zip(sorted(hidden), table.internal(sorted(hidden)), strict=True):
        assert high - low >= 5, selection
    # Nobody of the singletons learns the other's cell either.
    for own, next_to in ((one, other), (other, one)):
        low, high = bounds(axes, [*statements, (own, 1.0, 1.0)], [next_to])[0]
        assert high > low


@pytest.mark.parametrize(
    ("groups", "theirs"),
    [
        ([2, 2, 6], [True, True, True]),
        ([2, 2, 2, 2], [True, True, True, True]),
        ([2, 10, 8], [True, False, True]),
        ([5, 5, 6], [True, True, False]),
        ([0, 1], [False, True]),
        ([1, 10, 10], [True, True, True]),
    ],
)
def test_a_second_group_is_hidden_where_one_would_follow(groups: list[int], theirs: list[bool]) -> None:
    # cohort-extractor, counts up to 5 hidden: k = 6. Ours hide a zero below the county too, and of two equal partners only one: which
    # one goes by its name and not by the order of rows, so it says nothing.
    axis = Axis("part", tuple(f"m{number}" for number in range(len(groups))))
    table = Published((axis,), {(name,): number for name, number in zip(axis.members, groups, strict=True)}, crossed(axis))
    hidden = [where(part=name) in table.hidden(k=6) for name in axis.members]
    expected = {(0, 1): [True, True], (1, 10, 10): [True, True, False]}.get(tuple(groups), theirs)
    assert hidden == expected


def test_six_and_seven_are_hidden_and_eight_is_ten() -> None:
    # ehrQL apply_sdc: 6 -> 0 (redacted), 7 -> 0, 8 -> 10. Ours agree; 8 is shown as 10 or, by its coin, not at all.
    axis = Axis("part", ("six", "seven", "eight", "rest"))
    cells = tuple(Cell(selection, False, True) for selection in crossed(axis))
    counts = np.array([100, 6, 7, 8, 79], dtype=np.int64)
    seen = set()
    for number in range(12):
        values = round_jointly(Lattice((axis,), cells), counts, counts.astype(np.uint64), bytes([number]) * 16, Policy()).values
        assert np.isnan(values[1:3]).all()
        seen.add(float(values[3]))
    shown = {value for value in seen if not np.isnan(value)}
    assert shown == {10.0}
    assert len(seen) > len(shown)  # some coins hide it


def test_rounding_together_keeps_sums_and_multiples() -> None:
    # Handbook, rounding: rows A 1 + 0, B 3 + 3, C 12 + 20. Rounded one by one, B reads 5 + 5 = 5, and since each is within 2 both parts are
    # 3 or 4 and the sum 6 or 7. Rounded together 12 and 20 stay 10 and 20 or 15 and 20, and A and B are not there to be read.
    axes = (Axis("row", ("A", "B", "C")), Axis("column", ("c1", "c2")))
    people = flat(axes, [[1, 0], [3, 3], [12, 20]])
    nearest = {selection: 5 * ((count(axes, people, selection) + 2) // 5) for selection in crossed(*axes)}
    assert [nearest[where(row="B", column=column)] for column in ("c1", "c2")] == [5, 5]
    assert nearest[where(row="B")] == 5
    statements = [(selection, float(max(0, value - 2)), float(value + 2)) for selection, value in nearest.items()]
    targets = [where(row="B", column="c1"), where(row="B", column="c2"), where(row="B")]
    assert bounds(axes, statements, targets).tolist() == [[3, 4], [3, 4], [6, 7]]
    lattice = Lattice(axes, tuple(Cell(selection, False, True) for selection in crossed(*axes)))
    counts = np.array([count(axes, people, cell.where) for cell in lattice.cells], dtype=np.int64)
    release = round_jointly(lattice, counts, counts.astype(np.uint64), SECRET, Policy())
    values = {cell.where: float(value) for cell, value in zip(lattice.cells, release.values, strict=True)}
    assert all(np.isnan(value) for selection, value in values.items() if count(axes, people, selection) < 8)
    shown = {selection: value for selection, value in values.items() if not np.isnan(value)}
    assert shown
    for selection, value in shown.items():
        assert abs(value - count(axes, people, selection)) < 5
        assert value % 5 == 0
    assert shown.get(where(row="C", column="c2"), 20.0) == 20
    for equation in equations(lattice):
        cells = [lattice.cells[place].where for place in (equation.parent, *equation.children)]
        if all(cell in shown for cell in cells):
            assert shown[cells[0]] == sum(shown[cell] for cell in cells[1:])


def test_a_shown_count_is_read_as_the_handbook_says() -> None:
    # Handbook, zero-restricted rounding to base 5: a shown 15 stands for 11 to 19, as does our 15; K = 1 would make it 6 to 24.
    axis = Axis("part", ("a", "b", "c"))
    table = Published((axis,), {("a",): 15, ("b",): 40, ("c",): 45}, crossed(axis))
    assert table.public([where(part="a")]) == [[11, 19]]


def test_no_mean_or_median_of_people_is_in_the_catalogue() -> None:
    # Seven people, and means and medians of groups of three and more: all seven are recovered. Of three men with median 30 and mean 44
    # there are 30 triples of ages from 0 to 124 (the other two sum to 102, the younger is 0 to 29); without the two figures 317,750.
    assert sum(1 for young in range(30) if 30 < 132 - 30 - young <= 124) == 30
    assert comb(125, 3) == 317_750
    # So the catalogue has counts, sums of counts and shares of them, and no other figure about people.
    assert set(Kind) == {Kind.EVENTS, Kind.STOCK, Kind.SUM, Kind.SHARE, Kind.RATE}
    about_people = [indicator for indicator in catalogue().values() if indicator.protects is Protects.PERSONS]
    assert len(about_people) > 10
    for indicator in about_people:
        assert indicator.kind is not Kind.SUM, indicator.id
        for measure in (indicator.numerator, indicator.denominator):
            if isinstance(measure, Measure):
                assert measure.column in {None, "persons"}, indicator.id  # records, or the suspects of a case
                assert not measure.distinct, indicator.id
