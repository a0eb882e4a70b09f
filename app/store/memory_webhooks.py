"""Webhooks and their outbox, in dicts."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from app.errors import WebhookUnknown
from app.store.memory_base import MemoryBase, Waiting
from app.store.outbox import (
    SUPERSEDED,
    Attempt,
    Due,
    Message,
    Webhook,
    new_message_id,
    payload_of,
    purpose_of,
)
from app.store.records import MODERATOR, Decided


class MemoryWebhooks(MemoryBase):
    """Where decisions are sent to, and what has become of each."""

    def add_webhook(self, site_name: str, url: str, allow_private: bool, secret: str, created_at: str) -> Webhook:
        """Add a webhook with its first signing secret; it hears of decisions from now on. Raises SiteUnknown."""
        with self._lock:
            self._require_site(site_name)
            self._webhooks_ever += 1
            added = Webhook(self._webhooks_ever, site_name, url, allow_private, created_at)
            self._webhooks[added.id] = added
            self._secrets[site_name, purpose_of(added.id)] = (secret,)
            return added

    def webhooks(self) -> tuple[Webhook, ...]:
        """Those of all sites, in the order in which they were added."""
        with self._lock:
            self._refuse_if_closed()
            return tuple(self._webhooks.values())

    def webhook(self, id: int) -> Webhook:
        """The webhook with that id. Raises WebhookUnknown."""
        with self._lock:
            self._refuse_if_closed()
            if id not in self._webhooks:
                what = "There is no webhook of that number."
                raise WebhookUnknown(str(id), what, "winnow webhook list shows them.")
            return self._webhooks[id]

    def remove_webhook(self, id: int) -> None:
        """Remove it with its secrets and its log; nothing more is sent. Raises WebhookUnknown."""
        with self._lock:
            gone = self.webhook(id)
            del self._webhooks[id]
            self._secrets.pop((gone.site, purpose_of(id)), None)
            self._outbox = [each for each in self._outbox if each.webhook != id]

    def enable_webhook(self, id: int) -> None:
        """Use it again; what waited is sent. Raises WebhookUnknown."""
        with self._lock:
            self._webhooks[id] = replace(self.webhook(id), disabled_at=None, disabled_why="")

    def messages(self, webhook: int, limit: int) -> Sequence[Message]:
        """The newest messages to it, newest first. Raises WebhookUnknown."""
        with self._lock:
            self.webhook(webhook)
            return [each.message for each in reversed(self._outbox) if each.webhook == webhook][:limit]

    def replay(self, webhook: int, now: str, since: str = "", failed_only: bool = False) -> int:
        """Have messages sent again that were queued at `since` or later, and say how many; see SqlStore."""
        with self._lock:
            self.webhook(webhook)
            newest = {decided.id: decided.cursor for _, decided in self._decided}
            again = [
                each
                for each in self._outbox
                if each.webhook == webhook
                and each.message.created_at >= since
                and each.decision == newest[each.message.comment]
                and (not failed_only or each.message.state == "failed")
            ]
            for each in again:
                each.message = replace(
                    each.message, attempts=0, next_at=now, delivered_at=None, last_status=None, last_error=""
                )
            return len(again)

    def claim(self, now: str, leased_until: str, resting: Collection[int] = ()) -> Due | None:
        """The message that has been due for longest; until the lease ends nobody else gets it; see SqlStore."""
        with self._lock:
            self._refuse_if_closed()
            busy = {(each.webhook, each.message.comment) for each in self._outbox if each.leased_until > now}
            due = [
                each
                for each in self._outbox
                if each.message.next_at is not None
                and each.message.next_at <= now
                and each.webhook not in resting
                and self._webhooks[each.webhook].disabled_at is None
                and (each.webhook, each.message.comment) not in busy
            ]
            if not due:
                return None
            first = min(due, key=lambda each: (each.message.next_at or "", each.message.id))
            first.leased_until = leased_until
            message = first.message = replace(first.message, attempts=first.message.attempts + 1)
            webhook = self._webhooks[first.webhook]
            signs = self._secrets.get((webhook.site, purpose_of(webhook.id)), ())
            return Due(message.id, webhook, message.message_id, first.payload, message.attempts, signs)

    def settle(self, due: Due, attempt: Attempt) -> None:
        """Write down how an attempt went. A failure changes nothing once somebody else has taken the message over."""
        with self._lock:
            self._refuse_if_closed()
            for each in self._outbox:
                if each.message.id == due.id:
                    _settle(each, due, attempt)
            if attempt.disables and due.webhook.id in self._webhooks:
                known = self._webhooks[due.webhook.id]
                self._webhooks[known.id] = replace(known, disabled_at=attempt.at, disabled_why=attempt.error)

    def site_of_comment(self, id: str) -> str | None:
        """Whose comment it is, for operators, who may ask about every site; None when there is none."""
        with self._lock:
            self._refuse_if_closed()
            found = self._records.get(id)
            return found.site if found else None

    def _queue(self, site: str, decided: Decided) -> None:
        for each in self._outbox:
            if each.message.comment == decided.id and each.message.next_at is not None:
                each.message = replace(each.message, next_at=None, last_error=SUPERSEDED)
        if decided.decision.source != MODERATOR:
            return
        payload, at = payload_of(decided.id, decided.comment_id, decided.decision), decided.decision.at
        for webhook in self._webhooks.values():
            if webhook.site == site and webhook.disabled_at is None:
                self._messages_ever += 1
                message = Message(self._messages_ever, new_message_id(), decided.id, at, 0, at, None, None, "")
                self._outbox.append(Waiting(webhook.id, decided.cursor, payload, message))


def _settle(row: Waiting, due: Due, attempt: Attempt) -> None:
    is_ours = row.message.attempts == due.attempts
    if is_ours or not attempt.error:
        row.leased_until = ""
    told = replace(row.message, last_status=attempt.status, last_error=attempt.error)
    if not attempt.error:
        row.message = replace(told, delivered_at=attempt.at, next_at=None)
    elif is_ours and row.message.next_at is not None:
        row.message = replace(told, next_at=attempt.next_at)
