"""Matrices -> weights: logistic regression on naive-Bayes-weighted features, and on the running text."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from app.core.blocks import NAMED, RHYTHM, SPELLING, WORDING, Block
from app.settings import usable_cores

_SMOOTHING = 0.2
"""Added to each feature's weighted sum in both classes, so that one sighting says little."""
_LEAST_ROWS = 3
"""What occurs in fewer rows gets no weight; a comment and its copies are two or three."""
_TOLERANCE = 1e-4
"""Where the fit ends. With 1e-3 it ended too early, at a place that hung on chance: 0.743 instead of 0.810."""


@dataclass(frozen=True, slots=True)
class _Way:
    """How one block is fitted."""

    block: Block
    by_rarity: bool
    """Whether features are scaled by how rare they are, or else by how much more of them spam holds than ham."""
    strength: float
    """Inverse of the penalty. For the running text 0.1 and 1 differ by less than 0.1 points."""
    share: float
    """How much its log-odds count beside those of the others."""
    language_step: float
    """The value of a language's own column: large, so that the penalty hardly holds its weight back."""


_WAYS = (
    _Way(NAMED, by_rarity=False, strength=0.6, share=1.0, language_step=1.5),
    _Way(SPELLING, by_rarity=True, strength=0.3, share=0.6, language_step=3.0),
    _Way(WORDING, by_rarity=True, strength=0.3, share=1.0, language_step=3.0),
    _Way(RHYTHM, by_rarity=True, strength=0.3, share=0.6, language_step=3.0),
)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights before calibration."""

    weights: npt.NDArray[np.float64]
    """(WEIGHTS,) change in raw log-odds per unit of value; 0 for what was never seen."""
    bias: float

    def logits(self, rows: sparse.csr_matrix) -> npt.NDArray[np.float64]:
        """(rows,) raw log-odds."""
        return np.asarray(rows @ self.weights).ravel() + self.bias


def fit(
    rows: sparse.csr_matrix,
    is_spam: npt.NDArray[np.bool_],
    weight: npt.NDArray[np.float64],
    languages: sparse.csr_matrix,
) -> Fitted:
    """Fit the linear model, block by block, and add the blocks' log-odds.

    Each named feature is first multiplied by how much more of it spam holds than ham (log-odds ratio, as in naive
    Bayes), each of the running text by how rare it is; then logistic regression decides. On sites never seen the sum of
    blocks that were fitted apart catches more than one fit to all of them (docs/models.md).

    Where nearly all of a language is spam, every n-gram of it would speak for spam. So each fit has a weight for
    each language as well, which takes that upon itself and is then thrown away.

    Args:
        rows: (examples, WEIGHTS), values above 0.
        is_spam: (examples,)
        weight: (examples,) how much each counts, above 0.
        languages: (examples, languages) which language each is in, but for the commonest; may have no columns.
    """
    columns = rows.tocsc()

    def part(way: _Way) -> Fitted:
        of_block = columns[:, way.block.first : way.block.end].tocsr()
        return _fitted(of_block, way, is_spam, weight, languages * way.language_step)

    with ThreadPoolExecutor(usable_cores()) as pool:  # nearly all of the time is spent in matrix products, unlocked
        parts = list(pool.map(part, _WAYS))
    return Fitted(
        np.concatenate([way.share * part.weights for way, part in zip(_WAYS, parts, strict=True)]),
        sum(way.share * part.bias for way, part in zip(_WAYS, parts, strict=True)),
    )


def _fitted(
    rows: sparse.csr_matrix,
    way: _Way,
    is_spam: npt.NDArray[np.bool_],
    weight: npt.NDArray[np.float64],
    beside: sparse.csr_matrix,
) -> Fitted:
    """Logistic regression on the scaled features that enough rows have; without any, weights and bias are 0.

    What is in `beside` takes part in the fit and gets no weight.
    """
    weights = np.zeros(rows.shape[1])
    seen = np.flatnonzero(np.bincount(rows.indices, minlength=rows.shape[1]) >= _LEAST_ROWS)
    if not len(seen):
        return Fitted(weights, 0.0)
    kept = rows[:, seen].tocsr()
    scale = _rarity(kept) if way.by_rarity else _ratio(kept, is_spam, weight)
    learner = LogisticRegression(C=way.strength, solver="lbfgs", max_iter=300, tol=_TOLERANCE)
    scaled = sparse.hstack([kept @ sparse.diags(scale.astype(np.float32)), beside], dtype=np.float32).tocsr()
    learner.fit(scaled, is_spam, sample_weight=weight)
    weights[seen] = learner.coef_[0][: len(seen)] * scale
    return Fitted(weights, float(learner.intercept_[0]))


def _rarity(rows: sparse.csr_matrix) -> npt.NDArray[np.float64]:
    """(features,) inverse document frequency, 1.0 for what every row has."""
    having = np.bincount(rows.indices, minlength=rows.shape[1])
    rarity: npt.NDArray[np.float64] = np.log((1 + rows.shape[0]) / (1 + having)) + 1
    return rarity


def _ratio(
    rows: sparse.csr_matrix, is_spam: npt.NDArray[np.bool_], weight: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """(features,) log-odds ratio of each feature between spam and ham."""
    spam, ham = _sums(rows, is_spam, weight)
    ratio: npt.NDArray[np.float64] = np.log(spam / spam.sum()) - np.log(ham / ham.sum())
    return ratio


def _sums(
    rows: sparse.csr_matrix, is_spam: npt.NDArray[np.bool_], weight: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """(features,) how much of each feature the spam holds, and the ham."""
    spam = np.asarray(rows.T @ np.where(is_spam, weight, 0.0)).ravel() + _SMOOTHING
    ham = np.asarray(rows.T @ np.where(is_spam, 0.0, weight)).ravel() + _SMOOTHING
    return spam, ham
