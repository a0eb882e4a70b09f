"""Where a model's weights stand: one block for named features, and one for each way of reading the running text.

Each block is fitted apart from the others and their log-odds are added (docs/adr/0015, 0016): models that err in
different places err less together.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_HALF, _MIXER = np.uint32(15), np.uint32(0x85EBCA6B)


@dataclass(frozen=True, slots=True)
class Block:
    """A run of weights that features are hashed into."""

    name: str
    first: int
    """Index of its first weight."""
    bits: int
    """It has 2^bits weights."""

    @property
    def size(self) -> int:
        """How many weights it has."""
        return 1 << self.bits

    @property
    def end(self) -> int:
        """One past its last weight."""
        return self.first + self.size

    def spread(self, hashed: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
        """(entries,) the weight of each hash, its bits mixed first."""
        mixed = (hashed ^ hashed >> _HALF) * _MIXER
        return (mixed >> np.uint32(32 - self.bits)).astype(np.int64) + self.first


NAMED = Block("named", 0, 22)
"""Named features and n-grams of words: 8 MB in memory in half precision, 5 MB on disk. The corpora hold 3.3 million
features; in 2^20 buckets 96 of 100 were taken, most of them several times."""
SPELLING = Block("spelling", NAMED.end, 20)
"""N-grams of characters, see features_running: 2^21 caught 0.1 points more."""
WORDING = Block("wording", SPELLING.end, 21)
"""Runs of words and signs as they are written."""
RHYTHM = Block("rhythm", WORDING.end, 19)
"""Runs of shapes of words: capitals, length, signs."""
BLOCKS = (NAMED, SPELLING, WORDING, RHYTHM)
WEIGHTS = BLOCKS[-1].end
"""Weights of a model."""
