"""How features are written down: named, hashed, and each tied to the piece of evidence it was read from."""

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from app.core.blocks import NAMED, Block

GRAM_SIZES = (3, 4, 5)
"""Characters in an n-gram of an alphabetic script; scripts without spaces take 1 and 2."""

_WORD = re.compile(r"\w+")
_NOT_IN_WORDS = re.compile(r"[\W_]")
_ASCII_NOT_IN_WORDS = {code: " " for code in range(128) if not chr(code).isalnum()}
_SPACE = 32
_FIRST_UNSPACED = 0x0E00
"""Thai and what follows: Han, Kana, Hangul. Below it stand the scripts that put spaces between words."""
_PRIME = 0x01000193
_MULTIPLIER = np.uint32(_PRIME)
_UNUSED_BITS = np.uint32(32 - NAMED.bits)
_BLANK = re.compile(r"\s")


class Unit(NamedTuple):
    """One piece of evidence: what a reason may name. A tuple, as a comment has a hundred of them."""

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
    """Weight of each entry, 0 to WEIGHTS - 1, see blocks.py. One may occur more than once; its values add up."""
    value: npt.NDArray[np.float64]
    """Value of each entry, above 0."""
    unit: npt.NDArray[np.int64]
    """Position in `units` of each entry."""
    units: tuple[Unit, ...]
    link: npt.NDArray[np.int64]
    """Per unit, the index of the link it belongs to, or -1."""


class Word(NamedTuple):
    """A word of a folded text, with its span there."""

    text: str
    begin: int
    end: int


def buckets(names: Iterable[str]) -> npt.NDArray[np.int64]:
    """The buckets of named features, the same on every machine.

    >>> buckets(["w:casino", "w:bonus"]).tolist()
    [691327, 997575]
    """
    hashed = np.array([crc32(name.encode("utf-8", "replace")) for name in names], dtype=np.uint32)
    return (hashed * np.uint32(0x9E3779B1) >> _UNUSED_BITS).astype(np.int64)


def words(folded: str) -> list[Word]:
    """The words of a folded text, with their spans.

    >>> words("don't")
    [Word(text='don', begin=0, end=3), Word(text='t', begin=4, end=5)]
    """
    return [Word(match.group(), *match.span()) for match in _WORD.finditer(folded)]


def tokens(folded: str) -> list[str]:
    """The words of a folded text, without their spans.

    >>> tokens("don't buy_this: казино!")
    ['don', 't', 'buy_this', 'казино']
    """
    found: list[str] = _WORD.findall(folded)
    return found


def step(value: float, edges: Sequence[float]) -> int:
    """Which step of a staircase a number stands on: 0 up to the first edge, len(edges) above the last.

    >>> [step(n, (0, 10, 100)) for n in (0, 1, 10, 11, 5000)]
    [0, 1, 1, 2, 3]
    """
    return bisect_left(edges, value)


