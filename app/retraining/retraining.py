"""The whole act: every site's decisions -> a new model in the models folder, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
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
SHOWN = 50
"""Comments of each kind and site, in the card; there may be thousands."""
_ABANDONED_S = 24 * 3600.0
Step = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a retraining goes about it."""

    days: int = 30
    """Comments of so many days are looked through for such as get another action."""
    forced: str = ""
    """Why the gate is passed over; empty: it is not."""
    untrusted: frozenset[str] = frozenset()
    """Sites whose change in force is not to go on, because somebody taught it what is not true: where the gate refuses
    the new one, the shipped model judges."""


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
    wanted: Wanted

    @property
    def refused(self) -> tuple[Learned, ...]:
        """Sites that the gate kept as they were."""
        return () if self.wanted.forced else tuple(each for each in self.learned if each.fit.failed)


def retrain(
    store: SqlStore,
    folder: Path,
    lists: Lists,
    ours: Path,
    now: datetime,
    wanted: Wanted = Wanted(),
    step: Step = lambda _what, _share: None,
) -> Retrained:
    """Learn from the decisions of all sites, and write a model if the gate lets one pass. It is not in use yet.

    A site that the gate refuses keeps what it had taught before. A site whose decisions are gone has taught nothing.

    Args:
        store: where the decisions are.
        folder: the models folder.
        lists: host kinds, trade words and the rest.
        ours: the folder of our own examples.
        now: for version and card.
        wanted: how to go about it.
        step: called with what is being done and the share of the whole that is done, 0.0 to 1.0.

    Raises:
        CommandRefused: another retraining runs, or the folder cannot be written.
        ModelUnusable: there is no model to start from.
    """
    with releasing.alone(folder):
        releasing.sweep(folder, time() - _ABANDONED_S)
        in_use = models.load_current(folder, lists)
        since = shifted(written(now), -timedelta(days=wanted.days))
        result = _learned(store, in_use, ours, since, wanted, step)
        sites = _changes(result)
        if not sites and not in_use.sites:
            return result
        step("Writing the model", 0.99)
        version = releasing.write(folder, in_use, sites, _report(result), now)
        releasing.prune(folder, {*models.named(folder), in_use.version, version})
    return replace(result, version=version)


def _learned(store: SqlStore, in_use: Model, ours: Path, since: str, wanted: Wanted, step: Step) -> Retrained:
    """All sites, nothing written yet."""
    taught = store.taught()
    enough = [site for site, count in taught.items() if count >= LEAST_LESSONS]
    too_few = {site: count for site, count in taught.items() if site not in enough}
    if not enough:
        return Retrained("", in_use, (), too_few, wanted)
    step("Reading our own examples", 0.0)
    measured = _frozen(in_use, ours)
    learned = []
    for number, name in enumerate(enough):
        step(f"Learning from {name}", 0.2 + 0.75 * number / len(enough))
        learned.append(learn(_material(store, in_use, name), in_use, measured, since))
    return Retrained("", in_use, tuple(learned), too_few, wanted)


def _frozen(model: Model, ours: Path) -> Frozen:
    examples = read_examples([ours])
    return frozen(model, examples, build([example.comment for example in examples]))


def _material(store: SqlStore, model: Model, site: str) -> Material:
    lessons, undecided = store.lessons(site, MOST_LESSONS), store.undecided(site, MOST_UNDECIDED)
    matrix = build([each.comment for each in (*lessons, *undecided)])
    thresholds = store.history_of(site, Comment()).thresholds or model.thresholds
    return Material(site, lessons, undecided, matrix, thresholds, model.sites.get(site))


def _changes(result: Retrained) -> dict[str, Adaptation]:
    """What each site changes now; one that was refused keeps what it had."""
    changes = {}
    refused = {each.material.name for each in result.refused}
    for each in result.learned:
        name = each.material.name
        stays = None if name in result.wanted.untrusted else each.material.in_force
        own = stays if name in refused else each.fit.own
        if own and len(own.index):
            changes[name] = own
    return changes


def _report(result: Retrained) -> dict[str, Any]:
    """What the card says of it."""
    return {
        "before": result.before.version,
        "forced": result.wanted.forced or None,
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
        "weights_changed": len(learned.fit.own.index),
        "anchor": learned.fit.freedom.anchor,
        "passed": not learned.fit.failed,
        "checks": [
            {
                **check._asdict(),
                "before": round(check.before, 4),
                "after": round(check.after, 4),
                "passed": check.is_passed,
            }
            for check in learned.fit.checks
        ],
        "contested": len(learned.contested),
        "contested_comments": [lesson.id for lesson in learned.contested[:SHOWN]],
        "flips": len(learned.flips),
        "flipped": [flip._asdict() for flip in learned.flips[:SHOWN]],
    }
