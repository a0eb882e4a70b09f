"""What a site's decisions are worth, played through on a site that the model has never seen."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from app.core.blocks import NAMED
from app.core.model import Model
from app.retraining.adapting import Decisions
from app.retraining.frozen import Frozen, frozen
from app.retraining.served import Served
from app.retraining.site import through_gate
from app.training.dataset import Dataset
from app.training.examples import Example
from app.training.matrix import Matrix
from app.training.measures import probabilities, recall, threshold_at

COUNTS = (10, 30, 100, 300)
"""After so many decisions it is measured what comes later."""
LEAST_LATER = 20
"""Fewer spam or ham later say nothing."""
RATE = 0.01
"""Of false positives, among the site's own later honest comments."""
_ORDERS = 3

Logits = npt.NDArray[np.float64]


class Unseen:
    """A site's labelled comments under a model that was trained without them."""

    def __init__(self, name: str, model: Model, examples: Sequence[Example], matrix: Matrix) -> None:
        """`matrix` holds the features of `examples`."""
        self.name = name
        self.model = model
        self.examples = examples
        self.matrix = matrix
        self.served = Served(model, matrix)
        self.is_spam = np.array([example.is_spam for example in examples], dtype=bool)

    def by_date(self) -> npt.NDArray[np.int64]:
        """Its comments in the order in which they were posted; those without a date first."""
        return np.argsort([example.comment.posted_at for example in self.examples], kind="stable")

    def shuffled(self, seed: int) -> npt.NDArray[np.int64]:
        """Its comments in an order of chance."""
        return np.random.default_rng(seed).permutation(len(self.examples))

    def decided(self, rows: npt.NDArray[np.int64]) -> Decisions:
        """Some of its comments, decided as they are labelled by one moderator."""
        return Decisions(self.matrix.comments[rows], self.served.whole[rows], self.is_spam[rows], np.ones(len(rows)))


class Scene(NamedTuple):
    """A site that the model has not seen, and what else is measured under the same model."""

    site: Unseen
    frozen: Frozen
    others: Served
    """Honest comments of other sites that the model has not seen either."""


def scenes(data: Dataset, models: Mapping[int, Model], ours: Collection[str]) -> Iterator[Scene]:
    """Every site that a fold leaves out and that has enough spam and honest comments.

    Args:
        data: all examples.
        models: by fold, each fitted without it.
        ours: sources that are our own examples; they are trained on always.
    """
    sources = np.array([example.source for example in data.examples])
    own = np.flatnonzero(np.isin(sources, list(ours)))
    own_examples = [data.examples[row] for row in own.tolist()]
    own_matrix = data.matrix.of(own)
    for name in dict.fromkeys(sources[data.left_out].tolist()):
        rows = np.flatnonzero(sources == name)
        spam = int(data.is_spam[rows].sum())
        if min(spam, len(rows) - spam) < LEAST_LATER:
            continue
        fold = int(data.fold[rows[0]])
        elsewhere = np.flatnonzero(data.left_out & (data.fold == fold) & (sources != name) & ~data.is_spam)
        model = models[fold]
        yield Scene(
            Unseen(name, model, [data.examples[row] for row in rows.tolist()], data.matrix.of(rows)),
            frozen(model, own_examples, own_matrix),
            Served(model, data.matrix.of(elsewhere)),
        )


@dataclass(frozen=True, slots=True)
class Step:
    """A site after some decisions, judged by all that comes later."""

    site: str
    order: str
    """dates, or chance."""
    decisions: int
    spam: int
    ham: int
    """That come later."""
    recall: tuple[float, float, float]
    """At RATE: without learning, with it, and from these decisions alone."""
    held: tuple[float, float]
    """Share of later honest comments that the shipped threshold holds: without learning, with it."""
    others: tuple[float, float]
    """The same of other sites' honest comments, if the site's change acted there, too."""
    is_passed: bool
    """Whether the gate let it pass; if not, what was there before goes on."""


def steps(scene: Scene) -> Iterator[Step]:
    """Every step of a site, in the order of dates and in orders of chance."""
    site, others = scene.site, scene.others
    orders = [("dates", site.by_date()), *(("chance", site.shuffled(seed)) for seed in range(_ORDERS))]
    hold = site.model.thresholds.hold
    before = site.served.logits()
    elsewhere = _held(others.logits(), hold)
    for name, order in orders:
        for count in COUNTS:
            told, later = order[:count], order[count:]
            spam, ham = later[site.is_spam[later]], later[~site.is_spam[later]]
            if min(len(spam), len(ham)) < LEAST_LATER:
                continue
            fit = through_gate(site.decided(told), scene.frozen, site.model.thresholds)
            after = site.served.logits(fit.own)
            yield Step(
                site.name,
                name,
                count,
                len(spam),
                len(ham),
                (_recall(before, spam, ham), _recall(after, spam, ham), _recall(_alone(site, told), spam, ham)),
                (_held(before[ham], hold), _held(after[ham], hold)),
                (elsewhere, _held(others.logits(fit.own), hold)),
                not fit.failed,
            )


def _recall(logits: Logits, spam: npt.NDArray[np.int64], ham: npt.NDArray[np.int64]) -> float:
    return recall(logits[spam], threshold_at(logits[ham], RATE))


def _held(logits: Logits, hold: float) -> float:
    return float((probabilities(logits) >= hold).mean())


def _alone(site: Unseen, told: npt.NDArray[np.int64]) -> Logits:
    """(comments,) log-odds of logistic regression on these decisions alone; zeros if they are of one kind."""
    if len(set(site.is_spam[told].tolist())) < 2:
        return np.zeros(len(site.examples))
    rows = site.matrix.comments[:, : NAMED.end]
    learner = LogisticRegression(C=10.0, max_iter=300).fit(rows[told], site.is_spam[told])
    alone: Logits = learner.decision_function(rows)
    return alone
