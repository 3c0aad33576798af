"""What a person is told when the disk stands in the way."""

from __future__ import annotations

import errno
import os
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import duckdb
import pytest

from etl.desk.faults import words

CODES = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出本账号的磁盘配额",
    errno.EACCES: "没有写入或读取权限",
    errno.EROFS: "是只读的",
    errno.EIO: "磁盘读写出错",
    errno.EMFILE: "打开的文件过多",
    errno.ETXTBSY: "文件正被其他程序占用",
    errno.ELOOP: "路径中的链接互相指向",
    errno.EFBIG: "单个文件超出系统允许的大小",
    errno.EPROTO: "读写没有成功",  # stands for every error without words of its own
}


@pytest.mark.parametrize("code", CODES, ids=errno.errorcode.get)
def test_every_error_is_a_sentence_that_names_the_folder_and_no_file(code: int, tmp_path: Path) -> None:
    data = tmp_path / "data"
    said = words(OSError(code, os.strerror(code), str(data / "raw" / "张某某_13800138000.csv")), data)
    assert said is not None
    assert said.zh.startswith("数据文件夹" + CODES[code])
    assert "再重新运行" in said.zh
    for text in (said.zh, said.en):
        assert os.strerror(code) not in text
        assert "13800138000" not in text
        assert str(tmp_path) not in text


def test_the_temporary_folder_and_a_delivered_file_are_told_from_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    full = words(OSError(errno.ENOSPC, "", str(tmp_path / "temporary" / "workbook-x" / "sheets")), tmp_path / "data")
    assert full is not None
    assert full.zh.startswith("临时文件夹磁盘已满")
    forbidden = words(OSError(errno.EACCES, "", str(tmp_path / "delivered.csv")), tmp_path / "data")
    assert forbidden is not None
    assert forbidden.zh.startswith("报送文件")


def test_the_databases_own_words_are_understood_and_other_errors_are_left() -> None:
    full = words(duckdb.IOException("IO Error: Could not write all bytes to file: No space left on device"))
    assert full is not None
    assert "磁盘已满" in full.zh
    assert words(BrokenProcessPool("terminated abruptly")) == words(MemoryError())
    memory = words(duckdb.OutOfMemoryException("failed to allocate"))
    assert memory is not None
    assert memory.zh.startswith("内存不足")
    assert words(ValueError("No space left on device")) is None
