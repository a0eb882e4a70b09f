"""What the statistics count, and what is worked out from a sample of it. Values and arithmetic, no SQL."""

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from app.core.verdict import Action

ACTIONS: tuple[Action, ...] = ("publish", "hold", "reject", "discard")
SAMPLE = 5000
"""Of decisions, the newest so many are read one by one: more would not change a median by a second."""
ANSWERS_READ = 2000
"""Of decided comments, the reasons of the newest so many are read. Measured 2026-11-30: 0.04 ms each, most of it JSON;
a reason that spoke in 200 of them is known to 3 points either way."""
EXACT = 10_000
"""Steps between 0 and 1 of scores, which have four decimals."""
MOST_SCORED = 50_000
"""Of one site's scores, the newest so many are read: 0.07 s. At most 1 in 1,000 asks for 3,000 good comments."""
SPOKE_FROM = 0.3
"""The weight, in log-odds, from which a reason is said to have spoken for spam. It raises odds by a third, a score of
0.50 to 0.57; below it stand the many small pieces of evidence that are there in nearly every comment."""
SITTING_S = 300
"""A moderator who did nothing for so long had been away."""


class Span(NamedTuple):
    """A stretch of time, as RFC 3339 texts: from `since` on, before `until`."""

    since: str
    until: str


class Tally(NamedTuple):
    """How many comments of one span got that answer and that decision."""

    span: int
    """Which one, from 0."""
    action: str
    label: str | None
    comments: int


class Period(NamedTuple):
    """What the comments of one span came to."""

    span: Span
    actions: tuple[int, ...]
    """Comments per action, in the order of ACTIONS."""
    decided: int
    flagged: int
    """Held or worse, and decided: what `false_positives` is a part of."""
    false_positives: int
    """Held or worse, and decided to be ham."""
    spam: int
    """Decided to be spam: what `missed` is a part of."""
    missed: int
    """Published, and decided to be spam."""
    untouched: int
    """Published, rejected or discarded, and nobody decided on them: nobody had to look."""

    @property
    def comments(self) -> int:
        """All that came in."""
        return sum(self.actions)

    def __add__(self, other: "Period") -> "Period":  # type: ignore[override]
        """Both together; the span reaches from the first to the last."""
        span = Span(min(self.span.since, other.span.since), max(self.span.until, other.span.until))
        actions = tuple(one + another for one, another in zip(self.actions, other.actions, strict=True))
        return Period(span, actions, *(one + another for one, another in zip(self[2:], other[2:], strict=True)))


class OfModel(NamedTuple):
    """What became of the comments that one model scored; those a rule answered are left out."""

    model: str
    comments: int
    decided: int
    flagged: int
    """As in Period, and so are the others."""
    false_positives: int
    spam: int
    missed: int
    last_at: str
    """When it scored its newest comment."""


class OfReason(NamedTuple):
    """How often a reason was right."""

    code: str
    spoke: int
    """Decided comments in which it spoke for spam."""
    right: int
    """Those that were decided to be spam."""


class Reasons(NamedTuple):
    """Of the newest decided comments, at most ANSWERS_READ."""

    comments: int
    """How many were read."""
    reasons: tuple[OfReason, ...]
    """The one that spoke most often first."""


class Made(NamedTuple):
    """A decision that a moderator made."""

    by: str
    at: str


class Pace(NamedTuple):
    """How fast a moderator decides."""

    by: str
    decisions: int
    median_s: float | None
    """Between one decision and the next at one sitting; None when there are no two."""
    per_minute: float | None
    """Decisions in a minute of those sittings."""


class Delay(NamedTuple):
    """How long comments waited for their decision."""

    comments: int
    median_s: float
    ninetieth_s: float
    """Nine of ten were decided within that time."""


class Waiting(NamedTuple):
    """What waits for a moderator: held comments, and what the CMS reported."""

    held: tuple[int, ...]
    """By age, as asked for, the youngest first."""
    reported: tuple[int, ...]
    oldest: str
    """When the one that waits longest came in; empty when nothing waits."""

    @property
    def comments(self) -> int:
        """Everything that waits."""
        return sum(self.held) + sum(self.reported)


def periods(spans: Sequence[Span], tallies: Iterable[Tally]) -> tuple[Period, ...]:
    """What the comments of each span came to; of a span without comments, nothing but zeros.

    >>> day = Span("2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z")
    >>> tallies = Tally(0, "publish", None, 5), Tally(0, "hold", "ham", 2), Tally(0, "hold", "spam", 1)
    >>> (told,) = periods([day], tallies)
    >>> told.actions, told.decided, told.flagged, told.false_positives, told.missed, told.untouched
    ((5, 3, 0, 0), 3, 3, 2, 0, 5)
    """
    of_spans: list[list[Tally]] = [[] for _ in spans]
    for tally in tallies:
        of_spans[tally.span].append(tally)
    return tuple(_period(span, told) for span, told in zip(spans, of_spans, strict=True))


