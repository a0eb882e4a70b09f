"""What the handlers hold: the store, the writer, the model. Put together once, by app.main."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import ParamSpec, TypeVar

from starlette.requests import Request

from app.core.campaign import NO_SIGNATURE, Signature
from app.core.comment import Comment, History
from app.core.lists import Lists
from app.core.model import Model
from app.core.shadow import Trial
from app.core.times import written
from app.errors import StoreUnavailable
from app.settings import Settings
from app.store.patience import Patience
from app.store.sql import SqlStore
from app.web.auth import Keys
from app.web.clients import Clients
from app.web.metrics import Metrics
from app.web.rates import Rates
from app.web.recording import Recorder, Writer
from app.web.review.passwords import Passwords
from app.web.shadow import Shadow
from app.web.standing import Standing

P = ParamSpec("P")
T = TypeVar("T")


def utc_now() -> str:
    """RFC 3339 with milliseconds; the one clock of the handlers that tells the date."""
    return written(datetime.now(UTC))


@dataclass(slots=True)
class Wiring:
    """Everything a handler needs. `model` may be replaced at any time: read it once per comment."""

    settings: Settings
    store: SqlStore
    writer: Writer
    model: Model
    lists: Lists
    metrics: Metrics
    now: Callable[[], str] = utc_now
    wake_batches: Callable[[], None] = lambda: None
    """Says that an act on many comments waits to be worked off."""
    trial: Trial | None = None
    """The candidate that is tried out beside `model`; as that, it may be replaced at any time."""
    standing: Standing = field(default_factory=Standing)
    keys: Keys = field(init=False)
    shadow: Shadow = field(init=False)
    recorder: Recorder = field(init=False)
    clients: Clients = field(init=False)
    passwords: Passwords = field(default_factory=Passwords, init=False)
    observed: set[str] = field(default_factory=set)
    """Sites that were only observed when the store was asked last, for when it does not answer."""
    _patience: Patience = field(default_factory=Patience, init=False)

    def __post_init__(self) -> None:
        self.metrics.watch_workers(self.standing)
        self.keys = Keys(
            lambda key: self.read("key", self.store.site_of_key, key),
            lambda: self.read("key", self.store.open_networks),
            spent=Rates(self.settings.site_comments_per_second, self.settings.site_comments_burst),
        )
        self.clients = Clients(self.store.note_clients, self.now)
        self.shadow = Shadow(self.store, self.now, self.metrics.shadowed)
        self.recorder = Recorder(self.writer, self.settings.record_patience_ms / 1_000, self.metrics)

    def read(self, what: str, ask: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Asks the store right here: SQLite answers from its page cache in about 0.1 ms.

        Raises StoreUnavailable; one that came only after a wait stands for a while, so that a
        database that hangs stops the event loop for a moment and not once for every request.
        """
        began = monotonic()
        try:
            self._patience.is_thin()
            found = ask(*args, **kwargs)
        except StoreUnavailable as error:
            self.metrics.store_failed(what)
            self._patience.failed(error, monotonic() - began)
            raise
        self._patience.worked()
        return found

    def history_of(self, site: str, comment: Comment, signature: Signature = NO_SIGNATURE) -> History:
        """Never fails: a store that does not answer is a History that says so."""
        try:
            history = self.read("history", self.store.history_of, site, comment, self.now(), signature)
        except StoreUnavailable:
            return History(is_observed=site in self.observed, degraded=("store",))
        (self.observed.add if history.is_observed else self.observed.discard)(site)
        return history


def wiring(request: Request) -> Wiring:
    """What create_app has put together for the application that serves this request."""
    wired: Wiring = request.app.state.wiring
    return wired