class Grams:
    """The character n-grams of a folded text: found once, with other buckets in every namespace.

    Anything but letters and digits separates words, or only blanks do when signs count as letters; an n-gram may
    begin or end with the gap, but not span it.

    >>> len(Grams("casino")), len(Grams("")), len(Grams("so!")), len(Grams("so!", signs=True))
    (15, 0, 3, 6)
    """

    def __init__(self, folded: str, signs: bool = False) -> None:
        if signs:
            spaced = _BLANK.sub(" ", folded)
        else:
            spaced = folded.translate(_ASCII_NOT_IN_WORDS) if folded.isascii() else _NOT_IN_WORDS.sub(" ", folded)
        self._codes = np.frombuffer(f" {spaced} ".encode("utf-32-le", "replace"), dtype=np.uint32)
        self._starts = _starts(self._codes)
        """Size of an n-gram -> where those of that size begin, in the text with a space around it."""
        self._count = sum(map(len, self._starts.values()))

    def __len__(self) -> int:
        """How many there are."""
        return self._count

    def buckets(self, salt: str, block: Block = NAMED) -> npt.NDArray[np.int64]:
        """Their weights in a block; texts under the same salt share what their n-grams mean."""
        hashed = self._codes ^ np.uint32(crc32(salt.encode()) * _PRIME & 0xFFFFFFFF)
        found: list[npt.NDArray[np.uint32]] = []
        for size in range(1, max(GRAM_SIZES) + 1):
            if size > 1:
                hashed = hashed[:-1] * _MULTIPLIER ^ self._codes[size - 1 :]
            if size in self._starts:
                found.append(hashed[self._starts[size]])
        return block.spread(np.concatenate(found))

    def centres(self) -> npt.NDArray[np.int64]:
        """The position in the text of each one's middle character."""
        found = np.concatenate([at + (size // 2 - 1) for size, at in self._starts.items()])
        centres: npt.NDArray[np.int64] = np.maximum(np.minimum(found, len(self._codes) - 3), 0)  # np.clip takes 8 us
        return centres


def _starts(codes: npt.NDArray[np.uint32]) -> dict[int, npt.NDArray[np.int64]]:
    """Where n-grams begin, by their size."""
    starts: dict[int, npt.NDArray[np.int64]] = {}
    unspaced = codes >= _FIRST_UNSPACED
    if unspaced.any():
        starts[1] = unspaced.nonzero()[0]
        starts[2] = (unspaced[:-1] & unspaced[1:]).nonzero()[0]
    visible = codes != _SPACE
    kept = visible[1:-1]
    for size in GRAM_SIZES:
        if size > GRAM_SIZES[0]:
            kept = kept[:-1] & visible[size - 2 : -1]
        starts[size] = kept.nonzero()[0]
    return starts


class Emitter:
    """Collects features while the comment is read."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._value: list[float] = []
        self._unit: list[int] = []
        self._arrays: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.int64]]] = []
        self.units: list[Unit] = []

    def open(self, code: str, field: str = "", span: tuple[int, int] = (0, 0), link: int = -1) -> int:
        """A new piece of evidence; features are then added to it by the number this returns."""
        self.units.append(Unit(code, field, *span, link))
        return len(self.units) - 1

    def add(self, unit: int, names: Sequence[str], value: float) -> None:
        """Named features of one piece of evidence, each with the same value."""
        self.add_each([unit] * len(names), names, value)

    def add_each(self, units: Sequence[int], names: Sequence[str], value: float) -> None:
        """Named features with the same value, each with the piece of evidence it belongs to."""
        self._unit += units
        self._names += names
        self._value += [value] * len(names)

    def add_counted(self, unit: int, names: Sequence[str], counts: Sequence[int], weight: float) -> None:
        """Named features with an L2 norm of `weight` together; what comes c times counts as sqrt(c)."""
        self._unit += [unit] * len(names)
        self._names += names
        total = sum(counts)
        self._value += [weight * math.sqrt(count / total) for count in counts]

    def add_running(self, index: npt.NDArray[np.int64], unit: npt.NDArray[np.int64]) -> None:
        """Features of the running text, with an L2 norm of 1.0; one that comes c times counts as sqrt(c).

        Args:
            index: (entries,) the weight of each; may be empty.
            unit: (entries,) the evidence each belongs to.
        """
        if len(index):
            _, kind, counts = np.unique(index, return_inverse=True, return_counts=True)
            self._arrays.append((index, 1 / np.sqrt(counts[kind] * len(index)), unit))

    def add_grams(
        self, salt: str, found: Grams, unit_at: npt.NDArray[np.int64] | int, weight: float
    ) -> npt.NDArray[np.int64]:
        """Character n-grams of a text, with an L2 norm of `weight`; returns their buckets.

        Args:
            salt: their namespace.
            found: the n-grams.
            unit_at: the evidence each character of the text belongs to, or one for all.
            weight: the L2 norm of all the n-grams together.
        """
        index = found.buckets(salt)
        if len(found):
            value = np.full(len(found), weight / math.sqrt(len(found)))
            unit = np.full(len(found), unit_at) if isinstance(unit_at, int) else unit_at[found.centres()]
            self._arrays.append((index, value, unit))
        return index

    def features(self) -> Features:
        """All that was added."""
        columns = [
            (
                buckets(self._names),
                np.array(self._value, dtype=np.float64),
                np.array(self._unit, dtype=np.int64),
            ),
            *self._arrays,
        ]
        index, value, unit = (np.concatenate(column) for column in zip(*columns, strict=True))
        return Features(index, value, unit, tuple(self.units), np.array([unit.link for unit in self.units]))
