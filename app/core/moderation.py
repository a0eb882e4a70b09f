"""Who may decide what, in which tab of the queue a comment stands, and what comes first. Values only."""

from typing import Literal

Role = Literal["viewer", "moderator", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "moderator", "admin")
"""Each may do what those before it may: a viewer looks, a moderator decides, an admin sets up."""

Tab = Literal["review", "spam", "passed", "reported", "decided", "expired"]
TABS: tuple[Tab, ...] = ("review", "spam", "passed", "reported", "decided", "expired")
"""In the order in which the page shows them; every comment stands in exactly one."""

_OF_ACTION: dict[str, Tab] = {"publish": "passed", "hold": "review", "reject": "spam", "discard": "spam"}
_HOURS_OF_DOUBT = 24.0


def may(role: str, wanted: Role) -> bool:
    """Whether a role includes another.

    >>> may("admin", "moderator"), may("viewer", "moderator"), may("nobody", "viewer")
    (True, False, False)
    """
    return role in ROLES and ROLES.index(role) >= ROLES.index(wanted)


def tab_of(action: str, label: str | None, source: str) -> Tab:
    """Where a comment stands in the queue.

    Args:
        action: of its answer.
        label: of the decision that stands; None without one, or when it was taken back.
        source: of that decision: moderator, or feedback of the CMS.

    What a CMS says is a report until a moderator has seen it. `expired` is never computed: held comments get there by
    the operator's policy.

    >>> tab_of("hold", None, ""), tab_of("publish", "spam", "feedback"), tab_of("hold", "ham", "moderator")
    ('review', 'reported', 'decided')
    """
    if label is None:
        return _OF_ACTION[action]
    return "decided" if source == "moderator" else "reported"


def urgency(score: float, received_hours: float) -> float:
    """What `most useful first` sorts by, the largest first: how new a comment is, and how uncertain the model.

    Args:
        score: probability of spam, 0.0 to 1.0.
        received_hours: hours since 1970.

    The greatest doubt (0.5) is worth 24 hours of newness: a decision there teaches most, and today's comment is still
    being waited for. It does not change with time, so that an index can hold it.

    >>> urgency(0.5, 100.0) > urgency(0.9, 110.0) > urgency(0.9, 100.0)
    True
    """
    return received_hours + _HOURS_OF_DOUBT * (1.0 - 2.0 * abs(score - 0.5))
