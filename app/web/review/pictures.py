"""What the statistics show: each picture with its sentence and, beside it, its numbers as a table."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from app.core.comment import Thresholds
from app.core.showing import percent
from app.core.threshold_goals import Counted, wilson
from app.store.statistics import ACTIONS, Period, Waiting, histogram
from app.web.review import charts
from app.web.review.charts import Chart, Series
from app.web.review.session import Visit
from app.web.review.ticks import number
from app.web.review.windows import Window

BINS = 20
"""Bars of the histogram: a twentieth of probability each."""
ENOUGH = 20
"""A week with fewer decisions does not stretch the scale of mistakes: 1 of 2 is somewhere from 9 to 91 %."""
MOST_POINTS = 27
"""Of half a year; more points with their spreads cannot be told apart on a phone."""
AGES = (timedelta(hours=1), timedelta(days=1), timedelta(days=7))
"""Where the ages of what waits part."""


class Table(NamedTuple):
    """Numbers, as texts."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """The first text of each heads its row."""


class Picture(NamedTuple):
    """A chart, said in words and in numbers too."""

    name: str
    """Of its elements' ids."""
    title: str
    summary: str
    """What it shows, for who does not see it."""
    chart: Chart
    table: Table


def action_names(visit: Visit) -> dict[str, str]:
    """What each action is called where comments are counted."""
    said = (visit.say("Published"), visit.say("Held"), visit.say("Rejected"), visit.say("Discarded"))
    return dict(zip(ACTIONS, said, strict=True))


def volume(visit: Visit, window: Window, periods: Sequence[Period]) -> Picture:
    """How many comments came in, and what was done with them."""
    names = action_names(visit)
    series = [Series(action, names[action], [each.actions[n] for each in periods]) for n, action in enumerate(ACTIONS)]
    days = [day.isoformat() for day in window.first_days]
    busiest = max(range(len(periods)), key=lambda place: periods[place].comments)
    total = sum(each.comments for each in periods)
    told = {"total": number(total), "most": number(periods[busiest].comments), "day": days[busiest]}
    if window.is_by_week:
        title, first = visit.say("Comments by week"), visit.say("Week from")
        summary = visit.say("%(total)s comments; the most in a week, %(most)s, in that from %(day)s.", **told)
    else:
        title, first = visit.say("Comments by day"), visit.say("Day")
        summary = visit.say("%(total)s comments; the most in a day, %(most)s, on %(day)s.", **told)
    rows = tuple(
        (day, *(number(comments) for comments in each.actions), number(each.comments))
        for day, each in zip(days, periods, strict=True)
    )
    table = Table((first, *names.values(), visit.say("Together")), rows)
    return Picture("volume", title, summary, charts.stacked(window.labels, series), table)


def mistakes(visit: Visit, weeks: Sequence[tuple[date, Period]]) -> Picture:
    """How much of what was held was no spam, and how much of the spam was published, by week."""
    drawn = weeks if len(weeks) <= MOST_POINTS else _fours(weeks)
    periods = [period for _, period in drawn]
    held = _shares(visit.say("Wrongly held back"), "held", [(each.false_positives, each.flagged) for each in periods])
    missed = _shares(visit.say("Spam published"), "missed", [(each.missed, each.spam) for each in periods])
    sure = [wilson(*counts).high for each in periods for counts in _counted(each) if counts[1] >= ENOUGH]
    chart = charts.lines([day.strftime("%m-%d") for day, _ in drawn], (held, missed), percent, max(sure, default=1.0))
    together = sum(periods[1:], periods[0])
    summary = visit.say(
        "Of %(flagged)s decided comments that had been held back, %(wrong)s were not spam; of %(spam)s decided to be "
        "spam, %(missed)s had been published.",
        flagged=number(together.flagged),
        wrong=number(together.false_positives),
        spam=number(together.spam),
        missed=number(together.missed),
    )
    columns = (visit.say("Week from"), visit.say("Decided"), held.name, missed.name)
    rows = tuple(
        (day.isoformat(), number(each.decided), *(share_of(visit, *counts) for counts in _counted(each)))
        for day, each in weeks
    )
    title = visit.say("Mistakes by week") if drawn is weeks else visit.say("Mistakes by four weeks")
    return Picture("mistakes", title, summary, chart, Table(columns, rows))


def _fours(weeks: Sequence[tuple[date, Period]]) -> list[tuple[date, Period]]:
    """Four weeks in one, counted from the newest on, for what would be too crowded to read."""
    starts = range(len(weeks) % 4 - 4 if len(weeks) % 4 else 0, len(weeks), 4)
    groups = [weeks[max(0, start) : start + 4] for start in starts]
    return [(group[0][0], sum((each for _, each in group[1:]), group[0][1])) for group in groups]


