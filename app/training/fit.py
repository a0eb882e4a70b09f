"""Matrices -> weights: logistic regression on naive-Bayes-weighted features, and on the spelling."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from app.core.emit import BUCKETS

_SMOOTHING = 0.2
"""Added to each feature's weighted sum in both classes, so that one sighting says little."""
_LEAST_ROWS = 3
"""What occurs in fewer rows gets no weight; a comment and its copy without other fields are two."""
_STRENGTH = 0.6
_SPELLING_STRENGTH = 0.3
"""0.1 and 1 differ by less than 0.1 points."""
_SPELLING_SHARE = 0.6
"""How much the log-odds of the spelling count beside the rest: with 1.0 recall was 0.1 to 0.4 points lower."""
_LANGUAGE_STEPS = (1.5, 3.0)
"""The value of a language's own column in either fit: large, so that the penalty hardly holds its weight back."""
_TOLERANCE = 1e-4
"""Where the fit ends. With 1e-3 it ended too early, at a place that hung on chance: 0.743 instead of 0.810."""


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
    """Fit the linear model: one for what is named and one for the spelling, whose log-odds are added.

    Each named feature is first multiplied by how much more of it spam holds than ham (log-odds ratio, as in naive
    Bayes), each of the spelling by how rare it is; then logistic regression decides. On sites never seen the sum of
    two that were fitted apart catches more than one that is fitted to all (docs/models.md).

    Where nearly all of a language is spam, every n-gram of it would speak for spam. So either fit has a weight for
    each language as well, which takes that upon itself and is then thrown away.

    Args:
        rows: (examples, WEIGHTS), values above 0.
        is_spam: (examples,)
        weight: (examples,) how much each counts, above 0.
        languages: (examples, languages) which language each is in, but for the commonest; may have no columns.
    """
    named, spelling = rows[:, :BUCKETS].tocsr(), rows[:, BUCKETS:].tocsr()
    parts = (
        _fitted(
            named,
            lambda kept: _ratio(kept, is_spam, weight),
            _STRENGTH,
            is_spam,
            weight,
            languages * _LANGUAGE_STEPS[0],
        ),
        _fitted(spelling, _rarity, _SPELLING_STRENGTH, is_spam, weight, languages * _LANGUAGE_STEPS[1]),
    )
    shares = (1.0, _SPELLING_SHARE)
    return Fitted(
        np.concatenate([share * part.weights for share, part in zip(shares, parts, strict=True)]),
        sum(share * part.bias for share, part in zip(shares, parts, strict=True)),
    )


def _fitted(
    rows: sparse.csr_matrix,
    scale_of: Callable[[sparse.csr_matrix], npt.NDArray[np.float64]],
    strength: float,
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
    scale = scale_of(kept)
    learner = LogisticRegression(C=strength, solver="lbfgs", max_iter=300, tol=_TOLERANCE)
    scaled = sparse.hstack([kept @ sparse.diags(scale.astype(np.float32)), beside]).tocsr()
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
