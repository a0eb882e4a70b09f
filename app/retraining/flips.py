"""What another change of the model would make of a site's last comments."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from app.core.classify import SCORE_DECIMALS
from app.core.comment import Thresholds
from app.core.policy import by_threshold
from app.store.teaching import Lesson
from app.training.measures import probabilities


class Flip(NamedTuple):
    """A comment whose action would be another one."""

    id: str
    label: str | None
    """What people said of it; None while nobody did."""
    before: str
    """The action that its score gives under the model in use."""
    after: str
    """The same under the new one."""
    score_before: float
    score_after: float


def flips(
    lessons: Sequence[Lesson],
    before: npt.NDArray[np.float64],
    after: npt.NDArray[np.float64],
    thresholds: Thresholds,
    since: str,
) -> list[Flip]:
    """The comments whose action changes, those whose score changes most first.

    Args:
        lessons: comments of one site; those that a rule decided are passed over.
        before: (lessons,) log-odds under the model in use.
        after: (lessons,) log-odds under the new one.
        thresholds: the site's.
        since: RFC 3339; older comments are passed over.
    """
    found = []
    scores = np.round(np.stack([probabilities(before), probabilities(after)], axis=1), SCORE_DECIMALS).tolist()
    for lesson, (old, new) in zip(lessons, scores, strict=True):
        was, becomes = by_threshold(old, thresholds)[1], by_threshold(new, thresholds)[1]
        if was != becomes and lesson.is_by_score and lesson.received_at >= since:
            found.append(Flip(lesson.id, lesson.label, was, becomes, old, new))
    return sorted(found, key=lambda flip: -abs(flip.score_after - flip.score_before))
