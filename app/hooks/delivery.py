"""The thread that empties the outbox: claim a message, send it, write down how it went."""

import logging
import random
import threading
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Protocol

from app.core.times import written
from app.errors import WinnowError
from app.hooks.schedule import RETRIES_S, attempt_of
from app.hooks.sending import TIMEOUT_S, Answer, Sender
from app.hooks.signing import headers
from app.store.outbox import Attempt, Due

_log = logging.getLogger(__name__)

POLL_S = 1.0
"""How often the outbox is looked at while it is empty; another process may have filled it."""
PAUSE_S = 5.0
"""How long it is left alone after the database has failed."""
LEASE_S = 3 * TIMEOUT_S
"""How long a message is this process's alone; after that it is taken to have died over it."""
SLOW_S = 1.0
REST_FACTOR = 6.0
"""A receiver that fails slowly rests that many times as long as it took, so that it cannot keep the others waiting."""


class Outbox(Protocol):
    """What delivery asks of a store; every method may raise StoreUnavailable."""

    def claim(self, now: str, leased_until: str, resting: Collection[int], /) -> Due | None:
        """The message that has been due for longest, for this process alone; None when none is."""

    def settle(self, due: Due, attempt: Attempt, /) -> None:
        """Writes down how an attempt went."""


class Delivery:
    """One thread that sends what is due. One per process; several processes share one outbox.

    >>> from app.store.sql import temporary_store
    >>> with temporary_store() as store:
    ...     Delivery(store, print).close(timeout_s=5)
    True
    """

    def __init__(
        self,
        outbox: Outbox,
        count: Callable[[str], None],
        sender: Sender | None = None,
        retries_s: Sequence[float] = RETRIES_S,
        poll_s: float = POLL_S,
    ) -> None:
        self._outbox = outbox
        self._count = count
        """Told of each attempt: delivered, retry, failed or disabled."""
        self._sender = sender or Sender()
        self._retries_s = retries_s
        self._poll_s = poll_s
        self._resting: dict[int, float] = {}
        """Webhook -> until when on the monotonic clock."""
        self._is_failing = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="winnow-delivery", daemon=True)
        self._thread.start()

    def close(self, timeout_s: float) -> bool:
        """Finish the message that is being sent, then stop; True when that was done in time.

        One that was not finished is sent again when its lease ends, by whoever runs then.
        """
        self._stopping.set()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(self._step())

    def _step(self) -> float:
        """Send one message if one is due; how long to wait before the next."""
        try:
            now = datetime.now(UTC)
            due = self._outbox.claim(written(now), written(now + timedelta(seconds=LEASE_S)), self._who_rests())
            if due is not None:
                self._outbox.settle(due, self._attempted(due))
        # Whatever it is, it is told: the thread must not die and leave decisions lying.
        except Exception as error:  # noqa: BLE001
            self._failed(error)
            return PAUSE_S
        self._is_failing = False
        return self._poll_s if due is None else 0.0

    def _attempted(self, due: Due) -> Attempt:
        began = monotonic()
        answer = self._sent(due)
        took_s = monotonic() - began
        if answer.error and took_s > SLOW_S:
            self._resting[due.webhook.id] = monotonic() + REST_FACTOR * took_s
        dice = random.random()  # noqa: S311 - spreads calls over time, keeps no secret
        attempt = attempt_of(answer, due.attempts, datetime.now(UTC), self._retries_s, dice)
        self._count(_outcome(attempt))
        if attempt.error and attempt.next_at is None:
            _log.warning("webhook %d, message %s: given up. %s", due.webhook.id, due.message_id, attempt.error)
        return attempt

    def _sent(self, due: Due) -> Answer:
        try:
            signed = headers(due.message_id, due.payload, due.secrets, datetime.now(UTC))
            return self._sender.send(due.webhook.url, due.webhook.allow_private, due.payload.encode(), signed)
        except Exception as error:  # noqa: BLE001 - one message that cannot be sent must not stop the others
            return Answer(None, f"Winnow could not send it ({type(error).__name__}).")

    def _who_rests(self) -> tuple[int, ...]:
        now = monotonic()
        self._resting = {webhook: until for webhook, until in self._resting.items() if until > now}
        return tuple(self._resting)

    def _failed(self, error: Exception) -> None:
        if not self._is_failing and not self._stopping.is_set():  # one line when it starts, not one every few seconds
            _log.error("webhooks wait: %s", error if isinstance(error, WinnowError) else type(error))
        self._is_failing = True


def _outcome(attempt: Attempt) -> str:
    if not attempt.error:
        return "delivered"
    if attempt.disables:
        return "disabled"
    return "failed" if attempt.next_at is None else "retry"
