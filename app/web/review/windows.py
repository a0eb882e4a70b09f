"""The stretches of time that the statistics show, cut at midnights of the moderator's zone."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.core.times import written
from app.store.statistics import Period, Span

WINDOWS = (7, 30, 90, 365)
"""Days that can be chosen."""
DEFAULT_DAYS = 30
_BY_WEEK_FROM = 90


class Window(NamedTuple):
    """The last so many days, in pieces."""

    days: int
    spans: tuple[Span, ...]
    """Days, or weeks from Monday on; the first ones of 90 and 365 days are whole weeks too."""
    first_days: tuple[date, ...]
    """The day on which each span begins."""
    is_by_week: bool

    @property
    def since(self) -> str:
        """RFC 3339: the beginning of the first span."""
        return self.spans[0].since

    @property
    def labels(self) -> tuple[str, ...]:
        """Month and day on which each span begins, for an axis."""
        return tuple(day.strftime("%m-%d") for day in self.first_days)

    def by_week(self, periods: Sequence[Period]) -> tuple[tuple[date, Period], ...]:
        """Periods of the spans added up to weeks, each with its first day in the window."""
        weeks: dict[date, tuple[date, Period]] = {}
        for day, period in zip(self.first_days, periods, strict=True):
            monday = _monday(day)
            first, so_far = weeks.get(monday, (day, None))
            weeks[monday] = (first, so_far + period if so_far else period)
        return tuple(weeks.values())


def window_of(now: str, days: int, zone: tzinfo) -> Window:
    """The window that ends with the day on which `now` is in that zone.

    >>> window = window_of("2026-11-30T23:30:00.000Z", 7, ZoneInfo("Europe/Bratislava"))
    >>> window.first_days[0].isoformat(), window.first_days[-1].isoformat(), window.spans[-1].since
    ('2026-11-25', '2026-12-01', '2026-11-30T23:00:00.000Z')
    """
    today = datetime.fromisoformat(now).astimezone(zone).date()
    is_by_week = days >= _BY_WEEK_FROM
    step = timedelta(days=7 if is_by_week else 1)
    day = today - timedelta(days=days - 1)
    if is_by_week:
        day = _monday(day)
    first_days = []
    while day <= today:
        first_days.append(day)
        day += step
    spans = tuple(Span(_midnight(first, zone), _midnight(first + step, zone)) for first in first_days)
    return Window(days, spans, tuple(first_days), is_by_week)


def zone_of(name: str) -> tzinfo:
    """The time zone of that IANA name; UTC where there is none such.

    >>> zone_of("Mars/Olympus")
    datetime.timezone.utc
    """
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _midnight(day: date, zone: tzinfo) -> str:
    return written(datetime.combine(day, time(), zone))
