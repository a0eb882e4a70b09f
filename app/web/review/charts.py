"""Values -> the geometry of a picture. Pure; templates/charts.html draws it as SVG.

The drawing is 360 units wide, about the pixels of a phone: there its letters are as small as they may be, and on a
larger screen everything grows. Time and scores run from left to right in every language.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from math import ceil, floor, sqrt
from typing import NamedTuple

from app.web.review.ticks import nice_ticks, number, root_ticks

WIDTH, HEIGHT = 360.0, 190.0
TOP, RIGHT, BOTTOM = 12.0, 8.0, 22.0
_LETTER = 6.4
"""Width of a digit at the size of the axes' letters, 11 units."""
_INSET = 7.0
"""So far from the ends of the axis lie the first and the last point of a line."""
_BESIDE = 2.4
"""Points of several lines at one place stand so far beside it, lest their spreads cover one another."""
_BAR_SHARE = 0.78
"""Of the place that a bar has; the rest is the gap."""

Say = Callable[[float], str]
"""How a value is written at its axis."""


class Series(NamedTuple):
    """What is drawn in one colour and pattern, with its values in order."""

    key: str
    """What charts.html draws it by: publish, hold, reject, discard, ham, spam, undecided, ..."""
    name: str
    """In the language of the page."""
    values: Sequence[float | None]
    """None where there is nothing to show; only of lines."""
    spread: Sequence[tuple[float, float] | None] = ()
    """Of lines: within what each value truly lies."""


class Tick(NamedTuple):
    """A place on an axis, and what stands there."""

    at: float
    text: str


class Frame(NamedTuple):
    """The drawing and, in it, the area between the axes."""

    left: float
    x: tuple[Tick, ...]
    y: tuple[Tick, ...]
    width: float = WIDTH
    height: float = HEIGHT
    top: float = TOP
    right: float = WIDTH - RIGHT
    bottom: float = HEIGHT - BOTTOM


class Bar(NamedTuple):
    """A rectangle; `text` is shown where the pointer rests."""

    key: str
    x: float
    y: float
    width: float
    height: float
    text: str


class Mark(NamedTuple):
    """A value on a line, and how far it may truly be above or below."""

    x: float
    y: float
    high: float | None
    low: float | None
    text: str


class Line(NamedTuple):
    """A series as a line, which is broken where there is nothing to show."""

    key: str
    pieces: tuple[str, ...]
    """Each is what `points` of an SVG polyline takes."""
    marks: tuple[Mark, ...]


class Flag(NamedTuple):
    """A vertical line with words at its top, such as a threshold."""

    x: float
    text: str
    anchor: str
    """start or end: on which side of the line the words stand."""
    row: int
    """From 0; flags close together write below one another."""


class Chart(NamedTuple):
    """Everything there is to draw, and what the patterns mean."""

    frame: Frame
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = ()
    flags: tuple[Flag, ...] = ()
    legend: tuple[tuple[str, str], ...] = ()
    """Key and name of each series, in the order in which they are drawn."""


def stacked(
    labels: Sequence[str], series: Sequence[Series], say: Say = number, axis: Sequence[str] | None = None
) -> Chart:
    """Bars side by side, one a label, each of its series upon one another.

    Args:
        labels: of the bars.
        series: their values.
        say: how a value is written.
        axis: what stands below the bars, empty where nothing does; without it as many of the labels as there is room.
    """
    sums = [sum(each.values[place] or 0 for each in series) for place in range(len(labels))]
    ticks = nice_ticks(max(sums, default=0))
    frame = _frame(ticks, lambda value: value / ticks[-1], say)
    band = (frame.right - frame.left) / max(1, len(labels))
    places = [_two(frame.left + band * (place + 0.5)) for place in range(len(labels))]
    below_bars = [Tick(*tick) for tick in zip(places, axis, strict=True) if tick[1]] if axis else None
    frame = frame._replace(x=_thinned(frame, places, labels) if below_bars is None else tuple(below_bars))
    bars: list[Bar] = []
    for place, label in enumerate(labels):
        below = 0.0
        for each in series:
            value = each.values[place] or 0
            bars += _bar(
                frame, each, band, place, (below, below + value / ticks[-1]), f"{label}: {each.name} {say(value)}"
            )
            below += value / ticks[-1]
    return Chart(frame, bars=tuple(bars), legend=_legend(series))


def histogram(series: Sequence[Series], thresholds: Sequence[tuple[float, str]], say: Say = number) -> Chart:
    """How often scores of 0 to 1 are there, in as many bins as the series have values.

    A bar's height follows the square root of what is in it, so that the few between the many at both ends are seen; of
    a bar's height each series has its true share.
    """
    bins = len(series[0].values)
    sums = [sum(each.values[place] or 0 for each in series) for place in range(bins)]
    ticks = root_ticks(max(sums, default=0))
    frame = _frame(ticks, lambda value: sqrt(value / ticks[-1]), say)
    width = frame.right - frame.left
    ends = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    frame = frame._replace(x=tuple(Tick(_two(frame.left + width * end), f"{end:g}") for end in ends))
    bars: list[Bar] = []
    for place, total in enumerate(sums):
        below = 0.0
        for each in series:
            part = (each.values[place] or 0) / total * sqrt(total / ticks[-1]) if total else 0.0
            text = f"{place / bins:.2f}–{(place + 1) / bins:.2f}: {each.name} {say(each.values[place] or 0)}"
            bars += _bar(frame, each, width / bins, place, (below, below + part), text)
            below += part
    return Chart(frame, bars=tuple(bars), flags=_flags(frame, thresholds), legend=_legend(series))


