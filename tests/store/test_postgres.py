"""What is particular to PostgreSQL: turns, faults, texts that it does not keep, and machines that share it."""

import os
import shutil
import subprocess
import tempfile
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text

from app.core.comment import Comment
from app.errors import StoreUnavailable
from app.store.database import database_name, examine, file_of, migrate, open_engine, writing
from app.store.patience import REST_S
from app.store.pseudonyms import PREFIX, pseudonym
from app.store.records import Decision
from app.store.schema import REVISION, revisions
from app.store.sql import SqlStore
from tests import databases
from tests.ports import free_port, wait_for

AT = "2026-11-22T10:00:00Z"


@pytest.fixture
def empty(postgres):
    """The URL of a database without tables."""
    with databases.database(postgres) as made:
        yield made


@pytest.fixture
def opened(empty):
    engine = open_engine(empty, wait_s=0.3)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def store(opened):
    store = SqlStore(opened)
    store.add_site("blog", "k7f2m9q4x1z8", AT)
    yield store
    store.close()


def columns(connection):
    """Table, column and type of everything there is."""
    wanted = "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
    return {tuple(row) for row in connection.execute(text(wanted))}


def test_tables_are_made_once_however_many_ask_at_once(empty):
    failures = []

    def open_and_migrate():
        engine = open_engine(empty)
        try:
            migrate(engine)
        except StoreUnavailable as error:
            failures.append(error)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=open_and_migrate) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    engine = open_engine(empty)
    with engine.connect() as connection:
        assert (failures, revisions(connection)) == ([], {REVISION})
        assert ("comments", "author", "USER-DEFINED") in columns(connection)
    engine.dispose()


def test_the_doctor_knows_its_revision_and_its_name_holds_no_password(opened):
    assert (examine(opened), "@" in database_name(opened)) == (REVISION, False)


def test_who_writes_is_waited_for_and_readers_wait_for_nobody(opened, store):
    with writing(opened).begin():
        with pytest.raises(StoreUnavailable, match="The database is busy"):
            store.add_site("shop", "aaaaaaaaaaaa", AT)
        assert [site.name for site in store.sites()] == ["blog"]

    time.sleep(REST_S)
    store.add_site("news", "bbbbbbbbbbbb", AT)


def test_a_reader_sees_nothing_of_what_was_not_committed(opened, store, make_record):
    with pytest.raises(StoreUnavailable):
        store.record([make_record("c1"), make_record("c1")])

    assert store.comment("blog", "c1") is None


def test_nul_which_postgresql_does_not_keep_is_replaced(store, make_record):
    store.record([make_record("c1", comment=Comment(text="a\0b", author_email="x\0@a.example"))])
    assert store.comment("blog", "c1").comment == Comment(text="a\ufffdb", author_email="x\ufffd@a.example")
    assert store.comment("blog\0", "c1") is None

    said = r"a\u0000b" + "\0" + r"\\"
    record = make_record("c2")
    store.record([replace(record, classification=replace(record.classification, summary=said))])
    assert store.comment("blog", "c2").classification.summary == r"a\u0000b" + "\ufffd" + r"\\"


def test_a_server_that_only_reads_says_so(empty, opened, store):
    name = empty.rpartition("/")[2].partition("?")[0]
    with closing(psycopg.connect(empty, autocommit=True)) as admin:
        admin.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    opened.dispose()
    with pytest.raises(StoreUnavailable, match="The database is read-only"):
        store.add_site("shop", "aaaaaaaaaaaa", AT)
    with pytest.raises(StoreUnavailable):
        store.check()

    with closing(psycopg.connect(empty, autocommit=True)) as admin:
        admin.execute("SET default_transaction_read_only = off")
        admin.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
    opened.dispose()
    store.check()


def test_connections_that_the_server_has_ended_are_opened_anew(empty, store, make_record):
    store.record([make_record("c1")])
    with closing(psycopg.connect(empty, autocommit=True)) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'winnow'"
            " AND datname = current_database()"
        )

    with pytest.raises(StoreUnavailable, match="The database cannot be reached"):
        store.comment("blog", "c1")
    assert store.comment("blog", "c1").id == "c1"
    store.record([make_record("c2")])


@pytest.mark.parametrize(
    ("given", "what"),
    [
        pytest.param(
            "postgresql://winnow:secret@127.0.0.1:9/winnow", "The database cannot be reached", id="nobody-there"
        ),
        pytest.param("postgresql:///winnow?host=/nonexistent", "The database cannot be reached", id="no-socket"),
    ],
)
def test_where_nobody_listens_is_said_without_the_password(given, what):
    engine = open_engine(given)
    with pytest.raises(StoreUnavailable, match=what) as refused:
        migrate(engine)

    assert "secret" not in str(refused.value)


