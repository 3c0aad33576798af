"""``python -m bench.shown_cells``: of every split of people, how much the two releases show, and what other publishers' rules would.

The sample county is built, and its exact cells are held against what its file shows. Other rules look at each cell alone: what they hide can be
worked out from its neighbours (bench.protection). Prints the Markdown table of docs/privacy.md.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from etl.assembly.lattices import CountedCell
from etl.assembly.workspace import Workspace
from etl.county.read import read_pack
from etl.extracts import extracts
from etl.inspection.typed_rows import TypedRows
from etl.ledger import ledger
from etl.ledger.secret import release_secret
from etl.progress import silent
from indicators import catalogue
from indicators.lattice import grains, is_county_total
from indicators.model import Indicator, Measure, Protects, Release
from warehouse.reader import Warehouse

COUNTY = Path(__file__).parents[1] / "county"
Rule = Callable[[float], bool]
RULES: dict[str, Rule] = {
    "hide 1–4": lambda count: count == 0 or count >= 5,
    "hide under 10": lambda count: count >= 10,
    "OpenSAFELY": lambda count: count == 0 or count > 7,
}
"""Publisher's rule -> whether it shows a count."""

Place = tuple[str, str, date, str, str, str, str]
"""Indicator, grain, period, area, breakdown and members: names a cell."""


def main() -> int:
    """Print the table."""
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        subprocess.run([sys.executable, "-m", "etl", "demo", "--data", str(data)], check=True, capture_output=True)
        pack = read_pack(COUNTY)
        indicators = {name: one.by_formula(pack.formulas.get(name, "")) for name, one in catalogue().items()}
        for line in table(_exact(data, indicators), _shown(data), indicators):
            print(line)
    return 0


def _exact(data: Path, indicators: dict[str, Indicator]) -> list[CountedCell]:
    pack = read_pack(COUNTY)
    workspace = Workspace(pack, indicators)
    try:
        workspace.load(extracts(), ledger.editions(ledger.read(data)), TypedRows(pack, data), release_secret(), silent)
        workspace.count(silent)
        return workspace.cells()
    finally:
        workspace.close()


def _shown(data: Path) -> dict[str, dict[Place, bool]]:
    """Return of both releases every cell that has a row, and whether it has a number."""
    warehouse = Warehouse.open(data / "warehouse.duckdb")
    try:
        rows = warehouse.observations_all()
    finally:
        warehouse.close()
    found: dict[str, dict[Place, bool]] = {release.value: {} for release in Release}
    for release, name, period, grain, area, breakdown, member, member_2, *_, status in rows:
        found[release][name, grain, period, area, breakdown, member, member_2] = status in {"observed", "provisional"}
    return found


def table(cells: Iterable[CountedCell], shown: dict[str, dict[Place, bool]], indicators: dict[str, Indicator]) -> Iterable[str]:
    """Write how many cells of every split there are, and how many are shown.

    Args:
        cells: The exact cells.
        shown: Of both releases whether a cell has a number; cells that are not split at their moment are missing.
        indicators: The indicators by id.
    """
    counted: dict[tuple[str, str], Counter[str]] = {}
    for cell in cells:
        indicator = indicators[cell.indicator]
        if not cell.is_reported or indicator.protects is not Protects.PERSONS or is_county_total(indicator, cell.breakdown):
            continue
        if cell.grain not in grains(indicator, cell.breakdown, Release.INTERNAL):
            continue
        place = (cell.indicator, cell.grain.value, cell.period_on, cell.area_code, cell.breakdown, cell.member, cell.member_2)
        own = counted.setdefault((cell.indicator, cell.breakdown), Counter())
        own["cells"] += 1
        for release in Release:
            own[release.value] += shown[release.value].get(place, False)
            own[f"{release.value} offered"] += place in shown[release.value]
        numbers = [cell.numerator or 0.0, *([cell.denominator or 0.0] if isinstance(indicator.denominator, Measure) else [])]
        for name, rule in RULES.items():
            own[name] += all(map(rule, numbers))
    yield f"| split | cells | internal | public | {' | '.join(RULES)} |"
    yield "|---" * (4 + len(RULES)) + "|"
    whole: Counter[str] = Counter()
    for (name, breakdown), own in sorted(counted.items()):
        whole += own
        yield _line(f"`{name}` by {breakdown}" if breakdown != "total" else f"`{name}`", own)
    yield _line("all", whole)
    offered = ", ".join(f"{release.value} {whole[release.value] / whole[f'{release.value} offered']:.0%}" for release in Release)
    yield ""
    yield f"Of the cells that a release offers at all there are shown: {offered}."


def _line(title: str, own: Counter[str]) -> str:
    shares = [f"{own[name] / own['cells']:.0%}" for name in ("internal", "public", *RULES)]
    return f"| {title} | {own['cells']} | {' | '.join(shares)} |"


if __name__ == "__main__":
    sys.exit(main())
