"""How long answers take when the service is not asked for all it can: `make bench`.

Comments arrive at random moments, as from many sites, at 70 in 100 of the rate that the same service reached just
before. A wait counts from the moment a comment was due, so a service that falls behind cannot hide it. Client and
workers share the cores.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

from tests.bench_http import KEY, ROUNDS, Side, as_json, comments, one_round, post
from tests.e2e import server

SHARE = 0.7
SECONDS = 10.0
WORKERS = (1, 4)
RESTS_S = 4.0
"""The service closes connections that have rested for 5 s."""


@contextmanager
def service(workers: int) -> Iterator[Side]:
    """A service with so many workers, on all cores."""
    with tempfile.TemporaryDirectory() as folder:
        server.add_sites(Path(folder), {"blog": KEY})
        with server.running(Path(folder), "--workers", str(workers)) as (port, process):
            asked = cycle([post("/classify", as_json(comment), KEY) for comment in comments()])
            yield Side(f"{workers} worker{'s' if workers > 1 else ''}", port, process, asked)


async def paced(side: Side, per_second: float, seconds: float) -> list[float]:
    """Seconds from due to answered, of comments that arrive by chance so many a second."""
    chance, took = random.Random(1), list[float]()
    free: list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(due: float) -> None:
        while free and free[0][0] < due - RESTS_S:
            free.pop(0)[2].close()
        _, reader, writer = free.pop() if free else (due, *await asyncio.open_connection("127.0.0.1", side.port))
        writer.write(next(side.requests))
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
        took.append(time.monotonic() - due)
        free.append((time.monotonic(), reader, writer))

    due = began = time.monotonic()
    asking = []
    while due < began + seconds:
        await asyncio.sleep(due - time.monotonic())
        asking.append(asyncio.create_task(ask(due)))
        due += chance.expovariate(per_second)
    await asyncio.gather(*asking)
    for _, _, writer in free:
        writer.close()
    return sorted(took)


def main() -> None:
    """Print the table."""
    print("| at 70 % of its rate | most, requests/s | asked, requests/s | p50 ms | p99 ms | p99 to p50 |")
    print("|---|--:|--:|--:|--:|--:|")
    for workers in WORKERS:
        with service(workers) as side:
            for _ in range(ROUNDS):
                one_round(side)
            most = sorted(side.rates)[ROUNDS // 2]
            took = asyncio.run(paced(side, SHARE * most, SECONDS))
        p50, p99 = took[len(took) // 2] * 1e3, took[len(took) * 99 // 100] * 1e3
        print(f"| {side.name} | {most:,.0f} | {len(took) / SECONDS:,.0f} | {p50:.1f} | {p99:.1f} | {p99 / p50:.1f} |")


if __name__ == "__main__":
    main()
