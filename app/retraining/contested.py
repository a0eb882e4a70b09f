"""Decisions that contradict all others: slips, and what somebody says who wants the filter to learn wrongly.

Each decision is judged by a fit to the others. One that is all but impossible to them is set aside until a second like
it is decided: it is named to the operator, and nothing is learned from it. Of wrong labels among a site's decisions,
nine in ten are found so, and of true ones fewer than one in a hundred (docs/adr/0029).
"""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from app.retraining.adapting import Decisions, Freedom, adapt
from app.training.measures import probabilities

IMPOSSIBLE = 0.05
"""Probability of its label below which a decision is contested. 0.02 finds 83 to 90 % of wrong labels, 0.2 half a
point more than 0.05 and costs learning."""
_PARTS = 5


def contested(told: Decisions, anchors: sparse.csr_matrix, freedom: Freedom) -> npt.NDArray[np.bool_]:
    """(decisions,) which of them contradict what the others say.

    Args:
        told: all decisions of a site.
        anchors: see adapting.adapt.
        freedom: how far weights may move.
    """
    found = np.zeros(len(told.weight), dtype=bool)
    part = np.random.default_rng(0).permutation(len(found)) % _PARTS
    for number in range(_PARTS):
        out = np.flatnonzero(part == number)
        logits = fitted_logits(told, np.flatnonzero(part != number), out, anchors, freedom)
        found[out] = probabilities(np.where(told.is_spam[out], logits, -logits)) < IMPOSSIBLE
    return found


def fitted_logits(
    told: Decisions,
    rows: npt.NDArray[np.int64],
    out: npt.NDArray[np.int64],
    anchors: sparse.csr_matrix,
    freedom: Freedom,
) -> npt.NDArray[np.float64]:
    """(out,) log-odds of some decided comments by a fit to others."""
    own = adapt(told.of(rows), anchors, freedom)
    moved: npt.NDArray[np.float64] = told.rows[out][:, own.index] @ own.change.astype(np.float64)
    logits: npt.NDArray[np.float64] = told.logits[out] + np.asarray(moved).ravel()
    return logits
