"""What a rule would have done, or could settle now, looked through while somebody waits for the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from app.core.comment import Rule
from app.core.preview import Past, Preview, preview
from app.core.times import shifted
from app.web.review.session import Visit

LOOKED_BACK = timedelta(days=30)
MOST_LOOKED_AT = 20_000
MOST_READ = 5_000
"""Of a rule that looks at words: 20,000 texts took 3 to 11 s of a processor that answers others too (2026-11-30)."""
MOST_WAITING = 2_000
A_STEP = 1_000
TOO_MANY_FROM = 20
"""Comments that have to be there before a rule for half of them looks like a mistake."""


@dataclass(frozen=True, slots=True)
class LookedThrough:
    """A preview, and what it looked at."""

    found: Preview
    received: int
    """Comments of that time and those sites."""
    is_cut: bool
    """Whether older ones of that time were left out."""

    @property
    def is_too_much(self) -> bool:
        """Whether more than half of all comments match, which nobody wants."""
        return self.received >= TOO_MANY_FROM and self.found.matching * 2 > self.received


def look_through(visit: Visit, rule: Rule, site: str | None, most: int = 0) -> LookedThrough:
    """What a rule would have done to the comments of the last 30 days: the newest `most` of those that may match.

    Without a number it is MOST_READ or MOST_LOOKED_AT.
    """
    most = most or (MOST_READ if rule.kind == "phrase" else MOST_LOOKED_AT)
    since = shifted(visit.now(), -LOOKED_BACK)
    found = preview(rule, _past(visit, rule, site, since, most), visit.wired.lists)
    return LookedThrough(found, visit.store.received_since(site, since), found.looked_at >= most)


def waiting(visit: Visit, rule: Rule, site: str | None) -> Preview:
    """Which held comments match that nobody has decided: the newest 2,000 of those that may are looked at."""
    held = visit.store.past(rule, site, "", tab="review", most=MOST_WAITING)
    return preview(rule, held, visit.wired.lists)


def _past(visit: Visit, rule: Rule, site: str | None, since: str, most: int) -> Iterator[Past]:
    """A thousand at a time, so that they never stand in memory all at once."""
    before, left = "", most
    while left > 0:
        step = min(A_STEP, left)
        part = visit.store.past(rule, site, since, before=before, most=step)
        yield from part
        if len(part) < step:
            return
        before, left = part[-1].id, left - step
