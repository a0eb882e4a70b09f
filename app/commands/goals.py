"""winnow site goals: which threshold keeps a promise such as 1 in 500 good comments held, from a site's own history."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import opening, printing
from app.commands.site import Name, said
from app.core.comment import Comment, Thresholds
from app.core.threshold_goals import GOALS, LEAST_PER_GOAL, Evidence, Goal, by_goal, evidence, ordered
from app.core.times import shifted, written
from app.errors import CommandRefused

if TYPE_CHECKING:
    from app.store.sql import SqlStore

Days = Annotated[int, typer.Option("--days", min=1, max=3_650, help="How far back the history is read.")]
SetTo = Annotated[
    int | None,
    typer.Option("--set", metavar="N", min=1, help="Set the threshold for at most 1 in N good comments held."),
]
_LACKS = {
    "ham": "shipped: too few good comments",
    "decided": "shipped: fewer than half of the held are decided",
}


def goals(name: Name, days: Days = 365, set_to: SetTo = None, json: printing.Json = False) -> None:
    """What a site's decided history says of its threshold `hold`: for each goal the score, its interval and its price.

    A goal is "at most 1 in N good comments held". Where the history is too small for it, the shipped threshold for that
    goal or a stricter one is given, and said to be so.

    Example: winnow site goals blog --set 500
    """
    model, _ = opening.open_model(opening.read_settings())
    with opening.open_store(opening.read_settings()) as store:
        stands = store.history_of(name, Comment()).thresholds or model.thresholds
        told = evidence(_history(store, name, days))
        wanted = sorted({*GOALS, *([set_to] if set_to else [])})
        found = [by_goal(told, one_in, model.thresholds) for one_in in wanted]
        chosen = next((goal for goal in found if goal.one_in == set_to), None)
        if chosen:
            stands = _set(store, name, chosen, stands)
    if json:
        limits = {"hold": stands.hold, "reject": stands.reject, "discard": stands.discard}
        printing.print_json(
            {"site": name, "days": days, "thresholds": limits, "goals": [_as_json(told, each) for each in found]}
        )
        return
    printing.table(
        ("At most", "hold from", "Good comments held", "Spam missed", "From"), [_row(told, each) for each in found]
    )
    printing.note(_basis(told, days))
    if chosen:
        printing.say(said(name, stands, "its own"))


def _history(store: "SqlStore", name: str, days: int) -> Any:
    from app.store.statistics import EXACT, MOST_SCORED

    since = shifted(written(opening.moment()), -timedelta(days=days))
    return store.scored(name, since, EXACT, MOST_SCORED)


def _set(store: "SqlStore", name: str, goal: Goal, stands: Thresholds) -> Thresholds:
    """Make the goal's threshold the site's; `reject` is raised where it would be below, for who rejects holds too."""
    if goal.lack:
        what = f"Its history does not suffice for 1 in {goal.one_in:,} ({_LACKS[goal.lack].removeprefix('shipped: ')})."
        needed = f"It takes {LEAST_PER_GOAL * goal.one_in:,} good comments, and half of the held ones decided."
        raise CommandRefused(name, what, f"{needed} The shipped thresholds go on; nothing was changed.")
    limits = ordered(goal.hold, max(goal.hold, stands.reject), stands)
    store.set_thresholds(name, limits, opening.doer())
    return limits


def _as_json(told: Evidence, goal: Goal) -> dict[str, Any]:
    return {
        "one_in": goal.one_in,
        "hold": goal.hold,
        "from": "shipped" if goal.lack else "history",
        "lack": goal.lack or None,
        "ham": round(told.ham_weight, 1),
        "ham_held": round(goal.ham_held, 1),
        "share_low": round(goal.share.low, 5),
        "share_high": round(goal.share.high, 5),
        "spam": round(told.spam_weight, 1),
        "spam_missed": round(goal.spam_missed, 1),
    }


def _row(told: Evidence, goal: Goal) -> tuple[str, ...]:
    held = f"{goal.ham_held:,.0f} of {told.ham_weight:,.0f} ({goal.share.low:.2%} to {goal.share.high:.2%})"
    missed = f"{goal.spam_missed:,.0f} of {told.spam_weight:,.0f}"
    return f"1 in {goal.one_in:,}", f"{goal.hold:.4f}", held, missed, _LACKS.get(goal.lack, "the site's history")


def _basis(told: Evidence, days: int) -> str:
    """How the comments were counted, in a sentence or two."""
    decided = told.decided
    return (
        f"Of {days} days: {decided.ham:,} comments were decided to be good and {decided.spam:,} spam; "
        f"{told.passed:,} that were published and nobody decided count as good, {told.refused:,} that were rejected as "
        f"spam; {decided.undecided:,} held ones are undecided, for which the decided ones stand. Intervals: 95 %."
    )


def add_to(site: typer.Typer) -> None:
    """Put it into `winnow site`."""
    site.command()(goals)
