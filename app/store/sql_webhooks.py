"""Webhooks and their outbox, in SQL: written with the decision, claimed by one process at a time."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Select, delete, exists, func, insert, or_, select, update

from app.core.times import SKEW, shifted
from app.errors import WebhookUnknown
from app.store.audit import Doer
from app.store.outbox import (
    LONGEST_WAIT,
    SUPERSEDED,
    Attempt,
    Due,
    Message,
    Webhook,
    new_message_id,
    payload_of,
    purpose_of,
)
from app.store.records import MODERATOR, Decision
from app.store.schema import comments, decisions, outbox, secrets, webhooks
from app.store.sql_audit import write_audit
from app.store.sql_base import SqlBase, require_site

_LOG = (
    outbox.c.id,
    outbox.c.message_id,
    outbox.c.comment,
    outbox.c.created_at,
    outbox.c.attempts,
    outbox.c.next_at,
    outbox.c.delivered_at,
    outbox.c.last_status,
    outbox.c.last_error,
)
"""The columns of a Message, in its order."""
_BUSY = outbox.alias("busy")
_STANDS = select(func.max(decisions.c.id)).where(decisions.c.comment == outbox.c.comment).scalar_subquery()


class SqlWebhooks(SqlBase):
    """Where decisions are sent to, and what has become of each."""

    def add_webhook(
        self, site_name: str, url: str, allow_private: bool, secret: str, created_at: str, doer: Doer | None = None
    ) -> Webhook:
        """Add a webhook with its first signing secret; it hears of decisions from now on. Raises SiteUnknown.

        With a `doer` it is written into the audit, as are the acts below.
        """
        values = {"site": site_name, "url": url, "allow_private": allow_private, "created_at": created_at}
        with self._transaction() as connection:
            require_site(connection, site_name)
            id = connection.execute(insert(webhooks).returning(webhooks.c.id), values).scalar_one()
            signs = {"site": site_name, "purpose": purpose_of(id), "secret": secret, "created_at": created_at}
            connection.execute(insert(secrets), signs)
            added = Webhook(id, site_name, url, allow_private, created_at)
            _audit(connection, doer, "webhook-add", added)
        return added

    def webhooks(self) -> tuple[Webhook, ...]:
        """Those of all sites, in the order in which they were added."""
        with self._reading() as connection:
            return tuple(Webhook(*row) for row in connection.execute(select(webhooks).order_by(webhooks.c.id)))

    def webhook(self, id: int) -> Webhook:
        """The webhook with that id. Raises WebhookUnknown."""
        with self._reading() as connection:
            return _require_webhook(connection, id)

    def remove_webhook(self, id: int, doer: Doer | None = None) -> None:
        """Remove it with its secrets and its log; nothing more is sent. Raises WebhookUnknown."""
        with self._transaction() as connection:
            _audit(connection, doer, "webhook-remove", _require_webhook(connection, id))
            connection.execute(delete(secrets).where(secrets.c.purpose == purpose_of(id)))
            connection.execute(delete(webhooks).where(webhooks.c.id == id))

    def enable_webhook(self, id: int, doer: Doer | None = None) -> None:
        """Use it again; what waited is sent. Raises WebhookUnknown."""
        with self._transaction() as connection:
            _audit(connection, doer, "webhook-enable", _require_webhook(connection, id))
            values = {"disabled_at": None, "disabled_why": ""}
            connection.execute(update(webhooks).where(webhooks.c.id == id), values)

    def messages(self, webhook: int, limit: int) -> Sequence[Message]:
        """The newest messages to it, newest first. Raises WebhookUnknown."""
        newest = select(*_LOG).where(outbox.c.webhook == webhook).order_by(outbox.c.id.desc()).limit(limit)
        with self._reading() as connection:
            _require_webhook(connection, webhook)
            return [Message(*row) for row in connection.execute(newest)]

    def replay(self, webhook: int, now: str, since: str = "", failed_only: bool = False) -> int:
        """Have messages sent again that were queued at `since` or later, and say how many.

        Only such as tell the decision that now stands on their comment: an older one would undo it in the CMS.
        Raises WebhookUnknown.
        """
        wanted = [outbox.c.webhook == webhook, outbox.c.created_at >= since, outbox.c.decision == _STANDS]
        if failed_only:
            wanted += [outbox.c.delivered_at.is_(None), outbox.c.next_at.is_(None)]
        values = {"attempts": 0, "next_at": now, "delivered_at": None, "last_status": None, "last_error": ""}
        with self._transaction() as connection:
            _require_webhook(connection, webhook)
            return connection.execute(update(outbox).where(*wanted).values(**values)).rowcount

    def claim(self, now: str, leased_until: str, resting: Collection[int] = ()) -> Due | None:
        """The message that has been due for longest; until the lease ends nobody else gets it. None when none is due.

        Args:
            now: RFC 3339, UTC, with milliseconds, as the others.
            leased_until: when others may have it, should this process die over it.
            resting: webhooks to pass over.

        Of one comment and webhook only one message is under way at a time, so that the CMS hears them in order.
        """
        due = _due(now, leased_until, resting)
        with self._reading() as connection:  # without the write lock, for mostly there is nothing
            if connection.execute(due).first() is None:
                return None
        with self._transaction() as connection:
            row = connection.execute(due).first()
            if row is None:
                return None
            lease = {"leased_until": leased_until, "attempts": row.attempts + 1}
            connection.execute(update(outbox).where(outbox.c.id == row.id), lease)
            webhook = _require_webhook(connection, row.webhook)
            signs = select(secrets.c.secret).where(
                secrets.c.site == webhook.site, secrets.c.purpose == purpose_of(webhook.id)
            )
            found = tuple(connection.execute(signs.order_by(secrets.c.id)).scalars())
        return Due(row.id, webhook, row.message_id, row.payload, row.attempts + 1, found)

    def settle(self, due: Due, attempt: Attempt) -> None:
        """Write down how an attempt went. A failure changes nothing once somebody else has taken the message over."""
        ours = (outbox.c.id == due.id, outbox.c.attempts == due.attempts)
        told = {"last_status": attempt.status, "last_error": attempt.error}
        with self._transaction() as connection:
            connection.execute(update(outbox).where(*ours).values(leased_until=None))
            if not attempt.error:
                over = {**told, "delivered_at": attempt.at, "next_at": None, "leased_until": None}
                connection.execute(update(outbox).where(outbox.c.id == due.id).values(**over))
            else:  # one whose next_at is null was superseded meanwhile, and stays so
                failed = update(outbox).where(*ours, outbox.c.next_at.is_not(None))
                connection.execute(failed.values(**told, next_at=attempt.next_at))
            if attempt.disables:
                off = {"disabled_at": attempt.at, "disabled_why": attempt.error}
                connection.execute(update(webhooks).where(webhooks.c.id == due.webhook.id).values(**off))

    def site_of_comment(self, id: str) -> str | None:
        """Whose comment it is, for operators, who may ask about every site; None when there is none."""
        with self._reading() as connection:
            return connection.execute(select(comments.c.site).where(comments.c.id == id)).scalar_one_or_none()


def queue(
    connection: Connection,
    site: str,
    comment: str,
    cms_id: str,
    decision: Decision,
    number: int,
    *,
    undoes: bool = False,
) -> None:
    """Put a decision into the outbox of the site's webhooks, in the transaction that writes it down.

    Args:
        connection: of that transaction.
        site: the comment's.
        comment: our id.
        cms_id: the CMS's own id of it.
        decision: only those of moderators are sent; what the CMS itself said is not echoed.
        number: the decision's id.
        undoes: a moderator took something back, and the CMS's own word stands again: it must hear of that.

    Earlier messages on the comment that have not arrived yet are superseded, also by what the CMS said.
    """
    waiting = update(outbox).where(outbox.c.comment == comment, outbox.c.next_at.is_not(None))
    connection.execute(waiting.values(next_at=None, last_error=SUPERSEDED))
    if decision.source != MODERATOR and not undoes:
        return
    active = select(webhooks.c.id).where(webhooks.c.site == site, webhooks.c.disabled_at.is_(None))
    message = {
        "comment": comment,
        "decision": number,
        "payload": payload_of(comment, cms_id, decision),
        "created_at": decision.at,
        "next_at": decision.at,
    }
    for webhook in connection.execute(active.order_by(webhooks.c.id)).scalars().all():
        connection.execute(insert(outbox), {**message, "webhook": webhook, "message_id": new_message_id()})


def _audit(connection: Connection, doer: Doer | None, act: str, webhook: Webhook) -> None:
    if doer:
        write_audit(connection, *doer, act, webhook.site, str(webhook.id), {"url": webhook.url})


def _due(now: str, leased_until: str, resting: Collection[int]) -> Select[Any]:
    """What may be sent. A clock that was set back must not keep messages for as long as it was set back.

    No lease that was taken before ends after one that is taken now, and no wait is longer than LONGEST_WAIT.
    """
    latest = shifted(leased_until, SKEW)
    under_way = exists().where(
        _BUSY.c.webhook == outbox.c.webhook,
        _BUSY.c.comment == outbox.c.comment,
        _BUSY.c.leased_until > now,
        _BUSY.c.leased_until <= latest,
    )
    return (
        select(outbox.c.id, outbox.c.webhook, outbox.c.message_id, outbox.c.payload, outbox.c.attempts)
        .join_from(outbox, webhooks, outbox.c.webhook == webhooks.c.id)
        .where(
            or_(outbox.c.next_at <= now, outbox.c.next_at > shifted(now, LONGEST_WAIT)),
            or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now, outbox.c.leased_until > latest),
            webhooks.c.disabled_at.is_(None),
            webhooks.c.id.not_in(resting),
            ~under_way,
        )
        .order_by(outbox.c.next_at, outbox.c.id)
        .limit(1)
    )


def _require_webhook(connection: Connection, id: int) -> Webhook:
    row = connection.execute(select(webhooks).where(webhooks.c.id == id)).first()
    if row is None:
        raise webhook_unknown(id)
    return Webhook(*row)


def webhook_unknown(id: int) -> WebhookUnknown:
    """The error, with its remedy."""
    return WebhookUnknown(str(id), "There is no webhook of that number.", "winnow webhook list shows them.")
