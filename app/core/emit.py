"""How features are written down: named, hashed, and each tied to the piece of evidence it was read from."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

BUCKET_BITS = 22
"""2^22 weights: 8 MB in memory in half precision, 5 MB on disk. The corpora hold 3.3 million features; in 2^20 buckets
96 of 100 were taken, most of them several times."""
BUCKETS = 1 << BUCKET_BITS

GRAM_SIZES = (3, 4, 5)
"""Characters in an n-gram of an alphabetic script; scripts without spaces take 1 and 2."""

_WORD = re.compile(r"\w+")
_FIRST_UNSPACED = 0x0E00
"""Thai and what follows: Han, Kana, Hangul. Below it stand the scripts that put spaces between words."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece of evidence: what a reason may name."""

    code: str
    """The reason code it counts under, e.g. `text.words`."""
    field: str
    """The comment's field it stands in; empty for the comment as a whole."""
    begin: int
    end: int
    """Code points of the field as sent; equal when there is no span."""
    link: int
    """Index of the link it belongs to, or -1."""


@dataclass(frozen=True, slots=True)
class Features:
    """A comment as the model sees it: a sparse row, and what each entry was read from."""

    index: npt.NDArray[np.int64]
    """Bucket of each entry, 0 to BUCKETS - 1. A bucket may occur more than once; its values add up."""
    value: npt.NDArray[np.float64]
    """Value of each entry, above 0."""
    unit: npt.NDArray[np.int64]
    """Position in `units` of each entry."""
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a folded text, with its span there."""

    text: str
    begin: int
    end: int


def bucket(name: str) -> int:
    """The bucket of a named feature, the same on every machine.

    >>> bucket("w:casino") == bucket("w:casino") < BUCKETS
    True
    """
    return (crc32(name.encode("utf-8", "replace")) * 0x9E3779B1 & 0xFFFFFFFF) >> (32 - BUCKET_BITS)


def words(folded: str) -> list[Word]:
    """The words of a folded text.

    >>> [word.text for word in words("don't buy_this: казино!")]
    ['don', 't', 'buy_this', 'казино']
    """
    return [Word(match.group(), match.start(), match.end()) for match in _WORD.finditer(folded)]


def step(value: float, edges: Sequence[float]) -> int:
    """Which step of a staircase a number stands on: 0 up to the first edge, len(edges) above the last.

    >>> [step(n, (0, 10, 100)) for n in (0, 1, 10, 11, 5000)]
    [0, 1, 1, 2, 3]
    """
    return sum(value > edge for edge in edges)


class Emitter:
    """Collects features while the comment is read."""

    def __init__(self) -> None:
        self._index: list[int] = []
        self._value: list[float] = []
        self._unit: list[int] = []
        self._arrays: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.int64]]] = []
        self.units: list[Unit] = []

    def open(self, code: str, field: str = "", span: tuple[int, int] = (0, 0), link: int = -1) -> int:
        """A new piece of evidence; features are then added to it by the number this returns."""
        self.units.append(Unit(code, field, *span, link))
        return len(self.units) - 1

    def add(self, unit: int, names: Iterable[str], value: float) -> None:
        """Named features of one piece of evidence, each with the same value."""
        for name in names:
            self._index.append(bucket(name))
            self._value.append(value)
            self._unit.append(unit)

    def add_grams(self, salt: str, folded: str, unit_at: Sequence[int] | int, weight: float) -> npt.NDArray[np.int64]:
        """Character n-grams of a folded text, with an L2 norm of `weight`; returns their buckets.

        Args:
            salt: namespace; texts under the same one share what their n-grams mean.
            folded: the text; anything but letters and digits separates words.
            unit_at: the evidence each character belongs to, or one for all.
            weight: the L2 norm of all the n-grams together.
        """
        index, centre = grams(salt, folded)
        if not len(index):
            return index
        value = np.full(len(index), weight / math.sqrt(len(index)))
        if isinstance(unit_at, int):
            unit = np.full(len(index), unit_at, dtype=np.int64)
        else:
            unit = np.asarray(unit_at, dtype=np.int64)[centre]
        self._arrays.append((index, value, unit))
        return index

    def features(self) -> Features:
        """All that was added."""
        columns = [
            (
                np.asarray(self._index, dtype=np.int64),
                np.asarray(self._value, dtype=np.float64),
                np.asarray(self._unit, dtype=np.int64),
            ),
            *self._arrays,
        ]
        index, value, unit = (np.concatenate(column) for column in zip(*columns, strict=True))
        return Features(index, value, unit, tuple(self.units))


_PUNCTUATION = re.compile(r"[\W_]")


def grams(salt: str, folded: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Buckets of the n-grams of a text and the position of each one's middle character.

    >>> len(grams("c", "casino")[0]), len(grams("c", "")[0])
    (15, 0)
    """
    padded = " " + _PUNCTUATION.sub(" ", folded) + " "
    codes = np.frombuffer(padded.encode("utf-32-le", "replace"), dtype=np.uint32)
    seed = np.uint32(crc32(salt.encode()))
    space = codes == 32
    unspaced = codes >= _FIRST_UNSPACED
    found_index: list[npt.NDArray[np.int64]] = []
    found_centre: list[npt.NDArray[np.int64]] = []
    last = max(len(folded) - 1, 0)
    sizes = (1, 2, *GRAM_SIZES) if unspaced.any() else GRAM_SIZES
    hashed = np.full(len(codes), seed, dtype=np.uint32)
    for size in range(1, max(sizes) + 1):
        length = len(codes) - size + 1
        if length <= 0:
            break
        hashed = hashed[:length] * np.uint32(0x01000193) ^ codes[size - 1 :]
        if size not in sizes:
            continue
        middle_spaces = np.zeros(length, dtype=bool)
        for offset in range(1, size - 1):
            middle_spaces |= space[offset : offset + length]
        keep = ~middle_spaces
        if size <= 2:
            keep &= unspaced[:length] & unspaced[size - 1 :]
        at = np.flatnonzero(keep)
        mixed = (hashed[at] ^ (hashed[at] >> np.uint32(15))) * np.uint32(0x85EBCA6B)
        found_index.append((mixed >> np.uint32(32 - BUCKET_BITS)).astype(np.int64))
        # Not np.clip, which costs 8 us a call.
        found_centre.append(np.maximum(np.minimum(at + (size // 2 - 1), last), 0))
    if not found_index:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    return np.concatenate(found_index), np.concatenate(found_centre)
