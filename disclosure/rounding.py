"""The public release: threshold, then joint rounding to base 5 of the cells that may be shown, judged by the attacker (TJR-5).

Hidden cells get no rounded value at all: masking after rounding would leak it by subtraction. The method and its measurements are in
docs/privacy.md.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from disclosure.attacker import TOLERANCE, Attacker
from disclosure.equations import Equation, canonical, equations
from disclosure.lattice import Lattice, Selection
from disclosure.policy import Policy
from disclosure.rounded import exact_totals, public_failures

__all__ = ["Earlier", "ReleaseRefused", "Rounded", "equations", "round_jointly"]

Earlier = Mapping[Selection, float]
"""What the release before published of the same selections; NaN where it hid them."""

_NOT_ADDITIVE = _IMPLAUSIBLE = 20_000.0
_CHANGED, _NEAREST_TOTAL = 10.0, 100.0
_RELATIVE_COIN = 0.3


class ReleaseRefused(Exception):
    """No safe release was found; the old one stays. Carries what to do in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


@dataclass(frozen=True)
class Rounded:
    """One lattice as the public release shows it.

    Attributes:
        values: Multiple of 5, NaN where hidden. Shape (cells,), persons.
        may_say_small: Hidden, below 10, and safe even from a reader who is told so: only these may be labelled 不足10人. Every other hidden
            cell is withheld to protect another and must be labelled without a number. Shape (cells,).
        rounds: How often the attacker was asked.
    """

    values: NDArray[np.float64]
    may_say_small: NDArray[np.bool_]
    rounds: int


def round_jointly(
    lattice: Lattice,
    counts: NDArray[np.int64],
    keys: NDArray[np.uint64],
    secret: bytes,
    policy: Policy,
    earlier: Earlier | None = None,
    forced: frozenset[Selection] = frozenset(),
) -> Rounded:
    """Round the cells of one lattice together so that they add up, and hide the small ones beyond an attacker's reach.

    Cells below 8 are hidden, 8 and 9 by a keyed coin, the rest get a multiple of 5 within 4 of the truth such that sums of shown cells
    hold and no hidden cell is provable from one sum. Then the attacker judges the whole lattice, knowing the exact totals; where a cell
    fails, first its neighbours lose the label "fewer than ten" if that label gives it away, then a further cell is hidden, and all is
    rounded again. The same input and secret give the same result in any order of cells.

    Args:
        lattice: Cells published about one population and moment; totals are taken to be known exactly to the attacker.
        counts: Exact counts, shape (cells,), persons.
        keys: Per cell the sum of its contributors' marks modulo 2**64: same persons, same coin. Shape (cells,).
        secret: Key of the coins.
        policy: The limits.
        earlier: The release before. A value that is still within 4 of the truth stays where the sums allow it, and what was hidden stays
            hidden, so that two releases say little more than one and the same people give the same release again.
        forced: Cells that are hidden whatever they are, because the internal release hides them: a reader of both must not learn more.

    Raises:
        ReleaseRefused: If no safe release is found in ``policy.largest_repair`` rounds.
        ValueError: If the arrays do not fit the lattice or the secret is empty.
    """
    if counts.shape != (len(lattice.cells),) or keys.shape != counts.shape:
        raise ValueError(f"{len(lattice.cells)} cells but counts of shape {counts.shape} and keys of shape {keys.shape}; pass one of each per cell")
    if np.any(counts < 0):
        raise ValueError(f"cell {int(np.argmax(counts < 0))} has a negative count; recount the cells")
    if len(secret) < 16:
        raise ValueError("the secret of the coins is shorter than 16 bytes; delete the key file and let the build make a new one")
    order = sorted(range(len(lattice.cells)), key=lambda place: lattice.cells[place].where)
    axes = tuple(sorted(lattice.axes, key=lambda axis: axis.name))
    work = _Work(Lattice(axes, tuple(lattice.cells[place] for place in order)), counts[order], keys[order], secret, policy, earlier or {}, forced)
    solved = work.solve()
    values, may_say_small = np.full(len(order), np.nan), np.zeros(len(order), dtype=np.bool_)
    values[order], may_say_small[order] = solved.values, solved.may_say_small
    return Rounded(values, may_say_small, solved.rounds)


