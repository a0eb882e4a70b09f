"""SIGKILL in the middle of a stream of comments, feedback and moderators' decisions: what was acknowledged stays.

Most services are forks of one process that has imported everything (tests/faults/_forked.py); in the long form every
tenth is a real `winnow serve`, whose start is measured.
"""

import http.client
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from app.commands import opening
from app.store.accounts import Session, new_token, token_hash
from app.web.review.session import csrf_of
from tests.e2e import server
from tests.figures import Outcome

AIM = "1,000 kills, at least 20,000 acknowledged, 0 lost, 0 doubled, integrity_check ok, ready again within 2 s"
KEY = "killkillkill"
STREAM_S = (0.05, 0.4)
REAL_EVERY = 10
BUDGET_S = 900.0
READY_WITHIN_S = 2.0


@dataclass(slots=True)
class Told:
    """What was acknowledged, and what was found afterwards."""

    kills: int = 0
    comments: set[str] = field(default_factory=set)
    """Ids of answers that were not degraded."""
    labels: dict[str, str] = field(default_factory=dict)
    """Id -> what feedback or a moderator said last, acknowledged."""
    unsure: set[str] = field(default_factory=set)
    """Ids whose last request was not answered: either may have come of it."""
    keyed: dict[str, str] = field(default_factory=dict)
    """Idempotency-Key -> the id it was answered with."""
    repeated: int = 0
    """Requests with such a key that were sent again after a kill."""
    ready_s: list[float] = field(default_factory=list)
    """Starts of a real `winnow serve` on what a kill left, until /readyz answered 200."""
    wrong: list[str] = field(default_factory=list)

    @property
    def acknowledged(self) -> int:
        """Comments and words on them."""
        return len(self.comments) + len(self.labels) + len(self.keyed)


def run(long: bool) -> Outcome:
    """So many kills as fit into the time."""
    kills, budget_s = (1_000, float(os.environ.get("FAULT_SECONDS", BUDGET_S))) if long else (4, 60.0)
    told = measure(kills, budget_s, every=REAL_EVERY if long else kills + 1)
    slowest = max(told.ready_s, default=0.0)
    measured = (
        f"{told.kills:,} kills, {told.acknowledged:,} acknowledged ({len(told.comments):,} comments, "
        f"{len(told.labels):,} decisions, {len(told.keyed):,} with a key of which {told.repeated:,} were repeated), "
        f"{len(told.wrong)} lost, doubled or broken, {len(told.ready_s)} real starts ready in at most {slowest:.1f} s"
    )
    enough = not long or (told.kills >= kills and told.acknowledged >= 20_000 and slowest <= READY_WITHIN_S)
    return Outcome("; ".join([measured, *told.wrong[:3]]), enough and not told.wrong)


def measure(kills: int, budget_s: float, every: int, seed: int = 1) -> Told:
    """Kill and start again until there were so many kills or the time is over; look at everything at the end."""
    told, chance = Told(), random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        server.add_sites(home, {"blog": KEY})
        stream = _Stream(told, _sign_in(home))
        end = time.monotonic() + budget_s
        with _starter(home) as start:
            while told.kills < kills and time.monotonic() < end:
                is_real = told.kills % every == every - 1
                began = time.monotonic()
                port, kill = _real(home) if is_real else start()
                _until_ready(port, told)
                if is_real:
                    told.ready_s.append(time.monotonic() - began)
                stream.flow(port, chance.uniform(*STREAM_S), kill)
                told.kills += 1
                _look_over(home, told)
            port, kill = start()
            _until_ready(port, told)
            stream.repeat_all(port)
            kill()
        _compare(home, told)
    return told


@contextmanager
def _starter(home: Path) -> Iterator[Callable[[], tuple[int, Callable[[], None]]]]:
    command = [sys.executable, "-m", "tests.faults._forked"]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    forker = subprocess.Popen(command, env=server.environment(home), **pipes)
    assert forker.stdin is not None
    assert forker.stdout is not None
    told, asked = forker.stdout, forker.stdin
    running: list[int] = []

    def say(command: str) -> None:
        asked.write(f"{command}\n")
        asked.flush()

    def start() -> tuple[int, Callable[[], None]]:
        say("start")
        lines = [told.readline(), told.readline()]
        process, url = sorted(lines, key=lambda line: line.startswith("{"))
        running.append(int(process))
        return int(json.loads(url)["url"].rpartition(":")[2]), kill

    def kill() -> None:
        os.kill(running.pop(), signal.SIGKILL)
        say("wait")
        assert told.readline() == "dead\n"

    try:
        yield start
    finally:
        for process in running:
            os.kill(process, signal.SIGKILL)
        asked.close()
        told.close()
        forker.wait(20)


