"""A candidate beside the model in use: what it would have said, and which comments it judges for real."""

from hashlib import blake2b
from typing import NamedTuple

from app.core import policy
from app.core.classify import SCORE_DECIMALS
from app.core.comment import Comment, History
from app.core.features import Measured
from app.core.model import Model
from app.core.verdict import Action, Classification


class Trial(NamedTuple):
    """A candidate that is tried out."""

    model: Model
    share: float
    """Of the comments, 0.0 to 1.0, that it judges for real; 0: it only looks on."""


class Compared(NamedTuple):
    """One comment, as both models have it."""

    action: Action
    """By the model in use."""
    score: float
    candidate_action: Action
    candidate_score: float


def is_canary(site: str, comment: Comment, share: float) -> bool:
    """Whether the candidate judges this comment for real; of many comments that share.

    The same comment is always in the same part: by the CMS's id, else by its text and author's address. A larger share
    takes in all that a smaller one did.

    >>> asked = [Comment(comment_id=f"{number}") for number in range(1000)]
    >>> [sum(is_canary("blog", each, share) for each in asked) for share in (0.0, 0.05, 1.0)]
    [0, 50, 1000]
    """
    told = ("id", comment.comment_id) if comment.comment_id else ("text", comment.text, comment.author_url)
    digest = blake2b("\0".join((site, *told)).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest) < share * 2**64


def compare(
    comment: Comment, measured: Measured, history: History, found: Classification, other: Model, by_candidate: bool
) -> Compared:
    """What the other model makes of a comment that was answered: its action by the same rules and thresholds.

    Args:
        comment: as it was judged.
        measured: of it; models that are in use together measure alike, or the candidate would not have been loaded.
        history: as it was read for the answer.
        found: the answer.
        other: the candidate, or the model in use where the candidate gave the answer.
        by_candidate: whether it did.
    """
    score = round(other.score(measured).probability, SCORE_DECIMALS)
    thresholds = history.thresholds or other.thresholds
    ruling = policy.decide(score, thresholds, comment, measured.seen, measured.links, history)
    answered, not_answered = (found.action, found.score), (ruling.action, score)
    return Compared(*not_answered, *answered) if by_candidate else Compared(*answered, *not_answered)
