"""Thresholds from a site's own history: what other ones would change, and which one a goal asks for.

Decided comments are no sample of all comments: people look at what was held, and at what readers complain of. So they
do not stand for themselves alone. Per action that a comment got:

- publish: what nobody decided counts as good. Readers have seen it, and spam among it would have been reported.
- hold: what nobody decided yet is left out, and the decided stand for it: each weighs as much as there are held
  comments to a decided one.
- reject, discard: what nobody decided counts as spam. Whose good comment was refused would have complained.

A threshold for a goal lies among the good comments with the highest scores. Those were held, and so were decided by
somebody; the assumptions only move how many good comments there are in all, and what a threshold costs in spam.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from math import sqrt
from typing import NamedTuple

from app.core.comment import Thresholds

GOALS = (100, 200, 500, 1000)
"""At most 1 in so many good comments held."""
SHIPPED_GOALS: Mapping[str, int] = {"hold": 100, "reject": 333, "discard": 5000}
"""What the shipped thresholds were chosen for, see docs/models.md: 1 in so many good comments of sites never seen."""
LEAST_PER_GOAL = 3
"""So many times N good comments before 1 in N can be told: with none of 3 N held, the true share is below 1 in N with
95 % (the rule of three)."""
LEAST_DECIDED = 0.5
"""Share of the held comments that must be decided before they stand for the rest."""
STEP = 0.0001
"""Scores are rounded to four decimals, and a tie goes to the stricter side: one step above a score lets it through."""
_Z = 1.959964  # 95 % of a normal distribution lie so many standard deviations around its middle


class Interval(NamedTuple):
    """Where a share truly lies, with 95 %."""

    low: float
    high: float


class Counted(NamedTuple):
    """Comments of one site that got the same score, the same answer and the same decision."""

    score: float
    action: str
    label: str | None
    """Of the decision that stands; None without one."""
    comments: int


class Kinds(NamedTuple):
    """A number of comments, by what became of them."""

    ham: int
    spam: int
    undecided: int

    @property
    def all(self) -> int:
        """The three together."""
        return self.ham + self.spam + self.undecided


class Preview(NamedTuple):
    """What other thresholds would have done to the comments there were."""

    more_held: Kinds
    """Published by the thresholds that stand."""
    fewer_held: Kinds
    more_rejected: Kinds
    fewer_rejected: Kinds


class Goal(NamedTuple):
    """The threshold `hold` for a goal, and its price."""

    one_in: int
    hold: float
    lack: str
    """Why it is not from the site's own history but the model's: ham, when there are too few good comments, or
    decided, when too few of the held ones were decided; empty when it is the site's own."""
    ham_held: float
    """Good comments that it holds, or worse, of those in the history."""
    share: Interval
    """Of all good comments, held: with 95 %."""
    spam_missed: float
    """Spam that it lets through, of that in the history."""


def wilson(hits: float, of: float) -> Interval:
    """The Wilson score interval of a share: honest for few cases, and never below 0 or above 1.

    Nothing counted says nothing: 0 to 1.

    >>> [tuple(round(end, 2) for end in wilson(hits, of)) for hits, of in ((1, 2), (0, 300), (214, 219), (0, 0))]
    [(0.09, 0.91), (0.0, 0.01), (0.95, 0.99), (0.0, 1.0)]
    """
    if of <= 0:
        return Interval(0.0, 1.0)
    share, square = hits / of, _Z * _Z
    middle = share + square / (2 * of)
    spread = _Z * sqrt(share * (1 - share) / of + square / (4 * of * of))
    whole = 1 + square / of
    low = (middle - spread) / whole if hits > 0 else 0.0  # exactly, whatever the last digits say
    return Interval(low, (middle + spread) / whole if hits < of else 1.0)


class Ledger:
    """Comments by score, so that any range of scores is counted at once.

    >>> passed, held = Counted(0.2, "publish", None, 5), Counted(0.6, "hold", "spam", 3)
    >>> ledger = Ledger([passed, held, Counted(0.7, "hold", "ham", 1)])
    >>> ledger.between(0.5, 0.7), ledger.between(0.0, 2.0).all
    (Kinds(ham=0, spam=3, undecided=0), 9)
    """

    def __init__(self, history: Iterable[Counted]) -> None:
        ordered = sorted(history, key=lambda each: each.score)
        self._scores = [each.score for each in ordered]
        self._sums = {
            label: [0, *accumulate(each.comments if each.label == label else 0 for each in ordered)]
            for label in ("ham", "spam", None)
        }

    def between(self, low: float, high: float) -> Kinds:
        """Comments with a score from `low` on and below `high`; none when `high` is not above `low`."""
        begin, end = (bisect_left(self._scores, score) for score in (low, high))
        ham, spam, undecided = (sums[max(begin, end)] - sums[begin] for sums in self._sums.values())
        return Kinds(ham, spam, undecided)

    def preview(self, stands: Thresholds, other: Thresholds) -> Preview:
        """What `other` would have held and rejected beside what stands; held is held or worse.

        >>> ledger = Ledger([Counted(0.4, "hold", "ham", 2), Counted(0.6, "hold", "spam", 3)])
        >>> ledger.preview(Thresholds(0.3, 0.8, 0.9), Thresholds(0.5, 0.6, 0.9))[1:3]
        (Kinds(ham=2, spam=0, undecided=0), Kinds(ham=0, spam=3, undecided=0))
        """
        return Preview(
            self.between(other.hold, stands.hold),
            self.between(stands.hold, other.hold),
            self.between(other.reject, stands.reject),
            self.between(stands.reject, other.reject),
        )


