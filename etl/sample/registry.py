"""Synthetic extracts of the sample county, written from the contracts so that they cannot fall behind them.

Every person and case is drawn by a seeded generator; nothing is derived from a real record. How many join or leave the register in a year
is laid down below rather than drawn, because the sample also serves as a worked example whose totals are known; who and when is drawn.
The files copy the unevenness of real deliveries (encodings, title rows, codes or words, corrected and overlapping editions).
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from etl.contract import Extract
from etl.county.pack import CountyPack, current_townships, successor
from etl.sample.files import STYLES, Record, SampleFile
from etl.sample.span import FIRST_MONTH, LATEST_MONTH, new_key
from indicators.months import months_apart, months_between, months_later

YOUTH_RISE = date(2025, 7, 1)  # the story the sample tells: more young people from here on, with etomidate
LAB_TOWNSHIP = "990121205000"
CORRECTED_MONTH = date(2025, 3, 1)


@dataclass
class Person:
    """One invented person of the register, as known in the month the simulation has reached."""

    person_key: str
    sex: str
    birth_year: int
    township: str
    residence: str
    first_found_on: date
    main_drug: str
    multi_drug: str
    education: str | None
    employment: str
    reason: str | None
    source: str | None
    last_detected_on: date
    measure: str
    measure_start_on: date | None
    relapses: int = 0
    standing: str = "current"  # current, abstinent, died, left
    is_lost: bool = False

    def control_status(self, month: date) -> str:
        """Return the code 01-06 that follows from the standing and the time since the last detection."""
        settled = {"died": "03", "left": "04", "abstinent": "05"}.get(self.standing)
        if settled is not None:
            return settled
        if self.is_lost:
            return "02"
        return "06" if months_apart(self.last_detected_on, month) >= 12 else "01"

    def detect(self, month: date) -> None:
        """Found using again: a relapse, and compulsory treatment begins."""
        self.relapses += 1
        self.last_detected_on = month
        self.measure, self.measure_start_on = "compulsory", month


@dataclass(frozen=True)
class YearPlan:
    """How many join and leave in a year; the months and the people are drawn."""

    entered: int
    moved_out: int
    became_abstinent: int
    relapsed: int
    died_or_left: int


# 118 + (10+11+10+6+10+10) entered - (1+2+2+2+3+2) moved out = 163 registered at the end.
FIRST_REGISTERED, FIRST_ABSTINENT, FIRST_DEPARTED = 118, 21, 3
PLAN = {
    2021: YearPlan(10, 1, 3, 1, 0),
    2022: YearPlan(11, 2, 4, 2, 1),
    2023: YearPlan(10, 2, 5, 2, 1),
    2024: YearPlan(6, 2, 6, 2, 1),
    2025: YearPlan(10, 3, 8, 2, 1),
    2026: YearPlan(10, 2, 8, 1, 1),
}
FOUND_AT_SCHOOL = {  # month of entry -> age
    date(2021, 9, 1): 16,
    date(2023, 4, 1): 16,
    date(2025, 8, 1): 15,
    date(2025, 11, 1): 16,
    date(2026, 3, 1): 16,
    date(2026, 6, 1): 17,
    date(2026, 9, 1): 15,
}
WRONGLY_DEPARTED, RESTORED = date(2024, 3, 1), date(2024, 5, 1)
MOST_ENTRIES_A_MONTH = 3


@dataclass
class Register:
    """The register while it is simulated."""

    pack: CountyPack
    rng: random.Random
    pull: dict[str, float]  # township in force or former -> how many of the people live there
    people: list[Person] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    females: list[bool] = field(default_factory=list)
    abstinence_owed: int = 0
    wrongly_departed: str | None = None

    def of(self, *standings: str) -> list[Person]:
        """Return the people of these standings."""
        return [person for person in self.people if person.standing in standings]


def pull_of_townships(pack: CountyPack, rng: random.Random) -> dict[str, float]:
    """Uneven over townships: by residents, times a lasting factor of each place."""
    first_year = min(year for _, year, _ in pack.residents)
    pull: dict[str, float] = {}
    for township in current_townships(pack):
        residents = sum(count for (code, year, _), count in pack.residents.items() if code == township.code and year == first_year)
        pull[township.code] = residents * rng.lognormvariate(0, 0.45)
    for township in pack.townships:
        if township.valid_to is not None:
            pull[township.code] = 0.4 * pull[successor(pack, township.code)]
    return pull


def drawn_township(pull: Mapping[str, float], pack: CountyPack, month: date, rng: random.Random) -> str:
    """Draw a township in force in a month."""
    codes = [code for code in sorted(pull) if pack.township(code).in_force(month)]
    return rng.choices(codes, [pull[code] for code in codes])[0]


def _drug_of(age: int, found_on: date, rng: random.Random) -> str:
    """Opioids among the older, methamphetamine in the middle, new substances among the young once they are listed."""
    if age >= 50:
        return rng.choices(("heroin", "methamphetamine", "opium", "methadone"), (72, 18, 7, 3))[0]
    if age >= 36:
        return rng.choices(("methamphetamine", "heroin", "magu", "ketamine", "tramadol", "unknown"), (55, 22, 11, 6, 3, 3))[0]
    if found_on >= YOUTH_RISE:
        return rng.choices(("etomidate", "methamphetamine", "synthetic_cannabinoid", "ketamine"), (70, 14, 10, 6))[0]
    weights = {"methamphetamine": 48, "magu": 12, "ketamine": 16, "mdma": 6, "cannabis": 5, "methcathinone": 3, "heroin": 5, "cocaine": 1}
    if found_on >= date(2021, 7, 1):
        weights |= {"synthetic_cannabinoid": 14, "fluoroketamine": 4}
    if found_on >= date(2023, 10, 1):
        weights["etomidate"] = 16
    return rng.choices(list(weights), list(weights.values()))[0]


def _employment_of(age: int, is_urban: bool, rng: random.Random) -> str:
    if age >= 60:
        return rng.choices(("farmer", "retired", "unemployed"), (55, 20, 25))[0]
    weights = (22, 6, 20, 46, 6) if is_urban else (14, 36, 10, 36, 4)
    return rng.choices(("employed", "farmer", "self_employed", "unemployed", "other"), weights)[0]


def _new_person(register: Register, month: date, found_on: date, age: int) -> Person:
    """Draw one person first found in ``found_on`` at ``age``, living where that month's codes allow."""
    rng = register.rng
    township = drawn_township(register.pull, register.pack, month, rng)
    is_pupil = age < 18
    schooling = ("tertiary", "upper_secondary", "lower_secondary", "primary", "other", None)
    weights = (9, 27, 46, 12, 3, 3) if age < 40 else (2, 12, 49, 32, 2, 3)
    return Person(
        person_key=new_key(rng, register.keys, "P"),
        sex="female" if register.females.pop() else "male",
        birth_year=found_on.year - age,
        township=township,
        residence="incoming" if not is_pupil and rng.random() < 0.11 else "local",
        first_found_on=found_on,
        main_drug="etomidate" if is_pupil and found_on >= YOUTH_RISE else _drug_of(age, found_on, rng),
        multi_drug="yes" if rng.random() < 0.14 else "no",
        education="lower_secondary" if is_pupil else rng.choices(schooling, weights)[0],
        employment="student" if is_pupil else _employment_of(age, int(township[6:9]) < 100, rng),
        reason=rng.choices(("01", "02", "03", "04", "05", "07", "99", None), (30, 30, 9, 12, 4, 3, 4, 8))[0],
        source=rng.choices(("patrol", "case", "report", "self", "other", None), (34, 38, 12, 4, 6, 6))[0],
        last_detected_on=found_on,
        measure="community_treatment" if rng.random() < 0.94 else "custody",
        measure_start_on=found_on,
    )


