"""What a retraining must not make worse: our own examples, and a site's newest decisions."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from app.core.adaptation import Adaptation
from app.core.comment import Thresholds
from app.retraining.frozen import Frozen
from app.training.measures import probabilities

Logits = npt.NDArray[np.float64]

SLICE_LIMIT = 0.002
"""How much of a slice of our examples may come out worse: 0.2 points."""


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


def on_frozen(frozen: Frozen, before: Adaptation | None, after: Adaptation, thresholds: Thresholds) -> list[Check]:
    """Our own examples, slice by slice: how much spam is caught, how much ham is held.

    Args:
        frozen: the examples.
        before: the site's change that is in force; None without one.
        after: the new one.
        thresholds: the site's.
    """
    was, becomes = (probabilities(frozen.served.logits(each)) >= thresholds.hold for each in (before, after))
    checks = []
    for name, inside in frozen.slices.items():
        measure = "caught" if frozen.is_spam[inside].all() else "held"
        checks.append(Check(name, measure, float(was[inside].mean()), float(becomes[inside].mean()), SLICE_LIMIT))
    return checks


def failed(checks: Sequence[Check]) -> list[Check]:
    """Those that are worse than they may be, the worst first."""
    return sorted((check for check in checks if not check.is_passed), key=lambda check: -check.worse)
