"""One file is enough: an extract type, a register with due dates, an indicator and a page are added to a copy of the project, one file each."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.architecture.test_contributing import RECIPES
from tests.soak import SOAK

pytestmark = pytest.mark.longest(40)
ROOT = Path(__file__).parents[2]
OF_TASKS = {
    # A register of things: what is due may lie ahead, and in a quiet month nothing stands in it.
    "etl/extracts/tasks.py": '''"""禁毒任务: the register of tasks as it stands at a month's end, one row a task."""

from etl.contract import Column, Extract, Period, Stock, Type
from indicators.model import Text

EXTRACT = Extract(
    id="tasks",
    title=Text("禁毒任务台账", "Register of tasks"),
    description=Text("月末任务台账,一项一行", "The register of tasks at a month's end, a row a task"),
    period=Period.SNAPSHOT,
    file_words=("tasks", "任务台账"),
    key=("task_key",),
    month_column="as_of",
    unit=Text("项", "tasks"),
    columns=(
        Column("as_of", ("台账月份", "as_of"), Type.MONTH, Text("台账所属月份", "Month of the register")),
        Column("task_key", ("任务代号", "task_key"), Type.KEY, Text("任务代号", "Key of the task")),
        Column("township", ("责任乡镇代码", "township"), Type.TOWNSHIP, Text("12位乡级代码", "12-digit township code")),
        Column("due_on", ("应完成年月", "due_on"), Type.MONTH, Text("应完成的年月", "Month by which it is due"), may_lie_ahead=True),
        Column("solved", ("是否完成", "done"), Type.FLAG, Text("是否完成", "Whether it is done")),
        Column("cost", ("经费", "cost"), Type.AMOUNT, Text("安排的经费", "Money set aside"), unit=Text("万元", "10,000 yuan")),
    ),
    tables=(Stock("task", where="s.solved = 'no'"),),
    may_be_empty=True,
)
''',
    "indicators/cases/tasks_open.py": '''"""未完成任务: tasks not done at a period's end; what is done leaves the count, not the register."""

from indicators.model import Direction, Indicator, Kind, Measure, Protects, Text

