"""The thread that works off acts on many comments, step by step, so that the queue stays quick meanwhile."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from app.errors import StoreUnavailable

_log = logging.getLogger(__name__)
LOOK_S = 5.0
"""How often it looks for what another process began and did not end."""


class Store(Protocol):
    """What it asks of a store."""

    def open_batches(self) -> Sequence[int]:
        """Acts with work left, oldest first."""

    def work_batch(self, act: int, at: str, /) -> bool:
        """Does a step; whether there is more to do."""


class Batches:
    """One per process; several may work on one act, each step is a transaction of its own.

    >>> from app.store.sql import temporary_store
    >>> with temporary_store() as store:
    ...     Batches(store, lambda: "2026-11-30T10:00:00.000Z").close(timeout_s=5)
    """

    def __init__(self, store: Store, now: Callable[[], str]) -> None:
        self._store = store
        self._now = now
        self._wake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="winnow-batches", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    def close(self, timeout_s: float) -> None:
        """Stop after the step that is under way; the rest is done after the next start."""
        self._closing = True
        self._wake.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._closing:
            try:
                for act in self._store.open_batches():
                    while not self._closing and self._store.work_batch(act, self._now()):
                        pass
            except StoreUnavailable as error:
                _log.warning("an act on many comments waits: %s", error)
            self._wake.wait(LOOK_S)
            self._wake.clear()
