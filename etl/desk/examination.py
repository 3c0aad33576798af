"""The analyst's desk: files handed in together, what is found in them, and what becomes of them.

Files that come through a browser have no path. They lie in a folder of their own outside the data folder, readable by this account only,
until they are published, given up or refused; what holds identifiers is gone as soon as that is known.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from etl.contract import Column, Type
from etl.county.pack import CountyPack
from etl.desk import apart, delivery
from etl.extracts import extracts
from etl.inspection.batch import Seen, unseen
from etl.inspection.entries import entry_of
from etl.inspection.result import Acceptance, InspectionResult
from etl.inspection.typed_rows import TypedRows
from etl.mapping import question
from etl.mapping.question import TablePlace
from etl.privacy.check_up import PrivacyReport, privacy_report
from etl.progress import Progress, silent
from indicators.model import Text

if TYPE_CHECKING:
    from etl.assembly.assemble import BuildReport
    from etl.publishing.trial import Trial

PREVIEW_ROWS = 3
_PREFIX = "delivered-"
_LONGEST_NAME = 200  # bytes; a file system takes 255
_HIDDEN = "●●●"


class HandedIn:
    """Files handed in together, in a folder that goes when they are no longer needed."""

    def __init__(self, files: Iterable[tuple[str, bytes]]) -> None:
        _sweep()
        self._folder = tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-{_started(os.getpid())}-")
        self.folder = Path(self._folder.name)
        self.paths = [_write(self.folder / str(number), name, content) for number, (name, content) in enumerate(files)]

    def drop(self) -> None:
        """Remove the files."""
        self._folder.cleanup()


def _write(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir()
    base = name.replace("\\", "/").rsplit("/", 1)[-1].replace("\0", "").encode()[-_LONGEST_NAME:].decode(errors="ignore") or "_"
    path = folder / (base if base not in {".", ".."} else "_")
    path.write_bytes(content)
    return path


def _sweep() -> None:
    """Remove what a server that was killed left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*-*"):
        owner, started, _ = folder.name.removeprefix(_PREFIX).split("-", 2)
        if owner.isdigit() and _started(int(owner)) != started and folder.stat().st_uid == os.getuid():
            shutil.rmtree(folder, ignore_errors=True)


