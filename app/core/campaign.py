"""Which comments belong together: near-duplicate texts, and the same link pushed again. Values only; the store finds.

A comment has keys, and a key that an earlier comment left behind leads to that one's campaign: a text's key when the
texts are near enough (`similarity`), a link's key always. Nothing honest must be drawn together by this, so a short
text has no key, and a link neither leads nor leaves anything behind where the score let the comment through (`kept`).
"""

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from operator import eq
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from app.core import kernels
from app.core.comment import Campaign
from app.core.features import Looked
from app.core.features_text import prose_of
from app.core.hosts import describe, parse_url
from app.core.lists import Lists
from app.core.places import address_of, is_common, place_of
from app.core.verdict import Classification

Kind = Literal["text", "url", "place", "acting"]

ALIKE = 0.4
"""Similarity from which a text belongs to a campaign. docs/adr/0022-campaigns.md has what was measured."""
COPY = 0.8
"""Similarity from which a text holds no more than the campaign's did."""
LEAST_SHINGLES = 40
"""Different runs of five letters that a text must have to be compared at all: some eight words."""
MAX_LETTERS = 5_000
"""Letters of a text that are looked at."""
MAX_LINKS = 8
"""Different links of a comment that give keys, the first ones."""
DAMNING = 0.5
"""Link score from which the whole domain, or the account on a host where anyone can publish, leaves a key behind."""

HASHES = 64
"""A sketch keeps a byte of each; two times out of three it tells the similarity to within 0.06."""
BANDS, ROWS = 5, 3
"""A key for each three of the first 15 hashes: of two texts with similarity 0.7, one agrees 88 times in 100."""

_KINDS: tuple[Kind, ...] = (*["text"] * BANDS, "url", "place", "acting")  # type: ignore[arg-type]
"""By the last four bits of a key; a text's keys have the number of their band there."""
_KIND_BITS = 4
_URL, _PLACE, _ACTING = range(BANDS, BANDS + 3)
_WAYS = ("text", "acting", "url", "place")
"""Of several campaigns that keys lead to, who comes first."""

_ADDRESS = re.compile(r"(?:https?|ftp)://\S*|www\.\S*")
_NO_LETTERS = {code: None for code in range(128) if not chr(code).isalpha()}
_PRIME = 0x00000100000001B3
_64_BITS = (1 << 64) - 1
_FIRST_UNSPACED = "\u0e00"
"""Thai, Han, Kana, Hangul: a character says as much there as three letters do."""
_FIELDS = frozenset({"text", "author", "author_url"})
_NO_PUSH = frozenset({"own", "identity"})
_SEED = 20_261_130


@dataclass(frozen=True, slots=True)
class Signature:
    """How a comment finds its campaign."""

    keys: tuple[int, ...]
    """0 to 2**63 - 1 each, without doubles; `kind_of` tells them apart."""
    sketch: bytes
    """Of the text, for `similarity`; empty when it is too short to be compared."""
    common: frozenset[int] = frozenset()
    """Those of the keys that say nothing: of the front page of a site everybody knows."""


NO_SIGNATURE = Signature((), b"")


class Lead(NamedTuple):
    """Where a key leads."""

    key: int
    campaign: Campaign
    sketch: bytes
    """The campaign's."""


def signature(looked: Looked, lists: Lists) -> Signature:
    """Every key that may lead a comment to its campaign, and the sketch of its text.

    The same for a disguised copy as for the plain one; digits and addresses in the text do not count.

    >>> from app.core.comment import Comment
    >>> from app.core.features import look
    >>> from app.lists import load
    >>> def signed(text): return signature(look(Comment(text=text), load()), load())
    >>> text = "Earn $%d a week from home with our proven system, ask for details"
    >>> signed(text % 900) == signed((text % 75).replace("a", "&#97;")), signed("Great post!").keys
    (True, ())
    """
    text_keys, sketch = _of_text(_letters(looked))
    pushed = _pushed(looked, lists)
    keys = [*text_keys, *(each.key for each in pushed), *(each.place_key for each in pushed if each.place_key)]
    return Signature(tuple(dict.fromkeys(keys)), sketch, frozenset(each.key for each in pushed if not each.leaves))


def kept(signed: Signature, looked: Looked, found: Classification, lists: Lists) -> Signature:
    """The keys that lead a comment in the end, and that it leaves behind for later ones.

    Args:
        signed: its `signature`.
        looked: what that was made of.
        found: the answer. A comment that is let through has only its text's keys: an honest author's address would
            draw together all that they ever wrote.
        lists: as before.
    """
    keys = [key for key in signed.keys if kind_of(key) == "text"]
    if found.action != "publish":
        pushed = [each for each in _pushed(looked, lists) if each.leaves]
        keys += [each.key for each in pushed]
        scores = [link.score for link in found.links]
        keys += [each.place_key for each in pushed if each.place_key and scores[each.number] >= DAMNING]
    return Signature(tuple(dict.fromkeys(keys)), signed.sketch)


def kind_of(key: int) -> Kind:
    """What a key was made of: a text, a whole address, a domain or account (`place`); or see `acting_key`."""
    return _KINDS[key & (1 << _KIND_BITS) - 1]


def acting_key(key: int) -> int:
    """The key under which a decision on a campaign acts on the address of this key.

    >>> kind_of(acting_key(url_key("a.example/b")))
    'acting'
    """
    return key >> _KIND_BITS << _KIND_BITS | _ACTING


def url_key(address: str) -> int:
    """The key of an address, see `places.address_of`."""
    return _key(_URL, address.encode())


