"""Large bodies: over the cap, and a thousand unfinished ones at once; what they cost in memory."""

import socket
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.e2e.server import add_sites, serving
from tests.figures import Outcome

AIM = (
    "a body over the cap: 413 within 100 ms, connection closed, memory grows by at most twice the cap; "
    "1,000 unfinished bodies at once: at most 256 MB more, other clients answered"
)
KEY = "heldheldheld"
CAP_BYTES = 262_144
SENT_BYTES = 260_000
MOST_MB = 256
WITHIN_S = 0.1


def memory_mb(port: int) -> float:
    """Resident memory of the process that listens there."""
    inode = next(
        line.split()[9]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
    )
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(each.readlink()) == f"socket:[{inode}]" for each in (process / "fd").iterdir()):
                return int((process / "statm").read_text().split()[1]) * 4_096 / 1_048_576
        except OSError:
            continue
    return 0.0


def head(path: str, length: int) -> bytes:
    """Of a POST with that length."""
    lines = f"POST {path} HTTP/1.1", "Host: a.example", f"Authorization: Bearer {KEY}", f"Content-Length: {length}"
    return "\r\n".join((*lines, "Content-Type: application/json", "\r\n")).encode()


def refused(port: int, length: int) -> tuple[bytes, float, bool]:
    """What a body that is too large gets: the first bytes, after how long, and whether the connection closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        began = time.monotonic()
        connection.sendall(head("/classify", length))
        try:
            connection.sendall(b"a" * min(length, 10_000_000))
        except OSError:
            return b"", time.monotonic() - began, True
        answer = connection.recv(65_536)
        took_s = time.monotonic() - began
        while connection.recv(65_536):
            pass
        return answer[:12], took_s, True


def unfinished(port: int, connections: int) -> tuple[float, int]:
    """Memory while so many bodies wait for their last byte, in MB; and how many other requests failed meanwhile."""
    sockets = []

    def begun(_: int) -> socket.socket | None:
        try:
            connection = socket.create_connection(("127.0.0.1", port), timeout=5)
            connection.sendall(head("/1.1/comment-check", SENT_BYTES) + b"a" * (SENT_BYTES - 1))
        except OSError:
            return None
        return connection

    with ThreadPoolExecutor(16) as pool:
        sockets = [each for each in pool.map(begun, range(connections)) if each]
    failures, most = 0, 0.0
    for _ in range(10):
        time.sleep(0.1)
        most = max(most, memory_mb(port))
        with socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
            probe.sendall(b"GET /livez HTTP/1.1\r\nHost: a.example\r\n\r\n")
            failures += not probe.recv(100).startswith(b"HTTP/1.1 200")
    for each in sockets:
        each.close()
    return most, failures


def against(port: int, long: bool) -> Outcome:
    """Bodies of 300 kB to 10 MB, one after another; then 1,000 at once, in the short form 300."""
    connections = 1_000 if long else 300
    before = memory_mb(port)
    large = [refused(port, length) for length in (300_000, 1_000_000, 10_000_000) * (10 if long else 1)]
    after = memory_mb(port)
    most, failures = unfinished(port, connections)
    slowest = max(took_s for _, took_s, _ in large)
    said = (
        f"{len(large)} bodies over the cap: slowest answer {slowest * 1_000:.0f} ms, memory {after - before:+.1f} MB; "
        f"{connections:,} unfinished: {most - after:+.0f} MB, {failures} of 10 other requests failed"
    )
    is_met = (
        all(answer.startswith(b"HTTP/1.1 413") for answer, _, _ in large) and not failures and most - after <= MOST_MB
    )
    is_small = after - before <= 2 * CAP_BYTES / 1_048_576
    return Outcome(said, is_met and (not long or (is_small and slowest <= WITHIN_S)))


def run(long: bool) -> Outcome:
    """Against a service of its own."""
    with tempfile.TemporaryDirectory() as folder:
        add_sites(Path(folder), {"held": KEY})
        with serving(Path(folder)) as port:
            return against(port, long)
