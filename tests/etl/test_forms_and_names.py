"""Words of official forms are no identifiers, names in forms, file names and reasons are, and what is only like one can be corrected."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.inspection.inspect import MASKED_NAME, inspect, shown_name
from etl.inspection.read import admitted_words
from etl.privacy import gate
from etl.privacy.identifiers import find_in_text
from etl.publishing.acceptance import refuse
from etl.publishing.publish import ReasonRefused, checked_reason
from tests.etl.files import CASES_NAME, ON, cases_csv


@pytest.mark.parametrize(
    "text",
    [
        *(
            "表号:公禁1表 批准文号:国统制〔2024〕12号",
            "制定机关:国家统计局  备案文号:国统办函〔2023〕88号 有效期至:2026年12月",
            "依据某禁毒办发〔2024〕3号",
        ),
        *("单位负责人:        统计负责人:        填表人:        报出日期:2026年11月30日", "单位负责人(签章):      分管领导:     复核:"),
        *("审核 情况", "审核 通过", "制表 单位", "填报 单位:某某县禁毒办", "经办 司法所", "复核 无误", "审批 时间"),
    ],
)
def test_words_of_a_form_pass(text: str) -> None:
    assert find_in_text(text, 200) is None


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        *(("审核 王小明", "labelled"), ("审核王小明", "labelled"), ("制表:李四", "labelled"), ("填表人(签字):赵六", "labelled")),
        *(("统计负责人:钱七", "labelled"), ("校对 欧阳小红", "labelled"), ("单位负责人:        统计负责人:孙八        填表人:", "labelled")),
        *(("批准文号:某公(禁)立字〔2026〕15号", "case_number"), ("某公(禁)强戒决字〔2026〕3号", "case_number"), ("某检刑诉(2026)7号", "case_number")),
        *(("某公禁〔2024〕7号", gate.DOCUMENT_NUMBER), ("见〔2024〕7号", gate.DOCUMENT_NUMBER)),
    ],
)
def test_names_and_numbers_in_a_form_are_found(text: str, rule: str) -> None:
    assert find_in_text(text, 200) == rule


def test_what_is_only_like_an_identifier_is_kept_aside_and_what_is_certain_is_not(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    like, certain = (cases_csv(tmp_path / name, drug=text) for name, text in (("a", "某公禁〔2024〕7号"), ("b", "某公(禁)立字〔2026〕15号")))
    asked, destroyed = (inspect(path, pack, on=ON) for path in (like, certain))
    assert {problem.rule for problem in asked.problems} == {gate.DOCUMENT_NUMBER}
    assert (asked.problems[0].column, asked.problems[0].row) == ("毒品种类", 2)
    assert not asked.has_identifiers
    assert destroyed.has_identifiers
    refuse([asked, destroyed], data, "office")
    kept = {path.suffix: path.stem for path in (data / "raw" / "quarantine").iterdir()}
    assert kept == {".csv": asked.sha256, ".json": asked.sha256}
    assert "2024" not in (data / "raw" / "quarantine" / f"{asked.sha256}.json").read_text(encoding="utf-8").replace("20240", "")


@pytest.mark.parametrize(
    ("name", "is_masked"),
    [
        *(("毒品案件_202610_王小明_报20261105.csv", True), ("毒品案件王小明_202610.csv", True), ("毒品案件_202610(欧阳小红).csv", True)),
        *(("毒品案件_202610_高崖_报20261105.csv", False), ("示例县河湾镇毒品案件_202610.csv", False), ("毒品案件_202610_终稿2.csv", False)),
        *(("禁毒办毒品案件月报表10月份汇总_报20261105.csv", False), ("在册人员名单更正_202610.csv", False)),
    ],
)
def test_a_name_in_a_file_name_is_masked_and_a_place_is_not(name: str, is_masked: bool, pack: CountyPack) -> None:
    assert shown_name(name, admitted_words(extracts(), pack)).startswith(MASKED_NAME) == is_masked


def test_a_file_named_like_a_person_is_asked_about_and_kept(tmp_path: Path, pack: CountyPack) -> None:
    path = cases_csv(tmp_path)
    named = path.rename(path.with_name(CASES_NAME.replace("_报", "_王小明_报")))
    result = inspect(named, pack, on=ON)
    assert [problem.rule for problem in result.problems] == ["name_in_file_name"]
    assert not result.has_identifiers
    assert "王小明" not in result.file_name + repr(result.problems)


@pytest.mark.parametrize("reason", ["经王小明核实", "李四同志确认无误", "经所长王强确认,当月确无案件", "王建中来电说明"])
def test_a_reason_that_names_who_vouches_is_not_kept(reason: str) -> None:
    with pytest.raises(ReasonRefused):
        checked_reason(reason)


@pytest.mark.parametrize(
    "reason",
    ["核实:当月确无案件", "县公安局核实无误", "白塔镇派出所确认", "已电话核实", "于本月核实,系补录", "任务完成后确认", "逐一核对"],
)
def test_a_reason_that_names_an_office_is(reason: str) -> None:
    assert checked_reason(reason) == reason
