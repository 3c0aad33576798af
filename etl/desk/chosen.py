"""What was chosen, before and after it is read: a file chosen twice, files of one name, and files that are no tables."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from etl.inspection.result import InspectionResult
from etl.problems import Problem, Remark
from indicators.model import Text

_LONGEST_MARK = 16  # bytes at the beginning of a file that tell its kind
_PACKED = (
    Text("这是压缩包,不是报表", "This is an archive and no table"),
    Text("解压后,把其中的报表选进来重报", "Unpack it and deliver the tables in it"),
)
_WRITTEN = (
    Text("这是文字文档,不是表格", "This is a text document and no table"),
    Text("把其中的表格复制到Excel或WPS表格,另存为.xlsx后重报", "Copy its table into Excel or WPS, save it as .xlsx and deliver that"),
)
_PRINTED = (
    Text("这是PDF或OFD,不是表格", "This is a PDF or OFD and no table"),
    Text("向制表人要原来的表格,另存为.xlsx后重报", "Ask whoever made it for the table itself, save it as .xlsx and deliver that"),
)
_PICTURED = (
    Text("这是图片,不是表格", "This is a picture and no table"),
    Text("向制表人要原来的表格,另存为.xlsx后重报", "Ask whoever made it for the table itself, save it as .xlsx and deliver that"),
)
_BY_SUFFIX = {
    **dict.fromkeys((".zip", ".rar", ".7z", ".gz", ".tar"), _PACKED),
    **dict.fromkeys((".docx", ".doc", ".wps", ".odt", ".rtf"), _WRITTEN),
    **dict.fromkeys((".pdf", ".ofd"), _PRINTED),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".heic", ".webp"), _PICTURED),
}
_BY_MARK = {
    b"%PDF-": _PRINTED,
    b"Rar!": _PACKED,
    b"7z\xbc\xaf": _PACKED,
    b"\xff\xd8\xff": _PICTURED,
    b"\x89PNG": _PICTURED,
    b"{\\rtf": _WRITTEN,
}


def once(paths: Sequence[Path]) -> tuple[list[Path], dict[Path, Remark]]:
    """Take every file once, and say which is which of those that look alike in a list.

    The same bytes under two names stay two files: a blank return is the same for every month.

    Returns:
        The files, and what is to be said of some of them.

    Raises:
        OSError: If a file cannot be opened.
    """
    times: Counter[tuple[str, str]] = Counter()
    kept: dict[tuple[str, str], Path] = {}
    for path in paths:
        with path.open("rb") as stream:
            same = path.name, hashlib.file_digest(stream, "sha256").hexdigest()
        times[same] += 1
        kept.setdefault(same, path)
    of_name = Counter(name for name, _ in kept)
    place: Counter[str] = Counter()
    said: dict[Path, Remark] = {}
    for (name, digest), path in kept.items():
        place[name] += 1
        if of_name[name] > 1:
            said[path] = _alike(place[name], of_name[name], path.stat().st_size)
        elif times[name, digest] > 1:
            said[path] = _TWICE
    return list(kept.values()), said


_TWICE = Remark("chosen_twice", Text("同一文件选了两次,只取一次", "The same file was chosen twice and is taken once"))


def _alike(place: int, number: int, size: int) -> Remark:
    return Remark(
        "same_name",
        Text(
            f"同名而内容不同的文件选了{number}份,这是先后第{place}份,{size:,}字节",
            f"{number} different files of this name were chosen: this is number {place}, of {size:,} bytes",
        ),
    )


def explained(result: InspectionResult, said: Mapping[Path, Remark]) -> InspectionResult:
    """Return a result with what is to be said of the file's choice, and, where it is no table, with what it is and what to do."""
    remarks = (said[result.path], *result.remarks) if result.path in said else result.remarks
    return replace(result, remarks=remarks, problems=tuple(_of_its_kind(problem, result.path) for problem in result.problems))


def _of_its_kind(problem: Problem, path: Path) -> Problem:
    if problem.rule != "file_kind":
        return problem
    with path.open("rb") as stream:
        first = stream.read(_LONGEST_MARK)
    marked = next((words for mark, words in _BY_MARK.items() if first.startswith(mark)), None)
    words = marked or _BY_SUFFIX.get(path.suffix.lower())
    return replace(problem, message=words[0], remedy=words[1]) if words else problem
