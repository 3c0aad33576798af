"""What a file is, which months it covers and when it was reported: from its name, its title rows or the sender's word.

Nothing is guessed. Where the sources are silent or disagree, the file goes back with the question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from etl.contract import Extract, Period
from etl.privacy import sheet_names
from etl.problems import Problem, Remark, Told
from etl.reading.header import extract_by_header
from etl.reading.layout import Layout
from etl.reading.numerals import with_digits
from etl.reading.signs import half_width, seen_through, undone
from etl.reading.table import Line
from indicators.model import Text

_NAME_MONTHS = re.compile(r"(?<!\d)((?:19|20)\d{2})(0[1-9]|1[0-2])(?:\s*[-—–~至]\s*((?:19|20)\d{2})(0[1-9]|1[0-2]))?(?!\d)")
_WRITTEN_MONTHS = re.compile(r"(?<!\d)((?:19|20)\d{2})年(1[0-2]|0?[1-9])(?:月?\s*[-—–~至]\s*(1[0-2]|0?[1-9]))?月(?!\d)")
_MONTH_LIKE = re.compile(r"(?<!\d)(?:19|20)\d{2}(\d{2})(?!\d)|(?<!\d)(?:19|20)\d{2}年(\d{1,2})月")
_AS_OF = re.compile(r"截[至止]\s*((?:19|20)\d{2})年(1[0-2]|0?[1-9])月")
_TO = r"\s*[-—–~至到]+\s*"
_YEAR, _MONTH = r"(?:((?:19|20)\d{2})\s*[年./-]\s*)?", r"(1[0-2]|0?[1-9])"
_DAY_SPAN = re.compile(
    rf"(?<!\d){_YEAR}{_MONTH}\s*(?:月\s*\d{{1,2}}\s*日?|[./-]\d{{1,2}}){_TO}"
    rf"(?:{_YEAR}{_MONTH}\s*(?:月\s*\d{{1,2}}\s*日?|[./-]\d{{1,2}})(?!\d)|\d{{1,2}}日)"
)
_ONE_DAY = re.compile(
    r"(?:(?:19|20)\d{2}\s*年\s*)?\d{1,2}\s*月\s*\d{1,2}\s*日|(?<!\d)(?:19|20)\d{2}[年./-]\d{1,2}[月./-]\d{1,2}日?|(?<!\d)\d{1,2}[./-]\d{1,2}(?!\d)"
)
_MONTH_SPAN = re.compile(rf"(?<![\d.]){_YEAR}{_MONTH}(?:月份?)?{_TO}{_MONTH}月(?!\d)")
_ONE_MONTH = re.compile(rf"(?<![\d.]){_YEAR}{_MONTH}月(?!\d)|(?<!\d)((?:19|20)\d{{2}})[./-]?(0[1-9]|1[0-2])(?![\d./-])")
_PART_OF_YEAR = re.compile(r"(?:((?:19|20)\d{2})年度?)?(?:第?([1-4])季度|([上下])半年|(全年))")
_PARTS = {"1": (1, 3), "2": (4, 6), "3": (7, 9), "4": (10, 12), "上": (1, 6), "下": (7, 12), "全年": (1, 12)}
_AS_OF_MONTH = re.compile(rf"截[至止]到?\s*{_YEAR}{_MONTH}月(?:底|末|\d{{1,2}}日)?")
_RUNS_ON = re.compile(r"(?<![含及和、与])累计|今年以来|年初以来|前\d{1,2}个月")
_BARE_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:年|$)")
_FORM_DATE = re.compile(r"(?:填报|报送|填表|制表|打印|导出|上报|报出)(?:日期|时间)\s*:?\s*[\d年月日./-]*")
_COMPARED = re.compile("较|比|上年|去年|同期|上月")
_OF_THE_TABLE = re.compile("以上|以下|本表|此表|上表|统计(?:时间|期间|区间|月份|口径)|数据(?:时间|期间)|累计")
_NAME_REPORTED = re.compile(r"报((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
_ROW_REPORTED = re.compile(r"(?:填报|报送|填表|制表)(?:日期|时间)\s*:?\s*((?:19|20)\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?!\d)")
Months = tuple[date, date]


def extract_of(file_name: str, header: Sequence[str], contracts: Mapping[str, Extract]) -> Told[Extract]:
    """Tell the type of a file by its name, or else by its header; a name that contradicts the header is a conflict."""
    folded = seen_through(file_name)
    named = [extract for extract in contracts.values() if any(word in folded for word in extract.file_words)]
    by_header = extract_by_header(header, contracts)
    if len(named) != 1:
        return Told(by_header)
    if by_header is not None and by_header.id != named[0].id:
        return Told(None, is_conflict=True)
    return Told(named[0])


def months_of(file_name: str, above: Iterable[Sequence[str]], extract: Extract, stated: Months | None, *, ends_only: bool = False) -> Told[Months]:
    """Tell the months a file covers; every source that speaks must say the same.

    Args:
        file_name: Name of the file.
        above: Title rows.
        extract: The type of extract.
        stated: What the sender said.
        ends_only: Only the last months must agree: a running total of October is called 10月 in one place and 1—10月 in another;
            a span that begins otherwise is no running total.
    """
    said: set[Months] = {stated} if stated else set()
    said |= set(_spans(with_digits(_without_date(file_name))))
    for row in above:
        title = with_digits(half_width(" ".join(row)))
        as_of = _AS_OF.search(title)
        if as_of and extract.period is Period.SNAPSHOT:
            month = date(int(as_of[1]), int(as_of[2]), 1)
            said.add((month, month))
        elif not as_of:
            said |= set(_spans(_ROW_REPORTED.sub("", title)))
    if ends_only and all(first == last or first.month == 1 for first, last in said):
        said = {(last, last) for _, last in said}
    if len(said) != 1:
        return Told(None, is_conflict=bool(said))
    first, last = said.pop()
    if first > last or (extract.period is Period.SNAPSHOT and first != last):
        return Told(None, is_conflict=True)
    return Told((first, last))


def named_months(file_name: str, stated: Months | None) -> Months | None:
    """Return the months that the sender or the name alone tells; None where neither does, or the name tells several."""
    spans = set(_spans(with_digits(_without_date(file_name))))
    return stated or (spans.pop() if len(spans) == 1 else None)


def _without_date(file_name: str) -> str:
    """Return a name without the date after 报, in which months are not looked for."""
    return _NAME_REPORTED.sub("", half_width(file_name))


def _spans(text: str) -> list[Months]:
    spans: list[Months] = []
    for span in _NAME_MONTHS.finditer(text):
        first = date(int(span[1]), int(span[2]), 1)
        spans.append((first, date(int(span[3]), int(span[4]), 1) if span[3] else first))
    for span in _WRITTEN_MONTHS.finditer(text):
        year = int(span[1])
        spans.append((date(year, int(span[2]), 1), date(year, int(span[3] or span[2]), 1)))
    return spans


def contradictions(layout: Layout, months: Months | None, extract: Extract, *, is_total: bool = False, headers: Sequence[Line] = ()) -> list[Problem]:
    """Ask about titles, headings of groups, headers, notes and sheet names that tell of other months than those covered.

    Args:
        layout: The file laid out.
        months: The months covered; None where they are not known, which is asked elsewhere.
        extract: The type of extract.
        is_total: The counts run from January, so that only the last month must agree.
        headers: Headers of numbers that a mapping profile reads; what other words they hold is asked about with the profile.
    """
    if months is None:
        return []
    is_other = partial(_tells_others, months=months, extract=extract, is_total=is_total)
    titles = [line for line in layout.titles if is_other(" ".join(line.cells))]
    titles += [line for line in layout.groups if is_other(line.cells[0]) or _is_of_another_span(line.cells[0], months, extract)]
    covered = (months[1].replace(month=1), months[1]) if is_total else months
    titles += [
        line for line in headers if _is_of_other_months(line.cells[0], months, is_total) or _is_of_another_span(line.cells[0], covered, extract)
    ]
    notes = [line for line in layout.footers if is_other(" ".join(line.cells), is_note=True)]
    sheets = dict.fromkeys(part.sheet for part in layout.parts if part.sheet and is_other(part.sheet))
    return [
        *(_other_months(Text("此行", "This row"), line.sheet, line.row) for line in (*titles, *notes)),
        *(_other_months(Text("工作表名", "The sheet's name"), sheet, None) for sheet in sheets),
    ]


def _other_months(place: Text, sheet: str | None, row: int | None) -> Problem:
    return Problem(
        "coverage_conflict",
        Text(f"{place.zh}所示的月份与文件所报月份不一致,或为累计数", f"{place.en} tells of other months than the file covers, or of a running total"),
        Text(
            "查清表中是哪几个月的数:就是所报月份的,改正此处;是别的月份的,改正文件名中的月份;是累计数的,在上传页做映射方案并注明累计",
            "Find out of which months the numbers are: if those reported, correct this place; if others, correct the file name; if they are running "
            "totals, say so in a mapping profile on the upload page",
        ),
        sheet,
        None,
        row,
    )


def _tells_others(text: str, *, months: Months, extract: Extract, is_total: bool, is_note: bool = False) -> bool:
    """Say whether a text tells of other months in one of its readings: 1① is no 11, but it may have been meant so."""
    readings = {half_width(text), undone(text)}
    return any(_tells_others_in(reading, months, extract, is_total, is_note) for reading in readings)


def _tells_others_in(text: str, months: Months, extract: Extract, is_total: bool, is_note: bool) -> bool:
    written = _FORM_DATE.sub("", with_digits(text))
    # A note may speak of any month; only what it says of the table counts.
    if is_note and (_COMPARED.search(written) or not _OF_THE_TABLE.search(written)):
        return False
    first, last = months
    runs_on = extract.period is Period.EVENTS and not is_total and first.month > 1
    if as_of := _AS_OF_MONTH.search(written):
        # Of counted events, 截至11月 is all of them up to November; 截至11月30日 may be the day on which they were counted.
        is_sum = runs_on and extract.is_table and not is_note and "日" not in as_of[0]
        return is_sum if extract.period is Period.EVENTS else not _agrees_to(as_of, last)
    told = _periods(written, last.year)
    if any(not _agrees(one, months, is_total) for one in told):
        return True
    is_running = _RUNS_ON.search(written) is not None and (not told or (not is_note and all(one[0] == one[1] for one in told)))
    return is_running and runs_on


def _is_of_other_months(header: str, months: Months, is_total: bool) -> bool:
    told = _periods(with_digits(undone(header)), months[1].year)
    return any(not _agrees(one, months, is_total) for one in told)


def _is_of_another_span(group: str, months: Months, extract: Extract) -> bool:
    """Say whether a heading over some columns makes them a year's or, of events, all up to a month, where the file does not cover just that."""
    written, (first, last) = with_digits(undone(group)), months
    is_from_january = first.month == 1 and first.year == last.year
    if as_of := _AS_OF_MONTH.search(written):
        return extract.period is Period.EVENTS and not (is_from_january and _agrees_to(as_of, last))
    year = _BARE_YEAR.search(written)
    return year is not None and not _periods(written, last.year) and not (is_from_january and int(year[1]) == last.year)


