"""Work spread over processors comes back whole and in order, whether workers were worth starting or not."""

from __future__ import annotations

import os
import sys
import time
import types

import pytest

import etl.assembly.parallel
from etl.assembly.parallel import Processors


def process_after(seconds: float) -> tuple[float, int]:
    if seconds < 0:
        raise ValueError("negative")
    until = time.process_time() + seconds  # work, not waiting: a busy machine is slow at short work as well
    while time.process_time() < until:
        pass
    return seconds, os.getpid()


def test_short_work_stays_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.assembly.parallel._WORTH_STARTING", 600.0)
    with Processors() as each:
        assert list(each(process_after, [0.0, 0.01, 0.0])) == [(0.0, os.getpid()), (0.01, os.getpid()), (0.0, os.getpid())]


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one processor has nobody to share with")
def test_long_work_is_shared_and_keeps_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.assembly.parallel._WORTH_STARTING", 0.05)
    monkeypatch.setitem(sys.modules, "__main__", etl.assembly.parallel._MAIN)  # a page that ran before stays there
    with Processors() as each:
        first = list(each(process_after, [0.1, 0.02, 0.01, 0.0]))
        second = list(each(process_after, [0.0, 0.01]))  # the workers are there by now
    assert [seconds for seconds, _ in first] == [0.1, 0.02, 0.01, 0.0]
    assert first[0][1] == os.getpid()
    assert os.getpid() not in {process for _, process in first[1:]}
    assert [seconds for seconds, _ in second] == [0.0, 0.01]


def test_a_page_in_the_place_of_the_main_program_is_not_run_by_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.assembly.parallel._WORTH_STARTING", 0.0)
    monkeypatch.setitem(sys.modules, "__main__", types.ModuleType("page"))
    with Processors() as each:
        assert {process for _, process in each(process_after, [0.0, 0.0, 0.0])} == {os.getpid()}


def test_an_error_of_a_task_is_the_callers() -> None:
    with Processors() as each, pytest.raises(ValueError, match="negative"):
        list(each(process_after, [-1.0]))
