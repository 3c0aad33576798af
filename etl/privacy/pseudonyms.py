"""Pseudonyms that are none: keys made from identity numbers, keys that tell a birthday, running numbers.

One key says little, a whole column says how it was made. Identity numbers are so few (a county has perhaps a million) that whoever
hashes them all finds every person again; so a plain hash counts as the number itself. A keyed hash cannot be told from a plain one by
its looks: the sender puts a letter that is no hexadecimal digit before it, as the template says.

Source: RFC 1321 (MD5, 128 bits), FIPS 180-4 (SHA-1, SHA-2), GB/T 32905-2016 (SM3, 256 bits) for the lengths of digests.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from etl.privacy.identifiers import is_day, is_id_number, is_id_number_15, visible

FEWEST = 5
"""Fewer keys than this do not show how they were made."""
# Whole digests (128 to 512 bits) and the pieces people take of them: the "16-digit MD5", 8 and 20.
_HEX_LENGTHS = frozenset((8, 16, 20, 32, 40, 48, 56, 64, 96, 128))
_BASE64_LENGTHS = frozenset((22, 24, 27, 28, 38, 40, 43, 44, 64, 86, 88))
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+", re.ASCII)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}", re.ASCII)
_NUMBER = re.compile(r"\d+", re.ASCII)
_LAST_NUMBER = re.compile(r"(.*?)(\d+)(\D*)", re.ASCII)
_LONG_NUMBER = re.compile(r"(?:\d-*){15}", re.ASCII)
_DAY_LONG = re.compile(r"(?:\d-*){8}", re.ASCII)
_IDENTITY = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15})(?![\dA-Za-z])", re.ASCII)
_GENERATIONS = (1930, 2015)


def identity_fault_of(keys: Iterable[str]) -> str | None:
    """Say whether a column of pseudonyms leads to the persons themselves.

    Args:
        keys: The column as written; empty cells are passed over.

    Returns:
        ``key_identity``, ``key_birth`` or ``key_hash``, or None.
    """
    different = sorted({visible(key).strip() for key in keys} - {""})
    if any(_is_identity(key) for key in different):
        return "key_identity"
    if len(different) < FEWEST:
        return None
    if _tell_birthdays(different):
        return "key_birth"
    return "key_hash" if _are_hashes(different) else None


def _is_identity(key: str) -> bool:
    if not _LONG_NUMBER.search(key):
        return False
    runs = [run for text in {key, key.replace("-", "")} for run in _IDENTITY.findall(text)]
    return any(is_id_number(run) if len(run) == 18 else is_id_number_15(run) for run in runs)


def _are_hashes(keys: Sequence[str]) -> bool:
    lengths = Counter(map(len, keys))
    length, count = lengths.most_common(1)[0]
    alike = [key for key in keys if len(key) == length]
    if count * 10 < len(keys) * 9:
        return False
    if length in _HEX_LENGTHS and sum(1 for key in alike if _HEX.fullmatch(key)) * 10 >= count * 9:
        # Digits alone are numbers; a random UUID without its dashes says its version in the 13th digit.
        is_uuid = length == 32 and all(key[12] == "4" and key[16] in "89abAB" for key in alike)
        return not is_uuid and any(not key.isdigit() for key in alike)
    if length not in _BASE64_LENGTHS or not all(_BASE64.fullmatch(key) for key in alike):
        return False
    signs = "".join(alike)
    return any(sign.islower() for sign in signs) and any(sign.isupper() for sign in signs)


def _tell_birthdays(keys: Sequence[str]) -> bool:
    """Whether most keys hold a birthday in the same place; by chance one eight-digit run in 3,000 is one."""
    places: Counter[int] = Counter()
    for key in filter(_DAY_LONG.search, keys):
        joined = key.replace("-", "")
        for run in _NUMBER.finditer(joined):
            for place in range(run.start(), run.end() - 7):
                day = joined[place : place + 8]
                if _GENERATIONS[0] <= int(day[:4]) <= _GENERATIONS[1] and is_day(day):
                    places[place] += 1
    if not places:
        return False
    place, count = places.most_common(1)[0]
    # A date that all keys share is the date of a list, not of a birth.
    shared = {key.replace("-", "")[place : place + 8] for key in keys}
    return count * 10 >= len(keys) * 6 and len(shared) * 4 >= len(keys)


def are_running_numbers(keys: Iterable[str]) -> bool:
    """Say whether the numbers in the keys lie so close together that they were counted up, in whatever order they stand.

    Random keys practically never do: 160 six-digit numbers take up a range of a million, not of a few hundred.

    Args:
        keys: The column as written; empty cells are passed over.
    """
    different = {key.strip() for key in keys} - {""}
    if len(different) < FEWEST:
        return False
    groups: dict[tuple[str, str], list[str]] = {}
    for key in different:
        numbered = _LAST_NUMBER.fullmatch(key)
        if numbered:
            groups.setdefault((numbered[1], numbered[3]), []).append(numbered[2])
    counted = sum(len(tails) for tails in groups.values() if len(tails) >= 3 and _lie_close(tails, 10))
    return counted * 2 >= len(different) or _count_up_in_letters(sorted(different))


def _lie_close(tails: Sequence[str], base: int) -> bool:
    numbers = {int(tail, base) for tail in tails}
    return len(numbers) >= 3 and max(numbers) - min(numbers) < 3 * len(numbers) + 3


def _count_up_in_letters(keys: Sequence[str]) -> bool:
    """Whether keys of one length count up in base 16 or 36 (…00FE, …00FF, …0100)."""
    if len(keys) < 2 * FEWEST or len(set(map(len, keys))) != 1 or not all(key.isalnum() and key.isascii() for key in keys):
        return False
    for base in (16, 36):
        try:
            if _lie_close(keys, base):
                return True
        except ValueError:  # a letter that is no digit of this base
            continue
    return False
