"""Watches over several serving processes: replaces who ends, hangs or is stopped, and all of them on SIGHUP.

Each worker has a socket to the supervisor. Its event loop writes a byte there every half second, so that a silent
worker is one that answers nobody, whatever holds it; the supervisor writes how many serve, for every worker to tell.
"""

import json
import logging
import selectors
import signal
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic

from app.commands import server

_log = logging.getLogger(__name__)

ALIVE, LEAVING = b".", b"x"
"""What a worker writes: at every beat; once, when it begins to end."""
BEAT_S = 0.5
TOLD_OF = 0.4
"""A worker that has not been heard for this part of the silence that is allowed is told of as silent."""
LAST_WORDS_S = 0.5
"""How long a worker may take to log where it hangs, before it is killed; one that is stopped never does."""
STARTS_WITHIN_S = 600.0
"""A start may have to wait for a migration of a large database."""
ENDS_WITHIN_S = 45.0
"""10 s for requests in flight, 10 s each for records, batches and a candidate's counts, 3 s for a message."""
MOST_PAUSE_S = 30.0
"""Between attempts to start a worker where none comes up; the first follows at once, the next after 1, 2, 4 s ..."""
_LOOK_S = 0.2


@dataclass(slots=True, eq=False)
class Worker:
    """One serving process."""

    process: subprocess.Popen[bytes]
    channel: socket.socket
    heard: float
    """When, on the monotonic clock; at first, when it was started."""
    serves: bool = False
    """It was heard: everything is loaded and it answers."""
    leaves_by: float | None = None
    """It was told to end, or said that it does: when it is killed otherwise."""
    killed_at: float | None = None
    """When it was, or will be."""

    def silence_s(self) -> float:
        """Seconds since it was heard."""
        return monotonic() - self.heard

    def end(self, silence_s: float) -> None:
        """Have it answer what is in flight and end; it says within that time that it does."""
        self.process.terminate()
        self.leaves_by = monotonic() + silence_s


