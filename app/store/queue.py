"""What the store takes and gives about the queue: which comments, in which order, and what a row shows."""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from app.core.query import Query
from app.store.records import Decision, Record

Order = Literal["useful", "newest", "oldest", "score"]
ORDERS: tuple[Order, ...] = ("useful", "newest", "oldest", "score")
"""`useful` is new and uncertain first, see core.moderation.urgency."""
SHOWN_CHARACTERS = 700
"""Of a comment's text in a row; the item shows all of it."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which comments a page shows; all of it stands in the page's address."""

    tab: str = "all"
    """One of core.moderation.TABS, or all."""
    site: str = ""
    """Empty: all sites."""
    query: Query = field(default_factory=Query)
    snapshot: str = ""
    """Nothing with a later id: what came after the page was shown. Empty: everything."""
    now: str = ""
    """RFC 3339; claims that are over do not count. Empty: all count."""


class Line(NamedTuple):
    """One comment in the queue."""

    id: str
    site: str
    received_at: str
    text: str
    """Its first SHOWN_CHARACTERS."""
    is_cut: bool
    author: str
    author_email: str
    author_url: str
    page_url: str
    page_title: str
    verdict: str
    score: float
    action: str
    tab: str
    campaign: str
    label: str | None
    decision: int
    """The version: which decision stands, for optimistic locking."""
    decided_by: str
    decided_at: str
    answer: dict[str, Any]
    """See store.rows.answer_of."""
    alike: int = 1
    """Undecided comments of its campaign, itself among them."""
    claimed_by: str = ""
    unsure: tuple[str, ...] = ()
    """Moderators who looked and were unsure."""
    notes: int = 0


class Listing(NamedTuple):
    """A page of the queue."""

    lines: tuple[Line, ...]
    after: str
    """Where the next page begins; empty on the last."""


class Note(NamedTuple):
    """What a moderator wrote for the others."""

    id: int
    by: str
    at: str
    text: str


class Step(NamedTuple):
    """A decision in a comment's history."""

    id: int
    decision: Decision
    act: int
    """audit.id of the act, by which it can be undone; 0 for the CMS's."""


@dataclass(frozen=True, slots=True)
class Item:
    """A comment with everything the store knows about it."""

    record: Record
    tab: str
    campaign: str
    version: int
    """The decision that stands, for optimistic locking."""
    steps: tuple[Step, ...]
    """All decisions, oldest first."""
    notes: tuple[Note, ...]
    claimed_by: str
    unsure: tuple[str, ...]
    alike: tuple[Line, ...]
    """Others of its campaign, newest first, at most 20."""
    alike_total: int
    """Comments of its campaign, itself among them."""
    acts_until: str
    """Until then the decision on it acts on what arrives like it; empty when it does not."""
