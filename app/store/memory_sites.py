"""Sites, their keys, thresholds, rules, open networks and secrets, in dicts."""

from collections.abc import Sequence
from dataclasses import replace

from app.core.comment import Rule, Thresholds
from app.errors import SiteExists, StoreUnavailable
from app.store.memory_base import MemoryBase
from app.store.records import Site, key_hash, key_hint


class MemorySites(MemoryBase):
    """What operators set up; each method as SqlSites'."""

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

    def _set_key(self, name: str, key: str) -> None:
        if self._names_by_hash.get(key_hash(key), name) != name:
            raise StoreUnavailable("memory", "Another site has that key.", "Use another key.")
        kept = {hashed: owner for hashed, owner in self._names_by_hash.items() if owner != name}
        self._names_by_hash = {**kept, key_hash(key): name}
