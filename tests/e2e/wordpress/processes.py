"""The three programs a test needs beside itself, each bound to this machine and ended by whoever started it."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.e2e.wordpress.packages import tool
from tests.ports import free_port

WINNOW = str(Path(sys.executable).with_name("winnow"))
STARTS_WITHIN_S = 60


def answers(port: int) -> Callable[[], bool]:
    """Whether somebody accepts connections on the port."""

    def ask() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return False
        return True

    return ask


def wait_until(fact: Callable[[], bool], what: str, within_s: float = STARTS_WITHIN_S) -> None:
    """Returns once the fact holds, and fails with a sentence if it does not come to hold."""
    until = time.monotonic() + within_s
    while not fact():
        assert time.monotonic() < until, f"{what}: not within {within_s} s"
        time.sleep(0.05)


class Program:
    """A program with its children in a process group of its own, so that all of it can be ended and nothing else."""

    def __init__(self, command: list[str], log: Path, **others: Any) -> None:
        self.log = log
        with log.open("ab") as sink:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, start_new_session=True, **others
            )

    def ready(self, fact: Callable[[], bool]) -> "Program":
        """Itself, once the fact holds."""

        def holds() -> bool:
            assert self.process.poll() is None, self.log.read_text(errors="replace")[-2000:]
            return fact()

        try:
            wait_until(holds, str(self.log))
        except BaseException:
            self.end()
            raise
        return self

    def end(self) -> None:
        """Ends the whole group: asked first, killed when it does not listen."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                os.killpg(self.process.pid, number)
                try:
                    self.process.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    continue


class Database:
    """A MariaDB of our own: a fresh data folder, its own socket, no network."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "db.sock"
        owner = [f"--user={_me()}"]
        made = [tool("mariadb-install-db") or "", "--no-defaults", *owner, f"--datadir={folder / 'db'}"]
        made += [
            "--auth-root-authentication-method=normal",
            "--innodb-use-native-aio=0",
            "--skip-test-db",
            "--innodb-log-file-size=8M",
        ]
        done = subprocess.run(made, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        command = [tool("mariadbd") or "", "--no-defaults", *owner, f"--datadir={folder / 'db'}"]
        command += [f"--socket={self.socket}", f"--pid-file={folder / 'db.pid'}", "--skip-networking"]
        command += [
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-buffer-pool-size=32M",
            "--innodb-fast-shutdown=2",
            "--innodb-log-file-size=8M",
        ]
        self.program = Program(command, folder / "db.log").ready(self.socket.exists)


def _me() -> str:
    import pwd

    return pwd.getpwuid(os.geteuid()).pw_name


class Winnow:
    """A Winnow server that can be stopped and started again at the same address."""

    def __init__(self, home: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WINNOW_")}
        self.environment = {**kept, "WINNOW_HOME": str(home / "winnow")}
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.program: Program | None = None

    def add_site(self, name: str) -> str:
        """Makes a site and gives its key."""
        command = [WINNOW, "site", "add", name, "--hex", "--json"]
        done = subprocess.run(
            command, env=self.environment, cwd=self.home, capture_output=True, text=True, check=True, timeout=120
        )
        key: str = json.loads(done.stdout)["key"]
        return key

    def comment(self, key: str, comment_id: str) -> dict[str, Any]:
        """A comment as the server keeps it."""
        request = urllib.request.Request(
            f"{self.url}/comments/{comment_id}", headers={"Authorization": f"Bearer {key}"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            kept: dict[str, Any] = json.load(answer)
            return kept

    def id_of(self, author: str) -> str:
        """The newest comment of an author, for a client that does not tell the id it was given."""
        with closing(sqlite3.connect(f"file:{self.home / 'winnow' / 'winnow.db'}?mode=ro", uri=True)) as database:
            found = database.execute("SELECT max(id) FROM comments WHERE author = ?", (author,)).fetchone()
        return str(found[0])

    def forget(self) -> None:
        """What was decided before acts on nothing any more: the tests' comments are like each other."""
        with closing(sqlite3.connect(self.home / "winnow" / "winnow.db", timeout=20)) as database, database:
            database.execute("DELETE FROM precedent_keys")
            database.execute("DELETE FROM precedents")

    def start(self) -> None:
        """Returns when it answers."""
        command = [WINNOW, "serve", "--port", str(self.port)]
        self.program = Program(command, self.home / "winnow.log", env=self.environment, cwd=self.home)
        self.program.ready(self._is_ready)  # it accepts connections before there are tables

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        """Returns when nobody answers at its address any more."""
        if self.program is not None:
            self.program.end()
            self.program = None
