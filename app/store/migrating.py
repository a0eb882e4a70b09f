"""Alembic: the steps from one version of the tables to the next. Imported only when there is a step to take."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from app.errors import StoreUnavailable
from app.store.schema import revisions

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, which: str) -> None:
    """Take every step that is missing, inside the connection's transaction.

    Args:
        connection: in a transaction that holds the write lock.
        which: the database's name, for messages.

    Raises:
        StoreUnavailable: a newer version wrote it, it is another program's, or rows would refer to nothing.
    """
    config = migration_config()
    _refuse_foreign(connection, ScriptDirectory.from_config(config), which)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    is_file = connection.dialect.name == "sqlite"  # there foreign keys are off while tables are rebuilt
    if is_file and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        what = "After the migration some rows would refer to nothing."
        raise StoreUnavailable(which, what, "Nothing was changed; report this.")


def migration_config() -> Config:
    """Alembic's configuration; put a connection into its `attributes["connection"]` before a command."""
    config = Config()
    # Alembic reads the value with configparser, where % is special.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def _refuse_foreign(connection: Connection, script: ScriptDirectory, which: str) -> None:
    known = {step.revision for step in script.walk_revisions()}
    found = revisions(connection)
    if unknown := sorted(found - known):
        what = f"A newer version of Winnow wrote it (revision {', '.join(unknown)})."
        raise StoreUnavailable(which, what, "Run that version, or restore a backup from before it.")
    if not found and inspect(connection).get_table_names():
        raise StoreUnavailable(which, "It holds tables of another program.", "Name another file.")