class Evidence(NamedTuple):
    """A history with the weights of the assumptions above."""

    ham: tuple[tuple[float, float], ...]
    """Score and weight of good comments, the highest score first."""
    spam: tuple[tuple[float, float], ...]
    """The same of spam."""
    ham_weight: float
    spam_weight: float
    ham_effective: float
    """How many comments of equal weight would tell as much (Kish), for intervals."""
    decided: Kinds
    """What people said, and how many are undecided and left out because they are held."""
    passed: int
    """Published, and counted as good because nobody decided otherwise."""
    refused: int
    """Rejected or discarded, and counted as spam because nobody decided otherwise."""
    held_weight: float
    """What one decided held comment stands for; 0 when none of those held was decided."""

    @property
    def is_read(self) -> bool:
        """Whether enough of the held comments were decided."""
        held = self.decided.undecided > 0
        return not held or 0 < self.held_weight <= 1 / LEAST_DECIDED

    def held(self, threshold: float) -> float:
        """Weight of the good comments that a threshold holds, or worse."""
        return sum(weight for score, weight in self.ham if score >= threshold)

    def missed(self, threshold: float) -> float:
        """Weight of the spam below a threshold."""
        return sum(weight for score, weight in self.spam if score < threshold)


def evidence(history: Sequence[Counted]) -> Evidence:
    """A history, weighed.

    >>> passed, waiting = Counted(0.1, "publish", None, 90), Counted(0.5, "hold", None, 2)
    >>> told = evidence([passed, waiting, Counted(0.5, "hold", "ham", 2)])
    >>> told.ham, told.passed, told.decided, told.is_read
    (((0.5, 4.0), (0.1, 90)), 90, Kinds(ham=2, spam=0, undecided=2), True)
    """
    held_decided = sum(each.comments for each in history if each.action == "hold" and each.label)
    waiting = sum(each.comments for each in history if each.action == "hold" and not each.label)
    weight = (held_decided + waiting) / held_decided if held_decided else 0.0
    weighed: dict[str, dict[float, float]] = {"ham": {}, "spam": {}}
    square = 0.0
    for each in history:
        label = each.label or _ASSUMED[each.action]
        if label is None:
            continue
        each_weighs = weight if each.action == "hold" else 1
        of_label = weighed[label]
        of_label[each.score] = of_label.get(each.score, 0) + each.comments * each_weighs
        if label == "ham":
            square += each.comments * each_weighs * each_weighs
    ham, spam = (tuple(sorted(weighed[label].items(), reverse=True)) for label in ("ham", "spam"))
    ham_weight = sum(each for _, each in ham)
    return Evidence(
        ham=ham,
        spam=spam,
        ham_weight=ham_weight,
        spam_weight=sum(each for _, each in spam),
        ham_effective=ham_weight * ham_weight / square if square else 0.0,
        decided=Kinds(_labelled(history, "ham"), _labelled(history, "spam"), waiting),
        passed=_undecided(history, ("publish",)),
        refused=_undecided(history, ("reject", "discard")),
        held_weight=weight,
    )


def by_goal(told: Evidence, one_in: int, shipped: Thresholds) -> Goal:
    """The lowest `hold` at which at most 1 in N good comments of the history is held.

    Args:
        told: the site's history.
        one_in: N.
        shipped: what is given where the history does not suffice.

    >>> passed, held = Counted(0.1, "publish", None, 596), Counted(0.42, "hold", "ham", 3)
    >>> told = evidence([passed, held, Counted(0.5, "hold", "ham", 1)])
    >>> by_goal(told, 200, Thresholds(0.25, 0.6, 0.98))[:4]
    (200, 0.4201, '', 1.0)
    >>> by_goal(told, 500, Thresholds(0.25, 0.6, 0.98))[:3]
    (500, 0.98, 'ham')
    """
    lack = "ham" if told.ham_weight < LEAST_PER_GOAL * one_in else "" if told.is_read else "decided"
    hold = of_shipped(shipped, one_in) if lack else _lowest(told, told.ham_weight / one_in)
    held = told.held(hold)
    share = held / told.ham_weight if told.ham_weight else 0.0
    interval = wilson(share * told.ham_effective, told.ham_effective)
    return Goal(one_in, hold, lack, held, interval, told.missed(hold))


def of_shipped(shipped: Thresholds, one_in: int) -> float:
    """The lowest shipped threshold that was chosen for that goal or a stricter one.

    >>> [of_shipped(Thresholds(0.25, 0.6, 0.98), one_in) for one_in in (100, 200, 333, 500)]
    [0.25, 0.6, 0.6, 0.98]
    """
    return float(next(getattr(shipped, name) for name, goal in SHIPPED_GOALS.items() if goal >= one_in))


def ordered(hold: float, reject: float, stands: Thresholds) -> Thresholds:
    """Thresholds with a new `hold` and `reject`; `discard` is raised where it would be below.

    >>> ordered(0.4, 0.99, Thresholds(0.25, 0.6, 0.98))
    Thresholds(hold=0.4, reject=0.99, discard=0.99)
    """
    return Thresholds(hold, reject, max(reject, stands.discard))


_ASSUMED: dict[str, str | None] = {"publish": "ham", "hold": None, "reject": "spam", "discard": "spam"}


def _lowest(told: Evidence, allowed: float) -> float:
    """One step above the highest score of a good comment that may not be held any more."""
    held = 0.0
    for score, weight in told.ham:
        held += weight
        if held > allowed + 1e-9:
            return min(1.0, round(score + STEP, 4))
    return 0.0


def _labelled(history: Sequence[Counted], label: str) -> int:
    return sum(each.comments for each in history if each.label == label)


def _undecided(history: Sequence[Counted], actions: tuple[str, ...]) -> int:
    return sum(each.comments for each in history if each.label is None and each.action in actions)