def _counted(period: Period) -> tuple[tuple[int, int], tuple[int, int]]:
    return (period.false_positives, period.flagged), (period.missed, period.spam)


def _shares(name: str, key: str, counts: Sequence[tuple[int, int]]) -> Series:
    values = [hits / of if of else None for hits, of in counts]
    return Series(key, name, values, [wilson(hits, of) if of else None for hits, of in counts])


def share_of(visit: Visit, hits: int, of: int) -> str:
    """Such as `3 of 120: 2.5 % (0.85 % to 7 %)`."""
    if not of:
        return "–"
    return visit.say("%(hits)s of %(of)s: %(share)s", hits=number(hits), of=number(of), share=within(visit, hits, of))


def within(visit: Visit, hits: int, of: int) -> str:
    """A share with the interval in which it lies with 95 %, such as `2.5 % (0.85 % to 7 %)`."""
    low, high = wilson(hits, of)
    values = {"share": percent(hits / of), "low": percent(low), "high": percent(high)}
    return visit.say("%(share)s (%(low)s to %(high)s)", **values)


def queue(visit: Visit, waiting: Waiting) -> Picture:
    """For how long what waits has been waiting."""
    ages = (visit.say("< 1 hour"), visit.say("< 1 day"), visit.say("< 1 week"), visit.say("older"))
    names = (visit.say("Held"), visit.say("Reported by the CMS"))
    series = [Series("hold", names[0], waiting.held), Series("reported", names[1], waiting.reported)]
    summary = visit.saying("%(n)s comment waits.", "%(n)s comments wait.", waiting.comments)
    rows = tuple(
        (age, number(held), number(reported))
        for age, held, reported in zip(ages, waiting.held, waiting.reported, strict=True)
    )
    table = Table((visit.say("Waiting"), *names), rows)
    return Picture("queue", visit.say("The queue by age"), summary, charts.stacked(ages, series), table)


def hours(visit: Visit, counted: Sequence[int]) -> Picture:
    """At which hours of the day moderators decide."""
    labels = [f"{hour:02}" for hour in range(24)]
    name = visit.say("Decisions")
    busiest = max(range(24), key=lambda hour: counted[hour])
    summary = visit.say(
        "%(total)s decisions, the most, %(most)s, from %(hour)s:00 on.",
        total=number(sum(counted)),
        most=number(counted[busiest]),
        hour=labels[busiest],
    )
    rows = tuple((f"{hour}:00", number(decisions)) for hour, decisions in zip(labels, counted, strict=True))
    axis = [label if hour % 3 == 0 else "" for hour, label in enumerate(labels)]
    chart = charts.stacked(labels, [Series("decisions", name, counted)], axis=axis)
    return Picture(
        "hours", visit.say("Decisions by hour of the day"), summary, chart, Table((visit.say("From"), name), rows)
    )


def scores(visit: Visit, scored: Sequence[Counted], stands: Thresholds | None) -> Picture:
    """How the scores are spread, and what became of the comments; with the thresholds where there is one site."""
    labels = {
        "ham": visit.say("Decided: not spam"),
        "spam": visit.say("Decided: spam"),
        "undecided": visit.say("Undecided"),
    }
    series = [
        Series(key, name, histogram([(e.score, e.comments) for e in scored if (e.label or "undecided") == key], BINS))
        for key, name in labels.items()
    ]
    flags = flags_of(visit, stands)
    total = sum(each.comments for each in scored)
    unsure = sum(each.comments for each in scored if 0.2 <= each.score < 0.8)
    summary = visit.say(
        "%(total)s scores; %(unsure)s of them lie from 0.2 to 0.8, where the model is in doubt.",
        total=number(total),
        unsure=number(unsure),
    )
    rows = tuple(
        (f"{place / BINS:.2f}–{(place + 1) / BINS:.2f}", *(number(each.values[place] or 0) for each in series))
        for place in range(BINS)
    )
    table = Table((visit.say("Score"), *labels.values()), rows)
    return Picture("scores", visit.say("Scores"), summary, charts.histogram(series, flags), table)


def flags_of(visit: Visit, stands: Thresholds | None) -> list[tuple[float, str]]:
    """The thresholds as lines across a picture of scores."""
    if stands is None:
        return []
    names = (
        (stands.hold, visit.say("hold")),
        (stands.reject, visit.say("reject")),
        (stands.discard, visit.say("discard")),
    )
    return [(at, f"{name} {at:g}") for at, name in names]
