"""What a retraining must not make worse: our own examples, and a site's newest decisions."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from app.core.adaptation import Adaptation
from app.core.check import Check
from app.core.comment import Thresholds
from app.retraining.adapting import Decisions, Freedom
from app.retraining.contested import fitted_logits
from app.retraining.frozen import Frozen
from app.training.measures import probabilities

Logits = npt.NDArray[np.float64]

SLICE_LIMIT = 0.002
"""How much of a slice of our examples may come out worse: 0.2 points."""
_ALL = (("all our spam", "caught", 0.002), ("all our honest comments", "held", 0.005))
"""The same of all examples together, each counted by how far it is from the threshold. Clean retrainings moved them by
up to 0.09 and 0.35 points (docs/adr/0029)."""
NEWEST = 5
"""One in so many of a site's decisions, the newest, is judged by a fit to those before."""
LEAST_NEWEST = 10
"""Fewer say nothing."""
NEWEST_LIMIT = 0.005
"""How much their mean squared error may rise."""
CONTESTED_LIMIT = 0.2
"""Share of a site's decisions that may contradict all others."""
LEAST_CONTESTED = 10
"""So many may in any case: who has decided little has said much that nothing else supports."""


def on_frozen(frozen: Frozen, own: Adaptation, thresholds: Thresholds) -> list[Check]:
    """Our own examples: how much spam is caught and how much ham is held, slice by slice, and how all of them move.

    The measure is the shipped model, not the change in force: else a hundred retrainings, each a little worse, would
    pass. In a slice of a hundred one comment at the edge is a whole point, so one alone refuses nothing; but all of
    them together may not move much, each counted by how far it is from the threshold.

    Args:
        frozen: the examples.
        own: the site's change.
        thresholds: the site's.
    """
    limit = logit_of(thresholds.hold)
    was, becomes = (frozen.served.logits(each) - limit for each in (None, own))
    checks = []
    for name, inside in frozen.slices.items():
        measure = "caught" if frozen.is_spam[inside].all() else "held"
        allowed = max(SLICE_LIMIT, 1 / int(inside.sum()))
        checks.append(Check(name, measure, _share(was >= 0, inside), _share(becomes >= 0, inside), allowed))
    for kind, (name, measure, allowed) in zip((frozen.is_spam, ~frozen.is_spam), _ALL, strict=True):
        if kind.any():
            before, after = (_share(probabilities(each), kind) for each in (was, becomes))
            checks.append(Check(name, measure, before, after, allowed))
    return checks


def _share(counted: npt.NDArray[Any], inside: npt.NDArray[np.bool_]) -> float:
    return float(counted[inside].mean())


def on_contested(are_contested: npt.NDArray[np.bool_]) -> list[Check]:
    """How many decisions of a site contradict all others; see contested.py. Empty for a few."""
    if are_contested.sum() < LEAST_CONTESTED:
        return []
    return [Check("the site's decisions", "contested", 0.0, float(are_contested.mean()), CONTESTED_LIMIT)]


def logit_of(probability: float) -> float:
    """A probability as log-odds, which are finite.

    >>> round(logit_of(0.5), 3), round(logit_of(0.2519), 3), logit_of(1.0) > 20
    (0.0, -1.089, True)
    """
    inside = min(max(probability, 1e-12), 1 - 1e-12)
    return math.log(inside / (1 - inside))


def on_newest(told: Decisions, anchors: sparse.csr_matrix, freedom: Freedom) -> list[Check]:
    """A site's newest decisions, as a fit to the older ones sees them and as the shipped model does.

    The change that is in force is not the measure: it has seen most of them. Empty where there are too few.

    Args:
        told: all decisions of the site, the oldest first.
        anchors: see adapting.adapt.
        freedom: what the site's change was fitted with.
    """
    count = len(told.weight)
    newest = np.arange(count - count // NEWEST, count)
    if len(newest) < LEAST_NEWEST:
        return []
    as_shipped = told.logits[newest]
    as_learned = fitted_logits(told, np.arange(newest[0]), newest, anchors, freedom)
    was, becomes = (_error(logits, told, newest) for logits in (as_shipped, as_learned))
    return [Check("the site's newest decisions", "error", was, becomes, NEWEST_LIMIT)]


def _error(logits: Logits, told: Decisions, rows: npt.NDArray[np.int64]) -> float:
    """Mean squared error of the probabilities (Brier score), each decision by its weight."""
    off = probabilities(logits) - told.is_spam[rows]
    return float(np.average(off**2, weights=told.weight[rows]))


def failed(checks: Sequence[Check]) -> list[Check]:
    """Those that are worse than they may be, the worst first."""
    return sorted((check for check in checks if not check.is_passed), key=lambda check: -check.worse)
