"""Townships against the rest of their county, and places where events lie close together.

Events of two or three years are pooled, because a year of a small county tells nothing. What is compared is what is published: the pooled
months are made of the years, quarters and months whose townships are shown, and months that cannot be made up of them are not analysed. Cases that
a campaign claims say where the campaign was; where they are told apart, they are left out and only counted beside. Of people, the hidden
townships stand together as one, whose number follows from the county's exact total.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy

from analysis.areas import carriers, chance_of_possible, high_p, is_odd, levels, powers_of_doubling
from analysis.comparison import LEVEL as SHARE
from analysis.dispersion import common_dispersion
from analysis.pooling import pooled_months
from analysis.scan import Cluster, find_clusters, log_likelihood_ratio
from analysis.shrinkage import shrunk_rates
from etl.assembly.analyses import autocorrelation
from etl.assembly.analyses.kept import INPUTS, Kept, digest
from etl.assembly.analyses.place import Place, residents_of
from etl.assembly.analyses.record import Analysis, Finding
from etl.assembly.analyses.series import ExactCounts, ExactRows, Numbers, first_after_break
from indicators.lattice import is_stock
from indicators.model import Grain, Indicator, Method, Outcome, Release
from indicators.months import MONTHS_OF, Period, made_of, months_between, months_later

LARGEST_SHARE = 0.35  # of the residents in a cluster: half a county is no hotspot
SMALLEST_CLUSTER = 3
SIMULATIONS = 999
SEED = 1
PER = 10_000
TOWNSHIP = "township"
BY_CAMPAIGN = "township*in_campaign"
RELEASE = Release.INTERNAL  # where both releases publish a count as it is, it is the same


def analyses(published: ExactRows, indicator: Indicator, places: Sequence[Place], kept: Kept) -> Iterator[Analysis]:
    """Compare the townships at the end of every settled period; nothing where the indicator is not mapped.

    Args:
        published: The numbers of the build.
        indicator: What is counted.
        places: The townships now in force.
        kept: What the build in force found: a cut-off whose inputs are the same is not analysed again.
    """
    if not indicator.is_mapped or len(places) < 2:
        return
    if is_stock(indicator):
        yield from _of_people(published, indicator, places)
    else:
        yield from _of_events(published, indicator, places, kept)


def _of_events(published: ExactRows, indicator: Indicator, places: Sequence[Place], kept: Kept) -> Iterator[Analysis]:
    total = published.series(RELEASE, indicator.id, "total", Grain.MONTH)
    pools = _pools(published, indicator, places, total) if total.cells else []
    for pool in pools:
        exposure = residents_of(places, [month.year for month in pool.reported]).sum(axis=1) / 12
        lie = [(place.code, place.point, place.shape.wkb) for place in places]
        inputs = digest(indicator.id, lie, exposure, pool.months, pool.reported, pool.events, pool.in_campaigns, pool.monthly, pool.dispersion)
        parameters = {
            "months": len(pool.months),
            "months_reported": len(pool.reported),
            "dispersion": round(pool.dispersion, 2),
            INPUTS: inputs,
        }
        yield from kept.of(Method.LEVEL, inputs) or [_level(indicator, places, pool, exposure, parameters)]
        yield from kept.of(Method.CLUSTER, inputs) or _cluster(indicator, places, pool, exposure, parameters)
        if pool is pools[-1]:  # ten thousand permutations a map: of the latest alone
            yield from kept.of(Method.AUTOCORRELATION, inputs) or autocorrelation.analyses(
                indicator, places, pool.events, exposure, pool.span, total.cells[0][0], inputs
            )


@dataclass(frozen=True)
class _Pool:
    """Months that are looked at together.

    Attributes:
        months: All of them.
        reported: Those that were reported.
        events: Of every township, shape (places,); NaN where a township is not shown.
        in_campaigns: What is left out of them because a campaign claims it; NaN where that is not told apart.
        monthly: The events of every month, shape (places, months); NaN where a month or its townships are not shown.
        dispersion: Variance over mean of the townships' months, of the county's where not all of these are shown.
    """

    months: Sequence[date]
    reported: Sequence[date]
    events: Numbers
    in_campaigns: Numbers
    monthly: Numbers
    dispersion: float

    @property
    def span(self) -> tuple[date, date]:
        """First and last month."""
        return self.months[0], self.months[-1]


def _pools(published: ExactRows, indicator: Indicator, places: Sequence[Place], total: ExactCounts) -> list[_Pool]:
    """Return the months to pool at the end of every settled month, where they are made of periods whose townships are shown."""
    apart = published.series(RELEASE, indicator.id, BY_CAMPAIGN, Grain.MONTH).cells
    known = _known(published, indicator, places, total, BY_CAMPAIGN if apart else TOWNSHIP, "no" if apart else "")
    claimed = _known(published, indicator, places, total, BY_CAMPAIGN, "yes")
    pools = []
    for last in numpy.flatnonzero(total.is_settled).tolist():
        first = max(first_after_break(total.periods, indicator, last), _first_of_these_townships(total.periods, places, last))
        held = slice(last + 1 - pooled_months(total.values[0, first : last + 1]), last + 1)
        months = total.periods[held]
        parts = made_of(months[0], months[-1], known) if months else None
        counted = [part for part in parts or () if not numpy.isnan(known[part]).all()]
        if not counted:  # less than a year, nothing of the townships now in force, or months whose townships are not shown
            continue
        reported = [month for grain, begin in counted for month in months_between(begin, months_later(begin, MONTHS_OF[grain] - 1))]
        unknown = numpy.full(len(places), numpy.nan)
        monthly = numpy.array([known.get((Grain.MONTH, month), unknown) for month in months]).T
        # A gang of ten cases in one month is not ten findings.
        unrest = common_dispersion(monthly if all((Grain.MONTH, month) in known for month in months) else total.values[:, held])
        events, in_campaigns = (numpy.sum([of.get(part, unknown) for part in counted], axis=0) for of in (known, claimed))
        pools.append(_Pool(months, reported, events, in_campaigns, monthly, unrest))
    return pools


def _known(
    published: ExactRows, indicator: Indicator, places: Sequence[Place], total: ExactCounts, breakdown: str, member: str
) -> dict[Period, Numbers]:
    """Return the counts of every township in every period of which any is shown, shape (places,); NaN in a month that was not reported."""
    unknown = numpy.full(len(places), numpy.nan)
    known: dict[Period, Numbers] = {
        (Grain.MONTH, month): unknown for month, count in zip(total.periods, total.values[0], strict=True) if numpy.isnan(count)
    }
    for grain in MONTHS_OF:
        series = _of_member(published.series(RELEASE, indicator.id, breakdown, grain), member)
        counts = series.rows_of([place.code for place in places]).T
        known |= {(grain, first): count for first, count in zip(series.periods, counts, strict=True) if not numpy.isnan(count).all()}
    return known


def _of_member(series: ExactCounts, member: str) -> ExactCounts:
    rows = [row for row, (_, own) in enumerate(series.cells) if own == member]
    return replace(series, cells=tuple(series.cells[row] for row in rows), values=series.values[rows])


def _first_of_these_townships(periods: Sequence[date], places: Sequence[Place], last: int) -> int:
    """Return the first period in which every township of the latest one was there: what was split off had its cases counted elsewhere."""
    founded = max((place.founded_on for place in places if place.founded_on is not None and place.founded_on <= periods[last]), default=periods[0])
    return next((position for position, period in enumerate(periods) if period >= founded), last)


def _level(indicator: Indicator, places: Sequence[Place], pool: _Pool, exposure: Numbers, parameters: Mapping[str, Any]) -> Analysis:
    """Label every township, and draw its rate towards the county's for the colour of the map."""
    events, dispersion = pool.events, parameters["dispersion"]
    residents = exposure / (parameters["months_reported"] / 12)  # a level asks how many live there, not for how long they were looked at
    known = ~numpy.isnan(events) & (exposure > 0)
    total = float(events[known].sum())
    power, of_size = _powers(total, residents[known], dispersion)
    findings = _labelled(indicator, places, events, residents, exposure, shrunk_rates(events, exposure, per=PER), dispersion)
    carried = {
        places[row].code: _carrier(pool.months[period], count)
        for row, (period, count) in carriers(events, pool.monthly, residents, SHARE, dispersion).items()
    }
    by_chance = {"chance_of_possible": round(chance_of_possible(total, residents[known], dispersion), 3)} if known.sum() > 1 else {}
    left_out = {place.code: int(count) for place, count in zip(places, pool.in_campaigns, strict=True) if count > 0}
    further = {"carried": carried, "in_campaigns": left_out}
    return _levels(findings, pool.span, power, {"false_share": SHARE, **parameters, **of_size, **by_chance, **further})