def test_a_database_that_is_not_there(postgres):
    engine = open_engine(make_url(postgres).set(database="nowhere").render_as_string(hide_password=False))
    with pytest.raises(StoreUnavailable, match=r"cannot be reached.*with that database, user and password"):
        migrate(engine)


def test_it_is_no_file_to_be_backed_up():
    with pytest.raises(StoreUnavailable, match="pg_dump"):
        file_of("postgresql://winnow:secret@db.example/winnow")


def test_networks_have_one_name_for_all_machines_and_lose_it_with_the_key(opened, store):
    with opened.connect() as connection:
        assert connection.execute(text("SELECT winnow_pseudonym('203.0.113.0/24')")).scalar_one() == PREFIX

    keys = []
    for at in ("2026-11-01T10:00:00Z", "2026-11-20T10:00:00Z", "2026-12-20T10:00:00Z"):
        with writing(opened).begin() as connection:
            keys.append(store._kind.network_key(connection, at, renew=True))
            named = connection.execute(text("SELECT winnow_pseudonym('203.0.113.0/24')")).scalar_one()
        assert named == pseudonym("203.0.113.0/24", keys[-1])

    assert keys[0] == keys[1] != keys[2]
    with opened.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM network_key")).scalar_one() == 1


@pytest.fixture
def bouncer(empty):
    """The URL of the same database behind a PgBouncer that parts connections after each transaction."""
    at = make_url(empty)
    socket = str(at.query.get("host", ""))
    if not shutil.which("pgbouncer") or not socket:
        pytest.skip("pgbouncer is not installed, or the server was not started here")
    owner = Path(socket).stat().st_uid
    folder, port = Path(tempfile.mkdtemp()), free_port()
    folder.chmod(0o755)  # it may run as another user, as the server does where the tests are root's
    log, told = folder / "log", folder / "ini"
    log.touch()
    settings = f"""
        [databases]
        {at.database} = host={socket} port=5432 user={at.username}
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = {port}
        unix_socket_dir =
        auth_type = any
        pool_mode = transaction
        default_pool_size = 2
        logfile = {log}
    """
    told.write_text(textwrap.dedent(settings))
    for path in (log, told):
        os.chown(path, owner, -1)
    process = subprocess.Popen(["pgbouncer", "-q", str(told)], user=owner)
    try:
        wait_for(port)
        yield f"postgresql://{at.username}@127.0.0.1:{port}/{at.database}"
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


def test_a_pool_that_parts_connections_after_each_transaction(bouncer, make_record):
    engine = open_engine(bouncer)
    migrate(engine)
    store = SqlStore(engine)
    store.add_site("blog", "k7f2m9q4x1z8", AT)

    def work(first):
        for n in range(first, 60, 3):
            store.record([make_record(f"c{n}")])
            store.history_of("blog", Comment(text="Thanks!"))
            store.add_decision("blog", f"c{n}", Decision("spam", "cms", AT))
            assert store.comment("blog", f"c{n}").decision.label == "spam"

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    assert len(store.decisions_since("blog", 0, 100)) == 60
    store.close()


def test_two_machines_write_at_once_and_no_cursor_skips_a_decision(empty, store, make_record):
    """Ids rise in the order of commits: who has read up to one never finds a smaller one later."""
    other = SqlStore(open_engine(empty))
    store.record([make_record(f"c{n}") for n in range(80)])
    seen, is_over = [], threading.Event()

    def follow():
        cursor = 0
        while True:
            ended = is_over.is_set()
            found = store.decisions_since("blog", cursor, 1_000)
            seen.extend(each.cursor for each in found)
            cursor = seen[-1] if seen else 0
            if ended:
                return

    def decide(on, numbers):
        for n in numbers:
            on.add_decision("blog", f"c{n}", Decision("spam", "cms", AT))

    following = threading.Thread(target=follow)
    following.start()
    deciding = [
        threading.Thread(target=decide, args=(on, range(first, 80, 2))) for first, on in enumerate((store, other))
    ]
    for thread in deciding:
        thread.start()
    for thread in deciding:
        thread.join()
    is_over.set()
    following.join()
    other.close()

    assert (len(seen), seen) == (80, sorted(seen))
