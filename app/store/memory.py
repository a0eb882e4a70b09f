"""The store in dicts: for tests, and for trying Winnow without a disk. Passes SqlStore's tests."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from app.core.comment import Comment, History, Page, Rule, Thresholds
from app.core.text import text_hash as text_hash_of
from app.errors import SiteExists, SiteUnknown, StoreUnavailable
from app.store.records import (
    Decided,
    Decision,
    Months,
    Record,
    Remembered,
    Site,
    key_hash,
    key_hint,
    page_key,
    refuse_decided,
    without_unstored,
)


class MemoryStore:
    """SqlStore's methods, with the same answers and errors; gone when the process ends.

    Safe for all threads.

    >>> store = MemoryStore()
    >>> store.add_site("blog", "k7f2m9q4x1z8", "2026-11-22T10:00:00Z")
    Site(name='blog', created_at='2026-11-22T10:00:00Z', key_hint='k7f')
    >>> store.history_of("blog", Comment(text="Hi"))
    History(thresholds=None, rules=(), page=None, degraded=())
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._closed = False
        self._sites: dict[str, Site] = {}
        self._names_by_hash: dict[str, str] = {}
        self._thresholds: dict[str, Thresholds] = {}
        self._rules: dict[str, list[Rule]] = {}
        self._networks: dict[str, set[str]] = {}
        self._secrets: dict[tuple[str, str], tuple[str, ...]] = {}
        self._records: dict[str, Record] = {}
        self._decided: list[tuple[str, Decided]] = []
        """(site, decision), in the order in which they were made; a decision's place is its cursor less 1."""
        self._pages: dict[tuple[str, str], Page] = {}
        self._remembered: dict[tuple[str, str], tuple[str, Remembered]] = {}

    def add_site(self, name: str, key: str, created_at: str) -> Site:
        """Add a site; SiteExists when the name is taken, StoreUnavailable when the key is."""
        with self._lock:
            self._refuse_if_closed()
            if name in self._sites:
                raise SiteExists(name, "A site of that name is there already.", "Choose another name.")
            self._set_key(name, key)
            self._rules[name] = []
            self._sites[name] = Site(name, created_at, key_hint(key))
            return self._sites[name]

    def sites(self) -> tuple[Site, ...]:
        """All sites by name (in the order of code points); empty before the first is added."""
        with self._lock:
            self._refuse_if_closed()
            return tuple(site for _, site in sorted(self._sites.items()))

    def rotate_key(self, name: str, key: str) -> Site:
        """Give a site another key; the old one stops working. SiteUnknown, StoreUnavailable as above."""
        with self._lock:
            self._require_site(name)
            self._set_key(name, key)
            self._sites[name] = replace(self._sites[name], key_hint=key_hint(key))
            return self._sites[name]

    def site_of_key(self, key: str) -> Site | None:
        """The site that this key opens; None for any other text, whatever it is."""
        with self._lock:
            self._refuse_if_closed()
            name = self._names_by_hash.get(key_hash(key))
            return None if name is None else self._sites[name]

    def set_thresholds(self, name: str, thresholds: Thresholds | None) -> None:
        """Set the site's own thresholds; None goes back to those of the model. Raises SiteUnknown."""
        with self._lock:
            self._require_site(name)
            self._thresholds.pop(name, None)
            if thresholds is not None:
                self._thresholds[name] = thresholds

    def add_rule(self, name: str, rule: Rule, created_at: str) -> bool:
        """Add a rule behind the site's others; False when it has it already. Raises SiteUnknown."""
        with self._lock:
            self._require_site(name)
            if rule in self._rules[name]:
                return False
            self._rules[name].append(rule)
            return True

    def remove_rule(self, name: str, rule: Rule) -> bool:
        """Remove a rule of the site; False when it has none such. Raises SiteUnknown."""
        with self._lock:
            self._require_site(name)
            if rule not in self._rules[name]:
                return False
            self._rules[name].remove(rule)
            return True

    def open_to(self, name: str, network: str) -> bool:
        """Let a network speak for the site without a key; False when it may already. Raises SiteUnknown."""
        with self._lock:
            self._require_site(name)
            before = len(self._networks.setdefault(name, set()))
            self._networks[name].add(network)
            return len(self._networks[name]) > before

    def close_to(self, name: str, network: str) -> bool:
        """Ask that network for the key again; False when it was not open. Raises SiteUnknown."""
        with self._lock:
            self._require_site(name)
            was_open = network in self._networks.get(name, set())
            self._networks.get(name, set()).discard(network)
            return was_open

    def open_networks(self) -> tuple[tuple[Site, str], ...]:
        """Every site that is open to a network, with the network; by site and network."""
        with self._lock:
            self._refuse_if_closed()
            return tuple(
                (self._sites[name], network)
                for name in sorted(self._networks)
                for network in sorted(self._networks[name])
            )

    def set_secrets(self, name: str, purpose: str, values: Sequence[str], created_at: str) -> None:
        """Replace the site's secrets for that purpose; none takes them away. Raises SiteUnknown."""
        with self._lock:
            self._require_site(name)
            self._secrets[name, purpose] = tuple(values)

    def secrets(self, name: str, purpose: str) -> tuple[str, ...]:
        """The site's secrets for that purpose, as they were set; empty also for no such site."""
        with self._lock:
            self._refuse_if_closed()
            return self._secrets.get((name, purpose), ())

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
        return self._newest(site_name, lambda comment: comment.comment_id == cms_id)

    def id_of_text(self, site_name: str, text_hash: str, author: str | None = None) -> str | None:
        """Our id of the site's newest comment with that text, by that author where one is named."""
        return self._newest(
            site_name,
            lambda comment: text_hash_of(comment.text) == text_hash and author in (None, comment.author),
        )

    def _newest(self, site_name: str, is_wanted: Callable[[Comment], bool]) -> str | None:
        with self._lock:
            self._refuse_if_closed()
            of_site = (record for record in self._records.values() if record.site == site_name)
            return max((record.id for record in of_site if is_wanted(record.comment)), default=None)

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
            stands = found.decision
            if stands is not None and (stands.label, stands.source) == (decision.label, decision.source):
                return stands
            if stands is not None or decision.label is not None:
                cursor = len(self._decided) + 1
                self._decided.append((site_name, Decided(cursor, id, found.comment.comment_id, decision)))
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

    def remembered(self, site_name: str, key: str) -> Remembered | None:
        """The answer that was given to a request with that Idempotency-Key; None when there was none."""
        with self._lock:
            self._refuse_if_closed()
            found = self._remembered.get((site_name, key))
            return found[1] if found else None

    def remember(self, site_name: str, key: str, answered: Remembered, at: str, forget_before: str) -> None:
        """Keep an answer under its Idempotency-Key, and drop those that were given before a time."""
        with self._lock:
            self._refuse_if_closed()
            self._remembered = {each: kept for each, kept in self._remembered.items() if kept[0] >= forget_before}
            self._remembered.setdefault((site_name, key), (at, answered))

    def check(self) -> None:
        """Raise StoreUnavailable when the store is closed; memory has no other way to fail."""
        self._refuse_if_closed()

    def close(self) -> None:
        """Every other method raises StoreUnavailable from now on."""
        self._closed = True

    def _set_key(self, name: str, key: str) -> None:
        if self._names_by_hash.get(key_hash(key), name) != name:
            raise StoreUnavailable("memory", "Another site has that key.", "Use another key.")
        kept = {hashed: owner for hashed, owner in self._names_by_hash.items() if owner != name}
        self._names_by_hash = {**kept, key_hash(key): name}

    def _require_site(self, name: str) -> None:
        self._refuse_if_closed()
        if name not in self._sites:
            raise SiteUnknown(name, "There is no site of that name.", "winnow site list shows them.")

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise StoreUnavailable("memory", "The store is closed.", "Restart Winnow.")
