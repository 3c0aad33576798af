"""The names of the county's townships, as offices write them."""

from __future__ import annotations

import re

from etl.county.pack import CountyPack
from etl.reading.signs import fold

_KINDS = re.compile(r"(.+?)(?:民族乡|街道办事处|街道|地区|镇|乡)")
_OFFICE = re.compile(r"(.+街道)办(?:事处)?|(.+[镇乡])(?:人民)?政府")
WHOLE_COUNTY = frozenset(("全县", "全区", "全市", "全旗"))
_OF_THE_COUNTY = ("本级", "直", "直属", "直单位", "直属单位")
_COUNTY_ITSELF = {"本县", "本区", "本市", "本旗", *_OF_THE_COUNTY, *(f"{county}{word}" for county in "县区市旗" for word in _OF_THE_COUNTY)}
_PROVINCES = dict(
    re.findall(
        r"(\d\d)(\D+)",
        "11北京市12天津市13河北省14山西省15内蒙古自治区21辽宁省22吉林省23黑龙江省31上海市32江苏省33浙江省34安徽省35福建省36江西省37山东省41河南省"
        "42湖北省43湖南省44广东省45广西壮族自治区46海南省50重庆市51四川省52贵州省53云南省54西藏自治区61陕西省62甘肃省63青海省64宁夏回族自治区"
        "65新疆维吾尔自治区",
    )
)
"""First two digits of an area's code (GB/T 2260) -> the province."""


def township_words(pack: CountyPack) -> dict[str, frozenset[str]]:
    """Return every name of a township, full and short, folded, with the codes it stands for."""
    words: dict[str, set[str]] = {}
    for township in pack.townships:
        full = fold(township.title.zh)
        words.setdefault(full, set()).add(township.code)
        short = _KINDS.fullmatch(full)
        if short and len(short[1]) >= 2:
            words.setdefault(short[1], set()).add(township.code)
    return {word: frozenset(codes) for word, codes in words.items()}


class Places:
    """What the names of places in a county's files stand for."""

    def __init__(self, pack: CountyPack) -> None:
        """Collect the names of a county's townships."""
        county = fold(pack.title.zh)
        self._words = township_words(pack)
        # Cities between province and county are not known here, and districts of the same name are many.
        self._counties = (county, _PROVINCES[pack.code[:2]] + county) if pack.code[:2] in _PROVINCES else (county,)

    def named(self, folded: str) -> frozenset[str]:
        """Return the codes of the townships that a folded text names: by itself, after the county's name, or by its office."""
        for name in (folded, self._below_county(folded)):
            office = _OFFICE.fullmatch(name)
            for written in (name, (office[1] or office[2]) if office else ""):
                if written in self._words:
                    return self._words[written]
        return frozenset()

    def named_twice(self, first: str, second: str) -> frozenset[str]:
        """Return the code of the township that two folded texts name, each by a name or by the code; nothing where they differ."""
        codes = self.named(first) | self.named(second)
        return codes if all(word in codes or self.named(word) == codes for word in (first, second)) else frozenset()

    def is_county(self, folded: str) -> bool:
        """Say whether a folded text names the county as a whole, or its own offices."""
        return bool({folded, self._below_county(folded)} & (WHOLE_COUNTY | _COUNTY_ITSELF)) or folded in self._counties

    def _below_county(self, folded: str) -> str:
        """Return what stands after the county's name, or its province's and its own; empty where the county is not named."""
        return next((folded.removeprefix(county) for county in self._counties if folded.startswith(county)), "")
