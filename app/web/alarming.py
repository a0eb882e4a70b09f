"""Looking out for sites that send nothing, or nothing but ham: told to the log when it begins, and to the metrics."""

import asyncio
import logging
from collections import Counter

from app.core.alarms import KINDS, REMEDIES, SENTENCES, Kind, values
from app.errors import StoreUnavailable
from app.web.wiring import Wiring

_log = logging.getLogger(__name__)
EVERY_S = 300.0
"""Of 100,000 comments a look takes some 50 ms, in a thread of its own."""

Standing = frozenset[tuple[str, Kind]]
"""Sites and what is wrong with them."""


async def keep_looking(wiring: Wiring) -> None:
    """At once and then every five minutes, until it is cancelled. Every process does."""
    standing: Standing = frozenset()
    while True:
        standing = await asyncio.to_thread(look, wiring, standing)
        await asyncio.sleep(EVERY_S)


def look(wiring: Wiring, before: Standing) -> Standing:
    """What alarms now; what does not stand in `before` is told to the log, and what has ended since.

    A store that does not answer is asked again at the next time.
    """
    try:
        found = wiring.store.alarms(wiring.now())
    except StoreUnavailable as error:
        _log.warning("nobody looks out for silent sites now: %s", error)
        return before
    counted = Counter(alarm.kind for _, alarm in found)
    wiring.metrics.alarming({kind: counted[kind] for kind in KINDS})
    standing: Standing = frozenset((site, alarm.kind) for site, alarm in found)
    for site, alarm in found:
        if (site, alarm.kind) not in before:
            _log.warning("%s: %s %s", site, SENTENCES[alarm.kind] % values(alarm), REMEDIES[alarm.kind])
    for site, kind in sorted(before - standing):
        _log.warning("%s: the alarm %s has ended", site, kind)
    return standing
