"""Series over time. A gap is a gap: nothing is drawn through a period that was not published."""

from __future__ import annotations

from dataclasses import dataclass

import pandas
import plotly.graph_objects as go

from charts.picture import Picture, Voice
from charts.theme import (
    BLUE,
    INK,
    MUTED,
    PALE_BLUE,
    PROTECTED,
    PROTECTED_PAPER,
    SERIES,
    base_figure,
    name_axis,
    note_style,
    protected_pattern,
    value_axis,
)
from charts.words import RANGE, amount_in_table, amount_of, has_number, period_words, plotted, range_words, short_period, span_words, unit_of
from indicators.lattice import is_stock
from indicators.model import Break, Grain, Indicator, Kind, Status, Text

SOME_PROTECTED = Text(
    "斜纹处受保护:人数少,或会推算出少数人;不能当作0。",
    "Hatched: protected (few people, or would give few people away); it may be any number, and is not to be read as zero.",
)
FEW_SEIZURES = Text("斜纹处因案件少受保护,不是0。", "Hatched: protected because few cases, not zero.")
SHADED_PROTECTED = Text(
    "灰色处受保护:人数少,或会推算出少数人;不能当作0。",
    "Grey: protected (few people, or would give few people away); it may be any number, and is not to be read as zero.",
)
GAP_PROTECTED = Text(
    "断开处受保护:人数少,或会推算出少数人;不能当作0。",
    "Gaps: protected (few people, or would give few people away); it may be any number, and is not to be read as zero.",
)
SOME_PROVISIONAL = Text("浅色为初步数,会因补录增加。", "Pale: provisional, late entries may add to it.")
SOME_LATE = Text("含最近的初步数,会因补录增加。", "Includes the latest, provisional months: late entries may add to it.")
SOME_MISSING = Text("空白处为未报送,不是0。", "Blank: not reported, not zero.")
WHISKERS = Text("细竖线为可能范围(95%),按零散发生计。", "Thin lines: 95% range, as for single events.")
CORRECTED = Text("零以下为累计数更正调减,不是当月发生数。", "Below zero: a running total corrected downwards, not what happened that month.")
BAND = Text("浅色带为可能范围(95%)。", "Pale band: 95% range.")
BREAK_ROW = 16  # pixels above the plot for the words of one break
WHISKER, FAINT_WHISKER = "#A3B4C4", "#BCC9D5"  # quiet on paper, still told apart on a column; fainter where there are many
FEW_COLUMNS = 8

_UNDEFINED_MARK = {False: Text("基数<br>太小", "base<br>too<br>small"), True: Text("数值不<br>稳定", "not<br>stable")}  # a column wide
MOST_TICKS = 5  # period labels that fit under a column chart on a phone


@dataclass(frozen=True)
class Series:
    """One line: an indicator, its rows in time order, and the name it goes by here."""

    indicator: Indicator
    rows: pandas.DataFrame
    title: Text


def status_note(voice: Voice, statuses: pandas.Series, *, paled: bool = False, protected: Text = SOME_PROTECTED) -> str:
    """Say what hatched, pale and blank mean, for those that occur; without pale parts, that the latest months may still grow."""
    present = set(statuses)
    notes = [
        words
        for status, words in (
            (Status.SUPPRESSED, protected),
            (Status.PROVISIONAL, SOME_PROVISIONAL if paled else SOME_LATE),
            (Status.NOT_COLLECTED, SOME_MISSING),
        )
        if status in present
    ]
    return ("" if voice.is_chinese else " ").join(voice.say(words) for words in notes)