def _period(span: Span, tallies: Sequence[Tally]) -> Period:
    def counted(label: str, *actions: str) -> int:
        return sum(each.comments for each in tallies if each.label == label and each.action in actions)

    flagging = ACTIONS[1:]
    false_positives, spam = counted("ham", *flagging), counted("spam", *ACTIONS)
    return Period(
        span,
        tuple(sum(each.comments for each in tallies if each.action == action) for action in ACTIONS),
        spam + counted("ham", *ACTIONS),
        false_positives + counted("spam", *flagging),
        false_positives,
        spam,
        counted("spam", "publish"),
        sum(each.comments for each in tallies if each.label is None and each.action != "hold"),
    )


def paces(made: Iterable[Made]) -> tuple[Pace, ...]:
    """How fast each moderator decides, the busiest first.

    What was decided in the same instant was one act on many comments, and counts as one step.

    >>> at = "2026-11-22T10:00:{:02}Z".format
    >>> paces([Made("jana", at(9)), Made("jana", at(5)), Made("jana", at(5)), Made("jana", "2026-11-22T09:00:00Z")])
    (Pace(by='jana', decisions=4, median_s=4.0, per_minute=15.0),)
    """
    moments: dict[str, list[datetime]] = {}
    for each in made:
        moments.setdefault(each.by, []).append(datetime.fromisoformat(each.at))
    return tuple(sorted((_pace(by, when) for by, when in moments.items()), key=lambda each: (-each.decisions, each.by)))


def _pace(by: str, moments: list[datetime]) -> Pace:
    gaps = (later - earlier for earlier, later in pairwise(sorted(set(moments))))
    sitting = [gap.total_seconds() for gap in gaps if gap.total_seconds() < SITTING_S]
    if not sitting:
        return Pace(by, len(moments), None, None)
    return Pace(by, len(moments), median(sitting), 60 * len(sitting) / sum(sitting))


def usual_s(moderators: Sequence[Pace]) -> float | None:
    """What one decision takes here: the moderators' medians, each counted as often as they decided.

    >>> usual_s([Pace("jana", 30, 4.0, 15.0), Pace("ben", 10, 8.0, 7.5), Pace("eva", 1, None, None)])
    5.0
    """
    timed = [(each.decisions, each.median_s) for each in moderators if each.median_s is not None]
    return sum(decisions * seconds for decisions, seconds in timed) / sum(n for n, _ in timed) if timed else None


def by_hour(made: Iterable[Made], zone: tzinfo) -> tuple[int, ...]:
    """Decisions per hour of the day in that zone: 24 numbers.

    >>> from datetime import UTC
    >>> by_hour([Made("jana", "2026-11-22T10:59:59Z"), Made("ben", "2026-11-20T10:00:00Z")], UTC)[9:12]
    (0, 2, 0)
    """
    hours = [0] * 24
    for each in made:
        hours[datetime.fromisoformat(each.at).astimezone(zone).hour] += 1
    return tuple(hours)


def delay(waits: Iterable[tuple[str, str]]) -> Delay | None:
    """From received to decided; None without any. What was decided before it was received waited no time.

    >>> came = "2026-11-22T10:00:00Z"
    >>> delay([(came, "2026-11-22T10:00:30Z"), (came, "2026-11-22T11:00:00Z"), (came, "2026-11-22T09:00:00Z")])
    Delay(comments=3, median_s=30.0, ninetieth_s=3600.0)
    """
    seconds = sorted(
        max(0.0, (datetime.fromisoformat(decided) - datetime.fromisoformat(received)).total_seconds())
        for received, decided in waits
    )
    if not seconds:
        return None
    return Delay(len(seconds), median(seconds), seconds[-(-9 * len(seconds) // 10) - 1])


def histogram(scores: Iterable[tuple[float, int]], bins: int) -> tuple[int, ...]:
    """Scores of 0.0 to 1.0 with how often they are there, counted in bins of equal width; 1.0 is in the last.

    >>> histogram([(0.0, 2), (0.05, 1), (0.999, 1), (1.0, 1)], 20)[:2], histogram([(1.0, 1)], 20)[-1]
    ((2, 1), 1)
    """
    counted = [0] * bins
    for score, comments in scores:
        counted[min(bins - 1, int(round(score * 10_000) * bins // 10_000))] += comments
    return tuple(counted)
