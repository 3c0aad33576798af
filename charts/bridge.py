"""How a stock became another in a year: opening, reasons, closing, and nothing left over.

The two stocks are points, not bars, so the axis need not start at zero and reasons that moved few people stay visible. Reasons that are
withheld stand together: both ends are exact, so anybody can subtract what is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas
import plotly.graph_objects as go

from charts.picture import Picture
from charts.rows import FEWEST_TOGETHER, Series
from charts.scope import BRACKETED, CLAUSES, COUNTY, NAMES, Voice
from charts.theme import BLUE, GOLD, INK, MUTED, base_figure, name_axis, value_axis
from charts.words import PROTECTED, bare, has_number, inline, month_end_words, wrapped
from indicators.dimensions import Member
from indicators.model import Status, Text

ROW_HEIGHT = 36
OPENING = Text("期初", "Opening")
CLOSING = Text("期末", "Closing")
CORRECTION = Text("更正", "Correction")
OTHERS = Text("其余{count}项变动合计", "The {count} other reasons together")
ITEM, PEOPLE = Text("项目", "Item"), Text("人数", "People")
NOT_FROM_ZERO = Text("横轴不从0开始。", "The axis does not start at 0.")
SOME_TOGETHER = Text(
    "其余变动有人数少的,不单列;合计由两头人数减去列出的变动得出。横轴不从0开始。",
    "Of the other reasons some moved few people and none is listed; together they are what the listed ones leave of the change. "
    "The axis does not start at 0.",
)
OF_COUNTY = Text("{county}{title}", "{county}, {title:lower}")
SENTENCE = Text(
    "{year}年{title}由上年末{opening:.0f}人到年末{closing:.0f}人,{moved}{parts}",
    "{title} in {year}: {opening:.0f} to {closing:.0f} at the year's end, {moved} ({parts})",
)
UNCHANGED, MORE, FEWER = Text("人数持平", "unchanged"), Text("增加{step:.0f}人", "{step:.0f} more"), Text("减少{step:.0f}人", "{step:.0f} fewer")
NO_MOVEMENT = Text("", "no movement")
SIGNED = Text("{name}{moved}{people:.0f}人", "{name:lower} {size:+.0f}")
EVEN = Text("{name}增减相抵", "{name:lower} 0")
ADDED, TAKEN = Text("净增", ""), Text("净减", "")
SPOKEN = Text(
    "变动图,{title}:{opened}{opening:.0f}人;{parts};{closed}{closing:.0f}人。",
    "Bridge, {title}: {opening:.0f} at {opened}; {parts}; {closing:.0f} at {closed}.",
)
SPOKEN_PART = Text("{name}{size:+.0f}", "{name} {size:+.0f}")


@dataclass(frozen=True)
class Bridge:
    """A year's change of a stock with its reasons.

    Attributes:
        opening: The stock at the end of the year before.
        closing: The stock at the end of the year.
        closed_on: The last month of the year.
        parts: Every reason and how many people it moved, those it took from the stock negative; none where that is withheld.
    """

    opening: float
    closing: float
    closed_on: pandas.Timestamp
    parts: tuple[tuple[Member, float | None], ...]

    @property
    def withheld(self) -> int:
        """How many reasons are withheld."""
        return sum(size is None for _, size in self.parts)

    @property
    def remainder(self) -> float:
        """Closing less opening less shown reasons: what the withheld ones come to, or 0 where none is withheld and the bridge closes."""
        return self.closing - self.opening - sum(size for _, size in self.parts if size is not None)

    @property
    def rest(self) -> Text:
        """What the remainder is called."""
        return Text(OTHERS.zh.format(count=self.withheld), OTHERS.en.format(count=self.withheld)) if self.withheld else CORRECTION


def build_bridge(stock: Series, changes: Series, members: Sequence[Member]) -> Bridge | None:
    """Return the bridge over the latest year whose reasons are published, or none where they or a stock at either end are not.

    Nor is there one where a single reason is withheld, because what is left over would be its number.

    Args:
        stock: The stock by month.
        changes: Its reasons by year, one member a reason.
        members: The reasons in order, each with its sign.
    """
    year = changes.newest
    if set(year.rows["member"]) != {member.code for member in members} or not (year.numbered | (year.rows["status"] == Status.SUPPRESSED)).all():
        return None
    closed_on = year.rows["last"].iloc[0]
    ends = [stock.row_at(closed_on - pandas.DateOffset(years=1)), stock.row_at(closed_on)]
    opening, closing = (float(row["value"]) if row is not None and has_number(row["status"]) else None for row in ends)
    if opening is None or closing is None:
        return None
    sizes = {row["member"]: float(row["value"]) for row in year.each() if has_number(row["status"])}
    parts = tuple((member, member.sign * sizes[member.code] if member.code in sizes else None) for member in members)
    bridge = Bridge(opening, closing, closed_on, parts)
    return None if 0 < bridge.withheld < FEWEST_TOGETHER else bridge


def bridge_picture(bridge: Bridge, voice: Voice, stock: Text) -> Picture:
    """Draw a bridge; reasons that moved nobody are left out of the figure and stay in the table."""
    shown = [(member.title, size) for member, size in bridge.parts if size]
    if bridge.remainder or bridge.withheld:
        shown.append((bridge.rest, bridge.remainder))
    opening_words, closing_words = (month_end_words(voice, bridge.closed_on - pandas.DateOffset(years=ago)) for ago in (1, 0))
    table = [
        (voice.say(BRACKETED, said=OPENING, more=opening_words), f"{bridge.opening:.0f}"),
        *((voice.say(member.title), voice.say(PROTECTED) if size is None else _signed(size)) for member, size in bridge.parts),
        (voice.say(bridge.rest), _signed(bridge.remainder)),
        (voice.say(BRACKETED, said=CLOSING, more=closing_words), f"{bridge.closing:.0f}"),
    ]
    told = {
        "title": voice.say(OF_COUNTY, county=COUNTY, title=stock),
        "year": bridge.closed_on.year,
        "opened": opening_words,
        "closed": closing_words,
        "opening": bridge.opening,
        "closing": bridge.closing,
    }
    sentence = voice.say(SENTENCE, **told, moved=_moved(bridge, voice), parts=_parts(bridge, voice))
    alt = voice.say(SPOKEN, **told, parts=voice.join(NAMES, [voice.say(SPOKEN_PART, name=title, size=size) for title, size in shown]))
    figure = _figure(bridge, voice, shown, (opening_words, closing_words))
    note = voice.say(SOME_TOGETHER if bridge.withheld else NOT_FROM_ZERO)
    return Picture(sentence, figure, alt, pandas.DataFrame(table, columns=[voice.say(ITEM), voice.say(PEOPLE)]), closing_words, note)


def _figure(bridge: Bridge, voice: Voice, shown: Sequence[tuple[Text, float]], ends: tuple[str, str]) -> go.Figure:
    levels = [bridge.opening]
    for _, size in shown:
        levels.append(levels[-1] + size)
    labels = [OPENING, *(title for title, _ in shown), CLOSING]
    places = list(range(len(labels)))[::-1]
    colours = [MUTED if title == bridge.rest else BLUE if size > 0 else GOLD for title, size in shown]
    figure = base_figure(ROW_HEIGHT * len(labels) + 40, right=8)
    figure.add_trace(
        go.Bar(
            orientation="h",
            y=places[1:-1],
            x=[size for _, size in shown],
            base=levels[:-1],
            marker={"color": colours},
            width=0.56,
            text=[f"{size:+.0f}" for _, size in shown],
            textposition="outside",
            textfont={"size": 13, "color": INK},
            cliponaxis=False,
            hovertemplate="%{customdata}<extra></extra>",
            customdata=[f"{voice.say(title)} {size:+.0f}" for title, size in shown],
        )
    )
    figure.add_trace(
        go.Scatter(
            y=[places[0], places[-1]],
            x=[bridge.opening, bridge.closing],
            mode="markers+text",
            marker={"size": 11, "color": INK, "symbol": "diamond"},
            text=[f"  <b>{bridge.opening:.0f}</b>", f"  <b>{bridge.closing:.0f}</b>"],
            textposition="middle right",
            textfont={"size": 15, "color": INK},
            cliponaxis=False,
            hovertemplate="%{customdata}<extra></extra>",
            customdata=[f"{ends[0]} {bridge.opening:.0f}", f"{ends[1]} {bridge.closing:.0f}"],
        )
    )
    for place, level in zip(places[:-1], levels, strict=True):
        line = {"color": "#9AA8B5", "width": 1, "dash": "dot"}
        figure.add_shape(type="line", x0=level, x1=level, y0=place - 0.1, y1=place - 0.9, line=line, layer="below")
    low, high = min(levels), max(levels)
    room = max((high - low) * 0.18, 1.5)
    ticks = [wrapped(bare(voice.say(title)), 9 if voice.is_chinese else 16) for title in labels]
    figure.update_xaxes(**value_axis(rangemode="normal", range=[low - room, high + room * 1.5], zeroline=False, nticks=5))
    figure.update_yaxes(**name_axis(tickvals=places, ticktext=ticks, range=[-0.6, len(labels) - 0.4]))
    return figure


def _signed(size: float) -> str:
    return f"{size:+.0f}" if size else "0"


def _moved(bridge: Bridge, voice: Voice) -> str:
    step = bridge.closing - bridge.opening
    return voice.say(UNCHANGED if step == 0 else MORE if step > 0 else FEWER, step=abs(step))


def _net(voice: Voice, title: Text, size: float) -> str:
    return voice.say(SIGNED if size else EVEN, name=title, size=size, moved=ADDED if size > 0 else TAKEN, people=abs(size))


def _parts(bridge: Bridge, voice: Voice) -> str:
    """Name the reasons: in Chinese those that add before those that take away, in English in their order; last what the others come to."""
    named = [(member.title, size) for member, size in bridge.parts if size]
    rest = _net(voice, bridge.rest, bridge.remainder) if bridge.remainder or bridge.withheld else ""
    if not voice.is_chinese:
        return voice.join(CLAUSES, [*(_net(voice, title, size) for title, size in named), rest]) or voice.say(NO_MOVEMENT)
    added, taken = ("、".join(f"{inline(title.zh)}{abs(size):.0f}人" for title, size in named if size * sign > 0) for sign in (1, -1))
    said = voice.join(CLAUSES, (f"增加的有{added}" if added else "", f"减少的有{taken}" if taken else "", rest))
    return f":{said}" if said else ""
