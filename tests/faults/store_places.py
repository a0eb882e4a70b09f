"""A disk that is really full, a limit on the size of files, and pages overwritten in place; then a backup restored.

What tests/faults/store_faults.py has a library pretend, the system does here: a small tmpfs (as root), prlimit, and
garbage written into the database's file.
"""

import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e import server
from tests.faults._clients import KEY, Clients
from tests.faults._seen import CLASSIFY_MS, SLACK, Fault, Seen, is_met, seen_by
from tests.figures import Outcome

AIM = (
    "a full tmpfs and a limit on file sizes: as store_faults; pages overwritten: /classify 200 within 250 ms, /readyz "
    "says damaged, and winnow restore brings back everything from before the backup"
)
WINNOW = str(Path(sys.executable).with_name("winnow"))
DISK_BYTES = 24 << 20
IS_ROOT = os.geteuid() == 0


def run(long: bool) -> Outcome:
    """Each for 10 s; in short the overwritten pages alone."""
    seconds = 10.0 if long else 1.5
    slack = 1.0 if long else SLACK
    parts = [damaged(seconds, slack)]
    if long:  # the library of store_faults pretends both in the short form of that
        parts += [limited(seconds, slack), *([full(seconds, slack)] if IS_ROOT else [])]
    skipped = [] if IS_ROOT or not long else ["a full disk was not tried, for only root can mount one"]
    return Outcome(". ".join([*(said for said, _ in parts), *skipped]), all(is_met for _, is_met in parts))


def full(seconds: float, slack: float) -> tuple[str, bool]:
    """A home on a disk that somebody else fills."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", folder], check=True)
        try:
            return _told(*_on_full(Path(folder), seconds), slack)
        finally:
            subprocess.run(["umount", folder], check=True)


def _on_full(folder: Path, seconds: float) -> tuple[Seen, list[str]]:
    filler = folder / "somebody-elses"

    @contextmanager
    def happens() -> Iterator[None]:
        with filler.open("wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                yield
        filler.unlink()

    # What is in the log already may be overwritten for a while: not every write fails from the first moment on.
    fault = Fault("disk full", happens, "full", is_total=False)
    server.add_sites(folder / "home", {"blog": KEY})
    with server.serving(folder / "home") as port, Clients(port).asking() as clients:
        time.sleep(0.5)
        seen = seen_by(clients, fault, seconds)
    return seen, clients.lost(folder / "home" / "winnow.db")


def limited(seconds: float, slack: float) -> tuple[str, bool]:
    """The process may not write beyond the first 4 KiB of any file."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        server.add_sites(home, {"blog": KEY})
        with server.running(home) as (port, process), Clients(port).asking() as clients:

            @contextmanager
            def happens() -> Iterator[None]:
                before = resource.prlimit(process, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
                yield
                resource.prlimit(process, resource.RLIMIT_FSIZE, before)

            time.sleep(0.5)
            seen = seen_by(clients, Fault("file size limited", happens, "disk"), seconds)
        return _told(seen, clients.lost(home / "winnow.db"), slack)


def damaged(seconds: float, slack: float) -> tuple[str, bool]:
    """Everything but the first page is overwritten while the service runs; then the backup is restored."""
    with tempfile.TemporaryDirectory() as folder:
        home, backup = Path(folder) / "home", Path(folder) / "winnow.tar"
        server.add_sites(home, {"blog": KEY})
        with server.serving(home) as port, Clients(port).asking() as clients:
            time.sleep(1.0)
            acknowledged = {each.body["id"] for each in list(clients.classify.all) if each.is_kept}
            _winnow(home, "backup", str(backup))
            began = time.monotonic()
            _overwrite(home / "winnow.db")
            time.sleep(seconds)
            ended = time.monotonic()
        kept = _winnow(home, "restore", str(backup), "--yes")["kept"]
        connection = sqlite3.connect(home / "winnow.db")
        there = {id for (id,) in connection.execute("SELECT id FROM comments")}
        connection.close()
        lost = acknowledged - there
        slowest_ms = clients.classify.slowest_ms(began, ended)
        judged = clients.classify.between(began, ended)
        is_named = any("damaged" in str(each.body.get("parts")) for each in clients.ready.between(began, ended))
        met = (
            slowest_ms <= slack * CLASSIFY_MS
            and {each.status for each in judged} == {200}
            and is_named
            and not lost
            and kept
        )
        told = (
            f"pages overwritten: {len(judged)} comments in at most {slowest_ms:.0f} ms, /readyz "
            f"{'said damaged' if is_named else 'did not notice'}, restored with {len(lost)} of {len(acknowledged)} lost"
        )
        return told, bool(met)


def _overwrite(database: Path) -> None:
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA user_version=0")  # whoever has read a page reads it again, for something was written
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with database.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(database.stat().st_size - 4096))
    connection.close()


def _winnow(home: Path, *arguments: str) -> dict[str, object]:
    done = subprocess.run(
        [WINNOW, *arguments, "--json"], env=server.environment(home), check=True, capture_output=True, text=True
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def _told(seen: Seen, lost: list[str], slack: float) -> tuple[str, bool]:
    return f"{seen}; {len(lost)} acknowledged lost", is_met(seen, slack) and not lost