def _real(home: Path) -> tuple[int, Callable[[], None]]:
    process = subprocess.Popen(server.command(0), env=server.environment(home), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()

    def kill() -> None:
        process.kill()
        process.communicate()

    return int(json.loads(line)["url"].rpartition(":")[2]), kill


def _until_ready(port: int, told: Told) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if _asked(port, "GET", "/readyz", b"", {})[0] == 200:
                return
        except OSError:
            time.sleep(0.01)
    told.wrong.append("the service did not become ready in 20 s")


def _sign_in(home: Path) -> dict[str, str]:
    """What a browser sends in which a moderator is signed in."""
    token = new_token()
    with opening.open_store(server.settings_of(home)) as store:
        store.add_moderator("jana", "moderator", opening.now())
        store.add_session(Session(token_hash(token), "jana", opening.now(), opening.now(), "Firefox"))
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    return {**form, "Cookie": f"winnow={token}", "X-CSRF-Token": csrf_of(token)}


def _asked(port: int, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    except (http.client.HTTPException, ValueError) as error:
        raise OSError(str(error)) from None
    finally:
        connection.close()


class _Stream:
    """Three clients and a moderator who write without a pause until the service is gone."""

    def __init__(self, told: Told, browser: dict[str, str]) -> None:
        self._told = told
        self._browser = browser
        self._numbers = count()
        self._open: dict[str, bytes] = {}
        """Requests with an Idempotency-Key that were not answered yet."""
        self._fresh: list[str] = []
        """Acknowledged comments that nobody has decided on."""
        self._is_over = False

    def flow(self, port: int, seconds: float, kill: Callable[[], None]) -> None:
        """Write for so long, then kill the service in the middle of it."""
        works = (self._classify, self._classify, self._feedback, self._decide, self._with_key)
        gone = threading.Event()
        threads = [threading.Thread(target=self._while_it_lives, args=(work, port, gone)) for work in works]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        kill()
        gone.set()
        for thread in threads:
            thread.join()

    def repeat_all(self, port: int) -> None:
        """Send again what was never answered."""
        self._is_over = True
        deadline = time.monotonic() + 30
        while self._open and time.monotonic() < deadline:
            self._with_key(port)
            time.sleep(0.02)
        if self._open:
            self._told.wrong.append(f"{len(self._open)} requests could not be repeated")

    def _while_it_lives(self, work: Callable[[int], None], port: int, gone: threading.Event) -> None:
        while not gone.is_set():
            try:
                work(port)
            except OSError:
                return

    def _classify(self, port: int) -> None:
        number = next(self._numbers)
        body = json.dumps({"text": f"comment {number} about tea", "comment_id": str(number)}).encode()
        status, answer = _asked(port, "POST", "/classify", body, self._api())
        if status != 200:
            self._told.wrong.append(f"/classify answered {status}")
        elif not answer["degraded"]:
            self._told.comments.add(answer["id"])
            self._fresh.append(answer["id"])

    def _feedback(self, port: int) -> None:
        self._say(port, "/feedback", lambda id, label: json.dumps({"id": id, "label": label}).encode(), self._api())

    def _decide(self, port: int) -> None:
        def form(id: str, label: str) -> bytes:
            return urlencode({"id": f"{id}~0", "label": label}).encode()

        self._say(port, "/review/decide", form, {**self._browser, "Origin": f"http://127.0.0.1:{port}"})

    def _say(self, port: int, path: str, body: Callable[[str, str], bytes], headers: dict[str, str]) -> None:
        try:
            id = self._fresh.pop()
        except IndexError:
            time.sleep(0.002)
            return
        label = random.choice(("spam", "ham"))
        self._told.unsure.add(id)
        status, answer = _asked(port, "POST", path, body(id, label), headers)
        if status == 200:
            self._told.unsure.discard(id)
            self._told.labels[id] = label
        elif status != 503:
            self._told.wrong.append(f"{path} answered {status}: {answer}")

    def _with_key(self, port: int) -> None:
        if self._open and (self._is_over or random.random() < 0.5):
            key = next(iter(self._open))
            self._told.repeated += 1
        else:
            key = f"key-{next(self._numbers)}"
            comment = {"text": f"never checked, {key}", "author": "Jana"}
            self._open[key] = json.dumps({"comment": comment, "label": "spam"}).encode()
        status, answer = _asked(port, "POST", "/feedback", self._open[key], {**self._api(), "Idempotency-Key": key})
        if status == 200:
            del self._open[key]
            self._told.keyed[key] = answer["id"]
        elif status in (409, 503):  # taken by the request that was killed: it is free after a few seconds
            self._open[key] = self._open.pop(key)
            self._told.repeated -= 1
            time.sleep(0.05)
        else:
            self._told.wrong.append(f"/feedback with a key answered {status}: {answer}")

    def _api(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}


def _look_over(home: Path, told: Told) -> None:
    """Whether SQLite finds the file whole."""
    connection = sqlite3.connect(home / "winnow.db")
    try:
        found = connection.execute("PRAGMA quick_check" if told.kills % REAL_EVERY else "PRAGMA integrity_check")
        if (first := found.fetchone()) != ("ok",):
            told.wrong.append(f"after kill {told.kills} the database is damaged: {first}")
    finally:
        connection.close()


def _compare(home: Path, told: Told) -> None:
    """Everything that was acknowledged against what is there."""
    connection = sqlite3.connect(home / "winnow.db")
    try:
        there = dict(connection.execute("SELECT id, comment_id FROM comments"))
        decided: dict[str, list[str]] = {}
        for id, label in connection.execute("SELECT comment, label FROM decisions ORDER BY id"):
            decided.setdefault(id, []).append(label)
        texts = [row[0] for row in connection.execute("SELECT text FROM comments")]
    finally:
        connection.close()
    lost = [id for id in told.comments if id not in there]
    told.wrong += [f"the comment {id} is lost" for id in lost]
    told.wrong += [f"{len(texts) - len(set(texts))} comments are doubled"] if len(texts) != len(set(texts)) else []
    for id, label in told.labels.items():
        if decided.get(id) != [label]:
            told.wrong.append(f"{id} was called {label}; what is there is {decided.get(id)}")
    for id in told.keyed.values():
        if decided.get(id) != ["spam"]:
            told.wrong.append(f"{id} was called spam under a key; what is there is {decided.get(id)}")
