"""Signatures as Standard Webhooks has them: one for each secret, so that secrets can be changed without a gap."""

from collections.abc import Iterable
from datetime import datetime

from standardwebhooks import Webhook


def headers(message_id: str, payload: str, signing: Iterable[str], now: datetime) -> dict[str, str]:
    """The three headers of one attempt.

    Args:
        message_id: the same at every attempt.
        payload: exactly what is sent.
        signing: every secret that may be checked against; the newest last, whose signature comes first.
        now: when it is sent, with its time zone UTC; receivers refuse what is older than five minutes.

    >>> from datetime import UTC
    >>> at = datetime(2026, 12, 1, tzinfo=UTC)
    >>> made = headers("msg_a", "{}", ["whsec_b2xk", "whsec_bmV3"], at)
    >>> made["webhook-id"], made["webhook-timestamp"], len(made["webhook-signature"].split(" "))
    ('msg_a', '1796083200', 2)
    """
    signatures = [Webhook(secret).sign(message_id, now, payload) for secret in signing]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(reversed(signatures)),
    }
