"""Scores of examples by models that have not seen their site: what calibration, thresholds and tables rest on."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from app.training.dataset import FOLDS, Dataset
from app.training.fit import Fitted


@dataclass(frozen=True, slots=True)
class Crossed:
    """Raw log-odds, each from a model that was fitted without the example's fold."""

    whole: npt.NDArray[np.float64]
    """(examples,) of the comment as a whole."""
    worst_link: npt.NDArray[np.float64]
    """(examples,) sum of the evidence of the worst link; NaN without links."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Raw log-odds -> calibrated ones: a scale and an offset for each view (Platt)."""

    scale: float
    offset: float
    link_scale: float
    link_offset: float

    def logits(self, crossed: Crossed) -> npt.NDArray[np.float64]:
        """(examples,) calibrated log-odds: the worst of the two views."""
        whole = self.scale * crossed.whole + self.offset
        link = self.link_scale * crossed.worst_link + self.link_offset
        return np.fmax(whole, link)


def cross(data: Dataset, progress: Callable[[int], None] = lambda _: None) -> Crossed:
    """Fit once per fold on all the others and score what was left out."""
    whole = np.full(len(data.examples), np.nan)
    worst = np.full(len(data.examples), np.nan)
    for fold in range(1, FOLDS + 1):
        out = np.flatnonzero(data.fold == fold)
        if len(out):
            fitted = data.fitted_on(np.flatnonzero(data.fold != fold))
            whole[out] = fitted.logits(data.matrix.comments[out])
            worst[out] = worst_links(data, fitted, out)
        progress(fold)
    return Crossed(whole, worst)


def worst_links(data: Dataset, fitted: Fitted, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """(rows,) sum of the evidence of each example's worst link; NaN without links."""
    worst = np.full(len(data.examples), np.nan)
    inside = np.flatnonzero(np.isin(data.matrix.link_owner, rows))
    links: sparse.csr_matrix = data.matrix.links[inside]
    np.fmax.at(worst, data.matrix.link_owner[inside], fitted.logits(links) - fitted.bias)
    return worst[rows]


def calibrate(data: Dataset, crossed: Crossed) -> Calibration:
    """Platt scaling of both views, on scores of sites never seen.

    Sources without a fold of their own share campaigns with what was trained on and look easier than a new site is;
    they count only where no source is left out whole.
    """
    told = data.left_out if len(set(data.is_spam[data.left_out].tolist())) == 2 else np.ones(len(data.examples), bool)
    whole = _platt(crossed.whole[told], data.is_spam[told], data.weight[told])
    linked = told & ~np.isnan(crossed.worst_link)
    if len(set(data.is_spam[linked].tolist())) < 2:
        return Calibration(*whole, 1.0, -30.0)  # too few links to learn from: the link's view never decides
    return Calibration(*whole, *_platt(crossed.worst_link[linked], data.is_spam[linked], data.weight[linked]))


def _platt(
    raw: npt.NDArray[np.float64], is_spam: npt.NDArray[np.bool_], weight: npt.NDArray[np.float64]
) -> tuple[float, float]:
    learner = LogisticRegression(C=1e6, max_iter=200).fit(raw.reshape(-1, 1), is_spam, sample_weight=weight)
    return float(learner.coef_[0, 0]), float(learner.intercept_[0])
