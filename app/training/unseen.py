"""Which examples share a host or a trade, so that a model can be made that has seen neither."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt

from app.core import links, text
from app.core.comment import Comment
from app.core.folding import fold
from app.core.hosts import Host
from app.core.lists import Lists
from app.training.examples import Example

GROUPS = 4
"""Groups of hosts, and of trades. With more of them training keeps more of its examples, and fits take longer."""


def service(host: Host) -> str:
    """Whose host it is, its customers' names left out: `github.io` for `me.github.io`.

    >>> from app.core.hosts import describe, parse_url
    >>> from app.lists import load
    >>> service(describe(parse_url("https://me.github.io/p"), "", load()))
    'github.io'
    """
    labels = host.name.split(".")
    return ".".join(labels[-2 - host.public_suffix.count(".") :])


def services_of(comment: Comment, lists: Lists) -> tuple[str, ...]:
    """The service of each link, those of the text first; empty without links."""
    seen = text.read(comment.text, comment.text_format, lists.lookalikes)
    return tuple(service(link.host) for link in links.find(comment, seen, lists))


def trades_of(example: Example, lists: Lists) -> frozenset[str]:
    """What a spam example sells: what its record says, else every trade that its words or its campaign's name hit.

    A campaign's name without its number is a trade of its own too: `flights` for `flights-2`. Ham sells nothing.
    """
    if not example.is_spam:
        return frozenset()
    if example.trade:
        return frozenset({example.trade})
    comment, campaign = example.comment, example.campaign.rpartition("-")[0]
    words = unquote(" ".join([comment.text, comment.author, comment.author_url, campaign]))
    hit = {found.trade for found in lists.trades.find(fold(words))}
    return frozenset(hit | {campaign} if campaign else hit)


def dealt(sizes: Mapping[str, int], groups: int = GROUPS) -> dict[str, int]:
    """Names -> groups from 0, so that each group holds about as many examples: the largest first, to the emptiest.

    >>> dealt({"a": 5, "b": 3, "c": 2, "d": 1}, 2)
    {'a': 0, 'b': 1, 'c': 1, 'd': 0}
    """
    filled = [0] * groups
    group: dict[str, int] = {}
    for name, size in sorted(sizes.items(), key=lambda each: (-each[1], each[0])):
        group[name] = filled.index(min(filled))
        filled[group[name]] += size
    return group


@dataclass(frozen=True, slots=True)
class Sharing:
    """What each example has in common with the groups of hosts and of trades."""

    hosts: npt.NDArray[np.bool_]
    """(examples, GROUPS) whether one of its links is on a host of the group."""
    trades: npt.NDArray[np.bool_]
    """(examples, GROUPS) whether it sells one of the group's trades; never for ham."""

    def may_train(self, host_group: int, trade_group: int) -> npt.NDArray[np.bool_]:
        """(examples,) those without a host and without a trade of these groups."""
        return ~(self.hosts[:, host_group] | self.trades[:, trade_group])


def sharing(
    services: Sequence[Iterable[str]],
    trades: Sequence[Iterable[str]],
    host_groups: Mapping[str, int],
    trade_groups: Mapping[str, int],
) -> Sharing:
    """Mark what each example shares; names that are in no group count for nothing.

    Args:
        services: for each example the services of its links.
        trades: for each example its trades.
        host_groups: service -> group.
        trade_groups: trade -> group.
    """
    return Sharing(_marked(services, host_groups), _marked(trades, trade_groups))


def _marked(names: Sequence[Iterable[str]], groups: Mapping[str, int]) -> npt.NDArray[np.bool_]:
    marks = np.zeros((len(names), GROUPS), dtype=bool)
    for row, each in enumerate(names):
        for name in each:
            if name in groups:
                marks[row, groups[name]] = True
    return marks
