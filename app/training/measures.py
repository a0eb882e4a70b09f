"""How good scores are: recall at a rate of false positives, area under the curve, calibration error."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.core.model import MAX_LOGIT

Scores = npt.NDArray[np.float64]


def probabilities(log_odds: Scores) -> Scores:
    """Log-odds as probabilities, 0.0 to 1.0.

    >>> probabilities(np.array([0.0, -np.inf])).round(6).tolist()
    [0.5, 0.0]
    """
    odds: Scores = 1 / (1 + np.exp(-np.clip(log_odds, -MAX_LOGIT, MAX_LOGIT)))
    return odds


def threshold_at(ham_scores: Scores, rate: float) -> float:
    """The lowest threshold at which at most that share of ham scores is flagged; flagged means above it.

    Minus infinity when all of them may be flagged, or when there are none.

    >>> threshold_at(np.arange(1000.0), 0.01)
    989.0
    """
    allowed = int(np.floor(rate * len(ham_scores) + 1e-9))  # 0.29 * 100 is 28.999999999999996
    if allowed >= len(ham_scores):
        return float("-inf")
    return float(np.sort(ham_scores)[len(ham_scores) - 1 - allowed])


def recall(spam_scores: Scores, threshold: float) -> float:
    """Share of spam above a threshold; NaN without spam."""
    return float((spam_scores > threshold).mean()) if len(spam_scores) else float("nan")


def auc(spam_scores: Scores, ham_scores: Scores) -> float:
    """Chance that a spam scores above a ham, ties half; NaN when one of them is empty.

    >>> auc(np.array([2.0, 3.0]), np.array([1.0, 2.0]))
    0.875
    """
    if not len(spam_scores) or not len(ham_scores):
        return float("nan")
    ham = np.sort(ham_scores)
    below = np.searchsorted(ham, spam_scores, "left") + np.searchsorted(ham, spam_scores, "right")
    return float(below.mean() / 2 / len(ham))


def calibration_error(probability: Scores, is_spam: npt.NDArray[np.bool_], weight: Scores | None = None) -> float:
    """Expected calibration error over 15 bins of equal width, 0.0 to 1.0; NaN without rows."""
    if not len(probability):
        return float("nan")
    counted = np.ones(len(probability)) if weight is None else weight
    bins = np.minimum((probability * 15).astype(int), 14)
    total = 0.0
    for number in range(15):
        inside = bins == number
        if counted[inside].sum() > 0:
            said = np.average(probability[inside], weights=counted[inside])
            was = np.average(is_spam[inside], weights=counted[inside])
            total += abs(said - was) * counted[inside].sum()
    return float(total / counted.sum())


@dataclass(frozen=True, slots=True)
class Counts:
    """Right and wrong at fixed thresholds."""

    spam: int
    ham: int
    spam_held: int
    spam_rejected: int
    ham_held: int
    ham_rejected: int


def counts(probability: Scores, is_spam: npt.NDArray[np.bool_], hold: float, reject: float) -> Counts:
    """How many of each were held or worse, and rejected or worse; a tie goes to the stricter side.

    Compared as served, rounded to four decimals; see app.core.classify.
    """
    told = np.round(probability, 4)
    held, rejected = told >= hold, told >= reject
    ham = ~is_spam
    return Counts(
        int(is_spam.sum()), int(ham.sum()),
        int((held & is_spam).sum()), int((rejected & is_spam).sum()),
        int((held & ham).sum()), int((rejected & ham).sum()),
    )  # fmt: skip


def mean(values: Sequence[float]) -> float:
    """The mean of what is a number; NaN when nothing is."""
    known = [value for value in values if value == value]
    return float(np.mean(known)) if known else float("nan")
