"""每万人现有吸毒人员: the rate that makes areas of unequal size comparable.

Residents of the same year are the base, the ones services are planned for. Its interval matters more than its rank: with a dozen people a
township, most differences are chance.
"""

from indicators.model import Card, Direction, Form, Indicator, Kind, Measure, Protects, Residents, Text, where

INDICATOR = Indicator(
    id="current_users_per_10k",
    title=Text("每万人现有吸毒人员", "Current users per 10,000"),
    question=Text("每万常住人口中有多少现有吸毒人员?", "How many current users are there per 10,000 residents?"),
    order=70,
    unit=Text("人/万人", "per 10,000"),
    kind=Kind.RATE,
    table="core.registry_person",
    of_stock=True,
    numerator=Measure(where(standing="current")),
    denominator=Residents(),
    breakdowns=("total", "zone", "township"),
    direction=Direction.UP_IS_WORSE,
    protects=Protects.PERSONS,
    headline=True,
    owner=Text("公安局", "Public security"),
    sources=("registry",),
    definition=Text(
        "现有吸毒人员÷同年常住人口×10000。",
        "Current users divided by residents of the same year, times 10,000.",
    ),
    caveats=("population_year", "registered_is_not_use", "place_of_living", "when_enough_moved"),
    decimals=1,
    aliases=("每万人",),
    cards=(
        Card(Form.HEADLINE),
        Card(Form.BY_ZONE, section="change", order=40),
    ),
)
