"""How a stock became another: opening, parts, closing, and that nothing is left over.

The two stocks are points, not bars, so the axis need not start at zero and parts of one or two people stay visible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas
import plotly.graph_objects as go

from charts.picture import Picture
from charts.rows import Series
from charts.scope import BRACKETED, CLAUSES, COUNTY, NAMES, Voice
from charts.theme import BLUE, GOLD, INK, base_figure, name_axis, value_axis
from charts.words import bare, inline, month_end_words, wrapped
from indicators.dimensions import Member
from indicators.model import Text

ROW_HEIGHT = 36
OPENING = Text("期初", "Opening")
CLOSING = Text("期末", "Closing")
CORRECTION = Text("更正", "Correction")
ITEM, PEOPLE = Text("项目", "Item"), Text("人数", "People")
NOT_FROM_ZERO = Text("横轴不从0开始。", "The axis does not start at 0.")
OF_COUNTY = Text("{county}{title}", "{county}, {title:lower}")
SENTENCE = Text(
    "{opened}至{closed},{title}由{opening:.0f}人到{closing:.0f}人,{moved}{parts}",
    "{title}, {opened} to {closed}: {opening:.0f} to {closing:.0f}, {moved} ({parts})",
)
UNCHANGED, MORE, FEWER = Text("人数持平", "unchanged"), Text("增加{step:.0f}人", "{step:.0f} more"), Text("减少{step:.0f}人", "{step:.0f} fewer")
SPOKEN = Text(
    "变动图,{title}:{opened}{opening:.0f}人;{parts};{closed}{closing:.0f}人;更正{correction:+.0f}人。",
    "Bridge, {title}: {opening:.0f} at {opened}; {parts}; {closing:.0f} at {closed}; correction {correction:+.0f}.",
)
SPOKEN_PART = Text("{name}{size:+.0f}", "{name} {size:+.0f}")


@dataclass(frozen=True)
class Bridge:
    """A change of a stock with its parts; ``remainder`` is what the parts do not explain."""

    opening: float
    closing: float
    opened_on: pandas.Timestamp
    closed_on: pandas.Timestamp
    parts: tuple[tuple[Member, float], ...]  # signed

    @property
    def remainder(self) -> float:
        """Closing less opening less parts: 0 when the bridge closes."""
        return self.closing - self.opening - sum(size for _, size in self.parts)


def build_bridge(stock: Series, changes: Series, members: Sequence[Member], closed_on: pandas.Timestamp, months: int) -> Bridge | None:
    """Return the bridge over some months, or none where a stock or a part is not published.

    Args:
        stock: The stock by month.
        changes: Its parts by month, one member a reason.
        members: The reasons in order, each with its sign.
        closed_on: Month of the closing stock.
        months: Length of the span.
    """
    opened_on = closed_on - pandas.DateOffset(months=months)
    shown = stock.rows[stock.numbered]
    ends = dict(zip(shown["last"], shown["value"], strict=True))
    if opened_on not in ends or closed_on not in ends:
        return None
    between = changes.of(changes.rows[(changes.rows["last"] > opened_on) & (changes.rows["last"] <= closed_on)])
    if len(between.rows) != months * len(members) or not between.numbered.all():
        return None
    sums = between.rows.groupby("member")["value"].sum()
    parts = tuple((member, member.sign * float(sums[member.code])) for member in members)
    return Bridge(float(ends[opened_on]), float(ends[closed_on]), opened_on, closed_on, parts)


def bridge_picture(bridge: Bridge, voice: Voice, stock: Text) -> Picture:
    """Draw a bridge; parts of size 0 are left out of the figure and stay in the table."""
    shown = [(member.title, size) for member, size in bridge.parts if size]
    if bridge.remainder:
        shown.append((CORRECTION, bridge.remainder))
    opening_words, closing_words = month_end_words(voice, bridge.opened_on), month_end_words(voice, bridge.closed_on)
    levels = [bridge.opening]
    for _, size in shown:
        levels.append(levels[-1] + size)
    labels = [OPENING, *(title for title, _ in shown), CLOSING]
    places = list(range(len(labels)))[::-1]
    figure = base_figure(ROW_HEIGHT * len(labels) + 40, right=8)
    figure.add_trace(
        go.Bar(
            orientation="h",
            y=places[1:-1],
            x=[size for _, size in shown],
            base=levels[:-1],
            marker={"color": [BLUE if size > 0 else GOLD for _, size in shown]},
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
            customdata=[f"{opening_words} {bridge.opening:.0f}", f"{closing_words} {bridge.closing:.0f}"],
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
    table = [
        (voice.say(BRACKETED, said=OPENING, more=opening_words), f"{bridge.opening:.0f}"),
        *((voice.say(member.title), f"{size:+.0f}" if size else "0") for member, size in bridge.parts),
        (voice.say(CORRECTION), f"{bridge.remainder:+.0f}" if bridge.remainder else "0"),
        (voice.say(BRACKETED, said=CLOSING, more=closing_words), f"{bridge.closing:.0f}"),
    ]
    told = {
        "title": voice.say(OF_COUNTY, county=COUNTY, title=stock),
        "opened": opening_words,
        "closed": closing_words,
        "opening": bridge.opening,
        "closing": bridge.closing,
        "correction": bridge.remainder,
    }
    sentence = voice.say(SENTENCE, **told, moved=_moved(bridge, voice), parts=_parts(shown, voice))
    alt = voice.say(SPOKEN, **told, parts=voice.join(NAMES, [voice.say(SPOKEN_PART, name=title, size=size) for title, size in shown]))
    columns = [voice.say(ITEM), voice.say(PEOPLE)]
    return Picture(sentence, figure, alt, pandas.DataFrame(table, columns=columns), closing_words, voice.say(NOT_FROM_ZERO))


def _moved(bridge: Bridge, voice: Voice) -> str:
    step = bridge.closing - bridge.opening
    return voice.say(UNCHANGED if step == 0 else MORE if step > 0 else FEWER, step=abs(step))


def _parts(shown: Sequence[tuple[Text, float]], voice: Voice) -> str:
    """Name the parts: in Chinese those that add before those that take away, in English in their order with their signs."""
    if not voice.is_chinese:
        return ", ".join(f"{voice.say(title).lower()} {size:+.0f}" for title, size in shown) or "no movement"
    added, taken = ("、".join(f"{inline(title.zh)}{abs(size):.0f}人" for title, size in shown if size * sign > 0) for sign in (1, -1))
    said = voice.join(CLAUSES, (f"增加的有{added}" if added else "", f"减少的有{taken}" if taken else ""))
    return f":{said}" if said else ""
