"""What people did: the names of their acts, and an act as it was written down."""

from typing import Any, NamedTuple

ACTS: tuple[str, ...] = (
    "sign-in",
    "sign-out",
    "sign-out-everywhere",
    "password",
    "profile",
    "moderator-add",
    "moderator-role",
    "moderator-disable",
    "moderator-enable",
    "moderator-link",
    "decide",
    "decide-many",
    "decide-campaign",
    "report-passed",
    "campaign-end",
    "campaign-take-out",
    "batch",
    "agree",
    "take-back",
    "undo",
    "note",
    "rule-add",
    "rule-remove",
    "site-add",
    "site-key",
    "site-thresholds",
    "site-observe",
    "site-act",
    "site-networks-clear",
    "site-networks-hashed",
    "site-open",
    "site-close",
    "webhook-add",
    "webhook-remove",
    "webhook-enable",
    "settings",
    "expire",
    "purge",
    "import",
    "export",
    "person-export",
    "person-erase",
)
"""Every act there is. Who adds one adds its sentence to app/web/review/acts.py."""


class Entry(NamedTuple):
    """One act."""

    id: int
    """Rising: the order of acts."""
    at: str
    by: str
    """The moderator's name; empty: the command line."""
    act: str
    """One of ACTS."""
    site: str
    """Empty: none or several."""
    subject: str
    """A comment's id, a name, a rule."""
    detail: dict[str, Any]
    """What was changed, from what, to what; empty where the act says it all."""
    undone_at: str | None
    """None while it stands."""


class Doer(NamedTuple):
    """Who does something, and when, for acts that are written down only where somebody is known to have done them."""

    at: str
    by: str = ""
    """As in an entry."""
