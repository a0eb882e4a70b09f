"""Features -> score, with what each piece of evidence contributed. Holds only data; trusts none of it unread."""

import hashlib
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from app.core import kernels
from app.core.adaptation import NO_ADAPTATION, Adaptation, unpack
from app.core.arrays import unpacked
from app.core.blocks import WEIGHTS
from app.core.comment import Thresholds
from app.core.features import Measured
from app.errors import ModelUnusable

MAX_LOGIT = 30.0
"""Beyond it the probability is 0 or 1 to thirteen digits."""

ADAPTED = "adapted"
"""What the card says under this name of the sites that have taught the model."""
SEAL = "card_sha256"
"""What the card says under this name of itself; one without it, as they were made before, is taken at its word."""
_REMEDY = "Retrain with `winnow train`, or go back with `winnow models use VERSION`."


@dataclass(frozen=True, slots=True)
class Scored:
    """How much a comment looks like spam, and why."""

    logit: float
    """Log-odds of the deciding view, calibrated: the bias plus the sum of `weights`."""
    probability: float
    """0.0 to 1.0."""
    weights: npt.NDArray[np.float64]
    """Per unit of evidence, its part of `logit`; 0 for what the deciding view does not look at."""
    parts: npt.NDArray[np.float64]
    """Per unit of evidence, its part of the log-odds of the comment as a whole."""
    learned: npt.NDArray[np.float64]
    """Per unit of evidence, how much of that the site's own decisions have added; 0 where they say nothing."""
    deciding_link: int
    """The link that decided on its own, or -1 when the comment as a whole did."""
    link_logits: tuple[float, ...]
    """Per link, the log-odds that it is spam whatever stands around it."""
    link_probabilities: tuple[float, ...]
    """The same as probabilities."""


@dataclass(frozen=True, slots=True)
class Model:
    """A linear model over hashed features, calibrated, with a second, narrower view for each link.

    The comment is judged as a whole, and by each of its links that would be held alone; the worst counts, so that
    innocent words around a spam link do not wash it out.
    """

    version: str
    weights: npt.NDArray[np.float16]
    """(WEIGHTS,) change in log-odds per unit of a feature's value."""
    bias: float
    link_scale: float
    """A link's own evidence is multiplied by this ..."""
    link_bias: float
    """... and this added, for the log-odds of the link alone."""
    thresholds: Thresholds
    card: Mapping[str, Any]
    sites: Mapping[str, Adaptation] = field(default_factory=dict)
    """What each site's own decisions change; a site that is not there has taught nothing."""
    adaptation: Adaptation = NO_ADAPTATION
    """The change that is in force; see `of`."""

    @staticmethod
    def from_bytes(version: str, card: bytes, weights: bytes, fingerprint: str, sites: bytes = b"") -> "Model":
        """A model from its files.

        Args:
            version: the folder's name.
            card: the bytes of card.json.
            weights: the bytes of weights.npz.
            fingerprint: of this program's features; see features.fingerprint.
            sites: the bytes of sites.npz; empty where the card names no sites.

        Raises:
            ModelUnusable: altered, cut short, made for other features, or holding what is not a number.
        """
        told = checked_card(version, card, hashlib.sha256(weights).hexdigest(), fingerprint)
        bias, link_scale, link_bias = _numbers(told)
        adapted = unpack(version, told[ADAPTED], sites) if told.get(ADAPTED) else {}
        return Model(version, _weights(version, weights), bias, link_scale, link_bias, _thresholds(told), told, adapted)

    def of(self, site: str) -> "Model":
        """The model as it judges the comments of a site: with what the site's own decisions change."""
        own = self.sites.get(site)
        return replace(self, adaptation=own) if own else self

    def score(self, measured: Measured) -> Scored:
        """The score of a comment and the part that each unit of evidence has in it."""
        features = measured.features
        units = len(features.units)
        parts = kernels.by_unit(self.weights, features.index, features.value, features.unit, units)
        learned = np.zeros_like(parts)
        if len(self.adaptation.index):
            taught = self.adaptation.at(features.index) * features.value
            learned = np.bincount(features.unit, taught, units).astype(np.float64, copy=False)
            parts = parts + learned
        link_logits = self.link_logits(measured, parts)
        logit, deciding = self.worst(self.bias + float(parts.sum()), link_logits)
        weights = parts
        if deciding >= 0:
            own = parts * self.link_scale / measured.link_shares[deciding]
            weights = np.where(features.link == deciding, own, 0.0)
        probabilities = tuple([probability_of(link_logit) for link_logit in link_logits])
        return Scored(
            logit, probability_of(logit), weights, parts, learned, deciding, tuple(link_logits), probabilities
        )

    def worst(self, whole: float, link_logits: Sequence[float]) -> tuple[float, int]:
        """The log-odds that count, and the link that decides alone or -1.

        Below `hold` a link says nothing by itself, so that an honest comment is explained by all that it says.
        """
        logit, deciding = whole, -1
        for number, link_logit in enumerate(link_logits):
            if link_logit > logit and probability_of(link_logit) >= self.thresholds.hold:
                logit, deciding = link_logit, number
        return logit, deciding

    def link_logits(self, measured: Measured, parts: npt.NDArray[np.float64]) -> list[float]:
        """Per link, the log-odds that it is spam, whatever stands around it."""
        if not measured.links:
            return []
        sums = np.bincount(measured.features.link + 1, weights=parts, minlength=len(measured.links) + 1)[1:]
        return [self.link_logit(total, share) for total, share in zip(sums.tolist(), measured.link_shares, strict=True)]

    def link_logit(self, total: float, share: float) -> float:
        """The log-odds of a link alone.

        Args:
            total: the sum of the parts of its evidence.
            share: the factor that its features got, see `Measured.link_shares`.
        """
        return self.link_bias + self.link_scale * total / share


