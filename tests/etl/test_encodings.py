"""All township names of China through decoding and parsing, in every encoding that can hold them: the same again, or refused."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from etl.reading import text_file
from etl.reading.cells import code_words, fold
from etl.reading.table import UnreadableError
from tests.etl.files import CASES

HEADER = ("乡镇代码", "乡镇名称", "人数")
NOT_IN_GBK = 8  # of 41,352 names, by the data set's own description
NAMES = 41_352


def is_header(row: Sequence[str]) -> bool:
    return tuple(map(str.strip, row)) == HEADER


@pytest.fixture(scope="module")
def streets() -> list[tuple[str, str]]:
    """Code and name of every township."""
    path = Path(__file__).parents[3] / "shared" / "realdata" / "cn_areas" / "streets.csv"
    if not path.exists():
        pytest.skip("the folder of public cases (../shared) is not here")
    with path.open(encoding="utf-8", newline="") as stream:
        found = [(row["code"], row["name"]) for row in csv.DictReader(stream)]
    assert len(found) == NAMES
    return found


def text_of(streets: Sequence[tuple[str, str]], header: Sequence[str] = HEADER) -> str:
    return "\r\n".join([",".join(header), *(f"{code},{name},3" for code, name in streets)]) + "\r\n"


def names_read(content: bytes) -> list[str]:
    text, _ = text_file.decode(content)
    return list(text_file.parse(text, is_header).columns[1])


def holds(name: str, encoding: str) -> bool:
    try:
        name.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("gb18030", b""),
        ("gbk", b""),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
    ],
)
def test_every_name_comes_back(encoding: str, mark: bytes, streets: list[tuple[str, str]]) -> None:
    held = [street for street in streets if holds(street[1], encoding)]
    assert len(held) == (NAMES - NOT_IN_GBK if encoding == "gbk" else NAMES)
    read = names_read(mark + text_of(held).encode(encoding))
    assert read == [name for _, name in held]
    assert not any("\ufffd" in name or "?" in name for name in read)
    print(f"{len(read)} names in {encoding}{' with a mark' if mark else ''}: all the same")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gbk", "utf-16-le", "utf-16-be"])
def test_one_name_alone_comes_back_or_is_refused(encoding: str, streets: list[tuple[str, str]]) -> None:
    """A file of one record under an English header gives an encoding little to be known by."""
    wrong, refused = [], 0
    for name in sorted({name for _, name in streets if holds(name, encoding)}):
        try:
            text, _ = text_file.decode(f"code,name\n1,{name}\n".encode(encoding))
        except UnreadableError:
            refused += 1
            continue
        if text != f"code,name\n1,{name}\n":
            wrong.append(name)
    print(f"one name a file in {encoding}: {refused} refused, {len(wrong)} read wrongly")
    assert wrong == []


def test_big5_and_other_foreign_bytes_never_become_a_name(streets: list[tuple[str, str]]) -> None:
    """Big5 bytes are often possible GB18030 bytes too; what comes of them is no header, no name and no word of a code list."""
    held = [street for street in streets if holds(street[1], "big5")]
    known = {name for _, name in streets} | {word for column in CASES.columns for word in code_words(column)}
    with pytest.raises(UnreadableError) as fault:
        names_read(text_of(held, ("鄉鎮代碼", "鄉鎮名稱", "人數")).encode("big5"))
    assert fault.value.rule in {"encoding", "header_not_found", "damaged_text", "control_character"}
    wrong = 0
    for _, name in held:
        try:
            text, _ = text_file.decode(f"code,name\n1,{name}\n".encode("big5"))
        except UnreadableError:
            continue
        read = text.split(",")[-1].strip()
        wrong += read != name and (read in known or fold(read) in known)
    print(f"{len(held)} names in Big5: {wrong} taken for another word")
    assert wrong == 0


@pytest.mark.parametrize("saved_as", ["utf-8", "gb18030", "utf-16"])
def test_utf8_once_opened_as_gbk_is_refused(saved_as: str, streets: list[tuple[str, str]]) -> None:
    garbled = text_of(streets[:500]).encode("utf-8").decode("gbk", "replace")
    with pytest.raises(UnreadableError) as fault:
        names_read(garbled.encode(saved_as, "replace"))
    assert fault.value.rule in {"mojibake", "damaged_text", "header_not_found"}


def test_what_was_lost_before_is_said_with_its_row() -> None:
    with pytest.raises(UnreadableError) as fault:
        text_file.decode("乡镇代码,乡镇名称,人数\n1,\ufffd镇,3\n".encode())
    assert (fault.value.rule, fault.value.row) == ("damaged_text", 2)


@pytest.mark.parametrize(
    "content",
    [
        "乡镇,人数\n河湾镇,3\n".encode("utf-16-le")[:-1],  # half a character at the end
        "乡镇人数".encode("utf-16-le") + b"\x00\xd8",  # half a surrogate pair
        b"\xff\xfe\x00\x00" + "乡镇,人数\n".encode("utf-32-le"),
        b"PK\x05\x06" + bytes(18),
    ],
)
def test_bytes_of_no_admitted_encoding_are_refused(content: bytes) -> None:
    with pytest.raises(UnreadableError) as fault:
        names_read(content)
    assert fault.value.rule in {"encoding", "control_character", "header_not_found"}


def test_bytes_that_two_encodings_read_differently_are_refused() -> None:
    content = b"code,name\n1,\xc4\xa3\n"
    assert (content.decode("gbk")[-2], content.decode("utf-8")[-2]) == ("模", "ģ")
    with pytest.raises(UnreadableError) as fault:
        text_file.decode(content)
    assert fault.value.rule == "encoding"
