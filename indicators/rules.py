"""What a declaration must not say. A rule yields sentences, each naming what is wrong and what to do; the catalogue puts the file before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from indicators.caveats import CAVEATS
from indicators.dimensions import DIMENSIONS, categories, split
from indicators.lattice import is_stock
from indicators.model import OVERVIEW, WARNINGS, Attention, Card, Form, Indicator, Kind, Measure, Protects, Theme

_OF_THEMES = frozenset(Form) - {Form.SENTENCE, Form.LIMIT}
_OF_OVERVIEW = frozenset(Form) - {Form.LIMIT, Form.TREND, Form.PROVISIONAL}


def faults(indicator: Indicator, themes: Mapping[str, Theme]) -> Iterator[str]:
    """Yield what is wrong with an indicator by itself.

    Args:
        indicator: The indicator, its theme and the pages of its cards filled in.
        themes: The themes by id.
    """
    yield from _table(indicator)
    yield from _dimensions(indicator)
    yield from _breakdowns(indicator)
    yield from _caveats(indicator)
    yield from _denominator(indicator)
    yield from _watched(indicator)
    yield from _mapped(indicator)
    yield from _overview(indicator)
    for card in indicator.cards:
        yield from _card(card, indicator, themes)


def faults_together(indicator: Indicator, known: Mapping[str, Indicator]) -> Iterator[str]:
    """Yield where an indicator contradicts another one."""
    yield from _same_table(indicator, known)
    yield from _beside(indicator, known)
    yield from _part(indicator, known)
    yield from _bridge(indicator, known)
    yield from _compared(indicator, known)
    yield from _brought_by(indicator, known)
    yield from _chosen_from(indicator, known)
    yield from _protected_denominator(indicator, known)


def _table(indicator: Indicator) -> Iterator[str]:
    if indicator.of_stock and indicator.kind not in {Kind.SHARE, Kind.RATE}:
        yield f"the kind {indicator.kind.value!r} says whether it is a stock; leave out of_stock"


def _dimensions(indicator: Indicator) -> Iterator[str]:
    measures = [indicator.numerator] + ([indicator.denominator] if isinstance(indicator.denominator, Measure) else [])
    named = [name for measure in measures for name, _ in measure.where]
    named += [name for breakdown in indicator.breakdowns for name in split(breakdown)]
    yield from (f"no dimension {name!r} in indicators/dimensions.py" for name in named if name not in DIMENSIONS)


def _breakdowns(indicator: Indicator) -> Iterator[str]:
    for breakdown in indicator.breakdowns:
        if len(split(breakdown)) > 2 or len(split(breakdown)) - len(categories(breakdown)) > 1:
            yield f"{breakdown!r} splits by more than one area level or two dimensions"


def _caveats(indicator: Indicator) -> Iterator[str]:
    yield from (f"no caveat {key!r} in indicators/caveats.py" for key in indicator.caveats if key not in CAVEATS)


def _denominator(indicator: Indicator) -> Iterator[str]:
    if indicator.numerator.table is not None:
        yield "the numerator is counted from the indicator's own table; name that one as `table`"


def _watched(indicator: Indicator) -> Iterator[str]:
    for name in {*indicator.watched, *(("total", "township") if indicator.is_mapped else ())} - set(indicator.breakdowns):
        yield f"{name!r} is watched or mapped and is none of the breakdowns"
    for name in indicator.watched:
        if not indicator.counts_separate_events or len(split(name)) > 1:
            yield f"only counts of separate events are watched, by one dimension at most; not {name!r}"
    if bool(indicator.watched) != (indicator.check_first is not None):
        yield "what is watched says in `check_first` what to look into before a warning is believed, and nothing else does"


def _mapped(indicator: Indicator) -> Iterator[str]:
    if indicator.is_mapped and indicator.kind is not Kind.STOCK and not indicator.counts_separate_events:
        yield "only counts of separate events or of people are mapped"


def _overview(indicator: Indicator) -> Iterator[str]:
    if set(indicator.compared) - set(indicator.breakdowns) or (indicator.compared and indicator.compared[0] != "total"):
        yield 'what the overview compares are breakdowns of the indicator, "total" first'
    if indicator.compared and not indicator.counts_separate_events:
        yield "the overview compares counts of separate events only"
    fits = {
        None: True,
        Attention.IF_ANY: indicator.kind is Kind.STOCK,
        Attention.IF_RISEN: indicator.kind is Kind.SHARE,
        Attention.IF_REMOTE: indicator.kind is Kind.EVENTS and "remote" in indicator.breakdowns,
    }
    if not fits[indicator.attention]:
        yield f"{indicator.attention} needs a stock (if_any), a share (if_risen) or events split by remote (if_remote)"


def _card(card: Card, indicator: Indicator, themes: Mapping[str, Theme]) -> Iterator[str]:
    sections = {name: theme.sections for name, theme in themes.items() if not theme.page}
    said = f"the card {card.form.value!r} on the page {card.page!r}"
    if card.page not in {OVERVIEW, WARNINGS, *sections}:
        yield f"{said}: no such page; there are {', '.join((OVERVIEW, WARNINGS, *sections))}"
    elif card.section and card.section not in {section.id for section in sections.get(card.page, ())}:
        yield f"{said}: no section {card.section!r} in its theme's __init__.py"
    if card.breakdown not in indicator.breakdowns:
        yield f"{said} shows the breakdown {card.breakdown!r}, which is none of the indicator's; say in `cards` what to show"
    allowed = {OVERVIEW: _OF_OVERVIEW, WARNINGS: {Form.LIMIT}}.get(card.page, _OF_THEMES)
    if card.form not in allowed:
        yield f"{said}: that page does not show this form"


def _same_table(indicator: Indicator, known: Mapping[str, Indicator]) -> Iterator[str]:
    """Indicators that differ about what the rows of a table are would be protected as two populations."""
    first = next(one for one in known.values() if one.table == indicator.table)
    if is_stock(first) != is_stock(indicator):
        yield (
            f"it counts {indicator.table} {'at the end of a period' if is_stock(indicator) else 'over a period'}, and {first.id} does not; "
            "correct the table or the kind of one, or write of_stock=True in a share or rate"
        )
    if first.bridges != indicator.bridges:
        yield f"{first.id} and {indicator.id} count {indicator.table} and name different stocks in `bridges`; correct one"


def _beside(indicator: Indicator, known: Mapping[str, Indicator]) -> Iterator[str]:
    for card in indicator.cards:
        for name in card.beside:
            if name not in known or is_stock(known[name]) != is_stock(indicator) or card.form is not Form.OVER_TIME or not is_stock(indicator):
                yield f"{name!r} cannot be drawn beside it; only stocks are drawn over time together"


def _part(indicator: Indicator, known: Mapping[str, Indicator]) -> Iterator[str]:
    if not indicator.adds_up_to:
        return
    whole = known.get(indicator.adds_up_to)
    if whole is None or whole.table != indicator.table or len(indicator.numerator.where) != 1:
        yield f"{indicator.adds_up_to!r} is no indicator of the same table of which it is the part chosen by one dimension"
    elif not all(one.short and one.headline and one.kind is Kind.STOCK for one in (whole, indicator)):
        yield f"{indicator.id} and {whole.id}: a part and its whole are exact county stocks (headline=True) with a `short` name for the check"


def _bridge(indicator: Indicator, known: Mapping[str, Indicator]) -> Iterator[str]:
    reasons = [breakdown for breakdown in indicator.breakdowns if any(DIMENSIONS[name].is_bridge for name in split(breakdown))]
    if (reasons != [] and reasons != [*indicator.breakdowns]) or bool(reasons) != bool(indicator.bridges):
        yield "what is split by the reasons of a change, and by nothing else, names in `bridges` the stock that changes"
    elif indicator.bridges and (indicator.bridges not in known or known[indicator.bridges].kind is not Kind.STOCK):
        yield f"{indicator.bridges!r} is no stock whose change could be explained"
    for name in reasons:
        if sum(bool(member.counted_in) for member in DIMENSIONS[name].members) != 1:
            yield f"of the reasons {name!r} exactly one names in `counted_in` the table that counts the same people by themselves"


def _compared(indicator: Indicator, known: Mapping[str, Indicator]) -> Iterator[str]:
    # The overview says of all of them together that so many counts of cases were compared.
    first = next((one for one in known.values() if one.compared), None)
    if indicator.compared and first is not None and indicator.sources != first.sources:
        yield f"the overview compares counts of one extract together, that of {first.id}; not of {', '.join(indicator.sources)}"


def _brought_by(indicator: Indicator, known: Mapping[str, Indicator]) -> Iterator[str]:
    events = known.get(indicator.brought_by)
    if not indicator.brought_by or (indicator.kind is Kind.SHARE and not indicator.of_stock and events is not None and events.counts_separate_events):
        return
    yield f"{indicator.brought_by!r} is no count of separate events that could bring the people of a share of what happened"


def _chosen_from(indicator: Indicator, known: Mapping[str, Indicator]) -> Iterator[str]:
    events = known.get(indicator.chosen_from)
    if not indicator.chosen_from or (events is not None and events.table == indicator.table and "in_campaign" in events.breakdowns):
        return
    yield f"{indicator.chosen_from!r} is no count of the same table with campaigns told apart (the breakdown in_campaign)"


def _protected_denominator(indicator: Indicator, known: Mapping[str, Indicator]) -> Iterator[str]:
    """A count of people that is published as a denominator only would be protected by nobody."""
    base = indicator.denominator
    if not isinstance(base, Measure) or base.table is None:
        return
    of_people = [one for one in known.values() if one.table == base.table and one.protects is Protects.PERSONS]
    if indicator.protects is not Protects.PERSONS:
        if of_people:
            yield f"{base.table} counts people ({of_people[0].id}); what is divided by them protects persons"
        return
    if not any(one.numerator == replace(base, table=None) and set(indicator.breakdowns) <= set(one.breakdowns) for one in of_people):
        yield f"its denominator is a count of {base.table} that nobody protects; declare it as an indicator of persons with the same breakdowns"
