"""Does the page help? The same comments with their page, without it, and by a model that never saw a page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from app.core.comment import Comment, Thresholds
from app.errors import ExamplesUnusable
from app.training import measures
from app.training.crossing import Crossed, calibrate, worst_links
from app.training.dataset import FOLDS, Dataset, assemble
from app.training.examples import Example
from app.training.thresholds import choose_thresholds

SOURCE = "relevance"
"""The folder of examples that stand under two pages each."""
FALSE_POSITIVES = 0.01
"""Where recall is compared, so that a model that flags more of everything gains nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One way to answer, measured on comments of sites that its models have not seen."""

    way: str
    """page sent, page not sent, or trained without pages."""
    auc: float
    recall: float
    """Recall where FALSE_POSITIVES of the ham of these rows is flagged."""
    counts: measures.Counts
    """Held and rejected at the thresholds that training chooses for these models."""


@dataclass(frozen=True, slots=True)
class Twins:
    """The same comment, once under its own page and once under another."""

    pairs: int
    told_apart: float
    """Share of pairs in which the one under the wrong page has the higher score; ties count half."""
    median_gap: float
    """Log-odds between the two."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the page does."""

    twins: Twins
    twins_by_language: dict[str, Twins]
    examples: tuple[Answer, ...]
    """On the examples of SOURCE."""
    others: tuple[Answer, ...]
    """On the examples of all other sources that are dealt to the folds."""
    sites: tuple[Answer, ...]
    """On the sites that the corpora leave out; empty without any."""


def without_page(comment: Comment) -> Comment:
    """The comment as a CMS that says nothing of the page would send it."""
    return replace(comment, page_title="", page_text="", page_url="")


def compare(data: Dataset, languages: dict[str, str], progress: Callable[[int], None] = lambda _: None) -> Report:
    """Fit without each fold, with pages and without, and score what was left out in three ways.

    Args:
        data: the examples, those of SOURCE among them.
        languages: the language of an example, by id; those without one count in no language.
        progress: called with each fold that is done.

    Raises:
        ExamplesUnusable: no comment of SOURCE stands under two pages.
    """
    pairs = twins_of(data.examples)
    if not pairs:
        what = "No comment stands there once as ham and once as spam."
        raise ExamplesUnusable(f"training_data/{SOURCE}", what, "Take the folder from the repository.")
    unpaged = [replace(example, comment=without_page(example.comment)) for example in data.examples]
    pageless = replace(assemble(unpaged, {}, folds=data.fold), weight=data.weight, left_out=data.left_out)
    ways = _ways(data, pageless, progress)
    logits = ways[0].logits
    by_language: dict[str, list[tuple[int, int]]] = {}
    for pair in pairs:
        by_language.setdefault(languages.get(data.examples[pair[0]].id, ""), []).append(pair)
    told = {name: _twins(logits, some) for name, some in by_language.items() if name}
    ours = np.array([example.source == SOURCE for example in data.examples])
    parts = (ours, ~ours & ~data.left_out, data.left_out)
    return Report(_twins(logits, pairs), told, *(_answers(data, ways, rows) for rows in parts))


def twins_of(examples: Sequence[Example]) -> list[tuple[int, int]]:
    """The spam and the ham that differ in nothing but the page, as positions; only those of SOURCE."""
    found: dict[Comment, dict[bool, int]] = {}
    for number, example in enumerate(examples):
        if example.source == SOURCE:
            found.setdefault(without_page(example.comment), {})[example.is_spam] = number
    return [(kinds[True], kinds[False]) for kinds in found.values() if len(kinds) == 2]


@dataclass(frozen=True, slots=True)
class _Way:
    """Scores of one way to answer, and the thresholds that go with them."""

    name: str
    logits: measures.Scores
    """(examples,) calibrated; each by a model that has not seen the fold."""
    thresholds: Thresholds


def _ways(data: Dataset, pageless: Dataset, progress: Callable[[int], None]) -> tuple[_Way, ...]:
    sent, unsent, never = _crossed(data, pageless, progress)
    with_pages, without = calibrate(data, sent), calibrate(pageless, never)
    limits = choose_thresholds(data, with_pages.logits(sent))
    limits_without = choose_thresholds(pageless, without.logits(never))
    return (
        _Way("page sent", with_pages.logits(sent), limits),
        _Way("page not sent", with_pages.logits(unsent), limits),
        _Way("trained without pages", without.logits(never), limits_without),
    )


def _crossed(data: Dataset, pageless: Dataset, progress: Callable[[int], None]) -> tuple[Crossed, Crossed, Crossed]:
    """Raw scores by models that have not seen the fold: page sent, page not sent, trained without pages."""
    count = len(data.examples)
    sent, unsent, never = (Crossed(np.full(count, np.nan), np.full(count, np.nan)) for _ in range(3))
    for fold in range(1, FOLDS + 1):
        out, rest = np.flatnonzero(data.fold == fold), np.flatnonzero(data.fold != fold)
        if len(out):
            with_pages, without = data.fitted_on(rest), pageless.fitted_on(rest)
            for crossed, rows, fitted in (
                (sent, data, with_pages),
                (unsent, pageless, with_pages),
                (never, pageless, without),
            ):
                crossed.whole[out] = fitted.logits(rows.matrix.comments[out])
                crossed.worst_link[out] = worst_links(rows, fitted, out)
        progress(fold)
    return sent, unsent, never


def _answers(data: Dataset, ways: Sequence[_Way], rows: npt.NDArray[np.bool_]) -> tuple[Answer, ...]:
    """Each way on some of the examples; nothing when these are not of both kinds."""
    is_spam = data.is_spam[rows]
    if len(set(is_spam.tolist())) < 2:
        return ()
    found = []
    for way in ways:
        logits = way.logits[rows]
        spam, ham = logits[is_spam], logits[~is_spam]
        recall = measures.recall(spam, measures.threshold_at(ham, FALSE_POSITIVES))
        probability = measures.probabilities(logits)
        counts = measures.counts(probability, is_spam, way.thresholds.hold, way.thresholds.reject)
        found.append(Answer(way.name, measures.auc(spam, ham), recall, counts))
    return tuple(found)


def _twins(logits: measures.Scores, pairs: Sequence[tuple[int, int]]) -> Twins:
    gap = np.array([logits[spam] - logits[ham] for spam, ham in pairs])
    return Twins(len(pairs), float(((gap > 0) + (gap == 0) / 2).mean()), float(np.median(gap)))
