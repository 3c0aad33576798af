"""What was chosen: a file twice, two files of one name, files that are no tables; and results that are told as soon as they exist."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest

from etl.commands.main import main
from etl.desk.chosen import once
from etl.desk.delivery import look
from etl.inspection.result import Acceptance, InspectionResult, remark_words
from etl.progress import shown
from indicators.model import Text
from tests.etl.files import CASES, CASES_NAME, cases_csv, csv_text, grid, registry_csv, rows
from tests.spec.tables import COUNTY


def looked(tmp_path: Path, *paths: Path) -> tuple[InspectionResult, ...]:
    return look(paths, tmp_path / "data", COUNTY, "甲").results


def placed(folder: Path, content: bytes, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def test_the_same_file_chosen_twice_is_taken_once(tmp_path: Path) -> None:
    content = cases_csv(tmp_path).read_bytes()
    first, again = (placed(tmp_path / place, content, CASES_NAME) for place in ("1", "2"))
    (result,) = looked(tmp_path, first, again)
    assert (result.acceptance, result.path) == (Acceptance.IN_ORDER, first)
    assert "同一文件选了两次,只取一次" in [remark.message.zh for remark in result.remarks]


def test_two_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    contents = [csv_text(grid(CASES, rows(CASES, count, filed_on="2026-10", solved_on=""))).encode() for count in (3, 4)]
    paths = [placed(tmp_path / str(place), content, CASES_NAME) for place, content in enumerate(contents)]
    said = [result.remarks[0].message.zh for result in looked(tmp_path, *paths)]
    assert said == [f"同名而内容不同的文件选了2份,这是先后第{place}份,{len(content):,}字节" for place, content in enumerate(contents, 1)]


def test_the_same_bytes_under_two_names_stay_two_files(tmp_path: Path) -> None:
    paths = [placed(tmp_path, b"same", name) for name in ("毒品案件_202609.csv", "毒品案件_202610.csv")]
    assert once(paths) == (paths, {})


def archive(path: Path, *members: str) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for member in members:
            file.writestr(member, "<a/>")
    return path


@pytest.mark.parametrize(
    ("name", "content", "message", "remedy"),
    [
        ("报表.zip", ("毒品案件_202610.csv",), "这是压缩包,不是报表", "解压后,把其中的报表选进来重报"),
        ("报表.docx", ("[Content_Types].xml", "word/document.xml"), "这是文字文档,不是表格", "把其中的表格复制到Excel或WPS表格,另存为.xlsx后重报"),
        ("报表.pdf", b"%PDF-1.7\n", "这是PDF或OFD,不是表格", "向制表人要原来的表格,另存为.xlsx后重报"),
        ("报表.jpg", b"\xff\xd8\xff\xe0", "这是图片,不是表格", "向制表人要原来的表格,另存为.xlsx后重报"),
        ("报表.xlsx", b"%PDF-1.7\n", "这是PDF或OFD,不是表格", "向制表人要原来的表格,另存为.xlsx后重报"),  # renamed
        ("报表.rar", b"Rar!\x1a\x07", "这是压缩包,不是报表", "解压后,把其中的报表选进来重报"),
    ],
)
def test_what_is_no_table_is_named_with_a_remedy(
    name: str, content: bytes | tuple[str, ...], message: str, remedy: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = archive(tmp_path / name, *content) if isinstance(content, tuple) else placed(tmp_path, content, name)
    assert main(["load", str(path), "--data", str(tmp_path / "data"), "--county", str(COUNTY)]) == 2
    assert f"{message};请{remedy}" in capsys.readouterr().out


def test_a_remark_is_told_in_one_language_with_its_place(tmp_path: Path) -> None:
    content = cases_csv(tmp_path).read_bytes()
    (result,) = looked(tmp_path, *(placed(tmp_path / place, content, CASES_NAME) for place in ("1", "2")))
    for said in map(remark_words, result.remarks):
        assert " | " not in said.zh + said.en


def test_a_result_is_written_before_the_next_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order of what is written at once, results on one stream and stages on the other."""
    written: list[str] = []

    class Noted:
        encoding = "utf-8"

        def write(self, text: str) -> int:
            written.append(text.strip())
            return len(text)

        def flush(self) -> None:
            written.append("flush")

        def isatty(self) -> bool:
            return False

    monkeypatch.setattr(sys, "stdout", Noted())
    monkeypatch.setattr(sys, "stderr", Noted())
    paths = [cases_csv(tmp_path), registry_csv(tmp_path)]
    assert main(["load", *map(str, paths), "--data", str(tmp_path / "data"), "--county", str(COUNTY)]) == 0
    places = [
        next(place for place, text in enumerate(written) if text.startswith(beginning))
        for beginning in ("准备", "检查文件", "检查通过 In order · 毒品案件", "检查通过 In order · 在册", "试生成", "已入库 Accepted", "已发布第1版")
    ]
    assert places == sorted(places)
    assert written[places[2] + 1 : places[2] + 3].count("flush") == 1  # the line's end, and then it is out


def test_stages_are_lines_where_the_output_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with shown() as report:
        for number in (1, 2, 3):
            report(Text("检查文件", "Inspecting files"), number, 3)
        report(Text("比较", "Comparing"))
    assert capsys.readouterr().err.splitlines() == ["检查文件 Inspecting files 1/3", "比较 Comparing"]
