"""What a request costs, beside the least a FastAPI service costs and beside other filters: `make bench`.

All sides take turns in one run, each server on one processor core and the client on another: 16 connections, each asks
again as soon as it has its answer. CPU microseconds are those of the server's processes, from /proc. rspamd and
SpamAssassin have learned our own examples first; without them their rows are left out.
"""

import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from app.commands.learning import OURS
from app.core.comment import COMMENT_FIELDS, Comment
from app.training.examples import read_examples
from tests import rspamd, spamassassin
from tests.bench import prose
from tests.e2e import server
from tests.ports import free_port, wait_for
from tests.rivals import mail_of

CLIENTS = 16
ROUNDS = 5
ROUND_S = 2.0
COMMENTS = 2_000
KEY = "benchbenchbe"
SERVER_CORE, CLIENT_CORE = {0}, {1}
LEARNED = 400
"""Of our own examples, of each kind."""

Requests = Iterator[bytes]


@dataclass(slots=True)
class Side:
    """One server, with what it was measured at."""

    name: str
    port: int
    process: int
    """Its main process; those that it started count, too."""
    requests: Requests
    keeps: bool = True
    """Whether one connection takes many requests."""
    rates: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)


def comments(seed: int = 1) -> list[Comment]:
    """Comments of 200 characters with one link each, no two alike, as many as are asked for in a round."""
    chance = random.Random(seed)
    words = prose(0, 2_000).split()
    made = []
    for number in range(COMMENTS):
        link = f" https://docs{number}.example.org/{chance.choice(words).strip('.,?:').lower()}/how-to-{number}"
        text = " ".join(chance.choices(words, k=60))[: 200 - len(link)]
        made.append(
            Comment(
                text=text + link,
                author="Jana Nová",
                author_email=f"jana{number}@example.org",
                author_ip=f"192.0.2.{number % 250}",
                page_url="https://blog.example/2026/11/feeds",
                page_title="Private package feeds, compared",
            )
        )
    return made


def post(path: str, body: bytes, key: str = "") -> bytes:
    """An HTTP request."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    head += f"Authorization: Bearer {key}\r\n" if key else ""
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def as_json(comment: Comment) -> bytes:
    """What a CMS sends."""
    sent = {name: getattr(comment, name) for name in COMMENT_FIELDS if getattr(comment, name)}
    sent.pop("text_format", None)
    return json.dumps(sent).encode()


async def _client(side: Side, until: float, took: list[float]) -> None:
    streams = None
    while time.monotonic() < until:
        if streams is None:
            streams = await asyncio.open_connection("127.0.0.1", side.port)
        reader, writer = streams
        began = time.perf_counter()
        writer.write(next(side.requests))
        if side.keeps:
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.split(b":")[1]))
        else:
            assert await reader.read()
        took.append(time.perf_counter() - began)
        if not side.keeps:
            writer.close()
            streams = None
    if streams:
        streams[1].close()


async def _asked(side: Side) -> tuple[float, list[float]]:
    took: list[float] = []
    began = time.monotonic()
    await asyncio.gather(*(_client(side, began + ROUND_S, took) for _ in range(CLIENTS)))
    return time.monotonic() - began, took


def cpu_s(process: int) -> float:
    """Processor seconds of a process and of all that it started and that still run."""
    parent, used = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        parent[int(stat.parent.name)] = int(told[1])
        used[int(stat.parent.name)] = (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
    family = {process}
    while more := {child for child, of in parent.items() if of in family} - family:
        family |= more
    return sum(used.get(member, 0.0) for member in family)


def one_round(side: Side) -> None:
    """Ask for ROUND_S seconds."""
    before = cpu_s(side.process)
    seconds, took = asyncio.run(_asked(side))
    side.cpu_us.append((cpu_s(side.process) - before) * 1e6 / len(took))
    took.sort()
    side.rates.append(len(took) / seconds)
    side.p50_ms.append(took[len(took) // 2] * 1e3)
    side.p99_ms.append(took[len(took) * 99 // 100] * 1e3)


def take_turns(all_sides: Sequence[Side]) -> None:
    """ROUNDS times one round of each, with the client on a core of its own."""
    os.sched_setaffinity(0, CLIENT_CORE)
    for _ in range(ROUNDS):
        for side in all_sides:
            one_round(side)


@contextmanager
def floor() -> Iterator[tuple[int, int]]:
    """Port and process of the least FastAPI service."""
    port = free_port()
    options = ["--port", str(port), "--no-access-log", "--log-level", "error"]
    command = [sys.executable, "-m", "uvicorn", "tests.bench_floor:app", *options]
    with subprocess.Popen(command) as process:
        try:
            wait_for(port)
            yield port, process.pid
        finally:
            process.terminate()


def learned() -> tuple[list[bytes], list[bytes]]:
    """E-mails of our own examples: spam, ham."""
    examples = read_examples([OURS])
    mails = {kind: [mail_of(e.comment) for e in examples if e.is_spam == kind][:LEARNED] for kind in (True, False)}
    return mails[True], mails[False]


def sides(stack: ExitStack) -> list[Side]:
    """All that can be started here, on a core of their own; they end with the stack."""
    os.sched_setaffinity(0, SERVER_CORE)
    made = comments()
    bodies = [as_json(comment) for comment in made]
    mails = [mail_of(comment) for comment in made]

    def turning(ask: Callable[[bytes], bytes], bodies: Sequence[bytes]) -> Requests:
        return cycle([ask(body) for body in bodies])

    home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    server.add_sites(home, {"blog": KEY})
    found = [
        Side(
            "FastAPI and pydantic, an echo",
            *stack.enter_context(floor()),
            turning(lambda b: post("/classify", b), bodies),
        ),
        Side(
            "Winnow `/classify`",
            *stack.enter_context(server.running(home)),
            turning(lambda b: post("/classify", b, KEY), bodies),
        ),
    ]
    spam, ham = learned() if rspamd.is_installed() or spamassassin.is_installed() else ([], [])
    if rspamd.is_installed():
        running = stack.enter_context(rspamd.running())
        for mail in spam:
            running.learn(mail, True)
        for mail in ham:
            running.learn(mail, False)
        found.append(
            Side(
                "rspamd `/checkv2`",
                running.worker,
                running.process,
                turning(lambda m: post("/checkv2", m), mails),
                keeps=False,
            )
        )
    if spamassassin.is_installed():
        port, process = stack.enter_context(spamassassin.running(spam, ham))
        asking = turning(spamassassin.request, mails)
        found.append(Side("SpamAssassin `spamd -L`", port, process, asking, keeps=False))
    return found


def main() -> None:
    """Print the table."""
    with ExitStack() as stack:
        all_sides = sides(stack)
        take_turns(all_sides)
        least = all_sides[0]
        print("| 16 clients, one core | requests/s | p50 ms | p99 ms | µs CPU a request | times the echo |")
        print("|---|--:|--:|--:|--:|--:|")
        for side in all_sides:
            rate, p50, p99, cpu = map(statistics.median, (side.rates, side.p50_ms, side.p99_ms, side.cpu_us))
            ratio = statistics.median(one / base for one, base in zip(side.cpu_us, least.cpu_us, strict=True))
            print(f"| {side.name} | {rate:,.0f} | {p50:,.1f} | {p99:,.1f} | {cpu:,.0f} | {ratio:,.1f} |")


if __name__ == "__main__":
    main()
