"""The whole comment as one running text: name, address and words, each character tied to its evidence.

Links stand in it in one notation, whatever they were written in, so that a notation is not taken for a spelling. In the
text, the name of a host where anyone can publish is left out, and that of the page's own: a model that learned what
honest links are on would let through what is sold there (docs/adr/0017). The author's address stays whole: there the
host says who signs.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from app.core.comment import Comment
from app.core.emit import Emitter
from app.core.features_author import Name
from app.core.hosts import Host
from app.core.kernels_plain import OWN, SHARED
from app.core.links import MAX_LINKS, Link, bare_addresses, href_of
from app.core.lists import Lists
from app.core.text import Seen, plain_address
from app.core.traced import Traced

_SIGN_OF = {"shared": SHARED, "own": OWN}
"""No text holds these: `text.read` takes them out."""
_MAX_ADDRESS_CHARS = 2000
_HEAD = re.compile(r"(?i)(?:[a-z]+:)?[/\\]*(?:[^/\\?#]*@)?(?:www\.)?")
_HOST = re.compile(r"[^/\\?#]*")


@dataclass(frozen=True, slots=True)
class Owners:
    """The evidence that pieces of the running text belong to."""

    signer: int
    """Of the author's name; -1 without one."""
    address: int
    """Of the author's address; -1 without one."""
    links: dict[int, int]
    """Where a link of the text begins -> how it is written."""
    words: list[tuple[int, int]]
    """Where a word begins, and its evidence."""
    rest: int
    """Of a text without words."""


def owners_of(out: Emitter, comment: Comment, links: tuple[Link, ...]) -> Owners:
    """Find the evidence of words and name, and open that of how addresses are written.

    Args:
        out: holds the evidence of words and name already.
        comment: as sent.
        links: all links.
    """
    signer = next((number for number, unit in enumerate(out.units) if unit.field == "author" and unit.link < 0), -1)
    words = [
        (unit.begin, number) for number, unit in enumerate(out.units) if unit.code.startswith("text.") and unit.end
    ]
    has_address = bool(comment.author_url.strip())
    address = out.open("author_url.spelling", "author_url", (0, len(comment.author_url))) if has_address else -1
    spelt = {
        link.begin: out.open("link.spelling", "text", (link.begin, link.end))
        for link in links
        if link.field == "text" and link.markup != "redirect"
    }
    return Owners(signer, address, spelt, words, -1 if words else out.open("text.spelling", "text"))


@dataclass(frozen=True, slots=True)
class Running:
    """A running text."""

    text: str
    owner: npt.NDArray[np.int64]
    """(characters,) the evidence each belongs to."""


class Pieces:
    """What stands in the running texts of a comment beside its own words; both spellings are made of it."""

    def __init__(self, comment: Comment, name: Name, seen: Seen, links: tuple[Link, ...], lists: Lists) -> None:
        """Find the addresses.

        Args:
            comment: as sent.
            name: the author's name, without disguise.
            seen: the text as a reader sees it.
            links: all links.
            lists: to find hosts that are written without a scheme.
        """
        self.name = name
        self.seen = seen
        self.author_url = plain_address(comment.author_url.strip()[:_MAX_ADDRESS_CHARS])
        self.links = [link for link in links if link.field == "text" and link.markup != "redirect"]
        hosts = {link.url.href: link.host for link in links if link.host.kind in _SIGN_OF}

        def notation(address: str) -> str:
            host = hosts.get(href_of(address)) if hosts else None
            return without_name(address, host, lists) if host else address[:_MAX_ADDRESS_CHARS]

        made = islice(seen.links, MAX_LINKS)
        self.made = {link.begin: notation(plain_address(link.url[:_MAX_ADDRESS_CHARS])) for link in made}
        """Where a link that markup makes begins -> its address."""
        self.bare = [(begin, end, notation(address)) for address, begin, end in bare_addresses(seen, lists)]
        """Begin, end and notation of an address that stands in the text."""


def without_name(address: str, host: Host, lists: Lists) -> str:
    """An address on a shared host or the page's own: a sign for which, the customer's own name, and the path.

    >>> from app.core.hosts import describe, parse_url
    >>> from app.lists import load
    >>> lists = load()
    >>> addresses = "https://www.myget.org/feed/a", "http://loans.blogspot.com/"
    >>> [without_name(address, describe(parse_url(address), "", lists), lists) for address in addresses]
    ['\\x01/feed/a', '\\x01loans/']
    """
    address = address[:_MAX_ADDRESS_CHARS]
    head = _HEAD.match(address)
    rest = address[head.end() if head else 0 :].replace("\\", "/")
    named = _HOST.match(rest)
    customer = _customer_of(host, lists) if host.kind == "shared" else ""
    return _SIGN_OF[host.kind] + customer + rest[named.end() if named else 0 :]


