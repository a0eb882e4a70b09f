"""The whole comment as one running text: name, address and words, each character tied to its evidence.

Links stand in it in one notation, whatever they were written in, so that a notation is not taken for a spelling.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from app.core.comment import Comment
from app.core.emit import Emitter
from app.core.features_author import Name
from app.core.links import MAX_LINKS, Link
from app.core.text import Seen, plain_address
from app.core.traced import Traced

_MAX_ADDRESS_CHARS = 2000


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


def running(comment: Comment, name: Name, seen: Seen, links: tuple[Link, ...], owners: Owners, folded: bool) -> Running:
    """The running text of a comment.

    Args:
        comment: as sent.
        name: the author's name, without disguise.
        seen: the text as a reader sees it.
        links: all links.
        owners: see `owners_of`.
        folded: in one spelling, lower case, and in one line, instead of as written.
    """
    line = " " if folded else "\n"
    pieces: list[str] = []
    owner_of: list[npt.NDArray[np.int64]] = []

    def add(piece: str, owner: npt.NDArray[np.int64] | int) -> None:
        pieces.append(piece)
        owner_of.append(np.full(len(piece), owner) if isinstance(owner, int) else owner)

    signed = name.folded if folded else name.written
    if signed and owners.signer >= 0:
        add(signed + line, owners.signer)
    if owners.address >= 0:
        add(_address(comment.author_url.strip(), folded) + line, owners.address)
    traced = seen.folded if folded else seen.plain
    owner = _owner_of_each_character(traced, links, owners)
    at = 0
    for place, tag, unit in _tags(seen, traced, owners.links, folded):
        add(traced.text[at:place], owner[at:place])
        add(tag, unit)
        at = place
    add(traced.text[at:], owner[at:])
    return Running("".join(pieces), np.concatenate(owner_of))


def _address(written: str, folded: bool) -> str:
    address = plain_address(written[:_MAX_ADDRESS_CHARS])
    return address.lower() if folded else address


def _owner_of_each_character(traced: Traced, links: tuple[Link, ...], owners: Owners) -> npt.NDArray[np.int64]:
    """(characters,) of a text; a gap belongs to the word before it."""
    begins = np.asarray(traced.begins, dtype=np.int64)
    if owners.words:
        starts = np.array([begin for begin, _ in owners.words])
        numbers = np.array([number for _, number in owners.words])
        owner = numbers[np.maximum(np.searchsorted(starts, begins, side="right") - 1, 0)]
    else:
        owner = np.full(len(begins), owners.rest)
    for link in links:
        if link.field == "text" and link.markup != "redirect":
            here = slice(bisect_left(traced.begins, link.begin), bisect_left(traced.begins, link.end))
            if here.start < here.stop:
                owner[here] = owners.links[link.begin]
    return owner


def _tags(seen: Seen, traced: Traced, spelt: dict[int, int], folded: bool) -> Iterator[tuple[int, str, int]]:
    """Links that markup makes, all notations alike: where a tag goes in the text, the tag, its evidence.

    Without those that are no evidence: the same address again, what leads nowhere, and what the platform made of an
    address, which begins where its words do.
    """
    tags: list[tuple[int, int, str, int]] = []
    for link in islice(seen.links, MAX_LINKS):
        if link.begin not in spelt:
            continue
        address = _address(link.url, folded)
        before = bisect_left(traced.begins, link.anchor_begin)
        if link.markup == "image":
            tags.append((before, 1, f' <img src="{address}"> ', link.begin))
        else:
            after = bisect_left(traced.begins, link.anchor_end)
            closing = 2 if after == before else 0  # in front of the next tag, but behind its own
            tags += [(before, 1, f' <a href="{address}">', link.begin), (after, closing, "</a> ", link.begin)]
    for place, _, tag, begin in sorted(tags):
        yield place, tag, spelt[begin]