def line_picture(series: list[Series], voice: Voice, sentence: str, *, height: int = 300) -> Picture:
    """Draw stocks, shares or rates as lines, named in a legend above; provisional ends are dashed.

    Args:
        series: The lines, all of one grain and unit.
        voice: Release and language.
        sentence: The finding.
        height: Height in pixels.
    """
    figure = base_figure(height, legend=len(series) > 1, right=30)
    scale = 100 if series[0].indicator.kind is Kind.SHARE else 1
    has_band = len(series) == 1 and _add_band(figure, series[0], scale)
    for position, line in enumerate(series):
        colour = SERIES[position % len(SERIES)]
        _add_line(figure, line, voice, colour, scale)
    if len(series) == 1:
        _add_protected_bands(figure, series[0].rows, voice)
    _mark_breaks(figure, _moments_of_breaks(series), voice)
    axis_periods = series[0].rows
    figure.update_xaxes(**name_axis(type="date", tickformat="%Y年" if voice.is_chinese else "%Y", dtick="M12", tickfont={"size": 12, "color": MUTED}))
    figure.update_yaxes(**value_axis(ticksuffix="%" if scale == 100 else ""))
    if not axis_periods.empty:
        first, last = axis_periods["last"].min(), axis_periods["last"].max()
        figure.update_xaxes(range=[first - pandas.Timedelta(days=20), last + pandas.Timedelta(days=60)])
    statuses = pandas.concat([line.rows["status"] for line in series])
    note = status_note(voice, statuses, paled=True, protected=SHADED_PROTECTED if len(series) == 1 else GAP_PROTECTED)
    return Picture(
        sentence,
        figure,
        _alt(series, voice, sentence),
        _table(series, voice),
        _as_of(series, voice),
        _notes(voice, voice.say(BAND) if has_band else "", note),
    )


def _notes(voice: Voice, *notes: str) -> str:
    return ("" if voice.is_chinese else " ").join(note for note in notes if note)


def _add_band(figure: go.Figure, line: Series, scale: int) -> bool:
    """Draw the published interval of a share or rate as a pale band, never through a gap or a break; return whether there is any."""
    if line.indicator.kind not in {Kind.SHARE, Kind.RATE}:
        return False
    runs: list[list[pandas.Series]] = [[]]
    breaks = _first_after_breaks(line)
    for place, (_, row) in enumerate(line.rows.iterrows()):
        if place in breaks:
            runs.append([])
        if has_number(row["status"]) and pandas.notna(row["lower"]):
            runs[-1].append(row)
        else:
            runs.append([])
    drawn = [run for run in runs if len(run) > 1]
    for run in drawn:
        figure.add_trace(
            go.Scatter(
                x=[row["last"] for row in (*run, *run[::-1])],
                y=[row["upper"] * scale for row in run] + [row["lower"] * scale for row in run[::-1]],
                mode="lines",
                line={"width": 0},
                fill="toself",
                fillcolor="rgba(31, 90, 143, 0.13)",
                hoverinfo="skip",
                showlegend=False,
            )
        )
    return bool(drawn)


def _add_line(figure: go.Figure, line: Series, voice: Voice, colour: str, scale: int) -> None:
    shown = line.rows.assign(
        y=[value * scale if has_number(status) else None for value, status in zip(line.rows["value"], line.rows["status"], strict=True)],
        words=[_point_words(line, row, voice) + _interval_words(line, row, voice) for _, row in line.rows.iterrows()],
    )
    for place in sorted(_first_after_breaks(line), reverse=True):  # an empty point, through which nothing is drawn
        gap = shown.iloc[[place]].assign(last=_between(line.rows["last"], place), y=None, status=Status.NOT_COLLECTED, words="")
        shown = pandas.concat([shown.iloc[:place], gap, shown.iloc[place:]], ignore_index=True)
    final = [None if status == Status.PROVISIONAL else y for y, status in zip(shown["y"], shown["status"], strict=True)]
    spoken = list(shown["words"])
    many = len(shown) > 14
    figure.add_trace(
        go.Scatter(
            x=shown["last"],
            y=final,
            mode="lines+markers",
            name=voice.say(line.title),
            line={"color": colour, "width": 2.5},
            marker={"size": 3 if many else 7, "color": colour},
            customdata=spoken,
            hovertemplate="%{customdata}<extra></extra>",
            connectgaps=False,
        )
    )
    provisional = shown["status"] == Status.PROVISIONAL
    if provisional.any():
        reach = provisional | provisional.shift(-1, fill_value=False)
        figure.add_trace(
            go.Scatter(
                x=shown["last"],
                y=shown["y"].where(reach),
                mode="lines+markers",
                line={"color": colour, "width": 2, "dash": "dot"},
                marker={"size": 6, "color": "#FFFFFF", "line": {"color": colour, "width": 1.5}},
                showlegend=False,
                customdata=spoken,
                hovertemplate="%{customdata}<extra></extra>",
            )
        )
    ends = shown[shown["y"].notna()]
    if ends.empty:
        return
    end = ends.iloc[-1]
    figure.add_trace(
        go.Scatter(
            x=[end["last"]],
            y=[end["y"]],
            mode="markers+text",
            marker={"size": 8, "color": colour},
            text=[f"<b>{amount_of(voice, line.indicator, end, unit=False)}</b>"],
            textposition="top center",
            textfont={"size": 14, "color": colour},
            showlegend=False,
            hoverinfo="skip",
            cliponaxis=False,
        )
    )


