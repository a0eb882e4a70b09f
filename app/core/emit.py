"""How features are written down: named, hashed, and each tied to the piece of evidence it was read from."""

import math
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from app.core import kernels

_WORD = re.compile(r"\w+")


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
            self._arrays.append((index, kernels.damped(index), unit))

    def add_grams(
        self, salt: str, folded: str, unit_at: npt.NDArray[np.int64] | int, weight: float
    ) -> npt.NDArray[np.int64]:
        """Character n-grams of a text, with an L2 norm of `weight`; returns their buckets.

        Args:
            salt: their namespace.
            folded: the text, see kernels_plain.grams.
            unit_at: the evidence each character of the text belongs to, or one for all.
            weight: the L2 norm of all the n-grams together.
        """
        index, middles = kernels.grams(folded, salt)
        if len(index):
            value = np.full(len(index), weight / math.sqrt(len(index)))
            unit = np.full(len(index), unit_at) if isinstance(unit_at, int) else unit_at[middles]
            self._arrays.append((index, value, unit))
        return index

    def features(self) -> Features:
        """All that was added."""
        columns = [
            (
                kernels.name_buckets(self._names),
                np.array(self._value, dtype=np.float64),
                np.array(self._unit, dtype=np.int64),
            ),
            *self._arrays,
        ]
        index, value, unit = (np.concatenate(column) for column in zip(*columns, strict=True))
        return Features(index, value, unit, tuple(self.units), np.array([unit.link for unit in self.units]))
