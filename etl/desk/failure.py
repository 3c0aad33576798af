"""What broke, as a sentence: the same on the command line and on the page.

Errors that this project did not write are named by their kind only: their text may hold content of a file.
"""

from __future__ import annotations

from pathlib import Path

from disclosure.rounding import ReleaseRefused
from etl.assembly.assemble import BuildRefused
from etl.county.pack import PackError
from etl.desk import faults
from etl.extracts import ContractError
from etl.mapping.profile import ProfileError
from etl.problems import WordedError
from etl.publishing.acceptance import ChangedFileError
from etl.publishing.publish import ReasonRefused, RollbackRefused
from etl.publishing.trial import TrialHeld, TrialStale
from indicators import CatalogueError
from indicators.model import Text

REFUSALS = (BuildRefused, ReasonRefused, RollbackRefused, ReleaseRefused, ChangedFileError, TrialHeld, TrialStale)
"""Somebody must mend or decide something; nothing is broken."""


def sentence(error: Exception, data: Path | None = None) -> Text:
    """Return what happened and what to do, without the full stop.

    Args:
        error: Whatever ended the work.
        data: The data folder, so that it can be told from the temporary one.
    """
    if isinstance(error, PackError):
        return Text(
            f"县域资料包有{len(error.problems)}处问题,无法使用;请运行 `python -m etl county-check` 查看",
            f"The county pack has {len(error.problems)} problems and cannot be used; run `python -m etl county-check` to see them",
        )
    if isinstance(error, ProfileError):
        return Text(
            f"映射方案有误:{error.problems[0].message.zh},请{error.problems[0].remedy.zh}",
            f"A mapping profile cannot be used: {error.problems[0].message.en}. {error.problems[0].remedy.en}",
        )
    if isinstance(error, ReleaseRefused):
        return Text(error.zh, error.en)
    if isinstance(error, CatalogueError | ContractError):
        return Text(f"指标或报表类型的声明有误:{error}", f"A declaration of an indicator or extract type is wrong: {error}")
    if isinstance(error, WordedError):
        return error.text
    return faults.words(error, data) or _unknown(error)


def _unknown(error: Exception) -> Text:
    kind = type(error).__name__
    return Text(
        f"程序出错({kind});请查看现用版本是否已更新,并把此提示告诉系统管理员(命令行可加--debug)",
        f"Program error ({kind}); see whether the build in force has changed and tell the administrator (--debug on the command line says more)",
    )
