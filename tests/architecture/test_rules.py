"""The decisions of the design, each as a test, because a decision without a test decays."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
import tomllib
from collections.abc import Collection
from pathlib import Path

import pytest

from etl.extracts import extracts
from indicators import catalogue, themes
from indicators.caveats import CAVEATS
from indicators.dimensions import DIMENSIONS
from indicators.model import Text
from warehouse.writer import CODE_VERSION

ROOT = Path(__file__).parents[2]
PACKAGES = ("access", "analysis", "charts", "disclosure", "etl", "indicators", "pages", "ui", "warehouse")
SOURCES = [*sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")), ROOT / "dashboard.py"]


@functools.cache
def imports(path: Path) -> frozenset[str]:
    """Full names of the modules a file imports."""
    return frozenset(name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) for name in imported(node))


def imported(node: ast.AST) -> set[str]:
    """Full names of the modules a statement imports."""
    if isinstance(node, ast.Import):
        return {name.name for name in node.names}
    if isinstance(node, ast.ImportFrom) and node.module:
        return {node.module} | {f"{node.module}.{name.name}" for name in node.names}
    return set()


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def test_import_contracts_hold() -> None:
    done = subprocess.run([str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    assert all("ignore_imports" not in contract for contract in contracts)


MAY_IMPORT = {
    "dashboard": {"ui", "access"},
    "pages": {"ui", "charts", "briefing", "indicators", "access"},
    "ui": {"charts", "warehouse", "access", "indicators"},
    "charts": {"analysis", "indicators"},
    "etl": {"warehouse", "disclosure", "analysis", "indicators"},
    "warehouse": {"indicators"},
    "disclosure": set(),
    "analysis": set(),
    "indicators": set(),
    "access": {"indicators"},
}
UPLOAD = ROOT / "ui" / "upload"
"""The one package of the pages' parts that may change anything, and it does so through ``etl.intake`` alone."""
ONLY_IN = {
    "streamlit": {"dashboard", "pages", "ui"},
    "plotly": {"charts"},
    "resvg_py": {"charts"},
    "duckdb": {"warehouse", "etl"},
    "geopandas": {"etl"},
    "scipy": {"analysis", "disclosure"},
    "highspy": {"disclosure"},
    "esda": {"analysis"},
    "libpysal": {"analysis"},
}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_what_its_package_may(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0].removesuffix(".py")
    allowed = MAY_IMPORT[package] | {package} | ({"warehouse"} if path.name == "__main__.py" else set())
    if path.parent == UPLOAD:
        allowed = allowed | {"etl"}
        assert {name for name in imports(path) if name.split(".")[0] == "etl"} <= {"etl", "etl.intake"}
    assert roots(path) & set(PACKAGES) <= allowed
    for library, homes in ONLY_IN.items():
        assert library not in roots(path) or package in homes, f"{library} belongs in {homes}"
    if package in {"ui", "disclosure"}:
        assert not {name for name in imports(path) if name.startswith("warehouse.")} - {
            name for name in imports(path) if name.startswith("warehouse.reader")
        }
    if package == "etl":
        assert "warehouse.reader" not in imports(path)


def test_no_files_import_each_other_in_a_circle() -> None:
    """Imports inside functions and for types count: whoever reads one file of a circle has to read them all."""
    modules = {module_name(path): path for path in SOURCES}
    graph = {name: files_needed(path, modules.keys()) - {name} for name, path in modules.items()}
    while free := {name for name, needs in graph.items() if not needs or not any(name in others for others in graph.values())}:
        graph = {name: needs - free for name, needs in graph.items() if name not in free}
    assert not graph


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def files_needed(path: Path, modules: Collection[str]) -> set[str]:
    """The project's files that a file imports; a name taken from a package's own file counts as that file."""
    needed = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            needed |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            needed |= {whole if (whole := f"{node.module}.{name.name}") in modules else node.module for name in node.names}
    return needed & set(modules)


VOCABULARY = {"disclosure.lattice", "disclosure.policy", "disclosure.each"}
"""Declarations in which cells, limits and tasks are spoken of; they reason about nothing."""
SEARCH = {"disclosure.attacker", "disclosure.closure", "disclosure.junction", "disclosure.program", "disclosure.rounded"}
"""What the protection searches with and the audit attacks with. Whatever the audit finds with it is judged by disclosure.judge."""
PROTECTION = {"disclosure.suppression", "disclosure.rounding", "disclosure.equations", "disclosure.closure", "disclosure.bridge"}

