"""A campaign's comments as its page shows them: where they link to, and what is different in each, odd ones first."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.core.campaign import keys_of_link, signature, similarity
from app.core.comment import Comment
from app.core.features import look
from app.core.folding import fold
from app.core.hosts import parse_url
from app.core.lists import Lists
from app.core.places import address_of, is_common
from app.store.campaigns import SHOWN_CHARACTERS, Member, Pushed

SHARED_BY = 0.5
"""The share of a campaign's comments that have a link for the campaign to be about it."""
_WORD = re.compile(r"\w+")


class Address(NamedTuple):
    """Where comments of a campaign link to."""

    address: str
    """Without scheme and what only tracks."""
    url: str
    """One of those that lead there."""
    comments: frozenset[str]
    is_shared: bool
    """Most of them have it, so that the campaign is about it and a decision acts on it."""


class Piece(NamedTuple):
    """A stretch of a text."""

    text: str
    is_new: bool
    """Whether the first comment does not have the word."""


class Shown(NamedTuple):
    """A comment beside the first one of its campaign."""

    member: Member
    pieces: tuple[Piece, ...]
    is_cut: bool
    similarity: float
    """To the first one, 0.0 to 1.0."""
    is_same: bool
    """It has no word of its own."""
    lacks_link: bool
    """Others push a link that it has not."""


def addresses(pushed: Iterable[Pushed], size: int, lists: Lists) -> list[Address]:
    """Where the comments of a campaign link to, the most frequent first.

    Args:
        pushed: their links.
        size: how many comments there are.
        lists: what only tracks, and what everybody links to.
    """
    having: dict[str, set[str]] = {}
    urls: dict[str, str] = {}
    common: set[str] = set()
    for each in pushed:
        url = parse_url(each.url)
        if url is not None:
            address = address_of(url, lists)
            having.setdefault(address, set()).add(each.comment)
            urls.setdefault(address, each.url)
            if is_common(url, lists):
                common.add(address)
    least = max(1 if size == 1 else 2, SHARED_BY * size)
    found = [
        Address(address, urls[address], frozenset(ids), len(ids) >= least and address not in common)
        for address, ids in having.items()
    ]
    return sorted(found, key=lambda each: (-len(each.comments), each.address))


def beside(first: Comment, members: Sequence[Member], links: Sequence[Address], lists: Lists) -> list[Shown]:
    """Comments beside the first of their campaign, those first that look least like it: an honest one among spam.

    Args:
        first: the first comment.
        members: the others, and itself.
        links: where all of them link to.
        lists: as elsewhere.
    """
    sketch = _sketch(first, lists)
    words = set(_words(first.text))
    having = frozenset().union(*(each.comments for each in links if each.is_shared))
    shown = []
    for member in members:
        text = member.comment.text
        pieces = differences(text[:SHOWN_CHARACTERS], words)
        shown.append(
            Shown(
                member=member,
                pieces=pieces,
                is_cut=len(text) > SHOWN_CHARACTERS,
                similarity=similarity(sketch, _sketch(member.comment, lists)),
                is_same=not any(piece.is_new for piece in pieces),
                lacks_link=bool(having) and member.id not in having,
            )
        )
    return sorted(shown, key=lambda each: -_oddness(each))


def differences(text: str, words: set[str]) -> tuple[Piece, ...]:
    """A text cut into what another one says too and what it does not.

    Args:
        text: as written.
        words: of the other one, folded.

    >>> differences("Win 500 dollars, honestly!", {"win", "dollars"})
    (Piece(text='Win 500 dollars, ', is_new=False), Piece(text='honestly', is_new=True), Piece(text='!', is_new=False))
    """
    pieces: list[Piece] = []
    at = 0
    for match in _WORD.finditer(text):
        if fold(match[0]) in words or not match[0].strip("0123456789"):
            continue
        begin = match.start()
        if pieces and pieces[-1].is_new and text[at:begin].isspace():
            pieces[-1] = Piece(pieces[-1].text + text[at : match.end()], is_new=True)
        else:
            if at < begin:
                pieces.append(Piece(text[at:begin], is_new=False))
            pieces.append(Piece(match[0], is_new=True))
        at = match.end()
    if at < len(text):
        pieces.append(Piece(text[at:], is_new=False))
    return tuple(pieces)


def freed_keys(pushed: Iterable[Pushed], out: set[str], lists: Lists) -> set[int]:
    """Keys of links that only comments have which are taken out of a campaign."""
    theirs: set[int] = set()
    others: set[int] = set()
    for each in pushed:
        (theirs if each.comment in out else others).update(keys_of_link(each.url, lists))
    return theirs - others


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def _sketch(comment: Comment, lists: Lists) -> bytes:
    return signature(look(comment, lists), lists).sketch


def _oddness(shown: Shown) -> float:
    """The sum of what speaks for another author: a low score, other words, other words only here, no link."""
    own = sum(len(piece.text) for piece in shown.pieces if piece.is_new)
    share = own / max(1, sum(len(piece.text) for piece in shown.pieces))
    return (1 - shown.member.score) + (1 - shown.similarity) + share + (0.5 if shown.lacks_link else 0.0)