def _customer_of(host: Host, lists: Lists) -> str:
    """The labels that stand in front of a shared service's own name: `loans` of `loans.blogspot.com`."""
    labels = host.name.removeprefix("www.").split(".")
    for at in range(len(labels)):
        rest = ".".join(labels[at:])
        if rest in lists.host_kinds or rest == host.suffix:
            return ".".join(labels[:at])
    return ""


class _Part(NamedTuple):
    """A piece of a running text: of the comment's own text, or written by us."""

    begin: int
    """Of the comment's own text; where a piece of ours stands in it."""
    end: int
    text: str | None
    """Ours; None for text[begin:end]."""
    owner: int | None
    """None: whoever has each character of the text, or the one at `begin`."""


def running(pieces: Pieces, owners: Owners) -> tuple[Running, Running]:
    """The running texts of a comment: in one spelling, lower case and in one line; and as written.

    Args:
        pieces: the comment.
        owners: see `owners_of`.
    """
    plain, folded = pieces.seen.plain, pieces.seen.folded
    parts, owner = _parts(pieces, plain, owners), _owner_of_each_character(plain, pieces.links, owners)
    signed = _signed(pieces.name.written, pieces.author_url, "\n", owners)
    written = _joined([*signed, *parts], plain.text, owner)
    if folded.begins is not plain.begins:  # else the same characters stand in the same places, as they mostly do
        parts, owner = _parts(pieces, folded, owners), _owner_of_each_character(folded, pieces.links, owners)
    signed = _signed(pieces.name.folded, pieces.author_url.lower(), " ", owners)
    lowered = [part if part.text is None else part._replace(text=part.text.lower()) for part in parts]
    return _joined([*signed, *lowered], folded.text, owner), written


def _signed(name: str, address: str, gap: str, owners: Owners) -> list[_Part]:
    """Who signs, in front of the text."""
    parts = [_Part(0, 0, name + gap, owners.signer)] if name and owners.signer >= 0 else []
    return [*parts, _Part(0, 0, address + gap, owners.address)] if owners.address >= 0 else parts


def _parts(pieces: Pieces, traced: Traced, owners: Owners) -> list[_Part]:
    """The text with links in one notation."""
    parts: list[_Part] = []
    at = 0
    for edit in _edits(pieces, traced, owners.links):
        if edit.begin > at:
            parts.append(_Part(at, edit.begin, None, None))
        parts.append(edit)
        at = max(at, edit.end)
    return [*parts, _Part(at, len(traced.text), None, None)]


def _joined(parts: list[_Part], text: str, owner: npt.NDArray[np.int64]) -> Running:
    written = [text[part.begin : part.end] if part.text is None else part.text for part in parts]
    joined = "".join(written)
    owners = np.empty(len(joined), dtype=np.int64)
    at = 0
    for part, piece in zip(parts, written, strict=True):
        after = at + len(piece)
        if part.text is None:
            owners[at:after] = owner[part.begin : part.end]
        else:
            owners[at:after] = owner[part.begin] if part.owner is None else part.owner
        at = after
    return Running(joined, owners)


def _owner_of_each_character(traced: Traced, links: Iterable[Link], owners: Owners) -> npt.NDArray[np.int64]:
    """(characters,) of a text; a gap belongs to the word before it."""
    size = len(traced.text)
    if owners.words:
        edges = [0, *[bisect_left(traced.begins, begin) for begin, _ in owners.words[1:]], size]
        lengths = [end - begin for begin, end in pairwise(edges)]
        owner = np.repeat([number for _, number in owners.words], lengths)
    else:
        owner = np.full(size, owners.rest)
    for link in links:
        here = slice(bisect_left(traced.begins, link.begin), bisect_left(traced.begins, link.end))
        owner[here] = owners.links[link.begin]
    return owner


def _edits(pieces: Pieces, traced: Traced, owners: dict[int, int]) -> list[_Part]:
    """What goes into the text, in order.

    Links that markup makes, all notations alike, without those that are no evidence: the same address again, what leads
    nowhere, and what the platform made of an address, which begins where its words do. And addresses in the text.
    """
    edits: list[tuple[int, int, int, str, int | None]] = []  # where, which first of those that begin there, ...
    for link in islice(pieces.seen.links, MAX_LINKS):
        if link.begin not in owners:
            continue
        address, unit = pieces.made[link.begin], owners[link.begin]
        before = bisect_left(traced.begins, link.anchor_begin)
        if link.markup == "image":
            edits.append((before, 1, before, f' <img src="{address}"> ', unit))
        else:
            after = bisect_left(traced.begins, link.anchor_end)
            closing = 2 if after == before else 0  # in front of the next tag, but behind its own
            edits.append((before, 1, before, f' <a href="{address}">', unit))
            edits.append((after, closing, after, "</a> ", unit))
    for source_begin, source_end, address in pieces.bare:
        begin, end = bisect_left(traced.begins, source_begin), bisect_left(traced.begins, source_end)
        if begin < end:
            edits.append((begin, 3, end, address, None))
    return [_Part(begin, end, piece, unit) for begin, _, end, piece, unit in sorted(edits, key=lambda edit: edit[:2])]
