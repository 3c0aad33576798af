"""What was ever said of people: every statement that a build in force made of one population and moment, kept for all time.

What has been published stays known. So a build is compared with every statement that was ever in force, not with the latest alone, and says
nothing new of a finished moment that it need not say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from disclosure.lattice import Selection
from disclosure.published import Published

Moment = tuple[str, str, date]
"""Release, core table, and the month of a stock or the first day of the year of a flow."""

_SHOWN, _EXACT, _HIDDEN, _UNCLEAR = "shown", "exact", "hidden", "unclear"


@dataclass(frozen=True)
class Areas:
    """How areas are written so that a statement means the same for all time: by every township's code that was ever delivered.

    Attributes:
        zone_of: Township -> its zone.
        stands_for: Township -> every code that is counted as it now, its own included, where townships were merged into it.
    """

    zone_of: Mapping[str, str]
    stands_for: Mapping[str, tuple[str, ...]]

    def spelled(self, where: Selection) -> Selection:
        """Write a selection by the codes of its townships; one that names no area is returned as it is."""
        chosen = dict(where)
        zones, townships = chosen.pop("zone", None), chosen.get("township")
        if zones is None and townships is None:
            return where
        inside = [town for town, zone in self.zone_of.items() if zone in (zones or (zone,)) and town in (townships or (town,))]
        if not inside:
            return where
        chosen["township"] = tuple(sorted({code for town in inside for code in self.stands_for.get(town, (town,))}))
        return tuple(sorted(chosen.items()))

    def names_in(self, where: Selection) -> set[str]:
        """Return the dimensions of a selection that was written by the codes of townships: a zone's townships are the zone."""
        names = {name for name, _ in where}
        single = {self.stands_for.get(town, (town,)) for town in self.zone_of}
        return names - {"township"} | {"zone"} if "township" in names and dict(where)["township"] not in single else names

    def codes(self, members: Mapping[str, Sequence[tuple[str, str]]], history: History) -> dict[str, Sequence[tuple[str, str]]]:
        """Return the code lists with every township that was ever spoken of."""
        ever = {code for statements in history.values() for one in statements for where in (*one.shown, *one.hidden) for code in _townships(where)}
        now = {code for town in self.zone_of for code in self.stands_for.get(town, (town,))}
        listed = {code for code, _ in members.get("township", ())}
        return {**members, "township": [*members.get("township", ()), *((code, "") for code in sorted((ever | now) - listed))]}


def _townships(where: Selection) -> tuple[str, ...]:
    return dict(where).get("township", ())


@dataclass(frozen=True)
class Statement:
    """What one or more builds said of one population and moment in a release.

    Attributes:
        shown: Counts as printed.
        exact: Counts a reader is taken to know exactly: the county totals, and events beside people.
        hidden: What was certainly withheld.
        unclear: What stood in a share that is withheld, or rests on too few: no number of it is told, and none is said to be withheld.
    """

    shown: Mapping[Selection, float]
    exact: Mapping[Selection, float]
    hidden: frozenset[Selection]
    unclear: frozenset[Selection] = frozenset()

    @classmethod
    def of(cls, said: Published, areas: Areas) -> Statement:
        """Return what was published of a population and moment."""
        shown = {areas.spelled(where): count for where, count in said.shown.items()}
        return cls(shown, dict(said.exact), frozenset(map(areas.spelled, said.hidden)), frozenset(map(areas.spelled, said.unclear | said.undefined)))

    @property
    def has_splits(self) -> bool:
        """Whether it says anything that is no exact total."""
        return bool(self.hidden) or any(where not in self.exact for where in self.shown)


History = Mapping[Moment, Sequence[Statement]]
"""Every different statement of a moment that was ever in force, oldest first; the last one is in force now."""


def with_statements(history: History, published: Mapping[Moment, Published], areas: Areas) -> dict[Moment, list[Statement]]:
    """Return a history that a further build has been added to; what it says again is not listed twice but stands last."""
    joined = {moment: list(statements) for moment, statements in history.items()}
    for moment, said in published.items():
        statement = Statement.of(said, areas)
        joined[moment] = [*(one for one in joined.get(moment, []) if one != statement), statement]
    return joined


def history_rows(history: History) -> list[tuple[str, str, date, int, str, str, float | None]]:
    """Write a history as rows: release, table, moment, number of the statement, the persons counted (JSON), what is known of them, count."""
    rows: list[tuple[str, str, date, int, str, str, float | None]] = []
    for (release, table, moment), statements in sorted(history.items()):
        for number, statement in enumerate(statements):
            place = (release, table, moment, number)
            rows += [(*place, json.dumps(where), _SHOWN, count) for where, count in sorted(statement.shown.items())]
            rows += [(*place, json.dumps(where), _EXACT, count) for where, count in sorted(statement.exact.items())]
            rows += [(*place, json.dumps(where), _HIDDEN, None) for where in sorted(statement.hidden)]
            rows += [(*place, json.dumps(where), _UNCLEAR, None) for where in sorted(statement.unclear)]
    return rows


def read_history(rows: Iterable[Sequence[object]]) -> dict[Moment, list[Statement]]:
    """Read what :func:`history_rows` wrote; rows in any order."""
    found: dict[Moment, dict[int, dict[str, dict[Selection, float]]]] = {}
    for release, table, moment, number, where, known, count in rows:
        if not isinstance(moment, date):
            raise ValueError("a row of the record of what was published names no moment; build the warehouse again")
        parts = found.setdefault((str(release), str(table), moment), {}).setdefault(
            int(str(number)), {_SHOWN: {}, _EXACT: {}, _HIDDEN: {}, _UNCLEAR: {}}
        )
        parts[str(known)][_selection(str(where))] = 0.0 if count is None else float(str(count))
    return {
        moment: [
            Statement(parts[_SHOWN], parts[_EXACT], frozenset(parts[_HIDDEN]), frozenset(parts[_UNCLEAR])) for _, parts in sorted(numbered.items())
        ]
        for moment, numbered in found.items()
    }


def _selection(written: str) -> Selection:
    return tuple((name, tuple(members)) for name, members in json.loads(written))