def probability_of(logit: float) -> float:
    """Log-odds as a probability.

    >>> probability_of(0.0), round(probability_of(2.0), 3), probability_of(-1e9) > 0
    (0.5, 0.881, True)
    """
    return 1 / (1 + math.exp(-max(-MAX_LOGIT, min(MAX_LOGIT, logit))))


def pack(weights: npt.NDArray[np.float32]) -> bytes:
    """The bytes of weights.npz, in half precision: three digits, a quarter of the size."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, weights=weights.astype(np.float16))
    return buffer.getvalue()


def checked_card(version: str, card: bytes, weights_sha256: str, fingerprint: str) -> dict[str, Any]:
    """What the card says, when the model can be loaded as far as can be told without unpacking the weights.

    Takes, but for the hash of the weights, and raises what `Model.from_bytes` does.
    """
    told = _card(version, card)
    if weights_sha256 != told.get("weights_sha256"):
        raise ModelUnusable(version, "weights.npz is not the file that card.json names.", _REMEDY)
    if told.get("features") != fingerprint:
        raise ModelUnusable(version, "The model was made for other features than this program has.", _REMEDY)
    try:
        thresholds, numbers = _thresholds(told), _numbers(told)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ModelUnusable(version, "card.json lacks a number the model needs.", _REMEDY) from error
    ordered = 0 <= thresholds.hold <= thresholds.reject <= thresholds.discard <= 1
    if not all(map(math.isfinite, numbers)) or not ordered:
        raise ModelUnusable(version, "card.json holds a number that cannot be right.", _REMEDY)
    if not _is_sealed(told):
        raise ModelUnusable(version, "card.json is not as it was written.", _REMEDY)
    return told


def card_bytes(told: Mapping[str, Any]) -> bytes:
    """The bytes of card.json, with the hash of all that it says: a bit that flips in a number is found.

    >>> print(card_bytes({"version": "v"}).decode())  # doctest: +ELLIPSIS
    {
     "version": "v",
     "card_sha256": "6d...9"
    }
    <BLANKLINE>
    """
    sealed = {**told, SEAL: _seal(told)}
    return (json.dumps(sealed, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _is_sealed(told: Mapping[str, Any]) -> bool:
    try:
        return SEAL not in told or told[SEAL] == _seal(told)
    except RecursionError:  # it nests as deep as could just be read
        return False


def _seal(told: Mapping[str, Any]) -> str:
    others = {name: value for name, value in told.items() if name != SEAL}
    return hashlib.sha256(json.dumps(others, sort_keys=True).encode()).hexdigest()


def _thresholds(told: Mapping[str, Any]) -> Thresholds:
    limits = told["thresholds"]
    return Thresholds(float(limits["hold"]), float(limits["reject"]), float(limits["discard"]))


def _numbers(told: Mapping[str, Any]) -> tuple[float, float, float]:
    """Bias, link_scale, link_bias."""
    return float(told["bias"]), float(told["link_scale"]), float(told["link_bias"])


def _card(version: str, card: bytes) -> dict[str, Any]:
    try:
        told = json.loads(card.decode())  # bytes, it would take for UTF-16 or UTF-32, too
    except (ValueError, RecursionError) as error:
        raise ModelUnusable(version, "card.json is not JSON.", _REMEDY) from error
    if not isinstance(told, dict):
        raise ModelUnusable(version, "card.json is not a JSON object.", _REMEDY)
    return told


def _weights(version: str, packed: bytes) -> npt.NDArray[np.float16]:
    try:
        (weights,) = unpacked(packed, {"weights": np.float16}, WEIGHTS)
    except ValueError as error:
        raise ModelUnusable(version, "weights.npz cannot be read.", _REMEDY) from error
    # Not isfinite of each, which takes 8 MB more.
    if len(weights) != WEIGHTS or not math.isfinite(weights.sum(dtype=np.float64)):
        raise ModelUnusable(version, "weights.npz has the wrong shape or holds what is not a number.", _REMEDY)
    return weights  # kept in half precision: 16 MB of memory instead of 31
