"""The models folder: which versions there are, which one is in use, and reading them."""

import errno
import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from app import disk
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
WEIGHTS = "weights.npz"
SITES = "sites.npz"
"""The file in a version's folder that holds what each site has taught it."""
MAX_CARD_BYTES = 4 << 20
_MAX_NAME_BYTES = 1_024
"""Of `current` and its like, which have a line each."""
_MAX_SITES_BYTES = 128 << 20
_MAX_WEIGHTS_BYTES = 16 << 20
_NO_FILE = (errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.EINVAL, errno.EFBIG, errno.ENXIO)
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
        name = _line(folder, CURRENT)
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
        written = _line(folder, CANDIDATE).split()
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
            names.update(_line(folder, file).split()[:1])
        except (OSError, UnicodeDecodeError):
            continue
    return names


def previous_version(folder: Path) -> str:
    """The version that was in use before; empty when none was, or nothing says which."""
    try:
        return _line(folder, PREVIOUS)
    except (OSError, UnicodeDecodeError):
        return ""


def _line(folder: Path, file: str) -> str:
    return disk.content(folder, file, most=_MAX_NAME_BYTES).decode("utf-8").strip()


def _is_name(name: str) -> bool:
    return name.isprintable() and name != "" and "/" not in name and "\\" not in name and not name.startswith(".")


def card_of(folder: Path, version: str) -> dict[str, Any] | None:
    """What a version's card says, unchecked; None when there is none that can be read inside the models folder.

    Numbers that JSON does not have, such as NaN, are texts.
    """
    if version not in versions(folder):
        return None
    try:
        card = json.loads(disk.content(folder, version, "card.json", most=MAX_CARD_BYTES), parse_constant=str)
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

    card = _content(folder, version, "card.json", MAX_CARD_BYTES)
    weights = _content(folder, version, WEIGHTS, _MAX_WEIGHTS_BYTES)
    try:
        return Model.from_bytes(version, card, weights, fingerprint(lists), _sites(folder, version))
    except MemoryError as error:
        raise ModelUnusable(version, "There is not enough memory to load it.", "Give the process more.") from error


def check_current(folder: Path, lists: "Lists") -> None:
    """Checks all of the version in use that can be checked without its 16 MB of weights in memory.

    Raises:
        ModelUnusable: as `load`.
    """
    from app.core.adaptation import unpack
    from app.core.features import fingerprint
    from app.core.model import ADAPTED, checked_card

    version = current_version(folder)
    card = _content(folder, version, "card.json", MAX_CARD_BYTES)
    try:
        with disk.opened(folder, version, WEIGHTS, most=_MAX_WEIGHTS_BYTES) as file:
            weights_sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(version, WEIGHTS, error) from error
    told = checked_card(version, card, weights_sha256, fingerprint(lists))
    if told.get(ADAPTED):
        unpack(version, told[ADAPTED], _sites(folder, version))


def load_current(folder: Path, lists: "Lists") -> "Model":
    """The version in use, checked. Raises ModelUnusable."""
    return load(folder, current_version(folder), lists)


def _sites(folder: Path, version: str) -> bytes:
    """What sites have taught; empty where there is no such file."""
    try:
        return disk.content(folder, version, SITES, most=_MAX_SITES_BYTES)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise _unreadable(version, SITES, error) from error


def _content(folder: Path, version: str, file: str, most: int) -> bytes:
    if not _is_name(version):
        raise ModelUnusable(repr(version), "No version has such a name.", _REMEDY)
    try:
        return disk.content(folder, version, file, most=most)
    except OSError as error:
        raise _unreadable(version, file, error) from error


def _unreadable(version: str, file: str, error: OSError) -> ModelUnusable:
    if error.errno in _NO_FILE:
        return ModelUnusable(version, f"{file} is a link, is not a file, or is too large to be a model.", _REMEDY)
    return ModelUnusable(version, f"{file} cannot be read.", _REMEDY)
