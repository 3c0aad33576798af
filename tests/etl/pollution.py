"""Copies of a clean file, each spoiled in one way: the kinds of pollution of the Pollock benchmark, over our own templates.

Source: G. Vitagliano et al., Pollock: A Data Loading Benchmark, VLDB 2023 (kinds of pollution); the code is our own.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Cells = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Polluted:
    """A spoiled copy.

    Attributes:
        kind: What was done.
        where: Row (header is 1) and column (from 0), where it was done to one place.
        content: The bytes of the file.
    """

    kind: str
    where: tuple[int, int] | None
    content: bytes

    @property
    def is_local(self) -> bool:
        """Whether one place of the file is at fault, so that a refusal can name it."""
        return self.where is not None


def written(cells: Cells, separator: str = ",", quote: str = '"', line_end: str = "\r\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    """Cells as CSV text."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator, quotechar=quote, lineterminator=line_end, quoting=quoting).writerows(cells)  # type: ignore[arg-type]
    return stream.getvalue()


def _places(cells: Cells) -> Iterator[tuple[int, int]]:
    for row, line in enumerate(cells, 1):
        for column in range(len(line)):
            yield row, column


def _with_cell(cells: Cells, row: int, column: int, text: str) -> str:
    """CSV text without any quoting, with one cell written as given."""
    return "".join(",".join(text if (r, c) == (row, column) else cell for c, cell in enumerate(line)) + "\r\n" for r, line in enumerate(cells, 1))


def local(cells: Cells) -> Iterator[Polluted]:
    """One mark too many or too few at every row and column."""
    width = len(cells[0])
    for row, column in _places(cells):
        cell = cells[row - 1][column]
        middle = len(cell) // 2
        spoiled = {
            "extra separator before": "," + cell,
            "extra separator after": cell + ",",
            "separator inside": cell[:middle] + "," + cell[middle:],
            "extra quote before": '"' + cell,
            "extra quote after": cell + '"',
            "quote inside": cell[:middle] + '"' + cell[middle:] if cell else '"',
            "three quotes around": '"""' + cell + '"""' if cell else '"""',
            "escape by backslash": '"' + cell + '\\""',
            "line break inside": cell[:middle] + "\r\n" + cell[middle:],
            "quoted line break inside": '"' + cell[:middle] + "\n" + cell[middle:] + '"',
            "bare return inside": cell[:middle] + "\r" + cell[middle:],
            "tab inside": cell[:middle] + "\t" + cell[middle:],
            "semicolon instead of separator": cell + ";" + (cells[row - 1][column + 1] if column + 1 < width else ""),
            "null inside": cell[:middle] + "\x00" + cell[middle:],
        }
        for kind, text in spoiled.items():
            if kind == "semicolon instead of separator" and column + 1 == width:
                continue
            changed = _with_cell(cells, row, column, text)
            if kind == "semicolon instead of separator":
                lines = [list(line) for line in cells]
                lines[row - 1][column : column + 2] = [text]
                changed = "".join(",".join(line) + "\r\n" for line in lines)
            yield Polluted(kind, (row, column), changed.encode())
        # A separator missing: two cells run together.
        if column + 1 < width:
            lines = [list(line) for line in cells]
            lines[row - 1][column : column + 2] = [cell + cells[row - 1][column + 1]]
            yield Polluted("separator missing", (row, column), "".join(",".join(line) + "\r\n" for line in lines).encode())
        lines = [list(line) for line in cells]
        del lines[row - 1][column]
        yield Polluted("cell missing", (row, column), "".join(",".join(line) + "\r\n" for line in lines).encode())
        lines = [list(line) for line in cells]
        lines[row - 1] = lines[row - 1][: column + 1]
        if column + 1 < width:
            yield Polluted("row ends early", (row, column), "".join(",".join(line) + "\r\n" for line in lines).encode())


def whole(cells: Cells) -> Iterator[Polluted]:
    """What is done to the file as a whole: header, preamble, separator, quote, encoding, line ends, several tables."""
    yield from around(cells)
    yield from between(cells)
    yield from as_text(cells)
    yield from columns_spoiled(cells)


