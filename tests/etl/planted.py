"""Identifiers of nobody, made from a seed, and the devious ways in which they are written."""

from __future__ import annotations

import random
from collections.abc import Callable

PROVINCES = ("11", "32", "44", "51", "53", "65")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙马朱胡", "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超"
NUMERALS, FORMAL = "〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"


def _day(draw: random.Random) -> str:
    return f"{draw.randint(1950, 2008)}{draw.randint(1, 12):02}{draw.randint(1, 28):02}"


def id_18(draw: random.Random) -> str:
    """With a right check digit (GB 11643-1999)."""
    body = f"{draw.choice(PROVINCES)}{draw.randint(0, 9999):04}{_day(draw)}{draw.randint(0, 999):03}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def id_15(draw: random.Random) -> str:
    return f"{draw.choice(PROVINCES)}{draw.randint(0, 9999):04}{_day(draw)[2:]}{draw.randint(0, 999):03}"


def mobile(draw: random.Random) -> str:
    return f"1{draw.randint(3, 9)}{draw.randint(0, 10**9 - 1):09}"


def landline(draw: random.Random) -> str:
    return f"0{draw.randint(310, 998)}-{draw.randint(2_000_000, 8_999_999)}"


def plate(draw: random.Random) -> str:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    return f"{draw.choice('京云川粤桂')}{draw.choice(letters)}{draw.choice(('', 'D', 'F'))}{draw.randint(0, 99999):05}"


def card(draw: random.Random) -> str:
    """With a right last digit (Luhn)."""
    body = draw.choice(("622202", "621700", "436742", "528931")) + f"{draw.randint(0, 10**9 - 1):09}"
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(body))]
    return body + str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def passport(draw: random.Random) -> str:
    return f"{draw.choice('EGPCHM')}{draw.randint(0, 10**8 - 1):08}"


def address(draw: random.Random) -> str:
    return f"白塔镇{draw.choice('东西南北')}村{draw.randint(1, 12)}组{draw.randint(1, 99)}号"


def masked_name(draw: random.Random) -> str:
    return draw.choice(SURNAMES) + draw.choice(("某", "某某", "×", "**", "某甲"))


def labelled(draw: random.Random) -> str:
    return f"{draw.choice(('填表人', '联系人', '户主', '姓名'))}:{draw.choice(SURNAMES)}{draw.choice(GIVEN)}{draw.choice(GIVEN)}"


def email(draw: random.Random) -> str:
    return f"user{draw.randint(100, 99999)}@example.org"


def chat(draw: random.Random) -> str:
    return draw.choice((f"微信号:abc_{draw.randint(1000, 99999)}", f"QQ:{draw.randint(10000, 10**9)}", f"wxid_{draw.randint(10**6, 10**9)}"))


def case_number(draw: random.Random) -> str:
    return draw.choice((f"A53262100000020240{draw.randint(10000, 99999)}", f"云公(禁)立字〔2026〕{draw.randint(1, 999)}号"))


def birth_date(draw: random.Random) -> str:
    return f"出生日期:{draw.randint(1950, 2008)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"


def coordinates(draw: random.Random) -> str:
    return f"{draw.uniform(98, 106):.5f},{draw.uniform(22, 28):.5f}"


KINDS: tuple[Callable[[random.Random], str], ...] = (
    *(id_18, id_15, mobile, landline, plate, card, passport, address, masked_name, labelled, email, chat, case_number, birth_date, coordinates),
)
NUMBERS = (id_18, id_15, mobile, card)


def wide(text: str) -> str:
    """The full-width form of ASCII text."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def _spoken(signs: str) -> Callable[[str], str]:
    return lambda text: "".join(signs[int(sign)] if sign.isdigit() else sign for sign in text)


def _grouped(separator: str) -> Callable[[str], str]:
    return lambda text: separator.join(text[place : place + 4] for place in range(0, len(text), 4))


EVASIONS: dict[str, Callable[[str], str]] = {
    "full width": wide,
    "spaces": _grouped(" "),
    "space by digit": " ".join,
    "hyphens": _grouped("-"),
    "dots": _grouped("."),
    "zero width": "\u200b".join,
    "soft hyphen": "\u00ad".join,
    "numerals": _spoken(NUMERALS),
    "formal numerals": _spoken(FORMAL),
    "apostrophe": lambda text: f"'{text}",
    "lower case": str.lower,
    "within words": lambda text: f"证号{text}(已核)",
    "full-width space": _grouped("\u3000"),
}
MISREAD = (lambda text: text.replace("0", "O"), lambda text: text.replace("1", "l"), lambda text: text.replace("1", "I"))
CUTS: dict[Callable[[random.Random], str], tuple[tuple[int, ...], ...]] = {
    id_18: ((6, 12), (14, 4), (6, 8, 4), (9, 9), (17, 1), (6, 6, 6)),
    id_15: ((6, 9), (6, 6, 3), (8, 7)),
    mobile: ((3, 8),),
    card: ((8, 8), (4, 12), (6, 10)),
}


def cut(text: str, lengths: tuple[int, ...]) -> list[str]:
    """The pieces of a text, the last one as long as it must be."""
    starts = [sum(lengths[:place]) for place in range(len(lengths))]
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
