"""A header that stands twice: two halves of a table beside each other, the same column twice, or two columns of which one is something else."""

from __future__ import annotations

from collections.abc import Sequence

from etl.reading.signs import fold
from etl.reading.table import Table
from indicators.model import Text


def words_of_repeated(table: Table, pairs: Sequence[tuple[int, int]]) -> list[tuple[Text, Text]]:
    """Say of every header that stands twice where it does, and what to find out before anything is taken away.

    Args:
        table: The table.
        pairs: Position of the first column of a header and of its repetition, for all headers that are repeated.

    Returns:
        Message and remedy of every pair.
    """
    copies = [list(map(fold, table.columns[first])) == list(map(fold, table.columns[again])) for first, again in pairs]
    remedy = _copy() if all(copies) else _halves(table.letter(min(again for _, again in pairs))) if len(pairs) > 1 else _two_columns()
    return [(_twice(table.letter(first), table.letter(again), is_copy), remedy) for (first, again), is_copy in zip(pairs, copies, strict=True)]


def _twice(first: str, again: str, is_copy: bool) -> Text:
    zh, en = ("内容相同", "with the same cells") if is_copy else ("内容不同", "with different cells")
    return Text(f"同一列出现两次,在{first}列和{again}列,{zh}", f"The column stands twice, in {first} and {again}, {en}")


def _copy() -> Text:
    return Text("核对后去掉重复的一份", "Check it and take the copy away")


def _halves(letter: str) -> Text:
    return Text(
        f"核对:从{letter}列起是另外一些记录的,把右半张表接到左半张表下面,一行也不丢;两半是不同时间或口径的,分成两份文件报送",
        f"Check it: if other records begin at column {letter}, put the right half below the left one, every row of it; "
        "if the halves are of different times or kinds, deliver two files",
    )


def _two_columns() -> Text:
    return Text(
        "查清两列各是什么:是本列的,表头不动;另一列按它的内容改写表头(如上年数、累计数),模板没有的移到另一份表中留存",
        "Find out what each of the two is: leave the header of the right one; give the other the header of what it holds, "
        "or move it to another file if the template has none",
    )
