"""The sites at a glance, in SQL."""

from typing import Any

from sqlalchemy import Connection, Select, func, select

from app.core.comment import Thresholds
from app.store.overview import SiteState
from app.store.records import Site
from app.store.schema import clients, comments, networks, sites
from app.store.sql_base import SqlBase, site_unknown


class SqlOverview(SqlBase):
    """What the pages of sites show."""

    def site_states(self, since: str) -> tuple[SiteState, ...]:
        """Every site by name (in the order of code points); its comments are counted that came since."""
        with self._reading() as connection:
            return _states(connection, since, select(sites))

    def site_state(self, name: str, since: str) -> SiteState:
        """One site. Raises SiteUnknown."""
        with self._reading() as connection:
            found = _states(connection, since, select(sites).where(sites.c.name == name))
        if not found:
            raise site_unknown(name)
        return found[0]


def _states(connection: Connection, since: str, wanted: Select[Any]) -> tuple[SiteState, ...]:
    came = _counted(connection, comments.c.received_at >= since)
    held = _counted(connection, comments.c.tab == "review")
    asked = {
        row.site: (row.last_at, row.client)
        for row in connection.execute(select(clients.c.site, clients.c.last_at, clients.c.client).order_by("last_at"))
    }
    opened: dict[str, list[str]] = {}
    for site, network in connection.execute(select(networks.c.site, networks.c.network).order_by("network")):
        opened.setdefault(site, []).append(network)
    return tuple(
        SiteState(
            Site(row.name, row.created_at, row.key_hint),
            None if row.hold is None else Thresholds(row.hold, row.reject, row.discard),
            came.get(row.name, 0),
            held.get(row.name, 0),
            *asked.get(row.name, ("", "")),
            tuple(opened.get(row.name, ())),
            row.is_observed,
        )
        for row in connection.execute(wanted.order_by(sites.c.name))
    )


def _counted(connection: Connection, condition: Any) -> dict[str, int]:
    statement = select(comments.c.site, func.count()).where(condition).group_by(comments.c.site)
    return {site: count for site, count in connection.execute(statement)}  # noqa: C416 - rows are no pairs to mypy
