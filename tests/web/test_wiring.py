"""The store at the edges of its patience: slow, failing, well again."""

import asyncio
from concurrent.futures import Future
from time import monotonic, sleep

import pytest

from app.core.comment import Comment, History, Thresholds
from app.core.verdict import Classification
from app.errors import StoreUnavailable
from app.store.patience import REST_S, SLOW_S
from app.store.records import Record
from app.store.sql import temporary_store
from app.store.writer import Writer
from app.web.metrics import Metrics
from app.web.recording import Recorder
from app.web.wiring import Wiring

FAILURE = StoreUnavailable("winnow.db", "The disk is full.", "Free some space.")


class Outbox:
    """A writer whose futures the test completes, in its own time."""

    def __init__(self) -> None:
        self.submitted: list[Future[None]] = []

    def submit(self, records, /):
        self.submitted.append(Future())
        return self.submitted[-1]


def recorder(patience_s: float = 0.2) -> tuple[Recorder, Outbox]:
    outbox = Outbox()
    return Recorder(outbox, patience_s, Metrics()), outbox


def test_a_record_on_disk_adds_nothing_to_the_answer():
    async def scene():
        records, outbox = recorder()
        recording = asyncio.create_task(records.record(["a record"]))
        await asyncio.sleep(0)
        outbox.submitted[0].set_result(None)
        assert await recording == ()

    asyncio.run(scene())


def test_a_record_that_fails_is_said_and_logged_once(caplog):
    async def scene():
        records, outbox = recorder()
        for _ in range(3):
            recording = asyncio.create_task(records.record(["a record"]))
            await asyncio.sleep(0)
            outbox.submitted[-1].set_exception(FAILURE)
            assert await recording == ("store",)

    asyncio.run(scene())
    assert caplog.text.count("The disk is full.") == 1


def test_after_one_slow_record_the_next_waits_briefly_until_the_disk_is_well():
    async def scene():
        records, outbox = recorder(patience_s=0.3)
        took = []
        for _ in range(2):
            began = monotonic()
            assert await records.record(["a record"]) == ("store.slow",)
            took.append(monotonic() - began)
        assert took[0] >= 0.29
        assert took[1] < 0.2
        for future in outbox.submitted:
            future.set_result(None)
        await asyncio.sleep(0.01)
        began = monotonic()
        assert await records.record(["a record"]) == ("store.slow",)
        assert monotonic() - began >= 0.29

    asyncio.run(scene())


def test_a_record_lost_after_its_answer_went_out_is_logged(caplog):
    async def scene():
        records, outbox = recorder(patience_s=0.01)
        assert await records.record(["a record"]) == ("store.slow",)
        outbox.submitted[0].set_exception(FAILURE)
        await asyncio.sleep(0.01)

    asyncio.run(scene())
    assert "The disk is full." in caplog.text


def test_a_writer_that_has_stopped_is_said_in_the_answer():
    with temporary_store() as store:
        writer = Writer(store)
        assert writer.close(timeout_s=1)
    assert asyncio.run(Recorder(writer, 0.2, Metrics()).record([make_a_record()])) == ("store",)


def make_a_record() -> Record:
    answer = Classification(0.5, "unsure", "hold", Thresholds(0.4, 0.8, 0.9), None, "Doubtful.", (), (), (), (), "m")
    return Record("c1", "blog", "2026-11-22T10:00:00Z", Comment(text="Hi"), answer)


def test_nothing_to_record_asks_nobody():
    records, outbox = recorder()
    assert asyncio.run(records.record([])) == ()
    assert outbox.submitted == []


@pytest.fixture
def wiring(make_settings):
    with temporary_store() as store:
        yield Wiring(make_settings(), store, Outbox(), None, None, Metrics())


def test_a_store_that_fails_slowly_is_left_alone_for_a_while(wiring):
    asked = 0

    def fails_slowly():
        nonlocal asked
        asked += 1
        sleep(SLOW_S * 1.2)
        raise FAILURE

    for _ in range(5):
        with pytest.raises(StoreUnavailable, match="disk is full"):
            wiring.read("key", fails_slowly)
    assert asked == 1
    sleep(REST_S)
    assert wiring.read("key", lambda: "well") == "well"


def test_a_store_that_fails_at_once_is_asked_again_at_once(wiring):
    wiring.store.close()
    with pytest.raises(StoreUnavailable):
        wiring.read("key", wiring.store.site_of_key, "x")
    assert wiring.read("key", lambda: "well") == "well"


def test_a_history_that_cannot_be_read_says_so(wiring):
    wiring.store.close()
    assert wiring.history_of("blog", Comment(text="Hi")) == History(degraded=("store",))
