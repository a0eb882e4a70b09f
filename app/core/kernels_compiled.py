"""The same as `kernels_plain`, by `_kernels.c`; importing it fails where that has not been compiled."""

import numpy as np
import numpy.typing as npt

from app.core import _kernels
from app.core.blocks import NAMED, RHYTHM, WORDING, Block
from app.core.kernels_plain import (
    HEAD_TOKENS,
    LONGEST_RHYTHM,
    LONGEST_WORDING,
    TAIL_TOKENS,
    Indices,
    Numbers,
    seed_of,
)

_WORDING = (HEAD_TOKENS, TAIL_TOKENS, LONGEST_WORDING, WORDING.first, WORDING.bits)
_RHYTHM = (HEAD_TOKENS, TAIL_TOKENS, LONGEST_RHYTHM, RHYTHM.first, RHYTHM.bits)
_UNUSED_BITS = 32 - NAMED.bits


def name_buckets(names: list[str]) -> Indices:
    """See kernels_plain."""
    return np.frombuffer(_kernels.name_buckets(names, _UNUSED_BITS), np.int64)


def grams(folded: str, salt: str, block: Block = NAMED, signs: bool = False) -> tuple[Indices, Indices]:
    """See kernels_plain."""
    index, middles = _kernels.grams(folded, signs, seed_of(salt), block.first, block.bits)
    return np.frombuffer(index, np.int64), np.frombuffer(middles, np.int64)


def wording(running: str) -> tuple[Indices, Indices]:
    """See kernels_plain."""
    index, middles = _kernels.wording(running, *_WORDING)
    return np.frombuffer(index, np.int64), np.frombuffer(middles, np.int64)


def rhythm(running: str) -> Indices:
    """See kernels_plain."""
    index, _ = _kernels.rhythm(running, *_RHYTHM)
    return np.frombuffer(index, np.int64)


def damped(index: Indices) -> Numbers:
    """See kernels_plain."""
    return np.frombuffer(_kernels.damped(index), np.float64)


def by_unit(weights: npt.NDArray[np.float16], index: Indices, value: Numbers, unit: Indices, units: int) -> Numbers:
    """See kernels_plain."""
    return np.frombuffer(_kernels.by_unit(weights, index, value, unit, units), np.float64)


def least_hashes(letters: str, multipliers: npt.NDArray[np.uint32]) -> tuple[int, bytes]:
    """See kernels_plain."""
    return _kernels.least_hashes(letters, multipliers)
