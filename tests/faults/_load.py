"""Clients that ask a service at a steady pace over connections that they keep, and write down what they saw."""

import http.client
import json
import math
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

KEY = "loadloadload"
CLIENTS = 8
SHARE = 0.7
"""Of what the same clients get answered without a pause: the load of the trials."""
PATIENCE_S = 20.0
_HEADERS = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
_BODY = json.dumps({"text": "Thank you, see https://tea.example/pots for the pots", "author": "Jana"}).encode()


@dataclass(slots=True)
class Seen:
    """What the clients saw."""

    answers: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    """Other statuses than 200, and connections that broke, by kind."""
    degraded: int = 0
    """Answered 200, but not stored yet, or not at all."""
    slowest_s: float = 0.0
    models: list[tuple[float, int, str]] = field(default_factory=list)
    """When, which client, and by which model each answer was made."""

    def add(self, more: "Seen") -> None:
        """What was seen another time."""
        self.answers += more.answers
        self.failed += more.failed
        self.degraded += more.degraded
        self.slowest_s = max(self.slowest_s, more.slowest_s)

    def sentence(self) -> str:
        """As a trial tells it."""
        kinds = ", ".join(f"{number} {kind}" for kind, number in self.failed.most_common())
        failed = f"{self.failed.total()} failed{f' ({kinds})' if kinds else ''}"
        return f"{self.answers:,} requests, {failed}, {self.degraded} degraded, slowest {self.slowest_s * 1_000:.0f} ms"


@contextmanager
def steady(port: int, clients: int = CLIENTS, share: float = SHARE) -> Iterator[Seen]:
    """Ask, while the block runs, at that share of what the service answers; what was seen is whole after the block."""
    pause_s = clients / (_most(port, clients) * share)
    with _asking(port, clients, pause_s) as seen:
        yield seen


def _most(port: int, clients: int, seconds: float = 1.0) -> float:
    """Answers per second without a pause."""
    with _asking(port, clients, 0.0) as seen:
        time.sleep(seconds)
    return max(1.0, seen.answers / seconds)


@contextmanager
def _asking(port: int, clients: int, pause_s: float) -> Iterator[Seen]:
    seen, lock, stop = Seen(), threading.Lock(), threading.Event()
    threads = [
        threading.Thread(target=_ask, args=(port, number, pause_s, seen, lock, stop), daemon=True)
        for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _ask(port: int, number: int, pause_s: float, seen: Seen, lock: threading.Lock, stop: threading.Event) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    turn = time.monotonic() + pause_s * math.modf(number * 0.618)[0]  # not all at once
    while not stop.is_set():
        time.sleep(max(0.0, turn - time.monotonic()))
        began = time.monotonic()
        turn = max(turn + pause_s, began)
        failed, told = "", {}
        try:
            connection.request("POST", "/classify", _BODY, _HEADERS)
            answer = connection.getresponse()
            content = answer.read()
            failed = "" if answer.status == 200 else str(answer.status)
            told = {} if failed else json.loads(content)
        except (OSError, http.client.HTTPException, ValueError) as error:
            failed = type(error).__name__
            connection.close()
        ended = time.monotonic()
        with lock:
            seen.answers += 1
            seen.failed.update([failed] if failed else [])
            seen.degraded += bool(told.get("degraded"))
            seen.slowest_s = max(seen.slowest_s, ended - began)
            if told:
                seen.models.append((ended, number, told["model"]))
    connection.close()
