"""The funnel: every township's events over the expected ones against its size, with what chance allows at each size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy
import plotly.graph_objects as go

from analysis.areas import ACTION, WARNING
from analysis.dispersion import batch_size
from analysis.intervals import exact_poisson_interval
from charts.area_map import FIRST_WIDE_SIGN
from charts.hotspots import (
    NO_RESIDENTS,
    SIGNALS,
    DrawnTownship,
    TownshipLevels,
    funnel_sentence,
    in_place,
    level_table,
    township_words,
)
from charts.picture import Picture, nothing_drawn, spoken_whole
from charts.scope import Scope, Voice
from charts.theme import BLUE, GOLD, INK, MUTED, PALE_BLUE, base_figure, value_axis
from charts.words import plotted, short_area
from indicators.model import Text

NOT_YET = Text(
    "刑事案件报送满一年、期间有案件并可作乡镇分项后显示。", "Shown once a year of criminal cases is reported, holds any and is split by township."
)
TITLE = Text("差异有没有超出偶然", "Is the difference more than chance")
RATIO_UNIT, TIMES = Text("实际为应有的倍数", "observed over expected"), Text("倍", "×")
SIZE_UNIT = Text("按全县水平应有的刑事立案(起)", "cases expected at the county's rate")
CHANCE_OF_ACTION, CHANCE_OF_WARNING = Text("99.8%偶然范围", "99.8% chance"), Text("95%偶然范围", "95% chance")
NOTE = Text(
    "一点是一个乡镇:越靠右案件越多,越可靠。细线外的写“可能”,其中所有乡镇一并检验仍成立的写“明显”;粗线供参照。",
    "One dot is one township; further right means more cases and firmer ground. Possibly: beyond the thin line; clearly: and standing among the "
    "tests of all townships. The thick line is for reference.",
)
PHONE_PLOT = (260.0, 280.0)  # pixels of the plot on a phone
NAME_SIZE, DOT_SIZE = 12, 12
MOST_NAMES = 12  # that are written whether or not there is room
NAME_SHIFTS = (15, -15, 29, -29, 43, -43)  # pixels up and down
HALO = "rgba(255, 255, 255, 0.75)"  # behind a name, so that no line strikes it through
SIZES = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)  # where the axis may have a tick


def funnel_picture(held: TownshipLevels | None, townships: Sequence[DrawnTownship], scope: Scope) -> Picture:
    """Draw every township's events over the expected ones against their size, with what chance allows at each size."""
    voice = scope.voice
    shown = [area for area in in_place(townships, scope) if held and area.code in held.rows and held.rows[area.code]["expected"] > 0]
    if held is None or not shown:
        return nothing_drawn(voice.say(TITLE), voice.say(NOT_YET if held is None or held.is_judged else NO_RESIDENTS))
    expected = numpy.array([float(held.rows[area.code]["expected"]) for area in shown])
    ratio = numpy.array([float(held.rows[area.code]["observed"]) for area in shown]) / expected
    figure, ends = base_figure(360, legend=True, right=24), _reach(expected)
    top = _add_limits(figure, expected, ratio, batch_size(held.dispersion), voice)
    words = [plotted(township_words(held, area)) for area in shown]
    standing = numpy.array([held.level(area.code) in SIGNALS for area in shown])
    for is_signal, colour, size in ((False, BLUE, 9), (True, GOLD, DOT_SIZE)):
        chosen = numpy.flatnonzero(standing == is_signal)
        if chosen.size:
            figure.add_trace(
                go.Scatter(
                    x=expected[chosen],
                    y=ratio[chosen],
                    mode="markers",
                    marker={"size": size, "color": colour, "line": {"color": INK if is_signal else BLUE, "width": 1}},
                    customdata=[words[place] for place in chosen],
                    hovertemplate="%{customdata}<extra></extra>",
                    showlegend=False,
                )
            )
    named = [(plotted(short_area(voice.say(shown[place].title))), expected[place], ratio[place]) for place in numpy.flatnonzero(standing)]
    _add_names(figure, named, list(zip(expected, ratio, strict=True)), ends, top)
    figure.update_xaxes(
        **value_axis(
            type="log",
            rangemode="normal",
            title={"text": voice.say(SIZE_UNIT), "font": {"size": 11}},
            tickvals=[one for one in SIZES if ends[0] <= one <= ends[1]],
            range=[float(numpy.log10(end)) for end in ends],
            zeroline=False,
        )
    )
    figure.update_yaxes(**value_axis(range=[0, top], ticksuffix=voice.say(TIMES)))
    sentence = funnel_sentence(held, shown)
    alt, table = spoken_whole(voice, sentence, words), level_table(held, shown)
    return Picture(sentence, figure, alt, table, held.when, voice.say(NOTE), voice.say(RATIO_UNIT))


