"""Other thresholds: what a site's comments say of them, in sentences, and reading those that somebody asks about."""

from typing import NamedTuple

from app.core.comment import Thresholds
from app.core.showing import percent
from app.core.threshold_goals import (
    GOALS,
    SHIPPED_GOALS,
    Counted,
    Evidence,
    Goal,
    Kinds,
    Ledger,
    by_goal,
    evidence,
    ordered,
)
from app.store.statistics import MOST_SCORED
from app.web.review import charts
from app.web.review.charts import Series
from app.web.review.pictures import Picture, Table, flags_of
from app.web.review.session import Visit
from app.web.review.ticks import number

CANDIDATES = tuple(step / 20 for step in range(1, 20))
"""0.05 to 0.95; any other can be asked for."""


class Asked(NamedTuple):
    """The thresholds of the form."""

    hold: str
    """As written."""
    reject: str
    thresholds: Thresholds | None
    """None when nothing was asked, or what was asked cannot be."""
    wrong: str
    """The sentence that says why it cannot be; empty when it can."""

    @property
    def is_there(self) -> bool:
        """Whether anything was asked for."""
        return bool(self.hold or self.reject)


class GoalRow(NamedTuple):
    """A goal, said in words."""

    goal: str
    hold: float
    reject: float
    """What is proposed with it: the one that stands, or `hold` where that is higher."""
    source: str
    held: str
    missed: str
    is_own: bool


class Choice(NamedTuple):
    """Everything that the page says of one site's thresholds."""

    stands: Thresholds
    is_own: bool
    """Whether they are the site's and not the model's."""
    asked: Asked
    sentences: tuple[str, ...]
    """What those that were asked for would have changed."""
    picture: Picture
    goals: tuple[GoalRow, ...]
    assumptions: tuple[str, ...]
    """How the comments were counted."""


def asked_for(visit: Visit, hold: str, reject: str, stands: Thresholds) -> Asked:
    """The thresholds of the form; where one of the two is empty, the one that stands."""
    written = hold.strip()[:20], reject.strip()[:20]
    if not any(written):
        return Asked("", "", None, "")
    found = [_read(text, default) for text, default in zip(written, (stands.hold, stands.reject), strict=True)]
    low, high = found
    if low is None or high is None:
        return Asked(*written, None, visit.say("A threshold is a number from 0 to 1, such as 0.35."))
    if low > high:
        return Asked(
            *written, None, visit.say("What is rejected would be held too: the first may not be above the second.")
        )
    return Asked(*written, ordered(low, high, stands), "")


def _read(text: str, default: float) -> float | None:
    """A number with a point or a comma; None where it is none from 0 to 1."""
    if not text:
        return default
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return round(value, 4) if 0 <= value <= 1 else None


def choice_of(
    visit: Visit, scored: tuple[Counted, ...], own: Thresholds | None, shipped: Thresholds, asked: Asked, models: int
) -> Choice:
    """What the comments of one site say of its thresholds.

    Args:
        visit: who reads it.
        scored: what the score decided, see SqlStatistics.scored.
        own: the site's thresholds.
        shipped: the model's.
        asked: those that somebody considers.
        models: how many models gave the scores.
    """
    stands = own or shipped
    ledger, told = Ledger(scored), evidence(scored)
    goals = [by_goal(told, one_in, shipped) for one_in in GOALS]
    return Choice(
        stands,
        own is not None,
        asked,
        _preview(visit, ledger, stands, asked.thresholds) if asked.thresholds else (),
        _picture(visit, ledger, told, stands),
        tuple(_goal_row(visit, told, goal, stands) for goal in goals),
        _assumptions(visit, scored, told, goals, models),
    )


def _preview(visit: Visit, ledger: Ledger, stands: Thresholds, other: Thresholds) -> tuple[str, ...]:
    changes = ledger.preview(stands, other)
    values = {"hold": f"{other.hold:g}", "reject": f"{other.reject:g}"}
    held, rejected = (
        changed(visit, changes.more_held, changes.fewer_held),
        changed(visit, changes.more_rejected, changes.fewer_rejected),
    )
    return (
        visit.say("Held back from %(hold)s on: %(change)s.", **values, change=held),
        visit.say("Rejected from %(reject)s on: %(change)s.", **values, change=rejected),
    )


def changed(visit: Visit, more: Kinds, fewer: Kinds) -> str:
    """Such as `3 more (1 not spam, 2 spam)`."""
    if more.all:
        return visit.saying("%(n)s more (%(kinds)s)", "%(n)s more (%(kinds)s)", more.all, kinds=kinds_of(visit, more))
    if fewer.all:
        kinds = kinds_of(visit, fewer)
        return visit.saying("%(n)s fewer (%(kinds)s)", "%(n)s fewer (%(kinds)s)", fewer.all, kinds=kinds)
    return visit.say("no change")


def kinds_of(visit: Visit, counted: Kinds) -> str:
    """What is not 0, such as `1 not spam, 2 spam`."""
    said = (
        (counted.ham, visit.say("%(n)s not spam", n=number(counted.ham))),
        (counted.spam, visit.say("%(n)s spam", n=number(counted.spam))),
        (counted.undecided, visit.say("%(n)s undecided", n=number(counted.undecided))),
    )
    return ", ".join(text for comments, text in said if comments)


