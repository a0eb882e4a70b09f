"""Features of the whole comment as one running text, read in three ways: its spelling, its wording and its rhythm.

The other features weigh each part by itself. Here name, address and text share one norm, so that in a short comment the
address says most and in a long one the words. The model learns the weights of each way apart from all others and adds
their log-odds, which catches more than any of them or than all learned together (docs/models.md).
"""

import re
from functools import lru_cache
from typing import TypeVar
from unicodedata import category

import numpy as np

from app.core.blocks import RHYTHM, SPELLING, WORDING
from app.core.comment import Comment
from app.core.emit import Emitter, Grams
from app.core.features_author import Name
from app.core.features_page import UNSPACED
from app.core.links import Link
from app.core.lists import Lists
from app.core.running import OWN, SHARED, Pieces, Running, owners_of, running
from app.core.sequences import Sequences
from app.core.text import Seen

_MARKS = r"\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0dff"
"""Vowel signs that belong to the word they stand in; Python takes them for signs."""
_WORD_OR_SIGN = re.compile(rf"[{UNSPACED}]|(?:(?![{UNSPACED}])[\w{_MARKS}])+|[^\w\s]|\n")
_SHAPED = re.compile(rf"""(?i)https?://[^\s"<>]*[^\s"<>.,;:!?)]|[{SHARED}{OWN}][^\s"<>]*|[\w{_MARKS}]+|[^\w\s]|\n""")
_SHAPE_OF_ADDRESS = {SHARED: "SHARED URL", OWN: "OWN URL"}
_Token = TypeVar("_Token")
_LONGEST_WORDING = 3
_LONGEST_RHYTHM = 5
_KNOWN_CHARS = 24
_HEAD_TOKENS, _TAIL_TOKENS = 2000, 1000
"""Of a longer text so many words and signs are read from its beginning and its end."""


def emit(out: Emitter, comment: Comment, name: Name, seen: Seen, links: tuple[Link, ...], lists: Lists) -> None:
    """Add spelling, wording and rhythm, each to the evidence that its middle stands for.

    Args:
        out: holds the evidence of words and name already.
        comment: as sent.
        name: the author's name, without disguise.
        seen: the text as a reader sees it.
        links: all links.
        lists: to find hosts that are written without a scheme.
    """
    owners = owners_of(out, comment, links)
    pieces = Pieces(comment, name, seen, links, lists)
    spelt = running(pieces, owners, folded=True)
    grams = Grams(spelt.text, signs=True)
    out.add_running(grams.buckets("spelling", SPELLING), spelt.owner[grams.centres()])
    written = running(pieces, owners, folded=False)
    _wording(out, written)
    _rhythm(out, written)


def _wording(out: Emitter, written: Running) -> None:
    """Runs of up to three words and signs with their capitals, and of three without the middle one."""
    found = _read([match.span() for match in _WORD_OR_SIGN.finditer(written.text)])
    if found:
        runs = Sequences([written.text[begin:end] for begin, end in found], _LONGEST_WORDING, gaps=True)
        owner = written.owner[np.array([begin for begin, _ in found])]
        out.add_running(runs.buckets(WORDING), owner[runs.middles])


def _rhythm(out: Emitter, written: Running) -> None:
    """Runs of up to five shapes: how long words are written, where capitals and signs stand, whatever the words."""
    tokens = _read(_SHAPED.findall(written.text))
    shapes = [_known_shape(token) if len(token) <= _KNOWN_CHARS else shape_of(token) for token in tokens]
    if shapes:
        index = Sequences(shapes, _LONGEST_RHYTHM).buckets(RHYTHM)
        out.add_running(index, np.full(len(index), out.open("shape.rhythm", "text")))


def _read(found: list[_Token]) -> list[_Token]:
    if len(found) <= _HEAD_TOKENS + _TAIL_TOKENS:
        return found
    return found[:_HEAD_TOKENS] + found[-_TAIL_TOKENS:]


def shape_of(token: str) -> str:
    """A token without its letters: whose address, `0` for a number, a sign as it is, else its capitals and any digits.

    >>> [shape_of(token) for token in ("https://a.example/b", "\\x01/b", "42", "!", "Great", "WIN", "I", "h264")]
    ['URL', 'SHARED URL', '0', '!', 'Aa', 'AA', 'Aa', 'a0']
    """
    first = token[0]
    if first in _SHAPE_OF_ADDRESS:
        return _SHAPE_OF_ADDRESS[first]
    if token[:4].lower() == "http" and "://" in token:
        return "URL"
    if not (first.isalnum() or first == "_" or len(token) > 1 or category(first)[0] == "M"):
        return token
    if token.isdigit():
        return "0"
    capitals = "AA" if len(token) > 1 and token.isupper() else "Aa" if first.isupper() else "a"
    return capitals + ("0" if any(map(str.isdigit, token)) else "")


_known_shape = lru_cache(maxsize=8192)(shape_of)
"""Words come again and again; the long ones, which would fill the memory, do not."""