def _carrier(month: date, events: float) -> dict[str, Any]:
    """Return how a month that carries a finding alone is kept among an analysis' parameters."""
    return {"month": month.isoformat(), "events": int(events)}


def _powers(events: float, residents: Numbers, dispersion: float) -> tuple[float, dict[str, float]]:
    """Return how likely a doubled risk is found: of any township, and of the third with the fewest and the most residents."""
    if residents.size < 2:
        return numpy.nan, {}
    powers = powers_of_doubling(events, residents, SHARE, dispersion=dispersion)[numpy.argsort(residents, kind="stable")]
    third = powers.size // 3
    of_size = {"power_of_small": powers[:third], "power_of_large": powers[-third:]} if third else {}
    return float(powers.mean()), {name: round(float(some.mean()), 3) for name, some in of_size.items()}


def _labelled(
    indicator: Indicator,
    places: Sequence[Place],
    counts: Numbers,
    residents: Numbers,
    exposure: Numbers,
    rates: Numbers,
    dispersion: float = 1.0,
) -> tuple[Finding, ...]:
    """Judge every township against the rest; a row more than there are places belongs to the rest and is not kept."""
    labels, p_high = levels(counts, residents, SHARE, dispersion), high_p(counts, residents, dispersion)
    known = ~numpy.isnan(counts) & (exposure > 0)
    rate = counts[known].sum() / exposure[known].sum() if known.any() else numpy.nan
    return tuple(
        Finding(
            indicator.id,
            TOWNSHIP,
            place.code,
            "",
            str(labels[row]),
            observed=float(counts[row]),
            exposure=float(exposure[row]),
            expected=float(exposure[row] * rate) if known[row] else numpy.nan,
            value=float(rates[row, 0]),
            lower=float(rates[row, 1]),
            upper=float(rates[row, 2]),
            p_value=float(min(p_high[row], 1 - p_high[row])),  # of the side on which it lies
        )
        for row, place in enumerate(places)
    )