def _picture(visit: Visit, ledger: Ledger, told: Evidence, stands: Thresholds) -> Picture:
    steps = (0.0, *CANDIDATES, 1.0)
    held, missed = visit.say("Not spam, held back"), visit.say("Spam, let through")
    ham = [told.held(step) / told.ham_weight if told.ham_weight else None for step in steps]
    spam = [told.missed(step) / told.spam_weight if told.spam_weight else None for step in steps]
    labels = [f"{step:g}" for step in steps]
    series = (Series("held", held, ham), Series("missed", missed, spam))
    # Below the lowest candidate nearly everything is held; the scale is for the rest.
    most = max((value for value in (*ham[2:], *spam[:-2]) if value is not None), default=0.0)
    chart = charts.lines(labels, series, percent, max(0.01, min(1.0, most)), flags_of(visit, stands))
    summary = visit.say(
        "With the thresholds that stand, %(held)s of what is not spam is held back, and %(missed)s of the spam let "
        "through.",
        held=_share(told.held(stands.hold), told.ham_weight),
        missed=_share(told.missed(stands.hold), told.spam_weight),
    )
    columns = (visit.say("Threshold"), visit.say("Held back from there on"), visit.say("Rejected from there on"))
    rows = tuple(
        (f"{step:g}", _as_hold(visit, ledger, stands.hold, step), _as_hold(visit, ledger, stands.reject, step))
        for step in CANDIDATES
    )
    return Picture("price", visit.say("What a threshold costs"), summary, chart, Table(columns, rows))


def _as_hold(visit: Visit, ledger: Ledger, stands: float, other: float) -> str:
    return changed(visit, ledger.between(other, stands), ledger.between(stands, other))


def _share(part: float, whole: float) -> str:
    return percent(part / whole) if whole else "–"


def _goal_row(visit: Visit, told: Evidence, goal: Goal, stands: Thresholds) -> GoalRow:
    held = visit.say(
        "%(held)s of %(ham)s: %(share)s (%(low)s to %(high)s)",
        held=number(goal.ham_held),
        ham=number(told.ham_weight),
        share=_share(goal.ham_held, told.ham_weight),
        low=percent(goal.share.low),
        high=percent(goal.share.high),
    )
    missed = visit.say(
        "%(missed)s of %(spam)s: %(share)s",
        missed=number(goal.spam_missed),
        spam=number(told.spam_weight),
        share=_share(goal.spam_missed, told.spam_weight),
    )
    return GoalRow(
        visit.say("1 in %(n)s", n=number(goal.one_in)),
        goal.hold,
        max(goal.hold, stands.reject),
        visit.say("the model's") if goal.lack else visit.say("your comments"),
        held if told.ham_weight else "–",
        missed if told.spam_weight else "–",
        not goal.lack,
    )


def _assumptions(
    visit: Visit, scored: tuple[Counted, ...], told: Evidence, goals: list[Goal], models: int
) -> tuple[str, ...]:
    decided = told.decided
    said = [
        visit.say(
            "Counted as not spam: %(decided)s comments of which people said so, and %(passed)s that were published and "
            "on which nobody decided. Readers have seen those, and spam among them would have been reported.",
            decided=number(decided.ham),
            passed=number(told.passed),
        ),
        visit.say(
            "Counted as spam: %(decided)s of which people said so, and %(refused)s that were rejected or discarded and "
            "on which nobody decided.",
            decided=number(decided.spam),
            refused=number(told.refused),
        ),
    ]
    if decided.undecided:
        said.append(
            visit.say(
                "Left out: %(waiting)s held comments on which nobody decided yet. Each decided one stands for "
                "%(weight).2f of those held.",
                waiting=number(decided.undecided),
                weight=told.held_weight,
            )
        )
    if models > 1:
        said.append(visit.say("The scores were given by %(n)s models, each by its own measure.", n=number(models)))
    if sum(each.comments for each in scored) >= MOST_SCORED:
        said.append(visit.say("Only the newest %(n)s comments were counted.", n=number(MOST_SCORED)))
    return (*said, *_lacks(visit, told, goals))


def _lacks(visit: Visit, told: Evidence, goals: list[Goal]) -> list[str]:
    """Why some goals are met with the model's thresholds."""
    said = []
    few = [goal.one_in for goal in goals if goal.lack == "ham"]
    if few:
        said.append(
            visit.say(
                "1 in %(n)s can be told from %(needed)s comments that are not spam, and there are %(ham)s. From there "
                "on the model's own thresholds stand: hold was made for 1 in %(hold)s, reject for 1 in %(reject)s, "
                "discard for 1 in %(discard)s good comments of sites it had never seen.",
                n=number(few[0]),
                needed=number(3 * few[0]),
                ham=number(told.ham_weight),
                **{name: number(goal) for name, goal in SHIPPED_GOALS.items()},
            )
        )
    if any(goal.lack == "decided" for goal in goals):
        said.append(
            visit.say(
                "More than half of the held comments are not decided yet, and those are the ones that a threshold is "
                "about. Until they are, the model's own thresholds stand."
            )
        )
    return said