READ_TOGETHER = {f"disclosure.{name}" for name in ("over_time", "published", "said", "stories", "movers", "method", "finding")}
"""What both read moments together with; the attacker of tests/over_time shares none of it."""


def reached(*modules: str) -> set[str]:
    """Full names of the modules of disclosure that some modules import, and of those that these import, themselves included."""
    found: set[str] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        path = ROOT / (module.replace(".", "/") + ".py")
        if module not in found and path.exists():
            found.add(module)
            waiting += [name for name in imports(path) if name.startswith("disclosure.")]
    return found


def test_the_judge_shares_no_reasoning_with_what_it_judges() -> None:
    assert "disclosure.judge" in reached("disclosure.audit")
    judge, protection = reached("disclosure.judge"), reached(*PROTECTION)
    assert judge & (protection | SEARCH) <= VOCABULARY
    for path in (ROOT / "etl").rglob("protect.py"):
        named = {name for name in imports(path) if name.startswith("disclosure.")}
        assert reached(*named) <= protection | VOCABULARY | READ_TOGETHER
    for module in VOCABULARY:
        assert reached(module) <= VOCABULARY


def test_the_auditor_shares_with_the_protection_what_is_judged_and_no_more() -> None:
    auditor = reached("disclosure.audit", "disclosure.report")
    assert auditor & reached(*PROTECTION) == SEARCH | VOCABULARY - {"disclosure.each"}


def test_nothing_but_the_build_names_record_tables() -> None:
    for path in SOURCES:
        package = path.relative_to(ROOT).parts[0]
        if package in {"pages", "ui", "charts"} or path == ROOT / "warehouse" / "reader.py":
            text = path.read_text(encoding="utf-8")
            assert "core." not in text.replace("script_runner.core.", "")
            assert "staged." not in text


def test_every_indicator_is_found_and_says_what_it_counts() -> None:
    files = list((ROOT / "indicators").glob("*/[!_]*.py"))
    assert set(catalogue()) == {path.stem for path in files}
    assert {path.parent.name for path in files} == set(themes())
    for path in files:
        module = ast.parse(path.read_text(encoding="utf-8"))
        assert len(ast.get_docstring(module) or "") > 40, f"{path.name} does not say why it is counted this way"


def words(value: object) -> list[Text]:
    """Every Text inside a declaration."""
    if isinstance(value, Text):
        return [value]
    if isinstance(value, tuple | list):
        return [word for part in value for word in words(part)]
    if hasattr(value, "__dataclass_fields__"):
        return [word for name in value.__dataclass_fields__ for word in words(getattr(value, name))]
    return []


def test_every_word_a_person_reads_stands_in_both_languages() -> None:
    declared = [*catalogue().values(), *themes().values(), *DIMENSIONS.values(), *CAVEATS.values(), *extracts().values()]
    found = [word for value in declared for word in words(value)]
    assert len(found) > 300
    for word in found:
        assert word.zh.strip(), word
        assert word.en.strip(), word


def test_pages_and_router_stay_short() -> None:
    assert len((ROOT / "dashboard.py").read_text(encoding="utf-8").splitlines()) <= 30
    for path in (ROOT / "pages").glob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 60, path.name


def test_the_version_is_one() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"] == CODE_VERSION


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_locked_lists_name_exact_versions_and_no_host(name: str) -> None:
    lines = [line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert all("==" in line for line in lines)
    assert not any("://" in line or line.startswith("-") for line in lines)


def test_only_the_words_of_the_glossary_name_modules() -> None:
    banned = {"utils", "helpers", "helper", "util", "misc", "manager", "common", "data", "info"}
    assert not [path for path in SOURCES if path.stem in banned]


def test_neighbourhood_statistics_are_loaded_only_where_they_are_asked_for() -> None:
    # esda brings geopandas and scikit-learn with it: seconds that no page and no county's build should wait.
    for path in SOURCES:
        at_start = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.Import | ast.ImportFrom)]
        assert "analysis.spatial" not in {name for node in at_start for name in imported(node)}, path.name
