"""What a site's own decisions change of the model: a few of its weights, for the comments of that site alone.

Shipped weights stay as they are, so that what one site's moderators teach can harm no other (docs/adr/0027).
"""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from app.core.arrays import unpacked
from app.core.blocks import WEIGHTS
from app.errors import ModelUnusable

MAX_CHANGE = 30.0
"""No weight changes by more; one that does makes any comment spam or ham alone."""
MAX_ENTRIES = 20_000_000
"""Of all sites together: 120 MB in memory."""
_REMEDY = "Go back with `winnow models rollback`, or retrain with `winnow retrain`."


@dataclass(frozen=True, slots=True)
class Adaptation:
    """One site's change of the model."""

    index: npt.NDArray[np.int32]
    """(entries,) which weights change, ascending."""
    change: npt.NDArray[np.float16]
    """(entries,) by how much, in log-odds per unit of a feature's value."""

    def at(self, index: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """(entries,) the change of each of these weights, 0 where there is none.

        >>> Adaptation(np.array([3, 8], np.int32), np.array([1.5, -2], np.float16)).at(np.array([8, 4, 3]))
        array([-2. ,  0. ,  1.5])
        """
        if not len(self.index):
            return np.zeros(len(index))
        place = np.minimum(np.searchsorted(self.index, index), len(self.index) - 1)
        return np.where(self.index[place] == index, self.change[place].astype(np.float64), 0.0)


NO_ADAPTATION = Adaptation(np.empty(0, np.int32), np.empty(0, np.float16))
"""A site that has taught nothing."""


def pack(sites: Mapping[str, Adaptation]) -> tuple[dict[str, Any], bytes]:
    """What the card says of them, and the bytes of sites.npz; `unpack` undoes it.

    >>> unpack("v", *pack({}))
    {}
    """
    places, first = {}, 0
    for name, each in sites.items():
        places[name] = {"first": first, "entries": len(each.index)}
        first += len(each.index)
    buffer = io.BytesIO()
    index = np.concatenate([np.empty(0, np.int32), *(each.index for each in sites.values())])
    change = np.concatenate([np.empty(0, np.float16), *(each.change for each in sites.values())])
    np.savez_compressed(buffer, index=index, change=change)
    packed = buffer.getvalue()
    return {"sites_sha256": hashlib.sha256(packed).hexdigest(), "places": places}, packed


def unpack(version: str, told: Mapping[str, Any], packed: bytes) -> dict[str, Adaptation]:
    """Each site's change, from what the card says and the bytes of sites.npz.

    Raises:
        ModelUnusable: altered, cut short, or holding what is no change.
    """
    try:
        if hashlib.sha256(packed).hexdigest() != told["sites_sha256"]:
            raise ModelUnusable(version, "sites.npz is not the file that card.json names.", _REMEDY)
        index, change = unpacked(packed, {"index": np.int32, "change": np.float16}, MAX_ENTRIES)
        return {str(name): _one(index, change, place) for name, place in told["places"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ModelUnusable(version, "sites.npz or what card.json says of it cannot be read.", _REMEDY) from error


def _one(index: npt.NDArray[np.int32], change: npt.NDArray[np.float16], place: Mapping[str, Any]) -> Adaptation:
    first, entries = int(place["first"]), int(place["entries"])
    own = Adaptation(index[first : first + entries], change[first : first + entries])
    if first < 0 or not len(own.index) == len(own.change) == entries:
        raise ValueError("a site's place")
    if entries and (own.index[0] < 0 or own.index[-1] >= WEIGHTS or (np.diff(own.index) <= 0).any()):
        raise ValueError("a site's weights")
    if not (np.abs(own.change) <= MAX_CHANGE).all():  # false for what is not a number, too
        raise ValueError("a site's changes")
    return own
