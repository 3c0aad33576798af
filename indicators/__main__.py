"""`python -m indicators` prints the catalogue of indicators as the page docs/catalogue.md."""

from __future__ import annotations

from indicators import catalogue, themes
from indicators.caveats import CAVEATS
from indicators.dimensions import DIMENSIONS, split
from indicators.lattice import grains
from indicators.model import Indicator, Release

_HEAD = """# Catalogue of indicators

Made by `make docs` from `indicators/`; not edited by hand. Periods: month, quarter, year, rolling_12 (twelve months ending with the month).
"""


def page() -> str:
    """Return the whole page."""
    parts = [_HEAD]
    for name, theme in themes().items():
        parts.append(f"## {theme.title.zh} · {theme.title.en} (`{name}`)\n")
        parts += [_section(indicator) for indicator in catalogue().values() if indicator.theme == name]
    return "\n".join(parts)


def _section(indicator: Indicator) -> str:
    rows = [
        f"### {indicator.title.zh} · {indicator.title.en} (`{indicator.id}`)\n",
        f"{indicator.question.zh} {indicator.question.en}\n",
        f"- 口径 definition: {indicator.definition.zh} {indicator.definition.en}",
        f"- 单位 unit: {indicator.unit.zh} {indicator.unit.en} · kind {indicator.kind.value} · protects {indicator.protects.value}"
        + (f" · 最近{indicator.provisional_periods}个月待补录 provisional" if indicator.provisional_periods else ""),
        f"- 责任单位 owner: {indicator.owner.zh} {indicator.owner.en} · 来源 extracts: {', '.join(indicator.sources)}",
        *(f"- 注意 caveat: {CAVEATS[key].zh} {CAVEATS[key].en}" for key in indicator.caveats),
        *(f"- 中断 break: {one.on} {one.sentence.zh} {one.sentence.en}" for one in indicator.breaks),
        *(f"- 预警 early warning: {'、'.join(_title(breakdown) for breakdown in indicator.watched)}" for _ in indicator.watched[:1]),
        *("- 乡镇比较 townships are compared with their county" for _ in range(indicator.is_mapped)),
        "",
        "| breakdown | internal | public |",
        "|---|---|---|",
        *(
            f"| {_title(breakdown)} | {_offered(indicator, breakdown, Release.INTERNAL)} | {_offered(indicator, breakdown, Release.PUBLIC)} |"
            for breakdown in indicator.breakdowns
        ),
        "",
    ]
    return "\n".join(rows)


def _title(breakdown: str) -> str:
    names = " × ".join(DIMENSIONS[name].title.zh for name in split(breakdown)) or "全县"
    return f"{names} `{breakdown}`"


def _offered(indicator: Indicator, breakdown: str, release: Release) -> str:
    return ", ".join(grain.value for grain in grains(indicator, breakdown, release)) or "—"


if __name__ == "__main__":
    print(page(), end="")
