"""Which written signs are the same sign, which are not seen, and which are none that a number, a code or a key is written with.

Full-width forms are the same signs in another width. Every other compatibility form is not: ① is ten times 1 in 3①, ² is a footnote in 2².
"""

from __future__ import annotations

import re
import unicodedata

_HALF_WIDTH = {0xFF00 + code - 0x20: code for code in range(0x21, 0x7F)} | {0x3000: 0x20}
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e01ef"
)
_INSIDE = re.compile(f"[{_UNSEEN}]")
# What stands behind U+202E is seen from right to left, 13 for 31: it is never dropped.
_AT_ENDS = _UNSEEN.replace("\u202a-\u202e", "\u202a-\u202d")
_ENDS = re.compile(rf"^[\s{_AT_ENDS}]+|[\s{_AT_ENDS}]+$")
_FOOTNOTE = re.compile(r"[\d.,年/-]*\d[年月]?\s*(?:[*#※†‡§¶★☆△▲◆●○]+|[(\[〔【]注?\d{1,2}[)\]〕】]|\^\d{1,2}|注\d{0,2})", re.ASCII)


def half_width(text: str) -> str:
    """Return a text with full-width forms and the ideographic space in their usual width; nothing else is changed."""
    return text if text.isascii() else text.translate(_HALF_WIDTH)


def trimmed(text: str) -> str:
    """Return a text as it is read: in half width, without space and invisible signs at its ends."""
    return text.strip() if text.isascii() else _ENDS.sub("", text.translate(_HALF_WIDTH))


def without_unseen(text: str) -> str:
    """Return a text without space and invisible signs at its ends, otherwise as written."""
    return _ENDS.sub("", text)


def is_blank(text: str) -> bool:
    """Say whether nothing can be seen in a cell."""
    return not text or text.isspace() or (not text.isascii() and not without_unseen(text))


def fold(text: str) -> str:
    """Return a text as code lists compare it: full-width forms, letter case and spaces do not matter."""
    if text.isascii():
        return "".join(text.split()).casefold()
    return "".join(unicodedata.normalize("NFC", trimmed(text)).split()).casefold()


def undone(text: str) -> str:
    """Return a text with every compatibility form undone, to find words that warn. Never for what is counted."""
    return text if text.isascii() else _INSIDE.sub("", unicodedata.normalize("NFKC", text))


def seen_through(text: str) -> str:
    """Return a text folded with every compatibility form undone; as ``undone``, only to warn."""
    return fold(undone(text))


def stray_sign(text: str) -> str | None:
    """Return the rule by which a trimmed text that was refused holds a sign that does not belong there; None where it holds none."""
    if _FOOTNOTE.fullmatch(text):
        return "footnote_sign"
    if text.isascii():
        return None
    if _INSIDE.search(text):
        return "invisible_sign"
    return "footnote_sign" if any(map(_is_other_form, text)) else None


def _is_other_form(sign: str) -> bool:
    """Say whether a sign is a letter, digit or symbol in a form of its own; marks of punctuation and spaces are none."""
    return unicodedata.category(sign)[0] not in "PZ" and unicodedata.normalize("NFKC", sign) != unicodedata.normalize("NFC", sign)
