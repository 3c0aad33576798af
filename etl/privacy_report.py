"""隐私体检报告: how easily a row of a delivered file could be told to be somebody, before and after coarsening.

A register of a few hundred people without names is not anonymous: sex, birth year, township and drug together mark most of its rows. The
report says so in numbers, and what the build coarsens before it counts anything. It is made from the typed columns and holds no row.

Source: k-anonymity, Sweeney 2002; GB/T 42460-2023, annex D (worked example of the same count).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from etl.contract import Column, Extract, Type
from etl.county import CountyPack
from indicators.model import Text

SMALL = 5  # rows; a group of fewer is small


@dataclass(frozen=True)
class Crowd:
    """How many rows share their combination of attributes.

    Attributes:
        records: Rows.
        unique: Rows whose combination no other row has.
        small: Rows that share theirs with fewer than five in all.
        smallest: Size of the smallest group; 0 where there is no row.
    """

    records: int
    unique: int
    small: int
    smallest: int


@dataclass(frozen=True)
class Coarsening:
    """What becomes of one attribute before anything is counted."""

    header: str
    became: Text


@dataclass(frozen=True)
class PrivacyReport:
    """The check-up of one file in order.

    Attributes:
        before: The rows as delivered; None for a file that is not about people row by row.
        after: The same rows as the build counts them.
        coarsened: What is made coarser or left out.
    """

    before: Crowd | None
    after: Crowd | None
    coarsened: tuple[Coarsening, ...]

    def lines(self, language: str) -> list[str]:
        """Return the report in sentences.

        Args:
            language: ``zh`` or ``en``.
        """
        if self.before is None or self.after is None:
            return [_NO_PEOPLE.pick(language)]
        coarse = "、" if language == "zh" else "; "
        said = [
            Text(
                f"{self.before.records}行中,仅凭性别、年龄、乡镇等就独一无二的有{self.before.unique}行({_share(self.before.unique, self.before)}),"
                f"相同的不足{SMALL}行的有{self.before.small}行({_share(self.before.small, self.before)})",
                f"Of {self.before.records} rows, {self.before.unique} ({_share(self.before.unique, self.before)}) are unique by sex, age, "
                f"township and the like, {self.before.small} ({_share(self.before.small, self.before)}) share theirs with fewer than {SMALL}",
            ),
            Text(
                f"粗化后独一无二的剩{self.after.unique}行({_share(self.after.unique, self.after)}),最小一组{self.after.smallest}行",
                f"Coarsened, {self.after.unique} ({_share(self.after.unique, self.after)}) stay unique; the smallest group has {self.after.smallest}",
            ),
            Text(
                "粗化:" + coarse.join(f"{one.header}→{one.became.zh}" for one in self.coarsened),
                "Coarsened: " + coarse.join(f"{one.header} → {one.became.en}" for one in self.coarsened),
            ),
            _VERDICT,
        ]
        return [words.pick(language) for words in said]


_NO_PEOPLE = Text("不是一人一行的文件,不作人员重识别检查", "Not a file of one row a person; re-identification is not examined")
_VERDICT = Text(
    "结论:明细不公布、不进入看板数据文件,只公布受保护的汇总数",
    "Verdict: rows are neither published nor in the dashboard's file; only protected aggregates are",
)
_LEFT_OUT = Text("不使用", "left out")


def privacy_report(columns: Mapping[str, Sequence[Any]], extract: Extract, pack: CountyPack) -> PrivacyReport:
    """Count how far rows stand out.

    Args:
        columns: Typed columns by name. Shape: all of the same length.
        extract: The contract; its ``quasi_identifiers`` are examined.
        pack: The county pack: zones of townships, groups of drugs.
    """
    names = [name for name in extract.quasi_identifiers if name in columns]
    if not names:
        return PrivacyReport(None, None, ())
    months = columns[extract.month_column]
    coarse: list[Sequence[Any]] = []
    said: list[Coarsening] = []
    for name in names:
        column = extract.column(name)
        became, coarsen = _coarsening(column, pack)
        if became is not None:
            said.append(Coarsening(column.header, became))
        if coarsen is not None:
            coarse.append([coarsen(value, month) for value, month in zip(columns[name], months, strict=True)])
    return PrivacyReport(_crowd([columns[name] for name in names]), _crowd(coarse), tuple(said))


Coarsen = Callable[[Any, Any], Any]


def _coarsening(column: Column, pack: CountyPack) -> tuple[Text | None, Coarsen | None]:
    """Return what an attribute becomes, as the core tables have it; no function where it is left out."""
    if column.type is Type.TOWNSHIP:
        return Text("片区", "zone"), lambda code, _: pack.township(code).zone
    if column.type is Type.YEAR:
        return Text("年龄段", "age band"), lambda year, month: sum(month.year - year >= limit for limit in (18, 36, 60))
    if column.type is Type.DRUG:
        groups = {drug.code: drug.drug_group for drug in pack.drugs}
        return Text("毒品大类", "group of drugs"), lambda code, _: groups[code]
    if column.nullable:
        return _LEFT_OUT, None
    return None, lambda value, _: value


def _crowd(columns: Sequence[Sequence[Any]]) -> Crowd:
    groups = Counter(zip(*columns, strict=True))
    sizes = list(groups.values())
    return Crowd(sum(sizes), sum(size for size in sizes if size == 1), sum(size for size in sizes if size < SMALL), min(sizes, default=0))


def _share(part: int, crowd: Crowd) -> str:
    return f"{part / crowd.records:.0%}" if crowd.records else "0%"
