"""One site sends twenty times its quota: what that does to another."""

import asyncio
import http.client
import re
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.e2e.server import add_sites, serving
from tests.figures import Outcome

AIM = "one key at 20 times its quota: another site's p99 at most 1.5 times as long, and what is too much gets 429 with Retry-After"
QUIET, NOISY = "quietquietqu", "noisynoisyno"
QUOTA_PER_S = 20
TIMES = 20
EVERY_S = 0.1
"""Of the quiet site: within its quota."""
COMMENT = b'{"text": "I moved our builds to a private feed last spring and have not looked back.", "author": "Jana"}'


def sent(port: int, key: str, every_s: float, seconds: float) -> tuple[list[float], list[tuple[int, str]]]:
    """Comments over one connection, one every so many seconds or as fast as that can be: how long each took, and
    its status with Retry-After."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    took_s: list[float] = []
    answers: list[tuple[int, str]] = []
    began = time.monotonic()
    while (now := time.monotonic()) < began + seconds:
        connection.request("POST", "/classify", COMMENT, headers)
        with connection.getresponse() as answer:
            answer.read()
            answers.append((answer.status, answer.headers.get("Retry-After", "")))
        took_s.append(time.monotonic() - now)
        time.sleep(max(0.0, began + len(took_s) * every_s - time.monotonic()))
    connection.close()
    return took_s, answers


def noise(port: int, seconds: float) -> list[tuple[int, str]]:
    """Twenty times the quota, whatever is answered: each request on a connection of its own."""
    return asyncio.run(_noise(port, seconds))


async def _noise(port: int, seconds: float) -> list[tuple[int, str]]:
    began = time.monotonic()
    asking = []
    while time.monotonic() < began + seconds:
        asking.append(asyncio.create_task(_asked(port)))
        await asyncio.sleep(max(0.0, began + len(asking) / (TIMES * QUOTA_PER_S) - time.monotonic()))
    return await asyncio.gather(*asking)


async def _asked(port: int) -> tuple[int, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /classify HTTP/1.1\r\nHost: a.example\r\nX-API-Key: {NOISY}\r\nContent-Length: {len(COMMENT)}\r\n"
    writer.write(f"{head}Connection: close\r\n\r\n".encode() + COMMENT)
    answer = (await reader.read()).decode()
    writer.close()
    retry = re.search(r"(?i)retry-after: (\d+)", answer)
    return int(answer[9:12]), retry[1] if retry else ""


def p99_ms(took_s: list[float]) -> float:
    """Of at least two."""
    return statistics.quantiles(took_s, n=100)[-1] * 1_000


def run(long: bool) -> Outcome:
    """Ten seconds alone, ten beside the noise, six times, so that a busy machine is busy for both; once two seconds in
    the short form, where only what was refused counts."""
    seconds, rounds = (10.0, 6) if long else (2.0, 1)
    alone: list[float] = []
    beside: list[float] = []
    answered: list[tuple[int, str]] = []
    noisy: list[tuple[int, str]] = []
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(2) as pool:
        add_sites(Path(folder), {"quiet": QUIET, "noisy": NOISY})
        told = {"WINNOW_SITE_COMMENTS_PER_SECOND": str(QUOTA_PER_S), "WINNOW_SITE_COMMENTS_BURST": str(QUOTA_PER_S)}
        with serving(Path(folder), settings=told) as port:
            for _ in range(rounds):
                alone += pool.submit(sent, port, QUIET, EVERY_S, seconds).result()[0]
                noise_made = pool.submit(noise, port, seconds)
                took_s, answers = pool.submit(sent, port, QUIET, EVERY_S, seconds).result()
                beside += took_s
                answered += answers
                noisy += noise_made.result()
    good = sum(1 for status, _ in noisy if status == 200)
    limited = [retry for status, retry in noisy if status == 429]
    said = (
        f"{len(noisy):,} requests of the noisy site in {rounds * seconds:.0f} s, {good:,} judged, {len(limited):,} refused; "
        f"the other's p99 {p99_ms(alone):.1f} -> {p99_ms(beside):.1f} ms, {sum(1 for status, _ in answered if status != 200)} refused"
    )
    is_kept = len(limited) + good == len(noisy) and all(map(str.isdigit, limited))
    is_kept &= len(limited) > 0 and good <= rounds * QUOTA_PER_S * (seconds + 3)
    return Outcome(said, is_kept and (not long or p99_ms(beside) <= 1.5 * p99_ms(alone)))
