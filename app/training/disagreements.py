"""Labels that a model disagrees with most: what a person should look at again."""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import heappush, heappushpop
from pathlib import Path
from typing import Any

from app.core.features import measure
from app.core.lists import Lists
from app.core.model import Model
from app.core.reasons import explain
from app.store.exported import without_formula
from app.training.examples import Example, files_of, judgements, read_examples

REASONS = 3
TEXT_CHARS = 300
COLUMNS = ("id", "label", "judged", "score", "reasons", "author", "author_url", "text")
"""Of the table: the first three are read again, see `examples.judgements`; the others are for who fills it in."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A comment whose label says one thing, and the model the other."""

    id: str
    source: str
    label: str
    score: float
    """Probability that it is spam, as it is served."""
    reasons: tuple[tuple[str, str, float], ...]
    """Code, sentence and weight in log-odds of the strongest, REASONS at most."""
    author: str
    author_url: str
    text: str
    """The first TEXT_CHARS characters."""

    @property
    def by(self) -> float:
        """How far label and score are apart, 0.5 to 1.0."""
        return self.score if self.label == "ham" else 1 - self.score

    def as_json(self) -> dict[str, Any]:
        """The disagreement as JSON values."""
        reasons = [{"code": code, "label": label, "weight": weight} for code, label, weight in self.reasons]
        names = ("id", "source", "label", "score", "author", "author_url", "text")
        return {**{name: getattr(self, name) for name in names}, "by": round(self.by, 4), "reasons": reasons}


@dataclass(frozen=True, slots=True)
class Found:
    """What a model made of labelled comments."""

    comments: int
    """All that were asked about; those that somebody has judged are not."""
    disagreeing: int
    """Those that the model finds likelier to be what they are not labelled as."""
    worst: tuple[Disagreement, ...]
    """Worst first."""


def disagreements(
    paths: Iterable[Path], model: Model, lists: Lists, limit: int, progress: Callable[[int], None] = lambda _: None
) -> Found:
    """The labels of files and folders that a model disagrees with most.

    Args:
        paths: JSONL files or folders; comments that a judged.tsv beside them has judged are passed over.
        model: who disagrees. What it was trained on it has learned to agree with, so what is left weighs more.
        lists: that go with it.
        limit: how many are told at most.
        progress: called with the number of comments scored since the last call.

    Raises:
        ExamplesUnusable: see `read_examples`.
    """
    paths = list(paths)
    confirmed = {
        name for folder in {path.parent for path in files_of(paths)} for name in judgements(folder / "judged.tsv")
    }
    heap: list[tuple[float, int, float, Example]] = []
    comments = disagreeing = 0
    for number, example in enumerate(read_examples(paths)):
        progress(1)
        if example.id in confirmed:
            continue
        comments += 1
        score = round(model.score(measure(example.comment, lists)).probability, 4)
        by = 1 - score if example.is_spam else score
        if by <= 0.5:
            continue
        disagreeing += 1
        row = (by, -number, score, example)
        if len(heap) < limit:
            heappush(heap, row)
        else:
            heappushpop(heap, row)
    worst = [_explained(example, score, model, lists) for _, _, score, example in sorted(heap, reverse=True)]
    return Found(comments, disagreeing, tuple(worst))


def table(found: Found) -> bytes:
    """A table to fill in: `judged` is empty, and as long as it is, nothing is learned otherwise.

    Tab-separated UTF-8, a line for each, with a line of names. What a stranger wrote is no formula to a spreadsheet.
    """
    into = io.StringIO(newline="")
    writer = csv.writer(into, delimiter="\t", lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in found.worst:
        reasons = "; ".join(f"{label} {weight:+.2f}" for _, label, weight in each.reasons)
        shown = (each.author, each.author_url, each.text)
        told = (f"{each.score:.4f}", reasons, *(without_formula(" ".join(text.split())) for text in shown))
        writer.writerow((each.id, each.label, "", *told))
    return into.getvalue().encode("utf-8", "replace")


def _explained(example: Example, score: float, model: Model, lists: Lists) -> Disagreement:
    comment = example.comment
    measured = measure(comment, lists)
    reasons = explain(comment, measured, model.score(measured), model, lists)[:REASONS]
    return Disagreement(
        id=example.id,
        source=example.source,
        label="spam" if example.is_spam else "ham",
        score=score,
        reasons=tuple((reason.code, reason.label, round(reason.weight, 2)) for reason in reasons),
        author=comment.author,
        author_url=comment.author_url,
        text=comment.text[:TEXT_CHARS],
    )
