"""A measurement as a file, and what changed between two of them."""

import json
import math
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.errors import ExamplesUnusable
from app.training import measures
from app.training.examples import Example
from app.training.loso import RATES, Table
from app.training.report import Outcome

FORMAT = 1
MIN_SHARED = 0.9
"""Share of either run's comments that the other must hold: labels are disputed, or added, but a run on a sample or on
other corpora is another measurement."""
TIE = 0.005
"""A site is won or lost when its recall changes by more than half a point."""
_REMEDY = "Name a file that `winnow loso --save` wrote."


Key = tuple[str, str, bool]
"""Source, id, and whether it is spam."""


@dataclass(frozen=True, slots=True)
class Run:
    """The scores of one measurement."""

    sample: float
    """Share of the corpora it was made on."""
    scores: dict[Key, float]
    """Calibrated log-odds of the comments of left-out sites, three decimals."""


def run_of(found: Outcome, sample: float) -> Run:
    """What is saved of an outcome."""
    rows = zip(found.examples, found.logits.tolist(), strict=True)
    return Run(sample, {key_of(row): round(logit, 3) for row, logit in rows})


def key_of(example: Example) -> Key:
    """What tells a comment from all others, whose label included: judged otherwise, it is another row."""
    return example.source, example.id, example.is_spam


def as_bytes(run: Run, found: Outcome, table: Table) -> bytes:
    """The file: one JSON object, one comment a line, no text of any."""
    head = {
        "winnow_loso": FORMAT,
        "sample": run.sample,
        "rates": RATES,
        "thresholds": [round(limit, 3) if np.isfinite(limit) else None for limit in found.limits],
        "table": table.as_json(),
    }
    rows = [[key[1], key[0], "spam" if key[2] else "ham", score] for key, score in run.scores.items()]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return (json.dumps(head)[:-1] + f', "examples": [\n{lines}\n]}}\n').encode("utf-8", "replace")


def read_run(path: Path) -> Run:
    """A saved run.

    Raises:
        ExamplesUnusable: it cannot be read, or is none.
    """
    try:
        told: Any = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(told, dict) or told.get("winnow_loso") != FORMAT:
            raise ExamplesUnusable(str(path), "This is not a saved run.", _REMEDY)
        sample, scores = float(told["sample"]), {}
        for identity, source, label, score in told["examples"]:
            if label not in ("spam", "ham"):
                raise ValueError(label)
            if not math.isfinite(score):
                raise ValueError(score)
            scores[str(source), str(identity), label == "spam"] = float(score)
    except OSError as error:
        what = f"The saved run cannot be read: {error.strerror or type(error).__name__}."
        raise ExamplesUnusable(str(path), what, _REMEDY) from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        what = f"This is not a saved run, or a damaged one ({type(error).__name__})."
        raise ExamplesUnusable(str(path), what, _REMEDY) from error
    return Run(sample, scores)


