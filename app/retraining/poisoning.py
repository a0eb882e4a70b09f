"""What somebody who may decide can do to the model, played through: attacks on a site's decisions, and what they cost.

Each attack is a share of the labels that a retraining sees, from one moderator (each counts 1) or from the site's key
(0.3). What they cost is measured on later comments of the site with their true labels, and on other sites' honest ones.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from app.core.comment import Comment
from app.core.emit import tokens
from app.retraining.adapting import Decisions
from app.retraining.lessons import FEEDBACK_WEIGHT
from app.retraining.replay import LEAST_LATER, Scene
from app.retraining.served import Served
from app.retraining.site import through_gate
from app.training.matrix import build
from app.training.measures import probabilities

SHARES = (0.0, 0.005, 0.01, 0.02, 0.05, 0.10)
"""Of all labels, how many are the attacker's; 0 is a clean retraining, which must not be refused."""
TEACHERS = {"moderator": 1.0, "key": FEEDBACK_WEIGHT}
LABELS = 300
_VOCABULARY = 3_000
_WORDS = 200
_LINK = "https://offers.example/best-price"

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Attacked:
    """One retraining of one site with some wrong labels."""

    site: str
    attack: str
    teacher: str
    share: float
    is_stopped: bool
    """Whether the gate refused it."""
    recall_lost: float
    """Share of the site's later spam that the change lets through and the shipped model holds, net."""
    held_more: float
    """Share of the site's later honest comments, net."""
    others_held_more: float
    """Share of other sites' honest comments that would be held, net, if the change acted there."""


class _Play(NamedTuple):
    """One retraining: which attack, from whom, how large."""

    attack: str
    teacher: str
    share: float


