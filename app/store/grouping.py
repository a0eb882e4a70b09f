"""Which campaign each of some new comments belongs to, and which campaigns they show to be one. No SQL here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from app.core.campaign import Signature, leads

WINDOW = timedelta(days=30)
"""How long a key leads to its campaign after it was last seen: longer than a wave rests, and the table of keys must not
grow for ever."""
TOUCHED_AFTER = timedelta(days=1)
"""A key that was seen within this time is not written again, so that a wave costs no more than its comments."""


class Arrival(NamedTuple):
    """A new comment."""

    id: str
    signature: Signature


class Known(NamedTuple):
    """A campaign that is there already."""

    sketch: bytes
    acts: bool
    """Whether it was settled and the decision still acts."""


@dataclass(slots=True)
class Grouping:
    """What has to be written for some arrivals. Ids of campaigns are those of their first comments."""

    campaign_of: dict[str, str] = field(default_factory=dict)
    """Of every arrival; its own id when it stands alone."""
    founded: dict[str, bytes] = field(default_factory=dict)
    """New campaigns with their sketches."""
    sketched: dict[str, bytes] = field(default_factory=dict)
    """Known campaigns that had no text to compare with until now."""
    merged: dict[str, str] = field(default_factory=dict)
    """Known campaigns that turned out to be part of another one."""
    keys: dict[int, str] = field(default_factory=dict)
    """Where each key of the arrivals leads from now on."""


def group(arrivals: Sequence[Arrival], leading: Mapping[int, str], known: Mapping[str, Known]) -> Grouping:
    """Find the campaigns of new comments, one after the other: the second may belong to what the first one founded.

    Args:
        arrivals: in the order in which they came.
        leading: key -> the campaign it leads to; keys that lead nowhere are left out.
        known: those campaigns.

    Where several are found the oldest wins, and the others become part of it; but a settled campaign stays as it was
    seen when it was settled: it wins, and nothing is merged.
    """
    groups = _Groups(dict(leading), dict(known))
    homes = {arrival.id: groups.add(arrival) for arrival in arrivals}
    found = Grouping()
    found.campaign_of = {id: groups.root(home) for id, home in homes.items()}
    found.merged = {id: groups.root(id) for id in groups.into if id in known}
    for id in dict.fromkeys(found.campaign_of.values()):
        if id not in known:
            if id in groups.known:
                found.founded[id] = groups.known[id].sketch
        elif groups.known[id].sketch != known[id].sketch:
            found.sketched[id] = groups.known[id].sketch
    found.keys = {key: found.campaign_of[arrival.id] for arrival in arrivals for key in arrival.signature.keys}
    return found


class _Groups:
    def __init__(self, leading: dict[int, str], known: dict[str, Known]) -> None:
        self._leading = leading
        self.known = known
        """Grows by what is founded."""
        self.into: dict[str, str] = {}
        """What became part of another one -> that one, which may have become part of a third."""

    def root(self, id: str) -> str:
        while id in self.into:
            id = self.into[id]
        return id

    def add(self, arrival: Arrival) -> str:
        keys, sketch = arrival.signature.keys, arrival.signature.sketch
        led = {key: self.root(self._leading[key]) for key in keys if key in self._leading}
        found = {id for key, id in led.items() if leads(key, sketch, self.known[id].sketch)}
        home = min(found, key=lambda id: (not self.known[id].acts, id), default=arrival.id)
        if not found:
            if not keys:
                return arrival.id
            self.known[home] = Known(sketch, acts=False)
        elif not self.known[home].acts:
            self.into.update(dict.fromkeys(found - {home}, home))
            for id in (*found, arrival.id):  # the first that has a text lends it to all
                has = sketch if id == arrival.id else self.known[id].sketch
                if has and not self.known[home].sketch:
                    self.known[home] = self.known[home]._replace(sketch=has)
        self._leading.update(dict.fromkeys(keys, home))
        return home
