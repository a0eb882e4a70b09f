"""What sites have taught -> a model in the models folder, beside the one that it was made from."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from app import models
from app.core.adaptation import Adaptation, pack
from app.core.model import ADAPTED, Model, card_bytes
from app.errors import CommandRefused
from app.training import release

KEPT = 10
"""So many retrained models stay; each is 8 MB. Shipped ones and those in use, in use before or tried out always do."""
_LOCK = ".retraining"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One retraining at a time for a models folder; the lock ends with the process, however that ends.

    Raises:
        CommandRefused: another one runs, or the folder cannot be written.
    """
    import fcntl

    release.require_writable(folder)
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            what = "Another retraining is running for these models."
            raise CommandRefused(str(folder), what, "Wait until it has ended; nothing was changed.") from None
        yield
    finally:
        os.close(handle)


def write(folder: Path, model: Model, sites: Mapping[str, Adaptation], report: Mapping[str, Any], now: datetime) -> str:
    """Put the model with these changes into the folder, not yet in use; its version.

    Args:
        folder: the models folder.
        model: the one whose weights stand; what sites changed before is gone.
        sites: what each site changes now.
        report: what else the card says of the retraining.
        now: for version and card.

    Raises:
        CommandRefused: the folder cannot be written.
    """
    version = release.next_version(folder, now)
    told, packed = pack(sites)
    card = {
        **{name: value for name, value in model.card.items() if name != ADAPTED},
        "version": version,
        "trained_at": now.isoformat(timespec="seconds"),
        ADAPTED: {**told, "shipped": shipped_version(model), **report},
    }
    sealed = card_bytes(card)
    weights = (folder / model.version / "weights.npz").read_bytes()
    Model.from_bytes(version, sealed, weights, str(card["features"]), packed)  # never write what would be refused
    release.write(folder, version, sealed, weights, packed)
    return version


def shipped_version(model: Model) -> str:
    """The model that all retrainings since it started from."""
    told = model.card.get(ADAPTED)
    return str(told["shipped"]) if told else model.version


def prune(folder: Path, in_use: set[str]) -> list[str]:
    """Remove all but the newest KEPT of the models that retraining made; which ones.

    Args:
        folder: the models folder.
        in_use: versions that stay in any case.
    """
    made = [version for version in models.versions(folder) if (folder / version / models.SITES).exists()]
    made.sort(key=lambda version: (folder / version / "card.json").stat().st_mtime)
    removed = [version for version in made[:-KEPT] if version not in in_use]
    for version in removed:
        # Out of sight first: who is interrupted leaves no half a model behind that looks like one.
        shutil.rmtree((folder / version).rename(folder / f".{version}-removed"))
    return removed


def sweep(folder: Path, before: float) -> None:
    """Remove what killed runs left behind: hidden folders last changed before a moment (seconds since 1970)."""
    for left in folder.glob(".*-*/"):
        if left.stat().st_mtime < before:
            shutil.rmtree(left, ignore_errors=True)
