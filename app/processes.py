"""Work on chunks in several processes: answers in the order of the chunks, in bounded memory."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any, TypeVar

from app.errors import CommandRefused

INLINE_CHUNKS = 8
"""Up to here no process is started: that takes about a second, as long as scoring these."""
AHEAD = 3
"""Chunks per process that are read ahead or wait to be taken: the bound on memory."""

Chunk = TypeVar("Chunk")
Done = TypeVar("Done")


def in_processes(
    source: Iterator[Chunk], make: Callable[[], Callable[[Chunk], Done]], workers: int, command: str
) -> Generator[Done, None, None]:
    """What becomes of each chunk, in order; in `workers` processes when there are more than a few chunks.

    Args:
        source: the chunks, which are read as they are needed.
        make: makes what works on a chunk, once in every process; it and the chunks must be picklable.
        workers: how many processes; with 1 none is started.
        command: who asks, for the refusal.

    Raises:
        CommandRefused: a process was killed.
        Whatever `make` and `source` raise.
    """
    work = make()  # here too when processes do the work: what cannot be made is refused before they start
    first = list(islice(source, INLINE_CHUNKS))
    everything = chain(first, source)
    if workers == 1 or len(first) < INLINE_CHUNKS:
        yield from map(work, everything)
        return
    waiting: deque[Future[Done]] = deque()
    try:
        with _processes(make, workers) as pool:
            for chunk in everything:
                waiting.append(pool.submit(_in_process, chunk))
                if len(waiting) >= AHEAD * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
    except BrokenProcessPool:
        what = "One of the scoring processes was killed, perhaps for lack of memory."
        raise CommandRefused(command, what, "Try again with fewer --workers.") from None


@contextmanager
def _processes(make: Callable[[], Callable[[Any], Any]], workers: int) -> Iterator[ProcessPoolExecutor]:
    # Spawned, not forked: numpy's and Rich's threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, _begin, (make,))
    try:
        # Ctrl+C reaches the whole group of processes; only this one shall answer it. What is ignored when a
        # process starts stays ignored in it, so all of them are started here.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            for _ in range(workers):
                pool.submit(_nothing)
        finally:
            signal.signal(signal.SIGINT, before)
        yield pool
    except BaseException:
        # Whoever interrupts wants it to end now; waiting for what is under way took over 30 s on a busy machine.
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    pool.shutdown()


_work: Callable[[Any], Any]
"""Of a process, made once when it starts."""


def _begin(make: Callable[[], Callable[[Any], Any]]) -> None:
    global _work  # noqa: PLW0603  a pool's process can keep what it opened nowhere else
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _work = make()


def _end_with_parent() -> None:
    """A parent that is killed cannot end its processes, which would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _nothing() -> None:
    """A task that makes the pool start one of its processes."""


def _in_process(chunk: Any) -> Any:
    return _work(chunk)
