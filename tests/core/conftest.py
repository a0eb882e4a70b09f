"""What the tests of the core share: the shipped lists, and a model of noise."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from app import lists as shipped
from app.core.blocks import WEIGHTS
from app.core.lists import Lists
from app.core.model import Model, pack

FINGERPRINT = "0123456789abcdef"


@pytest.fixture(scope="session")
def lists() -> Lists:
    """The lists that serve."""
    return shipped.load()


@pytest.fixture(scope="session")
def packed() -> bytes:
    """A weights.npz of noise: here only its shape counts."""
    return pack(np.random.default_rng(1).normal(0, 0.5, WEIGHTS).astype(np.float32))


@pytest.fixture(scope="session")
def card_of(packed: bytes) -> Callable[..., dict[str, Any]]:
    """A card.json that fits `packed`; anything in it can be replaced."""

    def make(**others: Any) -> dict[str, Any]:
        return {
            "weights_sha256": hashlib.sha256(packed).hexdigest(),
            "features": FINGERPRINT,
            "thresholds": {"hold": 0.35, "reject": 0.8, "discard": 0.995},
            "bias": -0.5,
            "link_scale": 0.5,
            "link_bias": 0.1,
            **others,
        }

    return make


@pytest.fixture(scope="session")
def model(packed: bytes, card_of: Callable[..., dict[str, Any]]) -> Model:
    """A model of noise."""
    return Model.from_bytes("noise", json.dumps(card_of()).encode(), packed, FINGERPRINT)
