"""How strictly small counts are protected; configuration may tighten the limits and never loosen them."""

from __future__ import annotations

from dataclasses import dataclass

_AT_LEAST = {
    "hide_below": 8,
    "always_shown_from": 10,
    "largest_shift": 4,
    "required_width": 5.0,
    "required_width_if_nearest": 3.0,
    "smallest_share_base": 20,
    "top_code_percent": 5,
    "moved": 3,
    "fewest_moved": 5,
}
KNOWS_ITSELF = "township"
"""Whoever works there knows the number of the own area, whether it is hidden or not."""

_FIXED = {"base": 5, "largest_shift": 4}


@dataclass(frozen=True)
class Policy:
    """The limits of both releases.

    Attributes:
        internal_k: Inside, counts below it are hidden and no hidden count may be narrowed to a shorter interval. Default 5 (NDTMS public
            tables and ONS: below 5); 3 to 10 (Eurostat/ESSnet handbook n = 3; CDC WONDER below 10).
        hide_below: Outside, counts below it are never shown. 8: OpenSAFELY redacts up to 7, since up to 5 lets a shown 5 be read as 6-7.
        always_shown_from: Counts from here on are shown unless they would uncover another; between the two a keyed coin decides. 10: CDC WONDER.
        base: Shown counts are multiples of it. 5: OpenSAFELY, NHS England, Statistics Canada.
        largest_shift: Greatest distance of a shown count from the truth. 4: random rounding to base 5, Statistics Canada.
        required_width: Outside, shortest interval an attacker may find. 5: one rounding base (docs/privacy.md).
        required_width_if_nearest: The same for an attacker who guesses that each count was rounded to its nearest multiple. 3.
        smallest_share_base: A share or rate needs this many persons below the line. 20: CDC WISQARS, NCHS.
        top_code_percent: Shares below it and above 100 minus it are published as limits. 5: Washington State DOH.
        moved: People an attacker of two builds may know to have come, and to have left, between them. 3: docs/privacy.md.
        fewest_moved: People who must have come or gone since a stock was last split before it is split again. 5: fewer could be told apart.
        largest_repair: Rounds of hiding further cells before a release is refused.

    Raises:
        ValueError: If a limit would protect less than the project allows.
    """

    internal_k: int = 5
    hide_below: int = 8
    always_shown_from: int = 10
    base: int = 5
    largest_shift: int = 4
    required_width: float = 5.0
    required_width_if_nearest: float = 3.0
    smallest_share_base: int = 20
    top_code_percent: int = 5
    moved: int = 3
    fewest_moved: int = 5
    largest_repair: int = 50

    @property
    def nearest_shift(self) -> int:
        """Greatest distance of a count from its nearest multiple."""
        return (self.base - 1) // 2

    def __post_init__(self) -> None:
        if not 3 <= self.internal_k <= 10:
            raise ValueError(f"internal_k must lie between 3 and 10, not {self.internal_k}; correct the county pack")
        for name, value in _FIXED.items():
            if getattr(self, name) != value:
                raise ValueError(f"{name} is fixed at {value}: sentences and audits rest on it; remove it from the county pack")
        for name, least in _AT_LEAST.items():
            if getattr(self, name) < least:
                raise ValueError(f"{name} may only be tightened: it must be {least} or more, not {getattr(self, name)}; correct the county pack")
        if not self.hide_below <= self.always_shown_from <= 20:
            raise ValueError("always_shown_from must lie between hide_below and 20; correct the county pack")
        if self.top_code_percent > 25:
            raise ValueError("top_code_percent above 25 would hide most shares; correct the county pack")
        if self.largest_repair < 1:
            raise ValueError("largest_repair must be at least 1; correct the county pack")
