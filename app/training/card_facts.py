"""What a model's card tells beside its weights: where the data is from, figures by slice, disguises, known limits."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from app.core.comment import Thresholds
from app.core.lists import Lists
from app.core.model import Model
from app.training import measures
from app.training.dataset import Dataset
from app.training.kinds import language_of
from app.training.loso import RATES
from app.training.report import ENOUGH_HAM, Group, Outcome, Report, report
from app.training.robustness import Rates, Row, measure_robustness
from app.training.sources import Source

CANNOT = (
    "It judges one comment at a time: a thousand copies of an innocent sentence look innocent to it.",
    "Spam without a link, a contact or a trade in it, as praise written by a machine, is hard to tell from praise.",
    "It does not know whether a statement is true, or whether a comment is rude.",
)
"""What no model of this kind can do."""
FEW = 100
"""A language with fewer comments of one label was hardly learned."""
_ENOUGH_SPAM, _LOW_RECALL = 10, 0.8


def sources_of(data: Dataset, sources: Mapping[str, Source]) -> dict[str, Any]:
    """Source -> how much spam and ham, what one weighs, and its licence."""
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


def languages_of(data: Dataset) -> dict[str, dict[str, int]]:
    """Language or script -> how much spam and ham, the largest first."""
    names = [(language_of(example.comment, example.source), example.is_spam) for example in data.examples]
    counted = Counter(names)
    largest = Counter(name for name, _ in names).most_common()
    return {name: {"spam": counted[name, True], "ham": counted[name, False]} for name, _ in largest}


def slices_of(data: Dataset, logits: npt.NDArray[np.float64], thresholds: Thresholds, lists: Lists) -> Report:
    """Recall by kind of spam and by language, honest comments hit in each set, by models that had not seen the site.

    Where no source is left out whole, of all comments, by models that had not seen the comment's fold.

    Args:
        data: the examples.
        logits: (examples,) calibrated, of models that have not seen them.
        thresholds: those that the model ships with.
        lists: for the kinds.
    """
    chosen = data.left_out if data.left_out.any() else np.ones(len(data.examples), dtype=bool)
    rows = np.flatnonzero(chosen)
    ham = logits[chosen & ~data.is_spam]
    limits = tuple(measures.threshold_at(ham, rate) for rate in RATES)
    examples = tuple(data.examples[row] for row in rows.tolist())
    return report(Outcome(examples, data.is_spam[rows], logits[rows], limits, thresholds), lists)


def slices_as_json(found: Report) -> dict[str, Any]:
    """The part of it that a card keeps: recall and false positives at each of the rates."""
    told = found.as_json()
    return {name: told[name] for name in ("rates", "kinds", "languages", "ham_sets")}


def limits_of(found: Report, languages: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Sentences on what the model cannot do, as far as its data and measures tell."""
    said = list(CANNOT)
    said += [_missed(f"spam of the kind `{group.name}`", group) for group in found.kinds if _is_weak(group)]
    said += [_missed(f"spam in `{group.name}`", group) for group in found.languages if _is_weak(group)]
    few = [name for name, each in languages.items() if min(each["spam"], each["ham"]) < FEW and name != "none"]
    if few:
        said.append(f"It has learned from fewer than {FEW} comments, spam or honest, in: {', '.join(few)}.")
    worst = found.worst_rejected(ENOUGH_HAM)
    if worst and worst.rejected:
        share = f"{100 * worst.rejected / worst.ham:.2f}"
        said.append(
            f"Of {worst.ham:,} honest comments of {worst.source} it rejected {share} %, the most of a large set."
        )
    return said


def robustness_of(
    data: Dataset, models: Mapping[int, Model], lists: Lists, most_spam: int, most_ham: int
) -> list[dict[str, Any]]:
    """What disguises cost, by models that have not seen the comments: a row for each.

    Args:
        data: the examples.
        models: fold -> the model that was fitted without it.
        lists: that go with them.
        most_spam: for each disguise and fold.
        most_ham: the same.
    """
    whole = data.left_out if data.left_out.any() else np.ones(len(data.examples), dtype=bool)
    rows: list[Row] = []
    for fold, model in models.items():
        out = [data.examples[row] for row in np.flatnonzero(whole & (data.fold == fold)).tolist()]
        rows += measure_robustness(model, lists, out, most_spam, most_ham)
    names = dict.fromkeys((row.family, row.disguise, row.most) for row in rows)
    told = []
    for family, name, most in names:
        of_it = [row for row in rows if row.disguise == name]
        spam, ham = _together([row.spam for row in of_it]), _together([row.ham for row in of_it])
        told.append({"family": family, "disguise": name, "most": most, "spam": spam, "ham": ham})
    return told


def _together(found: list[Rates]) -> dict[str, Any]:
    """Shares in percent of the comments of several folds; None where there are none."""
    comments = sum(each.comments for each in found)

    def share(name: str) -> float | None:
        counted = sum(getattr(each, name) * each.comments for each in found if each.comments)
        return round(counted / comments, 1) if comments else None

    return {"comments": comments, **{name: share(name) for name in ("rejected", "rejected_disguised")}}


def _is_weak(group: Group) -> bool:
    return group.spam >= _ENOUGH_SPAM and group.recall[0] < _LOW_RECALL


def _missed(what: str, group: Group) -> str:
    share = f"{100 * group.recall[0]:.0f}"
    return f"Of {what} it caught {share} % ({group.spam:,} comments of sites not seen), with 1 in 100 good ones held."
