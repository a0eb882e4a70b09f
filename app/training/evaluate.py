"""A finished model on labelled files: how many right, per source."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app import lists, models
from app.core.features import measure
from app.training import measures
from app.training.examples import Example, read_examples


@dataclass(frozen=True, slots=True)
class SourceResult:
    """One source, scored with a finished model."""

    source: str
    counts: measures.Counts
    auc: float | None
    """None when the source has only one kind."""
    calibration_error: float


def evaluate_files(
    paths: Sequence[Path], folder: Path, version: str = "", progress: Callable[[int], None] = lambda _: None
) -> list[SourceResult]:
    """Score all labelled comments of files and folders, source by source; empty if none is labelled.

    Args:
        paths: JSONL files or folders.
        folder: the models folder.
        version: the model; empty for the one in use.
        progress: called with the number of comments done since the last call.

    Raises:
        ExamplesUnusable, ModelUnusable
    """
    known = lists.load()
    model = models.load(folder, version, known) if version else models.load_current(folder, known)
    by_source: dict[str, list[Example]] = {}
    for example in read_examples(paths):
        by_source.setdefault(example.source, []).append(example)
    results = []
    for source, examples in by_source.items():
        probability = np.empty(len(examples))
        for number, example in enumerate(examples):
            probability[number] = model.score(measure(example.comment, known)).probability
            progress(1)
        is_spam = np.array([example.is_spam for example in examples])
        area = measures.auc(probability[is_spam], probability[~is_spam])
        found = measures.counts(probability, is_spam, model.thresholds.hold, model.thresholds.reject)
        error = measures.calibration_error(probability, is_spam)
        results.append(SourceResult(source, found, None if area != area else area, error))
    return results
