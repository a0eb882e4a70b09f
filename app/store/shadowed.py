"""What the store takes and gives about a candidate that looks on, and what it adds up to."""

from collections.abc import Iterable
from typing import NamedTuple

MOST_CHANGES = 5_000
"""Comments kept of one candidate, the newest; all are counted."""


class Pair(NamedTuple):
    """What two models did with comments of a site."""

    candidate: str
    model: str
    """The one in use."""
    site: str
    action: str
    """By the model in use; empty where nothing was compared, for too many comments waited."""
    candidate_action: str
    """Empty likewise."""


class Change(NamedTuple):
    """A comment with which the candidate would have done something else."""

    comment: str
    candidate: str
    model: str
    action: str
    score: float
    candidate_action: str
    candidate_score: float


class PairCount(NamedTuple):
    """How many comments, and from when to when."""

    pair: Pair
    comments: int
    first_at: str
    last_at: str


class ChangeShown(NamedTuple):
    """A change with what is needed to recognise the comment."""

    change: Change
    site: str
    received_at: str
    author: str
    text: str
    """Its beginning."""
    label: str | None
    """What somebody decided; None without."""


class OfSite(NamedTuple):
    """What a candidate would have done on one site, or on all."""

    site: str
    """Empty: all together."""
    compared: int
    changed: int
    """Of these, how many would have got another action."""
    passed_over: int
    """Not compared, for too many waited."""
    changes: tuple[tuple[str, str, int], ...]
    """Action by the model in use, by the candidate, and how many comments; the most frequent first."""


def by_site(counts: Iterable[PairCount]) -> tuple[OfSite, ...]:
    """Every site by name, behind what they come to together; empty when nothing was counted.

    >>> pairs = Pair("m2", "m1", "blog", "publish", "hold"), Pair("m2", "m1", "blog", "publish", "publish")
    >>> counted = [PairCount(pair, number, "", "") for pair, number in zip(pairs, (2, 98), strict=True)]
    >>> by_site(counted)[1]
    OfSite(site='blog', compared=100, changed=2, passed_over=0, changes=(('publish', 'hold', 2),))
    """
    told = list(counts)
    names = sorted({each.pair.site for each in told})
    together = [_of("", told)] if told else []
    return (*together, *(_of(name, [each for each in told if each.pair.site == name]) for name in names))


def _of(site: str, counts: list[PairCount]) -> OfSite:
    compared = passed_over = 0
    changes: dict[tuple[str, str], int] = {}
    for pair, comments, _, _ in counts:
        if not pair.action:
            passed_over += comments
            continue
        compared += comments
        if pair.action != pair.candidate_action:
            key = pair.action, pair.candidate_action
            changes[key] = changes.get(key, 0) + comments
    ordered = sorted(((*key, number) for key, number in changes.items()), key=lambda each: (-each[2], each))
    return OfSite(site, compared, sum(changes.values()), passed_over, tuple(ordered))