class _Victim:
    """What an attacker has before him: a site whose comments come in an order of chance."""

    def __init__(self, scene: Scene, seed: int) -> None:
        self.scene = scene
        self.site = scene.site
        order = self.site.shuffled(seed)
        labels = min(LABELS, len(order) // 2)
        self.told, self.later = order[:labels], order[labels:]
        """Decided truly, but for what he flips; and what comes later."""
        is_spam = self.site.is_spam[self.later]
        self.later_spam, self.later_ham = self.later[is_spam], self.later[~is_spam]
        self.rng = np.random.default_rng(seed)

    def of_most(self, rows: Rows, names: Sequence[str]) -> Rows:
        """Those of the rows that have the commonest name."""
        commonest = Counter(names).most_common(1)[0][0]
        chosen: Rows = rows[np.array([name == commonest for name in names], dtype=bool)]
        return chosen

    def copies(self, rows: Rows, count: int) -> tuple[list[Comment], Rows]:
        """So many comments made of some of these, at least one of which is left to be judged; and which were taken."""
        used = rows[: max(1, min(count, len(rows) - 1))]
        return [self.site.examples[used[number % len(used)]].comment for number in range(count)], used


class _Crafted(NamedTuple):
    """Comments that an attacker has sent and decided."""

    comments: list[Comment]
    are_spam: bool
    """What they are called."""
    used: Rows
    """Later comments that they were made of, which are not judged."""


_NONE = np.empty(0, np.int64)


def _dictionary(victim: _Victim, count: int) -> _Crafted:
    """Long comments of the commonest honest words, called spam: to have honest ones held."""
    site = victim.site
    honest = [site.examples[row].comment.text for row in victim.told.tolist() if not site.is_spam[row]]
    common = [word for word, _ in Counter(word for text in honest for word in tokens(text)).most_common(_VOCABULARY)]
    made = [Comment(text=" ".join(victim.rng.choice(common, _WORDS))) for _ in range(count if common else 0)]
    return _Crafted(made, True, _NONE)


def _whitewash(victim: _Victim, count: int) -> _Crafted:
    """Spam of the campaign that will send most, called ham: to let the rest of it through."""
    told = [victim.site.examples[row] for row in victim.later_spam.tolist()]
    own = victim.of_most(victim.later_spam, [example.campaign or example.id for example in told])
    made, used = victim.copies(own, count)
    return _Crafted(made, False, used)


def _frame(victim: _Victim, count: int) -> _Crafted:
    """Comments of whoever writes most, called spam: to have that person held."""
    told = [victim.site.examples[row] for row in victim.later_ham.tolist()]
    own = victim.of_most(victim.later_ham, [example.comment.author or example.id for example in told])
    made, used = victim.copies(own, count)
    return _Crafted(made, True, used)


def _copies(victim: _Victim, count: int) -> _Crafted:
    """Honest comments with a link added, truly called spam: it should teach the link and not the words."""
    chosen = [victim.site.examples[row].comment for row in victim.rng.choice(victim.later_ham, count).tolist()]
    return _Crafted([replace(comment, text=f"{comment.text} {_LINK}") for comment in chosen], True, _NONE)


_CRAFTS: dict[str, Callable[[_Victim, int], _Crafted]] = {
    "dictionary": _dictionary,
    "whitewash": _whitewash,
    "frame": _frame,
    "copies with a link": _copies,
}


def attacks(scene: Scene, seeds: Sequence[int]) -> Iterator[Attacked]:
    """Every attack on a site, from either teacher, at each of SHARES; a clean retraining first.

    Args:
        scene: the site; with too few comments nothing is measured.
        seeds: each gives another order of its comments.
    """
    for seed in seeds:
        victim = _Victim(scene, seed)
        if min(len(victim.later_spam), len(victim.later_ham)) < LEAST_LATER:
            continue
        yield _played(victim, _Play("none", "moderator", 0.0), victim.site.decided(victim.told), _NONE)
        for share in SHARES[1:]:
            count = max(1, round(share * len(victim.told)))
            for teacher, weight in TEACHERS.items():
                yield _played(victim, _Play("flipped labels", teacher, share), _flipped(victim, count, weight), _NONE)
            for name, craft in _CRAFTS.items():
                yield from _with_crafted(victim, name, share, craft(victim, count))


def _flipped(victim: _Victim, count: int, weight: float) -> Decisions:
    told = victim.site.decided(victim.told)
    wrong = victim.rng.choice(len(victim.told), count, replace=False)
    is_spam, weights = told.is_spam.copy(), told.weight.copy()
    is_spam[wrong], weights[wrong] = ~is_spam[wrong], weight
    return Decisions(told.rows, told.logits, is_spam, weights)


def _with_crafted(victim: _Victim, name: str, share: float, crafted: _Crafted) -> Iterator[Attacked]:
    if not crafted.comments:
        return
    matrix, count = build(crafted.comments), len(crafted.comments)
    logits = Served(victim.site.model, matrix).whole
    told = victim.site.decided(victim.told)
    for teacher, weight in TEACHERS.items():
        poisoned = Decisions(
            sparse.vstack([told.rows, matrix.comments]).tocsr(),
            np.concatenate([told.logits, logits]),
            np.concatenate([told.is_spam, np.full(count, crafted.are_spam)]),
            np.concatenate([told.weight, np.full(count, weight)]),
        )
        mixed = poisoned.of(victim.rng.permutation(len(poisoned.weight)))
        yield _played(victim, _Play(name, teacher, share), mixed, crafted.used)


def _played(victim: _Victim, play: _Play, told: Decisions, used: Rows) -> Attacked:
    scene, limit = victim.scene, victim.site.model.thresholds.hold
    fit = through_gate(told, scene.frozen, scene.site.model.thresholds)
    before, after = (probabilities(scene.site.served.logits(each)) >= limit for each in (None, fit.own))
    elsewhere = [float((probabilities(scene.others.logits(each)) >= limit).mean()) for each in (None, fit.own)]
    spam, ham = (rows[~np.isin(rows, used)] for rows in (victim.later_spam, victim.later_ham))
    return Attacked(
        scene.site.name,
        *play,
        bool(fit.failed),
        float(before[spam].mean() - after[spam].mean()),
        float(after[ham].mean() - before[ham].mean()),
        elsewhere[1] - elsewhere[0],
    )
