"""Opening, durability and migrations."""

import sqlite3
import stat
import subprocess
import sys
import time

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from app.core.comment import COMMENT_FIELDS
from app.errors import StoreUnavailable
from app.store.database import file_of, migrate, open_engine, writing
from app.store.migrating import migration_config, upgrade
from app.store.records import NEVER_STORED
from app.store.schema import REVISION, comments, metadata

pytestmark = pytest.mark.sqlite_only


def pragma(connection, name: str) -> object:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


class TestOpening:
    def test_every_connection_is_durable(self, engine):
        for _ in range(2):
            connections = [engine.connect() for _ in range(4)]
            found = {
                tuple(
                    pragma(connection, name) for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
                )
                for connection in connections
            }
            for connection in connections:
                connection.close()
            assert found == {("wal", 2, 50, 1)}
            engine.dispose()

    def test_a_writing_transaction_holds_the_lock_from_its_start(self, engine, tmp_path):
        other = sqlite3.connect(tmp_path / "home/winnow.db", timeout=0, isolation_level=None)
        with writing(engine).begin() as connection:
            assert pragma(connection, "synchronous") == 2
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
        other.close()

    def test_folder_and_file_are_the_owners_alone(self, engine, tmp_path):
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "home", tmp_path / "home/winnow.db")]

        assert modes == [0o700, 0o600]

    def test_a_folder_that_is_there_keeps_its_rights(self, tmp_path):
        tmp_path.chmod(0o755)
        open_engine(f"sqlite:///{tmp_path}/winnow.db").dispose()

        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755

    def test_any_path_will_do(self, tmp_path):
        path = tmp_path / "50% off Ünïcödé" / "win now.db"
        engine = open_engine(f"sqlite:///{path}")
        migrate(engine)
        engine.dispose()

        assert path.stat().st_size > 0

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            pytest.param("mysql://me:secret@db/winnow", "mysql: Only SQLite and PostgreSQL", id="mysql"),
            pytest.param("", "database URL: It cannot be read", id="empty"),
            pytest.param("winnow.db secret", "database URL: It cannot be read", id="no-url"),
            pytest.param("sqlite://", "database URL: It does not name a file", id="no-path"),
            pytest.param("sqlite:///:memory:", "database URL: It does not name a file", id="memory"),
            pytest.param("sqlite:///x.db?secret=1", "database URL: It does not name a file", id="options"),
            pytest.param("sqlite:////proc/version/x.db", "/proc/version/x.db: The file cannot be made", id="in-a-file"),
            pytest.param("sqlite:////proc", "/proc: The file cannot be made: Is a directory", id="a-folder"),
        ],
    )
    def test_what_cannot_be_opened_is_refused_with_a_remedy(self, given, message):
        with pytest.raises(StoreUnavailable, match=message) as caught:
            open_engine(given)

        assert "secret" not in str(caught.value)
        assert caught.value.remedy.endswith(".")

    @pytest.mark.parametrize("given", ["sqlite://", "sqlite:///:memory:", "sqlite:///x.db?secret=1"])
    def test_what_names_no_file_has_none(self, given):
        with pytest.raises(StoreUnavailable, match="It does not name a file"):
            file_of(given)

    def test_a_locked_file_is_waited_for_two_seconds_even_when_new(self, tmp_path):
        path = tmp_path / "winnow.db"
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")  # not WAL yet: this keeps readers out too
        engine = open_engine(f"sqlite:///{path}")
        started = time.monotonic()
        with pytest.raises(StoreUnavailable, match="locked by another program"):
            migrate(engine)
        waited_s = time.monotonic() - started
        other.close()
        engine.dispose()

        assert waited_s < 5  # up to twice 2 s: one wait may begin as the time of the other ends


class TestSchema:
    def test_migrations_and_schema_agree(self, engine):
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "compare_server_default": True}
            )

            assert compare_metadata(context, metadata) == []

    def test_what_is_made_anew_is_what_the_steps_lead_to(self, engine, tmp_path):
        stepwise = open_engine(f"sqlite:///{tmp_path}/stepwise.db")
        with writing(stepwise).begin() as connection:
            upgrade(connection, "stepwise.db")

        assert _made(stepwise) == _made(engine)
        stepwise.dispose()

    def test_constraints_have_the_schemas_names(self, engine):
        inspector = inspect(engine)
        for table in metadata.sorted_tables:
            found = {inspector.get_pk_constraint(table.name)["name"]}
            found |= {key["name"] for key in inspector.get_foreign_keys(table.name)}
            found |= {unique["name"] for unique in inspector.get_unique_constraints(table.name)}

            named = {constraint.name for constraint in table.constraints}
            if table.dialect_options["sqlite"]["autoincrement"]:  # SQLite takes no name for that key
                named, found = named - {table.primary_key.name}, found - {None}
            assert found == named

    def test_every_field_of_a_comment_is_stored_but_address_and_trap(self):
        stored = {column.name for column in comments.columns}

        assert set(COMMENT_FIELDS) - stored == set(NEVER_STORED) == {"author_ip", "honeypot"}


def _made(engine):
    """Everything in a database: its type and name, the parts it was made of, and its revisions."""
    with engine.connect() as connection:
        told = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master").all()
        revisions = connection.exec_driver_sql("SELECT * FROM alembic_version").all()
    parts = {
        each[:2]: sorted("".join((each[2] or "").replace('"', "").split()).removesuffix(")").split(",CONSTRAINT"))
        for each in told
    }
    return parts, revisions


class TestMigrating:
    def test_twice_is_as_good_as_once(self, engine):
        migrate(engine)

        assert set(inspect(engine).get_table_names()) == {"alembic_version", *metadata.tables}

    def test_down_and_up_again(self, engine):
        config = migration_config()
        with writing(engine).begin() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "base")
        assert inspect(engine).get_table_names() == ["alembic_version"]

        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE alembic_version")
        migrate(engine)
        assert set(inspect(engine).get_table_names()) == {"alembic_version", *metadata.tables}

    def test_a_database_of_a_newer_version_is_refused_and_untouched(self, engine, tmp_path):
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

        with pytest.raises(StoreUnavailable, match=r"winnow\.db: A newer version of Winnow wrote it \(revision 9999\)"):
            migrate(engine)
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT * FROM alembic_version").all() == [("9999",)]

    def test_another_programs_database_is_refused_and_untouched(self, database_url, tmp_path):
        engine = open_engine(database_url)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE comments (id INTEGER)")

        with pytest.raises(StoreUnavailable, match="It holds tables of another program"):
            migrate(engine)
        assert inspect(engine).get_table_names() == ["comments"]
        engine.dispose()

    def test_six_processes_at_once_on_a_new_file(self, database_url):
        program = (
            "import sys; from app.store.database import *; engine = open_engine(sys.argv[1]);"
            "print('ready', flush=True); sys.stdin.readline(); migrate(engine); engine.dispose()"
        )
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", program, database_url],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(6)
        ]
        for process in processes:
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        errors = [process.communicate(timeout=60)[1] for process in processes]

        assert errors == [""] * 6
        engine = open_engine(database_url)
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT * FROM alembic_version").all() == [(REVISION,)]
        engine.dispose()


def test_the_revision_the_service_looks_for_is_the_newest_step():
    assert ScriptDirectory.from_config(migration_config()).get_heads() == [REVISION]