@dataclass(frozen=True, slots=True)
class Change:
    """Recall of one site in two runs."""

    site: str
    before: tuple[float, ...]
    """At each of RATES."""
    after: tuple[float, ...]

    @property
    def outcome(self) -> tuple[str, ...]:
        """won, tied or lost, at each of RATES."""
        return tuple(_outcome(after - before) for before, after in zip(self.before, self.after, strict=True))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs on the comments that both hold, with thresholds from the ham that both hold."""

    shared: int
    only_before: int
    only_after: int
    sites: tuple[Change, ...]
    spam_gained: tuple[str, ...]
    """Ids of spam caught at 1 % false positives that was missed before, the largest change first; so are the rest."""
    spam_lost: tuple[str, ...]
    ham_freed: tuple[str, ...]
    """Ids of ham that is no longer flagged at 1 %."""
    ham_hit: tuple[str, ...]

    def count(self, outcome: str) -> tuple[int, ...]:
        """How many sites were won, tied or lost, at each of RATES."""
        return tuple(sum(site.outcome[i] == outcome for site in self.sites) for i in range(len(RATES)))

    def as_json(self) -> dict[str, object]:
        """The comparison as JSON values."""
        sites = [
            {"site": site.site, "before": _rounded(site.before), "after": _rounded(site.after), "outcome": site.outcome}
            for site in self.sites
        ]
        return {
            "shared": self.shared,
            "only_before": self.only_before,
            "only_after": self.only_after,
            "rates": RATES,
            "sites": sites,
            **{name: self.count(name) for name in ("won", "tied", "lost")},
            **{name: getattr(self, name) for name in ("spam_gained", "spam_lost", "ham_freed", "ham_hit")},
        }


def require_comparable(before: Run, sample: float, keys: Collection[Key] | None, named: str) -> None:
    """Refuse an earlier run that was made on other comments; asked before the work, not after it.

    Args:
        before: the earlier run.
        sample: the share of the corpora that the new one is made on.
        keys: the comments of the new one; None while they are not read yet.
        named: the file of the earlier one.

    Raises:
        ExamplesUnusable: it is another share, or fewer than MIN_SHARED of either run's comments are in both.
    """
    remedy = "Save a run on the same corpora with the same --sample."
    if before.sample != sample:
        what = f"It was made with --sample {before.sample:g}, not {sample:g}."
        raise ExamplesUnusable(named, what, remedy)
    if keys is None:
        return
    shared = sum(key in before.scores for key in keys)
    if not shared or shared < MIN_SHARED * max(len(before.scores), len(keys)):
        what = f"It was made on other comments: {shared:,} are in both, of {len(before.scores):,} then"
        raise ExamplesUnusable(named, f"{what} and {len(keys):,} now.", remedy)


def compare(before: Run, after: Run) -> Comparison:
    """What changed from one run to the next; see `require_comparable`."""
    keys = [key for key in after.scores if key in before.scores]
    is_spam = np.array([spam for _, _, spam in keys])
    old, new = (np.array([run.scores[key] for key in keys]) for run in (before, after))
    over_old, over_new = (_margins(scores, is_spam) for scores in (old, new))
    flipped = (over_old[0] > 0) != (over_new[0] > 0)
    move = over_new[0] - over_old[0]

    def ids(some: npt.NDArray[np.bool_]) -> tuple[str, ...]:
        rows = np.flatnonzero(flipped & some)
        return tuple(keys[row][1] for row in rows[np.argsort(-np.abs(move[rows]), kind="stable")].tolist())

    up = move > 0
    return Comparison(
        shared=len(keys),
        only_before=len(before.scores) - len(keys),
        only_after=len(after.scores) - len(keys),
        sites=_sites([source for source, _, _ in keys], is_spam, over_old, over_new),
        spam_gained=ids(is_spam & up),
        spam_lost=ids(is_spam & ~up),
        ham_freed=ids(~is_spam & ~up),
        ham_hit=ids(~is_spam & up),
    )


def _margins(scores: npt.NDArray[np.float64], is_spam: npt.NDArray[np.bool_]) -> list[npt.NDArray[np.float64]]:
    """At each of RATES, how far each score is above the threshold that the ham gives."""
    return [scores - measures.threshold_at(scores[~is_spam], rate) for rate in RATES]


def _sites(
    sources: list[str],
    is_spam: npt.NDArray[np.bool_],
    old: list[npt.NDArray[np.float64]],
    new: list[npt.NDArray[np.float64]],
) -> tuple[Change, ...]:
    named = np.array(sources)
    changes = []
    for site in dict.fromkeys(sources):
        spam = (named == site) & is_spam
        if spam.any() and (~is_spam & (named == site)).any():
            before, after = (tuple(measures.recall(each[spam], 0.0) for each in run) for run in (old, new))
            changes.append(Change(site, before, after))
    return tuple(changes)


def _outcome(change: float) -> str:
    return "won" if change > TIE + 1e-9 else "lost" if change < -TIE - 1e-9 else "tied"


def _rounded(values: tuple[float, ...]) -> list[float]:
    return [round(value, 4) for value in values]
