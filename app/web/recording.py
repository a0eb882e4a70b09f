"""Records on their way to the disk, and answers that wait for them, but never for long."""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from typing import Protocol

from app.errors import WinnowError
from app.store.records import Record
from app.web.metrics import Metrics

_log = logging.getLogger(__name__)
BRIEF_PATIENCE_S = 0.02
"""The longest an answer waits for its record while the disk is known to be slow."""

Causes = tuple[str, ...]
"""What to put in `degraded`: nothing, "store" (not stored) or "store.slow" (not stored yet)."""


class Writer(Protocol):
    """What the handlers ask of the group commit."""

    def submit(self, records: Sequence[Record], /) -> "Future[None]":
        """The future is done when every record is on disk, or fails with StoreUnavailable; never raises."""

    def flush(self) -> "Future[None]":
        """The future is done when everything that waits now has been written, or could not be."""


class Recorder:
    """Hands records to the writer and waits for the disk. One per event loop."""

    def __init__(self, writer: Writer, patience_s: float, metrics: Metrics) -> None:
        self._writer = writer
        self._patience_s = patience_s
        self._metrics = metrics
        self._is_slow = False
        self._is_failing = False
        self._done: deque[tuple[Future[None], asyncio.Future[Causes]]] = deque()
        self._is_told = False
        """Whether the event loop knows already that something is done: it is woken once for a whole commit."""

    async def record(self, records: Sequence[Record]) -> Causes:
        """What became of the records, as far as it is known when the patience ends."""
        if not records:
            return ()
        loop = asyncio.get_running_loop()
        causes: asyncio.Future[Causes] = loop.create_future()
        self._writer.submit(records).add_done_callback(partial(self._finished, loop, causes))
        patience_s = min(BRIEF_PATIENCE_S, self._patience_s) if self._is_slow else self._patience_s
        timer = loop.call_later(patience_s, self._too_slow, causes)
        try:
            return await causes
        finally:
            timer.cancel()

    def _finished(
        self, loop: asyncio.AbstractEventLoop, causes: "asyncio.Future[Causes]", written: "Future[None]"
    ) -> None:
        """Called by the writer's thread."""
        self._done.append((written, causes))
        if not self._is_told and not loop.is_closed():
            self._is_told = True
            loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        self._is_told = False  # before looking: what is added from here on is told anew
        while self._done:
            written, causes = self._done.popleft()
            error = None if written.cancelled() else written.exception()
            if error:
                self._failed(error)
            else:
                self._is_slow = self._is_failing = False
            if not causes.done():
                causes.set_result(("store",) if error or written.cancelled() else ())

    def _too_slow(self, causes: "asyncio.Future[Causes]") -> None:
        if not causes.done():
            self._is_slow = True
            self._metrics.store_failed("slow")
            causes.set_result(("store.slow",))

    def _failed(self, error: BaseException) -> None:
        if not self._is_failing:  # one line when it starts, not one for every comment
            # Our own errors hold nothing of a comment; of any other, only the kind is sure to be harmless.
            _log.error("records are not stored: %s", error if isinstance(error, WinnowError) else type(error))
        self._is_failing = True
        self._metrics.store_failed("record")
