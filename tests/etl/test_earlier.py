"""What is read of the build in force, whatever version made it."""

from __future__ import annotations

from pathlib import Path

import duckdb
from etl.earlier import rows_before

from indicators import catalogue
from tests.disclosure.test_audit_warehouse import BLOCK, INDICATORS, sexes_by_age, write_warehouse


def test_a_file_that_did_not_tell_stocks_yet_is_still_read_together_with_the_next_build(tmp_path: Path) -> None:
    path = write_warehouse(tmp_path / "warehouse.duckdb", sexes_by_age(*BLOCK))
    now = rows_before(path, catalogue())
    assert now is not None
    assert {(row[0], *row[8:]) for row in now.indicators} == {(row[0], *row[8:]) for row in INDICATORS}
    with duckdb.connect(str(path)) as connection:
        connection.execute("alter table meta.indicator drop column is_bridge")
        connection.execute("alter table meta.indicator drop column is_stock")
    assert rows_before(path, catalogue()) == now
