"""The whole act: every site's decisions -> a new model in the models folder, or nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import time
from typing import Any

import numpy as np

from app import models
from app.core.adaptation import Adaptation
from app.core.comment import Comment
from app.core.lists import Lists
from app.core.model import Model
from app.core.times import shifted, written
from app.retraining import releasing
from app.retraining.frozen import Frozen, frozen
from app.retraining.site import LEAST_LESSONS, Learned, Material, learn
from app.store.records import MODERATOR
from app.store.sql import SqlStore
from app.training.examples import read_examples
from app.training.matrix import build

MOST_LESSONS = 20_000
MOST_UNDECIDED = 2_000
"""Of each site, the newest."""
SHOWN_FLIPS = 50
"""Of each site, in the card; there may be thousands."""
_ABANDONED_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Retrained:
    """What a retraining came to."""

    version: str
    """Of the new model; empty when there is none, for nothing was learned."""
    before: Model
    """The model in use when it began."""
    learned: tuple[Learned, ...]
    """Sites with enough decisions."""
    too_few: dict[str, int]
    """Sites with fewer than LEAST_LESSONS, and how many they have."""
    forced: str
    """Why the gate was passed over; empty when it was not."""

    @property
    def refused(self) -> tuple[Learned, ...]:
        """Sites that the gate kept as they were."""
        return () if self.forced else tuple(each for each in self.learned if each.failed)


def retrain(
    store: SqlStore,
    folder: Path,
    lists: Lists,
    ours: Path,
    now: datetime,
    *,
    days: int = 30,
    forced: str = "",
    step: Callable[[str, float], None] = lambda _what, _share: None,
) -> Retrained:
    """Learn from the decisions of all sites, and write a model if the gate lets one pass. It is not in use yet.

    A site that the gate refuses keeps what it had taught before. A site whose decisions are gone has taught nothing.

    Args:
        store: where the decisions are.
        folder: the models folder.
        lists: host kinds, trade words and the rest.
        ours: the folder of our own examples.
        now: for version and card.
        days: comments of so many days are looked through for such as get another action.
        forced: why the gate is passed over; empty: it is not.
        step: called with what is being done and the share of the whole that is done, 0.0 to 1.0.

    Raises:
        CommandRefused: another retraining runs, or the folder cannot be written.
        ModelUnusable: there is no model to start from.
    """
    with releasing.alone(folder):
        releasing.sweep(folder, time() - _ABANDONED_S)
        in_use = models.load_current(folder, lists)
        taught = store.taught()
        enough = [site for site, count in taught.items() if count >= LEAST_LESSONS]
        step("Reading our own examples", 0.0)
        measured = _frozen(in_use, ours) if enough else None
        learned = tuple(_each_site(store, in_use, measured, enough, written(now), days, step)) if measured else ()
        too_few = {site: count for site, count in taught.items() if site not in enough}
        result = Retrained("", in_use, learned, too_few, forced)
        sites = _changes(result)
        if not sites and not in_use.sites:
            return result
        step("Writing the model", 0.99)
        version = releasing.write(folder, in_use, sites, _report(result), now)
        releasing.prune(folder, {in_use.version, version})
    return Retrained(version, in_use, learned, too_few, forced)


def _frozen(model: Model, ours: Path) -> Frozen:
    examples = read_examples([ours])
    return frozen(model, examples, build([example.comment for example in examples]))


def _each_site(
    store: SqlStore,
    model: Model,
    measured: Frozen,
    sites: Sequence[str],
    now: str,
    days: int,
    step: Callable[[str, float], None],
) -> Iterator[Learned]:
    since = shifted(now, -timedelta(days=days))
    for number, name in enumerate(sites):
        step(f"Learning from {name}", 0.2 + 0.75 * number / len(sites))
        lessons, undecided = store.lessons(name, MOST_LESSONS), store.undecided(name, MOST_UNDECIDED)
        matrix = build([each.comment for each in (*lessons, *undecided)])
        thresholds = store.history_of(name, Comment()).thresholds or model.thresholds
        yield learn(
            Material(name, lessons, undecided, matrix, thresholds, model.sites.get(name)), model, measured, since
        )


def _changes(result: Retrained) -> dict[str, Adaptation]:
    """What each site changes now; one that was refused keeps what it had."""
    changes = {}
    refused = {each.material.name for each in result.refused}
    for each in result.learned:
        own = each.material.in_force if each.material.name in refused else each.adaptation
        if own and len(own.index):
            changes[each.material.name] = own
    return changes


def _report(result: Retrained) -> dict[str, Any]:
    """What the card says of it."""
    return {
        "before": result.before.version,
        "forced": result.forced or None,
        "refused": [each.material.name for each in result.refused],
        "sites": {each.material.name: site_report(each) for each in result.learned},
        "too_few": result.too_few,
    }


def site_report(learned: Learned) -> dict[str, Any]:
    """What became of a site, as JSON values."""
    lessons = learned.material.lessons
    labels = np.array([lesson.label == "spam" for lesson in lessons], dtype=bool)
    return {
        "decisions": len(lessons),
        "spam": int(labels.sum()),
        "ham": int((~labels).sum()),
        "by_moderators": sum(lesson.source == MODERATOR for lesson in lessons),
        "newest_decided": max((lesson.received_at for lesson in lessons), default=""),
        "weights_changed": len(learned.adaptation.index),
        "anchor": learned.freedom.anchor,
        "passed": not learned.failed,
        "checks": [
            {**check._asdict(), "before": round(check.before, 4), "after": round(check.after, 4)}
            for check in learned.checks
        ],
        "flips": len(learned.flips),
        "flipped": [flip._asdict() for flip in learned.flips[:SHOWN_FLIPS]],
    }
