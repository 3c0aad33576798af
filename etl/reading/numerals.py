"""Years and months that are written in Chinese numerals."""

from __future__ import annotations

import re

_DIGITS = {sign: str(digit) for digit, signs in enumerate(("〇○零", *"一二三四五六七八九")) for sign in signs}
_WRITTEN_YEAR = re.compile(rf"[{''.join(_DIGITS)}]{{4}}(?=年)")
_WRITTEN_NUMBER = re.compile(
    r"(?<![一二三四五六七八九十])(十[一二]?|[一二三四五六七八九])(?=(?:月份?)?[-—–~至到](?:十[一二]?|[一二三四五六七八九])月|月|季度)"
)


def with_digits(text: str) -> str:
    """Return a text with years and months in digits: 二〇二六年十月 is 2026年10月."""
    written = _WRITTEN_YEAR.sub(lambda year: "".join(_DIGITS[sign] for sign in year[0]), text.replace("元月", "1月"))
    return _WRITTEN_NUMBER.sub(lambda number: _in_digits(number[1]), written)


def _in_digits(written: str) -> str:
    return str(10 + int(_DIGITS.get(written[1:], "0"))) if written[0] == "十" else _DIGITS[written]
