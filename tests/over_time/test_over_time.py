"""Nobody who kept every file that was ever in force can tell a hidden count, or what somebody is who came or left.

The sample county's own files are delivered month by month through the real path, with wrong registers, a build put back and a merger of townships
(``make soak``: seventy months in 36 files). The attacker of ``attack.py`` shares no code with the auditor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import duckdb
import pytest

from etl.county.read import read_pack
from tests.over_time.attack import REGISTER, Found, attack, of_kind, summary, told
from tests.over_time.deliveries import COUNTY, FORMER, SUCCESSOR, invented
from tests.over_time.knowing import knowing_a_township, knowing_the_method
from tests.over_time.sequence import SHORT, WHOLE, InForce, delivered
from tests.over_time.statements import INTERNAL, PUBLIC, Heard, heard
from tests.over_time.truth import Registers
from tests.soak import SOAK

pytestmark = pytest.mark.longest(40)


@dataclass
class Kept:
    """Everything the attacker has."""

    files: list[InForce]

    @cached_property
    def heard(self) -> Heard:
        """What the files say."""
        return heard([one.path for one in self.files], {FORMER: SUCCESSOR})

    @cached_property
    def truth(self) -> Registers:
        """What really was."""
        return Registers(invented().registers, [one.registers for one in self.files], read_pack(COUNTY))

    @cached_property
    def attacked(self) -> Found:
        """The attack on all versions and moments."""
        found = attack(self.heard, self.truth)
        print(summary(found, len(self.files)))
        return found


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Every file that was ever in force."""
    return Kept(delivered(tmp_path_factory.mktemp("over-time"), WHOLE if SOAK else SHORT))


def test_every_delivery_was_published_and_one_build_put_back(kept: Kept) -> None:
    """One file a month after the first build, and one more for the build that was put back, whose number stands twice."""
    happened = [one.happened for one in kept.files]
    numbers = [one.number for one in kept.files]
    assert len(kept.files) == (36 if SOAK else 9)  # the months from the one of the first build to the last, and the build put back
    assert len(numbers) - len(set(numbers)) == 1
    assert sum("forgotten" in what or "mistaken" in what for what in happened) == 2
    assert sum("corrects" in what for what in happened) == 2
    assert sum("merged" in what for what in happened) == 1
    for one in kept.files:
        print(one.number, one.happened, *one.holds)


def test_the_attacker_read_what_was_said(kept: Kept) -> None:
    """Corrections made several versions of one moment, which can be read together."""
    versions = [len(of_moment) for of_release in kept.heard.versions.values() for of_moment in of_release.values()]
    assert kept.heard.files == len(kept.files)
    assert max(versions) > 1
    assert kept.attacked.questions > 1000
    assert not any("nothing explains" in one for one in kept.attacked.untied), kept.attacked.untied
    assert all(one.is_confirmed for one in kept.attacked.findings)  # what it supposes is true, so what it concludes is


@pytest.mark.parametrize(("breakdown", "names"), [("township", {"township"}), ("zone*age_band", {"zone", "age_band"}), ("age_band", {"age_band"})])
@pytest.mark.parametrize("release", [INTERNAL, PUBLIC])
def test_every_hidden_row_is_asked_for(release: str, breakdown: str, names: set[str], kept: Kept) -> None:
    """The newest file says which rows are withheld at the end of the latest finished year."""
    with duckdb.connect(str(kept.files[-1].path), read_only=True) as connection:
        rows = connection.execute(
            "select count(*) from mart.observation where release = ? and indicator = 'current_users' and breakdown = ? and status = 'suppressed' "
            "and period = ? and grain = ?",
            [release, breakdown, *((date(2025, 10, 1), "quarter") if breakdown == "age_band" else (date(2025, 1, 1), "year"))],
        ).fetchall()
    hidden = kept.heard.versions[release][REGISTER, date(2025, 12, 1)][-1].hidden
    of_one_member = [where for where in hidden if {*dict(where)} == names | {"standing"} and len(dict(where).get("age_band", "1")) == 1]
    assert rows == [(len(of_one_member),)]


def test_one_moment_of_one_file_alone_gives_nothing_away(kept: Kept) -> None:
    """What the auditor says of every file holds for this attacker too; whatever is found further down comes of time."""
    newest = kept.files[-1]
    alone = attack(heard([newest.path], {FORMER: SUCCESSOR}), Registers(invented().registers, [newest.registers], kept.truth.pack), over_time=False)
    print("one moment of one file alone:", summary(alone, 1))
    assert alone.questions > 100
    assert not alone.findings, told(alone, "")


def test_no_hidden_count_is_narrowed(kept: Kept) -> None:
    assert not of_kind(kept.attacked, "narrowed"), told(kept.attacked, "narrowed")


def test_of_no_public_count_is_proved_that_somebody_is_there(kept: Kept) -> None:
    assert not of_kind(kept.attacked, "somebody"), told(kept.attacked, "somebody")


def test_of_no_large_public_count_a_least_number_below_eight_is_proved(kept: Kept) -> None:
    assert not of_kind(kept.attacked, "many"), told(kept.attacked, "many")


def test_of_nobody_who_came_or_left_is_told_what_they_are(kept: Kept) -> None:
    assert not of_kind(kept.attacked, "all"), told(kept.attacked, "all")


def test_whoever_reads_which_registers_were_delivered_again_narrows_nothing(kept: Kept) -> None:
    """Every file says of which delivery each month is, so that nobody was corrected between two files that name the same one."""
    found = attack(kept.heard, kept.truth, knows_editions=True)
    print("knowing the editions:", summary(found, len(kept.files)))
    assert not of_kind(found, "narrowed", "somebody"), told(found, "narrowed", "somebody")


def test_whoever_knows_one_township_learns_no_other(kept: Kept) -> None:
    found = knowing_a_township(kept.heard, kept.truth)
    print("knowing a township:", summary(found, len(kept.files)))
    assert found.questions > 1000
    assert not of_kind(found, "narrowed", "somebody"), told(found, "narrowed", "somebody")


def test_whoever_knows_the_method_narrows_nothing(kept: Kept) -> None:
    found = knowing_the_method(kept.heard, kept.truth)
    print("knowing the method:", summary(found, len(kept.files)))
    assert found.questions > 50
    assert not of_kind(found, "narrowed"), told(found, "narrowed")