def _coin(secret: bytes, purpose: str, cell: str, key: int) -> float:
    """Return a number in [0, 1) that nobody without the secret can guess and that changes only with the contributors."""
    digest = hmac.new(secret, f"{purpose}\n{cell}\n{key}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:6]) / 2**48


class _Work:
    """One lattice being rounded; cells in order of their selections."""

    def __init__(
        self,
        lattice: Lattice,
        counts: NDArray[np.int64],
        keys: NDArray[np.uint64],
        secret: bytes,
        policy: Policy,
        earlier: Earlier,
        forced: frozenset[Selection],
    ) -> None:
        self.lattice, self.counts, self.policy = lattice, counts, policy
        self.sums = equations(lattice)
        cells = lattice.cells
        spelled = [repr(coordinates) for coordinates in canonical(lattice.axes, [cell.where for cell in cells])]
        # Two spellings of the same persons share one coin, so they are hidden or shown together.
        self.coins = np.array([_coin(secret, "show", name, int(key)) for name, key in zip(spelled, keys, strict=True)])
        self.leanings = np.array([_coin(secret, "round", name, int(key)) for name, key in zip(spelled, keys, strict=True)])
        self.is_total = np.array([cell.is_total for cell in cells], dtype=np.bool_)
        self.weights = self._weights()
        self.hidden = (counts < policy.hide_below) | ((counts < policy.always_shown_from) & (self.coins < 0.5))
        self.small = self.hidden.copy()
        self.earlier = np.full(len(cells), np.nan)
        for place, cell in enumerate(cells):
            if cell.where not in earlier:
                continue
            value = self.earlier[place] = earlier[cell.where]
            if np.isnan(value):
                # Showing now what was hidden would tell of whoever came. Whether it was called small is not known, so no sum may rest on that:
                # else values that were found safe could become impossible.
                self.small[place] = False
                self.hidden[place] |= not self.is_total[place]
            elif value >= policy.hide_below and counts[place] >= policy.hide_below:
                self.hidden[place] = self.small[place] = False  # even where the secret was changed since
        self.hidden |= np.array([cell.where in forced for cell in cells], dtype=np.bool_) & ~self.is_total
        self.small &= self.counts < policy.always_shown_from
        base = policy.base
        lowest = np.maximum(np.ceil((counts - policy.largest_shift) / base), np.ceil(policy.hide_below / base))
        self.lower = lowest * base
        self.has_choice = self.lower + base <= counts + policy.largest_shift
        self.attacker = Attacker(lattice.axes, [cell.where for cell in cells])
        self.unavoidable = exact_totals(self.attacker, lattice.cells, counts, policy)

    def _weights(self) -> NDArray[np.float64]:
        """Cost of an error of one person: totals most, county margins 20, area totals 5, the rest 1."""
        totals = [set(cell.where) for cell in self.lattice.cells if cell.is_total]
        weights = []
        for cell in self.lattice.cells:
            depth = len(cell.where) - max((len(total) for total in totals if total <= set(cell.where)), default=0)
            if cell.is_total:
                weights.append(_NEAREST_TOTAL)
            elif depth > 1:
                weights.append(1.0)
            else:
                weights.append(20.0 if cell.is_county else 5.0)
        return np.array(weights)

    def solve(self) -> Rounded:
        """Round, attack and repair until the attacker fails."""
        for attempt in range(1, self.policy.largest_repair + 1):
            values, slack = self._round()
            victim = next((cell for equation in slack if (cell := self._lightest((equation.parent, *equation.children))) is not None), None)
            if victim is not None:
                self.hidden[victim] = True
                continue
            if any(self._is_shown(equation) for equation in slack):
                break  # only totals are left in a sum that does not add up
            failures = public_failures(self.attacker, self.unavoidable, self.lattice.cells, values, self.counts, self.small, self.policy)
            if not failures:
                return Rounded(values, self.small & self.hidden, attempt)
            if not self._repair(failures):
                break
        raise self._refusal()

    def _is_shown(self, equation: Equation) -> bool:
        return not self.hidden[[equation.parent, *equation.children]].any()

    def _lightest(self, places: Sequence[int]) -> int | None:
        """Return the shown cell that is missed least: below the county first, never a total of ten or more."""
        able = [
            place for place in places if not self.hidden[place] and (not self.is_total[place] or self.counts[place] < self.policy.always_shown_from)
        ]
        cells = self.lattice.cells
        return min(
            able,
            key=lambda place: (
                self.is_total[place],
                cells[place].is_county,
                self.weights[place],
                self.counts[place],
                -len(cells[place].where),
                place,
            ),
            default=None,
        )

    def _repair(self, failures: Mapping[int, set[int]]) -> bool:
        """Loosen what pins each failing cell; return whether anything could be done."""
        treated: set[int] = set()
        for target, holders in sorted(failures.items()):
            if not treated.isdisjoint(holders | {target}):
                continue
            labels = [place for place in sorted(holders | {target}) if self.hidden[place] and self.small[place]]
            others = [place for place in labels if place != target]
            if others or (labels and not any(not self.hidden[place] for place in holders)):
                # The label of a neighbour gives this one away: take back the label, which costs no number.
                dropped = min(others or labels, key=lambda place: (-self.counts[place], place))
                self.small[dropped] = False
                treated.add(dropped)
                continue
            victim = self._lightest([place for place in sorted(holders) if not self.is_total[place]])
            if victim is None:
                victim = self._lightest([place for place in range(len(self.counts)) if not self.is_total[place]])
            if victim is not None:
                self.hidden[victim] = True
                treated.add(victim)
        return bool(treated)

    def _round(self) -> tuple[NDArray[np.float64], list[Equation]]:
        """Solve for the shown values; return them and the sums that could not be kept."""
        policy, base = self.policy, self.policy.base
        shown = np.flatnonzero(~self.hidden)
        column = {int(place): number for number, place in enumerate(shown)}
        entries: list[tuple[int, int, float]] = []
        below: list[float] = []
        above: list[float] = []
        slack_cost: list[float] = []
        slack_of: list[Equation] = []

        def require(terms: Sequence[tuple[int, float]], least: float, most: float, equation: Equation, cost: float) -> None:
            """Bound a sum of shown values; a value is its lower choice plus the base where the binary is one."""
            row = len(below)
            constant = 0.0
            for place, factor in terms:
                constant += factor * self.lower[place]
                entries.append((row, column[place], factor * base))
            first = len(shown) + len(slack_cost)
            entries.extend([(row, first, 1.0), (row, first + 1, -1.0)])
            slack_cost.extend([cost, cost])
            slack_of.extend([equation, equation])
            below.append(least - constant)
            above.append(most - constant)

        for equation in self.sums:
            parent, parts = equation.parent, [child for child in equation.children if not self.hidden[child]]
            concealed = [child for child in equation.children if self.hidden[child]]
            terms = [(child, -1.0) for child in parts]
            if not self.hidden[parent]:
                whole = [(parent, 1.0), *terms]
                if not concealed:
                    require(whole, 0.0, 0.0, equation, _NOT_ADDITIVE)
                    continue
                all_small = bool(self.small[concealed].all())
                most = (policy.always_shown_from - 1) * len(concealed)
                require(whole, 0.0, float(most) if all_small else np.inf, equation, _IMPLAUSIBLE)
            if not concealed or not bool(self.small[concealed].all()):
                continue
            # No hidden part may be provable from this sum, whatever the others are.
            others = (policy.always_shown_from - 1) * (len(concealed) - 1)
            room = policy.largest_shift * len(parts) + others
            if self.is_total[parent]:
                require(terms, -np.inf, float(room - self.counts[parent]), equation, _IMPLAUSIBLE)
            elif not self.hidden[parent]:
                require([(parent, 1.0), *terms], -np.inf, float(room + policy.largest_shift), equation, _IMPLAUSIBLE)
        width = len(shown) + len(slack_cost)
        goal = np.concatenate([self._choice_costs()[shown], slack_cost])
        upper = np.concatenate([self.has_choice[shown].astype(np.float64), np.full(len(slack_cost), np.inf)])
        is_whole = np.concatenate([np.ones(len(shown), dtype=np.int64), np.zeros(len(slack_cost), dtype=np.int64)])
        if width == 0:
            return np.full(len(self.counts), np.nan), []
        rows, columns, factors = zip(*entries, strict=True) if entries else ((), (), ())
        matrix = csr_array((factors, (rows, columns)), shape=(len(below), width))
        solution = milp(
            goal,
            integrality=is_whole,
            bounds=Bounds(0.0, upper),
            constraints=LinearConstraint(matrix, below, above) if below else None,
            options={"mip_rel_gap": 0.0},
        )
        if solution.status != 0:
            raise RuntimeError(f"the solver gave up on the rounding: {solution.message}")
        values = np.full(len(self.counts), np.nan)
        values[shown] = self.lower[shown] + base * np.round(solution.x[: len(shown)])
        used = [equation for equation, amount in zip(slack_of, solution.x[len(shown) :], strict=True) if amount > TOLERANCE]
        return values, list(dict.fromkeys(used))

    def _choice_costs(self) -> NDArray[np.float64]:
        """Cost of the upper choice of every cell over the lower one: distance from the truth, weighted, with a keyed leaning, and change."""
        upper = self.lower + self.policy.base
        distance = np.abs(upper - self.counts) - np.abs(self.lower - self.counts)
        costs = np.asarray(self.weights * (1 + _RELATIVE_COIN * self.leanings) * distance, dtype=np.float64)
        costs[self.earlier == self.lower] += _CHANGED * self.weights[self.earlier == self.lower]
        costs[self.earlier == upper] -= _CHANGED * self.weights[self.earlier == upper]
        return costs

    def _refusal(self) -> ReleaseRefused:
        names = [name for cell in self.lattice.cells if not cell.is_total for name, _ in cell.where]
        sizes = {axis.name: len(axis.members) for axis in self.lattice.axes}
        coarsen = max(sorted(set(names)), key=lambda name: (sizes[name], name), default="")
        return ReleaseRefused(
            f"公开版未能通过保护审核,沿用上一期;请将维度“{coarsen}”合并为更粗的分类后重新生成。",
            "The public release did not pass the protection audit and the old one stays; "
            f"merge members of the dimension {coarsen!r} and build again.",
        )