def _agrees_to(as_of: re.Match[str], last: date) -> bool:
    return date(int(as_of[1] or last.year), int(as_of[2]), 1) == last


def _agrees(told: Months, months: Months, is_total: bool) -> bool:
    """Whether months told are those covered; of several months covered one may be told, because each sheet may hold one."""
    if is_total and told[1] == months[1]:
        return told[0] == told[1] or told[0].month == 1
    return told == months or (told[0] == told[1] and months[0] <= told[0] <= months[1])


def _periods(text: str, year: int) -> list[Months]:
    """Return the periods that a text names; what has no year is of the year given."""
    periods: list[Months] = []

    def days(span: re.Match[str]) -> str:
        start_year = int(span[1] or span[3] or year)
        periods.append((date(start_year, int(span[2]), 1), date(int(span[3] or start_year), int(span[4] or span[2]), 1)))
        return " "

    def several(span: re.Match[str]) -> str:
        periods.append((date(int(span[1] or year), int(span[2]), 1), date(int(span[1] or year), int(span[3]), 1)))
        return " "

    def part(span: re.Match[str]) -> str:
        first, last = _PARTS[span[2] or span[3] or span[4]]
        periods.append((date(int(span[1] or year), first, 1), date(int(span[1] or year), last, 1)))
        return " "

    def one(span: re.Match[str]) -> str:
        month = date(int(span[1] or span[3] or year), int(span[2] or span[4]), 1)
        periods.append((month, month))
        return " "

    rest = text
    for pattern, take in ((_DAY_SPAN, days), (_MONTH_SPAN, several), (_ONE_DAY, lambda _: " "), (_PART_OF_YEAR, part), (_ONE_MONTH, one)):
        rest = pattern.sub(take, rest)
    return periods


