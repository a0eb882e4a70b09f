"""Whether scores still mean what they meant: how they are spread, and what people decided, week by week.

Decided comments are no sample of all comments: people look at what was held, and at what readers complain of. So the
error and the calibration are of decided comments alone; what they are good for is one week beside another.
"""

from collections.abc import Iterable, Sequence
from math import log, pi, sqrt
from typing import Literal, NamedTuple

from app.core.threshold_goals import Interval, wilson

EDGES = (0.01, 0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 0.99)
"""Where bins of scores part: about evenly in log-odds, for most scores are near 0 or 1. A score on an edge is above."""
BINS = len(EDGES) + 1
WEEKS = 9
"""This week and the eight before it; weeks of 7 times 24 hours, the newest of which ends now."""
LEAST_SCORES = 200
"""Of this week, and of those before: with fewer, chance alone gives an index of 0.1."""
LEAST_DECIDED = 30
"""Of a week, before anything is said about calibration."""
_SOME, _MUCH = 0.1, 0.25
"""The usual reading of a population stability index: below the first nothing has changed, from the second on much."""
_EMPTY = 0.5
"""What is added to each bin, so that one that was empty gives a number and not infinity."""

Reading = Literal["few", "steady", "some", "much"]
READINGS: dict[Reading, str] = {
    "few": "Too few scores to tell whether they are spread otherwise than before.",
    "steady": "The scores of the last 7 days are spread as in the eight weeks before.",
    "some": "The scores of the last 7 days are spread somewhat otherwise than in the eight weeks before.",
    "much": "The scores of the last 7 days are spread quite otherwise than in the eight weeks before.",
}
"""What a reading says, also to be translated."""
NO_SAMPLE = (
    "Decided comments are no random sample: people look at what was held and at what readers report. Compare weeks "
    "with each other, not with a model's card. Intervals: 95 %."
)
"""What is said wherever these numbers are shown."""


class Cell(NamedTuple):
    """Comments of one week and one bin that got the same answer and the same decision; their score decided."""

    week: int
    """0 is this week."""
    bin: int
    """From 0, see EDGES."""
    is_flagged: bool
    """Held or worse."""
    label: str | None
    comments: int
    scores: float
    """Their sum."""


class Drift(NamedTuple):
    """This week's scores beside those of the weeks before."""

    this_week: tuple[int, ...]
    """Comments by bin."""
    before: tuple[int, ...]
    stability: float | None
    """The population stability index; None when there are too few scores."""
    by_chance: float | None
    """What it would be on average if nothing had changed, for so few scores."""
    reading: Reading
    """What is beyond chance: steady below 0.1, much from 0.25 on."""


class Week(NamedTuple):
    """What people decided on the comments of a week; each share with its interval of 95 %."""

    comments: int
    decided: int
    wrong: int
    """Decided otherwise than Winnow had answered: published and spam, or held or worse and not spam."""
    error: Interval
    """Where the share of `wrong` lies."""
    spam: int
    """Decided to be spam."""
    spam_share: Interval
    mean_score: float | None
    """Of the decided comments; None without any. Scores are calibrated when it is their share of spam."""
    calibration_error: float | None
    """Over the bins, how far the mean score is from the share of spam; None when too few are decided."""
    by_chance: float | None
    """What it would be on average if the scores were calibrated, for so few decisions."""


def drift(cells: Iterable[Cell]) -> Drift:
    """How far this week's scores are spread otherwise than before.

    >>> steady = [Cell(week, bin, False, None, 100, 0.0) for week in range(WEEKS) for bin in range(BINS)]
    >>> drift(steady).reading, round(drift(steady).stability, 3)
    ('steady', 0.0)
    >>> drift([*steady, Cell(0, 9, True, None, 3_000, 2_990.0)]).reading, drift([]).reading
    ('much', 'few')
    """
    counted = [[0] * BINS, [0] * BINS]
    for cell in cells:
        counted[cell.week > 0][cell.bin] += cell.comments
    this_week, before = (tuple(each) for each in counted)
    if min(sum(this_week), sum(before)) < LEAST_SCORES:
        return Drift(this_week, before, None, None, "few")
    index = stability_index(this_week, before)
    by_chance = (BINS - 1) * (1 / sum(this_week) + 1 / sum(before))
    beyond = index - by_chance
    return Drift(
        this_week, before, index, by_chance, "steady" if beyond < _SOME else "some" if beyond < _MUCH else "much"
    )


def stability_index(counts: Sequence[int], reference: Sequence[int]) -> float:
    """The population stability index of two spreads over the same bins; 0.0 when both are the same.

    The sum of (p - q) * ln(p / q) over the bins, with half a comment added to each.

    >>> round(stability_index([50, 50], [90, 10]), 2), stability_index([0, 0], [0, 0])
    (0.85, 0.0)
    """
    shares = []
    for each in (counts, reference):
        total = sum(each) + _EMPTY * len(each)
        shares.append([(count + _EMPTY) / total for count in each])
    return float(sum((p - q) * log(p / q) for p, q in zip(*shares, strict=True)))


def weeks(cells: Iterable[Cell]) -> tuple[Week, ...]:
    """Every week, this one first.

    >>> seen, missed = Cell(0, 9, True, "spam", 30, 29.7), Cell(0, 0, False, "spam", 10, 0.0)
    >>> told = weeks([seen, missed, Cell(0, 5, True, None, 5, 3.0)])
    >>> told[0].comments, told[0].decided, told[0].wrong, round(told[0].calibration_error, 4), len(told)
    (45, 40, 10, 0.2575, 9)
    """
    of_weeks: list[list[Cell]] = [[] for _ in range(WEEKS)]
    for cell in cells:
        of_weeks[cell.week].append(cell)
    return tuple(_week(each) for each in of_weeks)


def _week(cells: Sequence[Cell]) -> Week:
    told = [cell for cell in cells if cell.label]
    decided = sum(cell.comments for cell in told)
    wrong = sum(cell.comments for cell in told if cell.is_flagged != (cell.label == "spam"))
    spam = sum(cell.comments for cell in told if cell.label == "spam")
    enough = decided >= LEAST_DECIDED
    bins = [_bin([cell for cell in told if cell.bin == number]) for number in range(BINS)] if enough else []
    return Week(
        comments=sum(cell.comments for cell in cells),
        decided=decided,
        wrong=wrong,
        error=wilson(wrong, decided),
        spam=spam,
        spam_share=wilson(spam, decided),
        mean_score=sum(cell.scores for cell in told) / decided if decided else None,
        calibration_error=sum(apart for apart, _ in bins) / decided if enough else None,
        by_chance=sum(by_chance for _, by_chance in bins) / decided if enough else None,
    )


def _bin(cells: Sequence[Cell]) -> tuple[float, float]:
    """How many spam comments a bin has more or fewer than its scores say, and how many of that is chance on average."""
    comments = sum(cell.comments for cell in cells)
    if not comments:
        return 0.0, 0.0
    said = sum(cell.scores for cell in cells)
    spam = sum(cell.comments for cell in cells if cell.label == "spam")
    mean = min(1.0, said / comments)
    return abs(said - spam), sqrt(2 / pi * comments * mean * (1 - mean))  # the mean distance of a normal distribution