def keys_of_link(url: str, lists: Lists) -> tuple[int, ...]:
    """The keys that a link of a stored comment may have left behind: of its address, and of who is behind it."""
    parsed = parse_url(url)
    if parsed is None:
        return ()
    place = place_of(parsed, describe(parsed, "", lists), lists)
    return url_key(address_of(parsed, lists)), *((_key(_PLACE, place.encode()),) if place else ())


def similarity(one: bytes, other: bytes) -> float:
    """How much two texts have in common, estimated from their sketches.

    0.0 to 1.0: of the runs of five letters that one or the other has, the share that both have. 0.0 without a sketch.
    """
    if not one or not other:
        return 0.0
    same: int = sum(map(eq, one, other))
    return max(0.0, (same / HASHES - 1 / 256) / (1 - 1 / 256))


def leads(key: int, sketch: bytes, to: bytes) -> bool:
    """Whether a key leads a comment with that sketch to a campaign with another."""
    return kind_of(key) != "text" or similarity(sketch, to) >= ALIKE


def recognised(signed: Signature, found: Sequence[Lead]) -> Campaign | None:
    """The campaign that a comment belongs to, with what of the comment it knows already; None when it knows nothing.

    Args:
        signed: the comment's `signature`.
        found: where its keys lead.

    One whose decision acts comes before others, then one that the text leads to, then the older one.
    """
    ways: dict[str, set[int]] = {}
    for lead in found:
        if leads(lead.key, signed.sketch, lead.sketch):
            ways.setdefault(lead.campaign.id, set()).add(lead.key)
    if not ways:
        return None
    by_id = {lead.campaign.id: lead for lead in found}

    def nearness(id: str) -> tuple[bool, int, str]:
        return by_id[id].campaign.label is None, min(_WAYS.index(kind_of(key)) for key in ways[id]), id

    id = min(ways, key=nearness)
    same_links = all(acting_key(key) in ways[id] for key in signed.keys if kind_of(key) == "url")
    same_text = not signed.sketch or similarity(signed.sketch, by_id[id].sketch) >= COPY
    by_link = all(kind_of(key) in ("url", "place") for key in ways[id])
    has_address = any(kind_of(key) == "url" for key in ways[id])
    return replace(by_id[id].campaign, by_link=by_link, is_copy=same_links and same_text, has_address=has_address)


class _Pushed(NamedTuple):
    number: int
    """Of the link."""
    key: int
    place_key: int
    """0 without a place."""
    leaves: bool


def _pushed(looked: Looked, lists: Lists) -> list[_Pushed]:
    """The links that a comment pushes: not those to its page's own site, and nobody's sign-in address."""
    found: dict[str, _Pushed] = {}
    for number, link in enumerate(looked.links):
        if link.field not in _FIELDS or link.host.kind in _NO_PUSH:
            continue
        address = address_of(link.url, lists)
        if address in found:
            continue
        place = place_of(link.url, link.host, lists) if len(found) < MAX_LINKS else ""
        place_key = _key(_PLACE, place.encode()) if place else 0
        found[address] = _Pushed(number, url_key(address), place_key, not is_common(link.url, lists))
    pushed = list(found.values())
    if len(pushed) > MAX_LINKS:  # all the others as one: who knows the first ones does not know these
        others = url_key("\n".join(list(found)[MAX_LINKS:]))
        pushed = [*pushed[:MAX_LINKS], _Pushed(-1, others, 0, leaves=True)]
    return pushed


def _key(kind: int, content: bytes) -> int:
    """63 bits, of which the last four say the kind."""
    hashed = int.from_bytes(blake2b(content, digest_size=8).digest(), "big")
    return hashed >> _KIND_BITS + 1 << _KIND_BITS | kind


def _letters(looked: Looked) -> str:
    """What the comment says, run together: words broken by markup or blanks are whole here."""
    prose = prose_of(looked.seen, looked.links)
    if "//" in prose or "www." in prose:  # an address that stands there again, or is what the reader clicks on
        prose = _ADDRESS.sub("", prose)
    if prose.isascii():  # some ten times as fast
        return prose.translate(_NO_LETTERS)[:MAX_LETTERS]
    return "".join(filter(str.isalpha, prose))[:MAX_LETTERS]


def _of_text(letters: str) -> tuple[list[int], bytes]:
    if len(letters) < LEAST_SHINGLES // 3:
        return [], b""
    different, least = kernels.least_hashes(letters, _MULTIPLIERS)
    unspaced = 0 if letters.isascii() else sum(c >= _FIRST_UNSPACED for c in letters)
    if different * (1 + 2 * unspaced / len(letters)) < LEAST_SHINGLES:
        return [], b""
    return _of_bands(struct.unpack_from(f"<{BANDS * ROWS}I", least)), least[::4]


def _of_bands(least: Sequence[int]) -> list[int]:
    keys = []
    for band in range(BANDS):
        key = band + 1
        for hashed in least[band * ROWS : (band + 1) * ROWS]:
            key = (key ^ hashed) * _PRIME & _64_BITS
            key ^= key >> 29
        keys.append(key >> _KIND_BITS + 1 << _KIND_BITS | band)
    return keys


def _multipliers() -> npt.NDArray[np.uint32]:
    """An odd number for each hash function, from a fixed seed (Knuth's MMIX generator)."""
    state, found = _SEED, []
    for _ in range(HASHES):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        found.append(state >> 32 | 1)
    return np.array(found, dtype=np.uint32)


_MULTIPLIERS = _multipliers()
"""(HASHES,) uint32."""
