"""The database locked, read-only, gone, full, failing at random, slow: comments are answered, and nothing is pretended.

A real service is asked without a pause by three clients (tests/faults/_clients.py) while its database fails; then the
fault ends and it has to be well again without a restart.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from errno import EIO
from pathlib import Path

from tests.e2e import server
from tests.faults import _disk
from tests.faults._clients import KEY, Clients
from tests.faults._seen import SLACK, Fault, Seen, is_met, seen_by
from tests.figures import Outcome

AIM = (
    "while the database is locked 30 s, read-only, gone, full or fails at random: /classify 200 within 250 ms, degraded; "
    "feedback 503 with Retry-After within 2 s; /readyz names the cause; well within 1 s after; 0 acknowledged lost"
)


def run(long: bool) -> Outcome:
    """Each fault for 10 s, the lock for 30; in short only three of them, the lock for longer than it is waited for."""
    seen, lost, calm_ms = measure(10.0 if long else 1.2, 30.0 if long else 2.5, all_of_them=long)
    met = not lost and all(is_met(each, 1.0 if long else SLACK) for each in seen)
    calm = f"Without a fault comments took at most {calm_ms:.0f} ms"
    return Outcome(". ".join([calm, *map(str, seen), f"{len(lost)} acknowledged lost"]), met)


def measure(seconds: float, locked_s: float, *, all_of_them: bool) -> tuple[list[Seen], list[str], float]:
    """Let one fault after the other happen to one service: what was seen, what was lost, and the slowest comment before."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        server.add_sites(home, {"blog": KEY})
        disk = _disk.Disk(Path(folder))
        faults = _faults(home / "winnow.db", disk)
        with server.serving(home, settings=disk.environment()) as port, Clients(port).asking() as clients:
            began = time.monotonic()
            time.sleep(seconds)
            calm_ms = clients.classify.slowest_ms(began, began + seconds)
            seen = [
                seen_by(clients, fault, locked_s if fault.name == "locked" else seconds)
                for fault in (faults if all_of_them else faults[:3])
            ]
        lost = clients.lost(home / "winnow.db")
        connection = sqlite3.connect(home / "winnow.db")
        lost += [] if connection.execute("PRAGMA integrity_check").fetchone() == ("ok",) else ["integrity"]
        connection.close()
    return seen, lost, calm_ms


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
