"""What the audits say of something that published numbers give away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from disclosure.attacker import TOLERANCE
from disclosure.lattice import Selection


@dataclass(frozen=True)
class Finding:
    """A hidden count that the published numbers give away, of one moment by itself or of several together.

    Attributes:
        release: internal or public.
        table: Core table of the count.
        moment: Month of a stock, first day of the year of a flow; of movers the month until which they moved.
        where: The persons counted; of movers what all of them must be.
        low: Least possible count.
        high: Greatest possible count.
        required: Shortest interval allowed, in persons; of movers how many they are.
        is_of_movers: Whether it says that everybody who joined or left before the moment is of this kind.
    """

    release: str
    table: str
    moment: date
    where: Selection
    low: float
    high: float
    required: float
    is_of_movers: bool = False

    @property
    def reason(self) -> tuple[str, str]:
        """What was proved, in Chinese and English."""
        if self.is_of_movers:
            return "进出人员属性可推出", "all movers of one kind"
        if self.high - self.low < self.required - TOLERANCE:
            return "区间过窄", "interval too short"
        return ("可证明有人", "proved not to be empty") if self.low > 0 else ("可证明无人", "proved to be empty")
