"""Group commit: nothing lost, nothing hanging, neighbours kept apart."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import wait
from dataclasses import replace

import pytest

from app.core.comment import Comment
from app.errors import SiteUnknown, StoreUnavailable
from app.store.database import open_engine
from app.store.patience import REST_S
from app.store.sql import SqlStore
from app.store.writer import Writer


@pytest.fixture
def writer(sql_store):
    writer = Writer(sql_store)
    yield writer
    writer.close(timeout_s=10)


@pytest.fixture
def lock(sql_store, tmp_path):
    """Another connection that can hold the database: `BEGIN EXCLUSIVE`, later `ROLLBACK`."""
    other = sqlite3.connect(tmp_path / "home/winnow.db", isolation_level=None, check_same_thread=False)
    yield other
    other.close()


class Watched:
    """A store that notes the size of each transaction and passes it on."""

    def __init__(self, store, gate=None) -> None:
        self.store = store
        self.gate = gate
        self.sizes = []

    def record(self, records):
        self.sizes.append(len(records))
        if self.gate is not None:
            self.gate.wait()
        self.store.record(records)


def stored(store) -> int:
    with store._engine.connect() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM comments").scalar_one()


def test_a_completed_future_means_another_process_can_read_it(writer, sql_store, make_record):
    writer.submit([make_record("c1"), make_record("c2")]).result(timeout=10)
    other = SqlStore(open_engine(str(sql_store._engine.url)))

    assert other.comment("blog", "c2") == make_record("c2")
    other.close()


def test_a_thousand_submits_from_eight_threads_are_all_stored(sql_store, make_record):
    watched = Watched(sql_store)
    writer = Writer(watched)
    futures = []

    def send(thread: int) -> None:
        for number in range(125):
            futures.append(writer.submit([make_record(f"c{thread}-{number}")]))

    threads = [threading.Thread(target=send, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done, waiting = wait(futures, timeout=60)

    assert (len(done), waiting) == (1000, set())
    assert [future.exception() for future in done] == [None] * 1000
    assert stored(sql_store) == 1000
    assert len(watched.sizes) < 500  # they shared commits
    assert writer.close(timeout_s=1)


def test_what_arrives_while_a_commit_runs_shares_the_next(sql_store, make_record):
    gate = threading.Event()
    watched = Watched(sql_store, gate)
    writer = Writer(watched, max_batch=10)
    futures = [writer.submit([make_record("first")])]
    while not watched.sizes:
        time.sleep(0.001)
    sizes = [4, 4, 4, 25, 1, 1]
    for number, size in enumerate(sizes):
        futures.append(writer.submit([make_record(f"c{number}-{each}") for each in range(size)]))
    assert not any(future.done() for future in futures)
    gate.set()
    wait(futures, timeout=10)

    # At most 10 a transaction; 25 that belong together are not torn apart.
    assert watched.sizes == [1, 8, 4, 25, 2]
    assert stored(sql_store) == 1 + sum(sizes)
    assert writer.close(timeout_s=1)


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        pytest.param(lambda record: replace(record, id="there"), StoreUnavailable, id="id-used-twice"),
        pytest.param(lambda record: replace(record, site="nowhere"), SiteUnknown, id="unknown-site"),
        pytest.param(lambda record: replace(record, comment=Comment(text="\ud800")), StoreUnavailable, id="surrogate"),
        pytest.param(lambda record: replace(record, classification=None), AttributeError, id="a-bug-of-the-caller"),
    ],
)
def test_one_bad_record_does_not_sink_its_neighbours(sql_store, make_record, spoil, error):
    gate = threading.Event()
    writer = Writer(Watched(sql_store, gate))
    futures = [writer.submit([make_record("there")])]
    good = [writer.submit([make_record(f"c{number}")]) for number in range(5)]
    bad = writer.submit([make_record("neighbour-in-the-same-submit"), spoil(make_record("bad"))])
    good += [writer.submit([make_record(f"c{number}")]) for number in range(5, 10)]
    gate.set()
    wait([*futures, *good, bad], timeout=10)

    assert isinstance(bad.exception(), error)
    assert [future.exception() for future in good] == [None] * 10
    assert stored(sql_store) == 11
    assert sql_store.comment("blog", "neighbour-in-the-same-submit") is None
    assert writer.close(timeout_s=1)


@pytest.mark.sqlite_only
def test_a_locked_database_fails_all_that_wait_once_and_not_one_after_the_other(writer, sql_store, make_record, lock):
    lock.execute("BEGIN EXCLUSIVE")
    started = time.monotonic()
    futures = [writer.submit([make_record(f"c{number}")]) for number in range(50)]
    done, waiting = wait(futures, timeout=30)
    waited_s = time.monotonic() - started
    lock.execute("ROLLBACK")

    assert waiting == set()
    for future in done:
        assert "locked by another program" in str(future.exception())
    assert waited_s < 4  # the first commit waits 2 s, and what it ended with stands for the others
    assert stored(sql_store) == 0
    time.sleep(REST_S)
    writer.submit([make_record("later")]).result(timeout=10)
    assert stored(sql_store) == 1


def test_too_many_waiting_records_are_refused_at_once(sql_store, make_record):
    gate = threading.Event()
    watched = Watched(sql_store, gate)
    writer = Writer(watched)
    first = writer.submit([make_record("first")])
    while not watched.sizes:
        time.sleep(0.001)
    record = make_record("again")
    full = writer.submit([make_record(f"c{number}") for number in range(9_999)])
    fits = writer.submit([make_record("fits")])
    refused = writer.submit([record])

    assert "10,000 records with " in str(refused.exception(timeout=0))
    assert not full.done()
    gate.set()
    assert wait([first, full, fits], timeout=60).not_done == set()
    writer.submit([record]).result(timeout=10)
    assert stored(sql_store) == 10_002
    assert writer.close(timeout_s=10)


def test_no_records_complete_at_once_and_write_nothing(sql_store):
    watched = Watched(sql_store)
    writer = Writer(watched)

    assert writer.submit([]).result(timeout=0) is None
    assert writer.close(timeout_s=1)
    assert watched.sizes == []


def test_close_writes_what_waits(sql_store, make_record):
    writer = Writer(sql_store, max_batch=3)
    futures = [writer.submit([make_record(f"c{number}")]) for number in range(50)]

    assert writer.close(timeout_s=30) is True
    assert [future.exception(timeout=0) for future in futures] == [None] * 50
    assert stored(sql_store) == 50
    assert writer.close(timeout_s=0) is True


def test_after_close_a_submit_fails_at_once(sql_store, make_record):
    writer = Writer(sql_store)
    writer.close(timeout_s=1)

    assert "It has stopped" in str(writer.submit([make_record("c1")]).exception(timeout=0))
    assert "It has stopped" in str(writer.submit([]).exception(timeout=0))


def test_close_that_runs_out_of_time_leaves_nothing_hanging(sql_store, make_record):
    gate = threading.Event()
    watched = Watched(sql_store, gate)
    writer = Writer(watched)
    running = writer.submit([make_record("running")])
    while not watched.sizes:
        time.sleep(0.001)
    waiting = writer.submit([make_record("waiting")])

    assert writer.close(timeout_s=0.05) is False
    assert "It has stopped" in str(waiting.exception(timeout=0))
    assert not running.done()  # it may still be written, so nobody may say it was not
    gate.set()
    assert running.result(timeout=10) is None
    assert sql_store.comment("blog", "running") is not None
    assert sql_store.comment("blog", "waiting") is None
    assert writer.close(timeout_s=10)


def test_even_an_exit_in_the_store_reaches_the_future_and_the_thread_goes_on(sql_store, make_record):
    class Leaving(Watched):
        def record(self, records):
            if records[0].id == "leave":
                raise SystemExit(3)
            self.store.record(records)

    writer = Writer(Leaving(sql_store))

    assert isinstance(writer.submit([make_record("leave")]).exception(timeout=10), SystemExit)
    assert writer.submit([make_record("c1")]).result(timeout=10) is None
    assert writer.close(timeout_s=1)


@pytest.mark.sqlite_only
def test_a_handler_that_is_cancelled_does_not_unsend_the_comment(writer, sql_store, make_record, lock):
    async def handler() -> None:
        await asyncio.wrap_future(writer.submit([make_record("c1")]))

    async def visitor_hangs_up() -> None:
        task = asyncio.create_task(handler())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    lock.execute("BEGIN IMMEDIATE")
    asyncio.run(visitor_hangs_up())
    lock.execute("ROLLBACK")
    writer.submit([make_record("c2")]).result(timeout=10)

    assert sql_store.comment("blog", "c1") == make_record("c1")


def test_an_acknowledged_record_survives_the_death_of_the_process(sql_store):
    program = """
