"""The attacker who has kept every file: all versions of all moments read together, by somebody who knows how many people came and left.

For every population that files speak of and every group of dimensions between which no number crosses there is one linear program: a table of
unknowns for every version of every moment. Versions of one moment are tied by the few people who may have been corrected, moments of the register
by the people who came and left between them; whoever stayed kept sex, drug, residence and place, and the age band within a calendar year.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Protocol

from tests.over_time.program import Added, Columns, Knowledge, Solver, Table, constant_margins, equal, follow
from tests.over_time.statements import INTERNAL, POPULATION, PUBLIC, Axes, Heard, Version, Where, apart, implied, split_of

K = 5
"""Shortest interval that a hidden count must keep, in both releases (docs/privacy.md)."""
SMALL_OUTSIDE = 8
SHIFT = 4
"""Outside, counts below the first are never shown, and a shown one is at most the second from the truth."""
CORRECTED = 3
"""People who came, and who left, by correction between two versions, as far as the totals do not tell of more (docs/privacy.md)."""
MOST = 5000
CONSTANT = ("sex", "drug_group", "residence", "multi_drug", "zone", "township")
FOUND_TOO = ("sex", "drug_group", "age_band")
"""By what people are told apart who were newly found; by age they are counted as old as they were in the year they were found."""
WITHIN_YEAR = (*CONSTANT, "age_band")
REGISTER, FOUND = "core.registry_person", "core.newly_found"
ROUNDS = 6


class Truth(Protocol):
    """What really was, from which the attacker is told how many people came and left, and by which findings are confirmed."""

    def count(self, table: str, moment: date, file: int, where: Where) -> int | None:
        """People a number of a file counts, as the deliveries it was built from have them; None where that is not known here."""

    def moved(self, names: Sequence[str], before: date, after: date) -> Movement:
        """People who came to and left the split population between two moments, or whose members of some dimensions changed."""

    def of_movers(self, kind: str, names: Sequence[str], before: date, after: date, about: Where) -> int:
        """Of the people who came (all, newly found, other entries) or left between two moments those of some members."""

    def apart_from_found(self, year: int, spans: Sequence[tuple[date, date]], file: int) -> tuple[int, int]:
        """Of who came newly found in some spans of a year those a file does not count as found that year; and the reverse."""


@dataclass(frozen=True)
class Movement:
    """Numbers of people: newly found in their month of entry, others who came, and who left."""

    newly_found: int
    others: int
    left: int


@dataclass(frozen=True)
class Finding:
    """Something that should not be known.

    Attributes:
        kind: narrowed: a hidden count lies in too short an interval. somebody: of a public count below 8 is proved that it is not zero, and
            many, not nobody: the same of a larger one. all came, all left, all newly found, all other entries: all who did are of one member.
        about: Whom a hidden count counts, or the member of everybody who came or left.
        was_shown: Another file showed the very count, of the same moment.
    """

    kind: str
    release: str
    table: str
    moment: date
    about: Where
    low: float
    high: float
    truth: int | None
    was_shown: bool = False

    @property
    def is_confirmed(self) -> bool:
        """Whether it is true, as far as the truth is known here."""
        return self.truth is None or self.low <= self.truth <= self.high


@dataclass
class Found:
    """What an attack came to."""

    questions: int = 0
    solved: int = 0
    untied: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Take in another attack."""
        self.questions += other.questions
        self.solved += other.solved
        self.untied += other.untied
        self.findings += other.findings


@dataclass
class _Told:
    """One version of one moment and its table of unknowns."""

    moment: date
    version: Version
    table: Table


@dataclass(frozen=True)
class Question:
    """A sum the attacker asks for.

    Attributes:
        kind: hidden, or who came or left.
        row: The row of the program by which its limits can be set, of a hidden count.
        total: How many came or left.
        since: The moment before, of those who came or left.
        followed: What is known not to change of anybody between the two.
    """

    kind: str
    table: str
    moment: date
    about: Where
    columns: Columns
    version: Version = field(default_factory=Version)
    row: int = -1
    total: int = 0
    since: date | None = None
    followed: tuple[str, ...] = ()

    @property
    def file(self) -> int:
        """The newest file that says so; of a flow the first, whose register it was counted from: a finished year stays as it was told."""
        return self.version.files[0 if self.table == FOUND else -1]


