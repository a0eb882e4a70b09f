"""What the store gives to a retraining: comments with what people said of them."""

from typing import NamedTuple

from app.core.comment import Comment
from app.core.verdict import Action


class Lesson(NamedTuple):
    """A comment of a site, with the page it stands on as far as the site told of it."""

    id: str
    comment: Comment
    received_at: str
    action: Action
    """What was done with it when it came in."""
    is_by_score: bool
    """Whether its score decided that; else a rule, a campaign or a precedent did."""
    campaign: str
    """Id of its campaign's first comment; its own where it stands alone."""
    label: str | None
    """spam or ham, as the decision that stands says; None while nobody decided."""
    by: str
    """Who said so."""
    source: str
    """moderator, or feedback of the CMS; empty while nobody decided."""
