"""What is done with files that are handed in, step by step; the command line and the page go through the same.

``look`` says what each file is taken for and records a refusal, ``try_out`` builds what would be published. Whoever handed them in then decides:
``etl.publishing.trial`` publishes a trial or gives it up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from etl.county.read import read_pack
from etl.desk import chosen
from etl.inspection.batch import Seen, inspect_batch, unseen
from etl.inspection.recognise import Months
from etl.inspection.result import Acceptance, InspectionResult
from etl.inspection.typed_rows import TypedRows
from etl.mapping.kept import save
from etl.mapping.profile import Profile
from etl.progress import Progress, silent
from etl.publishing import acceptance
from indicators.model import Text

if TYPE_CHECKING:
    from etl.publishing.trial import Trial


@dataclass(frozen=True)
class Stated:
    """What a sender says of files besides what stands in them and in their names.

    Attributes:
        covers: First and last month.
        reported_on: Date of reporting.
        profile: The mapping profile to read them by, which is kept where they are in order.
    """

    covers: Months | None = None
    reported_on: date | None = None
    profile: Profile | None = None


@dataclass(frozen=True)
class Looked:
    """Files that were looked at together.

    Attributes:
        results: One a file.
        rows: Their typed rows, for the steps that follow.
    """

    results: tuple[InspectionResult, ...]
    rows: TypedRows

    @property
    def is_refused(self) -> bool:
        """Whether a file must be mended; the batch is taken whole or not at all."""
        return any(result.is_refused for result in self.results)

    @property
    def is_new(self) -> bool:
        """Whether a file is in order that was not accepted before."""
        return any(result.acceptance is Acceptance.IN_ORDER for result in self.results)


def look(
    paths: Sequence[Path],
    data: Path,
    county: Path,
    who: str,
    *,
    stated: Stated | None = None,
    progress: Progress = silent,
    seen: Seen = unseen,
) -> Looked:
    """Inspect files; nothing is accepted.

    Args:
        paths: The files.
        data: The data folder. A refusal is recorded there, and a stated profile kept.
        county: The county pack.
        who: The account that answers for the delivery.
        stated: What the sender says of them.
        progress: Told what is being done.
        seen: Told of every result as soon as there is one.

    Raises:
        PackError: If the county pack cannot be used.
        ProfileError: If a kept profile is damaged.
        BusyError: If a refusal cannot be recorded because another run holds the lock.
        OSError: If a file cannot be opened, or the disk refuses.
    """
    stated = stated or Stated()
    progress(Text("读取县域资料包", "Reading the county pack"))
    rows = TypedRows(read_pack(county), data)
    files, said = chosen.once(paths)
    results = inspect_batch(
        files,
        rows.pack,
        covers=stated.covers,
        reported_on=stated.reported_on,
        data=data,
        progress=progress,
        profile=stated.profile,
        rows=rows,
        seen=lambda position, result: seen(position, chosen.explained(result, said)),
    )
    results = [chosen.explained(result, said) for result in results]
    looked = Looked(tuple(results), rows)
    if looked.is_refused:
        acceptance.refuse(results, data, who)
    elif stated.profile is not None:
        save(stated.profile, data)
    return looked


def try_out(looked: Looked, data: Path, county: Path, who: str, progress: Progress = silent) -> Trial | None:
    """Build what would be published; errors are those of ``trial.try_out``.

    Returns:
        The trial; None where no file is new and everything accepted is published. What an interrupted publication only accepted, or a restored
        older build leaves out, is published with the next files or none.
    """
    from etl.publishing import trial  # with it come the solvers and the maps: whoever waits for a result of a file does not wait for them

    if not looked.is_new and trial.is_published(data):
        return None
    return trial.try_out(looked.results, data, county, who=who, rows=looked.rows, progress=progress)
