"""Runs of tokens: words and signs that follow one another, hashed in one go."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt

PRIME = 0x01000193
"""Of the FNV hash."""
MULTIPLIER = np.uint32(PRIME)


def codes_of(tokens: Sequence[str]) -> npt.NDArray[np.uint32]:
    """(tokens,) a hash of each."""
    return np.array([crc32(token.encode("utf-8", "replace")) for token in tokens], dtype=np.uint32)


def runs_of(codes: npt.NDArray[np.uint32], size: int) -> npt.NDArray[np.uint32]:
    """(tokens - size + 1,) a hash of each run of so many tokens; empty when there are fewer.

    >>> len(runs_of(codes_of("abcd"), 3)), len(runs_of(codes_of("ab"), 3))
    (2, 0)
    """
    many = max(0, len(codes) - size + 1)
    hashed = np.full(many, size, dtype=np.uint32)
    for offset in range(size):
        hashed = hashed * MULTIPLIER ^ codes[offset : offset + many]
    return hashed
