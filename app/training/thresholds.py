"""The shipped thresholds: by goal, on honest comments that no model has seen."""

import numpy as np
import numpy.typing as npt

from app.core.comment import Thresholds
from app.training import measures
from app.training.crossing import REJECT_RATE
from app.training.dataset import Dataset

HOLD_RATE, DISCARD_RATE = 0.01, 0.0002
"""Share of honest comments of sites never seen that the shipped thresholds may hold and drop; see REJECT_RATE."""
GOALS = {"hold": HOLD_RATE, "reject": REJECT_RATE, "discard": DISCARD_RATE}


def choose_thresholds(data: Dataset, logits: npt.NDArray[np.float64]) -> Thresholds:
    """Thresholds by goal, on honest comments of sites never seen; probabilities with four decimals.

    Where no honest comment is left out with its whole source, on all but chat and video comments, another genre.
    """
    ham = ~data.is_spam
    of_new_sites, of_the_genre = ham & data.left_out, ham & (data.weight >= 0.5)
    counted = next((some for some in (of_new_sites, of_the_genre) if some.any()), ham)
    chosen = []
    for rate in GOALS.values():
        logit = measures.threshold_at(logits[counted], rate)
        just_let_through = round(float(1 / (1 + np.exp(-logit))), 4)  # scores are rounded, and a tie is flagged
        chosen.append(min(0.9999, round(just_let_through + 0.0001, 4)))
    return Thresholds(*chosen)
