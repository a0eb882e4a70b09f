"""The comments that were judged worst, and those whose label is disputed, with what spoke for and against."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.core.comment import Thresholds
from app.core.features import measure
from app.core.lists import Lists
from app.core.model import Model
from app.core.reasons import explain
from app.training.crossing import Calibration
from app.training.examples import Disputed, Example, Judged
from app.training.fit import Fitted
from app.training.kinds import kind_of
from app.training.report import Outcome
from app.training.sources import Source

REASONS = 5
TEXT_CHARS = 300


class FoldModels:
    """The models of the folds, kept while they are fitted, so that single comments can be explained afterwards."""

    def __init__(self) -> None:
        self._fitted: dict[int, tuple[npt.NDArray[np.float32], float]] = {}

    def keep(self, fold: int, fitted: Fitted) -> None:
        """Remember the weights that were fitted without a fold."""
        self._fitted[fold] = fitted.weights.astype(np.float32), fitted.bias

    def calibrated(self, calibration: Calibration, thresholds: Thresholds) -> dict[int, Model]:
        """Fold -> the model as it would be served; weights are rounded as those of a released one."""
        made = {}
        for fold, (weights, bias) in self._fitted.items():
            packed = (weights * calibration.scale).astype(np.float16)
            told = calibration.numbers(bias)
            numbers = told["bias"], told["link_scale"], told["link_bias"]
            made[fold] = Model(f"without fold {fold}", packed, *numbers, thresholds=thresholds, card={})
        return made


@dataclass(frozen=True, slots=True)
class Mistake:
    """An honest comment that looks like spam, or spam that looks honest."""

    id: str
    source: str
    label: str
    score: float
    """Probability, 0.0 to 1.0."""
    kind: str
    """See kinds.py; told of honest comments too."""
    reasons: tuple[tuple[str, float], ...]
    """Code and weight of the strongest, at most REASONS."""
    author: str
    author_url: str
    page_title: str
    text: str
    """The first TEXT_CHARS characters."""


def worst(found: Outcome, is_spam: bool, count: int) -> list[int]:
    """Rows of the spam that scores lowest, or of the ham that scores highest: every source's worst first, in turns."""
    rows = np.flatnonzero(found.is_spam == is_spam)
    order = rows[np.argsort(found.logits[rows] if is_spam else -found.logits[rows], kind="stable")]
    met: dict[str, int] = {}
    turns = []
    for place, row in enumerate(order.tolist()):
        source = found.examples[row].source
        met[source] = met.get(source, 0) + 1
        turns.append((met[source], place, row))
    chosen = sorted(turns)[:count]
    return [row for _, _, row in sorted(chosen, key=lambda turn: (found.examples[turn[2]].source, turn[1]))]


def explained(example: Example, model: Model, lists: Lists) -> Mistake:
    """One comment with its score and reasons by a model that has not seen its site."""
    comment = example.comment
    measured = measure(comment, lists)
    scored = model.score(measured)
    reasons = explain(comment, measured, scored, model, lists)[:REASONS]
    return Mistake(
        id=example.id,
        source=example.source,
        label="spam" if example.is_spam else "ham",
        score=round(scored.probability, 4),
        kind=kind_of(comment, lists),
        reasons=tuple((reason.code, round(reason.weight, 2)) for reason in reasons),
        author=comment.author,
        author_url=comment.author_url,
        page_title=comment.page_title,
        text=comment.text[:TEXT_CHARS],
    )


@dataclass(frozen=True, slots=True)
class DisputedRow:
    """Comments of a left-out site that are labelled one way and judged another by a reader."""

    label: str
    judged: Judged
    count: int
    like_spam: int
    """How many the model flags at 1 % false positives."""
    with_reader: int
    """How many it sees as the reader does; 0 where the reader could not tell either."""


def disputed_rows(
    disputed: Sequence[Disputed], models: dict[int, Model], sources: dict[str, Source], limit: float, lists: Lists
) -> list[DisputedRow]:
    """How the models of the folds see disputed comments; those of sources that are never left out do not count.

    Args:
        disputed: all of them.
        models: by fold; see FoldModels.
        sources: which fold leaves a source out.
        limit: log-odds above which a comment is flagged at 1 % false positives.
        lists: for the features.
    """
    flagged: dict[tuple[str, Judged], list[bool]] = {}
    for each in disputed:
        known = sources.get(each.example.source)
        if known is None or known.fold not in models:
            continue
        logit = models[known.fold].score(measure(each.example.comment, lists)).logit
        label = "spam" if each.example.is_spam else "ham"
        flagged.setdefault((label, each.judged), []).append(logit > limit)
    rows = []
    for (label, judged), seen in sorted(flagged.items()):
        agreeing = {"spam": sum(seen), "ham": len(seen) - sum(seen), "arguable": 0}[judged]
        rows.append(DisputedRow(label, judged, len(seen), sum(seen), agreeing))
    return rows
