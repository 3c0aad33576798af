"""What is said of many files: every refusal whole and at once, and files in order one by one, or summed up where they are many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from indicators.model import Text

if TYPE_CHECKING:
    from etl.inspection.result import Acceptance, InspectionResult

SAID_ONE_BY_ONE = 10  # of more files than these, those in order are summed up
NEVER_SUMMED = frozenset({"edition_replaced", "same_as_before", "months_without_rows", "townships_without_rows", "records_moved"})


class AsFound:
    """Says every result as soon as there is one; of what changes it later, only what is new."""

    def __init__(self, files: int, say: Callable[[str], None]) -> None:
        """Begin with nothing said.

        Args:
            files: How many were handed in.
            say: Writes a line.
        """
        self._is_many, self._say = files > SAID_ONE_BY_ONE, say
        self._said: dict[int, InspectionResult] = {}

    def __call__(self, position: int, result: InspectionResult) -> None:
        """Say a result."""
        if self._is_many and not result.is_refused:
            return
        before = self._said.get(position)
        self._said[position] = result
        for line in result.lines() if before is None or before.acceptance is not result.acceptance else _more(before, result):
            self._say(line)


def _more(before: InspectionResult, result: InspectionResult) -> list[str]:
    from etl.inspection.result import remark_line

    return [f"  · {result.file_name} · {remark_line(remark)}" for remark in result.remarks if remark not in before.remarks]


def closing_lines(results: Sequence[InspectionResult], handed_in: int) -> list[str]:
    """Return what is still to be said once it is known what became of all: those in order where they are many, else those accepted, by type."""
    from etl.inspection.result import Acceptance, remark_line

    in_order = [result for result in results if not result.is_refused]
    if handed_in <= SAID_ONE_BY_ONE:
        return _sums([result for result in in_order if result.acceptance is Acceptance.ACCEPTED])
    remarks = [(result.file_name, remark) for result in in_order for remark in result.remarks if remark.rule in NEVER_SUMMED]
    return [*_sums(in_order), *(f"  · {name} · {remark_line(remark)}" for name, remark in remarks)]


def _sums(results: Sequence[InspectionResult]) -> list[str]:
    kinds: dict[tuple[Acceptance, Text | None], list[InspectionResult]] = {}
    for result in results:
        kinds.setdefault((result.acceptance, result.title), []).append(result)
    return [_sum_line(acceptance, title, group) for (acceptance, title), group in kinds.items()]


def _sum_line(acceptance: Acceptance, title: Text | None, group: Sequence[InspectionResult]) -> str:
    from etl.inspection.result import ACCEPTANCE_WORDS

    said, named = ACCEPTANCE_WORDS[acceptance], title or Text("未知类型", "Unknown type")
    months = sorted(month for result in group for month in (result.first_month, result.last_month) if month)
    span = f" · {months[0]:%Y-%m} — {months[-1]:%Y-%m}" if months else ""
    rows = sum(result.rows_found for result in group)
    return f"{said.zh} {said.en} · {named.zh} {named.en} · {len(group)}个文件 files{span} · {rows:,}行 rows"
