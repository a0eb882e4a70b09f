"""What the service counts about itself: no site, no key, no word of any comment among the labels."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from socketserver import BaseServer
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, start_http_server
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from app.web.standing import Standing

_log = logging.getLogger(__name__)
TRY_S = 5.0
"""How often a process that has not got the port tries again; a refused attempt costs 30 µs."""
_ANSWER_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_SCORING_S = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05)
MAX_SERIES = 2_000
"""Routes times statuses are a few dozen; the cap only keeps a mistake from growing without end."""


class Exposition(NamedTuple):
    """What a scrape gets."""

    body: bytes
    content_type: str


def _models(registry: CollectorRegistry) -> Counter:
    what = "Other models that `current` named, by what became of them."
    return Counter("winnow_model_changes", what, ("outcome",), registry=registry)


def _let_through(registry: CollectorRegistry) -> Counter:
    what = "Comments that were published by their score though held or rejected ones lead to the same link."
    return Counter("winnow_let_through", what, registry=registry)


def _alarms(registry: CollectorRegistry) -> Gauge:
    said = "Sites that send nothing (silent) or nothing but ham (all-ham), unlike before."
    return Gauge("winnow_sites_alarming", said, ("alarm",), registry=registry)


def _shadowed(registry: CollectorRegistry) -> Counter:
    said = "Comments that a candidate was to score beside the model in use, by what came of it."
    return Counter("winnow_shadow", said, ("outcome",), registry=registry)


def _workers(registry: CollectorRegistry, standing: Standing) -> None:
    said = "Serving processes of this service by how they do, and how many were replaced so far; 0 where one is alone."
    workers = Gauge("winnow_workers", said, ("state",), registry=registry)
    workers.labels("serving").set_function(lambda: standing.serving)
    workers.labels("silent").set_function(lambda: standing.silent)
    workers.labels("starting").set_function(lambda: standing.starting)
    workers.labels("replaced").set_function(lambda: standing.replaced)


class Metrics:
    """The counters of one application; its own registry, so that several can live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter("winnow_requests", "Requests answered.", ("route", "status"), registry=self.registry)
        self._seconds = Histogram(
            "winnow_request_seconds",
            "Time from the first byte of a request to its last answered.",
            ("route",),
            buckets=_ANSWER_S,
            registry=self.registry,
        )
        self._verdicts = Counter(
            "winnow_verdicts", "Comments judged, by verdict.", ("verdict",), registry=self.registry
        )
        self._scoring = Histogram(
            "winnow_scoring_seconds",
            "Time core took for one comment.",
            buckets=_SCORING_S,
            registry=self.registry,
        )
        self._store_failures = Counter(
            "winnow_store_failures",
            "Reads and writes the database refused or was too slow for.",
            ("what",),
            registry=self.registry,
        )
        self._webhook_calls = Counter(
            "winnow_webhook_calls", "Calls of webhooks, by how they ended.", ("outcome",), registry=self.registry
        )
        self._models = _models(self.registry)
        self._let_through = _let_through(self.registry)
        self._alarms = _alarms(self.registry)
        self._shadowed = _shadowed(self.registry)
        # labels() takes a lock and validates, 2 us each; the pairs are few, so they are kept.
        self._answered: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self._judged: dict[str, Counter] = {}

    def answered(self, route: str, status: int, seconds: float) -> None:
        """One request is over; `route` is the template, never the path that was asked for."""
        known = self._answered.get((route, status))
        if known is None:
            if len(self._answered) >= MAX_SERIES:
                return
            known = (self._requests.labels(route, str(status)), self._seconds.labels(route))
            self._answered[route, status] = known
        known[0].inc()
        known[1].observe(seconds)

    def judged(self, verdict: str, seconds: float) -> None:
        """Core has decided about one comment."""
        known = self._judged.get(verdict)
        if known is None:
            known = self._judged[verdict] = self._verdicts.labels(verdict)
        known.inc()
        self._scoring.observe(seconds)

    def let_through(self) -> None:
        """A comment is published whose link stands in comments that were held, or worse."""
        self._let_through.inc()

    def model_followed(self, outcome: str) -> None:
        """`outcome` is followed, refused or candidate-refused."""
        self._models.labels(outcome).inc()

    def store_failed(self, what: str) -> None:
        """`what` is key, history, record or slow."""
        self._store_failures.labels(what).inc()

    def webhook_called(self, outcome: str) -> None:
        """`outcome` is delivered, retry, failed (given up) or disabled."""
        self._webhook_calls.labels(outcome).inc()

    def shadowed(self, outcome: str) -> None:
        """`outcome` is same, changed, dropped or failed."""
        self._shadowed.labels(outcome).inc()

    def alarming(self, sites: Mapping[str, int]) -> None:
        """How many sites alarm now, by kind of alarm."""
        for alarm, number in sites.items():
            self._alarms.labels(alarm).set(number)

    def watch_workers(self, standing: Standing) -> None:
        """Show how the processes do, as it changes."""
        _workers(self.registry, standing)

    def exposition(self) -> Exposition:
        """Everything counted so far, in Prometheus's text format."""
        return Exposition(generate_latest(self.registry), CONTENT_TYPE_LATEST)

    def serve(self, port: int) -> Callable[[], None]:
        """Answers scrapes on that port of 127.0.0.1 from a thread; the result stops it.

        Raises OSError when the port is taken, as it is for every worker but the first.
        """
        server: BaseServer
        server, thread = start_http_server(port, addr="127.0.0.1", registry=self.registry)

        def stop() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return stop


async def keep_offering(metrics: Metrics, port: int) -> None:
    """Answers scrapes on that port of 127.0.0.1, until it is cancelled.

    Of several processes one has the port, and another soon after that one has ended.
    """
    is_told = False
    while True:
        try:
            stop = metrics.serve(port)
        except OSError as error:
            if not is_told:
                _log.warning("port %d gives no metrics of this process: %s", port, error.strerror)
            is_told = True
            await asyncio.sleep(TRY_S)
            continue
        try:
            await asyncio.Event().wait()
        finally:
            stop()
