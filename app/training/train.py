"""Examples -> a calibrated model with its thresholds and its card."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from app.core.comment import Thresholds
from app.core.lists import Lists
from app.core.model import Model
from app.errors import ExamplesUnusable
from app.training import loso, measures, release
from app.training.crossing import REJECT_RATE, calibrate, cross
from app.training.dataset import Dataset
from app.training.sources import Source

HOLD_RATE, DISCARD_RATE = 0.01, 0.0002
"""Share of honest comments of sites never seen that the shipped thresholds may hold and drop; see REJECT_RATE."""
MIN_OF_EACH = 30
"""Fewer spam or ham than this say nothing."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A model that has been made, not yet written."""

    model: Model
    card: bytes
    weights: bytes
    table: loso.Table


def train(
    data: Dataset,
    sources: dict[str, Source],
    version: str,
    lists: Lists,
    step: Callable[[str], None] = lambda _: None,
) -> Trained:
    """Fit, calibrate, choose thresholds, evaluate, and write the card.

    Args:
        data: the examples.
        sources: what is known about where they are from.
        version: the model's name.
        lists: for the fingerprint of the features.
        step: called with a sentence before each step.

    Raises:
        ExamplesUnusable: too few of one kind, or none of it outside of one fold.
    """
    spam, ham = int(data.is_spam.sum()), int((~data.is_spam).sum())
    if min(spam, ham) < MIN_OF_EACH:
        what = f"There are {spam} spam and {ham} ham; each must be at least {MIN_OF_EACH}."
        raise ExamplesUnusable("the examples", what, "Add labelled comments with --data.")
    crossed = cross(data, lambda fold: step(f"fitted without fold {fold}"))
    calibration = calibrate(data, crossed)
    thresholds = choose_thresholds(data, calibration.logits(crossed))
    logits = calibration.logits(crossed, thresholds.hold)
    step("fitting on everything")
    fitted = data.fitted_on(np.arange(len(data.examples)))
    table = loso.model_table(data, logits)
    numbers = calibration.numbers(fitted.bias)
    metrics = _metrics(data, logits, thresholds, table)
    told = {"metrics": metrics, "data": _told_of(data, sources)}
    model, card, weights = release.make(version, fitted.weights * calibration.scale, numbers, thresholds, told, lists)
    return Trained(model, card, weights, table)


def choose_thresholds(data: Dataset, logits: npt.NDArray[np.float64]) -> Thresholds:
    """Thresholds by goal, on honest comments of sites never seen; probabilities with four decimals.

    Where no honest comment is left out with its whole source, on all but chat and video comments, another genre.
    """
    ham = ~data.is_spam
    of_new_sites, of_the_genre = ham & data.left_out, ham & (data.weight >= 0.5)
    counted = next((some for some in (of_new_sites, of_the_genre) if some.any()), ham)
    chosen = []
    for rate in (HOLD_RATE, REJECT_RATE, DISCARD_RATE):
        logit = measures.threshold_at(logits[counted], rate)
        just_let_through = round(float(1 / (1 + np.exp(-logit))), 4)  # scores are rounded, and a tie is flagged
        chosen.append(min(0.9999, round(just_let_through + 0.0001, 4)))
    return Thresholds(*chosen)


def _metrics(
    data: Dataset, logits: npt.NDArray[np.float64], thresholds: Thresholds, table: loso.Table
) -> dict[str, Any]:
    probability = measures.probabilities(logits)
    unseen = data.left_out if data.left_out.any() else np.ones(len(data.examples), dtype=bool)
    error = measures.calibration_error(probability[unseen], data.is_spam[unseen])
    names = np.array([example.source for example in data.examples])
    per_source = {}
    for name in sorted(set(names.tolist())):
        here = names == name
        found = measures.counts(probability[here], data.is_spam[here], thresholds.hold, thresholds.reject)
        per_source[name] = {field: getattr(found, field) for field in found.__slots__}
    recall = dict(
        zip(("recall_at_1_percent", "recall_at_0.2_percent", "recall_at_0.1_percent"), table.mean, strict=True)
    )
    return {
        **{name: round(value, 4) for name, value in recall.items() if value == value},
        "calibration_error": round(error, 4),
        "leave_one_site_out": table.as_json(),
        "at_thresholds_unseen": per_source,
    }


def _told_of(data: Dataset, sources: dict[str, Source]) -> dict[str, Any]:
    spam = Counter(example.source for example in data.examples if example.is_spam)
    ham = Counter(example.source for example in data.examples if not example.is_spam)
    return {
        name: {
            "spam": spam[name],
            "ham": ham[name],
            "weight": sources.get(name, Source(name)).weight,
            "licence": sources.get(name, Source(name)).licence or "not told",
        }
        for name in sorted(spam | ham)
    }
