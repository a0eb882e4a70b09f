"""How much each decision counts: a moderator's word more than a CMS's, and nobody's so much that it drowns others."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from app.store.records import MODERATOR
from app.store.teaching import Lesson

FEEDBACK_WEIGHT = 0.3
"""A CMS repeats what it was told, and whoever has its key can say anything; a moderator's word counts 1."""
CAMPAIGN_WEIGHT = 10.0
"""The most that one campaign counts: five hundred copies of a comment are one lesson, not five hundred."""
TEACHER_WEIGHT = 100.0
"""What one teacher of several may count whatever others say; beyond it, no more than all others together."""


def weights(lessons: Sequence[Lesson]) -> npt.NDArray[np.float64]:
    """(lessons,) how much each counts, above 0.

    Args:
        lessons: decided comments of one site.
    """
    each = np.array([1.0 if lesson.source == MODERATOR else FEEDBACK_WEIGHT for lesson in lessons])
    for group in _grouped([f"{lesson.label} {lesson.campaign}" for lesson in lessons]):
        each[group] *= min(1.0, CAMPAIGN_WEIGHT / each[group].sum())
    total = each.sum()
    shares = np.ones(len(each))
    teachers = _grouped([_teacher(lesson) for lesson in lessons])
    for group in teachers if len(teachers) > 1 else []:
        own = each[group].sum()
        shares[group] = min(1.0, max(TEACHER_WEIGHT, total - own) / own)
    return each * shares


def _teacher(lesson: Lesson) -> str:
    """A moderator by name; all that comes with the site's key is one teacher, whoever it says that it was."""
    return f"moderator {lesson.by}" if lesson.source == MODERATOR else "the site's key"


def _grouped(names: Sequence[str]) -> list[npt.NDArray[np.int64]]:
    groups: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        groups.setdefault(name, []).append(place)
    return [np.array(places, dtype=np.int64) for places in groups.values()]