def _point_words(line: Series, row: pandas.Series, voice: Voice) -> str:
    when = period_words(voice, line.indicator, row["period"], row["grain"])
    return f"{when} {voice.say(line.title)} {amount_of(voice, line.indicator, row)}"


def _add_protected_bands(figure: go.Figure, rows: pandas.DataFrame, voice: Voice) -> None:
    """Mark runs of protected periods over the whole height, so that the mark has no height to read."""
    hidden = (rows["status"] == Status.SUPPRESSED).to_numpy()
    moments = list(rows["last"])
    half = pandas.Timedelta(days=15) if len(moments) < 2 else (moments[1] - moments[0]) / 2
    start: int | None = None
    for position in range(len(hidden) + 1):
        inside = position < len(hidden) and hidden[position]
        if inside and start is None:
            start = position
        if not inside and start is not None:
            figure.add_vrect(x0=moments[start] - half, x1=moments[position - 1] + half, fillcolor=PROTECTED_PAPER, line_width=0, layer="below")
            middle = moments[start] + (moments[position - 1] - moments[start]) / 2
            figure.add_annotation(
                x=middle,
                y=0.5,
                yref="paper",
                text="受<br>保<br>护" if voice.is_chinese else "protected",
                textangle=0 if voice.is_chinese else -90,
                showarrow=False,
                font={"size": 11, "color": PROTECTED},
            )
            start = None


def _first_after_breaks(line: Series) -> dict[int, Break]:
    """Return the place of the first row that is counted in the new way, for every break that falls between two rows."""
    rows, places = line.rows, {}
    for mark in line.indicator.breaks:
        on = pandas.Timestamp(mark.on)
        is_after = rows["last"] + pandas.offsets.MonthEnd(0) >= on if is_stock(line.indicator) else rows["period"] >= on
        after = [place for place, new in enumerate(is_after) if new]
        if after and after[0] > 0:
            places[after[0]] = mark
    return places


def _between(moments: pandas.Series, place: int) -> pandas.Timestamp:
    """Return the moment halfway between a row and the one before."""
    before, after = moments.iloc[place - 1], moments.iloc[place]
    return before + (after - before) / 2


def _moments_of_breaks(series: list[Series]) -> list[tuple[pandas.Timestamp, float, Break]]:
    """Return where lines are broken: the moment, how far along the axis it is (0 to 1), and the break."""
    found = {}
    for line in series:
        first, last = line.rows["last"].min(), line.rows["last"].max()
        for place, mark in _first_after_breaks(line).items():
            moment = _between(line.rows["last"], place)
            found[moment, mark.sentence.zh] = (moment, (moment - first) / (last - first), mark)
    return [found[key] for key in sorted(found)]


def _places_of_breaks(line: Series) -> list[tuple[float, float, Break]]:
    """Return where columns are broken, in the same way: between two columns, or within the one whose period the break falls into."""
    rows, found = line.rows, []
    for mark in sorted(line.indicator.breaks, key=lambda one: one.on):
        on = pandas.Timestamp(mark.on)
        begun = [place for place, start in enumerate(rows["period"]) if start < on]
        if not begun or on > rows["last"].iloc[-1] + pandas.offsets.MonthEnd(0):
            continue
        start, end = rows["period"].iloc[begun[-1]], rows["last"].iloc[begun[-1]] + pandas.offsets.MonthBegin(1)
        x = begun[-1] - 0.5 + min((on - start) / (end - start), 1.0)
        found.append((x, (x + 0.5) / len(rows), mark))
    return found