def _reach(expected: numpy.ndarray) -> tuple[float, float]:
    """Return the ends of the axis of expected events."""
    return float(expected.min()) / 1.5, float(expected.max()) * 1.5


def _add_limits(figure: go.Figure, expected: numpy.ndarray, ratio: numpy.ndarray, batch: float, voice: Voice) -> float:
    """Draw the funnel's limits and return how high the picture must reach.

    The limit runs through the sizes at which each whole count begins to lie within chance, so it is smooth and judges every count exactly.
    Where events come in batches it is the batches that are counted.
    """
    low, high = (end / batch for end in _reach(expected))
    counts = numpy.arange(0, int(high + 6 * numpy.sqrt(high) + 20))
    for alpha, width, dash, name in ((ACTION, 1.6, "solid", CHANCE_OF_ACTION), (WARNING, 1.2, "dot", CHANCE_OF_WARNING)):
        sizes = exact_poisson_interval(counts, alpha)
        for side, first in ((0, 1), (1, 0)):  # a count above its size leaves the funnel at its lower limit
            at = sizes[first:, side]
            shown = (at >= low) & (at <= high)
            line = {"color": MUTED, "width": width, "dash": dash}
            figure.add_trace(
                go.Scatter(
                    x=batch * at[shown],
                    y=(counts[first:] / at)[shown],
                    mode="lines",
                    line=line,
                    hoverinfo="skip",
                    name=voice.say(name),
                    showlegend=side == 0,
                )
            )
    figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=1, y1=1, line={"color": PALE_BLUE, "width": 1.5})
    return max(float(ratio.max()) * 1.2, 3.0)


def _add_names(
    figure: go.Figure, names: Sequence[tuple[str, float, float]], dots: Sequence[tuple[float, float]], ends: tuple[float, float], top: float
) -> None:
    """Write the names of what stands out above or below their dots, so that on a phone none covers another or a dot."""
    left, right = (float(numpy.log10(end)) for end in ends)

    def pixels(size: float, ratio: float) -> tuple[float, float]:
        return (float(numpy.log10(size)) - left) / (right - left) * PHONE_PLOT[0], ratio / top * PHONE_PLOT[1]

    taken = [(*pixels(*dot), DOT_SIZE / 2) for dot in dots]
    for name, size, ratio in sorted(names, key=lambda one: one[1]):
        x, y = pixels(size, ratio)
        half = sum(NAME_SIZE if ord(sign) > FIRST_WIDE_SIGN else NAME_SIZE * 0.6 for sign in name) / 2
        shift = next((one for one in NAME_SHIFTS if _is_free(taken, x, y + one, half)), None)
        if shift is None:
            if len(names) > MOST_NAMES:  # the table and the tooltip have it
                continue
            shift = NAME_SHIFTS[0]
        taken.append((x, y + shift, half))
        figure.add_annotation(
            x=float(numpy.log10(size)),
            y=ratio,
            text=name,
            showarrow=False,
            yshift=shift,
            font={"size": NAME_SIZE, "color": INK},
            bgcolor=HALO,
            borderpad=0,
        )


def _is_free(taken: Sequence[tuple[float, float, float]], x: float, y: float, half: float) -> bool:
    return y > NAME_SIZE / 2 and not any(
        abs(x - other_x) < half + other_half and abs(y - other_y) < NAME_SIZE + 2 for other_x, other_y, other_half in taken
    )
