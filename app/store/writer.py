"""Group commit: many requests, one writer, one transaction for all that waits.

A commit waits for the disk (synchronous=FULL), and SQLite has one writer at a time. So requests do
not write: they hand their records to one thread, which commits whatever has come together while the
commit before was running. A lone request does not wait for company; where there was some, the next
commit waits a moment for more (as PostgreSQL's commit_delay does), for it costs nearly as much for
one record as for ten.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from app.errors import StoreUnavailable
from app.store.records import Record

MAX_WAITING = 10_000  # records; at a few KB each some 50 MB, and more than a second's worth of load
MAX_WAITING_CHARACTERS = 64_000_000  # of text and page text; at up to 4 bytes each at most some 256 MB
LINGER_S = 0.004
"""How long a commit waits for company after one that had some: 16 clients at once cost a seventh less processor time
(2026-12-01), and each answer comes at most so much later. A lone request never waits."""
RETRY_SECONDS = 2.0  # as long as one wait for a lock, so that a locked database is not waited for 256 times


class Recorder(Protocol):
    """What the writer needs of a store."""

    def record(self, records: Sequence[Record]) -> None:
        """Write all records or none; raise when they were not written."""


@dataclass(frozen=True, slots=True)
class _Submit:
    records: tuple[Record, ...]
    future: Future[None]
    characters: int
    """Of text and page text, which alone can be long."""


class Writer:
    """One thread that writes records in groups. One per process; safe for all threads.

    Every future completes: with None once its records are on disk, else with the exception that
    kept them from it, and then none of the submit's records was written.

    >>> from app.store.sql import temporary_store
    >>> with temporary_store() as store:
    ...     writer = Writer(store)
    ...     writer.submit([]).result(timeout=1)
    ...     writer.close(timeout_s=1)
    True
    """

    def __init__(self, store: Recorder, max_batch: int = 256) -> None:
        self._store = store
        self._max_batch = max_batch
        """Records per transaction; a larger submit gets one of its own, as it is never torn apart."""
        self._wake = threading.Condition()
        # Guarded by _wake:
        self._waiting: deque[_Submit] = deque()
        self._waiting_records = 0
        self._waiting_characters = 0
        self._closing = False
        # Of the thread alone:
        self._had_company = False
        self._thread = threading.Thread(target=self._run, name="winnow-writer", daemon=True)
        self._thread.start()

    def submit(self, records: Sequence[Record]) -> Future[None]:
        """Hand over records that belong together: all of them are written, or none.

        Never blocks. The future cannot be cancelled: a visitor who hangs up does not unsend the
        comment. It fails at once with StoreUnavailable when more than 10,000 records or 64 million
        characters would wait, or after `close`.
        """
        future: Future[None] = Future()
        future.set_running_or_notify_cancel()
        characters = sum(len(record.comment.text) + len(record.comment.page_text) for record in records)
        submit = _Submit(tuple(records), future, characters)
        with self._wake:
            refusal = self._refusal(submit)
            if refusal is None and submit.records:
                self._waiting.append(submit)
                self._waiting_records += len(submit.records)
                self._waiting_characters += characters
                self._wake.notify()
        # Outside the lock, because completing a future runs its callbacks.
        if refusal is not None:
            future.set_exception(refusal)
        elif not submit.records:
            future.set_result(None)
        return future

    def flush(self) -> Future[None]:
        """The future is done when everything that waits now has been written, or could not be."""
        future: Future[None] = Future()
        future.set_running_or_notify_cancel()
        with self._wake:
            closing = self._closing
            if not closing:
                self._waiting.append(_Submit((), future, 0))
                self._wake.notify()
        if closing:
            future.set_result(None)
        return future

    def close(self, timeout_s: float) -> bool:
        """Write what waits, then stop; True when all of it was done in time.

        After `timeout_s` what still waits fails with StoreUnavailable; a commit that is running then
        still completes its futures when it ends. May be called twice.
        """
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        self._thread.join(timeout_s)
        with self._wake:
            left = list(self._waiting)
            self._waiting.clear()
            self._waiting_records = self._waiting_characters = 0
        for submit in left:
            submit.future.set_exception(_closed())
        return not left and not self._thread.is_alive()

    def _refusal(self, submit: _Submit) -> StoreUnavailable | None:
        if self._closing:
            return _closed()
        too_many = self._waiting_records + len(submit.records) > MAX_WAITING
        if too_many or self._waiting_characters + submit.characters > MAX_WAITING_CHARACTERS:
            what = (
                f"{self._waiting_records:,} records with {self._waiting_characters:,} characters "
                "are waiting to be written already."
            )
            return StoreUnavailable("writer", what, "Try again; if it lasts, the disk is too slow for the load.")
        return None

    def _run(self) -> None:
        while batch := self._next_batch():
            self._commit(batch)

    def _next_batch(self) -> list[_Submit]:
        """Wait for work; whole submits up to max_batch records, or nothing once all is done."""
        with self._wake:
            while not self._waiting and not self._closing:
                self._wake.wait()
        if self._had_company:
            time.sleep(LINGER_S)
        with self._wake:
            batch: list[_Submit] = []
            records = 0
            while self._waiting:
                size = len(self._waiting[0].records)
                if batch and records + size > self._max_batch:
                    break
                batch.append(self._waiting.popleft())
                records += size
            self._had_company = len(batch) > 1
            self._waiting_records -= records
            self._waiting_characters -= sum(submit.characters for submit in batch)
            return batch

    def _commit(self, batch: list[_Submit]) -> None:
        error = self._write([record for submit in batch for record in submit.records])
        if error is None or len(batch) == 1:
            for submit in batch:
                _complete(submit, error)
            return
        # Each on its own, so that one bad record does not sink its neighbours. A bad record fails
        # within a millisecond; when the database itself fails slowly, the rest share its error.
        deadline = time.monotonic() + RETRY_SECONDS
        for submit in batch:
            _complete(submit, error if time.monotonic() >= deadline else self._write(submit.records))

    def _write(self, records: Sequence[Record]) -> BaseException | None:
        try:
            self._store.record(records)
        # Whatever it is, it goes to who waits for it: the thread must not die and leave futures hanging.
        except BaseException as error:  # noqa: BLE001
            return error
        return None


def _complete(submit: _Submit, error: BaseException | None) -> None:
    if error is None:
        submit.future.set_result(None)
    else:
        submit.future.set_exception(error)


def _closed() -> StoreUnavailable:
    return StoreUnavailable("writer", "It has stopped; nothing more is written.", "Send it again after the restart.")
