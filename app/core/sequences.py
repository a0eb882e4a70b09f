"""Runs of tokens: words and signs that follow one another, hashed in one go."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt

from app.core.blocks import Block

_MULTIPLIER = np.uint32(0x01000193)
_GAP = np.uint32(0x9E3779B1)
"""Stands for a token that is left out."""


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
        hashed = hashed * _MULTIPLIER ^ codes[offset : offset + many]
    return hashed


class Sequences:
    """All runs of up to so many tokens, and where asked for those of three with the middle one left out.

    >>> Sequences(["Great", "post", "!"], longest=2).middles.tolist()
    [0, 1, 2, 1, 2]
    >>> Sequences(["Great", "post", "!"], longest=2, gaps=True).middles.tolist()
    [0, 1, 2, 1, 2, 1]
    >>> len(Sequences([], longest=3).middles)
    0
    """

    def __init__(self, tokens: Sequence[str], longest: int, gaps: bool = False) -> None:
        codes = codes_of(tokens)
        runs = [runs_of(codes, size) for size in range(1, longest + 1)]
        middles = [np.arange(len(run)) + size // 2 for size, run in enumerate(runs, start=1)]
        if gaps and len(codes) > 2:
            runs.append((codes[:-2] * _MULTIPLIER ^ _GAP) * _MULTIPLIER ^ codes[2:])
            middles.append(np.arange(len(codes) - 2) + 1)
        self._runs = np.concatenate(runs)
        self.middles: npt.NDArray[np.int64] = np.concatenate(middles)
        """(runs,) the position among the tokens of each one's middle token; of two, the second."""

    def buckets(self, block: Block) -> npt.NDArray[np.int64]:
        """(runs,) the weight of each, in the block."""
        return block.spread(self._runs)
