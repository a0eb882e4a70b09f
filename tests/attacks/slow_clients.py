"""Thousands of slow clients at once: slow headers, slow bodies, slow readers."""

import contextlib
import http.client
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.server import add_sites, serving
from tests.figures import Outcome

AIM = (
    "4,000 slow connections (headers, bodies, readers) of slowhttptest: good clients' p99 at most twice as long, "
    "every one of them answered, and all slow ones gone within 15 s"
)
TOOL = "slowhttptest"
KEY = "slowslowslow"
CONNECTIONS = 4_000
EACH = 20
"""Of every kind, in the short form."""
GONE_WITHIN_S = 15
ATTACKS = {
    "headers": ("-H", "-u", "http://127.0.0.1:{port}/livez", "-i", "5", "-x", "24"),
    "bodies": ("-B", "-u", "http://127.0.0.1:{port}/1.1/comment-check", "-i", "5", "-x", "24", "-s", "8192"),
    "readers": (
        "-X",
        "-u",
        "http://127.0.0.1:{port}/openapi.json",
        "-n",
        "5",
        "-z",
        "16",
        "-w",
        "256",
        "-y",
        "512",
        "-k",
        "3",
    ),
}
COMMENT = b'{"text": "I moved our builds to a private feed last spring and have not looked back.", "author": "Jana"}'
EVERY_S = 0.02


def good(port: int, seconds: float) -> tuple[list[float], int]:
    """A client that sends a comment every 20 ms over one connection: how long each took, and how many failed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    took_s: list[float] = []
    failures = 0
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        began = time.monotonic()
        try:
            connection.request("POST", "/classify", COMMENT, headers)
            with connection.getresponse() as answer:
                answer.read()
                failures += answer.status != 200
        except (OSError, http.client.HTTPException):
            failures += 1
            connection.close()
        took_s.append(time.monotonic() - began)
        time.sleep(EVERY_S)
    connection.close()
    return took_s, failures


def p99_ms(took_s: list[float]) -> float:
    """Of at least two."""
    return statistics.quantiles(took_s, n=100)[-1] * 1_000


def established(port: int) -> int:
    """Connections to the service whose end it has not closed."""
    wanted = f":{port:04X}"
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path("/proc/net", name).read_text().splitlines()[1:]]
    return sum(1 for line in lines if line[1].endswith(wanted) and line[3] == "01")


@contextmanager
def attacked(kind: str, port: int, connections: int, seconds: int) -> Iterator[subprocess.Popen[str]]:
    """slowhttptest while the block runs; it ends by itself after `seconds`."""
    options = [each.format(port=port) for each in ATTACKS[kind]]
    command = [TOOL, "-c", str(connections), "-r", "1000", "-l", str(seconds), "-p", "3", *options]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def held(port: int, process: subprocess.Popen[str], seconds: float) -> tuple[int, float]:
    """The most connections seen, and how long after the peak they were (nearly) all gone; -1 when they never were."""
    most, peak_at = 0, time.monotonic()
    ends_at = peak_at + seconds
    while time.monotonic() < ends_at and process.poll() is None:
        now = established(port)
        if now > most:
            most, peak_at = now, time.monotonic()
        if most > 50 and now <= 2:
            return most, time.monotonic() - peak_at
        time.sleep(1)
    return most, -1.0 if established(port) > 2 else time.monotonic() - peak_at


def tried(kind: str, connections: int, seconds: int) -> tuple[str, bool]:
    """One kind of slowness against a service of its own; the good client is a process of its own."""
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(1) as pool:
        add_sites(Path(folder), {"slow": KEY})
        with serving(Path(folder)) as port:
            before, _ = pool.submit(good, port, seconds / 3).result()
            with attacked(kind, port, connections, seconds) as process:
                meanwhile = pool.submit(good, port, seconds)
                most, gone_s = held(port, process, seconds)
                took_s, failures = meanwhile.result()
    said = (
        f"{kind}: {most:,} held at once, gone after {gone_s:.0f} s, good clients' p99 {p99_ms(before):.0f} -> "
        f"{p99_ms(took_s):.0f} ms, {failures} of {len(took_s):,} failed"
    )
    is_met = 0 <= gone_s <= GONE_WITHIN_S and not failures
    return said, is_met and p99_ms(took_s) <= 2 * p99_ms(before)


def sent_slowly(port: int) -> dict[str, list[socket.socket]]:
    """A few connections of each kind of slowness, each of which goes on as long as it is let."""
    head = b"POST /1.1/comment-check HTTP/1.1\r\nHost: a.example\r\n"
    begins = {
        "silent": b"",
        "half a header": b"GET /livez HTTP/1.1\r\nHost: a.exa",
        "half a body": head + b"Content-Length: 40\r\n\r\nblog=https",
        "half a large body": head + b"Content-Length: 200000\r\n\r\n" + b"a" * 100,
        "half a chunk": head + b"Transfer-Encoding: chunked\r\n\r\n5\r\nblo",
        "answers unread": b"GET /openapi.json HTTP/1.1\r\nHost: a.example\r\n\r\n" * 8,
        "a body after its answer": head.replace(b"1.1/comment-check", b"nowhere") + b"Content-Length: 9000\r\n\r\na",
    }
    opened: dict[str, list[socket.socket]] = {}
    for kind, begin in begins.items():
        opened[kind] = [socket.socket() for _ in range(EACH)]
        for connection in opened[kind]:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            connection.connect(("127.0.0.1", port))
            connection.sendall(begin)
    return opened


def left(opened: dict[str, list[socket.socket]], port: int) -> dict[str, int]:
    """How many of each kind the service still holds."""
    ours = {
        int(line.split()[2].rpartition(":")[2], 16)
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "01"
    }
    counted = {kind: sum(1 for each in all_ if each.getsockname()[1] in ours) for kind, all_ in opened.items()}
    return {kind: number for kind, number in counted.items() if number}


def against(port: int) -> Outcome:
    """Without the tool: a few of every kind, against a service that waits for a second or two."""
    opened = sent_slowly(port)
    ends_at = time.monotonic() + GONE_WITHIN_S
    while (held := left(opened, port)) and time.monotonic() < ends_at:
        for connection in opened["half a header"] + opened["half a body"]:
            with contextlib.suppress(OSError):
                connection.send(b"a")
        time.sleep(0.3)
    _, failures = good(port, 0.3)
    for connection in (each for all_ in opened.values() for each in all_):
        connection.close()
    return Outcome(f"still there: {held}; {failures} failed", not held and not failures)


def run(long: bool) -> Outcome:
    """Each kind with 4,000 connections for a minute; the short form is `against` alone."""
    if not long:
        with tempfile.TemporaryDirectory() as folder:
            add_sites(Path(folder), {"slow": KEY})
            with serving(Path(folder), settings={"WINNOW_REQUEST_PATIENCE_S": "1"}) as port:
                return against(port)
    if not shutil.which(TOOL):
        return Outcome(f"{TOOL} is not installed", False)
    found = [tried(kind, CONNECTIONS, 60) for kind in ATTACKS]
    return Outcome("; ".join(said for said, _ in found), all(is_met for _, is_met in found))
