"""Who asks in a site's name, and its last comments: what the doctor looks at, in SQL."""

from collections.abc import Mapping, Sequence

from sqlalchemy import case, select

from app.store import rows
from app.store.dialects import upsert
from app.store.records import Client, Record
from app.store.schema import clients, comments, sites
from app.store.sql_base import SqlBase


class SqlClients(SqlBase):
    """Counts are added up in the process and written now and then."""

    def note_clients(self, seen: Mapping[tuple[str, str], Client]) -> None:
        """Add to what is known of clients: (site, client) -> what came since; sites that are gone are passed over."""
        with self._transaction() as connection:
            known = set(connection.execute(select(sites.c.name)).scalars())
            for (site, _), since in seen.items():
                if site in known:
                    added = upsert(connection, clients).values(site=site, **since._asdict())
                    new = added.excluded
                    statement = added.on_conflict_do_update(
                        index_elements=["site", "client"],
                        set_={
                            "last_at": new.last_at,
                            "requests": clients.c.requests + new.requests,
                            "failures": clients.c.failures + new.failures,
                            "last_failure": case(
                                (new.last_failure != "", new.last_failure), else_=clients.c.last_failure
                            ),
                        },
                    )
                    connection.execute(statement)

    def clients(self, site_name: str) -> Sequence[Client]:
        """The site's clients, the one that asked last first; empty before the first request."""
        columns = [clients.c[name] for name in Client._fields]
        statement = select(*columns).where(clients.c.site == site_name).order_by(clients.c.last_at.desc())
        with self._reading() as connection:
            return [Client(*row) for row in connection.execute(statement)]

    def last_comments(self, site_name: str, most: int) -> Sequence[Record]:
        """The site's newest comments, newest first, without their decisions."""
        statement = (
            select(comments)
            .where(comments.c.site == site_name)
            .order_by(comments.c.received_at.desc(), comments.c.id.desc())
            .limit(most)
        )
        with self._reading() as connection:
            return [rows.record_of(dict(row)) for row in connection.execute(statement).mappings()]
