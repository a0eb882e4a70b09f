"""What a table of sites does not show: recall by language and kind of spam, honest comments hit in each set."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from app.core.comment import Thresholds
from app.core.lists import Lists
from app.core.model import probability_of
from app.training import measures
from app.training.crossing import Calibration, Crossed
from app.training.dataset import Dataset
from app.training.examples import Example
from app.training.kinds import KINDS, kind_of, language_of
from app.training.loso import RATES, Table
from app.training.thresholds import choose_thresholds

ENOUGH_HAM = 300
"""A set with fewer honest comments cannot show a rate of 3 in 1,000."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Every comment of the left-out sites with its score, by a model that has not seen its site."""

    examples: tuple[Example, ...]
    is_spam: npt.NDArray[np.bool_]
    logits: npt.NDArray[np.float64]
    """(examples,) calibrated."""
    limits: tuple[float, ...]
    """Log-odds above which a comment is flagged, at each of RATES."""
    thresholds: Thresholds
    """Those a model trained on the same comments would ship with."""


@dataclass(frozen=True, slots=True)
class Group:
    """Comments that have something in common."""

    name: str
    spam: int
    ham: int
    recall: tuple[float, ...]
    """At each of RATES; NaN without spam."""
    false_positives: tuple[float, ...]
    """Share of its ham flagged at each of RATES; NaN without ham."""


@dataclass(frozen=True, slots=True)
class HamSet:
    """Honest comments of one source."""

    source: str
    ham: int
    flagged: tuple[int, ...]
    """How many are flagged at each of RATES."""
    held: int
    """How many reach the shipped `hold` or worse."""
    rejected: int
    """How many reach the shipped `reject` or worse."""


@dataclass(frozen=True, slots=True)
class Report:
    """The breakdowns of one outcome."""

    kinds: tuple[Group, ...]
    languages: tuple[Group, ...]
    """The largest first."""
    ham_sets: tuple[HamSet, ...]
    limits: tuple[float, ...]
    thresholds: Thresholds

    def worst_rejected(self, least: int = 1) -> HamSet | None:
        """The set with the largest share of honest comments at `reject`, of those with at least so many."""
        large = [each for each in self.ham_sets if each.ham >= least]
        return max(large, key=lambda each: each.rejected / each.ham, default=None)

    def as_json(self) -> dict[str, object]:
        """The breakdowns as JSON values; shares that nothing can be counted for are null."""
        worst = {f"of_at_least_{least}": self.worst_rejected(least) for least in (1, ENOUGH_HAM)}
        return {
            "rates": RATES,
            "limits": [round(limit, 3) if np.isfinite(limit) else None for limit in self.limits],
            "thresholds": asdict(self.thresholds),
            "kinds": [_plain(group) for group in self.kinds],
            "languages": [_plain(group) for group in self.languages],
            "ham_sets": [asdict(each) for each in self.ham_sets],
            "worst_at_reject": {name: asdict(each) if each else None for name, each in worst.items()},
        }


def outcome(data: Dataset, crossed: Crossed, calibration: Calibration) -> Outcome:
    """The comments of left-out sites, their scores, and the limits that their ham gives."""
    thresholds = choose_thresholds(data, calibration.logits(crossed))
    logits = calibration.logits(crossed, thresholds.hold)
    rows = np.flatnonzero(data.left_out)
    ham = logits[data.left_out & ~data.is_spam]
    return Outcome(
        tuple(data.examples[row] for row in rows.tolist()),
        data.is_spam[rows],
        logits[rows],
        tuple(measures.threshold_at(ham, rate) for rate in RATES),
        thresholds,
    )


def report(found: Outcome, lists: Lists, progress: Callable[[int], None] = lambda _: None) -> Report:
    """All breakdowns.

    Args:
        found: the scores.
        lists: for the links of spam, which tell its kind.
        progress: called with the number of spam comments whose kind is told since the last call.
    """
    kinds = [""] * len(found.examples)
    for row in np.flatnonzero(found.is_spam).tolist():
        kinds[row] = kind_of(found.examples[row].comment, lists)
        progress(1)
    languages = [language_of(example.comment, example.source) for example in found.examples]
    by_kind = {group.name: group for group in _groups(found, kinds)}
    return Report(
        tuple(by_kind[kind] for kind in KINDS if kind in by_kind),
        tuple(sorted(_groups(found, languages), key=lambda group: (-group.spam, -group.ham, group.name))),
        ham_sets(found),
        found.limits,
        found.thresholds,
    )


def _groups(found: Outcome, names: Sequence[str]) -> list[Group]:
    named = np.array(names)
    groups = []
    for name in dict.fromkeys(names):
        spam, ham = (found.logits[(named == name) & kind] for kind in (found.is_spam, ~found.is_spam))
        recall, hit = (tuple(measures.recall(some, limit) for limit in found.limits) for some in (spam, ham))
        groups.append(Group(name, len(spam), len(ham), recall, hit))
    return groups


def ham_sets(found: Outcome) -> tuple[HamSet, ...]:
    """How many honest comments of each source are hit, in the order of the sources."""
    sources = np.array([example.source for example in found.examples])
    probability = np.array([probability_of(logit) for logit in found.logits.tolist()])
    sets = []
    for source in dict.fromkeys(sources[~found.is_spam].tolist()):
        here = (sources == source) & ~found.is_spam
        limits, logits = found.thresholds, found.logits[here]
        counted = measures.counts(probability[here], found.is_spam[here], limits.hold, limits.reject)
        flagged = tuple(int((logits > limit).sum()) for limit in found.limits)
        sets.append(HamSet(source, len(logits), flagged, counted.ham_held, counted.ham_rejected))
    return tuple(sets)


def worst_site(table: Table) -> str:
    """The left-out site with the lowest recall at the first of RATES; empty without any."""
    worst = min(table.rows, key=lambda row: row.recall[0], default=None)
    return worst.site if worst else ""


def _plain(group: Group) -> dict[str, object]:
    def shares(values: tuple[float, ...]) -> list[float | None]:
        return [None if value != value else round(value, 4) for value in values]

    return asdict(group) | {"recall": shares(group.recall), "false_positives": shares(group.false_positives)}
