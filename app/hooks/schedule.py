"""What an answer means for a message: delivered, to be tried again, given up. Clock and dice are arguments."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from app.core.times import written
from app.hooks.sending import Answer
from app.store.outbox import Attempt

RETRIES_S: tuple[float, ...] = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Waits after the first attempt, the second, ...: 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 hours; 3 days in all."""
JITTER = 0.2
"""A wait is up to this much longer or shorter, so that receivers that were down together are not called together."""
MAX_RETRY_AFTER_S = 86_400.0
GONE = 410
_PATIENCE = (429, 503)
"""Answers whose Retry-After counts."""


def attempt_of(answer: Answer, attempts: int, now: datetime, retries_s: Sequence[float], dice: float) -> Attempt:
    """What to write down about an attempt.

    Args:
        answer: how it went.
        attempts: how many there were, this one included.
        now: when it ended; UTC.
        retries_s: the waits in seconds; once they are used up the message is given up.
        dice: 0.0 to 1.0, which spreads the waits.

    >>> now = datetime(2026, 12, 1, 10, tzinfo=UTC)
    >>> attempt_of(Answer(500, "It answered 500."), 2, now, RETRIES_S, 0.5).next_at
    '2026-12-01T10:05:00.000Z'
    >>> attempt_of(Answer(503, "It answered 503.", "3600"), 1, now, RETRIES_S, 0.5).next_at
    '2026-12-01T11:00:00.000Z'
    >>> attempt_of(Answer(500, "It answered 500."), 10, now, RETRIES_S, 0.5).next_at is None
    True
    """
    if not answer.error:
        return Attempt(written(now), answer.status, "")
    if answer.status == GONE:
        return Attempt(written(now), answer.status, "It answered 410: it wants no more messages.", None, disables=True)
    if attempts > len(retries_s):
        return Attempt(written(now), answer.status, answer.error)
    wait_s = retries_s[attempts - 1] * (1 - JITTER + 2 * JITTER * dice)
    if answer.status in _PATIENCE:
        wait_s = max(wait_s, retry_after_s(answer.retry_after, now))
    return Attempt(written(now), answer.status, answer.error, written(now + timedelta(seconds=wait_s)))


def retry_after_s(header: str, now: datetime) -> float:
    """Seconds that a Retry-After asks for, 0 to a day; 0 for what is neither a number nor a date.

    >>> now = datetime(2026, 12, 1, 10, tzinfo=UTC)
    >>> retry_after_s("120", now), retry_after_s("Tue, 01 Dec 2026 10:01:00 GMT", now), retry_after_s("soon", now)
    (120.0, 60.0, 0.0)
    """
    header = header.strip()
    if header.isascii() and header.isdigit():
        return min(float(header[:12]), MAX_RETRY_AFTER_S)
    try:
        at = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return 0.0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), MAX_RETRY_AFTER_S)
