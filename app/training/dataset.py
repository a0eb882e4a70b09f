"""Examples and their features, ready to be split and fitted."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy import sparse

from app.errors import ExamplesUnusable
from app.training.copies import PADDED_WEIGHT, only_text, padded
from app.training.examples import Example
from app.training.fit import Fitted, fit
from app.training.languages import languages
from app.training.matrix import Matrix, build
from app.training.sources import Source

FOLDS = 7
LARGEST_GROUP = 1 / 3
"""A group with a larger share of all examples would leave a fold too much to judge and too little to learn from."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Labelled comments as matrices, with what splitting and weighting need."""

    examples: Sequence[Example]
    is_spam: npt.NDArray[np.bool_]
    weight: npt.NDArray[np.float64]
    """(examples,) by source."""
    fold: npt.NDArray[np.int64]
    """(examples,) 1 to FOLDS: the fold that leaves the example out."""
    left_out: npt.NDArray[np.bool_]
    """(examples,) whether the example's whole source is left out by its fold, so that its site is never seen."""
    matrix: Matrix
    languages: sparse.csr_matrix
    """(examples, languages but English) 1.0 where the text is in that language."""
    copies: sparse.csr_matrix
    """(copies, WEIGHTS) what trains beside them, see copies.py."""
    copied: npt.NDArray[np.int64]
    """(copies,) the example that each is a copy of."""
    copy_weight: npt.NDArray[np.float64]
    """(copies,) how much each counts beside the example."""

    def fitted_on(self, rows: npt.NDArray[np.int64]) -> Fitted:
        """Weights from some of the examples and their copies.

        Args:
            rows: which examples.

        Raises:
            ExamplesUnusable: they are all spam, or all ham, or none.
        """
        kinds = set(self.is_spam[rows].tolist())
        if len(kinds) < 2:
            lacking = "spam" if True not in kinds else "ham"
            what = f"When one part is left out to measure on, there is no {lacking} left to learn from."
            raise ExamplesUnusable("the examples", what, f"Add {lacking} of other sites, or of other campaigns.")
        beside = np.flatnonzero(np.isin(self.copied, rows))
        together = sparse.vstack([self.matrix.comments[rows], self.copies[beside]]).tocsr()
        of = np.concatenate([rows, self.copied[beside]])
        weight = np.concatenate([self.weight[rows], self.weight[self.copied[beside]] * self.copy_weight[beside]])
        return fit(together, self.is_spam[of], weight, self.languages[of])


def assemble(
    examples: Sequence[Example],
    sources: dict[str, Source],
    progress: Callable[[float], None] = lambda _: None,
    folds: npt.NDArray[np.int64] | None = None,
) -> Dataset:
    """Work out the features of all examples.

    Args:
        examples: spam and ham.
        sources: what is known about their sources; one that is not named weighs 1.
        progress: called with the share of the work done since the last call, 0.0 to 1.0.
        folds: (examples,) which fold leaves each out, 0 for none, instead of what the sources say.
    """
    data = unmeasured(examples, sources)
    data = data if folds is None else replace(data, fold=folds)
    owners, copies = padded(examples, data.fold)
    copies = [*(only_text(example.comment) for example in examples), *copies]
    in_all = len(examples) + len(copies)

    def done(comments: int) -> None:
        progress(comments / in_all)

    return replace(
        data,
        matrix=build([example.comment for example in examples], done),
        copies=build(copies, done).comments,
        copied=np.array([*range(len(examples)), *owners], dtype=np.int64),
        copy_weight=np.array([1.0] * len(examples) + [PADDED_WEIGHT] * len(owners)),
    )


def unmeasured(examples: Sequence[Example], sources: dict[str, Source]) -> Dataset:
    """The same split and weights with empty matrices: for scorers that make features of their own."""
    known = [sources.get(example.source, Source(example.source)) for example in examples]
    nothing = build([])
    return Dataset(
        examples=examples,
        is_spam=np.array([example.is_spam for example in examples], dtype=bool),
        weight=np.array([source.weight for source in known], dtype=float),
        fold=np.array(_folds(examples, known), dtype=np.int64),
        left_out=np.array([source.fold > 0 for source in known], dtype=bool),
        matrix=nothing,
        languages=languages(examples),
        copies=nothing.comments,
        copied=np.empty(0, dtype=np.int64),
        copy_weight=np.empty(0),
    )


def _folds(examples: Sequence[Example], known: Sequence[Source]) -> list[int]:
    """The fold of each example: its source's, else one that its whole group shares, unless the group is too large.

    The export of a single site is one group: its rows are then kept together by campaign only.
    """
    members = Counter(example.group for example in examples)
    most = LARGEST_GROUP * len(examples)

    def kept_together(example: Example) -> str:
        return example.group if members[example.group] <= most else example.campaign or example.id

    return [
        source.fold or crc32(kept_together(example).encode("utf-8", "replace")) % FOLDS + 1
        for example, source in zip(examples, known, strict=True)
    ]
