"""Single sources in five folds by campaign: how well a source is judged by a model that knows the rest of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np
import numpy.typing as npt

from app.errors import ExamplesUnusable
from app.training.crossing import calibrate, cross
from app.training.dataset import assemble
from app.training.examples import Example
from app.training.sources import Source

PARTS = 5


@dataclass(frozen=True, slots=True)
class SourceF1:
    """One source, taken for spam from a probability of one half."""

    source: str
    spam: int
    ham: int
    precision: float
    """Share of what is taken for spam that is; NaN when nothing is."""
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of both; 0 when nothing is right, NaN when nothing is taken for spam.

        >>> SourceF1("chat", 10, 10, precision=1.0, recall=0.5).f1
        0.6666666666666666
        """
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def source_f1s(
    examples: Sequence[Example],
    names: Sequence[str],
    sources: dict[str, Source],
    features: Callable[[float], None] = lambda _: None,
    fitted: Callable[[int], None] = lambda _: None,
) -> list[SourceF1]:
    """Fit five times on all but a fifth of the named sources, and judge that fifth.

    Args:
        examples: of the named sources and whatever else is to train.
        names: sources to judge.
        sources: what is known about all sources.
        features: called with the share of the features that were worked out since the last call.
        fitted: called after each fit with its number.

    Raises:
        ExamplesUnusable: a name without spam or without ham among the examples.
    """
    kinds = {(example.source, example.is_spam) for example in examples}
    for name in names:
        if not {(name, True), (name, False)} <= kinds:
            what = "There is no spam of it, or no ham, among the examples."
            raise ExamplesUnusable(name, what, "Name a source that --data holds, such as youtube-en.")
    parts = np.array([_part(example) if example.source in names else 0 for example in examples], dtype=np.int64)
    data = replace(assemble(examples, sources, features, parts), left_out=parts > 0)
    crossed = cross(data, fitted)
    is_taken = calibrate(data, crossed).logits(crossed) > 0
    of = np.array([example.source for example in examples])
    return [_f1(name, data.is_spam[of == name], is_taken[of == name]) for name in names]


def _part(example: Example) -> int:
    """1 to PARTS, the same for a whole campaign."""
    return crc32((example.campaign or example.id).encode("utf-8", "replace")) % PARTS + 1


def _f1(name: str, is_spam: npt.NDArray[np.bool_], is_taken: npt.NDArray[np.bool_]) -> SourceF1:
    right = int((is_spam & is_taken).sum())
    taken, spam = int(is_taken.sum()), int(is_spam.sum())
    return SourceF1(name, spam, len(is_spam) - spam, right / taken if taken else float("nan"), right / spam)
