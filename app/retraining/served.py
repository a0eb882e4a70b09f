"""Many comments at once, judged as the service judges each: the worst of the whole and of its links."""

import numpy as np
import numpy.typing as npt

from app.core.adaptation import Adaptation
from app.core.model import Model
from app.training.matrix import Matrix
from app.training.measures import probabilities


class Served:
    """The comments of a matrix under a model, with or without a site's change of its weights."""

    def __init__(self, model: Model, matrix: Matrix) -> None:
        """`model` is the shipped one; no site's change is in force."""
        self._model = model
        self._matrix = matrix
        weights = model.weights.astype(np.float64)
        self.whole = np.asarray(matrix.comments @ weights).ravel() + model.bias
        """(comments,) log-odds of the comment as a whole."""
        self._links = np.asarray(matrix.links @ weights).ravel()

    def logits(self, own: Adaptation | None = None) -> npt.NDArray[np.float64]:
        """(comments,) log-odds as served, under a change; without one, as shipped."""
        whole, links = self.whole.copy(), self._links.copy()
        if own is not None:
            change = own.change.astype(np.float64)
            whole += np.asarray(self._matrix.comments[:, own.index] @ change).ravel()
            links += np.asarray(self._matrix.links[:, own.index] @ change).ravel()
        links = self._model.link_scale * links + self._model.link_bias
        counts = probabilities(links) >= self._model.thresholds.hold
        worst = np.full(len(whole), -np.inf)
        np.maximum.at(worst, self._matrix.link_owner[counts], links[counts])
        served: npt.NDArray[np.float64] = np.maximum(whole, worst)
        return served
