"""All connections of one process: how many there may be, what they hold in memory, and who takes too long."""

import asyncio
import heapq
import logging
from collections.abc import Iterator, MutableMapping
from typing import Any, Protocol

from app.commands.heads import SMALL_BYTES
from app.commands.open_files import open_files
from app.settings import Settings
from app.web.metrics import Metrics

_log = logging.getLogger(__name__)
LOOK_S = 1.0
TURN_S = 0.002
"""So long at a time."""
LATE_S = 0.25
"""A look that comes this much later than it should was held up by work, and so was reading."""
OTHER_FILES = 128
"""That the process opens for the database, the model, webhooks and moderators' exports."""
SHED = 16
"""When there are too many connections, 1 in so many of them goes."""
MAX_HELD_BYTES = 96 * 1_048_576
"""Of unanswered bodies. Reading one needs it twice for a moment, and a batch may have 16 MB."""
TOLD_AGAIN_S = 60.0


class Held(Protocol):
    """What is asked of a connection."""

    since: float
    held_bytes: int
    phase: Any

    @property
    def is_awaited(self) -> bool:
        """Whether its client has to say something, and not we."""

    def look(self, now: float, held_up_s: float, /) -> None:
        """Close it if it takes too long."""

    def abort(self) -> None:
        """Close at once."""


class Connections:
    """Used by the event loop alone."""

    def __init__(
        self, open_ones: set[Any], settings: Settings, loop: asyncio.AbstractEventLoop, metrics: Metrics | None
    ) -> None:
        self._open: set[Held] = open_ones
        self._most = min(settings.max_connections, open_files() - OTHER_FILES)
        self.patience_s = float(settings.request_patience_s)
        """For each part of a request to come; see Connection.look."""
        self._loop = loop
        self._metrics = metrics
        self._held_bytes = 0
        self._tell_from = self._held_up_s = 0.0
        self._round: Iterator[Held] | None = None
        self._due = loop.time() + LOOK_S
        loop.call_later(LOOK_S, self._look)

    @classmethod
    def of(cls, state: MutableMapping[str, Any], open_ones: set[Any], loop: asyncio.AbstractEventLoop) -> "Connections":
        """Those of this process, kept in the state that its application shares with all of them."""
        known: Connections | None = state.get("connections")
        if known is None:
            known = state["connections"] = cls(open_ones, Settings(), loop, state.get("metrics"))
        return known

    def admit(self, connection: Held) -> None:
        """Make room for one more: who has been waited for longest goes first."""
        if len(self._open) > self._most:
            self._shed(self._most // SHED + 1, [each for each in self._open if each.is_awaited])
        if len(self._open) > self._most:
            connection.abort()  # all the others are being answered

    def hold(self, connection: Held, size: int) -> None:
        """So many more bytes of a body; where all together are too much, the oldest unfinished large ones go."""
        connection.held_bytes += size
        self._held_bytes += size
        if self._held_bytes > MAX_HELD_BYTES:
            unfinished = [each for each in self._open if each.phase == "body" and each.held_bytes > SMALL_BYTES]
            self._shed(len(unfinished) // SHED + 1, unfinished)

    def release(self, connection: Held) -> None:
        """The body was answered, or its sender has gone."""
        self._held_bytes -= connection.held_bytes
        connection.held_bytes = 0

    def refused(self, status: int) -> None:
        """Count one that was answered here."""
        if self._metrics:
            self._metrics.answered("(none)", status, 0.0)

    def _shed(self, number: int, candidates: list[Held]) -> None:
        for each in heapq.nsmallest(number, candidates, key=lambda each: each.since):
            self.release(each)
            self._open.discard(each)
            each.abort()
        now = self._loop.time()
        if now >= self._tell_from:
            self._tell_from = now + TOLD_AGAIN_S
            _log.warning("%d connections: those that were waited for longest are closed", len(self._open))

    def _look(self) -> None:
        now = self._loop.time()
        late = now - self._due
        self._due = now + LOOK_S
        self._loop.call_later(LOOK_S, self._look)
        self._held_up_s += late if late > LATE_S else 0.0
        if self._round is None:
            held_up_s, self._held_up_s = self._held_up_s, 0.0
            self._round = iter(tuple(self._open))
            self._look_on(held_up_s)

    def _look_on(self, held_up_s: float) -> None:
        """Thousands may have to be closed at the same time: others get turns in between."""
        began = self._loop.time()
        here, self._round = self._round or iter(()), None  # so that one that fails does not end all looking
        for each in here:
            each.look(began, held_up_s)
            if self._loop.time() - began > TURN_S:
                self._round = here
                self._loop.call_later(TURN_S, self._look_on, held_up_s)
                return
