"""What must hold after a command was killed, wherever that was."""

from __future__ import annotations

from pathlib import Path

from tests.faults.commands import Commands, Ended, leftovers, state
from tests.faults.conftest import County


def check_after(county: County, data: Path, ended: Ended, commands: Commands, *, mends: bool = True) -> str:
    """Check the state a killed command left, bring it into order with ``build`` where ``mends``, and say which state it was."""
    found = state(data)
    assert found.lines in (county.was.lines, county.becomes.lines)
    if "已入库" in ended.output or ended.code == 0:
        assert found.lines == county.becomes.lines, "an acknowledged file is not in the ledger"
    # A build that was finished but not put in force keeps its number, so that of the next may be one higher.
    assert (found.build, found.mart) == (county.was.build, county.was.mart) or (found.build or 0) > (county.was.build or 0)
    assert found.mart in (county.was.mart, county.becomes.mart)
    if mends:
        again = commands.run("build", "--data", data)
        assert again.code == 0, again.output
        mended = state(data)
        assert mended.lines == found.lines
        assert mended.mart == (county.becomes if found.lines == county.becomes.lines else county.was).mart
        assert (mended.build or 0) > (found.build or 0)
        assert leftovers(data) == []
    return (
        f"ledger {'after' if found.lines == county.becomes.lines else 'before'}, build {'after' if found.mart == county.becomes.mart else 'before'}"
    )
