"""Leave one site out: how the model does on sites it has never seen, as a table."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from app.training import measures
from app.training.baselines import keyword_hits, plain_scores
from app.training.dataset import Dataset

RATES = (0.01, 0.002, 0.001)
"""False-positive rates of the table: 1 in 100, 1 in 500, 1 in 1000 honest comments."""


@dataclass(frozen=True, slots=True)
class SiteRow:
    """How one left-out site came out."""

    site: str
    spam: int
    ham: int
    recall: tuple[float, ...]
    """At each of RATES, with the threshold that all left-out ham together gives."""
    auc: float
    calibration_error: float
    """Over 15 bins; NaN for a scorer that gives no probabilities."""


@dataclass(frozen=True, slots=True)
class Table:
    """One scorer on all left-out sites."""

    scorer: str
    ham: int
    """Left-out honest comments of all sites, from which the thresholds come."""
    rows: tuple[SiteRow, ...]
    calibration_error: float
    """Over 15 bins, all left-out comments together; NaN for a scorer that gives no probabilities."""
    unseen: tuple[float, ...]
    """Recall at each of RATES on spam of campaigns that training did not hold, averaged by campaign."""

    @property
    def mean(self) -> tuple[float, ...]:
        """Mean recall over sites, at each of RATES."""
        return tuple(measures.mean([row.recall[i] for row in self.rows]) for i in range(len(RATES)))

    @property
    def mean_auc(self) -> float:
        """Mean area under the curve over sites."""
        return measures.mean([row.auc for row in self.rows])

    def as_json(self) -> dict[str, object]:
        """The table as JSON values; NaN becomes null."""
        told = asdict(self) | {"rates": RATES, "mean": self.mean, "mean_auc": self.mean_auc}
        return {name: _plain(value) for name, value in told.items()}


def table(
    scorer: str, data: Dataset, scores: npt.NDArray[np.float64], probability: npt.NDArray[np.float64] | None
) -> Table:
    """The table of one scorer.

    Args:
        scorer: its name.
        data: the examples; only those whose source is left out count.
        scores: (examples,) higher is more like spam; each by a model that has not seen the site.
        probability: (examples,) the same, calibrated, if the scorer gives one.
    """
    sources = np.array([example.source for example in data.examples])
    out = data.left_out
    ham = scores[out & ~data.is_spam]
    limits = [measures.threshold_at(ham, rate) for rate in RATES]

    def error_of(some: npt.NDArray[np.bool_]) -> float:
        return (
            float("nan") if probability is None else measures.calibration_error(probability[some], data.is_spam[some])
        )

    rows = []
    for site in dict.fromkeys(sources[out].tolist()):
        here = sources == site
        spam_here, ham_here = scores[here & data.is_spam], scores[here & ~data.is_spam]
        if len(spam_here) and len(ham_here):
            recall = tuple(measures.recall(spam_here, limit) for limit in limits)
            area = measures.auc(spam_here, ham_here)
            rows.append(SiteRow(site, len(spam_here), len(ham_here), recall, area, error_of(here)))
    return Table(scorer, len(ham), tuple(rows), error_of(out), tuple(_unseen(data, scores, limit) for limit in limits))


def model_table(data: Dataset, logits: npt.NDArray[np.float64]) -> Table:
    """The table of Winnow's own model: (examples,) calibrated log-odds, both views together."""
    return table("Winnow", data, logits, measures.probabilities(logits))


def plain_table(data: Dataset) -> Table:
    """The table of the floor; see baselines.plain_scores."""
    return table("plain hashed n-grams", data, plain_scores(data), None)


@dataclass(frozen=True, slots=True)
class KeywordRow:
    """What the WordPress keyword list does on one source."""

    source: str
    spam: int
    ham: int
    recall: float
    held_back: float
    """Share of honest comments it hits."""
    winnow: float
    """Recall of Winnow when it may hold back as many honest comments of this source as the list does."""


def keyword_table(data: Dataset, logits: npt.NDArray[np.float64], words: frozenset[str]) -> list[KeywordRow]:
    """WordPress's disallowed keys on the left-out sites, and Winnow at the same cost."""
    hits = keyword_hits([example.comment for example in data.examples], words)
    sources = np.array([example.source for example in data.examples])
    rows = []
    for source in dict.fromkeys(sources[data.left_out].tolist()):
        spam, ham = (sources == source) & data.is_spam, (sources == source) & ~data.is_spam
        held = float(hits[ham].mean()) if ham.any() else float("nan")
        recall = float(hits[spam].mean()) if spam.any() else float("nan")
        ours = measures.recall(logits[spam], measures.threshold_at(logits[ham], held)) if ham.any() else float("nan")
        rows.append(KeywordRow(source, int(spam.sum()), int(ham.sum()), recall, held, ours))
    return rows


def _unseen(data: Dataset, scores: npt.NDArray[np.float64], limit: float) -> float:
    """Recall averaged by campaign, over left-out spam whose campaign no other fold's examples share."""
    folds_of: dict[str, set[int]] = {}
    for example, fold in zip(data.examples, data.fold.tolist(), strict=True):
        folds_of.setdefault(example.campaign, set()).add(fold)
    caught: dict[str, list[bool]] = {}
    for number in np.flatnonzero(data.left_out & data.is_spam).tolist():
        campaign = data.examples[number].campaign or data.examples[number].id
        if len(folds_of.get(campaign, ())) <= 1:
            caught.setdefault(campaign, []).append(bool(scores[number] > limit))
    return measures.mean([float(np.mean(found)) for found in caught.values()])


def _plain(value: object) -> object:
    if isinstance(value, float):
        return None if value != value else round(value, 4)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return value
