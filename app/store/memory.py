"""The store in dicts: for tests, and for trying Winnow without a disk. Passes SqlStore's tests."""

import threading
from collections.abc import Sequence
from dataclasses import replace

from app.core.comment import Comment, History, Rule, Thresholds
from app.errors import SiteExists, SiteUnknown, StoreUnavailable
from app.store.records import Record, Site, key_hash, key_hint, refuse_decided, without_unstored


class MemoryStore:
    """SqlStore's methods, with the same answers and errors; gone when the process ends.

    Safe for all threads.

    >>> store = MemoryStore()
    >>> store.add_site("blog", "k7f2m9q4x1z8", "2026-11-22T10:00:00Z")
    Site(name='blog', created_at='2026-11-22T10:00:00Z', key_hint='k7f')
    >>> store.history_of("blog", Comment(text="Hi"))
    History(thresholds=None, rules=(), degraded=())
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._closed = False
        self._sites: dict[str, Site] = {}
        self._names_by_hash: dict[str, str] = {}
        self._thresholds: dict[str, Thresholds] = {}
        self._rules: dict[str, list[Rule]] = {}
        self._records: dict[str, Record] = {}

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

    def history_of(self, site_name: str, comment: Comment) -> History:
        """What a verdict on `comment` depends on. Raises SiteUnknown."""
        with self._lock:
            self._require_site(site_name)
            return History(self._thresholds.get(site_name), tuple(self._rules[site_name]))

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
            return found if found is not None and found.site == site_name else None

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
