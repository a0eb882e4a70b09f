"""A fitted model -> models/<version>/, complete or not at all."""

import hashlib
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.core.comment import Thresholds
from app.core.features import fingerprint
from app.core.lists import Lists
from app.core.model import Model, card_bytes, pack
from app.disk import sync
from app.errors import CommandRefused
from app.models import SITES


def next_version(folder: Path, now: datetime) -> str:
    """The day and a running number, e.g. `2026-11-22.1`; a name that only begins so, as of a copy, takes no number."""
    day = now.date().isoformat()
    found = (re.fullmatch(r"([0-9]{1,9})", path.name[len(day) + 1 :]) for path in folder.glob(f"{day}.*"))
    taken = [int(number[1]) for number in found if number]
    return f"{day}.{max(taken, default=0) + 1}"


def make(
    version: str,
    weights: npt.NDArray[np.float64],
    numbers: Mapping[str, float],
    thresholds: Thresholds,
    told: Mapping[str, Any],
    lists: Lists,
) -> tuple[Model, bytes, bytes]:
    """The model as the service would load it, and the bytes of its two files.

    Args:
        version: its name.
        weights: (WEIGHTS,) calibrated.
        numbers: bias, link_scale, link_bias.
        thresholds: shipped thresholds.
        told: what else the card says: data, measures.
        lists: for the fingerprint of the features.
    """
    packed = pack(weights.astype(np.float32))
    card = {
        "version": version,
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "features": fingerprint(lists),
        "weights_sha256": hashlib.sha256(packed).hexdigest(),
        **numbers,
        "thresholds": {"hold": thresholds.hold, "reject": thresholds.reject, "discard": thresholds.discard},
        **told,
        "made_with": {
            "python": platform.python_version(),
            **{name: installed(name) for name in ("numpy", "scipy", "scikit-learn", "tldextract")},
        },
    }
    sealed = card_bytes(card)
    return Model.from_bytes(version, sealed, packed, card["features"]), sealed, packed


def write(folder: Path, version: str, card: bytes, weights: bytes, sites: bytes = b"") -> Path:
    """Put a model into the models folder. It appears there complete, or not at all.

    Args:
        folder: the models folder.
        version: the model's name.
        card: the bytes of card.json.
        weights: the bytes of weights.npz.
        sites: the bytes of sites.npz; empty: there is no such file.

    Raises:
        CommandRefused: there is such a version already, or the folder cannot be written.
    """
    with _beside(folder, version) as beside:
        for name, content in (("weights.npz", weights), (SITES, sites), ("card.json", card)):
            if content:
                _write_durably(beside / name, content)
        beside.chmod(0o755)
        if (folder / version).exists():
            what = "There is a model of that name already."
            raise CommandRefused(version, what, "Nothing was changed; train again for the next number.")
        there = beside.rename(folder / version)
        sync(there)
        sync(folder)
    return there


def require_writable(folder: Path) -> None:
    """Refuse before minutes of work what `write` would refuse after them.

    Raises:
        CommandRefused: the folder is not there and cannot be made, or cannot be written.
    """
    with _beside(folder, "try"):
        pass


@contextmanager
def _beside(folder: Path, name: str) -> Iterator[Path]:
    """A hidden folder inside `folder`, removed at the end unless it was renamed; failures become sentences."""
    beside = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder))
        yield beside
    except OSError as error:
        what = f"The models folder cannot be written: {error.strerror or type(error).__name__}."
        remedy = "Point WINNOW_MODELS at a folder that can be written, or free some space."
        raise CommandRefused(str(folder), what, remedy) from error
    finally:
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
