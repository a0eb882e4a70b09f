"""Until when a rule stands, of what somebody typed or chose."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from app.core import times
from app.errors import ValueRefused

CHOICES = ("never", "1d", "1w", "1m", "1y")
"""What a page offers; a date may be given too."""
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_SPAN = re.compile(r"(\d{1,3}) ?([dwmy])[a-z]*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")

REFUSALS = {
    "no-time": (
        "That is neither a span of time nor a date.",
        "Write never, 1d, 2w, 3m or 1y, or a date such as 2027-01-31.",
    ),
    "past": ("It would be over already.", "Choose a day that is still to come."),
}


def expires_at(written: str, now: datetime, zone: tzinfo = UTC) -> str:
    """When the rule is over: RFC 3339, UTC, with milliseconds; empty for never.

    Args:
        written: never or empty; a number of days, weeks, months (of 30 days) or years (of 365); or the last day on
            which it stands.
        now: with its zone.
        zone: whose midnight ends a day.

    >>> now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    >>> expires_at("2w", now), expires_at("2026-11-30", now), expires_at("never", now)
    ('2026-12-14T12:00:00.000Z', '2026-12-01T00:00:00.000Z', '')

    Raises:
        ValueRefused: it is none of these, or in the past.
    """
    wanted = written.strip().lower()
    if wanted in ("", "never"):
        return ""
    span = _SPAN.fullmatch(wanted)
    try:
        if span:
            end = now + timedelta(days=int(span[1]) * _DAYS[span[2]])
        elif _DATE.fullmatch(wanted):
            end = datetime.combine(date.fromisoformat(wanted) + timedelta(days=1), time(), zone)
        else:
            raise ValueError(wanted)
        text = times.written(end)
    except (ValueError, OverflowError):
        raise ValueRefused(written, *REFUSALS["no-time"]) from None
    if end <= now:
        raise ValueRefused(written, *REFUSALS["past"])
    return text
