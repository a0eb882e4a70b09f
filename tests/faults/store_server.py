"""PostgreSQL ends at once in the middle of everything, and comes back: as with a file, no answer is missing.

A real service on a real server, asked without a pause by three clients (tests/faults/_clients.py).
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from app.commands import opening
from app.settings import Settings
from tests import databases
from tests.e2e import server
from tests.faults._clients import KEY, Clients
from tests.faults._seen import SLACK, Fault, Seen, is_met, seen_by, well_after
from tests.figures import Outcome

AIM = (
    "PostgreSQL is ended at once 50 times: /classify 200 within 250 ms, degraded; feedback 503 with Retry-After within "
    "2 s; /readyz names the cause; well within 1 s after it answers again; 0 acknowledged lost"
)


def run(long: bool) -> Outcome:
    """50 times for 2 s each, or twice."""
    seen, lost, kept = measure(50 if long else 2, 2.0)
    worst = [max(getattr(each, name) for each in seen) for name in ("classify_ms", "refused_ms", "well_after_s")]
    wrong = [what for each in seen for what in each.wrong]
    said = (
        f"{len(seen)} ends: slowest comment {worst[0]:.0f} ms, slowest refusal {worst[1]:.0f} ms, well after at most "
        f"{worst[2]:.2f} s; {kept:,} acknowledged, {len(lost)} lost"
    )
    met = not lost and all(is_met(each, 1.0 if long else SLACK) for each in seen)
    return Outcome("; ".join([said, *wrong[:3]]), met)


def measure(times: int, seconds: float) -> tuple[list[Seen], list[str], int]:
    """What was seen each time, what was acknowledged and is not there, and how much was acknowledged."""
    with (
        tempfile.TemporaryDirectory() as folder,
        databases.own_server() as postgres,
        databases.database(postgres.url) as url,
    ):
        with opening.open_store(Settings(home=Path(folder), database_url=url)) as store:
            store.add_site("blog", KEY, opening.now())
        settings = {"WINNOW_DATABASE_URL": url}
        with server.serving(Path(folder), settings=settings) as port, Clients(port).asking() as clients:
            well_after(clients, time.monotonic())  # a site's key has to be known before the database goes
            fault = Fault("ended", lambda: _without(postgres), "cannot be reached")
            seen = [seen_by(clients, fault, seconds) for _ in range(times)]
        with psycopg.connect(url) as connection:
            lost = clients.lost_in(connection)
    return seen, lost, sum(each.is_kept for each in clients.classify.all) + len(clients.labels)


@contextmanager
def _without(postgres: databases.Server) -> Iterator[None]:
    postgres.kill()
    yield
    postgres.start()
