"""The one door by which files come in, for everybody outside this package.

The command line and the upload page use the same steps, so that what a person is told and what is done can never differ: ``examine`` looks
at the files and tries out the build they would give, ``publish_examined`` takes them in and puts that build in force, ``give_up`` forgets them.
"""

from __future__ import annotations

from pathlib import Path

from etl.county.read import read_pack as county_pack
from etl.desk.examination import Examination, account, examine, give_up, publish_examined
from etl.desk.failure import sentence
from etl.desk.lock_files import LOCKS_IGNORED, is_lock_file
from etl.extracts import extracts as contracts
from etl.inspection.batch import Seen
from etl.inspection.result import ACCEPTANCE_WORDS, InspectionResult, remark_words, where
from etl.inspection.return_list import file_name as return_list_name
from etl.inspection.return_list import return_list
from etl.mapping import question
from etl.mapping.kept import load_all as _load_profiles
from etl.mapping.kept import retire, save
from etl.mapping.profile import Profile, ProfileError
from etl.problems import Problem, alike
from etl.publishing.acceptance import who_am_i
from etl.publishing.difference import SPLITS_APART, Difference, in_words, told
from etl.publishing.publish import kept_builds, rollback
from etl.publishing.records_changed import PEOPLE_APART
from etl.publishing.records_changed import in_words as records_in_words
from indicators.model import Status, Text

STATUS_WORDS = {
    Status.SUPPRESSED.value: Text("受保护", "Protected"),
    Status.NOT_COLLECTED.value: Text("未报送", "Not reported"),
    Status.UNDEFINED.value: Text("无法计算", "Undefined"),
}
STOPPED = Text("没有完成", "Not done")
FINISHED = Text("完成", "Done")


def keep_profile(place: question.TablePlace, answers: question.Answers, data: Path, replaces: str | None = None) -> Profile:
    """Keep what an analyst said of a table as a mapping profile; files with its header are read by it from then on.

    Args:
        place: The table.
        answers: What was said of it.
        data: The data folder.
        replaces: Name of the profile by which the table was read so far; it is used no more.

    Raises:
        ProfileError: If the answers make no whole rows, or another table's profile has that name.
        OSError: If the disk refuses.
    """
    profile = question.profile_of(place, answers, contracts())
    if profile.name != replaces and any(other.name == profile.name for other in profiles_in_use(data)):
        raise ProfileError([_NAME_TAKEN])
    save(profile, data)
    if replaces not in (None, profile.name):
        retire(replaces, data)
    return profile


_NAME_TAKEN = Problem(
    "profile_name",
    Text("已有同名的映射方案", "There is a profile of this name already"),
    Text("换一个名称,如写上报送单位", "Choose another, as with the office's name"),
)


def profiles_in_use(data: Path) -> list[Profile]:
    """Return the mapping profiles by which files are read, by name.

    Raises:
        ProfileError: If one of them cannot be read.
    """
    return _load_profiles(data, contracts())


__all__ = [
    "ACCEPTANCE_WORDS",
    "FINISHED",
    "LOCKS_IGNORED",
    "PEOPLE_APART",
    "SPLITS_APART",
    "STATUS_WORDS",
    "STOPPED",
    "Difference",
    "Examination",
    "InspectionResult",
    "ProfileError",
    "Seen",
    "account",
    "alike",
    "contracts",
    "county_pack",
    "examine",
    "give_up",
    "in_words",
    "is_lock_file",
    "keep_profile",
    "kept_builds",
    "profiles_in_use",
    "publish_examined",
    "question",
    "records_in_words",
    "remark_words",
    "retire",
    "return_list",
    "return_list_name",
    "rollback",
    "sentence",
    "told",
    "where",
    "who_am_i",
]
