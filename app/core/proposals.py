"""Which rules a comment suggests: everything in it that a rule can name, the narrowest of a kind first."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, get_args

from app.core.cautions import anyone_publishes
from app.core.comment import Comment, RuleKind
from app.core.hosts import Url, parse_url
from app.core.lists import Lists
from app.core.rule_values import normalised
from app.errors import ValueRefused

MOST_LINKS = 10
"""Of one comment; who writes more of them is blocked by what they share."""


class Proposal(NamedTuple):
    """A value that a rule could have."""

    kind: RuleKind
    value: str


def proposals(comment: Comment, urls: Sequence[str], network: str, lists: Lists) -> tuple[Proposal, ...]:
    """What can be named of a comment, without doubles, in the order of RuleKind; empty when nothing can.

    Args:
        comment: as it is stored.
        urls: of its links, as the answer gives them.
        network: of the author's address; may be empty.
        lists: suffixes, hosts where anyone can publish, and parts of a path that every page of a service has.

    >>> from app.lists import load
    >>> comment = Comment(author="Jana", author_email="jana@mail.example")
    >>> for proposal in proposals(comment, ["https://www.myget.org/feed/slots-x/package/nuget/y"], "", load()):
    ...     print(*proposal)
    host www.myget.org
    registrable_domain myget.org
    url_pattern www.myget.org/feed/slots-x/*
    email jana@mail.example
    email @mail.example
    author Jana
    """
    found: dict[Proposal, None] = {}
    for kind, written in _written(comment, urls, network, lists):
        try:
            found[Proposal(kind, normalised(kind, written, lists))] = None
        except ValueRefused:
            continue  # a name without a letter, an address without a domain
    order: list[str] = list(get_args(RuleKind))
    return tuple(sorted(found, key=lambda proposal: order.index(proposal.kind)))


def _written(comment: Comment, urls: Sequence[str], network: str, lists: Lists) -> Iterator[tuple[RuleKind, str]]:
    for url in list(filter(None, map(parse_url, urls)))[:MOST_LINKS]:
        host = url.host.rstrip(".")
        yield "host", host
        yield "registrable_domain", lists.split_host(host).registrable_domain
        yield "url_pattern", pattern_of(url, lists)
    email = comment.author_email.strip()
    yield "email", email
    yield "email", f"@{email.rpartition('@')[2]}"
    yield "author", " ".join(comment.author.split())
    yield "ip_range", network


def pattern_of(url: Url, lists: Lists) -> str:
    """The part of a host that is one person's: the host when it is, else the path up to the first part of its own.

    >>> from app.lists import load
    >>> for written in ("https://casino.example/a/b?c", "https://t.me/slots", "https://www.youtube.com/watch?v=abc&t=1"):
    ...     print(pattern_of(parse_url(written), load()))
    casino.example/*
    t.me/slots*
    www.youtube.com/watch?v=abc*
    """
    host = f"{url.host}:{url.port}" if url.port else url.host
    if not anyone_publishes(url.host.rstrip("."), lists):
        return f"{host}/*"
    parts = [part for part in url.path.split("/") if part]
    own = next((at for at, part in enumerate(parts) if part.lower() not in lists.platform_paths), None)
    if own is None or (own == len(parts) - 1 and "." in parts[own]):
        query = url.query.partition("&")[0]
        path = "/".join(parts)
        return f"{host}/{path}?{query}*" if query else f"{host}/{path}*"
    path = "/".join(parts[: own + 1])
    return f"{host}/{path}/*" if own < len(parts) - 1 else f"{host}/{path}*"
