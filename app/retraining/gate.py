"""What a retraining must not make worse: our own examples, and a site's newest decisions."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from app.core.adaptation import Adaptation
from app.core.comment import Thresholds
from app.retraining.adapting import Decisions, Freedom, adapt
from app.retraining.frozen import Frozen
from app.training.measures import probabilities

Logits = npt.NDArray[np.float64]

SLICE_LIMIT = 0.002
"""How much of a slice of our examples may come out worse: 0.2 points."""
NEWEST = 5
"""One in so many of a site's decisions, the newest, is judged by a fit to those before."""
LEAST_NEWEST = 10
"""Fewer say nothing."""
NEWEST_LIMIT = 0.005
"""How much their mean squared error may rise."""


class Check(NamedTuple):
    """One thing that was measured before and after."""

    what: str
    """What it was measured on, e.g. `links, ham`."""
    measure: str
    """caught, held or error."""
    before: float
    after: float
    """Shares, 0.0 to 1.0."""
    limit: float
    """How much worse it may become."""

    @property
    def worse(self) -> float:
        """How much worse it has become; below 0 where it is better.

        >>> round(Check("links, spam", "caught", 0.9, 0.88, 0.002).worse, 3)
        0.02
        """
        return self.before - self.after if self.measure == "caught" else self.after - self.before

    @property
    def is_passed(self) -> bool:
        """Whether it is as good as before, within its limit."""
        return self.worse <= self.limit + 1e-12


def on_frozen(frozen: Frozen, own: Adaptation, thresholds: Thresholds) -> list[Check]:
    """Our own examples, slice by slice: how much spam is caught, how much ham is held.

    The measure is the shipped model, not the change in force: else a hundred retrainings, each a little worse, would
    pass.

    Args:
        frozen: the examples.
        own: the site's change.
        thresholds: the site's.
    """
    was, becomes = (probabilities(frozen.served.logits(each)) >= thresholds.hold for each in (None, own))
    checks = []
    for name, inside in frozen.slices.items():
        measure = "caught" if frozen.is_spam[inside].all() else "held"
        checks.append(Check(name, measure, float(was[inside].mean()), float(becomes[inside].mean()), SLICE_LIMIT))
    return checks


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
    older = adapt(told.of(np.arange(newest[0])), anchors, freedom)
    change = older.change.astype(np.float64)
    as_shipped = told.logits[newest]
    as_learned = as_shipped + np.asarray(told.rows[newest][:, older.index] @ change).ravel()
    was, becomes = (_error(logits, told, newest) for logits in (as_shipped, as_learned))
    return [Check("the site's newest decisions", "error", was, becomes, NEWEST_LIMIT)]


def _error(logits: Logits, told: Decisions, rows: npt.NDArray[np.int64]) -> float:
    """Mean squared error of the probabilities (Brier score), each decision by its weight."""
    off = probabilities(logits) - told.is_spam[rows]
    return float(np.average(off**2, weights=told.weight[rows]))


def failed(checks: Sequence[Check]) -> list[Check]:
    """Those that are worse than they may be, the worst first."""
    return sorted((check for check in checks if not check.is_passed), key=lambda check: -check.worse)