def lines(
    labels: Sequence[str],
    series: Sequence[Series],
    say: Say,
    most: float,
    flags: Sequence[tuple[float, str]] = (),
) -> Chart:
    """Values as lines, from 0 to `most`; what is above runs out of the picture.

    Args:
        labels: of the places along the axis.
        series: their values, perhaps with spreads.
        say: how a value is written.
        most: what the highest tick is not below.
        flags: vertical lines, each at a share of the axis from 0.0 to 1.0.
    """
    has_spreads = any(each.spread for each in series)
    inset, beside = (_INSET, 2 * _BESIDE) if has_spreads else (0.0, 0.0)
    ticks = nice_ticks(most, whole=False)
    frame = _frame(ticks, lambda value: value / ticks[-1], say)
    room = frame.right - frame.left - 2 * inset
    gap = room / (len(labels) - 1) if len(labels) > 1 else 0.0
    places = [frame.left + inset + (gap * place if gap else room / 2) for place in range(len(labels))]
    frame = frame._replace(x=_thinned(frame, places, labels))
    drawn = []
    for number_of, each in enumerate(series):
        aside = beside * (number_of - (len(series) - 1) / 2)
        drawn.append(_line(frame, each, [_two(x + aside) for x in places], labels, say, ticks[-1]))
    return Chart(frame, lines=tuple(drawn), flags=_flags(frame, flags), legend=_legend(series))


def _frame(ticks: Sequence[float], share: Callable[[float], float], say: Say) -> Frame:
    texts = [say(tick) for tick in ticks]
    left = _two(8 + _LETTER * max(map(len, texts)))
    empty = Frame(left, (), ())
    height = empty.bottom - empty.top
    return empty._replace(
        y=tuple(Tick(_two(empty.bottom - height * share(tick)), text) for tick, text in zip(ticks, texts, strict=True))
    )


def _thinned(frame: Frame, places: Sequence[float], labels: Sequence[str]) -> tuple[Tick, ...]:
    """Every n-th label, so that none touches the next; the last ones count, for the newest is at the right."""
    if not labels:
        return ()
    room = _LETTER * max(map(len, labels)) + 8
    fit = max(1, floor((frame.right - frame.left) / room))
    every = ceil(len(labels) / fit)
    return tuple(
        Tick(_two(place), label)
        for number_from_end, (place, label) in enumerate(zip(reversed(places), reversed(labels), strict=True))
        if number_from_end % every == 0
    )[::-1]


def _bar(
    frame: Frame, series: Series, band: float, place: int, reach: tuple[float, float], text: str
) -> tuple[Bar, ...]:
    """One bar, from and to shares of the height; nothing where there is nothing."""
    low, high = (frame.bottom - (frame.bottom - frame.top) * share for share in reach)
    if low - high <= 0:
        return ()
    x = frame.left + band * (place + (1 - _BAR_SHARE) / 2)
    return (Bar(series.key, _two(x), _two(high), _two(band * _BAR_SHARE), _two(low - high), text),)


def _line(frame: Frame, series: Series, places: Sequence[float], labels: Sequence[str], say: Say, top: float) -> Line:
    def y(value: float) -> float:
        return _two(frame.bottom - (frame.bottom - frame.top) * value / top)

    pieces, marks = [], []
    spread = series.spread or [None] * len(places)
    everything = list(zip(places, labels, series.values, spread, strict=True))
    for is_there, run in groupby(everything, lambda each: each[2] is not None):
        points = [(x, value, label, within) for x, label, value, within in run if value is not None]
        if is_there:
            pieces.append(" ".join(f"{x},{y(value)}" for x, value, _, _ in points))
        for x, value, label, within in points:
            low, high = (y(end) for end in within) if within else (None, None)
            marks.append(Mark(x, y(value), high, low, f"{label}: {series.name} {say(value)}"))
    return Line(series.key, tuple(pieces), tuple(marks))


def _flags(frame: Frame, thresholds: Sequence[tuple[float, str]]) -> tuple[Flag, ...]:
    """Words stand left of lines in the right half, else right of them; each a row below the one before."""
    return tuple(
        Flag(_two(frame.left + (frame.right - frame.left) * at), text, "end" if at > 0.5 else "start", row)
        for row, (at, text) in enumerate(sorted(thresholds))
    )


def _legend(series: Sequence[Series]) -> tuple[tuple[str, str], ...]:
    return tuple((each.key, each.name) for each in series)


def _two(value: float) -> float:
    return round(value, 2)
