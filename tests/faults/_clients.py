"""A CMS that goes on asking while something fails, and notes how it was answered."""

import http.client
import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

KEY = "storefaults1"
PAUSE_S = 0.01
HEADERS = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer."""

    asked_at: float
    """Monotonic seconds."""
    took_s: float
    status: int
    body: dict[str, Any]
    has_retry_after: bool

    @property
    def is_kept(self) -> bool:
        """Whether it says that what was sent is on disk."""
        return self.status == 200 and not self.body.get("degraded")


@dataclass(slots=True)
class Answers:
    """All answers of one address, in the order in which they came."""

    all: list[Answer] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """Connections that broke."""

    def between(self, begin: float, end: float) -> list[Answer]:
        """Those that were asked for in that time."""
        return [each for each in list(self.all) if begin <= each.asked_at < end]

    def slowest_ms(self, begin: float, end: float, *, refused: bool = False) -> float:
        """Of those, or of those that were refused; 0 without any."""
        found = [each.took_s for each in self.between(begin, end) if not refused or each.status != 200]
        return max(found, default=0.0) * 1_000


class Clients:
    """One asks `/classify`, one sends feedback on what was acknowledged, one looks at `/readyz`."""

    def __init__(self, port: int) -> None:
        self.classify, self.feedback, self.ready = Answers(), Answers(), Answers()
        self.labels: dict[str, str] = {}
        """Id -> what feedback said, acknowledged."""
        self._port = port
        self._numbers = count()
        self._fresh: list[str] = []
        self._stop = threading.Event()
        works = (self._classify, self._give_feedback, self._look)
        self._threads = [threading.Thread(target=work) for work in works]

    @contextmanager
    def asking(self) -> Iterator["Clients"]:
        """They ask until the block ends."""
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join()

    def lost(self, database: Path) -> list[str]:
        """What was acknowledged and is not in that file."""
        with closing(sqlite3.connect(database)) as connection:
            return self.lost_in(connection)

    def lost_in(self, connection: "sqlite3.Connection | psycopg.Connection[Any]") -> list[str]:
        """What was acknowledged and is not there."""
        there = {id for (id,) in connection.execute("SELECT id FROM comments")}
        decided = dict(connection.execute("SELECT comment, label FROM decisions ORDER BY id"))
        lost = [each.body["id"] for each in self.classify.all if each.is_kept and each.body["id"] not in there]
        return lost + [id for id, label in self.labels.items() if decided.get(id) != label]

    def _classify(self) -> None:
        while not self._stop.is_set():
            number = next(self._numbers)
            answer = self._asked(self.classify, "POST", "/classify", {"text": f"comment {number} about tea"})
            if answer and answer.is_kept:
                self._fresh.append(answer.body["id"])
            time.sleep(PAUSE_S)

    def _give_feedback(self) -> None:
        while not self._stop.is_set():
            # An older one, so that there is always one left while nothing new is kept.
            id = self._fresh.pop(0) if len(self._fresh) > 1 else ""
            label = "spam" if next(self._numbers) % 2 else "ham"
            said = (
                {"id": id, "label": label}
                if id
                else {"comment": {"text": f"new {label} {time.time()}"}, "label": label}
            )
            answer = self._asked(self.feedback, "POST", "/feedback", said)
            if answer and answer.status == 200:
                self.labels[answer.body["id"]] = label
            time.sleep(PAUSE_S * 2)

    def _look(self) -> None:
        while not self._stop.is_set():
            self._asked(self.ready, "GET", "/readyz", None)
            time.sleep(PAUSE_S * 4)

    def _asked(self, answers: Answers, method: str, path: str, said: dict[str, Any] | None) -> Answer | None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        began = time.monotonic()
        try:
            connection.request(method, path, json.dumps(said) if said else None, HEADERS)
            got = connection.getresponse()
            body = json.loads(got.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            answers.broken.append(type(error).__name__)
            return None
        finally:
            connection.close()
        took_s = time.monotonic() - began
        answer = Answer(began, took_s, got.status, body, "retry-after" in {name.lower() for name in got.headers})
        answers.all.append(answer)
        return answer