def _levels(findings: tuple[Finding, ...], span: tuple[date, date], power: float, parameters: Mapping[str, Any]) -> Analysis:
    tests = sum(not numpy.isnan(finding.p_value) for finding in findings)
    return Analysis(RELEASE, Method.LEVEL, *span, tests, SHARE, findings, power, parameters=parameters)


def _cluster(indicator: Indicator, places: Sequence[Place], pool: _Pool, exposure: Numbers, parameters: Mapping[str, Any]) -> Iterator[Analysis]:
    """Look for circles with more events than the rest, one test for the whole map; the most suspicious one is kept in any case."""
    held = numpy.array([row for row, place in enumerate(places) if exposure[row] > 0 and numpy.isfinite(place.point[0])], dtype=int)
    if len(held) < 2:
        return
    points = numpy.array([places[row].point for row in held])
    events = pool.events[held]
    found = find_clusters(events, exposure[held], points, LARGEST_SHARE, SIMULATIONS, SEED, SMALLEST_CLUSTER, parameters["dispersion"])
    kept = [(str(number), cluster) for number, cluster in enumerate(found, start=1) if number == 1 or cluster.p < SHARE]
    findings = tuple(
        Finding(
            indicator.id,
            TOWNSHIP,
            places[held[member]].code,
            number,
            Outcome.CLUSTER if cluster.p < SHARE else Outcome.WITHIN_CHANCE,
            observed=cluster.events,
            exposure=cluster.population,
            expected=cluster.expected,
            value=cluster.relative_risk,
            p_value=cluster.p,
        )
        for number, cluster in kept
        for member in cluster.members
    )
    carried = {
        number: _carrier(pool.months[month], count)
        for number, cluster in kept
        if cluster.p < SHARE
        for month, count in _carrying_month(cluster, pool.monthly[held], float(numpy.nansum(events)), float(numpy.nansum(exposure[held])))
    }
    further = {"largest_share": LARGEST_SHARE, "smallest_events": SMALLEST_CLUSTER, "simulations": SIMULATIONS, "level": SHARE}
    yield Analysis(RELEASE, Method.CLUSTER, *pool.span, 1, SHARE, findings, seed=SEED, parameters={**parameters, **further, "carried": carried})


def _carrying_month(cluster: Cluster, monthly: Numbers, total: float, exposure: float) -> Iterator[tuple[int, float]]:
    """Find the month without which a cluster would be no more striking than those of chance; none where it stands without any.

    The maps of chance are those of the whole window: what the best of them reaches hardly depends on one month.
    """
    inside = monthly[list(cluster.members)].sum(axis=0)
    if numpy.isnan(inside).all():
        return
    month = int(numpy.nanargmax(inside))
    if not is_odd(float(inside[month]), cluster.events, monthly.shape[1]):
        return
    others, left = total - float(numpy.nansum(monthly[:, month])), cluster.events - float(inside[month])
    is_any = 0 < left <= others  # a later month may take back what this one had too many
    if not is_any or log_likelihood_ratio(left, others * cluster.population / exposure, others) <= cluster.limit:
        yield month, float(inside[month])


def _of_people(published: ExactRows, indicator: Indicator, places: Sequence[Place]) -> Iterator[Analysis]:
    """Compare the townships whose number of people is shown; the others stand together as the rest of the county's exact total."""
    series = published.series(RELEASE, indicator.id, TOWNSHIP, Grain.YEAR)
    totals = published.series(RELEASE, indicator.id, "total", Grain.MONTH)
    counts = series.rows_of([place.code for place in places])
    for last in numpy.flatnonzero(series.is_settled):
        year = series.periods[last].year
        december = _value(totals, date(year, 12, 1))
        people, residents = counts[:, last], residents_of(places, [year])[:, 0]
        hidden = numpy.isnan(people)
        if numpy.isnan(december) or hidden.all():
            continue
        if hidden.any():
            people = numpy.append(people, december - numpy.nansum(people))
            residents = numpy.append(residents, residents[hidden].sum())
        no_rates = numpy.full((people.size, 3), numpy.nan)  # of people the published counts are drawn, not rates
        findings = _labelled(indicator, places, people, residents, residents, no_rates)
        yield _levels(findings, (date(year, 12, 1), date(year, 12, 1)), numpy.nan, {"false_share": SHARE})


def _value(series: ExactCounts, period: date) -> float:
    """Return the number of a county total at a period; NaN where there is none."""
    return float(series.values[0, series.periods.index(period)]) if period in series.periods else numpy.nan
