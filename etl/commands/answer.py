"""What a command answers: an exit code, lines for a person, fields for a program.

Every command ends in a sentence a person can act on, and in one of three codes: 0 done, 2 refused (the sender has something to mend),
1 broken (the office's computer person has).
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.problems import WordedError
from indicators.model import Text

if TYPE_CHECKING:
    from etl.publishing.trial import TrialHeld

DONE, BROKEN, REFUSED = 0, 1, 2


@dataclass(frozen=True)
class Answer:
    """What a command has to say.

    Attributes:
        code: Exit code.
        lines: For a person.
        fields: For ``--json``.
    """

    code: int
    lines: list[str]
    fields: dict[str, Any]


class BrokenError(WordedError):
    """Something outside the delivered files is not in order."""


def say(line: str, options: argparse.Namespace) -> None:
    """Write a line for a person, at once: on standard output, or beside the JSON that stands there."""
    stream = sys.stderr if options.json else sys.stdout
    print(line.encode(stream.encoding or "utf-8", "replace").decode(stream.encoding or "utf-8"), file=stream, flush=True)


def sentence(code: int, text: Text, **fields: Any) -> Answer:
    """Answer with one sentence in both languages."""
    return Answer(code, [f"{text.zh}。{text.en}."], {"message": {"zh": text.zh, "en": text.en}, **fields})


def failure(error: Exception, data: Path | None) -> Answer:
    """Turn an error into an answer: the sentence is the one the page gives, the code says whose turn it is.

    Args:
        error: Whatever ended the work.
        data: The data folder, where the command has one.
    """
    from etl.county.pack import PackError
    from etl.county.read import pack_lines
    from etl.desk import failure as words
    from etl.inspection.result import problem_as_json, problem_line
    from etl.mapping.profile import ProfileError
    from etl.publishing.trial import TrialHeld

    if isinstance(error, PackError):
        lines = ["县域资料包有误,无法使用。The county pack is not in order.", *(f"  - {line}" for line in pack_lines(error.problems))]
        return Answer(BROKEN, lines, {"problems": [problem_as_json(problem) for problem in error.problems]})
    if isinstance(error, ProfileError):
        lines = ["映射方案有误,无法使用。The mapping profile is not in order.", *(f"  - {problem_line(problem)}" for problem in error.problems)]
        return Answer(REFUSED, lines, {"problems": [problem_as_json(problem) for problem in error.problems]})
    if isinstance(error, TrialHeld):
        return _held(error)
    return sentence(REFUSED if isinstance(error, words.REFUSALS) else BROKEN, words.sentence(error, data))


def _held(error: TrialHeld) -> Answer:
    """Say what is held and how a person who has checked it publishes all the same."""
    lines = [
        f"{error.text.zh}。{error.text.en}.",
        *(f"  - {hold.message.zh} | {hold.message.en}" for hold in error.holds),
        '核实无误的,在同一条命令后加上理由,如 --reason "核实:当月确无案件",即可发布;有误的,请改正报表后重报。'
        'Where this is right, run the same command with --reason "…" to publish it; where it is wrong, mend the files and deliver them again.',
    ]
    holds = [
        {
            "rule": hold.rule,
            "indicator": hold.indicator or None,
            "month": f"{hold.month:%Y-%m}" if hold.month else None,
            "zh": hold.message.zh,
            "en": hold.message.en,
        }
        for hold in error.holds
    ]
    return Answer(REFUSED, lines, {"message": {"zh": error.text.zh, "en": error.text.en}, "holds": holds})
