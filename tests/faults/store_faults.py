"""The database locked, read-only, gone, full, failing at random, slow: comments are answered, and nothing is pretended.

A real service is asked without a pause by three clients (tests/faults/_clients.py) while its database fails; then the
fault ends and it has to be well again without a restart.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from errno import EIO
from pathlib import Path

from tests.e2e import server
from tests.faults import _disk
from tests.faults._clients import KEY, Clients
from tests.figures import Outcome

AIM = (
    "while the database is locked 30 s, read-only, gone, full or fails at random: /classify 200 within 250 ms, degraded; "
    "feedback 503 with Retry-After within 2 s; /readyz names the cause; well within 1 s after; 0 acknowledged lost"
)
CLASSIFY_MS, REFUSED_MS, WELL_AGAIN_S = 250.0, 2_000.0, 1.0
NOTICED_S = 0.3
"""A fault is there for so long before every answer has to tell of it: what was under way is answered first."""
SETTLED_S = 0.5


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that happens to a database."""

    name: str
    happens: Callable[[], AbstractContextManager[None]]
    cause: str
    """A word of the sentence in /readyz; empty where it may stay ready."""
    is_total: bool = True
    """Whether nothing can be written; else a part fails."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How the clients were answered while one fault lasted."""

    fault: str
    classify_ms: float
    """The slowest answer."""
    refused_ms: float
    """The slowest answer to feedback."""
    well_after_s: float
    answers: int
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        times = f"{self.answers} comments in at most {self.classify_ms:.0f} ms, feedback {self.refused_ms:.0f} ms"
        return "; ".join([f"{self.fault}: {times}, well after {self.well_after_s:.2f} s", *self.wrong[:3]])


def run(long: bool) -> Outcome:
    """Each fault for 10 s, the lock for 30; in short a second each, and only three of them."""
    seen, lost = measure(10.0 if long else 1.5, 30.0 if long else 1.5, all_of_them=long)
    met = not lost and all(_is_met(each) for each in seen)
    return Outcome(". ".join([*map(str, seen), f"{len(lost)} acknowledged lost"]), met)


def measure(seconds: float, locked_s: float, *, all_of_them: bool) -> tuple[list[Seen], list[str]]:
    """Let one fault after the other happen to one service; what was seen, and what was lost."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        server.add_sites(home, {"blog": KEY})
        disk = _disk.Disk(Path(folder))
        faults = _faults(home / "winnow.db", disk)
        with server.serving(home, also=disk.environment()) as port, Clients(port).asking() as clients:
            time.sleep(1.0)
            seen = [
                _seen(clients, fault, locked_s if fault.name == "locked" else seconds)
                for fault in (faults if all_of_them else faults[:3])
            ]
        lost = clients.lost(home / "winnow.db")
        connection = sqlite3.connect(home / "winnow.db")
        lost += [] if connection.execute("PRAGMA integrity_check").fetchone() == ("ok",) else ["integrity"]
        connection.close()
    return seen, lost


def _faults(database: Path, disk: _disk.Disk) -> list[Fault]:
    @contextmanager
    def locked() -> Iterator[None]:
        other = sqlite3.connect(database, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.close()

    @contextmanager
    def gone() -> Iterator[None]:
        aside = database.with_name("aside")
        database.rename(aside)
        yield
        assert not database.exists(), "an empty database was made"
        aside.rename(database)

    def failing(faults: _disk.Faults) -> Callable[[], AbstractContextManager[None]]:
        @contextmanager
        def happens() -> Iterator[None]:
            disk.set(faults)
            yield
            disk.set(_disk.WELL)

        return happens

    some = _disk.Faults(write=EIO, read=EIO, sync=EIO, permille=300)
    return [
        Fault("locked", locked, "locked"),
        Fault("read-only", failing(_disk.READ_ONLY), "read"),
        Fault("gone", gone, "gone"),
        Fault("full", failing(_disk.FULL), "full"),
        Fault("all I/O fails", failing(_disk.Faults(write=EIO, read=EIO, sync=EIO)), "disk"),
        Fault("3 in 10 calls fail", failing(some), "", is_total=False),
        Fault("each sync takes 0.7 s", failing(_disk.SLOW), "", is_total=False),
    ]


def _seen(clients: Clients, fault: Fault, seconds: float) -> Seen:
    with fault.happens():
        began = time.monotonic()
        time.sleep(seconds)
        ended = time.monotonic()
    healed = time.monotonic()
    well_after_s = _well_after(clients, healed)
    time.sleep(SETTLED_S)
    return Seen(
        fault.name,
        clients.classify.slowest_ms(began, ended),
        clients.feedback.slowest_ms(began, ended),
        well_after_s,
        len(clients.classify.between(began, ended)),
        (*_wrong(clients, fault, began, ended), *clients.classify.broken),
    )


def _wrong(clients: Clients, fault: Fault, began: float, ended: float) -> Iterator[str]:
    """What must not be, while the fault was there."""
    judged = clients.classify.between(began, ended)
    if failed := [each.status for each in judged if each.status != 200]:
        yield f"/classify answered {failed[0]}, {len(failed)} times"
    refused = [each for each in clients.feedback.between(began, ended) if each.status != 200]
    if bad := [each.status for each in refused if each.status != 503 or not each.has_retry_after]:
        yield f"feedback was answered {bad[0]} or without Retry-After"
    if not fault.is_total:
        return
    # The last answers may come when the fault is over.
    noticed, last = began + NOTICED_S, ended - SETTLED_S
    if pretended := [each for each in clients.classify.between(noticed, last) if each.is_kept]:
        yield f"{len(pretended)} comments were acknowledged"
    if said := [each for each in clients.feedback.between(noticed, last) if each.status == 200]:
        yield f"{len(said)} decisions were acknowledged"
    looked = clients.ready.between(noticed, last)
    if not looked or any(fault.cause not in each.body.get("parts", {}).get("store", "") for each in looked):
        told = {each.body.get("parts", {}).get("store", "") for each in looked}
        yield f"/readyz said {told}"


def _well_after(clients: Clients, healed: float) -> float:
    """How long until all three addresses answer as if nothing had been."""
    deadline = time.monotonic() + 10
    first: list[float] = []
    while len(first) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
        later = [answers.between(healed, deadline) for answers in (clients.classify, clients.feedback, clients.ready)]
        first = [
            next(each.asked_at + each.took_s for each in found if each.is_kept)
            for found in later
            if any(each.is_kept for each in found)
        ]
    return max(first) - healed if len(first) == 3 else 10.0


def _is_met(seen: Seen) -> bool:
    in_time = seen.classify_ms <= CLASSIFY_MS and seen.refused_ms <= REFUSED_MS and seen.well_after_s <= WELL_AGAIN_S
    return in_time and not seen.wrong
