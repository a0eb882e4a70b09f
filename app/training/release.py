"""A fitted model -> models/<version>/, complete or not at all."""

import hashlib
import json
import os
import platform
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.core.comment import Thresholds
from app.core.features import fingerprint
from app.core.lists import Lists
from app.core.model import Model, pack
from app.models import versions


def next_version(folder: Path, now: datetime) -> str:
    """The day and a running number, e.g. `2026-11-22.1`."""
    day = now.date().isoformat()
    taken = [int(name.rpartition(".")[2]) for name in versions(folder) if name.startswith(day + ".")]
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
        weights: (BUCKETS,) calibrated.
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
    card_bytes = (json.dumps(card, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
    return Model.from_bytes(version, card_bytes, packed, card["features"]), card_bytes, packed


def write(folder: Path, version: str, card: bytes, weights: bytes) -> Path:
    """Put a model into the models folder. It appears there complete, or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{version}-", dir=folder))
    for name, content in (("weights.npz", weights), ("card.json", card)):
        _write_durably(beside / name, content)
    beside.chmod(0o755)
    return beside.rename(folder / version)


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
