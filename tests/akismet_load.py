"""How long comment-check takes while many ask at once, as a Markdown table: `python -m tests.akismet_load`.

PyPI akismet gives up after one second, so the slowest answers are what counts. Every client keeps its connection and
asks again as soon as it has its answer: the service is as busy as it can be, which no site makes it for long. The
clients share the machine with the service, so the figures are worse than between two machines. Nothing is asserted.
"""

import argparse
import asyncio
import os
import platform
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from app import models
from app.settings import Settings
from tests import bench
from tests.e2e import server

KEY = "loadloadload"
WARM_UP_S = 1.0
PATIENCE_S = 1.0
"""PyPI akismet's own."""
LIMIT_S = 60
"""The longest measurement."""
SHARES = (0.5, 0.9, 0.99, 0.999)


@dataclass(slots=True)
class Measured:
    """What the clients saw."""

    latencies_s: list[float] = field(default_factory=list)
    wrong: list[bytes] = field(default_factory=list)
    """Answers that were neither true nor false."""
    seconds: float = 0.0

    def at(self, share: float) -> float:
        """The latency that this share of the answers did not exceed, in milliseconds."""
        ordered = sorted(self.latencies_s)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1_000


def requests(port: int) -> list[bytes]:
    """Usual comments, a few sentences and a link, each as the bytes of a request that keeps the connection."""
    made = []
    for number in range(bench.VARIANTS):
        comment = bench.with_link(number)
        fields = {
            "api_key": KEY,
            "blog": "https://blog.example/",
            "user_ip": "203.0.113.7",
            "user_agent": "Mozilla/5.0",
            "permalink": comment.page_url,
            "comment_type": "comment",
            "comment_author": comment.author,
            "comment_content": comment.text,
        }
        body = urlencode(fields).encode()
        head = (
            f"POST /1.1/comment-check HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: keep-alive\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


async def one_client(port: int, turn: int, until: float, count_from: float, measured: Measured) -> None:
    """Asks over one connection until it is time."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    made = requests(port)
    while (began := time.monotonic()) < until:
        writer.write(made[turn % len(made)])
        turn += 1
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        if body not in (b"true", b"false"):
            measured.wrong.append(body)
        if began >= count_from:
            measured.latencies_s.append(time.monotonic() - began)
    writer.close()


async def measure(port: int, clients: int, seconds: float) -> Measured:
    """All clients at once; the first second is not counted."""
    measured = Measured(seconds=seconds)
    count_from = time.monotonic() + WARM_UP_S
    until = count_from + seconds
    asking = [one_client(port, 7 * number, until, count_from, measured) for number in range(clients)]
    await asyncio.wait_for(asyncio.gather(*asking), WARM_UP_S + seconds + 30)
    return measured


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(prog="python -m tests.akismet_load", description=__doc__.splitlines()[0])
    options.add_argument("--clients", type=int, default=16)
    options.add_argument("--seconds", type=float, default=5.0, help=f"at most {LIMIT_S}")
    options.add_argument("--workers", type=int, default=1, help="processes of the service")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch, "home")
        server.add_sites(home, {"load": KEY})
        with server.serving(home, "--workers", str(chosen.workers)) as port:
            measured = asyncio.run(measure(port, chosen.clients, min(chosen.seconds, LIMIT_S)))
    count = len(measured.latencies_s)
    late = sum(latency > PATIENCE_S for latency in measured.latencies_s)
    version = models.current_version(Settings().models)
    print(f"Model {version}, Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores.\n")
    print(f"| comment-check, {chosen.clients} clients at once, workers: {chosen.workers} | |\n|---|--:|")
    for share in SHARES:
        print(f"| {share * 100:g} % of the answers within, ms | {measured.at(share):,.0f} |")
    print(f"| the slowest, ms | {measured.at(1):,.0f} |\n| answers | {count:,} |")
    print(f"| answers a second | {count / measured.seconds:,.0f} |")
    print(f"| later than {PATIENCE_S:.0f} s | {late} |\n| neither true nor false | {len(measured.wrong)} |")


if __name__ == "__main__":
    main()