import os, sys
sys.path.insert(0, sys.argv[2])
from app.core.comment import Comment, Thresholds
from app.core.verdict import Classification
from app.store.database import open_engine
from app.store.records import Record
from app.store.sql import SqlStore
from app.store.writer import Writer

answer = Classification(0.5, "unsure", "hold", Thresholds(0.4, 0.8, 0.9), None, "Doubtful.", (), (), (), (), "m")
writer = Writer(SqlStore(open_engine(sys.argv[1])))
for number in range(20):
    record = Record(f"c{number}", "blog", "2026-11-22T10:00:00Z", Comment(text="Hi"), answer)
    writer.submit([record]).result()
os._exit(7)
"""
    arguments = [sys.executable, "-c", program, str(sql_store._engine.url), "."]
    assert subprocess.run(arguments, check=False, timeout=60).returncode == 7

    assert stored(sql_store) == 20
    assert sql_store.comment("blog", "c19").comment == Comment(text="Hi")


def test_too_many_waiting_characters_are_refused_at_once(sql_store, make_record, monkeypatch):
    monkeypatch.setattr("app.store.writer.MAX_WAITING_CHARACTERS", 1_000)
    gate = threading.Event()
    watched = Watched(sql_store, gate)
    writer = Writer(watched)
    accepted = [writer.submit([make_record("running", comment=Comment(text="x" * 1_000))])]
    while not watched.sizes:
        time.sleep(0.001)
    accepted.append(writer.submit([make_record("waits", comment=Comment(text="x" * 500, page_text="x" * 400))]))
    refused = writer.submit([make_record("too-much", comment=Comment(text="x" * 101))])
    accepted.append(writer.submit([make_record("fits", comment=Comment(text="x" * 100))]))

    assert "900 characters are waiting" in str(refused.exception(timeout=0))
    gate.set()
    assert [future.result(timeout=10) for future in accepted] == [None] * 3
    writer.submit([make_record("later", comment=Comment(text="x" * 1_000))]).result(timeout=10)
    assert writer.close(timeout_s=1)
