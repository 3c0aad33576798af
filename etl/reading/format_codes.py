"""The number formats of workbooks, cut into their parts: what the reading child needs of them.

Formats are written as .xlsx and .xls write them; those of other containers are put into the same words by their readers.
"""

from __future__ import annotations

import re

_MONEY, _DAY, _SPAN = '"¥"#,##0', "yyyy-mm-dd", "[h]:mm:ss"
BUILT_IN = {
    **{"9": "0%", "10": "0.00%", "46": _SPAN},
    **dict.fromkeys(("5", "6", "7", "8", "42", "44"), _MONEY),
    **dict.fromkeys(map(str, (*range(14, 23), *range(27, 37), 45, 47, *range(50, 59))), _DAY),
}
"""The formats that workbooks name by number and do not write out, as far as they matter: percent, money, days (of Chinese programs too)."""
PARTS = re.compile(r'"([^"]*)"|[\\!](.)|_.|\*(.)|\[\$([^\[\]-]*)[^\[\]]*\]|(\[[^\[\]]*\])|(.)', re.DOTALL)
"""A text, an escaped sign, a sign that fills, money, something else in brackets, or one sign of the number."""
GENERAL = re.compile(r"General|G/通用格式", re.IGNORECASE)
OF_DATES = re.compile(r"[ymdhs]", re.IGNORECASE)
_SECTION = re.compile(r'(?:"[^"]*"|\[[^\[\]]*\]|[\\!_*].|[^;])*', re.DOTALL)
_SPAN_SIGN = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_PLAIN = re.compile(r"General|@|[0#,]*[0#](?:\.[0#]+)?")


def sections(code: str) -> list[str]:
    """Cut a format at the semicolons that are no part of a text."""
    pieces, position = [], 0
    while position <= len(code):
        section = _SECTION.match(code, position)
        pieces.append(section[0] if section else "")
        position += len(pieces[-1]) + 1
    return pieces


def is_plain(code: str) -> bool:
    """Say whether a format shows nothing but the number."""
    return _PLAIN.fullmatch(code) is not None


def is_of_dates(code: str) -> bool:
    """Say whether a format shows a number as a day."""
    first = GENERAL.sub("0", sections(code)[0])
    return not is_of_durations(code) and OF_DATES.search("".join(part[-1] for part in PARTS.findall(first))) is not None


def is_of_durations(code: str) -> bool:
    """Say whether a format shows a number as a span of time."""
    return _SPAN_SIGN.search(sections(code)[0]) is not None
