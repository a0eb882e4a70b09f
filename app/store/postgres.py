"""PostgreSQL: one database, which any number of machines share. Needs the extra `postgres` (psycopg 3).

Writers take turns here as they do in SQLite, by a lock that ends with the transaction: what reads and then writes sees
no other writer in between, and ids rise in the order of commits, so that no cursor skips what comes after.
"""

import json
import re
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text

from app.errors import StoreUnavailable
from app.store.pseudonyms import is_fresh, new_key

_TURN = 0x77696E6E6F77
"""The advisory lock of whoever writes; "winnow" in ASCII."""
_CONNECT_S = 2
_LOST_MS = 5_000
"""What was sent and nobody confirmed for so long breaks the connection. A server that hangs still confirms."""
_PRIVATE = """
CREATE EXTENSION IF NOT EXISTS citext;
CREATE TABLE IF NOT EXISTS network_key (
  since text NOT NULL, key bytea NOT NULL, inner_pad bytea NOT NULL, outer_pad bytea NOT NULL
);
CREATE OR REPLACE FUNCTION winnow_pseudonym(network text) RETURNS text STABLE LANGUAGE sql AS $$
  SELECT 'n-' || coalesce((
    SELECT substr(encode(sha256(outer_pad || sha256(inner_pad || convert_to(network, 'UTF8'))), 'hex'), 1, 12)
    FROM network_key
  ), '')
$$;
"""
"""What the tables need. The key of networks stands in a table of its own, which a dump can leave out; beside it what
HMAC makes of it (RFC 2104), for PostgreSQL itself has SHA-256 and no HMAC. See pseudonyms."""
_BLOCK = 64


def name_of(url: URL) -> str:
    """Host and database, for messages; no name and no password."""
    return f"{url.host or 'postgresql'}/{url.database or ''}"


def file_of(url: URL) -> Path:
    """Raises StoreUnavailable: there is none."""
    remedy = "Copy it with PostgreSQL's own tools, such as pg_dump and pg_restore."
    raise StoreUnavailable(name_of(url), "The database is no file.", remedy)


def require_usable(url: URL) -> None:
    """Raises StoreUnavailable when the driver is not installed."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        what = "The driver of PostgreSQL is not installed."
        raise StoreUnavailable(name_of(url), what, "Install it: pip install 'winnow[postgres]'.") from None


def engine(url: URL, _wait_s: float, _is_migrating: bool) -> Engine:
    """Connections that commit by themselves, but for what `lock` has begun: a read then costs one round trip."""
    patience = {"connect_timeout": _CONNECT_S, "tcp_user_timeout": _LOST_MS, "application_name": "winnow"}
    made = create_engine(
        url.set(drivername="postgresql+psycopg"),
        # Not prepared: PgBouncer may give the next statement to another connection of the server, which knows none.
        connect_args={"autocommit": True, "prepare_threshold": None, **patience},
        hide_parameters=True,
        json_serializer=_as_json,
        max_overflow=-1,
        execution_options={"preserve_rowcount": True},  # psycopg has closed its cursor by the time we ask
    )
    event.listen(made, "connect", _replace_nul)
    return made


def _replace_nul(connection: Any, _: Any) -> None:
    """No text of PostgreSQL holds NUL; one that does would be an error instead of a text that is not found."""
    from psycopg.types.string import StrDumper

    class Dumper(StrDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\ufffd"))

    connection.adapters.register_dumper(str, Dumper)


def _as_json(value: Any) -> str:
    """As Python writes it, but that no text holds NUL: PostgreSQL would read none of it."""
    return re.sub(r"(?<!\\)((?:\\\\)*)\\u0000", r"\1\\ufffd", json.dumps(value))


def lock(connection: Connection, wait_s: float) -> None:
    """Begin a transaction that has its turn to write from its start. SET LOCAL: PgBouncer may part it from the rest."""
    wait_ms = max(1, int(wait_s * 1_000))
    _begin(connection, f"BEGIN; SET LOCAL lock_timeout = {wait_ms}; SELECT pg_advisory_xact_lock({_TURN})")


def _begin(connection: Connection, statements: str) -> None:
    driver: Any = connection.connection.driver_connection
    try:
        driver.execute(statements)
    except Exception:
        if driver.closed:
            connection.invalidate()  # or the pool would ask it to roll back, and log that it cannot
        raise


def hold_still(connection: Connection) -> None:
    """Begin a transaction that only reads: the server keeps a statement's rows for it, and would not without one."""
    _begin(connection, "BEGIN READ ONLY")


def identity(_url: URL) -> tuple[int, int] | None:
    """Nothing can take the place of a server's database unnoticed."""
    return 0, 0


def prepare(connection: Connection) -> None:
    """What has to be there before the tables are."""
    connection.exec_driver_sql(_PRIVATE)


def network_key(connection: Connection, at: str, *, renew: bool) -> bytes | None:
    """The key that names networks, the same on all machines; see pseudonyms. Renew: another for one that is old."""
    found = connection.execute(text("SELECT since, key FROM network_key")).first()
    if found is not None and (not renew or is_fresh(found.since, at)):
        return bytes(found.key)
    key = new_key()
    inner, outer = (bytes(each ^ pad for each in key.ljust(_BLOCK, b"\0")) for pad in (0x36, 0x5C))
    connection.execute(text("DELETE FROM network_key"))
    written = text("INSERT INTO network_key VALUES (:since, :key, :inner, :outer)")
    connection.execute(written, {"since": at, "key": key, "inner": inner, "outer": outer})
    return key


def is_whole(_connection: Connection, _look: str = "") -> bool:
    """PostgreSQL looks after its pages itself."""
    return True


def write_something(connection: Connection) -> None:
    """The revision, as it is."""
    connection.execute(text("UPDATE alembic_version SET version_num = version_num"))


def overwrite_deleted(engine: Engine) -> bool:
    """Make the room of deleted rows free, which later rows overwrite; the server's own log ends by its settings."""
    with engine.connect() as connection:
        connection.exec_driver_sql("VACUUM comments, links, decisions, notes, outbox, audit, idempotency, signatures")
    return True
