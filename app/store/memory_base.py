"""What every part of the store in dicts stands on: its dicts, its lock, and failing by name."""

import threading
from dataclasses import dataclass

from app.core.comment import Page, Rule, Thresholds
from app.errors import SiteUnknown, StoreUnavailable
from app.store.outbox import Message, Webhook
from app.store.records import Client, Decided, Record, Remembered, Site


@dataclass(slots=True)
class Waiting:
    """A row of the outbox."""

    webhook: int
    decision: int
    """Its cursor."""
    payload: str
    message: Message
    leased_until: str = ""


class MemoryBase:
    """Everything that is kept; read and changed under the lock."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._closed = False
        self._sites: dict[str, Site] = {}
        self._names_by_hash: dict[str, str] = {}
        self._thresholds: dict[str, Thresholds] = {}
        self._rules: dict[str, list[Rule]] = {}
        self._networks: dict[str, set[str]] = {}
        self._secrets: dict[tuple[str, str], tuple[str, ...]] = {}
        self._records: dict[str, Record] = {}
        self._decided: list[tuple[str, Decided]] = []
        """(site, decision), in the order in which they were made; a decision's place is its cursor less 1."""
        self._pages: dict[tuple[str, str], Page] = {}
        self._clients: dict[tuple[str, str], Client] = {}
        self._webhooks: dict[int, Webhook] = {}
        self._webhooks_ever = 0
        self._outbox: list[Waiting] = []
        """In the order of the decisions."""
        self._messages_ever = 0
        self._remembered: dict[tuple[str, str], tuple[str, Remembered]] = {}

    def _require_site(self, name: str) -> None:
        self._refuse_if_closed()
        if name not in self._sites:
            raise SiteUnknown(name, "There is no site of that name.", "winnow site list shows them.")

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise StoreUnavailable("memory", "The store is closed.", "Restart Winnow.")