def _mark_breaks(figure: go.Figure, marks: list[tuple[pandas.Timestamp, float, Break]] | list[tuple[float, float, Break]], voice: Voice) -> None:
    """Draw breaks as dashed lines, their words above the plot, one row each, towards the side where there is room."""
    if not marks:
        return
    for row, (x, along, mark) in enumerate(marks):
        above = BREAK_ROW * (len(marks) - 1 - row)
        figure.add_shape(type="line", x0=x, x1=x, y0=0, y1=1, yref="paper", line={"color": MUTED, "width": 1, "dash": "dash"})
        figure.add_annotation(
            x=x,
            y=1,
            yref="paper",
            text=plotted(f"{mark.on:%Y-%m} {voice.say(mark.sentence)}"),
            xanchor="left" if along < 0.5 else "right",
            yanchor="bottom",
            yshift=above,
            **note_style(),
        )
    margin = figure.layout.margin.t + BREAK_ROW * len(marks)
    plot = figure.layout.height - margin - 40
    figure.update_layout(margin_t=margin, legend_y=1 + BREAK_ROW * len(marks) / plot)


def column_picture(line: Series, voice: Voice, sentence: str, *, height: int = 280) -> Picture:
    """Draw events of periods as columns with their intervals; provisional columns are pale and have none, protected ones are hatched stubs.

    Args:
        line: The rows, in time order.
        voice: Release and language.
        sentence: The finding.
        height: Height in pixels.
    """
    rows = line.rows
    numbered = rows["status"].map(has_number).to_numpy(dtype=bool)
    labels = [short_period(voice, line.indicator, period, grain) for period, grain in zip(rows["period"], rows["grain"], strict=True)]
    places = list(range(len(rows)))
    spoken = [_point_words(line, row, voice) + _interval_words(line, row, voice) for _, row in rows.iterrows()]
    figure = base_figure(height)
    shown = rows[numbered]
    scale = 100 if line.indicator.kind is Kind.SHARE else 1
    final = rows["status"] != Status.PROVISIONAL
    limits = shown.loc[shown["status"] != Status.PROVISIONAL, "upper"].dropna()
    top = float(max(shown["value"].max(), limits.max() if len(limits) else 0.0)) * scale if not shown.empty else 1.0
    for is_final, colour in ((True, BLUE), (False, PALE_BLUE)):
        chosen = [place for place in places if numbered[place] and bool(final.iloc[place]) == is_final]
        if chosen:
            figure.add_trace(_columns(rows.iloc[chosen], chosen, [spoken[place] for place in chosen], colour, scale, voice, line, len(places)))
    hidden = [place for place in places if rows["status"].iloc[place] == Status.SUPPRESSED]
    if hidden:
        stub = max(top, 1.0) * 0.12
        figure.add_trace(
            go.Bar(
                x=hidden,
                y=[stub] * len(hidden),
                marker={"color": PROTECTED_PAPER, "pattern": protected_pattern(), "line": {"width": 0}},
                hovertemplate="%{customdata}<extra></extra>",
                customdata=[spoken[place] for place in hidden],
            )
        )
    for place in places:
        if rows["status"].iloc[place] == Status.UNDEFINED:
            figure.add_annotation(
                x=place,
                y=0,
                text=_UNDEFINED_MARK[line.indicator.kind is Kind.RATE].pick(voice.language),
                yanchor="bottom",
                showarrow=False,
                font={"size": 10, "color": PROTECTED},
            )
    step = max(1, -(-len(places) // MOST_TICKS))
    ticks = places[::-step][::-1]
    figure.update_xaxes(
        **name_axis(
            tickvals=ticks,
            ticktext=[labels[place] for place in ticks],
            range=[-0.7, len(places) - 0.3],
            tickangle=0,
            tickfont={"size": 11, "color": MUTED},
        )
    )
    below = min(float(shown["value"].min()), 0.0) if not shown.empty else 0.0
    figure.update_yaxes(
        **value_axis(
            range=[below * 1.12, max(top, 1.0) * 1.12],
            ticksuffix="%" if scale == 100 else "",
            dtick=1 if top - below <= 5 and scale == 1 else None,
        )
    )
    _mark_breaks(figure, _places_of_breaks(line), voice)
    remarks = (voice.say(WHISKERS) if len(limits) else "", voice.say(CORRECTED) if below < 0 else "", status_note(voice, rows["status"], paled=True))
    return Picture(sentence, figure, _alt([line], voice, sentence), _table([line], voice), _as_of([line], voice), _notes(voice, *remarks))


def _columns(rows: pandas.DataFrame, places: list[int], spoken: list[str], colour: str, scale: int, voice: Voice, line: Series, count: int) -> go.Bar:
    values = rows["value"] * scale
    bounds = None
    if colour == BLUE and rows["upper"].notna().any():  # an unfinished month may still grow beyond its interval
        bounds = {
            "type": "data",
            "symmetric": False,
            "array": (rows["upper"] * scale - values).clip(lower=0),
            "arrayminus": (values - rows["lower"] * scale).clip(lower=0),
            "color": WHISKER if count <= FEW_COLUMNS else FAINT_WHISKER,
            "thickness": 1,
            "width": 0,
        }
    few = count <= FEW_COLUMNS
    return go.Bar(
        x=places,
        y=values,
        marker={"color": colour, "line": {"width": 0}},
        error_y=bounds,
        text=[amount_of(voice, line.indicator, row, unit=False) for _, row in rows.iterrows()] if few else None,
        textposition="inside",
        insidetextanchor="start",
        textangle=0,
        textfont={"size": 13, "color": "#FFFFFF" if colour == BLUE else INK},
        customdata=spoken,
        hovertemplate="%{customdata}<extra></extra>",
    )


def _interval_words(line: Series, row: pandas.Series, voice: Voice) -> str:
    if row["status"] != Status.OBSERVED or pandas.isna(row["lower"]):
        return ""
    scale, decimals = (100, 1) if line.indicator.kind is Kind.SHARE else (1, 0 if line.indicator.kind is Kind.EVENTS else 1)
    bounds = range_words(voice, row["lower"] * scale, row["upper"] * scale, decimals)
    return f",{voice.say(RANGE)}{bounds}" if voice.is_chinese else f", {voice.say(RANGE)} {bounds}"


def _as_of(series: list[Series], voice: Voice) -> str:
    rows = series[0].rows
    if rows.empty:
        return ""
    newest = rows.iloc[-1]
    if newest["grain"] == Grain.MONTH and not is_stock(series[0].indicator):
        return span_words(voice, rows["last"].iloc[0], rows["last"].iloc[-1])
    return period_words(voice, series[0].indicator, newest["period"], newest["grain"])


def _table(series: list[Series], voice: Voice) -> pandas.DataFrame:
    heading = "时间" if voice.is_chinese else "Period"
    columns: dict[str, dict[pandas.Timestamp, str]] = {}
    names: dict[pandas.Timestamp, str] = {}
    for line in series:
        title = (
            f"{voice.say(line.title)}({unit_of(voice, line.indicator)})"
            if voice.is_chinese
            else f"{voice.say(line.title)} ({unit_of(voice, line.indicator)})"
        )
        columns[title] = {row["last"]: amount_in_table(voice, line.indicator, row) for _, row in line.rows.iterrows()}
        names.update({row["last"]: period_words(voice, line.indicator, row["period"], row["grain"]) for _, row in line.rows.iterrows()})
    moments = sorted(names, reverse=True)
    return pandas.DataFrame(
        {heading: [names[moment] for moment in moments], **{title: [held.get(moment, "—") for moment in moments] for title, held in columns.items()}}
    )


def _alt(series: list[Series], voice: Voice, sentence: str) -> str:
    parts = []
    for line in series:
        shown = line.rows[line.rows["status"].map(has_number).to_numpy(dtype=bool)]
        if shown.empty:
            parts.append(f"{voice.say(line.title)}:{voice.say(Text('没有可显示的数', 'no number to show'))}")
            continue
        first, last = shown.iloc[0], shown.iloc[-1]
        parts.append(f"{_point_words(line, first, voice)} → {_point_words(line, last, voice)}")
    return f"{sentence}。{';'.join(parts)}。" if voice.is_chinese else f"{sentence}. {'; '.join(parts)}."
