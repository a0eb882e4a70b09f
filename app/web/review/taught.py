"""What a model's card says of a retraining: what each site has taught, and what the gate made of it."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Literal, NamedTuple

from app.core.check import Check
from app.web.review.card_values import MOST_ROWS, count, listed, mapping, number, share, text

ADAPTED = "adapted"
"""In the card; see core.model.ADAPTED, which takes numpy to import."""
ACTIONS = ("publish", "hold", "reject", "discard")
_COMMENT = re.compile(r"c_[0-9A-Za-z]{1,40}")

Gate = Literal["let through", "refused", "passed over", ""]
"""What became of a site; empty where the card does not tell it."""


class Flip(NamedTuple):
    """A comment that would get another action."""

    id: str
    label: str
    """spam or ham, as people decided; empty while nobody did."""
    before: str
    after: str
    """One of ACTIONS; empty where the card does not tell it."""
    score_before: float | None
    score_after: float | None


class TaughtBy(NamedTuple):
    """One site, and what its decisions came to."""

    name: str
    decisions: int | None
    spam: int | None
    ham: int | None
    by_moderators: int | None
    weights: int | None
    """That the model changes for the site; of one that the gate refused, since before."""
    gate: Gate
    failed: tuple[Check, ...]
    """What the gate found, worse than it may be."""
    contested: int
    """Decisions that contradict all others."""
    contested_comments: tuple[str, ...]
    """The ids of some of them."""
    flips: int
    """Comments that would get another action than with the model before."""
    flipped: tuple[Flip, ...]
    """Some of them."""


class Taught(NamedTuple):
    """What sites have taught a model."""

    shipped: str
    """The version that it started from."""
    before: str
    """The version that was in use when it was made."""
    forced: str
    """Why the gate was passed over; empty when it was not."""
    in_force: tuple[str, ...]
    """Sites whose decisions change the model."""
    sites: tuple[TaughtBy, ...]
    """At most MOST_ROWS, and no more comments are named for all of them together."""
    left_out: int
    """Sites beyond these."""
    too_few: tuple[tuple[str, int | None], ...]
    """Sites whose decisions are too few to learn from, and how many they have."""

    @property
    def contested(self) -> int:
        """Decisions of all sites that contradict all others."""
        return sum(each.contested for each in self.sites)

    @property
    def flips(self) -> int:
        """Comments of all sites that would get another action."""
        return sum(each.flips for each in self.sites)

    @property
    def flips_named(self) -> int:
        """How many of those the card names."""
        return sum(len(each.flipped) for each in self.sites)


def read(card: Mapping[str, Any]) -> Taught | None:
    """What the card says of it; None where it says nothing.

    >>> read({"adapted": {"shipped": "2026-11-20.1", "places": {"blog": {"first": 0, "entries": 7}}}}).in_force
    ('blog',)
    """
    told = mapping(card, ADAPTED)
    if not told:
        return None
    entries = {name: count(mapping(mapping(told, "places"), name).get("entries")) for name in mapping(told, "places")}
    sites = [(name, site) for name, site in mapping(told, "sites").items() if isinstance(site, Mapping)]
    shown = sites[:MOST_ROWS]
    forced = text(told.get("forced"), 500)
    return Taught(
        shipped=text(told.get("shipped")),
        before=text(told.get("before")),
        forced=forced,
        in_force=tuple(text(name) for name, weights in entries.items() if weights),
        sites=tuple(_site(name, site, entries.get(name, 0), forced, MOST_ROWS // len(shown)) for name, site in shown),
        left_out=len(sites) - len(shown),
        too_few=tuple((text(name), count(n)) for name, n in islice(mapping(told, "too_few").items(), MOST_ROWS)),
    )


def _site(name: str, told: Mapping[str, Any], weights: int | None, forced: str, most: int) -> TaughtBy:
    """One site; of its comments and checks at most so many each."""
    ids = [each for each in listed(told, "contested_comments") if _is_comment(each)][:most]
    flipped = tuple(islice(_flips(told), most))
    gate = _gate(told.get("passed"), forced)
    return TaughtBy(
        name=text(name),
        decisions=count(told.get("decisions")),
        spam=count(told.get("spam")),
        ham=count(told.get("ham")),
        by_moderators=count(told.get("by_moderators")),
        weights=weights,
        gate=gate,
        failed=_failed(told, most) if gate in ("refused", "passed over") else (),
        contested=max(count(told.get("contested")) or 0, len(ids)),
        contested_comments=tuple(ids),
        flips=max(count(told.get("flips")) or 0, len(flipped)),
        flipped=flipped,
    )


def _gate(passed: object, forced: str) -> Gate:
    if passed is True:
        return "let through"
    if passed is False:
        return "passed over" if forced else "refused"
    return ""


def _failed(told: Mapping[str, Any], most: int) -> tuple[Check, ...]:
    """What is worse than it may be, the worst first."""
    checks = [each for each in listed(told, "checks")[:MOST_ROWS] if isinstance(each, Mapping)]
    found = [check for each in checks if not each.get("passed") and (check := _check(each))]
    return tuple(sorted(found, key=lambda check: check.limit - check.worse)[:most])


def _check(told: Mapping[str, Any]) -> Check | None:
    before, after, limit = share(told.get("before")), share(told.get("after")), number(told.get("limit"))
    if before is None or after is None or limit is None:
        return None
    return Check(text(told.get("what")), text(told.get("measure")), before, after, limit)


def _flips(told: Mapping[str, Any]) -> Iterator[Flip]:
    for each in listed(told, "flipped"):
        if isinstance(each, Mapping) and _is_comment(each.get("id")):
            label, before, after = (each.get(name) for name in ("label", "before", "after"))
            yield Flip(
                str(each["id"]),
                label if label in ("spam", "ham") else "",
                before if before in ACTIONS else "",
                after if after in ACTIONS else "",
                share(each.get("score_before")),
                share(each.get("score_after")),
            )


def _is_comment(value: object) -> bool:
    return isinstance(value, str) and _COMMENT.fullmatch(value) is not None
