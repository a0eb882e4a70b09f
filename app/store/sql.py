"""The store on a database: each method one read or one transaction."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from app.errors import StoreUnavailable
from app.store.database import migrate, open_engine
from app.store.schema import sites
from app.store.sql_accounts import SqlAccounts
from app.store.sql_acts import SqlActs
from app.store.sql_audit import SqlAudit
from app.store.sql_batches import SqlBatches
from app.store.sql_campaigns import SqlCampaigns
from app.store.sql_clients import SqlClients
from app.store.sql_comments import SqlComments
from app.store.sql_decisions import SqlDecisions
from app.store.sql_domains import SqlDomains
from app.store.sql_export import SqlExport
from app.store.sql_importing import SqlImporting
from app.store.sql_looking import SqlLooking
from app.store.sql_networks import SqlNetworks
from app.store.sql_overview import SqlOverview
from app.store.sql_past import SqlPast
from app.store.sql_people import SqlPeople
from app.store.sql_preferences import SqlPreferences
from app.store.sql_purging import SqlPurging
from app.store.sql_queue import SqlQueue
from app.store.sql_rules import SqlRules
from app.store.sql_sessions import SqlSessions
from app.store.sql_settling import SqlSettling
from app.store.sql_shadow import SqlShadow
from app.store.sql_sites import SqlSites
from app.store.sql_statistics import SqlStatistics
from app.store.sql_taking_back import SqlTakingBack
from app.store.sql_teaching import SqlTeaching
from app.store.sql_watching import SqlWatching
from app.store.sql_webhooks import SqlWebhooks

_ANY_SITE = select(sites.c.name).limit(1)


class SqlStore(
    SqlSites,
    SqlNetworks,
    SqlRules,
    SqlOverview,
    SqlPast,
    SqlPreferences,
    SqlComments,
    SqlDecisions,
    SqlClients,
    SqlWebhooks,
    SqlAccounts,
    SqlSessions,
    SqlAudit,
    SqlActs,
    SqlBatches,
    SqlQueue,
    SqlLooking,
    SqlPeople,
    SqlDomains,
    SqlStatistics,
    SqlWatching,
    SqlShadow,
    SqlExport,
    SqlImporting,
    SqlTeaching,
    SqlTakingBack,
    SqlPurging,
    SqlCampaigns,
    SqlSettling,
):
    """Sites, rules and records in the database of `engine`, which must have been migrated.

    Safe for all threads of one process; several processes may use one file. Any method raises
    StoreUnavailable when the database does not answer or refuses, and then nothing was written.

    >>> with temporary_store() as store:
    ...     added = store.add_site("blog", "k7f2m9q4x1z8", "2026-11-22T10:00:00Z")
    ...     store.site_of_key("k7f2m9q4x1z8")
    Site(name='blog', created_at='2026-11-22T10:00:00Z', key_hint='k7f')
    """

    def check(self) -> None:
        """Read, and see whether something could be written; StoreUnavailable says why not.

        A fault that was met before is looked for again: after a failed write it really writes, and where something made
        no sense it looks the whole file over.
        """
        self._refuse_if_moved()
        with self._reading() as connection:
            connection.execute(_ANY_SITE).first()
            if self._is_damaged:
                self._is_damaged = not self._kind.is_whole(connection)
        if self._is_damaged:
            raise StoreUnavailable(self._which, "The database is damaged.", "Restore it from a backup.")
        must_write = self._cannot_write
        with self._transaction() as connection:
            if must_write:
                self._kind.write_something(connection)

    def close(self) -> None:
        """Close the engine; every other method raises StoreUnavailable from now on."""
        self._closed = True
        self._engine.dispose()


@contextmanager
def temporary_store() -> Iterator[SqlStore]:
    """A new store that is gone afterwards, for examples and tests.

    >>> with temporary_store() as store:
    ...     store.sites()
    ()
    """
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/winnow.db")
        migrate(engine)
        store = SqlStore(engine)
        try:
            yield store
        finally:
            store.close()
