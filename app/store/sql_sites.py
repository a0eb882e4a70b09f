"""Sites, their keys, thresholds, rules, open networks and secrets, in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, bindparam, delete, exists, insert, select, update

from app.core.comment import Rule, Thresholds
from app.errors import SiteExists
from app.store.audit import Doer
from app.store.records import Site, key_hash, key_hint
from app.store.schema import networks, rules, secrets, sites
from app.store.sql_audit import write_audit
from app.store.sql_base import SqlBase, has_site, require_site

_SITE_OF_KEY = select(sites.c.name, sites.c.created_at, sites.c.key_hint).where(
    sites.c.key_hash == bindparam("key_hash")
)


_LIMITS = (sites.c.hold, sites.c.reject, sites.c.discard)


class SqlSites(SqlBase):
    """What operators set up."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._site_of_key = self._compiled(_SITE_OF_KEY)

    def add_site(self, name: str, key: str, created_at: str) -> Site:
        """Add a site that is opened by `key`; only the key's hash and hint are kept.

        Raises SiteExists when the name is taken, StoreUnavailable when another site has that key.
        """
        site = Site(name, created_at, key_hint(key))
        with self._transaction() as connection:
            if has_site(connection, name):
                raise SiteExists(name, "A site of that name is there already.", "Choose another name.")
            values = {"name": name, "created_at": created_at, **_key_columns(key)}
            connection.execute(insert(sites), values)
        return site

    def sites(self) -> tuple[Site, ...]:
        """All sites by name (in the order of code points); empty before the first is added."""
        statement = select(sites.c.name, sites.c.created_at, sites.c.key_hint).order_by(sites.c.name)
        with self._reading() as connection:
            return tuple(Site(*row) for row in connection.execute(statement))

    def rotate_key(self, name: str, key: str) -> Site:
        """Give a site another key; the old one stops working at once.

        Raises SiteUnknown, and StoreUnavailable when another site has that key.
        """
        with self._transaction() as connection:
            require_site(connection, name)
            connection.execute(update(sites).where(sites.c.name == name), _key_columns(key))
            created_at = connection.execute(select(sites.c.created_at).where(sites.c.name == name)).scalar_one()
        return Site(name, created_at, key_hint(key))

    def site_of_key(self, key: str) -> Site | None:
        """The site that this key opens; None for any other text, whatever it is."""
        found = self._read(self._site_of_key, key_hash(key))
        return Site(*found[0]) if found else None

    def set_thresholds(self, name: str, thresholds: Thresholds | None, doer: Doer | None = None) -> None:
        """Set the site's own thresholds; None goes back to those of the model. Raises SiteUnknown."""
        values = {
            "hold": thresholds.hold if thresholds else None,
            "reject": thresholds.reject if thresholds else None,
            "discard": thresholds.discard if thresholds else None,
        }
        with self._transaction() as connection:
            require_site(connection, name)
            before = connection.execute(select(*_LIMITS).where(sites.c.name == name)).one()._asdict()
            connection.execute(update(sites).where(sites.c.name == name), values)
            if before != values and doer is not None:
                write_audit(connection, doer.at, doer.by, "site-thresholds", name, name, {"from": before, "to": values})

    def add_rule(self, name: str, rule: Rule, created_at: str) -> bool:
        """Add a rule behind the site's others; False when it has that very rule already.

        Raises SiteUnknown.
        """
        with self._transaction() as connection:
            require_site(connection, name)
            if connection.execute(select(exists().where(*_is_rule(name, rule)))).scalar_one():
                return False
            values = {"site": name, "effect": rule.effect, "kind": rule.kind, "value": rule.value}
            connection.execute(insert(rules), {**values, "created_at": created_at})
        return True

    def remove_rule(self, name: str, rule: Rule) -> bool:
        """Remove a rule of the site; False when it has none such. Raises SiteUnknown."""
        with self._transaction() as connection:
            require_site(connection, name)
            return connection.execute(delete(rules).where(*_is_rule(name, rule))).rowcount > 0

    # Networks that need no key

    def open_to(self, name: str, network: str) -> bool:
        """Let a network speak for the site without a key; False when it may already. Raises SiteUnknown."""
        with self._transaction() as connection:
            require_site(connection, name)
            if connection.execute(select(exists().where(*_is_network(name, network)))).scalar_one():
                return False
            connection.execute(insert(networks), {"site": name, "network": network})
        return True

    def close_to(self, name: str, network: str) -> bool:
        """Ask that network for the key again; False when it was not open. Raises SiteUnknown."""
        with self._transaction() as connection:
            require_site(connection, name)
            return connection.execute(delete(networks).where(*_is_network(name, network))).rowcount > 0

    def open_networks(self) -> tuple[tuple[Site, str], ...]:
        """Every site that is open to a network, with the network; by site and network."""
        statement = (
            select(sites.c.name, sites.c.created_at, sites.c.key_hint, networks.c.network)
            .join_from(networks, sites, networks.c.site == sites.c.name)
            .order_by(sites.c.name, networks.c.network)
        )
        with self._reading() as connection:
            return tuple((Site(*row[:3]), row[3]) for row in connection.execute(statement))

    # Secrets that sign what is sent

    def set_secrets(self, name: str, purpose: str, values: Sequence[str], created_at: str) -> None:
        """Replace the site's secrets for that purpose; none takes them away. Raises SiteUnknown."""
        rows = [{"site": name, "purpose": purpose, "secret": each, "created_at": created_at} for each in values]
        with self._transaction() as connection:
            require_site(connection, name)
            connection.execute(delete(secrets).where(secrets.c.site == name, secrets.c.purpose == purpose))
            if rows:
                connection.execute(insert(secrets), rows)

    def secrets(self, name: str, purpose: str) -> tuple[str, ...]:
        """The site's secrets for that purpose, as they were set; empty also for no such site."""
        wanted = (secrets.c.site == name, secrets.c.purpose == purpose)
        with self._reading() as connection:
            return tuple(connection.execute(select(secrets.c.secret).where(*wanted).order_by(secrets.c.id)).scalars())


def _key_columns(key: str) -> dict[str, str]:
    return {"key_hash": key_hash(key), "key_hint": key_hint(key)}


def _is_rule(name: str, rule: Rule) -> tuple[Any, ...]:
    return (
        rules.c.site == name,
        rules.c.effect == rule.effect,
        rules.c.kind == rule.kind,
        rules.c.value == rule.value,
    )


def _is_network(name: str, network: str) -> tuple[Any, ...]:
    return (networks.c.site == name, networks.c.network == network)
