"""Who asks in a site's name: counted here, written down now and then, shown by `winnow doctor --site`."""

import asyncio
import logging
from collections.abc import Callable, Mapping

from starlette.requests import Request

from app.errors import StoreUnavailable
from app.store.records import Client

_log = logging.getLogger(__name__)
FLUSH_S = 5.0
MAX_CLIENTS = 1_000
"""Kept between two writes; more than that are somebody's made-up User-Agents."""
MAX_CLIENT_CHARACTERS = 200


def client_of(request: Request, door: str) -> str:
    """The door and the CMS's own User-Agent, e.g. `akismet WordPress/6.1.9 | Akismet/5.0.2`."""
    return f"{door} {request.headers.get('user-agent', '')}".strip()[:MAX_CLIENT_CHARACTERS]


class Clients:
    """Counts of one process since they were last written; used by the event loop only."""

    def __init__(self, write: Callable[[Mapping[tuple[str, str], Client]], None], now: Callable[[], str]) -> None:
        self._write = write
        self._now = now
        self._since: dict[tuple[str, str], Client] = {}

    def note(self, site: str, client: str, failure: str = "") -> None:
        """One request; `failure` is the code of the problem it was refused with."""
        key = site, client
        if key not in self._since and len(self._since) >= MAX_CLIENTS:
            return
        before = self._since.get(key, Client(client, "", 0, 0, ""))
        self._since[key] = Client(
            client,
            self._now(),
            before.requests + 1,
            before.failures + bool(failure),
            failure or before.last_failure,
        )

    async def keep_writing(self) -> None:
        """Until it is cancelled."""
        while True:
            await asyncio.sleep(FLUSH_S)
            await asyncio.to_thread(self.flush)

    def flush(self) -> None:
        """Write what was counted; what cannot be written is dropped, for it is only a help."""
        seen, self._since = self._since, {}
        try:
            if seen:
                self._write(seen)
        except StoreUnavailable as error:
            _log.warning("clients are not noted: %s", error)
