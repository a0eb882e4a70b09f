"""What the pages of campaigns show of them."""

from typing import NamedTuple

from app.core.comment import Comment

SHOWN_CHARACTERS = 2_000
"""Of a text on the campaign's page; a comment's own page has all of it."""


class Card(NamedTuple):
    """A campaign."""

    id: str
    """Of its first comment, and so of the campaign."""
    size: int
    undecided: int
    """Held or flagged, and neither decided by anybody nor settled by the campaign's own decision."""
    passed: int
    """Published, and nobody has decided."""
    sites: int
    pages: int
    first_at: str
    last_at: str
    """When the first and the newest comment came."""
    least_score: float
    most_score: float
    label: str | None
    """What was decided last: spam or ham; None: nothing."""
    decided_by: str
    decided_at: str
    acts_until: str
    """What arrives is decided so too until then; in the past when that is over."""
    text: str = ""
    """Of the first comment."""
    author: str = ""
    author_url: str = ""
    domain: str = ""
    """The one that most of its comments link to; empty when none links anywhere."""
    domain_comments: int = 0

    @property
    def decided(self) -> int:
        """Comments on which somebody has said something, or which the campaign's decision settled."""
        return self.size - self.undecided - self.passed


class Member(NamedTuple):
    """A comment of a campaign, for its page."""

    id: str
    site: str
    received_at: str
    comment: Comment
    """What the page shows of it, and what its signature is made of."""
    score: float
    action: str
    label: str | None
    decided_by: str
    version: int
    """comments.decision, for optimistic locking."""


class Pushed(NamedTuple):
    """A link of one of its comments."""

    comment: str
    url: str


class Cards(NamedTuple):
    """A page of campaigns."""

    cards: tuple[Card, ...]
    is_more: bool
