"""What was kept for as long as the operator wants: deleted; and networks of authors are named anew every 30 days."""

import asyncio
import logging

from app.errors import StoreUnavailable
from app.settings import Settings
from app.store.sql_purging import Limits, Purged
from app.web.review.session import oldest
from app.web.wiring import Wiring

_log = logging.getLogger(__name__)
EVERY_S = 3_600.0
"""Of 100,000 comments with nothing due a look takes some 30 ms, in a thread of its own."""


async def keep_purging(wiring: Wiring) -> None:
    """At once and then every hour, until it is cancelled. Every process does; each comment goes once."""
    while True:
        await asyncio.to_thread(purge, wiring)
        await asyncio.sleep(EVERY_S)


def purge(wiring: Wiring) -> Purged:
    """Delete what is due by WINNOW_KEEP_SPAM_DAYS and its like; how much that was.

    A store that does not answer is tried again at the next time.
    """
    now = wiring.now()
    gone = Purged()
    try:
        wiring.store.name_networks(now)
        gone = wiring.store.purge(limits_of(wiring.settings), now, oldest(wiring.settings, now))
    except StoreUnavailable as error:
        _log.warning("what is due is not deleted now: %s", error)
    if any(gone):
        _log.info("deleted: %d spam comments, %d others, %d acts", *gone)
    return gone


def limits_of(settings: Settings) -> Limits:
    """How long what is kept."""
    return Limits(settings.keep_spam_days, settings.keep_ham_days, settings.keep_audit_days)
