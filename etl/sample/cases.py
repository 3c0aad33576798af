"""The invented cases of the sample county, and the files they are delivered in."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from datetime import date

from etl.contract import Extract
from etl.county.pack import CountyPack, current_townships
from etl.sample.files import STYLES, Record, SampleFile
from etl.sample.registry import LAB_TOWNSHIP, YOUTH_RISE, drawn_township, pull_of_townships
from etl.sample.span import FIRST_MONTH, LATEST_MONTH, generator_of, new_key, poisson
from indicators.months import months_between, months_later

CASES_A_YEAR = {2021: 64, 2022: 58, 2023: 54, 2024: 60, 2025: 68, 2026: 72}  # expected, not drawn; 2026 as of a full year
CASE_FILES = (  # first month, last month, reported on, form
    (date(2021, 1, 1), date(2021, 12, 1), date(2022, 1, 10), "gb18030"),
    (date(2022, 1, 1), date(2022, 12, 1), date(2023, 1, 10), "gb18030"),
    (date(2023, 1, 1), date(2023, 12, 1), date(2024, 1, 10), "utf-8-sig"),
    (date(2024, 1, 1), date(2024, 12, 1), date(2025, 1, 10), "gb18030"),
    (date(2025, 1, 1), date(2025, 6, 1), date(2025, 7, 8), "gb18030"),
    (date(2025, 7, 1), date(2025, 12, 1), date(2026, 1, 9), "gb18030"),
    (date(2025, 1, 1), date(2025, 12, 1), date(2026, 3, 12), "xlsx"),
    (date(2026, 1, 1), date(2026, 6, 1), date(2026, 7, 6), "gb18030"),
    (date(2026, 1, 1), date(2026, 10, 1), date(2026, 11, 5), "xlsx"),
)
GRAMS = {"heroin": 6, "methamphetamine": 9, "magu": 5, "ketamine": 8, "etomidate": 12, "synthetic_cannabinoid": 10, "opium": 60, "cannabis": 40}
BURST_MONTH, BURST_TOWNSHIP, BURST_CASES = date(2026, 8, 1), "990121104000", 8


def _case_drug(month: date, rng: random.Random) -> str:
    weights = {"methamphetamine": 45, "heroin": 20, "magu": 10, "ketamine": 8, "cannabis": 2}
    if month >= date(2021, 7, 1):
        weights["synthetic_cannabinoid"] = 6
    if month >= date(2023, 10, 1):
        weights["etomidate"] = 40 if month >= YOUTH_RISE else 12
    return rng.choices(list(weights), list(weights.values()))[0]


def _suspects(count: int, month: date, is_lab: bool, rng: random.Random) -> tuple[int, int]:
    """Return how many suspects are under 18 and 18-35; more are young from the middle of 2025 on."""
    if is_lab:
        return 0, sum(rng.random() < 0.2 for _ in range(count))
    minor, young = (0.06, 0.5) if month >= YOUTH_RISE else (0.015, 0.32)
    draws = [rng.random() for _ in range(count)]
    return sum(draw < minor for draw in draws), sum(minor <= draw < minor + young for draw in draws)


def _case(pack: CountyPack, pull: Mapping[str, float], keys: set[str], month: date, is_lab: bool, rng: random.Random) -> Record:
    """Draw one case filed in ``month``; ``entered_on`` is when the office typed it in and is not delivered."""
    is_criminal = is_lab or rng.random() < 0.36
    charge = "use" if rng.random() < 0.93 else "cultivation"
    if is_criminal:
        charge = rng.choices(("trafficking", "sheltering", "possession", "inducing", "other"), (58, 22, 15, 3, 2))[0]
    township = drawn_township(pull, pack, month, rng)
    drug = "opium" if charge == "cultivation" else _case_drug(month, rng)
    place = rng.choices(("entertainment", "rental", "hotel", "home", "vehicle", "outdoor", "other"), (20, 26, 20, 18, 6, 6, 4))[0]
    channel = source_area = None
    if charge in {"trafficking", "possession"}:
        channel = rng.choices(("parcel", "freight", "coach", "car", "online", "in_person", "unknown"), (20, 4, 6, 20, 14, 26, 10))[0]
        source_area = rng.choices(("abroad", "other_province", "same_province", "local", "unknown"), (6, 42, 28, 8, 16))[0]
        place = {"parcel": "parcel", "car": "vehicle", "online": "online"}.get(channel, place)
    if is_lab:
        charge, place, channel, source_area = "manufacture", "workshop", "in_person", "local"
        drug = rng.choices(("methamphetamine", "methcathinone"), (7, 3))[0]
        township = LAB_TOWNSHIP if rng.random() < 0.92 else rng.choice([place.code for place in current_townships(pack) if place.is_remote])
    if charge == "cultivation":
        place = "outdoor"
    count = rng.randint(2, 5) if is_lab else 1 + min(5, poisson(0.9 if is_criminal else 0.6, rng))
    under_18, to_35 = _suspects(count, month, is_lab, rng)
    has_grams = is_lab or charge in {"trafficking", "possession", "cultivation"} or rng.random() < 0.1
    scale = 1800 if is_lab else GRAMS.get(drug, 5) * (1 if charge != "use" else 0.05)
    delay = 0 if not is_criminal and rng.random() < 0.95 else int(rng.expovariate(1 / 1.6))
    campaigns = [campaign.code for campaign in pack.campaigns if campaign.starts_on <= month <= campaign.ends_on]
    levels = (4, 10, 40, 46) if is_lab else (0, 1, 3, 96) if is_criminal else (0, 0, 0, 100)
    return {
        "case_key": new_key(rng, keys, "C"),
        "case_kind": "criminal" if is_criminal else "administrative",
        "charge": charge,
        "filed_on": month,
        "solved_on": months_later(month, delay) if rng.random() < 0.97 else None,
        "township": township,
        "place_type": place,
        "drug": drug if has_grams or rng.random() < 0.95 else None,
        "grams": round(scale * rng.lognormvariate(0, 1.1), 2) if has_grams else None,
        "suspects": count,
        "suspects_under_18": under_18,
        "suspects_18_35": to_35,
        "channel": channel,
        "source_area": source_area,
        "lab": "yes" if is_lab else "no",
        "campaign": campaigns[0] if campaigns and rng.random() < 0.4 else None,
        "supervision": rng.choices(("ministry", "province", "city", "ordinary"), levels)[0],
        "entered_on": month if rng.random() < 0.82 else months_later(month, rng.randint(1, 3)),
    }


def _all_cases(pack: CountyPack, rng: random.Random) -> list[Record]:
    """Draw the cases: Poisson around a mildly seasonal mean, higher while a campaign runs; a few laboratories a year; one burst."""
    pull, keys, cases = pull_of_townships(pack, rng), set[str](), []
    labs = {year: rng.sample(months_between(date(year, 1, 1), min(date(year, 12, 1), LATEST_MONTH)), rng.randint(1, 3)) for year in CASES_A_YEAR}
    for month in months_between(FIRST_MONTH, LATEST_MONTH):
        season = 1 + 0.15 * math.cos(2 * math.pi * (month.month - 7) / 12)
        effort = 1.1 if any(campaign.starts_on <= month <= campaign.ends_on for campaign in pack.campaigns) else 0.95
        for _ in range(poisson(CASES_A_YEAR[month.year] / 12 * season * effort, rng)):
            cases.append(_case(pack, pull, keys, month, False, rng))
        if month in labs[month.year]:
            cases.append(_case(pack, pull, keys, month, True, rng))
    return cases + _burst(pack, pull, keys)


def _burst(pack: CountyPack, pull: Mapping[str, float], keys: set[str]) -> list[Record]:
    """Draw what the early warning is to find: many cases in one township in one month, e-cigarettes sold in rented rooms, no campaign."""
    rng = generator_of("burst")
    own = {
        "filed_on": BURST_MONTH,
        "entered_on": BURST_MONTH,
        "township": BURST_TOWNSHIP,
        "case_kind": "criminal",
        "charge": "trafficking",
        "place_type": "rental",
        "drug": "etomidate",
        "campaign": None,
    }
    return [{**_case(pack, pull, keys, BURST_MONTH, False, rng), **own} for _ in range(BURST_CASES)]


def deliveries(extract: Extract, pack: CountyPack, rng: random.Random) -> list[SampleFile]:
    """Return the deliveries of cases, late and corrected editions among them."""
    cases = _all_cases(pack, rng)
    drawn = []
    for position, (first, last, reported_on, form) in enumerate(CASE_FILES):
        known_until = months_later(reported_on.replace(day=1), -1)
        records = [_as_known(case, known_until) for case in cases if first <= case["filed_on"] <= last and case["entered_on"] <= known_until]
        if (first, last) == (date(2025, 1, 1), date(2025, 6, 1)):
            _misweigh(records)
        heading = f"{pack.title.zh}{extract.title.zh}情况表({first.year}年{first.month}—{last.month}月)"
        drawn.append(SampleFile(extract, f"{first:%Y%m}-{last:%Y%m}", reported_on, form, STYLES[position % len(STYLES)], heading, records))
    return drawn


def _as_known(case: Record, known_until: date) -> Record:
    """Return the case as the office could report it then: what was solved later is still open."""
    solved_on = case["solved_on"]
    return {**case, "solved_on": solved_on if solved_on is not None and solved_on <= known_until else None}


def _misweigh(records: list[Record]) -> None:
    """The first half of 2025 went out with two weights that the full year corrects."""
    for record in [record for record in records if record["grams"]][:2]:
        record["grams"] = round(record["grams"] * 10, 2)
