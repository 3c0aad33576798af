"""Series over time. A gap is a gap: nothing is drawn through a period that was not published."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import pandas
import plotly.graph_objects as go

from charts.picture import Picture, spoken_whole
from charts.rows import Series
from charts.scope import SENTENCES, Voice
from charts.sentences import LEAPS, left_behind_words
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
    provisional_pattern,
    value_axis,
)
from charts.words import WITH_RANGE, amount_in_table, has_number, plotted, range_words, short_period, span_words, unit_of
from indicators.lattice import is_stock
from indicators.model import Break, Grain, Kind, Status, Text
from indicators.months import MONTHS_OF

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
STRIPED_PROVISIONAL = Text("横纹为初步数,会因补录增加。", "Striped: provisional, late entries may add to it.")
DASHED_PROVISIONAL = Text("虚线为初步数,会因补录增加。", "Dashed: provisional, late entries may add to it.")
SOME_LATE = Text("含最近的初步数,会因补录增加。", "Includes the latest, provisional months: late entries may add to it.")
SOME_MISSING = Text("空白处为未报送,不是0。", "Blank: not reported, not zero.")
CORRECTED = Text("零以下为累计数更正调减,不是当月发生数。", "Below zero: a running total corrected downwards, not what happened that month.")
RANGES = Text("细竖线为可能范围(95%)。", "Thin lines: 95% range.")
BAND = Text("浅色带为可能范围(95%)。", "Pale band: 95% range.")
BREAK_ROW = 16  # pixels above the plot for the words of one break
WHISKER = "#A3B4C4"
FEW_COLUMNS = 8
MOST_TICKS = 5  # period labels that fit under a column chart on a phone
UNDEFINED_MARK, UNSTABLE_MARK = Text("基数<br>太小", "base<br>too<br>small"), Text("数值不<br>稳定", "not<br>stable")  # a column wide
PROTECTED_MARK = Text("受<br>保<br>护", "protected")  # from top to bottom; what is not Chinese is turned
YEAR_TICKS = Text("%Y年", "%Y")
POINT = Text("{when} {title} {number}", "{when} {title} {number}")
PERIOD, TITLE_AND_UNIT = Text("时间", "Period"), Text("{title}({unit})", "{title} ({unit})")
NO_NUMBER, FROM_TO = Text("{title}:没有可显示的数", "{title}:no number to show"), Text("{first} → {last}", "{first} → {last}")


def status_note(voice: Voice, statuses: pandas.Series, *, told_apart: Text | None = None, protected: Text = SOME_PROTECTED) -> str:
    """Say what hatched, striped or dashed and blank mean, for those that occur.

    Args:
        voice: Release and language.
        statuses: Of every number shown.
        told_apart: How provisional parts are told apart; where they are not, it is said that the latest months may still grow.
        protected: What is said of protected parts.
    """
    present = set(statuses)
    notes = [
        words
        for status, words in (
            (Status.SUPPRESSED, protected),
            (Status.PROVISIONAL, told_apart or SOME_LATE),
            (Status.NOT_COLLECTED, SOME_MISSING),
        )
        if status in present
    ]
    return voice.join(SENTENCES, map(voice.say, notes))


def line_picture(lines: Sequence[Series], sentence: str) -> Picture:
    """Draw stocks, shares or rates, all of one grain and unit, as lines, named in a legend above; provisional ends are dashed."""
    voice, leading = lines[0].voice, lines[0]
    figure = base_figure(300, legend=len(lines) > 1, right=_room_for_labels(lines))
    scale = _scale(leading)
    skips = any(line.skips_periods for line in lines)
    has_band = len(lines) == 1 and not skips and _add_band(figure, leading, scale)
    for position, line in enumerate(lines):
        _add_line(figure, line, SERIES[position % len(SERIES)], scale)
    has_ranges = skips and len(lines) == 1 and _add_ranges(figure, leading, scale)
    if len(lines) == 1:
        _add_protected_bands(figure, leading)
    _mark_breaks(figure, _moments_of_breaks(lines), voice)
    first, last = leading.rows["last"].min() - pandas.Timedelta(days=20), leading.rows["last"].max() + pandas.Timedelta(days=60)
    ticks = {"tickformat": voice.say(YEAR_TICKS), "dtick": "M12", "tickfont": {"size": 12, "color": MUTED}}
    figure.update_xaxes(**name_axis(type="date", **ticks, range=[first, last]))
    figure.update_yaxes(**value_axis(ticksuffix="%" if scale == 100 else ""))
    statuses = pandas.concat([line.rows["status"] for line in lines])
    note = status_note(voice, statuses, told_apart=DASHED_PROVISIONAL, protected=SHADED_PROTECTED if len(lines) == 1 else GAP_PROTECTED)
    ranges = voice.say(BAND) if has_band else voice.say(RANGES) if has_ranges else ""
    leaps = [voice.say(LEAPS) if skips else "", *dict.fromkeys(left_behind_words(line) for line in lines)]
    return _picture(figure, lines, sentence, [ranges, *leaps, note])


def _scale(series: Series) -> int:
    return 100 if series.indicator.kind is Kind.SHARE else 1


def _picture(figure: go.Figure, lines: Sequence[Series], sentence: str, notes: Sequence[str]) -> Picture:
    voice = lines[0].voice
    alt = spoken_whole(voice, sentence, [_spoken_ends(line) for line in lines])
    return Picture(sentence, figure, alt, _table(lines), _as_of(lines[0]), voice.join(SENTENCES, notes))


def _add_band(figure: go.Figure, line: Series, scale: int) -> bool:
    """Draw the published interval of a share or rate as a pale band, never through a gap or a break; return whether there is any."""
    if line.indicator.kind not in {Kind.SHARE, Kind.RATE}:
        return False
    runs: list[list[pandas.Series]] = [[]]
    breaks = _first_after_breaks(line)
    for place, row in enumerate(line.each()):
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


def _room_for_labels(lines: Sequence[Series]) -> int:
    """Return how many pixels the numbers beside the last dots need; over a line that skips nothing they stand above it."""
    beside = [line for line in lines if line.skips_periods and line.numbered.any()]
    longest = max((len(line.said(line.rows[line.numbered].iloc[-1], unit=False)) for line in beside), default=0)
    return max(30, 20 + 9 * longest)


def _add_ranges(figure: go.Figure, line: Series, scale: int) -> bool:
    """Draw the published interval of a share or rate at each of its dots: between dots far apart there is none. Return whether there is any."""
    held = line.rows[line.numbered & line.rows["lower"].notna()]
    if line.indicator.kind not in {Kind.SHARE, Kind.RATE} or held.empty:
        return False
    x = [moment for at in held["last"] for moment in (at, at, None)]
    y = [bound for _, row in held.iterrows() for bound in (row["lower"] * scale, row["upper"] * scale, None)]
    figure.add_trace(go.Scatter(x=x, y=y, mode="lines", line={"color": WHISKER, "width": 1}, hoverinfo="skip", showlegend=False))
    return True


def _add_line(figure: go.Figure, line: Series, colour: str, scale: int) -> None:
    shown = line.rows.assign(
        y=[value * scale if has_number(status) else None for value, status in zip(line.rows["value"], line.rows["status"], strict=True)],
        words=[_with_range(line, row) for row in line.each()],
    )
    for place in sorted(_first_after_breaks(line), reverse=True):  # an empty point, through which nothing is drawn
        gap = shown.iloc[[place]].assign(last=_between(line.rows["last"], place), y=None, status=Status.NOT_COLLECTED, words="")
        shown = pandas.concat([shown.iloc[:place], gap, shown.iloc[place:]], ignore_index=True)
    final = [None if status == Status.PROVISIONAL else y for y, status in zip(shown["y"], shown["status"], strict=True)]
    spoken = list(shown["words"])
    is_dense = len(shown) > 14 and not line.skips_periods
    figure.add_trace(
        go.Scatter(
            x=shown["last"],
            y=final,
            mode="lines+markers",
            name=line.voice.say(line.indicator.title),
            line={"color": colour, "width": 1 if line.skips_periods else 2.5},
            marker={"size": 3 if is_dense else 7, "color": colour},
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
            text=[f"<b>{line.said(end, unit=False)}</b>"],
            textposition="middle right" if line.skips_periods else "top center",
            textfont={"size": 14, "color": colour},
            showlegend=False,
            hoverinfo="skip",
            cliponaxis=False,
        )
    )


def _point_words(line: Series, row: pandas.Series) -> str:
    return line.voice.say(POINT, when=line.when(row), title=line.indicator.title, number=line.said(row))


def _with_range(line: Series, row: pandas.Series) -> str:
    """Say a point and, where its number is final and has one, its range."""
    said, scale = _point_words(line, row), _scale(line)
    if row["status"] != Status.OBSERVED or pandas.isna(row["lower"]):
        return said
    between = range_words(line.voice, row["lower"] * scale, row["upper"] * scale, 0 if line.indicator.kind is Kind.EVENTS else 1)
    return line.voice.say(WITH_RANGE, said=said, between=between)


def _add_protected_bands(figure: go.Figure, line: Series) -> None:
    """Mark runs of protected periods over the whole height, so that the mark has no height to read."""
    moments = list(line.rows["last"])
    half = pandas.Timedelta(days=15 * MONTHS_OF[line.grain or Grain.MONTH])
    is_hidden = list(line.rows["status"] == Status.SUPPRESSED)
    for hidden, run in groupby(range(len(moments)), key=is_hidden.__getitem__):
        places = list(run)
        if not hidden:
            continue
        begin, end = moments[places[0]], moments[places[-1]]
        figure.add_vrect(x0=begin - half, x1=end + half, fillcolor=PROTECTED_PAPER, line_width=0, layer="below")
        figure.add_annotation(
            x=begin + (end - begin) / 2,
            y=0.5,
            yref="paper",
            text=line.voice.say(PROTECTED_MARK),
            textangle=0 if line.voice.is_chinese else -90,
            showarrow=False,
            font={"size": 11, "color": PROTECTED},
        )


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


def _moments_of_breaks(lines: Sequence[Series]) -> list[tuple[pandas.Timestamp, float, Break]]:
    """Return where lines are broken: the moment, how far along the axis it is (0 to 1), and the break."""
    found = {}
    for line in lines:
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


def column_picture(line: Series, sentence: str) -> Picture:
    """Draw events of periods as columns, their ranges in the words of each; provisional columns are striped, protected ones hatched stubs."""
    voice, rows, numbered, places = line.voice, line.rows, line.numbered, range(len(line.rows))
    spoken = [_with_range(line, row) for row in line.each()]
    figure, scale, shown = base_figure(280), _scale(line), line.rows[line.numbered]
    late = rows["status"] == Status.PROVISIONAL
    top = float(shown["value"].max()) * scale if not shown.empty else 1.0
    for is_late in (False, True):
        chosen = [place for place in places if numbered.iloc[place] and bool(late.iloc[place]) is is_late]
        if chosen:
            figure.add_trace(_columns(line, chosen, [spoken[place] for place in chosen], scale, is_late=is_late))
    _add_unnumbered(figure, line, spoken, max(top, 1.0) * 0.12)
    step = max(1, -(-len(places) // MOST_TICKS))
    ticks = list(places)[::-step][::-1]
    labels = [short_period(voice, line.indicator, rows["period"].iloc[place], rows["grain"].iloc[place]) for place in ticks]
    width = [-0.7, len(places) - 0.3]
    figure.update_xaxes(**name_axis(tickvals=ticks, ticktext=labels, range=width, tickangle=0, tickfont={"size": 11, "color": MUTED}))
    below = min(float(shown["value"].min()), 0.0) if not shown.empty else 0.0
    figure.update_yaxes(
        **value_axis(
            range=[below * 1.12, max(top, 1.0) * 1.12],
            ticksuffix="%" if scale == 100 else "",
            dtick=1 if top - below <= 5 and scale == 1 else None,
        )
    )
    _mark_breaks(figure, _places_of_breaks(line), voice)
    remarks = (voice.say(CORRECTED) if below < 0 else "", status_note(voice, rows["status"], told_apart=STRIPED_PROVISIONAL))
    return _picture(figure, [line], sentence, remarks)


def _add_unnumbered(figure: go.Figure, line: Series, spoken: Sequence[str], stub: float) -> None:
    """Mark the periods without a number: protected ones by a stub of one height, others by the word why."""
    statuses = line.rows["status"]
    hidden = [place for place, status in enumerate(statuses) if status == Status.SUPPRESSED]
    if hidden:
        figure.add_trace(
            go.Bar(
                x=hidden,
                y=[stub] * len(hidden),
                marker={"color": PROTECTED_PAPER, "pattern": protected_pattern(), "line": {"width": 0}},
                hovertemplate="%{customdata}<extra></extra>",
                customdata=[spoken[place] for place in hidden],
            )
        )
    mark = line.voice.say(UNSTABLE_MARK if line.indicator.kind is Kind.RATE else UNDEFINED_MARK)
    for place, status in enumerate(statuses):
        if status == Status.UNDEFINED:
            figure.add_annotation(x=place, y=0, text=mark, yanchor="bottom", showarrow=False, font={"size": 10, "color": PROTECTED})


def _columns(line: Series, places: list[int], spoken: list[str], scale: int, *, is_late: bool) -> go.Bar:
    rows, few = line.rows.iloc[places], len(line.rows) <= FEW_COLUMNS
    late = {"pattern": provisional_pattern()} if is_late else {}
    return go.Bar(
        x=places,
        y=rows["value"] * scale,
        marker={"color": PALE_BLUE if is_late else BLUE, "line": {"width": 0}, **late},
        text=[line.said(row, unit=False) for _, row in rows.iterrows()] if few else None,
        textposition="inside",
        insidetextanchor="start",
        textangle=0,
        textfont={"size": 13, "color": INK if is_late else "#FFFFFF"},
        customdata=spoken,
        hovertemplate="%{customdata}<extra></extra>",
    )


def _as_of(line: Series) -> str:
    if line.grain is Grain.MONTH and not is_stock(line.indicator):
        return span_words(line.voice, line.rows["last"].iloc[0], line.rows["last"].iloc[-1])
    return line.when(line.rows.iloc[-1])


def _table(lines: Sequence[Series]) -> pandas.DataFrame:
    voice = lines[0].voice
    columns: dict[str, dict[pandas.Timestamp, str]] = {}
    names: dict[pandas.Timestamp, str] = {}
    for line in lines:
        title = voice.say(TITLE_AND_UNIT, title=line.indicator.title, unit=unit_of(voice, line.indicator))
        columns[title] = {row["last"]: amount_in_table(voice, line.indicator, row) for row in line.each()}
        names.update({row["last"]: line.when(row) for row in line.each()})
    moments = sorted(names, reverse=True)
    written = {title: [held.get(moment, "—") for moment in moments] for title, held in columns.items()}
    return pandas.DataFrame({voice.say(PERIOD): [names[moment] for moment in moments], **written})


def _spoken_ends(line: Series) -> str:
    """Say the first and the last number of a line."""
    shown = line.rows[line.numbered]
    if shown.empty:
        return line.voice.say(NO_NUMBER, title=line.indicator.title)
    return line.voice.say(FROM_TO, first=_point_words(line, shown.iloc[0]), last=_point_words(line, shown.iloc[-1]))