def around(cells: Cells) -> Iterator[Polluted]:
    header, width = list(cells[0]), len(cells[0])
    preambles = [["报表"], ["报表", "2026年"], [""], ["单位:人"], ["注:本表", "", ""], [*["x"] * (width - 1), "y"], header[: width // 2]]
    for preamble in preambles:
        for count in (1, 2, 5, 9, 10):
            yield Polluted("preamble", None, written([*[preamble] * count, *cells]).encode())
            yield Polluted("preamble padded", None, written([*[[*preamble, *[""] * (width - len(preamble))]] * count, *cells]).encode())
    for footer in (["合计"], ["填表人:"], ["注:本表"], [""], ["x"] * width, header, [""] * width):
        for count in (1, 2, 3):
            yield Polluted("footer", None, written([*cells, *[footer] * count]).encode())
            yield Polluted("footer padded", None, written([*cells, *[[*footer, *[""] * (width - len(footer))]] * count]).encode())


def between(cells: Cells) -> Iterator[Polluted]:
    header, records, width = list(cells[0]), [list(line) for line in cells[1:]], len(cells[0])
    for where in range(len(records) + 1):
        for line in (header, [""] * width, [""], ["合计", *[""] * (width - 1)], ["小计"], ["x"] * width, ["第二表"]):
            yield Polluted("row between", None, written([header, *records[:where], line, *records[where:]]).encode())
        yield Polluted("two tables", None, written([header, *records[:where], [], header, *records[where:]]).encode())
        yield Polluted("header below", None, written([*records[:where], header, *records[where:]]).encode())
    yield Polluted("no header", None, written(records).encode())
    yield Polluted("header twice", None, written([header, header, *records]).encode())
    yield Polluted(
        "header in two lines",
        None,
        written([header[: width // 2] + [""] * (width - width // 2), [""] * (width // 2) + header[width // 2 :], *records]).encode(),
    )
    yield Polluted(
        "header over two lines",
        None,
        written([[text[: len(text) // 2] for text in header], [text[len(text) // 2 :] for text in header], *records]).encode(),
    )
    yield Polluted("rows and columns changed round", None, written(list(zip(*cells, strict=True))).encode())


def as_text(cells: Cells) -> Iterator[Polluted]:
    header, records, plain = list(cells[0]), [list(line) for line in cells[1:]], written(cells)
    for separator in (";", "\t", "|", ":", " ", ", ", ",,", "^", ";,"):
        yield Polluted(f"separator {separator!r}", None, "".join(separator.join(line) + "\r\n" for line in cells).encode())
        yield Polluted(f"separator {separator!r} in the header only", None, (separator.join(header) + "\r\n" + written(records)).encode())
        yield Polluted(
            f"separator {separator!r} below the header",
            None,
            (written([header]) + "".join(separator.join(line) + "\r\n" for line in records)).encode(),
        )
    for quote in ("'", "“", "`", '"'):
        yield Polluted(f"quote {quote}", None, written(cells, quote=quote, quoting=csv.QUOTE_ALL).encode())
    for line_end in ("\n", "\r", "\n\n", "\n\r", "\r\r\n", "\u2028", "\x0b", "\x1e", "\x85"):
        yield Polluted(f"line end {line_end!r}", None, written(cells, line_end=line_end).encode())
    for encoding in ("gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32", "utf-7", "hz", "iso2022_jp"):
        try:
            yield Polluted(f"encoding {encoding}", None, plain.encode(encoding))
        except UnicodeEncodeError:
            continue
    for wrong in ("gbk", "latin-1", "big5", "cp1252"):
        for source in ("utf-8", "gb18030"):
            misread = plain.encode(source).decode(wrong, "replace")
            yield Polluted(f"{source} read as {wrong}", None, misread.encode())
            yield Polluted(f"{source} read as {wrong}, saved as gb18030", None, misread.encode("gb18030", "replace"))
    content = plain.encode()
    rng = random.Random(7)
    for _ in range(100):
        place = rng.randrange(len(content))
        yield Polluted("a byte that is no text", None, content[:place] + bytes([rng.choice((0x80, 0xFF, 0xFE, 0x00, 0x1A))]) + content[place:])


def columns_spoiled(cells: Cells) -> Iterator[Polluted]:
    """A column more, a column less, a column's name spoiled."""
    header, records, width = list(cells[0]), [list(line) for line in cells[1:]], len(cells[0])
    for column in range(width):
        yield Polluted("column missing", None, written([line[:column] + line[column + 1 :] for line in map(list, cells)]).encode())
        yield Polluted("column twice", None, written([[*line[: column + 1], *line[column:]] for line in map(list, cells)]).encode())
        for name in ("", "其他列", header[0] if column else header[-1], header[column] + "2"):
            yield Polluted("name of a column", None, written([[*header[:column], name, *header[column + 1 :]], *records]).encode())
