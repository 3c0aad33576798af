"""From delivered file to published build, against DuckDB merely reading the same file; and what a month's two files cost the sample county.

A month is measured in seconds of processor time of ``python -m etl load`` and all its children, because people share the machine.
"""

from __future__ import annotations

import csv
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from etl.county.pack import current_townships
from etl.county.read import read_pack
from etl.extracts import extracts
from etl.inspection.batch import inspect_batch
from etl.publishing import trial
from etl.publishing.acceptance import accept
from etl.sample.files import csv_bytes
from etl.sample.span import LATEST_MONTH
from etl.sample.write import deliveries_of, write_sample

ROWS = 100_000
ROUNDS = 3
ROOT = Path(__file__).parents[1]
COUNTY = ROOT / "county"
FIRST_RESULT, WHOLE_MONTH = 3.0, 8.0  # seconds of processor time a month's two files may take


def _write_cases(path: Path) -> None:
    """Write 100,000 clean case rows of six years in the contract's own words."""
    rng = random.Random(20261123)
    pack = read_pack(COUNTY)
    extract = extracts()["cases"]
    towns = [town.code for town in current_townships(pack)]
    drugs = [drug.title.zh for drug in pack.drugs]
    choices = {column.name: [code.title.zh for code in column.codes] for column in extract.columns if column.codes}
    months = [f"{year}-{month:02}" for year in range(2020, 2026) for month in range(1, 13)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.header for column in extract.columns])
        for _ in range(ROWS):
            young = int(rng.random() < 0.2)
            row = {
                "case_key": "".join(rng.choices("ABCDEFGHJKMNPQRSTVWXYZ", k=12)),
                "filed_on": rng.choice(months),
                "township": rng.choice(towns),
                "drug": rng.choice(drugs),
                "grams": f"{rng.random() * 50:.2f}",
                "suspects": 1 + young,
                "suspects_under_18": 0,
                "suspects_18_35": young,
                "lab": "否",
            }
            coded = {name: rng.choice(titles) for name, titles in choices.items()}
            writer.writerow([{**coded, **row}.get(column.name, "") for column in extract.columns])


def run() -> Iterator[str]:
    """Yield the lines of this bench."""
    ours, floors = [], []
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "毒品案件_202001-202512_报20260105.csv"
        _write_cases(file)
        for number in range(ROUNDS):
            floors.append(_floor(file))
            ours.append(_ours(file, Path(scratch) / f"data-{number}"))
    load, whole = statistics.median(load for load, _ in ours), statistics.median(load + made for load, made in ours)
    floor = statistics.median(floors)
    yield f"build · {ROWS:,} case rows, median of {ROUNDS}: plain DuckDB read_csv {floor:.2f} s"
    yield f"build · check and accept {load:.2f} s = {load / floor:.1f} x read_csv"
    yield f"build · check, accept, compile, protect, audit, publish {whole:.2f} s = {whole / floor:.1f} x read_csv"
    yield from _month()


def _month() -> Iterator[str]:
    """Load the sample county without its last register and the cases of its last month, then these two."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, data, pack = Path(scratch) / "files", Path(scratch) / "data", read_pack(COUNTY)
        files = write_sample(folder, pack)
        register = max(path for path in files if path.name.startswith(extracts()["registry"].title.zh + "_"))
        cases = max(deliveries_of(extracts()["cases"], pack), key=lambda delivery: delivery.reported_on)
        before, month = (folder / name for name in ("毒品案件_202601-202609_报20261009.csv", "毒品案件_202610_报20261105.csv"))
        for path, of_month in ((before, False), (month, True)):
            kept = [record for record in cases.records if (record["filed_on"] == LATEST_MONTH) is of_month]
            path.write_bytes(csv_bytes(replace(cases, form="utf-8-sig", records=kept), pack))
        _load([*(path for path in files if path.name not in (register.name, cases.file_name)), before], data)
        month_files = [register, month]
        first, whole = zip(*(_load(month_files, _copy(data, Path(scratch) / str(number))) for number in range(ROUNDS)), strict=True)
    yield f"build · a month's two files, first result {statistics.median(first):.1f} s of processor time (at most {FIRST_RESULT:.0f})"
    yield f"build · a month's two files, load {statistics.median(whole):.1f} s of processor time (at most {WHOLE_MONTH:.0f})"


def _copy(data: Path, place: Path) -> Path:
    shutil.copytree(data, place)
    return place


def _load(files: Sequence[Path], data: Path) -> tuple[float, float]:
    """Load files as the command line does; returns the seconds of processor time until the first result was written, and in all."""
    command = [sys.executable, "-m", "etl", "load", *map(str, files), "--data", str(data), "--reason", "示例数据,已核实"]
    before = _processor_seconds()
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "DASHBOARD_SECRET": "only the bench knows it"}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as running:
        if running.stdout is None or not running.stdout.readline():
            raise SystemExit("the bench files gave no result")
        fields = Path("/proc", str(running.pid), "stat").read_text().rsplit(")", 1)[1].split()
        running.stdout.read()
    if running.returncode != 0:
        raise SystemExit("the bench files of a month were refused")
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK"), _processor_seconds() - before


def _processor_seconds() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _floor(file: Path) -> float:
    started = time.perf_counter()
    connection = duckdb.connect(":memory:")
    connection.execute("create table plain as select * from read_csv(?)", [str(file)])
    connection.close()
    return time.perf_counter() - started


def _ours(file: Path, data: Path) -> tuple[float, float]:
    started = time.perf_counter()
    results = inspect_batch([file], read_pack(COUNTY), data=data)
    problems = [problem for result in results for problem in result.problems]
    if problems:
        raise SystemExit(f"the bench file was refused: {problems[0].message.en}")
    accept(results, data, "bench")
    accepted = time.perf_counter()
    trial.publish(trial.try_out((), data, COUNTY, who="bench"), data, who="bench")
    return accepted - started, time.perf_counter() - accepted
