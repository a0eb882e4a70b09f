"""A candidate looks on: comments that were answered are scored once more, in a thread, when nobody waits for it."""

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from time import monotonic, perf_counter
from typing import NamedTuple, Protocol

from app.core.comment import Comment, History
from app.core.features import Measured
from app.core.model import Model
from app.core.shadow import Compared, Trial, compare
from app.errors import StoreUnavailable
from app.store.records import Record
from app.store.shadowed import Change, Pair

_log = logging.getLogger(__name__)
MOST_WAITING = 500
"""Comments; more are passed over, and counted. Of usual ones they take 20 MB."""
MOST_CHARACTERS = 200_000
"""Of the texts that wait and their pages': measured, each takes up to 190 bytes (2026-12-01)."""
REST_FACTOR = 4
"""After a comment the thread rests so many times as long as it took: it never has more than a fifth of a processor."""
FLUSH_S = 2.0
MOST_CHANGES_KEPT = 1_000
"""Between two writes, or while the database does not answer."""


class Answered(NamedTuple):
    """A comment that was answered, with what it takes to score it once more."""

    record: Record
    comment: Comment
    """As it was judged, with its page's text."""
    measured: Measured
    history: History
    model: Model
    """The one in use."""
    trial: Trial
    by_candidate: bool
    """Whether the candidate gave the answer."""


class ShadowStore(Protocol):
    """Where differences are kept."""

    def note_shadow(self, counts: Mapping[Pair, int], changes: Sequence[Change], at: str, /) -> None:
        """Add them to those there are. Raises StoreUnavailable."""


class Shadow:
    """One thread, which begins with the first comment and ends with `close`."""

    def __init__(self, store: ShadowStore, now: Callable[[], str], count: Callable[[str], None]) -> None:
        """`count` is told of each comment: same, changed, dropped (too many waited) or failed."""
        self._store = store
        self._now = now
        self._count = count
        self._waiting: deque[Answered] = deque()
        self._characters = 0
        """Of what waits; counted under the lock."""
        self._lock = threading.Lock()
        self._counts: Counter[Pair] = Counter()
        self._changes: list[Change] = []
        self._ripe: list[Change] = []
        """Those of the time before the last write: their comments are on disk by now, or never will be."""
        self._something = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def offer(self, answered: Answered) -> None:
        """Called for each answer; takes some 2 µs. Where too many wait already, this one is passed over and counted."""
        size = _characters(answered)
        with self._lock:
            is_full = len(self._waiting) >= MOST_WAITING or self._characters + size > MOST_CHARACTERS
            if not is_full:
                self._characters += size
                self._waiting.append(answered)
        if is_full:
            self._note(_pair(answered), None)
            self._count("dropped")
            return
        self._something.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="winnow-shadow", daemon=True)
            self._thread.start()

    def close(self, timeout_s: float) -> None:
        """Write what was counted; what still waits is passed over."""
        self._stopping.set()
        self._something.set()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        flush_at = monotonic() + FLUSH_S
        while not self._stopping.is_set():
            self._something.wait(max(0.0, flush_at - monotonic()))
            if self._waiting:
                self._stopping.wait(REST_FACTOR * self._step(self._next()))
            else:
                self._something.clear()
                if self._waiting:  # it came between the question and the clearing
                    self._something.set()
            if monotonic() >= flush_at:
                self._flush()
                flush_at = monotonic() + FLUSH_S
        for _ in range(2):  # what is ripe, and what would be
            self._flush()

    def _next(self) -> Answered:
        with self._lock:
            answered = self._waiting.popleft()
            self._characters -= _characters(answered)
        return answered

    def _step(self, answered: Answered) -> float:
        """Compare one comment; how long that took, in seconds."""
        began = perf_counter()
        by_candidate, found = answered.by_candidate, answered.record.classification
        other = (answered.model if by_candidate else answered.trial.model).of(answered.record.site)
        try:
            told = compare(answered.comment, answered.measured, answered.history, found, other, by_candidate)
        # Whatever it is, it is told: the thread must not die, and nothing of this may reach an answer.
        except Exception as error:  # noqa: BLE001
            _log.error("a comment could not be scored by both models: %s", type(error).__name__)
            self._count("failed")
            return perf_counter() - began
        changed = told.action != told.candidate_action
        pair = _pair(answered, told)
        self._note(pair, Change(answered.record.id, *pair[:2], *told) if changed else None)
        self._count("changed" if changed else "same")
        return perf_counter() - began

    def _note(self, pair: Pair, change: Change | None) -> None:
        with self._lock:
            self._counts[pair] += 1
            if change and len(self._changes) < MOST_CHANGES_KEPT:
                self._changes.append(change)

    def _flush(self) -> None:
        with self._lock:
            counts, ripe = self._counts, self._ripe
            self._counts, self._changes, self._ripe = Counter(), [], self._changes
        if not counts and not ripe:
            return
        try:
            self._store.note_shadow(counts, ripe, self._now())
        except StoreUnavailable as error:
            _log.warning("what the candidate would have done is not written now: %s", error)
            with self._lock:
                self._counts.update(counts)
                self._ripe = (ripe + self._ripe)[:MOST_CHANGES_KEPT]


def _characters(answered: Answered) -> int:
    return len(answered.comment.text) + len(answered.comment.page_text)


def _pair(answered: Answered, told: Compared | None = None) -> Pair:
    actions = (told.action, told.candidate_action) if told else ("", "")
    return Pair(answered.trial.model.version, answered.model.version, answered.record.site, *actions)