INDICATOR = Indicator(
    id="tasks_open",
    title=Text("未完成任务", "Open tasks"),
    question=Text("还有多少任务没有完成?", "How many tasks are not done?"),
    order=95,
    unit=Text("项", "tasks"),
    kind=Kind.STOCK,
    table="core.task",
    numerator=Measure(),
    breakdowns=("total", "township"),
    direction=Direction.UP_IS_WORSE,
    protects=Protects.EVENTS,
    owner=Text("县禁毒办", "Narcotics-control office"),
    sources=("tasks",),
    definition=Text("月末未完成的任务数。", "Tasks not done at the end of the month."),
    caveats=(),
)
''',
}
ADDED = {**RECIPES, **OF_TASKS}
INVENT = "from pathlib import Path; from etl.county.read import read_pack; from etl.sample.write import write_sample; "
INVENT += "write_sample(Path('invented'), read_pack(Path('county')))"
LARGE = re.compile("(在册吸毒人员|毒品案件)_20(?!26)")
"""Files of the years before 2026 of the two large types, which the project has by itself."""
SHOWN = """
import json, sys
sys.path.append(sys.argv.pop(1))  # where the tests are; everything else is the copy
from streamlit.testing.v1 import AppTest
from tests.app.page_cards import cards, headlines
from tests.app.test_pages import text
for page in sys.argv[1:]:
    test = AppTest.from_file(f"pages/{page}.py", default_timeout=300).run()
    said = [text(test), *(words for card in cards(test) for words in card.drawn)]
    print(json.dumps([said, [str(one.value) for one in test.exception], headlines(test)]))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with one file more for each thing added; nothing else is changed.

    What it invents is loaded without the early years of the two large types; `make soak` takes the whole county.
    """
    folder = tmp_path_factory.mktemp("project")
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.splitlines():
        if not name.startswith(("tests/", "docs/", "bench/", "static/")) and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    for name, content in ADDED.items():
        assert not (folder / name).exists(), name
        (folder / name).write_text(content, encoding="utf-8")
    assert run(folder, "-c", INVENT).returncode == 0
    files = [str(path) for path in sorted((folder / "invented").iterdir()) if SOAK or not LARGE.match(path.name)]
    done = run(folder, "-m", "etl", "load", *files, "--data", "built", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    surroundings = {**os.environ, "DASHBOARD_DATA": str(project / "built"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, *arguments], cwd=project, env=surroundings, capture_output=True, text=True, check=False)


def published(project: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(project / "built" / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def shown(project: Path, *pages: str) -> list[tuple[str, dict[str, str]]]:
    """What each page says, and its headline numbers."""
    done = run(project, "-c", SHOWN, str(ROOT), *pages)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()[-len(pages) :]]
    assert not any(errors for _, errors, _ in found)
    return [("\n".join(said), dict(numbers)) for said, _, numbers in found]


def test_it_is_invented_delivered_validated_and_loaded(project: Path) -> None:
    reported = dict(published(project, "select extract, count(*) from meta.coverage group by extract"))
    assert reported["relief"] == reported["tasks"] == 34  # from January 2024 to October 2026


def test_people_are_protected_and_audited(project: Path) -> None:
    statuses = {status for (status,) in published(project, "select status from mart.observation where indicator = 'people_relieved'")}
    assert "observed" in statuses
    small = published(
        project, "select value from mart.observation where indicator = 'people_relieved' and release = 'internal' and value between 1 and 4"
    )
    assert small == []
    attacked = published(project, "select release, count(*), sum(hidden) from meta.audit where source_table = 'core.relief_given' group by release")
    assert {release for release, moments, _ in attacked if moments} == {"internal", "public"}
    assert any(hidden for _, _, hidden in attacked)  # and nothing of it was given away, or there would be no build


def test_a_stock_of_things_is_shown_exactly_and_never_added_up(project: Path) -> None:
    rows = published(
        project,
        "select grain, period, value from mart.observation where indicator = 'tasks_open' and release = 'public' and breakdown = 'total' "
        "and period >= '2026-07-01'",
    )
    monthly = {period: value for grain, period, value in rows if grain == "month"}
    quarters = {period: value for grain, period, value in rows if grain == "quarter"}
    assert all(value == monthly[period.replace(month=period.month + 2)] for period, value in quarters.items())  # type: ignore[attr-defined]
    assert len(monthly) == 4
    assert all(0 < value < 40 for value in monthly.values())  # forty tasks, some of them done


def test_a_register_may_be_empty_and_its_dates_may_lie_ahead(project: Path) -> None:
    header = "台账月份,任务代号,责任乡镇代码,应完成年月,是否完成,经费\n"
    empty, ahead = project / "禁毒任务台账_202610_报20261120.csv", project / "禁毒任务台账_202609_报20261120.csv"
    empty.write_text(header, encoding="utf-8")
    ahead.write_text(header + "2026-09,TASKQWERTY,990121001000,2027-03,否,1.5\n", encoding="utf-8")
    done = run(project, "-m", "etl", "load", str(empty), str(ahead), "--no-build", "--data", "alone", "--json")
    assert done.returncode == 0, done.stdout


def test_it_has_a_template_and_a_page_of_documentation(project: Path) -> None:
    done = run(project, "-m", "etl", "template", "--into", "blank")
    assert done.returncode == 0, done.stdout
    assert {"戒毒人员救助_空白模板.xlsx", "禁毒任务台账_空白模板.xlsx"} <= {path.name for path in (project / "blank").iterdir()}
    assert "`relief`" in run(project, "-m", "etl.extracts").stdout
    assert "`people_relieved`" in run(project, "-m", "indicators").stdout


def test_it_stands_on_its_pages(project: Path) -> None:
    (quality, _), (treatment, _), (_, cases), (_, laboratories) = shown(project, "quality", "treatment", "cases", "laboratories")
    assert "戒毒人员救助" in quality
    assert "禁毒任务台账" in quality
    assert "救助人次" in treatment
    assert "未完成任务" in cases
    assert "出租屋、旅馆查获案件" in cases
    assert laboratories