def impossible_month(file_name: str) -> bool:
    """Say whether a file's name holds what is written like a month and can be none, as _202613: passed over, the file would cover other months."""
    return any(not 1 <= int(month[1] or month[2]) <= 12 for month in _MONTH_LIKE.finditer(_without_date(file_name)))


@dataclass(frozen=True)
class Reported:
    """When a file was reported.

    Attributes:
        value: The date; None where nothing tells, or something must be asked.
        fault: What must be asked, with the place of the date on the form.
        remark: That the form bears an earlier date than the one that counts.
    """

    value: date | None = None
    fault: Problem | None = None
    remark: Remark | None = None


def reported_on_of(file_name: str, lines: Iterable[Line], stated: date | None, last_month: date | None) -> Reported:
    """Tell the date of reporting.

    The name's 报 date, or the sender's word, says which edition a file is. The form may have been filled in some days before; it may not be
    filled in after it was reported, in another year, or before the month that it reports.

    Args:
        file_name: Base name of the file.
        lines: Titles and footers, on which a form bears its date.
        stated: The date the sender states.
        last_month: The last month the file covers, where that is known.
    """
    named, is_named_wrong = _days(_NAME_REPORTED, file_name)
    if is_named_wrong:
        message = Text("文件名中“报”后的日期不存在", "There is no such day as the one after 报 in the file name")
        return Reported(fault=_date_fault(message, Text("改正文件名中的报送日期,如“报20261105”", "Correct it, as 报20261105")))
    said = sorted({*named, *([stated] if stated else [])})
    if len(said) > 1:
        days = [day.isoformat() for day in said]
        message = Text(f"文件名或--reported-on中有不同的报送日期:{'、'.join(days)}", f"Name or --reported-on give several dates: {', '.join(days)}")
        return Reported(
            fault=_date_fault(message, Text("核对实际报送日期,各处都写这一个", "Check the real date of reporting and write that everywhere"))
        )
    written: list[tuple[Line, date]] = []
    for line in lines:
        days_here, is_wrong = _days(_ROW_REPORTED, " ".join(line.cells))
        if is_wrong:
            message = Text("表内填报日期不存在", "There is no such day as the form's date")
            return Reported(fault=_date_fault(message, Text("改正该日期", "Correct it"), line))
        written += [(line, day) for day in days_here]
    if not said:
        return _by_form(written)
    return _by_sender(said[0], "文件名" if named else "--reported-on", written, last_month)


