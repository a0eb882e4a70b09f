"""One site: its decisions, fitted as freely as nothing else gets worse by it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.core.adaptation import Adaptation
from app.core.check import Check
from app.core.comment import Thresholds
from app.core.model import Model
from app.retraining.adapting import Decisions, Freedom, adapt
from app.retraining.contested import contested
from app.retraining.flips import Flip, flips
from app.retraining.frozen import Frozen
from app.retraining.gate import failed, on_contested, on_frozen, on_newest
from app.retraining.lessons import weights
from app.retraining.served import Served
from app.store.teaching import Lesson
from app.training.matrix import Matrix

LEAST_LESSONS = 10
"""Fewer decisions of a site change nothing: after 10 there was hardly anything to gain (docs/adr/0027)."""
FREEDOMS = (Freedom(), Freedom(anchor=100.0), Freedom(anchor=1_000.0))
"""Tried in this order until the gate lets one pass."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a retraining knows of one site."""

    name: str
    lessons: Sequence[Lesson]
    """Decided comments, in the order in which people decided them."""
    undecided: Sequence[Lesson]
    matrix: Matrix
    """The features of both, the decided ones first."""
    thresholds: Thresholds
    in_force: Adaptation | None
    """What the site changes of the model in use; None: nothing."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What decisions ask for, and what was measured of it."""

    own: Adaptation
    freedom: Freedom
    """With which it was fitted."""
    checks: tuple[Check, ...]
    contested: npt.NDArray[np.bool_]
    """(decisions,) those that contradict all others: nothing is learned from them."""

    @property
    def failed(self) -> list[Check]:
        """What got worse than it may; empty: the gate is open."""
        return failed(self.checks)


@dataclass(frozen=True, slots=True)
class Learned:
    """What became of one site."""

    material: Material
    fit: Fit
    flips: tuple[Flip, ...]

    @property
    def contested(self) -> list[Lesson]:
        """Decided comments from which nothing is learned."""
        pairs = zip(self.material.lessons, self.fit.contested.tolist(), strict=True)
        return [lesson for lesson, is_contested in pairs if is_contested]


def learn(material: Material, model: Model, frozen: Frozen, since: str) -> Learned:
    """Fit the decisions of a site, and measure what that does.

    Args:
        material: of the site, with at least LEAST_LESSONS decisions.
        model: the shipped one; no site's change is in force.
        frozen: our own examples.
        since: RFC 3339; comments from then on are looked through for such as get another action.
    """
    served = Served(model, material.matrix)
    fit = through_gate(_decisions(material, served), frozen, material.thresholds)
    changed = flips(
        [*material.lessons, *material.undecided],
        served.logits(material.in_force),
        served.logits(fit.own),
        material.thresholds,
        since,
    )
    return Learned(material, fit, tuple(changed))


def through_gate(told: Decisions, frozen: Frozen, thresholds: Thresholds) -> Fit:
    """The freest change that the gate lets pass, or the least free one that it does not."""
    are_contested = contested(told, frozen.anchors, FREEDOMS[0])
    counted = told.of(np.flatnonzero(~are_contested))
    for freedom in FREEDOMS:
        own = adapt(counted, frozen.anchors, freedom)
        checks = on_frozen(frozen, own, thresholds) + on_newest(counted, frozen.anchors, freedom)
        checks += on_contested(are_contested)
        if not failed(checks):
            break
    return Fit(own, freedom, tuple(checks), are_contested)


def _decisions(material: Material, served: Served) -> Decisions:
    count = len(material.lessons)
    is_spam = np.array([lesson.label == "spam" for lesson in material.lessons], dtype=bool)
    return Decisions(material.matrix.comments[:count], served.whole[:count], is_spam, weights(material.lessons))
