"""Our own examples beside a site's decisions: half of them hold the model in place, the other half show what moved."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from app.core.model import Model
from app.retraining.served import Served
from app.training.examples import Example
from app.training.matrix import Matrix

LEAST_IN_SLICE = 30
"""A slice with fewer examples shows nothing."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """Examples that no decision may harm, under the shipped model."""

    anchors: sparse.csr_matrix
    """(examples, WEIGHTS) every second one: what decisions are not to move; see adapting.Freedom."""
    served: Served
    """The others, which the fit never sees."""
    is_spam: npt.NDArray[np.bool_]
    slices: dict[str, npt.NDArray[np.bool_]]
    """Name -> which of those belong to it: spam or ham of one source."""


def frozen(model: Model, examples: Sequence[Example], matrix: Matrix) -> Frozen:
    """Split examples into anchors and what is measured.

    Args:
        model: the shipped one.
        examples: with their labels.
        matrix: their features.
    """
    places = np.arange(len(examples))
    kept = places[1::2]
    is_spam = np.array([example.is_spam for example in examples], dtype=bool)[kept]
    sources = np.array([example.source for example in examples])[kept]
    slices = {}
    for source in dict.fromkeys(sources.tolist()):
        for name, kind in (("spam", is_spam), ("ham", ~is_spam)):
            inside = (sources == source) & kind
            if inside.sum() >= LEAST_IN_SLICE:
                slices[f"{source}, {name}"] = inside
    return Frozen(matrix.comments[places[::2]], Served(model, matrix.of(kept)), is_spam, slices)