def _by_form(written: Sequence[tuple[Line, date]]) -> Reported:
    """Take the date of the form, which must say the same everywhere."""
    if not written:
        return Reported()
    first, day = written[0]
    other = next((one for one in written if one[1] != day), None)
    if other is None:
        return Reported(day)
    place = Text(f"第{first.row}行", f"row {first.row}")
    if first.sheet and first.sheet != other[0].sheet:
        named = sheet_names.words(first.sheet)
        place = Text(f"{named.zh}{place.zh}", f"{place.en} of {named.en}")
    message = Text(
        f"此处填报日期为{other[1].isoformat()},{place.zh}为{day.isoformat()}",
        f"The date here is {other[1].isoformat()}, in {place.en} {day.isoformat()}",
    )
    remedy = Text("改为同一日期,或在文件名中注明报送日期,如“报20261105”", "Make them one, or put the date into the file name, as 报20261105")
    return Reported(fault=_date_fault(message, remedy, other[0]))


def _by_sender(sender: date, source: str, written: Sequence[tuple[Line, date]], last_month: date | None) -> Reported:
    """Take the sender's date, where every date on the form agrees with it."""
    remark = None
    for line, day in written:
        fault = _against(day, sender, source, last_month)
        if fault is not None:
            remedy = Text("核对两处日期并改正", "Check both dates and correct the wrong one")
            return Reported(fault=_date_fault(fault, remedy, line))
        if day != sender:
            message = Text(
                f"表内填报日期{day.isoformat()}早于报送日期{sender.isoformat()},以后者为准",
                f"The form is dated {day.isoformat()}, before the date of reporting {sender.isoformat()}, which counts",
            )
            remark = Remark("filled_in_before", message, row=line.row)
    return Reported(sender, remark=remark)


def _against(day: date, sender: date, source: str, last_month: date | None) -> Text | None:
    here, there = day.isoformat(), sender.isoformat()
    source_en = "the file name" if source == "文件名" else source
    if day > sender:
        return Text(
            f"表内填报日期{here}晚于{source}中的报送日期{there}", f"The form's date {here} lies after {there}, the date of reporting in {source_en}"
        )
    if day.year != sender.year:
        return Text(
            f"表内填报日期{here}与{source}中的报送日期{there}不在同一年",
            f"The form's date {here} and {there}, that of {source_en}, lie in different years",
        )
    if last_month is not None and day < last_month:
        return Text(
            f"表内填报日期{here}早于所报月份({source}中的报送日期为{there})",
            f"The form's date {here} lies before the month reported; the date in {source_en} is {there}",
        )
    return None


def _days(pattern: re.Pattern[str], text: str) -> tuple[list[date], bool]:
    """Return the days written in a text, and whether one of them does not exist."""
    days: list[date] = []
    for day in pattern.finditer(half_width(text)):
        try:
            days.append(date(int(day[1]), int(day[2]), int(day[3])))
        except ValueError:
            return days, True
    return days, False


def _date_fault(message: Text, remedy: Text, line: Line | None = None) -> Problem:
    return Problem("reported_on_conflict", message, remedy, line.sheet if line else None, None, line.row if line else None)
