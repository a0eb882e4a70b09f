"""Scores of examples by models that have not seen their site: what calibration, thresholds and tables rest on."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from app.core.model import MAX_LOGIT
from app.training.dataset import FOLDS, Dataset
from app.training.fit import Fitted
from app.training.measures import probabilities, threshold_at

REJECT_RATE = 0.003
"""Share of honest comments of sites never seen that the shipped `reject` threshold may reject."""
LINK_ALONE_RATE = 0.0005
"""Share of them that the view of a link alone may reject. 0.0002 rejects 2 points less of the links that sell on good
hosts; 0.001 rejects 1 % of an honest Portuguese set."""


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

    def logits(self, crossed: Crossed, hold: float = 0.0) -> npt.NDArray[np.float64]:
        """(examples,) calibrated log-odds: the worst of the two views.

        Args:
            crossed: raw log-odds.
            hold: probability from which on a link alone counts; see Model.score.
        """
        whole = self.scale * crossed.whole + self.offset
        link = self.link_scale * crossed.worst_link + self.link_offset
        counts = probabilities(link) >= hold
        return np.fmax(whole, np.where(counts, link, -np.inf))

    def numbers(self, bias: float) -> dict[str, float]:
        """What a model needs beside its weights, which are the raw ones times `scale`; `bias` is the raw one."""
        return {
            "bias": bias * self.scale + self.offset,
            # Both views share the weights, so the link's scale is told relative to that of the whole.
            "link_scale": self.link_scale / self.scale,
            "link_bias": self.link_offset,
        }


def cross(
    data: Dataset,
    progress: Callable[[int], None] = lambda _: None,
    keep: Callable[[int, Fitted], None] = lambda *_: None,
) -> Crossed:
    """Fit once per fold on all the others and score what was left out.

    Args:
        data: the examples.
        progress: called with each fold's number when it is done.
        keep: called with each fold's number and the weights that were fitted without it.
    """
    whole = np.full(len(data.examples), np.nan)
    worst = np.full(len(data.examples), np.nan)
    for fold in range(1, FOLDS + 1):
        out = np.flatnonzero(data.fold == fold)
        if len(out):
            fitted = data.fitted_on(np.flatnonzero(data.fold != fold))
            keep(fold, fitted)
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
    """Platt scaling of the whole, on scores of sites never seen, and where the view of a link alone begins to count.

    Sources without a fold of their own share campaigns with what was trained on and look easier than a new site is;
    they count only where no source is left out whole.

    A link's own probability after Platt would raise the score of every comment that has a link (calibration error
    0.066 instead of 0.010). So its view has the whole's scale, and is set so that it alone rejects LINK_ALONE_RATE of
    honest comments: it decides only where the link is damning by itself. While the whole caught less, three times its
    scale was better (docs/adr/0005); now any from 0.7 to 3 gives the same recall within 0.2 points.
    """
    two_kinds = len(set(data.is_spam[data.left_out].tolist())) == 2
    told = data.left_out if two_kinds else np.ones(len(data.examples), dtype=bool)
    scale, offset = _platt(crossed.whole[told], data.is_spam[told], data.weight[told])
    ham = told & ~data.is_spam
    if np.isnan(crossed.worst_link).all():
        return Calibration(scale, offset, 1.0, -MAX_LOGIT)  # no links to learn from: their view never decides
    reject = scale * threshold_at(crossed.whole[ham], REJECT_RATE) + offset
    return Calibration(scale, offset, scale, reject - scale * _link_alone(crossed.worst_link, ham))


def _link_alone(worst_link: npt.NDArray[np.float64], ham: npt.NDArray[np.bool_]) -> float:
    """The evidence that the worst links of LINK_ALONE_RATE of all ham exceed; without any in ham the least in spam."""
    alone = threshold_at(np.where(np.isnan(worst_link), -np.inf, worst_link)[ham], LINK_ALONE_RATE)
    return alone if np.isfinite(alone) else float(np.nanmin(worst_link))


def _platt(
    raw: npt.NDArray[np.float64], is_spam: npt.NDArray[np.bool_], weight: npt.NDArray[np.float64]
) -> tuple[float, float]:
    learner = LogisticRegression(C=1e6, max_iter=200).fit(raw.reshape(-1, 1), is_spam, sample_weight=weight)
    return float(learner.coef_[0, 0]), float(learner.intercept_[0])