@dataclass(slots=True)
class Supervisor:
    """Keeps so many workers serving on a listening socket."""

    listener: socket.socket
    wanted: int
    words: Sequence[str]
    """What starts a worker; the number of its end of the channel is added."""
    silence_s: float
    """A worker that has not been heard for so long is killed. In good health the event loop stands still for
    0.1 s at the most: for the costliest text, or 0.05 s for a database that does not answer."""
    workers: list[Worker] = field(default_factory=list)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _signals: list[int] = field(default_factory=list)
    _to_renew: list[Worker] = field(default_factory=list)
    """Whose places others take, one after the other."""
    _newcomer: Worker | None = None
    """Who takes the place of the first of them."""
    _has_served: bool = False
    _is_ending: bool = False
    _looked: float = field(default_factory=monotonic)
    """When it last looked after them all."""
    _failures: int = 0
    """Starts since somebody last served of which nothing came."""
    _start_at: float = 0.0
    _replaced: int = 0
    _told: bytes = b""

    def run(self) -> int:
        """Until SIGTERM or SIGINT, or until it turns out that no worker can start; the exit code."""
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(each, lambda number, _frame: self._signals.append(number))
        exit_code = 0
        while self.workers or not self._is_ending:
            self._heed_signals()
            self._start_missing()
            self._wait_and_hear()
            for worker in list(self.workers):
                code = worker.process.poll()
                if code is None:
                    self._look_after(worker)
                    continue
                self._bury(worker, code)
                if not (self._has_served or self._is_ending):  # nothing can start: it has said why
                    self._end()
                    exit_code = code
            self._renew()
            self._tell()
        return exit_code

    def _heed_signals(self) -> None:
        while self._signals:
            if self._signals.pop(0) == signal.SIGHUP:
                self._to_renew = [worker for worker in self.workers if worker.leaves_by is None]
            else:
                self._end()

    def _end(self) -> None:
        self._is_ending = True
        self._to_renew = []
        for worker in self.workers:
            if worker.leaves_by is None:
                worker.end(self.silence_s)

    def _start_missing(self) -> None:
        staying = sum(worker.leaves_by is None and worker is not self._newcomer for worker in self.workers)
        while not self._is_ending and staying < self.wanted and monotonic() >= self._start_at:
            self._start()
            staying += 1

    def _start(self) -> Worker:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        handles = (self.listener.fileno(), theirs.fileno())
        process = subprocess.Popen([*self.words, str(theirs.fileno())], pass_fds=handles)  # noqa: S603  this program
        theirs.close()
        worker = Worker(process, ours, monotonic())
        self.workers.append(worker)
        self._selector.register(ours, selectors.EVENT_READ, worker)
        self._told = b""
        return worker

    def _wait_and_hear(self) -> None:
        ready = self._selector.select(_LOOK_S)
        before, self._looked = self._looked, monotonic()
        if self._looked - before > 2 * _LOOK_S:  # all were stopped, or the machine has no time: no worker's fault
            for worker in self.workers:
                worker.heard = min(self._looked, worker.heard + self._looked - before)
        for key, _ in ready:
            self._hear(key.data)

    def _hear(self, worker: Worker) -> None:
        try:
            said = worker.channel.recv(4_096)
        except OSError:
            said = b""
        if not said:  # it has ended, or is about to
            self._selector.unregister(worker.channel)
            return
        worker.heard = monotonic()
        if LEAVING in said:
            worker.leaves_by = worker.heard + ENDS_WITHIN_S
        if not worker.serves:
            worker.serves = self._has_served = True
            self._failures = 0

    def _look_after(self, worker: Worker) -> None:
        """Kill it when it hangs; what follows is as if it had ended by itself."""
        now = monotonic()
        if worker.killed_at is not None:
            if now >= worker.killed_at:
                worker.process.kill()
            return
        if worker.leaves_by is not None:
            is_late = now >= worker.leaves_by
        else:
            is_late = worker.silence_s() >= (self.silence_s if worker.serves else STARTS_WITHIN_S)
        if is_late:
            _log.error(
                "the worker %d has not been heard for %.0f s and is ended", worker.process.pid, worker.silence_s()
            )
            if worker.serves:
                worker.process.send_signal(signal.SIGUSR1)
            worker.killed_at = now + LAST_WORDS_S

    def _bury(self, worker: Worker, code: int) -> None:
        self.workers.remove(worker)
        if worker.channel in {key.fileobj for key in self._selector.get_map().values()}:
            self._selector.unregister(worker.channel)
        worker.channel.close()
        self._told = b""
        if worker.leaves_by is not None and worker.killed_at is None:
            return
        if worker is self._newcomer:  # the others go on; whoever wants to tries again
            self._to_renew = []
        elif not self._is_ending:
            self._replaced += 1
        if not worker.serves:
            self._start_at = monotonic() + min(MOST_PAUSE_S, 2**self._failures)
            self._failures += 1
        _log.error("the worker %d has ended: %s", worker.process.pid, _how(code))

    def _renew(self) -> None:
        """One at a time: the newcomer serves before the other one is told to end, so that somebody always listens."""
        if self._newcomer is not None:
            if self._newcomer in self.workers and not self._newcomer.serves:
                return
            if self._newcomer.serves and self._to_renew:
                # Who should go may have gone by itself, and been replaced: then the newcomer is one too many.
                gone = self._to_renew[0] not in self.workers
                (self._newcomer if gone else self._to_renew[0]).end(self.silence_s)
            self._newcomer, self._to_renew = None, self._to_renew[1:]
        if self._to_renew and not any(worker.leaves_by for worker in self.workers):
            if self._to_renew[0] in self.workers and self._to_renew[0].killed_at is None:
                self._newcomer = self._start()
            else:  # it has got another one in its place by now
                self._to_renew = self._to_renew[1:]

    def _tell(self) -> None:
        """Every worker how many there are and how they do, when that has changed."""
        staying = [worker for worker in self.workers if worker.leaves_by is None]
        silent = [worker for worker in staying if worker.serves and worker.silence_s() >= TOLD_OF * self.silence_s]
        standing = {
            "wanted": self.wanted,
            "serving": sum(worker.serves for worker in staying) - len(silent),
            "silent": len(silent),
            "starting": sum(not worker.serves for worker in staying),
            "replaced": self._replaced,
        }
        line = json.dumps(standing).encode() + b"\n"
        if line == self._told:
            return
        self._told = line
        for worker in self.workers:
            try:
                worker.channel.send(line)
            except OSError:  # it does not read, or has ended; both are noticed elsewhere
                continue


def _how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


def supervise(listener: socket.socket, workers: int, silence_s: float) -> int:
    """Keep so many processes serving, until this one is told to end; the exit code."""
    return Supervisor(listener, workers, server.command(listener.fileno(), 1, silence_s), silence_s).run()
