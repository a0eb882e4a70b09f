"""One site sends twenty times its quota: what that does to another."""

import http.client
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

from tests.e2e.server import add_sites, serving
from tests.figures import Outcome

AIM = "one key at 20 times its quota: another site's p99 at most 1.5 times as long, and what is too much gets 429 with Retry-After"
QUIET, NOISY = "quietquietqu", "noisynoisyno"
QUOTA_PER_S = 20
TIMES = 20
CONNECTIONS = 8
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
    """Twenty times the quota, over several connections."""
    every_s = CONNECTIONS / (TIMES * QUOTA_PER_S)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        parts = pool.map(lambda _: sent(port, NOISY, every_s, seconds)[1], range(CONNECTIONS))
        return [each for part in parts for each in part]


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