def _first_register(pack: CountyPack, rng: random.Random) -> Register:
    """Build the register as it stood in the first month, with a believable past for everybody."""
    entered = sum(plan.entered for plan in PLAN.values())
    first = [True] * 18 + [False] * (FIRST_REGISTERED - 18)
    later = [True] * 9 + [False] * (entered - 9)
    rng.shuffle(first)
    rng.shuffle(later)
    register = Register(pack, rng, pull_of_townships(pack, rng), females=later + first)
    for position in range(FIRST_REGISTERED):
        standing = "abstinent" if position < FIRST_ABSTINENT else "current"
        if position >= FIRST_REGISTERED - FIRST_DEPARTED:
            standing = "left" if position == FIRST_REGISTERED - 1 else "died"
        age_now = min(84, max(20, round(rng.gauss(47, 12))))
        if standing != "current":
            age_now = max(age_now, 34)  # old enough to have been found as an adult and clean for years since
        quiet_for = rng.randint(36, 90) if standing != "current" else rng.randint(0, 34)
        # Nobody of the first register was found as a minor; the youngest were found recently.
        known_for = min(12 * (age_now - 19), quiet_for + round(rng.expovariate(1 / 60)))
        found_on = months_later(FIRST_MONTH, -known_for)
        person = _new_person(register, FIRST_MONTH, found_on, age_now - (FIRST_MONTH.year - found_on.year))
        person.standing = standing
        person.last_detected_on = max(found_on, months_later(FIRST_MONTH, -quiet_for))
        person.relapses = min(5, known_for // 60) if person.last_detected_on > found_on else 0
        person.measure_start_on = person.last_detected_on
        if person.relapses:
            person.measure = "compulsory"
        _end_measures(person, FIRST_MONTH)
        if standing == "abstinent":
            person.measure, person.measure_start_on = "none", None
        register.people.append(person)
    return register


def _calendar(rng: random.Random) -> dict[date, list[str]]:
    """Spread the plan of every year over its months."""
    calendar: dict[date, list[str]] = {month: [] for month in months_between(FIRST_MONTH, LATEST_MONTH)}
    for month in FOUND_AT_SCHOOL:
        calendar[month].append("entered")
    for year, plan in PLAN.items():
        open_months = [month for month in calendar if month.year == year and month > FIRST_MONTH]
        entered = plan.entered - sum(month.year == year for month in FOUND_AT_SCHOOL)
        while entered:
            month = rng.choices(open_months, [2.5 if month >= YOUTH_RISE else 1.0 for month in open_months])[0]
            if calendar[month].count("entered") < MOST_ENTRIES_A_MONTH:
                calendar[month].append("entered")
                entered -= 1
        for kind in ("moved_out", "became_abstinent", "relapsed", "died_or_left"):
            for month in rng.choices(open_months, k=getattr(plan, kind)):
                calendar[month].append(kind)
    return calendar


def _step(register: Register, month: date, events: Sequence[str]) -> None:
    """Let one month pass."""
    rng = register.rng
    for person in register.of("current"):
        if rng.random() < 0.018:
            person.detect(month)
    for person in register.people:
        _drift(person, register, month)
    register.abstinence_owed += events.count("became_abstinent")
    _recognise_abstinence(register, month)
    for _ in range(events.count("relapsed")):
        person = rng.choice(register.of("abstinent"))
        person.standing = "current"
        person.detect(month)
    for _ in range(events.count("died_or_left")):
        candidates = [person for person in register.of("current", "abstinent") if month.year - person.birth_year >= 30]
        person = rng.choices(candidates, [(month.year - person.birth_year) ** 2 for person in candidates])[0]
        person.standing, person.measure_start_on = ("left" if rng.random() < 0.2 else "died"), None
    for _ in range(events.count("moved_out")):
        register.people.remove(rng.choice([person for person in register.of("current") if month.year - person.birth_year >= 20]))
    _correct_departure(register, month)
    for position in range(events.count("entered")):
        register.people.append(_entrant(register, month, is_first=position == 0))


def _drift(person: Person, register: Register, month: date) -> None:
    """Small things that change while somebody is registered."""
    rng, pack = register.rng, register.pack
    if not pack.township(person.township).in_force(month):
        person.township = successor(pack, person.township)
    if person.standing in {"died", "left"}:
        return
    age = month.year - person.birth_year
    if rng.random() < 0.0015:
        person.township = drawn_township(register.pull, pack, month, rng)
    if person.employment == "student" and age >= 19:
        person.employment, person.education = "employed", "upper_secondary"
    elif age >= 20 and rng.random() < 0.004:
        person.employment = _employment_of(age, int(person.township[6:9]) < 100, rng)
    person.is_lost = person.standing == "current" and age >= 20 and rng.random() < (0.85 if person.is_lost else 0.004)
    _end_measures(person, month)


def _end_measures(person: Person, month: date) -> None:
    """Two years of compulsory treatment are followed by community recovery; either community measure ends after three years."""
    if person.measure_start_on is None:
        return
    if person.measure == "compulsory" and months_apart(person.measure_start_on, month) >= 24:
        person.measure, person.measure_start_on = "community_recovery", months_later(person.measure_start_on, 24)
    if person.measure != "compulsory" and months_apart(person.measure_start_on, month) >= 36:
        person.measure, person.measure_start_on = "none", None


def _recognise_abstinence(register: Register, month: date) -> None:
    """Recognise three clean years as far as the plan goes; others who come as far are detected again."""
    ready = sorted(
        (person for person in register.of("current") if months_apart(person.last_detected_on, month) >= 36),
        key=lambda person: (person.last_detected_on, person.person_key),
    )
    for person in ready:
        if register.abstinence_owed:
            register.abstinence_owed -= 1
            person.standing, person.is_lost = "abstinent", False
            person.measure, person.measure_start_on = "none", None
        elif months_apart(person.last_detected_on, month) >= 41:
            person.detect(month)


def _correct_departure(register: Register, month: date) -> None:
    """One person is struck off as having left the country by mistake, and restored two months later."""
    if month == WRONGLY_DEPARTED:
        person = register.rng.choice([person for person in register.of("current") if months_apart(person.last_detected_on, month) < 24])
        person.standing, register.wrongly_departed = "left", person.person_key
    if month == RESTORED:
        for person in register.people:
            if person.person_key == register.wrongly_departed:
                person.standing = "current"


def _entrant(register: Register, month: date, is_first: bool) -> Person:
    """Somebody new: mostly found this month, sometimes entered up to three months late."""
    rng = register.rng
    if is_first and month in FOUND_AT_SCHOOL:
        return _new_person(register, month, month, FOUND_AT_SCHOOL[month])
    found_on = month if rng.random() < 0.82 else months_later(month, -rng.randint(1, 3))
    is_young = rng.random() < (0.72 if found_on >= YOUTH_RISE else 0.34)
    age = rng.randint(19, 33) if is_young else min(68, max(36, round(rng.gauss(44, 7))))
    return _new_person(register, month, found_on, age)


def _registry_snapshots(pack: CountyPack, rng: random.Random) -> dict[date, list[Record]]:
    register = _first_register(pack, rng)
    calendar = _calendar(rng)
    snapshots: dict[date, list[Record]] = {}
    for month in months_between(FIRST_MONTH, LATEST_MONTH):
        if month > FIRST_MONTH:
            _step(register, month, calendar[month])
        snapshots[month] = [_registry_record(person, month) for person in register.people]
    return snapshots


def _registry_record(person: Person, month: date) -> Record:
    has_gone = person.standing in {"died", "left"}
    return {
        "as_of": month,
        "person_key": person.person_key,
        "sex": person.sex,
        "birth_year": person.birth_year,
        "township": person.township,
        "residence": person.residence,
        "first_found_on": person.first_found_on,
        "main_drug": person.main_drug,
        "multi_drug": person.multi_drug,
        "education": person.education,
        "employment": person.employment,
        "control_status": person.control_status(month),
        "measure": None if has_gone else person.measure,
        "measure_start_on": None if has_gone else person.measure_start_on,
        "last_detected_on": person.last_detected_on,
        "relapse_band": str(person.relapses) if person.relapses < 3 else "3+",
        "reason": person.reason,
        "source": person.source,
    }


def deliveries(extract: Extract, pack: CountyPack, rng: random.Random) -> list[SampleFile]:
    """Return the monthly snapshots of the register."""
    drawn = []
    for month, records in _registry_snapshots(pack, rng).items():
        to_go = months_apart(month, LATEST_MONTH)
        form = "xlsx" if to_go % 6 == 0 else "utf-8-sig" if to_go % 17 == 5 else "gb18030"
        reported_on = months_later(month, 1).replace(day=5)
        end = months_later(month, 1) - timedelta(days=1)
        heading = f"{pack.title.zh}{extract.title.zh}情况表(截至{end.year}年{end.month}月{end.day}日)"
        style = STYLES[to_go % len(STYLES)]
        delivery = SampleFile(extract, f"{month:%Y%m}", reported_on, form, style, heading, records)
        if month == CORRECTED_MONTH:
            drawn.append(replace(delivery, records=_first_edition(records, rng)))
            delivery = replace(delivery, reported_on=months_later(month, 2).replace(day=12))
        drawn.append(delivery)
    return drawn


def _first_edition(records: list[Record], rng: random.Random) -> list[Record]:
    """Return the edition that was later corrected: three wrong rows and one missing."""
    wrong = [dict(record) for record in records]
    missing, drug, sex, job = rng.sample([record for record in wrong if record["control_status"] == "01"], 4)
    drug["main_drug"] = "unknown" if drug["main_drug"] != "unknown" else "methamphetamine"
    sex["sex"] = "female" if sex["sex"] == "male" else "male"
    job["employment"] = "other" if job["employment"] != "other" else "unemployed"
    return [record for record in wrong if record is not missing]
