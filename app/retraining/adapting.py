"""Decisions of one site -> what they change of the model's weights.

Logistic regression around the shipped model: the log-odds it gives are the starting point, and every weight may leave
its place only as far as the decisions pay for it (a normal prior on each change). It is always fitted anew from the
shipped weights, so that what is taken back is gone, and a thousand retrainings are no worse than one.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from app.core.adaptation import MAX_CHANGE, NO_ADAPTATION, Adaptation
from app.core.blocks import NAMED

LEAST_CHANGE = 0.01
"""Smaller changes of a weight are dropped: at values of at most 1 or so they move no comment by a point."""

_BIAS_VARIANCE = 10.0
"""Of the fit's own bias, which is thrown away; see `_fitted`."""

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Freedom:
    """How far decisions may move the model."""

    variance: float = 100.0
    """Of the change of each weight."""
    anchor: float = 10.0
    """How dear it is to move our own examples: a penalty of so much times the mean squared change of log-odds."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What people said, as the model sees it."""

    rows: sparse.csr_matrix
    """(decisions, WEIGHTS)"""
    logits: Vector
    """(decisions,) log-odds of the comment as a whole, by the shipped model."""
    is_spam: npt.NDArray[np.bool_]
    weight: Vector
    """(decisions,) how much each counts, above 0."""

    def of(self, rows: npt.NDArray[np.int64]) -> "Decisions":
        """Some of them."""
        return Decisions(self.rows[rows], self.logits[rows], self.is_spam[rows], self.weight[rows])


def adapt(told: Decisions, anchors: sparse.csr_matrix, freedom: Freedom) -> Adaptation:
    """The change of weights that fits the decisions best.

    Only named features take part: alone they learn as much as with the running text (docs/adr/0027).

    Args:
        told: any number of decisions; none changes nothing.
        anchors: (comments, WEIGHTS) what should keep its score; may be empty.
        freedom: how far weights may move.
    """
    named = told.rows[:, : NAMED.end].tocsc()
    columns = np.flatnonzero(np.diff(named.indptr))
    if not len(columns):
        return NO_ADAPTATION
    rows = named[:, columns].tocsr().astype(np.float64)
    kept = anchors[:, columns].tocsr().astype(np.float64)
    change = np.clip(_fitted(rows, told, kept, freedom), -MAX_CHANGE, MAX_CHANGE)
    large = np.abs(change) >= LEAST_CHANGE
    return Adaptation(columns[large].astype(np.int32), change[large].astype(np.float16))


def _fitted(rows: sparse.csr_matrix, told: Decisions, kept: sparse.csr_matrix, freedom: Freedom) -> Vector:
    """(columns,) the change of each weight.

    Who decides mostly spam must not make all comments look like spam (docs/adr/0029): spam and ham draw evenly, each
    with the geometric mean of what both weigh; and the fit has a bias of its own, which is thrown away.
    """
    sign = np.where(told.is_spam, 1.0, -1.0)
    pull = freedom.anchor / max(1, kept.shape[0])
    weight = _even(told)

    def loss(point: Vector) -> tuple[float, Vector]:
        change, bias = point[:-1], point[-1]
        margin = sign * (told.logits + rows @ change + bias)
        slope = -weight * sign / (1 + np.exp(np.clip(margin, -500, 500)))
        moved = kept @ change
        value = float(weight @ np.logaddexp(0.0, -margin))
        value += float(change @ change / freedom.variance + bias * bias / _BIAS_VARIANCE + pull * (moved @ moved)) / 2
        of_change = rows.T @ slope + change / freedom.variance + pull * (kept.T @ moved)
        return value, np.append(of_change, slope.sum() + bias / _BIAS_VARIANCE)

    # One thread: with as many as there are cores they wait for each other, 40 ms a step instead of 1 ms.
    with threadpool_limits(1):
        found = minimize(loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    change: Vector = found.x[:-1]
    return change


def _even(told: Decisions) -> Vector:
    """(decisions,) their weights, so that spam and ham weigh the same; as they are where there is only one of them."""
    weight = told.weight.copy()
    spam, ham = float(weight[told.is_spam].sum()), float(weight[~told.is_spam].sum())
    if spam and ham:
        weight[told.is_spam] *= np.sqrt(ham / spam)
        weight[~told.is_spam] *= np.sqrt(spam / ham)
    return weight
