"""Everything in a workbook that a person wrote and that is no cell: comments, text boxes, print headers, names, properties, tips.

Nothing here needs to be understood, only found, so parts are not parsed: their texts and the words in their attributes are taken out
as they stand. The cells come along on demand, for workbooks that no reader opens: whether such a file may be kept is decided here too.
"""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from collections.abc import Iterator

from etl.reading.workbook import MAX_UNPACKED, OLE_MAGIC, PIECE, ZIP_MAGIC, opened

_CELLS = re.compile(rb"<(?:\w+:)?sheetData\b.*?</(?:\w+:)?sheetData>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_SECTION = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_REMARK = re.compile(r"<!--(.*?)-->", re.DOTALL)
_WRITTEN = re.compile(
    r"\s(?:[\w-]+:)?(?:name|descr|title|display|tooltip|prompt|promptTitle|error|errorTitle|displayName|Target|comment|description"
    r"|target-frame-name|href|label|alt|string|text|userId|providerId)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')"
)
# The end of a paragraph; between the runs of one paragraph nothing stands, so that a number in two fonts is one number.
_END = re.compile(
    r"</(?:\w+:)?(?:p|si|text|comment|is|v|c|row|a|oddHeader|oddFooter|evenHeader|evenFooter|firstHeader|firstFooter|definedName)>|<br\s*/?>"
)
_PRINT_CODE = re.compile(r"&(?:\"[^\"]*\"|K[0-9A-Fa-f]{6}|[LCRPNDTZFABUESXYOHG]|\d{1,3} ?)")
_TELLING = re.compile("[0-9\uff10-\uff19]{2}|[0-9\uff10-\uff19] |[:\uff1a@某]|微信")
_ASCII_RUN = re.compile(rb"[\x20-\x7e]{6,}")
_WIDE_RUN = re.compile("[\u0020-\u007e\u00b7\u2010-\u2015\u3000-\u301f\u4e00-\u9fff\uff00-\uff5e\u200b-\u200d\u00ad]{3,}")
_LATIN_IN_WIDE = re.compile(rb"(?:[\x20-\x7e]\x00){6,}")


def hidden_texts(content: bytes, with_cells: bool = False) -> Iterator[str]:
    """Yield the texts of a workbook (.xlsx, .ods, .xls, .et) that are not cells.

    Args:
        content: The bytes of the file; nothing is yielded for a file that is no workbook.
        with_cells: Yield the texts of the cells as well, for a workbook that could not be read.
    """
    if content.startswith(ZIP_MAGIC):
        yield from _of_archive(content, with_cells)
    elif content.startswith(OLE_MAGIC):
        yield from _of_ole(content)


def _of_archive(content: bytes, with_cells: bool) -> Iterator[str]:
    archive = opened(content)
    if archive is None:
        return  # a broken archive has no parts; its bytes are searched as bytes
    left = MAX_UNPACKED
    for entry in archive.infolist():
        yield entry.filename
        part = _unpack(archive, entry, left)
        left -= len(part)
        if left <= 0:
            return
        if entry.filename.lower().endswith((".xml", ".rels", ".vml", ".txt")):
            yield from _of_part(part if with_cells else _CELLS.sub(b"", part))
    yield archive.comment.decode("utf-8", "ignore")


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    """Return what can be had of a part: an encrypted one gives nothing, a torn one its beginning."""
    part = bytearray()
    try:
        with archive.open(entry) as stream:
            while len(part) <= limit and (piece := stream.read(PIECE)):
                part += piece
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        return bytes(part)
    return bytes(part)


def _of_part(part: bytes) -> Iterator[str]:
    is_wide = part[:2] in (b"\xff\xfe", b"\xfe\xff")
    # A section says the same as its text with the signs of markup written out.
    markup = _SECTION.sub(lambda section: html.escape(section[1]), part.decode("utf-16" if is_wide else "utf-8", "ignore"))
    written = ("".join(either) for either in _WRITTEN.findall(markup))
    yield from map(html.unescape, (*written, *_REMARK.findall(markup)))
    apart = html.unescape(_TAG.sub("\n", markup))
    together = html.unescape(_TAG.sub("", _END.sub("\n", markup)))
    lines = {line.strip() for text in (apart, together, _PRINT_CODE.sub("\n", together)) for line in text.splitlines()}
    yield from sorted(lines - {""})


def _of_ole(content: bytes) -> Iterator[str]:
    """Yield the runs of writing in an old workbook, one-byte and two-byte at both alignments.

    Its notes, print headers and properties lie in records that readers of cells pass over. Runs in the county's own one-byte code
    (GB18030) are read too.
    """
    for run in _ASCII_RUN.findall(content):
        yield from _pieces(run.decode("ascii"))
    for start in (0, 1):
        for run in _WIDE_RUN.findall(content[start:].decode("utf-16-le", "ignore")):
            yield from _pieces(run)
    for run in _LATIN_IN_WIDE.findall(content):
        yield from _pieces(run.decode("utf-16-le"))
    for run in re.findall(rb"(?:[\x81-\xfe][\x40-\x7e\x80-\xfe]|[\x20-\x7e]){6,}", content):
        yield from _pieces(run.decode("gb18030", "ignore"))


def _pieces(run: str) -> Iterator[str]:
    """Yield a run that may say something; most runs of a binary file are none, and looking into each would take minutes."""
    if not _TELLING.search(run):
        return
    yield run
    if "&" in run:
        yield from _PRINT_CODE.sub("\n", run).splitlines()