class Lattices:
    """All that one release ever said of one table in one group of dimensions, in one program.

    Args:
        heard: All files.
        release: Which release.
        table: Which population.
        axes: Which dimensions.
        truth: Tells the attacker how many people came and left.
        moments: Which moments.
        only_newest: Moments whose older versions are left out.
        knows_editions: It is known which versions of a moment were built from the same register: nobody was corrected between them.
        ties_found: The people found in a year are tied to those who came; a year that is told as it was first published may not fit them.
    """

    def __init__(
        self,
        heard: Heard,
        release: str,
        table: str,
        axes: Axes,
        truth: Truth,
        moments: Sequence[date],
        *,
        only_newest: frozenset[date] = frozenset(),
        knows_editions: bool = False,
        ties_found: bool = True,
    ) -> None:
        self.heard, self.release, self.table, self.axes, self.truth = heard, release, table, axes, truth
        self.moments, self.knows_editions = moments, knows_editions
        years = sorted({moment.year for moment in moments}) if ties_found else []
        self.knowledge = Knowledge()
        self.questions: list[Question] = []
        self.newest: dict[date, _Told] = {}
        self.newly: dict[tuple[date, date], Table] = {}
        for moment in moments:
            versions = heard.versions[release][table, moment]
            self.newest[moment] = self._tell(table, axes.margins, moment, versions[-1:] if moment in only_newest else versions)
        if table == REGISTER:
            for before, after in pairwise(moments):
                self._tie(self.newest[before], self.newest[after])
            for year in years:
                self._tie_found(year)

    def _tell(self, table: str, margins: Sequence[tuple[str, ...]], moment: date, versions: Sequence[Version]) -> _Told:
        """Write what versions of one moment say; return the newest. Between two of them few people were corrected."""
        told = [self._version(table, margins, moment, version) for version in versions]
        for older, newer in pairwise(told):
            moved = max(CORRECTED, abs(_total(older.version) - _total(newer.version)))
            if self.knows_editions and table == REGISTER and self._edition(older) == self._edition(newer) is not None:
                moved = 0
            came, left = (self._unknowns(margins, 0, moved) for _ in range(2))
            follow(self.knowledge, older.table, newer.table, [came], left)
        return told[-1]

    def _edition(self, told: _Told) -> int | None:
        """The delivered register a version was counted from; None where there were several."""
        editions = {self.heard.editions[file].get(told.moment) for file in told.version.files}
        return editions.pop() if len(editions) == 1 else None

    def _unknowns(self, margins: Sequence[tuple[str, ...]], least: float, most: float) -> Table:
        table = Table(self.knowledge, margins, self.heard.codes)
        self.knowledge.limit(least, most, (1, table.sum(())))
        return table

    def _version(self, table: str, margins: Sequence[tuple[str, ...]], moment: date, version: Version) -> _Told:
        unknowns = self._unknowns(margins, 0, MOST)
        names = {name for margin in margins for name in implied(margin)}

        def own(where: Where) -> Where | None:
            split = split_of(where, table)
            return split if split is not None and {name for name, _ in split} <= names else None

        for where, number in version.exact.items():
            if (split := own(where)) is not None:
                self.knowledge.limit(number, number, (1, unknowns.sum(split)))
        for where, number in version.shown.items():
            if (split := own(where)) is not None and where not in version.exact:
                self.knowledge.limit(*self._ends(number), (1, unknowns.sum(split)))
        for where in sorted(version.hidden - version.exact.keys()):
            if split := own(where):
                columns = unknowns.sum(split)
                row = self.knowledge.limit(0, MOST, (1, columns))
                self.questions.append(Question("hidden", table, moment, where, columns, version, row))
        return _Told(moment, version, unknowns)

    def _ends(self, number: float) -> tuple[float, float]:
        return (number, number) if self.release == INTERNAL else (max(number - SHIFT, SMALL_OUTSIDE), number + SHIFT)

    def _tie(self, before: _Told, after: _Told) -> None:
        constant = [name for name in (WITHIN_YEAR if before.moment.year == after.moment.year else CONSTANT) if name in self.axes.names]
        margins = constant_margins(self.axes.margins, constant)
        if before.moment.year != after.moment.year and "age_band" in self.axes.names:
            self._tie_in_new_year(before, after)
        if not margins:
            return
        moved = self.truth.moved(constant, before.moment, after.moment)
        came, left = (self._unknowns(margins, number, number) for number in (moved.newly_found + moved.others, moved.left))
        follow(self.knowledge, before.table, after.table, [came], left)
        asked = [("came", moved.newly_found + moved.others, came), ("left", moved.left, left)]
        if parts := constant_margins(margins, FOUND_TOO):
            newly, others = (self._unknowns(parts, number, number) for number in (moved.newly_found, moved.others))
            equal(self.knowledge, came, newly, others)
            self.newly.setdefault((before.moment, after.moment), newly)
            asked += [("newly found", moved.newly_found, newly), ("other entries", moved.others, others)]
        for kind, number, table in asked:
            for name, code in table.members(self.heard.codes) if number else ():
                about = ((name, (code,)),)
                columns, since = table.sum(about), before.moment
                self.questions.append(Question(kind, self.table, after.moment, about, columns, total=number, since=since, followed=tuple(constant)))

    def _tie_in_new_year(self, before: _Told, after: _Told) -> None:
        """Nobody keeps an age band over new year; but whoever came newly found is there, as old as he was counted."""
        moved = self.truth.moved((), before.moment, after.moment)
        newly = self._unknowns(constant_margins(self.axes.margins, FOUND_TOO), moved.newly_found, moved.newly_found)
        for split in newly.sorts():
            self.knowledge.limit(0, math.inf, (1, after.table.sum(split)), (-1, newly.sum(split)))
        self.newly[before.moment, after.moment] = newly

    def _tie_found(self, year: int) -> None:
        """Tie what is split of the people found in a year to those who came newly found in it, as far as the moments lie in it."""
        margins = constant_margins(self.axes.margins, FOUND_TOO)
        spans = [(since, end) for since, end in self.newly if since >= date(year - 1, 12, 1) and end <= date(year, 12, 1)]
        versions = self.heard.versions[self.release].get((FOUND, date(year, 1, 1)))
        if not margins or not versions or not spans:
            return
        found = self._tell(FOUND, margins, date(year, 1, 1), versions)
        gone, come = self.truth.apart_from_found(year, spans, found.version.files[0])
        came, left = self._unknowns(margins, come, come), self._unknowns(margins, gone, gone)
        follow(self.knowledge, Added([self.newly[span] for span in spans]), found.table, [came], left)

    def solver(self) -> Solver:
        """Return the program with every question."""
        return Solver(self.knowledge, [question.columns for question in self.questions])

    def attack(self, solver: Solver) -> Found:
        """Ask every question."""
        solver.explore(range(len(self.questions)), ROUNDS)
        for seed in range(ROUNDS):
            solver.explore([place for place in range(len(self.questions)) if not self._is_settled(solver, place)], 1, seed)
        findings = [finding for place in range(len(self.questions)) if (finding := self._ask(solver, place))]
        return Found(len(self.questions), solver.solved, [], findings)

    def _is_settled(self, solver: Solver, place: int) -> bool:
        """Whether the tables found so far leave a question open enough, so that it need not be asked."""
        low, high = solver.seen(place)
        if self.questions[place].kind != "hidden":
            return low < self.questions[place].total
        return high - low >= K and (low < 1 or self.release == INTERNAL)

    def _ask(self, solver: Solver, place: int) -> Finding | None:
        question = self.questions[place]
        if question.kind == "hidden":
            return self.asked(solver, place)
        if self._is_settled(solver, place) or solver.end(place, 1.0) < question.total:
            return None
        assert question.since is not None
        truth = self.truth.of_movers(question.kind, question.followed, question.since, question.moment, question.about)
        return Finding(f"all {question.kind}", self.release, self.table, question.moment, question.about, question.total, question.total, truth)

    def asked(self, solver: Solver, place: int, how: str = "") -> Finding | None:
        """Ask for a hidden count and judge what can be told of it."""
        if self._is_settled(solver, place):
            return None
        low, high = solver.interval(place, K)
        if self.release == PUBLIC and low >= 1:
            low = solver.end(place, 1.0)
        return self.judged(self.questions[place], low, high, how)

    def judged(self, question: Question, low: float, high: float, how: str = "") -> Finding | None:
        """Return what is wrong with an interval that a hidden count can be told to lie in; None where nothing is."""
        is_narrowed = high - low < min(K, _total(question.version))
        if not is_narrowed and (self.release == INTERNAL or not 1 <= low < SMALL_OUTSIDE):
            return None
        truth = self.truth.count(question.table, question.moment, question.file, question.about)
        is_small = truth is None or truth < SMALL_OUTSIDE
        kind = "narrowed" if is_narrowed else "somebody" if is_small else "many, not nobody"
        versions = self.heard.versions[self.release][question.table, question.moment]
        was_shown = any(question.about in version.shown for version in versions)
        return Finding(kind + how, self.release, question.table, question.moment, question.about, low, high, truth, was_shown)


