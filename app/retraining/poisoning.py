"""What somebody who may decide can do to the model, played through: attacks on a site's decisions, and what they cost.

Each attack is a share of the labels that a retraining sees, from one moderator (each counts 1) or from the site's key
(0.3). What they cost is measured on later comments of the site with their true labels, and on other sites' honest ones.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from app.core.comment import Comment
from app.core.emit import tokens
from app.retraining.adapting import Decisions
from app.retraining.frozen import Frozen
from app.retraining.lessons import FEEDBACK_WEIGHT
from app.retraining.replay import LEAST_LATER, Unseen
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


@dataclass(frozen=True, slots=True)
class _Scene:
    """What an attacker has before him."""

    site: Unseen
    told: Rows
    """Decided truly, but for what he flips."""
    later: Rows
    rng: np.random.Generator


Crafted = tuple[list[Comment], bool, Rows]
"""Comments, whether they are called spam, and later comments that they were made of, which do not count."""


def _dictionary(scene: _Scene, count: int) -> Crafted:
    """Long comments of the commonest honest words, called spam: to have honest ones held."""
    honest = [scene.site.examples[row].comment.text for row in scene.told.tolist() if not scene.site.is_spam[row]]
    common = [word for word, _ in Counter(word for text in honest for word in tokens(text)).most_common(_VOCABULARY)]
    made = [Comment(text=" ".join(scene.rng.choice(common, _WORDS))) for _ in range(count if common else 0)]
    return made, True, np.empty(0, np.int64)


def _whitewash(scene: _Scene, count: int) -> Crafted:
    """Spam of the campaign that will send most, called ham: to let the rest of it through."""
    spam = scene.later[scene.site.is_spam[scene.later]]
    names = [scene.site.examples[row].campaign or scene.site.examples[row].id for row in spam.tolist()]
    largest = Counter(names).most_common(1)[0][0]
    own = spam[np.array([name == largest for name in names])]
    used = own[: max(1, min(count, len(own) - 1))]
    return [scene.site.examples[used[number % len(used)]].comment for number in range(count)], False, used


def _frame(scene: _Scene, count: int) -> Crafted:
    """Comments of whoever writes most, called spam: to have that person held."""
    ham = scene.later[~scene.site.is_spam[scene.later]]
    names = [scene.site.examples[row].comment.author or scene.site.examples[row].id for row in ham.tolist()]
    busiest = Counter(names).most_common(1)[0][0]
    own = ham[np.array([name == busiest for name in names])]
    used = own[: max(1, min(count, len(own) - 1))]
    return [scene.site.examples[used[number % len(used)]].comment for number in range(count)], True, used


def _copies(scene: _Scene, count: int) -> Crafted:
    """Honest comments with a link added, truly called spam: it should teach the link and not the words."""
    ham = scene.later[~scene.site.is_spam[scene.later]]
    chosen = [scene.site.examples[row].comment for row in scene.rng.choice(ham, count).tolist()]
    return [replace(comment, text=f"{comment.text} {_LINK}") for comment in chosen], True, np.empty(0, np.int64)


_CRAFTED: dict[str, Callable[[_Scene, int], Crafted]] = {
    "dictionary": _dictionary,
    "whitewash": _whitewash,
    "frame": _frame,
    "copies with a link": _copies,
}
ATTACKS = ("flipped labels", *_CRAFTED)


def attacks(site: Unseen, frozen: Frozen, others: Served, seeds: Sequence[int]) -> Iterator[Attacked]:
    """Every attack on a site, from either teacher, at each of SHARES; clean retrainings first.

    Args:
        site: all its comments; with too few later ones nothing is measured.
        frozen: our own examples, under the same model.
        others: other sites' honest comments, under the same model.
        seeds: each gives another order of the site's comments.
    """
    for seed in seeds:
        order = site.shuffled(seed)
        labels = min(LABELS, len(order) // 2)
        scene = _Scene(site, order[:labels], order[labels:], np.random.default_rng(seed))
        spam = int(site.is_spam[scene.later].sum())
        if min(spam, len(scene.later) - spam) < LEAST_LATER:
            continue
        yield _played(scene, frozen, others, "none", "moderator", 0.0, site.decided(scene.told), scene.later)
        for share in SHARES[1:]:
            count = max(1, round(share * labels))
            for teacher, weight in TEACHERS.items():
                told = _flipped(scene, count, weight)
                yield _played(scene, frozen, others, "flipped labels", teacher, share, told, scene.later)
            for name, craft in _CRAFTED.items():
                yield from _crafted(scene, frozen, others, name, share, craft(scene, count))


def _flipped(scene: _Scene, count: int, weight: float) -> Decisions:
    told = scene.site.decided(scene.told)
    wrong = scene.rng.choice(len(scene.told), count, replace=False)
    is_spam, weights = told.is_spam.copy(), told.weight.copy()
    is_spam[wrong], weights[wrong] = ~is_spam[wrong], weight
    return Decisions(told.rows, told.logits, is_spam, weights)


def _crafted(
    scene: _Scene, frozen: Frozen, others: Served, name: str, share: float, crafted: Crafted
) -> Iterator[Attacked]:
    made, are_spam, used = crafted
    if not made:
        return
    matrix = build(made)
    logits = Served(scene.site.model, matrix).whole
    later = scene.later[~np.isin(scene.later, used)]
    for teacher, weight in TEACHERS.items():
        told = scene.site.decided(scene.told)
        poisoned = Decisions(
            sparse.vstack([told.rows, matrix.comments]).tocsr(),
            np.concatenate([told.logits, logits]),
            np.concatenate([told.is_spam, np.full(len(made), are_spam)]),
            np.concatenate([told.weight, np.full(len(made), weight)]),
        )
        mixed = poisoned.of(scene.rng.permutation(len(poisoned.weight)))
        yield _played(scene, frozen, others, name, teacher, share, mixed, later)


def _played(
    scene: _Scene,
    frozen: Frozen,
    others: Served,
    attack: str,
    teacher: str,
    share: float,
    told: Decisions,
    later: Rows,
) -> Attacked:
    site, limit = scene.site, scene.site.model.thresholds.hold
    fit = through_gate(told, frozen, site.model.thresholds)
    before, after = (probabilities(site.served.logits(each)) >= limit for each in (None, fit.own))
    elsewhere = [float((probabilities(others.logits(each)) >= limit).mean()) for each in (None, fit.own)]
    spam, ham = later[site.is_spam[later]], later[~site.is_spam[later]]
    return Attacked(
        site.name,
        attack,
        teacher,
        share,
        bool(fit.failed),
        float(before[spam].mean() - after[spam].mean()),
        float(after[ham].mean() - before[ham].mean()),
        elsewhere[1] - elsewhere[0],
    )
