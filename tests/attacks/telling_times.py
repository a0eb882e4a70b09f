"""Whether the time of an answer tells of another site's comment, or how much of a key is right."""

import http.client
import json
import random
import statistics
import tempfile
import time
from pathlib import Path

from tests.e2e.server import add_sites, serving
from tests.figures import Outcome

AIM = (
    "answers about another site's comment take as long as about none, and wrong keys as long whether their beginning "
    "is right or not: Welch's |t| below 4.5"
)
OWN, OTHER = "ownownownown", "otherotherot"
LIMIT = 4.5
"""The usual one for timing leaks (dudect)."""
CROP = 0.9
"""The slowest tenth is the scheduler's, in both classes alike."""


def timed(port: int, classes: dict[str, tuple[str, str]], requests: int) -> dict[str, list[float]]:
    """Seconds of so many requests of each class, which come in random order.

    Args:
        port: the service's.
        classes: name -> key and path.
        requests: of each.
    """
    order = [name for name in classes for _ in range(requests)]
    random.Random(7).shuffle(order)
    took_s: dict[str, list[float]] = {name: [] for name in classes}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for number, name in enumerate(order):
        key, path = classes[name]
        network = (
            f"fd00:{number >> 16:x}:{number & 0xFFFF:x}::1"  # guesses from one network would be refused after thirty
        )
        began = time.perf_counter()
        connection.request("GET", path, headers={"X-API-Key": key, "X-Forwarded-For": network})
        connection.getresponse().read()
        took_s[name].append(time.perf_counter() - began)
    connection.close()
    return took_s


def welch_t(one: list[float], other: list[float]) -> float:
    """Of two samples, without the slowest tenth of them together."""
    most = sorted(one + other)[int(len(one + other) * CROP) - 1]
    a, b = ([each for each in sample if each <= most] for sample in (one, other))
    spread = (statistics.variance(a) / len(a) + statistics.variance(b) / len(b)) ** 0.5
    return (statistics.fmean(a) - statistics.fmean(b)) / spread


def _kept(port: int) -> str:
    """Our id of a comment of the other site."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"X-API-Key": OTHER, "Content-Type": "application/json"}
    connection.request("POST", "/classify", b'{"text": "Thanks, that helped."}', headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return str(answer["id"])


def against(port: int, long: bool) -> Outcome:
    """20,000 requests of each class, in the short form 300."""
    requests = 20_000 if long else 300
    id = _kept(port)
    ids = timed(port, {"theirs": (OWN, f"/comments/{id}"), "none": (OWN, f"/comments/{id[:-4]}ZZZZ")}, requests)
    keys = timed(port, {"near": (f"{OTHER[:-1]}x", "/decisions"), "far": ("x" * 12, "/decisions")}, requests)
    t_ids, t_keys = welch_t(ids["theirs"], ids["none"]), welch_t(keys["near"], keys["far"])
    medians = ", ".join(f"{name} {statistics.median(took_s) * 1e6:.0f} us" for name, took_s in (ids | keys).items())
    said = f"{requests:,} each: ids t = {t_ids:.1f}, keys t = {t_keys:.1f}; medians {medians}"
    return Outcome(said, abs(t_ids) < LIMIT and abs(t_keys) < LIMIT)


def run(long: bool) -> Outcome:
    """Against a service of its own."""
    with tempfile.TemporaryDirectory() as folder:
        add_sites(Path(folder), {"own": OWN, "other": OTHER})
        with serving(Path(folder)) as port:
            return against(port, long)
