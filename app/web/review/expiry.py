"""Held comments that nobody decided in the days that the operator allows: moved to their own tab, and written down."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from app.core.times import shifted
from app.errors import StoreUnavailable
from app.store.sql import SqlStore

_log = logging.getLogger(__name__)
EVERY_S = 600.0
A_STEP = 5_000
"""Comments of one transaction; records that come meanwhile wait no longer than for one of these."""


async def keep_expiring(store: SqlStore, now: Callable[[], str]) -> None:
    """At once and then every ten minutes, until it is cancelled. Every process does; a comment expires once."""
    while True:
        await asyncio.to_thread(expire, store, now)
        await asyncio.sleep(EVERY_S)


def expire(store: SqlStore, now: Callable[[], str]) -> int:
    """Move what has been held for longer than the preference `held_days`, if that is set; how many these were.

    A store that does not answer is tried again at the next time.

    >>> from app.store.sql import temporary_store
    >>> with temporary_store() as empty:
    ...     expire(empty, lambda: "2026-11-30T10:00:00.000Z")
    0
    """
    moved = 0
    try:
        days = store.preferences().held_days
        while days:
            at = now()
            step = store.expire_held(shifted(at, -timedelta(days=days)), at, A_STEP)
            moved += step
            if step < A_STEP:
                break
    except StoreUnavailable as error:
        _log.warning("held comments do not expire now: %s", error)
    if moved:
        _log.info("%d held comments have expired", moved)
    return moved
