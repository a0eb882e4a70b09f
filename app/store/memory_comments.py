"""Comments, decisions, pages, clients and remembered answers, in dicts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.core.comment import Comment, History, Page
from app.errors import StoreUnavailable
from app.store.memory_webhooks import MemoryWebhooks
from app.store.records import (
    Alike,
    Client,
    Decided,
    Decision,
    Months,
    Record,
    Remembered,
    content_hash,
    is_news,
    page_key,
    refuse_decided,
    without_unstored,
)


class MemoryComments(MemoryWebhooks):
    """What sites send and people decide; each method as SqlComments', SqlDecisions' and SqlClients'."""

    def history_of(self, site_name: str, comment: Comment) -> History:
        """What a verdict on `comment` depends on. Raises SiteUnknown."""
        with self._lock:
            self._require_site(site_name)
            key = page_key(comment.page_url) if comment.page_url and not comment.page_text else ""
            page = self._pages.get((site_name, key))
            return History(self._thresholds.get(site_name), tuple(self._rules[site_name]), page)

    def record(self, records: Sequence[Record]) -> None:
        """Keep all records or none of them; errors as SqlStore's."""
        for each in records:
            refuse_decided(each)
        with self._lock:
            self._refuse_if_closed()
            for each in records:
                self._require_site(each.site)
            ids = [each.id for each in records]
            if len(set(ids)) < len(ids) or not self._records.keys().isdisjoint(ids):
                raise StoreUnavailable("memory", "An id is there already.", "Use another id.")
            for each in records:
                self._records[each.id] = replace(each, comment=without_unstored(each.comment))

    def comment(self, site_name: str, id: str) -> Record | None:
        """The record without author_ip and honeypot; None when there is none or it is another site's."""
        with self._lock:
            self._refuse_if_closed()
            found = self._records.get(id)
            if found is None or found.site != site_name:
                return None
            return replace(found, decision=self._standing(id))

    def id_of(self, site_name: str, cms_id: str) -> str | None:
        """Our id of the site's newest comment that has this id in the CMS."""
        newest = (record.id for record in self._newest(site_name) if record.comment.comment_id == cms_id)
        return next(newest, None)

    def alike(self, site_name: str, hashed: str, most: int) -> Sequence[Alike]:
        """The site's newest comments with that content hash, newest first."""
        found = [record for record in self._newest(site_name) if content_hash(record.comment) == hashed]
        return [
            Alike(
                record.id,
                record.comment.text,
                record.comment.author,
                record.comment.page_url,
                record.comment.posted_at,
                self._standing(record.id) is not None,
            )
            for record in found[:most]
        ]

    def _newest(self, site_name: str) -> list[Record]:
        with self._lock:
            self._refuse_if_closed()
            of_site = [record for record in self._records.values() if record.site == site_name]
            return sorted(of_site, key=lambda record: record.id, reverse=True)

    def put_page(self, site_name: str, url: str, page: Page, updated_at: str) -> None:
        """Keep a page's title and text for comments that name only its URL. Raises SiteUnknown."""
        with self._lock:
            self._require_site(site_name)
            self._pages[site_name, page_key(url)] = page

    def add_decision(self, site_name: str, id: str, decision: Decision) -> Decision | None:
        """Write down what somebody said of a comment, and give the decision that now stands; see SqlStore."""
        with self._lock:
            found = self.comment(site_name, id)
            if found is None:
                return None
            if not is_news(found.decision, decision):
                return found.decision or decision
            cursor = len(self._decided) + 1
            self._decided.append((site_name, Decided(cursor, id, found.comment.comment_id, decision)))
            self._queue(site_name, self._decided[-1][1])
            return decision

    def _standing(self, id: str) -> Decision | None:
        return next((each.decision for _, each in reversed(self._decided) if each.id == id), None)

    def decisions_since(self, site_name: str, cursor: int, limit: int) -> Sequence[Decided]:
        """The site's decisions behind a cursor, oldest first; each carries the cursor to go on from."""
        with self._lock:
            self._refuse_if_closed()
            return [each for site, each in self._decided if site == site_name and each.cursor > cursor][:limit]

    def months(self, site_name: str) -> Sequence[Months]:
        """What the site's comments came to, month by month, oldest first; only comments that are stored count."""
        with self._lock:
            self._refuse_if_closed()
            of_site = [record for record in self._records.values() if record.site == site_name]
            counts = {record.received_at[:7]: [0, 0, 0, 0] for record in of_site}
            for record in of_site:
                flagged = record.classification.action != "publish"
                stands = self._standing(record.id)
                label = stands.label if stands else None
                found = (True, flagged, not flagged and label == "spam", flagged and label == "ham")
                month = counts[record.received_at[:7]]
                counts[record.received_at[:7]] = [count + is_so for count, is_so in zip(month, found, strict=True)]
            return [Months(month, *counts[month]) for month in sorted(counts)]

    def note_clients(self, seen: Mapping[tuple[str, str], Client]) -> None:
        """Add to what is known of clients: (site, client) -> what came since; sites that are gone are passed over."""
        with self._lock:
            self._refuse_if_closed()
            for key, since in seen.items():
                before = self._clients.get(key, Client(since.client, "", 0, 0, ""))
                if key[0] in self._sites:
                    self._clients[key] = Client(
                        since.client,
                        since.last_at,
                        before.requests + since.requests,
                        before.failures + since.failures,
                        since.last_failure or before.last_failure,
                    )

    def clients(self, site_name: str) -> Sequence[Client]:
        """The site's clients, the one that asked last first; empty before the first request."""
        with self._lock:
            self._refuse_if_closed()
            of_site = [client for (site, _), client in self._clients.items() if site == site_name]
            return sorted(of_site, key=lambda client: client.last_at, reverse=True)

    def last_comments(self, site_name: str, most: int) -> Sequence[Record]:
        """The site's newest comments, newest first, without their decisions."""
        with self._lock:
            self._refuse_if_closed()
            of_site = [record for record in self._records.values() if record.site == site_name]
            return sorted(of_site, key=lambda record: (record.received_at, record.id), reverse=True)[:most]

    def reserve(self, site_name: str, key: str, body_hash: str, at: str, forget_before: str) -> Remembered | None:
        """Take an Idempotency-Key for a request, or give what stands under it; see SqlStore."""
        with self._lock:
            self._refuse_if_closed()
            self._remembered = {each: kept for each, kept in self._remembered.items() if kept[0] >= forget_before}
            stands = self._remembered.setdefault((site_name, key), (at, Remembered(body_hash, None)))
            return None if stands == (at, Remembered(body_hash, None)) else stands[1]

    def remember(self, site_name: str, key: str, answer: dict[str, Any] | None) -> None:
        """Keep the answer under a key that was taken; without one the key is free again."""
        with self._lock:
            self._refuse_if_closed()
            at, reserved = self._remembered.pop((site_name, key))
            if answer is not None:
                self._remembered[site_name, key] = (at, Remembered(reserved.body_hash, answer))