def _total(version: Version) -> float:
    """The exact total of the split people, or of all; a bound where none is told."""
    told = version.exact.get(POPULATION, version.exact.get(()))
    return MOST if told is None else told


def axes_of(heard: Heard, release: str, table: str) -> list[Axes]:
    """Return the groups of dimensions of a table that must be attacked together."""
    said = [version for (own, _), versions in heard.versions[release].items() if own == table for version in versions]
    splits = [split_of(where, table) for version in said for where in (*version.shown, *version.hidden, *version.exact)]
    return apart(split for split in splits if split is not None)


def moments_of(heard: Heard, release: str, table: str, axes: Axes) -> list[date]:
    """Return the moments at which something of a group of dimensions is said."""

    def speaks(version: Version) -> bool:
        splits = (split_of(where, table) for where in (*version.shown, *version.hidden))
        return any(split and {name for name, _ in split} <= set(axes.names) for split in splits)

    return sorted(moment for (own, moment), versions in heard.versions[release].items() if own == table and any(map(speaks, versions)))


def attack(
    heard: Heard,
    truth: Truth,
    releases: Sequence[str] = (INTERNAL, PUBLIC),
    *,
    over_time: bool = True,
    knows_editions: bool = False,
    said: Callable[[str], None] = lambda _: None,
) -> Found:
    """Attack everything that was ever said.

    Args:
        heard: All files that were in force.
        truth: What really was.
        releases: Which releases; each is attacked alone.
        over_time: Whether moments of the register are read together.
        knows_editions: Whether the attacker also reads in the files which registers they were built from (``meta.coverage``).
        said: Told what was attacked.
    """
    found = Found()
    for release in releases:
        for table in sorted({table for table, _ in heard.versions[release]}):
            for axes in axes_of(heard, release, table):
                moments = moments_of(heard, release, table, axes)
                own = Found()
                for together in [moments] if over_time and moments and table == REGISTER else [[moment] for moment in moments]:
                    own.add(_attack_moments(heard, truth, release, table, axes, together, knows_editions=knows_editions))
                said(f"{release} {table} {axes.title}: {summary(own, heard.files)}")
                found.add(own)
    return found


