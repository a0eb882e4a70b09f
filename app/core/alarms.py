"""What is wrong with a site, by its own past: no comment for a day, or a day on which nothing looked like spam."""

from collections.abc import Sequence
from itertools import groupby
from typing import Literal, NamedTuple

DAYS = 56
"""So many are looked at; a site that has been silent for most of them is given up, and alarms no more."""
LEAST_DAYS = 7
"""Of a past that says what is usual: a week, for many sites rest at its end."""
LEAST_EXPECTED = 5.0
"""So many must have been expected: where comments come by chance, none comes instead of 5 in 1 of 150 cases."""

Kind = Literal["silent", "all-ham"]
KINDS: tuple[Kind, ...] = ("silent", "all-ham")
SENTENCES: dict[Kind, str] = {
    "silent": "No comment has arrived for %(hours)s hours; by its past there would have been %(expected)s.",
    "all-ham": "Of the last %(hours)s hours all %(comments)s comments were let through; by its past %(expected)s of "
    "them would have been held or worse.",
}
"""What an alarm says, also to be translated."""
REMEDIES: dict[Kind, str] = {
    "silent": "See whether its CMS still asks, and what was refused.",
    "all-ham": "See whether its CMS still sends the comments' text, and which rules allow everything.",
}


class Day(NamedTuple):
    """The comments of 24 hours."""

    comments: int
    flagged: int
    """Held or worse."""


class Alarm(NamedTuple):
    """Something that a site's past does not let expect."""

    kind: Kind
    days: int
    """Stretches of 24 hours, up to now."""
    comments: int
    """That came in that time; of `silent` none."""
    expected: float
    """By the site's past: comments in that time, or of `all-ham` those among them that would have been held or worse.
    """


def alarms(days: Sequence[Day]) -> tuple[Alarm, ...]:
    """What a site's last days say; nothing where its past is too short or too thin to tell.

    Args:
        days: 24 hours each, the newest first, which ends now.

    A site is silent when no comment came for longer than ever in its past, so that one that rests at weekends does not
    alarm on Sundays. In the same way nothing is held for longer than ever; days without a comment say nothing there.

    >>> usual = [Day(20, 8)] * 14
    >>> alarms([Day(0, 0), *usual]), alarms([Day(20, 0), *usual])[0].kind, alarms([Day(20, 1), *usual])
    ((Alarm(kind='silent', days=1, comments=0, expected=20.0),), 'all-ham', ())
    >>> weekdays = [Day(0, 0), Day(0, 0), *[Day(9, 3)] * 5] * 3
    >>> alarms(weekdays), alarms([Day(0, 0), *weekdays])[0].days
    ((), 3)
    """
    begun = max((at for at, day in enumerate(days, 1) if day.comments), default=0)
    known = days[:begun]
    silence = _run([day.comments for day in known], [1] * begun)
    if silence:
        return (Alarm("silent", silence.days, 0, silence.expected),)
    heard = [day for day in known if day.comments]
    if not known or not known[0].comments:
        return ()
    quiet = _run([day.flagged for day in heard], [day.comments for day in heard])
    return (
        (Alarm("all-ham", quiet.days, sum(day.comments for day in heard[: quiet.days]), quiet.expected),)
        if quiet
        else ()
    )


class _Quiet(NamedTuple):
    days: int
    expected: float


def _run(counts: Sequence[int], of: Sequence[int]) -> _Quiet | None:
    """The zeros that counts begin with, if there never were so many on end; None else, or if none were expected.

    `of` says out of how many each was counted.
    """
    lengths = [(is_zero, len(list(run))) for is_zero, run in groupby(counts, lambda count: count == 0)]
    if not lengths or not lengths[0][0]:
        return None
    days = lengths[0][1]
    longest = max((length for is_zero, length in lengths[1:] if is_zero), default=0)
    if len(counts) - days < LEAST_DAYS or days <= longest:
        return None
    expected = sum(of[:days]) * sum(counts[days:]) / sum(of[days:])
    return _Quiet(days, expected) if expected >= LEAST_EXPECTED else None


def values(alarm: Alarm) -> dict[str, str]:
    """What stands in the sentence of an alarm.

    >>> SENTENCES["silent"] % values(Alarm("silent", 2, 0, 14.2))
    'No comment has arrived for 48 hours; by its past there would have been 14.'
    """
    return {
        "hours": f"{24 * alarm.days}",
        "comments": f"{alarm.comments:,}",
        "expected": f"{alarm.expected:,.0f}",
    }
