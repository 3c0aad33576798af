"""The one door by which files come in, for everybody outside this package.

The command line and the upload page use the same steps, so that what a person is told and what is done can never differ: ``examine`` looks
at the files and tries out the build they would give, ``publish`` takes them in and puts that build in force, ``give_up`` forgets them.
"""

from etl.acceptance import ChangedFileError, accept, refuse, who_am_i
from etl.difference import Difference, in_words
from etl.examination import Examination, account, examine, give_up, publish
from etl.failure import sentence
from etl.inspection import inspect, inspect_batch, shown_name
from etl.publish import KeptBuild, kept_builds, rollback
from etl.return_list import file_name as return_list_name
from etl.return_list import return_list
from etl.verdict import OUTCOME_WORDS, Verdict, alike, remark_line, where
from indicators.model import Status, Text

STATUS_WORDS = {
    Status.SUPPRESSED.value: Text("受保护", "Protected"),
    Status.NOT_COLLECTED.value: Text("未报送", "Not reported"),
    Status.UNDEFINED.value: Text("无法计算", "Undefined"),
}
STOPPED = Text("没有完成", "Not done")
FINISHED = Text("完成", "Done")

__all__ = [
    "FINISHED",
    "OUTCOME_WORDS",
    "STATUS_WORDS",
    "STOPPED",
    "ChangedFileError",
    "Difference",
    "Examination",
    "KeptBuild",
    "Verdict",
    "accept",
    "account",
    "alike",
    "examine",
    "give_up",
    "in_words",
    "inspect",
    "inspect_batch",
    "kept_builds",
    "publish",
    "refuse",
    "remark_line",
    "return_list",
    "return_list_name",
    "rollback",
    "sentence",
    "shown_name",
    "where",
    "who_am_i",
]
