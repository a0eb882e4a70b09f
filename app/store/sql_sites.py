"""Sites, their keys, thresholds, open networks and secrets, in SQL."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, exists, insert, select, update

from app.core.comment import Thresholds
from app.errors import SiteExists
from app.store.audit import Doer
from app.store.records import Site, key_hash, key_hint
from app.store.schema import networks, secrets, sites
from app.store.sql_audit import write_audit
from app.store.sql_base import SqlBase, has_site, require_site

_SITE_OF_KEY = select(sites.c.name, sites.c.created_at, sites.c.key_hint).where(
    sites.c.key_hash == bindparam("key_hash")
)


_LIMITS = (sites.c.hold, sites.c.reject, sites.c.discard)


class SqlSites(SqlBase):
    """What operators set up. With a `doer` it is written into the audit too."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._site_of_key = self._compiled(_SITE_OF_KEY)

    def add_site(self, name: str, key: str, created_at: str, doer: Doer | None = None) -> Site:
        """Add a site that is opened by `key`; only the key's hash and hint are kept.

        Raises SiteExists when the name is taken, StoreUnavailable when another site has that key.
        """
        site = Site(name, created_at, key_hint(key))
        with self._transaction() as connection:
            if has_site(connection, name):
                raise SiteExists(name, "A site of that name is there already.", "Choose another name.")
            values = {"name": name, "created_at": created_at, **_key_columns(key)}
            connection.execute(insert(sites), values)
            _audit(connection, doer, "site-add", name)
        return site

    def sites(self) -> tuple[Site, ...]:
        """All sites by name (in the order of code points); empty before the first is added."""
        statement = select(sites.c.name, sites.c.created_at, sites.c.key_hint).order_by(sites.c.name)
        with self._reading() as connection:
            return tuple(Site(*row) for row in connection.execute(statement))

    def rotate_key(self, name: str, key: str, doer: Doer | None = None) -> Site:
        """Give a site another key; the old one stops working at once.

        Raises SiteUnknown, and StoreUnavailable when another site has that key.
        """
        with self._transaction() as connection:
            require_site(connection, name)
            connection.execute(update(sites).where(sites.c.name == name), _key_columns(key))
            created_at = connection.execute(select(sites.c.created_at).where(sites.c.name == name)).scalar_one()
            _audit(connection, doer, "site-key", name, {"hint": key_hint(key)})
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
            if before != values:
                told = {"from": before, "to": values, "before": _said(before), "after": _said(values)}
                _audit(connection, doer, "site-thresholds", name, told)

    def set_observed(self, name: str, is_observed: bool, doer: Doer | None = None) -> bool:
        """Say whether the site is only observed; False when that was so already. Raises SiteUnknown."""
        with self._transaction() as connection:
            require_site(connection, name)
            changed = (sites.c.name == name, sites.c.is_observed != is_observed)
            if not connection.execute(update(sites).where(*changed), {"is_observed": is_observed}).rowcount:
                return False
            _audit(connection, doer, "site-observe" if is_observed else "site-act", name)
        return True

    def observed_sites(self) -> tuple[str, ...]:
        """The names of the sites that are only observed, in order."""
        statement = select(sites.c.name).where(sites.c.is_observed).order_by(sites.c.name)
        with self._reading() as connection:
            return tuple(connection.execute(statement).scalars())

    # Networks that need no key

    def open_to(self, name: str, network: str, doer: Doer | None = None) -> bool:
        """Let a network speak for the site without a key; False when it may already. Raises SiteUnknown."""
        with self._transaction() as connection:
            require_site(connection, name)
            if connection.execute(select(exists().where(*_is_network(name, network)))).scalar_one():
                return False
            connection.execute(insert(networks), {"site": name, "network": network})
            _audit(connection, doer, "site-open", name, {"network": network})
        return True

    def close_to(self, name: str, network: str, doer: Doer | None = None) -> bool:
        """Ask that network for the key again; False when it was not open. Raises SiteUnknown."""
        with self._transaction() as connection:
            require_site(connection, name)
            if not connection.execute(delete(networks).where(*_is_network(name, network))).rowcount:
                return False
            _audit(connection, doer, "site-close", name, {"network": network})
        return True

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


def _said(limits: Mapping[str, float | None]) -> str:
    """Thresholds for a sentence; three dashes are the model's."""
    return " / ".join("–" if value is None else f"{value:g}" for value in limits.values())


def _audit(
    connection: Connection, doer: Doer | None, act: str, site: str, detail: Mapping[str, Any] | None = None
) -> None:
    if doer:
        write_audit(connection, *doer, act, site, site, detail)


def _key_columns(key: str) -> dict[str, str]:
    return {"key_hash": key_hash(key), "key_hint": key_hint(key)}


def _is_network(name: str, network: str) -> tuple[Any, ...]:
    return (networks.c.site == name, networks.c.network == network)
