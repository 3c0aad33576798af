"""How a stock became another: opening, parts, closing, and that nothing is left over.

The two stocks are points, not bars, so the axis need not start at zero and parts of one or two people stay visible.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas
import plotly.graph_objects as go

from charts.picture import Picture, Voice
from charts.theme import BLUE, GOLD, INK, base_figure, name_axis, value_axis
from charts.words import bare, has_number, inline, month_end_words, wrapped
from indicators.dimensions import Member
from indicators.model import Text

ROW_HEIGHT = 36
OPENING = Text("期初", "Opening")
CLOSING = Text("期末", "Closing")
CORRECTION = Text("更正", "Correction")


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


def build_bridge(
    stock: pandas.DataFrame, changes: pandas.DataFrame, members: list[Member], closed_on: pandas.Timestamp, months: int
) -> Bridge | None:
    """Return the bridge over some months, or none where a stock or a part is not published.

    Args:
        stock: Monthly rows of the stock, as :func:`charts.rows.cells` returns them.
        changes: Monthly rows of the parts, one member a reason.
        members: The reasons in order, each with its sign.
        closed_on: Month of the closing stock.
        months: Length of the span.
    """
    opened_on = closed_on - pandas.DateOffset(months=months)
    ends = {row["last"]: row["value"] for _, row in stock.iterrows() if has_number(row["status"])}
    if opened_on not in ends or closed_on not in ends:
        return None
    within = changes[(changes["last"] > opened_on) & (changes["last"] <= closed_on)]
    if len(within) != months * len(members) or not within["status"].map(has_number).all():
        return None
    sums = within.groupby("member")["value"].sum()
    parts = tuple((member, member.sign * float(sums[member.code])) for member in members)
    return Bridge(float(ends[opened_on]), float(ends[closed_on]), opened_on, closed_on, parts)


def bridge_picture(bridge: Bridge, voice: Voice, stock_title: Text) -> Picture:
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
    note = "横轴不从0开始。" if voice.is_chinese else "The axis does not start at 0."
    table = pandas.DataFrame(
        [
            (f"{voice.say(OPENING)}({opening_words})" if voice.is_chinese else f"{voice.say(OPENING)} ({opening_words})", f"{bridge.opening:.0f}"),
            *((voice.say(member.title), f"{size:+.0f}" if size else "0") for member, size in bridge.parts),
            (voice.say(CORRECTION), f"{bridge.remainder:+.0f}" if bridge.remainder else "0"),
            (f"{voice.say(CLOSING)}({closing_words})" if voice.is_chinese else f"{voice.say(CLOSING)} ({closing_words})", f"{bridge.closing:.0f}"),
        ],
        columns=["项目", "人数"] if voice.is_chinese else ["Item", "People"],
    )
    sentence = _sentence(bridge, voice, stock_title, shown, (opening_words, closing_words))
    return Picture(sentence, figure, _alt(voice, voice.say(stock_title), opening_words, closing_words, bridge, shown), table, closing_words, note)


def _sentence(bridge: Bridge, voice: Voice, stock_title: Text, shown: list[tuple[Text, float]], ends: tuple[str, str]) -> str:
    step = bridge.closing - bridge.opening
    title = voice.say(stock_title)
    if voice.is_chinese:
        moved = "人数持平" if step == 0 else f"{'增加' if step > 0 else '减少'}{abs(step):.0f}人"
        signs = (("增加的有", 1), ("减少的有", -1))
        named = [(word, [f"{inline(voice.say(words))}{abs(size):.0f}人" for words, size in shown if size * sign > 0]) for word, sign in signs]
        parts = ",".join(f"{word}{'、'.join(names)}" for word, names in named if names)
        return f"{ends[0]}至{ends[1]},{title}由{bridge.opening:.0f}人到{bridge.closing:.0f}人,{moved}" + (f":{parts}" if parts else "")
    moved = "unchanged" if step == 0 else f"{abs(step):.0f} {'more' if step > 0 else 'fewer'}"
    parts = ", ".join(f"{voice.say(words).lower()} {size:+.0f}" for words, size in shown) or "no movement"
    return f"{title}, {ends[0]} to {ends[1]}: {bridge.opening:.0f} to {bridge.closing:.0f}, {moved} ({parts})"


def _alt(voice: Voice, title: str, opening_words: str, closing_words: str, bridge: Bridge, shown: list[tuple[Text, float]]) -> str:
    parts = (
        "、".join(f"{voice.say(words)}{size:+.0f}" for words, size in shown)
        if voice.is_chinese
        else ", ".join(f"{voice.say(w)} {s:+.0f}" for w, s in shown)
    )
    if voice.is_chinese:
        return f"变动图,{title}:{opening_words}{bridge.opening:.0f}人;{parts};{closing_words}{bridge.closing:.0f}人;更正{bridge.remainder:+.0f}人。"
    ends = f"{bridge.opening:.0f} at {opening_words}; {parts}; {bridge.closing:.0f} at {closing_words}"
    return f"Bridge, {title}: {ends}; correction {bridge.remainder:+.0f}."
