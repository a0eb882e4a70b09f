"""What the store takes and gives about webhooks: where decisions are sent to, and what becomes of each message."""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, NamedTuple

from app.store.records import Decision

SECRET_BYTES = 32
SUPERSEDED = "A later decision on the same comment took its place."
LONGEST_WAIT = timedelta(hours=30)
"""No message waits longer for its next attempt: a day, and a fifth more by chance. What seems to is due: the clock that
said so was wrong."""
State = Literal["waiting", "retrying", "delivered", "failed", "superseded"]


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address of a CMS that hears of the moderators' decisions."""

    id: int
    """Rising over all sites; never used twice."""
    site: str
    url: str
    allow_private: bool
    """May be http, and lead into the operator's own networks."""
    created_at: str
    """RFC 3339, UTC, like all times here."""
    disabled_at: str | None = None
    """None while it is in use."""
    disabled_why: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One decision on its way to one webhook, as the log shows it."""

    id: int
    message_id: str
    """The header webhook-id: the same at every attempt, so that a receiver can tell what it has already."""
    comment: str
    """Our id of the comment."""
    created_at: str
    attempts: int
    next_at: str | None
    """When it is tried next; None when it is over."""
    delivered_at: str | None
    last_status: int | None
    """HTTP's, of the last attempt; None when nobody answered."""
    last_error: str
    """What went wrong last, in our words; empty when nothing did."""

    @property
    def state(self) -> State:
        """What has become of it.

        >>> Message(1, "msg_a", "c_1", "", 10, None, None, 500, "It answered 500.").state
        'failed'
        """
        if self.next_at is not None:
            return "retrying" if self.attempts else "waiting"
        if self.delivered_at is not None:
            return "delivered"
        return "superseded" if self.last_error == SUPERSEDED else "failed"


class Due(NamedTuple):
    """A message that is to be sent now, by whoever has claimed it."""

    id: int
    webhook: Webhook
    message_id: str
    payload: str
    attempts: int
    """This one included."""
    secrets: tuple[str, ...]
    """Each signs; the oldest first."""


class Attempt(NamedTuple):
    """How it went."""

    at: str
    status: int | None
    error: str
    """Empty when it was delivered."""
    next_at: str | None = None
    """When to try again; None to give up."""
    disables: bool = False
    """The receiver wants no more messages."""


def purpose_of(webhook: int) -> str:
    """Under what its signing secrets are kept.

    >>> purpose_of(3)
    'webhook:3'
    """
    return f"webhook:{webhook}"


def payload_of(comment: str, cms_id: str, decision: Decision) -> str:
    """What is sent: JSON in ASCII, so that nothing on the way can change a byte of what is signed.

    >>> print(payload_of("c_1", "77", Decision("ham", "Ján", "2026-12-01T10:00:00Z", "moderator")))
    {"type":"comment.decided","timestamp":"2026-12-01T10:00:00Z",\
"data":{"id":"c_1","comment_id":"77","label":"ham","by":"J\\u00e1n","at":"2026-12-01T10:00:00Z"}}
    """
    told = {"id": comment, "comment_id": cms_id, "label": decision.label, "by": decision.by, "at": decision.at}
    return json.dumps({"type": "comment.decided", "timestamp": decision.at, "data": told}, separators=(",", ":"))


def new_message_id() -> str:
    """Unlike any other, also one from before a backup was restored."""
    return f"msg_{secrets.token_hex(12)}"


def new_secret() -> str:
    """What signs messages: 256 random bits in the form that the libraries of Standard Webhooks take.

    >>> secret = new_secret()
    >>> (secret.startswith("whsec_"), len(secret), secret == new_secret())
    (True, 50, False)
    """
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
