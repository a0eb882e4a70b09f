"""Which system calls a service makes, in which order: every acknowledgement comes after the disk has said yes.

A killed process proves little: what it wrote stays in the system's memory. What outlives a power cut was written and
synced before anybody was told, and that strace can see. Mutants of Winnow that get it wrong have to be caught.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.settings import MODELS_BESIDE_THE_APP
from tests.e2e import server
from tests.faults._clients import HEADERS, KEY
from tests.figures import Outcome

AIM = "1,000 of 1,000 acknowledgements sent after their own fdatasync; each of 3 mutants is caught"
APP = Path(__file__).parents[2] / "app"
STRACE = shutil.which("strace")
CALLS = "trace=pwrite64,pwritev,fdatasync,fsync,sendto,sendmsg,write,writev"
FULL = "PRAGMA synchronous=FULL"
MUTANTS = {
    "synchronous=OFF": ("store/sqlite.py", FULL, "PRAGMA synchronous=OFF"),
    "synchronous=NORMAL": ("store/sqlite.py", FULL, "PRAGMA synchronous=NORMAL"),
    "answered before the commit": (
        "web/recording.py",
        "return await causes",
        "return ()",
    ),
}
_LINE = re.compile(r"(?P<thread>\d+) +(?:<\.\.\. )?(?P<call>\w+)(?P<rest>.*)")
_FILE = re.compile(r"\(\d+<(?P<file>[^>]*)>")
_NAMES = re.compile(r"c_[0-9A-HJKMNP-TV-Z]{26}|person-\d+")
"""A comment's id, and who decided: both are in the row that is written and in the answer."""


@dataclass(slots=True)
class Order:
    """What was found in the calls of one service."""

    acknowledged: int = 0
    unsafe: list[str] = field(default_factory=list)
    """What was acknowledged before it was on disk."""


def run(long: bool) -> Outcome:
    """So many acknowledgements, half comments and half decisions; then the mutants."""
    found = order_of(APP.parent, 1_000 if long else 40)
    told = [f"{found.acknowledged - len(found.unsafe):,} of {found.acknowledged:,} in order"]
    caught = 0
    mutants = MUTANTS if long else {name: MUTANTS[name] for name in ("synchronous=NORMAL",)}
    for name, change in mutants.items():
        with _mutant(*change) as folder:
            seen = order_of(folder, 40)
        caught += bool(seen.unsafe)
        told.append(f"{name}: {len(seen.unsafe)} of {seen.acknowledged} too early")
    return Outcome("; ".join(told), not found.unsafe and found.acknowledged >= 40 and caught == len(mutants))


def order_of(program: Path, acknowledgements: int) -> Order:
    """Serve with the program in that folder, ask so often, and look at its calls."""
    with tempfile.TemporaryDirectory() as folder:
        home, calls = Path(folder) / "home", Path(folder) / "calls"
        server.add_sites(home, {"blog": KEY})
        with _traced(program, home, calls) as port:
            for number in range(acknowledgements // 2):
                id = _asked(port, "/classify", {"text": f"comment {number} about tea"})
                _asked(port, "/feedback", {"id": id, "label": "spam", "by": f"person-{number}"})
        return in_order(calls.read_text(encoding="ascii", errors="replace").splitlines())


def in_order(lines: list[str]) -> Order:
    """What strace noted -> which acknowledgements came too early.

    Args:
        lines: as `strace -f -y -o` writes them, in the order in which calls began, and ended if others came between.
    """
    order, written, syncing, safe = Order(), set[str](), dict[str, set[str]](), set[str]()
    told = set[str]()
    for line in lines:
        found = _LINE.match(line)
        if found is None:
            continue
        call, rest, thread = found["call"], found["rest"], found["thread"]
        file = _FILE.match(rest)
        if call.startswith("pwrite") and file and file["file"].endswith("-wal"):
            written |= set(_NAMES.findall(rest))
        elif call in ("fdatasync", "fsync"):
            if file and file["file"].endswith("-wal"):
                syncing[thread] = set(written)
            if rest.endswith("= 0"):
                safe |= syncing.pop(thread, set())
        elif file and "socket" in file["file"]:
            news = set(_NAMES.findall(rest)) - told
            order.acknowledged += len(news)
            order.unsafe += sorted(news - safe)
            told |= news
    return order


@contextmanager
def _traced(program: Path, home: Path, calls: Path) -> Iterator[int]:
    strace = [
        str(STRACE),
        "-f",
        "--seccomp-bpf",
        "-y",
        "-s",
        "5000",
        "-e",
        CALLS,
        "-e",
        "signal=none",
        "-o",
        str(calls),
    ]
    environment = {**server.environment(home, MODELS_BESIDE_THE_APP), "PYTHONPATH": str(program)}
    process = subprocess.Popen(
        [*strace, *server.command(0)], env=environment, stdout=subprocess.PIPE, text=True, cwd=home.parent
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "winnow serve did not start under strace"
    try:
        yield int(json.loads(line)["url"].rpartition(":")[2])
    finally:
        # strace itself takes no signal while it writes a file; the process whose calls come first is the service.
        os.kill(int(calls.read_text(encoding="ascii", errors="replace").split(maxsplit=1)[0]), signal.SIGTERM)
        process.communicate(timeout=server.STOPS_WITHIN_S)


@contextmanager
def _mutant(file: str, good: str, bad: str) -> Iterator[Path]:
    """A copy of the program in which one thing is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(APP, Path(folder) / "app", ignore=shutil.ignore_patterns("__pycache__"))
        path = Path(folder) / "app" / file
        before = path.read_text(encoding="utf-8")
        assert before.count(good) == 1, f"{file} has changed: the mutant has to be written anew"
        path.write_text(before.replace(good, bad), encoding="utf-8")
        yield Path(folder)


def _asked(port: int, path: str, said: dict[str, Any]) -> str:
    """The id that was answered; of a mutant's comment that is not there yet, none."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", json.dumps(said).encode(), HEADERS)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return str(json.loads(answer.read())["id"])
    except urllib.error.HTTPError:
        return ""