def _attack_moments(heard: Heard, truth: Truth, release: str, table: str, axes: Axes, moments: Sequence[date], *, knows_editions: bool) -> Found:
    """Attack moments at once; where no corrections as small as supposed explain all versions of a moment, its newest alone is read."""

    ties_found = True

    def lattices_of(some: Sequence[date], only_newest: frozenset[date] = frozenset()) -> Lattices:
        return Lattices(heard, release, table, axes, truth, some, only_newest=only_newest, knows_editions=knows_editions, ties_found=ties_found)

    lattices = lattices_of(moments)
    if not lattices.questions:
        return Found()
    solver = lattices.solver()
    if not solver.is_possible:
        ties_found = False
        lattices = lattices_of(moments)
        solver = lattices.solver()
    apart_by: frozenset[date] = frozenset()
    if not solver.is_possible:
        apart_by = frozenset(moment for moment in moments if not lattices_of([moment]).solver().is_possible)
        lattices = lattices_of(moments, apart_by or frozenset(moments))
        solver = lattices.solver()
    found = lattices.attack(solver) if solver.is_possible else Found()
    found.untied = [f"{release} {table} {axes.title} {moment:%Y-%m}" for moment in sorted(apart_by)]
    if not solver.is_possible:
        found.untied.append(f"{release} {table} {axes.title}: nothing explains it")
    return found


def once(findings: Iterable[Finding]) -> list[Finding]:
    """Return of every count of one moment the shortest interval alone, whichever versions and whatever knowledge it was found by."""
    found: dict[tuple[str, str, str, date, Where], Finding] = {}
    for finding in sorted(findings, key=lambda one: one.high - one.low):
        found.setdefault((finding.kind, finding.release, finding.table, finding.moment, finding.about), finding)
    return list(found.values())


def of_kind(found: Found, *kinds: str) -> list[Finding]:
    """Return the findings of some kinds that are true, each count of one moment once."""
    return once(finding for finding in found.findings if finding.kind.startswith(kinds) and finding.is_confirmed)


def summary(found: Found, files: int) -> str:
    """Say in one line what an attack came to."""
    kinds = Counter(finding.kind + ", shown by another file" * finding.was_shown for finding in of_kind(found, ""))
    listed = "; ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())) or "nothing found"
    untrue = len(once(finding for finding in found.findings if not finding.is_confirmed))
    asked = f"{files} files read, {found.questions} questions, {found.solved} programs solved, {len(found.untied)} untied"
    return f"{asked}: {listed}; {untrue} untrue left out"


def told(found: Found, *kinds: str) -> str:
    """Write out the findings of some kinds, one a line."""
    return "\n".join(
        f"{one.kind}: {one.release} {one.table} {one.moment:%Y-%m} {_written(one.about)}: {one.low:.0f} to {one.high:.0f}, truly {one.truth}"
        + ", shown by another file" * one.was_shown
        for one in of_kind(found, *kinds)
    )


def _written(where: Where) -> str:
    return ", ".join(f"{name} {'/'.join(members)}" for name, members in where if (name, members) not in POPULATION) or "all"
