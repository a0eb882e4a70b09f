"""What a rule would have done: the very matcher of the policy, over comments that are stored."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import ip_network

from app.core.comment import Comment, Rule
from app.core.features import MAX_TEXT_CHARS, look
from app.core.links import Link
from app.core.lists import Lists
from app.core.policy import matches
from app.core.text import Seen, read

MOST_EXAMPLES = 20
KEPT_BITS = {4: 24, 6: 48}
"""IP version -> how many bits of an author's address are stored."""
_LOOKED_AT = frozenset({"host", "registrable_domain", "url_pattern"})
"""Kinds of rules that look at links; `phrase` looks at the text alone, the others at neither."""


@dataclass(frozen=True, slots=True)
class Past:
    """A comment that is stored, with what a rule may look at and what has become of it."""

    id: str
    site: str
    received_at: str
    comment: Comment
    network: str
    """Of the author's address; empty when it is not known."""
    action: str
    score: float
    label: str | None
    """Of the decision that stands; None without one."""
    tab: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would have done to the comments that were looked at."""

    looked_at: int
    matching: int
    ham: int
    """Of those, decided ham."""
    spam: int
    """Decided spam."""
    waiting: int
    """Held, and nobody has decided yet."""
    published: int
    """Let through when they came."""
    examples: tuple[Past, ...]
    """At most MOST_EXAMPLES: those decided ham first, then those nobody decided, in the order in which they came."""

    @property
    def stopped(self) -> int:
        """Held or worse when they came."""
        return self.matching - self.published


def preview(rule: Rule, past: Iterable[Past], lists: Lists) -> Preview:
    """What `rule` would have done.

    Args:
        rule: its value is normalised.
        past: the newest first; only those that may match need to be among them.
        lists: host kinds, suffixes and the rest.

    Of an author's address only the network is stored: a rule for an address or a smaller network is taken for the
    whole of that network, see `widened`.

    >>> from app.lists import load
    >>> came = Past("c_1", "blog", "", Comment(text="see https://casino.example/win"), "", "hold", 0.5, None, "review")
    >>> preview(Rule("deny", "host", "casino.example"), [came], load()).waiting
    1
    """
    rule = replace(rule, value=widened(rule.value)) if rule.kind == "ip_range" else rule
    labels = {"ham": 0, "spam": 0}
    kept: dict[str | None, list[Past]] = {"ham": [], None: [], "spam": []}
    looked_at = matching = waiting = published = 0
    for each in past:
        looked_at += 1
        if not _fits(rule, each, lists):
            continue
        matching += 1
        waiting += each.tab == "review"
        published += each.action == "publish"
        if each.label:
            labels[each.label] += 1
        if len(kept[each.label]) < MOST_EXAMPLES:
            kept[each.label].append(each)
    examples = [each for found in kept.values() for each in found][:MOST_EXAMPLES]
    return Preview(looked_at, matching, labels["ham"], labels["spam"], waiting, published, tuple(examples))


def widened(value: str) -> str:
    """The network that is known of the addresses in an IP range: never smaller than what is stored of them.

    >>> widened("192.0.2.7/32"), widened("192.0.0.0/16"), widened("2001:db8::1/128")
    ('192.0.2.0/24', '192.0.0.0/16', '2001:db8::/48')
    """
    network = ip_network(value, strict=False)
    bits = KEPT_BITS[network.version]
    return str(network.supernet(new_prefix=bits) if network.prefixlen > bits else network)


_NOTHING = read("", "plain", {})


def _fits(rule: Rule, past: Past, lists: Lists) -> bool:
    comment = past.comment
    seen: Seen = _NOTHING
    links: tuple[Link, ...] = ()
    if rule.kind in _LOOKED_AT or (rule.kind == "phrase" and len(comment.text) > MAX_TEXT_CHARS):
        looked = look(comment, lists)
        seen, links = looked.seen, looked.links
    elif rule.kind == "phrase":  # without looking for links, which takes longer than reading
        seen = read(comment.text, comment.text_format, lists.lookalikes, lists.trades)
    elif rule.kind == "ip_range":
        comment = replace(comment, author_ip=past.network.partition("/")[0])
    return matches(rule, comment, seen, links)
