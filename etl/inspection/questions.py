"""What has to be asked of a file's months, dates and type before its rows can be judged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from etl.contract import Extract
from etl.inspection.recognise import Months, Reported
from etl.inspection.result import InspectionResult
from etl.ledger import ledger
from etl.ledger.ledger import LedgerEntry
from etl.problems import Problem, Remark, Told, problem_of_file
from etl.wording import months_in_words
from indicators.model import Text
from indicators.months import months_between

TOO_LARGE = problem_of_file("too_large", "文件超过50 MB", "The file is larger than 50 MB", "按月拆分后分别报送", "Split it by month")
IDENTIFIER_IN_NAME = problem_of_file(
    "identifier_in_file_name",
    "文件名含个人信息,文件退回且不留存",
    "The file name holds personal information; the file is refused and not kept",
    "按模板命名后重报",
    "Name it by the template and deliver again",
)
NAME_IN_NAME = problem_of_file(
    "name_in_file_name",
    "文件名中有像人名的词",
    "The file name holds a word that reads like the name of a person",
    "文件名只写报表类型、月份和报送日期,如“毒品案件_202611_报20261205”,改名后重报",
    "Name it by type, month and date of reporting only, as 毒品案件_202611_报20261205, and deliver again",
)
TYPE_CONFLICT = problem_of_file(
    "type_conflict",
    "文件名与表头所示的报表类型不一致",
    "File name and header tell of different types",
    "核对内容是哪一类报表:内容对的,改正文件名;选错文件的,换成对的文件",
    "See which type it is: correct the file name, or choose the right file",
)
MONTH_LACKING = problem_of_file(
    "month_lacking",
    "文件覆盖几个月,表中却没有月份,分不出各月的数",
    "The file covers several months but the table has no month, so the months cannot be told apart",
    "分月报送;如是1月起的累计数,请在映射方案中注明",
    "Deliver each month by itself; if the counts run from January, say so in the mapping profile",
)
REPORTED_ON_NEEDED = problem_of_file(
    "reported_on_needed",
    "同月份已有入库文件,不知哪份较新",
    "A file of the same months was accepted before, and it cannot be told which is newer",
    "文件名中注明报送日期,如“报20261105”,或用--reported-on",
    "Put the date of reporting into the file name, as 报20261105, or use --reported-on",
)
_COVERAGE_IMPOSSIBLE = problem_of_file(
    "coverage_impossible",
    "文件名中的月份不存在,月份只能是01—12",
    "The file name holds a month that does not exist; months are 01 to 12",
    "改正文件名中的月份,如_202610或_202601-202610",
    "Correct it, as _202610 or _202601-202610",
)
_COVERAGE_CONFLICT = problem_of_file(
    "coverage_conflict",
    "文件名、标题或--covers所示的月份互相矛盾",
    "File name, title row and --covers tell of different months",
    "先查清表中是哪几个月的数,再把各处写得一致;快照只能是一个月",
    "First find out of which months the numbers are, then write the same everywhere; a snapshot is of one month",
)
_COVERAGE_UNKNOWN = problem_of_file(
    "coverage_unknown",
    "不知道文件覆盖哪些月份",
    "It is not known which months the file covers",
    "文件名写明月份,如_202610或_202601-202610,或用--covers",
    "Put the months into the file name, as _202610 or _202601-202610, or use --covers",
)
_COVERAGE_FUTURE = problem_of_file(
    "coverage_future",
    "覆盖月份晚于本月",
    "The months covered lie in the future",
    "核对表中是哪几个月的数,改正文件名中的月份",
    "See of which months the numbers are and correct the file name",
)
_REPORTED_IN_FUTURE = problem_of_file(
    "reported_on_future", "报送日期晚于今天", "The date of reporting lies in the future", "核对报送日期", "Check the date"
)
_REPORTED_EARLY = problem_of_file(
    "reported_on_early",
    "报送日期早于所报月份",
    "The date of reporting lies before the month reported",
    "核对报送日期和月份",
    "Check the date and the months",
)


def type_unknown(contracts: dict[str, Extract]) -> Problem:
    """Ask for the type of a file."""
    words = [word for extract in contracts.values() for word in extract.file_words]
    zh = "、".join(f"“{word}”" for word in words if not word.isascii())
    en = ", ".join(word for word in words if word.isascii())
    return problem_of_file(
        "type_unknown",
        "认不出是哪一类报表",
        "The type of extract is not known",
        f"文件名写明类型:{zh}之一",
        f"Name the type in the file name: one of {en}",
    )


def overtaken(extract: Extract, months: Months | None, reported_on: date | None, known: Sequence[LedgerEntry]) -> list[Remark]:
    """Say so where every month of a file has an accepted one that was reported later: it may be taken in and changes nothing."""
    if months is None or reported_on is None:
        return []
    in_force, covered = ledger.editions(known).get(extract.id, {}), months_between(*months)
    later = [entry.reported_on for month in covered if (entry := in_force.get(month)) and entry.reported_on]
    if len(later) < len(covered) or min(later) <= reported_on:
        return []
    message = Text(
        "所报月份均已有报送日期更晚的文件,本文件入库后不采用;如要更正,请注明新的报送日期",
        "Files of these months reported later are accepted already, so this one changes nothing; to correct them, give a new date of reporting",
    )
    return [Remark("overtaken", message)]


def no_records(first: date, last: date) -> list[Remark]:
    """Say what an empty file means: the months it covers were counted and nothing was found."""
    when = months_in_words(months_between(first, last))
    message = Text(
        f"文件没有记录,表示{when.zh}本期无记录,入库后这些月份按0计;如属漏报,请补全后重报",
        f"The file holds no record: {when.en} will count as zero; if records were forgotten, complete it and deliver again",
    )
    return [Remark("no_records", message)]


def agreed_months(told: Told[Months], span: Months) -> Told[Months]:
    """The months of a wide table must be those that the name and title tell, where they tell any."""
    if told.is_conflict or told.value not in (None, span):
        return Told(None, is_conflict=True)
    return Told(span)


def month_questions(told: Told[Months], is_impossible: bool, on: date) -> list[Problem]:
    """Ask for the months a file covers, where name, title and sender do not tell them or contradict each other."""
    if is_impossible:
        return [_COVERAGE_IMPOSSIBLE]
    if told.value is None:
        return [_COVERAGE_CONFLICT if told.is_conflict else _COVERAGE_UNKNOWN]
    return [_COVERAGE_FUTURE] if told.value[1] > on else []


def date_questions(reported: Reported, last: date | None, on: date) -> list[Problem]:
    """Ask for a possible date of reporting."""
    if reported.fault or not reported.value:
        return [reported.fault] if reported.fault else []
    if reported.value > on:
        return [_REPORTED_IN_FUTURE]
    return [_REPORTED_EARLY] if last and reported.value < last else []


def which_is_newer(result: InspectionResult, rival: InspectionResult) -> Problem:
    """Ask what two files of one type and month are to each other: parts of one return, or an edition and its correction."""
    months = months_between(
        max(result.first_month or date.min, rival.first_month or date.min), min(result.last_month or date.max, rival.last_month or date.max)
    )
    when = months_in_words(months)
    zh, en = (
        f"同批的“{result.file_name}”和“{rival.file_name}”都覆盖{when.zh}",
        f"“{result.file_name}” and “{rival.file_name}” of the batch both cover {when.en}",
    )
    parts_zh, parts_en = "分单位或分性质报送的合成一份;一份更正另一份的", "Join what is reported in parts into one file; where one corrects the other"
    if result.reported_on is None:
        return problem_of_file(
            "reported_on_needed",
            f"{zh},不知哪份较新",
            f"{en}, and it cannot be told which is newer",
            f"{parts_zh},在文件名中注明报送日期,如“报20261105”",
            f"{parts_en}, put the date of reporting into the file name, as 报20261105",
        )
    return problem_of_file(
        "reported_on_equal",
        f"{zh},报送日期相同,内容不同",
        f"{en} with the same date of reporting and different content",
        f"{parts_zh},改正文件名中的报送日期",
        f"{parts_en}, correct the date of reporting in the file name",
    )
