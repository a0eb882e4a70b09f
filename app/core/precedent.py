"""A person's word on one comment, for what arrives like it. Values only; the store remembers and finds.

A campaign is settled as a whole by somebody who has looked at it; this is the word on a single comment, so it says
less: copies are what the comment was, and of what merely shares a link or part of the text a person decides.
"""

from collections.abc import Sequence
from typing import NamedTuple

from app.core.campaign import ALIKE, COPY, Signature, kind_of, similarity
from app.core.comment import Precedent

_KEY_BYTES = 8


class Remembered(NamedTuple):
    """A key of a decided comment that the one at hand has too."""

    key: int
    id: str
    """Of the decided comment."""
    label: str
    by: str
    at: str
    sketch: bytes
    keys: tuple[int, ...]
    """All keys of the decided comment."""


def asked_keys(signed: Signature) -> tuple[int, ...]:
    """The keys by which a comment finds precedents: of its text and of whole addresses, never of a whole domain."""
    return tuple(key for key in signed.keys if kind_of(key) in ("text", "url") and key not in signed.common)


def recalled(signed: Signature, found: Sequence[Remembered]) -> Precedent | None:
    """The precedent that speaks of a comment; None when none does.

    Args:
        signed: the comment's signature.
        found: what its keys lead to, in any order.

    Of several, one of which the comment is a copy comes first, then the one that was decided last.
    """
    spoken = [each for each in (_speaks(signed, one) for one in found) if each]
    return max(spoken, key=lambda each: (each.is_copy, each.at, each.id), default=None)


def _speaks(signed: Signature, known: Remembered) -> Precedent | None:
    near = similarity(signed.sketch, known.sketch)
    addresses = {key for key in signed.keys if kind_of(key) == "url" and key not in signed.common}
    if known.label == "ham":
        is_copy = addresses <= set(known.keys) and (not signed.sketch or near >= COPY)
        return Precedent(known.id, "ham", known.by, known.at, is_copy=True) if is_copy else None
    has_link = kind_of(known.key) == "url" and known.key in addresses
    if not has_link and near < ALIKE:
        return None
    return Precedent(known.id, "spam", known.by, known.at, is_copy=near >= COPY)


def packed(signed: Signature) -> bytes:
    """A signature as bytes, to be kept with its comment; see `unpacked`."""
    keys = b"".join(key.to_bytes(_KEY_BYTES, "big") for key in signed.keys)
    return bytes([len(signed.sketch)]) + signed.sketch + keys


def unpacked(kept: bytes) -> Signature:
    """The signature that `packed` wrote, without which of its addresses are common; of no bytes one without keys.

    >>> unpacked(packed(Signature((5, 2**62), b""))).keys
    (5, 4611686018427387904)
    """
    if not kept:
        return Signature((), b"")
    end = 1 + kept[0]
    keys = range(end, len(kept), _KEY_BYTES)
    return Signature(tuple(int.from_bytes(kept[at : at + _KEY_BYTES], "big") for at in keys), kept[1:end])
