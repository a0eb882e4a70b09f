"""Moments as text: RFC 3339, UTC, with milliseconds. Of two such texts the later moment is the greater text."""

from datetime import UTC, datetime, timedelta

SKEW = timedelta(hours=1)
"""What ends by so much later than it could, had it begun now, was begun before the clock was set back. Less is no sign:
of two processes one may have looked at the clock first and written last."""


def written(moment: datetime) -> str:
    """A moment that knows its time zone, as text.

    >>> written(datetime(2026, 12, 1, 10, tzinfo=UTC))
    '2026-12-01T10:00:00.000Z'
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shifted(at: str, by: timedelta) -> str:
    """A moment earlier or later.

    >>> shifted("2026-11-30T23:59:30.250Z", timedelta(minutes=1))
    '2026-12-01T00:00:30.250Z'
    """
    return written(datetime.fromisoformat(at) + by)
