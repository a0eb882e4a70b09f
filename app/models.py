"""The models folder: which versions there are, which one is in use, and reading them."""

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from app.errors import ModelUnusable

if TYPE_CHECKING:
    from app.core.lists import Lists
    from app.core.model import Model

CURRENT = "current"
"""A text file that names the version in use."""

PREVIOUS = "previous"
"""A text file that names the version which was in use before."""
CANDIDATE = "candidate"
"""A text file that names a version which is tried out beside it, and the share of comments that it judges for real."""
SITES = "sites.npz"
"""The file in a version's folder that holds what each site has taught it."""
MAX_CARD_BYTES = 4 << 20
_MAX_SITES_BYTES = 128 << 20
_MAX_WEIGHTS_BYTES = 16 << 20
_REMEDY = "Restore the folder, or choose another with `winnow models use VERSION`."


def versions(folder: Path) -> list[str]:
    """The versions in a models folder, oldest first by name; empty when there are none.

    A folder that begins with a dot is being written by `winnow train` just now.
    """
    return sorted(card.parent.name for card in folder.glob("*/card.json") if not card.parent.name.startswith("."))


def current_version(folder: Path) -> str:
    """The version in use.

    Raises:
        ModelUnusable: nothing names one.
    """
    try:
        name = (folder / CURRENT).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        remedy = "Name a version with `winnow models use VERSION`, or point WINNOW_MODELS at the right folder."
        raise ModelUnusable(str(folder), "There is no file `current` in the models folder.", remedy) from error
    if not _is_name(name):
        raise ModelUnusable(
            str(folder),
            "The file `current` does not name a version.",
            "Write it anew with `winnow models use`.",
        )
    return name


class Candidate(NamedTuple):
    """A version that is tried out."""

    version: str
    share: float
    """Of the comments, 0.0 to 1.0, that it judges for real."""


def candidate(folder: Path) -> Candidate | None:
    """What the file `candidate` says, such as `2026-12-01.1 0.05`; None without one.

    Raises:
        ModelUnusable: it cannot be read, or does not name a version and a share.
    """
    try:
        written = (folder / CANDIDATE).read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        written = []
    name, share = (*written, "0")[:2] if len(written) in (1, 2) else ("", "")
    if not _is_name(name) or not re.fullmatch(r"0(\.\d+)?|1(\.0+)?", share):
        remedy = "Write it anew with `winnow models shadow VERSION`, or end it with --stop."
        raise ModelUnusable(str(folder), "The file `candidate` does not name a version and a share.", remedy)
    return Candidate(name, float(share))


def named(folder: Path) -> set[str]:
    """The versions that are in use, were before, or are tried out: who clears up leaves them."""
    names = set()
    for file in (CURRENT, PREVIOUS, CANDIDATE):
        try:
            names.update((folder / file).read_text(encoding="utf-8").split()[:1])
        except (OSError, UnicodeDecodeError):
            continue
    return names


def _is_name(name: str) -> bool:
    return bool(name) and "/" not in name and "\\" not in name and not name.startswith(".")


def card_of(folder: Path, version: str) -> dict[str, Any] | None:
    """What a version's card says, unchecked; None when there is none that can be read inside the models folder.

    Numbers that JSON does not have, such as NaN, are texts.
    """
    if version not in versions(folder):
        return None
    path = folder / version / "card.json"
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            return None
        with path.open("rb") as file:
            card = json.loads(file.read(MAX_CARD_BYTES), parse_constant=str)
    except (OSError, ValueError, RecursionError):
        return None
    return card if isinstance(card, dict) else None


def load(folder: Path, version: str, lists: "Lists") -> "Model":
    """One version, checked.

    Raises:
        ModelUnusable: missing, altered, or made for other features.
    """
    from app.core.features import fingerprint  # here: who only looks into the folder does not need numpy
    from app.core.model import Model

    card = _bytes(folder / version / "card.json", version, MAX_CARD_BYTES)
    weights = _bytes(folder / version / "weights.npz", version, _MAX_WEIGHTS_BYTES)
    return Model.from_bytes(version, card, weights, fingerprint(lists), _sites(folder, version))


def check_current(folder: Path, lists: "Lists") -> None:
    """Checks all of the version in use that can be checked without its 16 MB of weights in memory.

    Raises:
        ModelUnusable: as `load`.
    """
    from app.core.adaptation import unpack
    from app.core.features import fingerprint
    from app.core.model import ADAPTED, checked_card

    version = current_version(folder)
    card = _bytes(folder / version / "card.json", version, MAX_CARD_BYTES)
    weights = _file(folder / version / "weights.npz", version, _MAX_WEIGHTS_BYTES)
    try:
        with weights.open("rb") as file:
            weights_sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelUnusable(version, f"{weights.name} cannot be read.", _REMEDY) from error
    told = checked_card(version, card, weights_sha256, fingerprint(lists))
    if told.get(ADAPTED):
        unpack(version, told[ADAPTED], _sites(folder, version))


def load_current(folder: Path, lists: "Lists") -> "Model":
    """The version in use, checked. Raises ModelUnusable."""
    return load(folder, current_version(folder), lists)


def _sites(folder: Path, version: str) -> bytes:
    """What sites have taught; empty where there is no such file."""
    path = folder / version / SITES
    return _bytes(path, version, _MAX_SITES_BYTES) if path.exists() else b""


def _bytes(path: Path, version: str, most: int) -> bytes:
    try:
        return _file(path, version, most).read_bytes()
    except OSError as error:
        raise ModelUnusable(version, f"{path.name} cannot be read.", _REMEDY) from error


def _file(path: Path, version: str, most: int) -> Path:
    """The path, of a file that is there and not too large."""
    try:
        if path.is_symlink() or path.stat().st_size > most:
            raise ModelUnusable(version, f"{path.name} is a link or too large to be a model.", _REMEDY)
    except OSError as error:
        raise ModelUnusable(version, f"{path.name} cannot be read.", _REMEDY) from error
    return path
