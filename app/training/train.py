"""Examples -> a calibrated model with its thresholds and its card."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from app.core.comment import Thresholds
from app.core.lists import Lists
from app.core.model import Model
from app.errors import ExamplesUnusable
from app.training import card_facts, loso, measures, release
from app.training.crossing import calibrate, cross
from app.training.dataset import Dataset
from app.training.mistakes import FoldModels
from app.training.sources import Source
from app.training.thresholds import GOALS, choose_thresholds

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
    disguised: int = 0,
) -> Trained:
    """Fit, calibrate, choose thresholds, evaluate, and write the card.

    Args:
        data: the examples.
        sources: what is known about where they are from.
        version: the model's name.
        lists: for the fingerprint of the features.
        step: called with a sentence before each step.
        disguised: spam comments of each fold, and twice as many honest ones, put through each disguise for the card.

    Raises:
        ExamplesUnusable: too few of one kind, or none of it outside of one fold.
    """
    _require_enough(data)
    folds = FoldModels()
    keep = folds.keep if disguised else lambda *_: None
    crossed = cross(data, lambda fold: step(f"fitted without fold {fold}"), keep)
    calibration = calibrate(data, crossed)
    thresholds = choose_thresholds(data, calibration.logits(crossed))
    logits = calibration.logits(crossed, thresholds.hold)
    step("fitting on everything")
    fitted = data.fitted_on(np.arange(len(data.examples)))
    table = loso.model_table(data, logits)
    told = _told(data, sources, logits, thresholds, table, lists)
    if disguised:
        step("disguising comments")
        models = folds.calibrated(calibration, thresholds)
        told["robustness"] = card_facts.robustness_of(data, models, lists, disguised, 2 * disguised)
    weights, numbers = fitted.weights * calibration.scale, calibration.numbers(fitted.bias)
    return Trained(*release.make(version, weights, numbers, thresholds, told, lists), table)


def _require_enough(data: Dataset) -> None:
    spam, ham = int(data.is_spam.sum()), int((~data.is_spam).sum())
    if min(spam, ham) < MIN_OF_EACH:
        what = f"There are {spam} spam and {ham} ham; each must be at least {MIN_OF_EACH}."
        raise ExamplesUnusable("the examples", what, "Add labelled comments with --data.")


def _told(
    data: Dataset,
    sources: dict[str, Source],
    logits: npt.NDArray[np.float64],
    thresholds: Thresholds,
    table: loso.Table,
    lists: Lists,
) -> dict[str, Any]:
    """What the card says beside what the model needs."""
    slices, languages = card_facts.slices_of(data, logits, thresholds, lists), card_facts.languages_of(data)
    metrics = {**_metrics(data, logits, thresholds, table), "slices": card_facts.slices_as_json(slices)}
    return {
        "threshold_goals": GOALS,
        "metrics": metrics,
        "data": card_facts.sources_of(data, sources),
        "languages": languages,
        "limits": card_facts.limits_of(slices, languages),
    }


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