def _started(process: int) -> str:
    """Return when a process started, in the kernel's count; empty where it is gone. In a container numbers of processes come again."""
    try:
        return Path("/proc", str(process), "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[19]
    except OSError:
        return ""


@dataclass(frozen=True)
class Preview:
    """The first typed rows of a file in order, as a person reads them; keys are never shown.

    Attributes:
        heads: One header a column.
        rows: Shape: rows × columns.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Examination:
    """What was found in files handed in together.

    Attributes:
        results: One a file.
        trial: The build that would be published; None where a file was refused or nothing is new.
        previews: First typed rows of every file in order; None of the others.
        reports: 隐私体检 of every file in order; None of the others.
        places: Where the header may stand in every file that is in nobody's form, to be mapped by the analyst; empty for the others.
    """

    handed_in: HandedIn
    results: tuple[InspectionResult, ...]
    trial: Trial | None
    previews: tuple[Preview | None, ...]
    reports: tuple[PrivacyReport | None, ...]
    places: tuple[tuple[TablePlace, ...], ...]

    @property
    def is_refused(self) -> bool:
        """Whether a file must be mended; the batch is taken whole or not at all."""
        return any(result.is_refused for result in self.results)


def examine(files: Iterable[tuple[str, bytes]], data: Path, county: Path, who: str, progress: Progress = silent, seen: Seen = unseen) -> Examination:
    """Inspect files, and where all are in order build what would be published. Nothing is accepted or published.

    Args:
        files: Name and content of each.
        data: The data folder. A refusal is recorded there.
        county: The county pack.
        who: The account that answers for the delivery.
        progress: Told what is being done.
        seen: Told of every result as soon as there is one.

    Raises:
        ApartError: If the work ended with an error: another load is running, a build with the files fails a check, the disk refuses.
        OSError: If the files cannot be laid down.
    """
    progress(Text("准备检查", "Getting ready"))
    handed_in = HandedIn(files)
    try:
        examined = apart.run(examine_files, handed_in.paths, data, county, who, data=data, scratch=handed_in.folder, progress=progress, seen=seen)
    except BaseException:
        handed_in.drop()
        raise
    examination = Examination(handed_in, *examined)
    if examination.is_refused:
        handed_in.drop()
    return examination


_Places: TypeAlias = tuple[tuple[TablePlace, ...], ...]
Examined: TypeAlias = "tuple[tuple[InspectionResult, ...], Trial | None, tuple[Preview | None, ...], tuple[PrivacyReport | None, ...], _Places]"


def examine_files(paths: Sequence[Path], data: Path, county: Path, who: str, progress: Progress, seen: Seen = unseen) -> Examined:
    """Do the work of ``examine`` on files that lie somewhere; arguments and errors are the same."""
    looked = delivery.look(paths, data, county, who, progress=progress, seen=seen)
    if looked.is_refused:
        nothing = (None,) * len(looked.results)
        return looked.results, None, nothing, nothing, tuple(_places(result, looked.rows.pack) for result in looked.results)
    previews = tuple(_preview(result, looked.rows) for result in looked.results)
    reports = tuple(_report(result, looked.rows) for result in looked.results)
    return looked.results, delivery.try_out(looked, data, county, who, progress), previews, reports, ((),) * len(looked.results)


def _places(result: InspectionResult, pack: CountyPack) -> tuple[TablePlace, ...]:
    """Return where the header may stand in a file that can be mapped: one in which it was found that nobody has said what a column or word is."""
    rules = {rule for rule, _ in result.problem_counts}
    if result.has_identifiers or not question.may_be_answered(rules, result.profile):
        return ()
    return question.places(result.path.read_bytes(), extracts(), pack)


def publish_examined(examination: Examination, data: Path, who: str, reason: str) -> BuildReport:
    """Accept the files and put the trial build in force.

    Raises:
        ValueError: If there is nothing to publish.
        TrialStale: If something was accepted or published since.
        TrialHeld: If the publish gate holds the build and no reason is given.
    """
    from etl.publishing import trial

    if examination.trial is None:
        raise ValueError("there is no trial build to publish")
    built = trial.publish(examination.trial, data, who=who, reason=reason)
    examination.handed_in.drop()
    return built


def give_up(examination: Examination, data: Path) -> None:
    """Forget the files and the trial build; what is published stays."""
    from etl.publishing import trial

    try:
        if examination.trial is not None:
            trial.give_up(examination.trial, data)
    finally:
        examination.handed_in.drop()


def _preview(result: InspectionResult, rows: TypedRows) -> Preview | None:
    if result.acceptance is not Acceptance.IN_ORDER or result.extract is None:
        return None
    first = rows.of(entry_of(result, "")).slice(0, PREVIEW_ROWS)
    shown = [extracts()[result.extract].column(name) for name in first.column_names]
    columns = [[_words(column, value, rows.pack) for value in first[column.name].to_pylist()] for column in shown]
    return Preview(tuple(column.header for column in shown), tuple(zip(*columns, strict=True)))


def _words(column: Column, value: Any, pack: CountyPack) -> str:
    """Return a typed value as a county official reads it."""
    if value is None:
        return ""
    if column.type is Type.KEY:
        return _HIDDEN
    if isinstance(value, date):
        return f"{value:%Y-%m}"
    if column.type is Type.TOWNSHIP:
        return pack.township(value).title.zh
    if column.type is Type.DRUG:
        return next((drug.title.zh for drug in pack.drugs if drug.code == value), str(value))
    if column.type is Type.FLAG:
        return {"yes": "是", "no": "否"}[value]
    if isinstance(value, float):
        return f"{value:.15g}"
    return next((code.title.zh for code in column.codes if code.code == value), str(value))


def _report(result: InspectionResult, rows: TypedRows) -> PrivacyReport | None:
    if result.acceptance is not Acceptance.IN_ORDER or result.extract is None:
        return None
    return privacy_report(rows.of(entry_of(result, "")).to_pydict(), extracts()[result.extract], rows.pack)


def account(results: Sequence[InspectionResult]) -> Text:
    """Return in one sentence what became of a batch."""
    refused = sum(result.is_refused for result in results)
    if refused:
        return Text(
            f"共{len(results)}个文件,{refused}个退回,全批未入库,改正后请整批重报",
            f"{refused} of {len(results)} files refused; none of the batch was accepted. Mend them and deliver the whole batch again",
        )
    return Text(f"{len(results)}个文件检查通过", f"{len(results)} files are in order")
