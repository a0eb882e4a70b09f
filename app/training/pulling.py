"""A corpus pulled into a folder: fetched, checked against what is known of it, converted, and written down."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal

from app.errors import CorpusUnusable
from app.importing.imported import Skipped
from app.training.converting import Row, records
from app.training.corpora import Corpus, CorpusFile
from app.training.fetching import fetch

RECORD = "pulled.json"
"""Beside the data: what was pulled, when, from where, with which checksums, and who vouched for these."""
Known = Literal["the list", "an earlier pull", "first use"]
"""Who told the checksum that a file was compared with; at its first use somebody had to trust it."""


@dataclass(frozen=True, slots=True)
class PulledFile:
    """What came from one address."""

    url: str
    sha256: str
    bytes: int
    known_by: Known


@dataclass(slots=True)
class Counts:
    """What became of the lines of a corpus."""

    spam: int = 0
    ham: int = 0
    doubles: int = 0
    """Texts that stood there before; only the first is kept."""
    skipped: list[Skipped] = field(default_factory=list)
    """What could not be read."""


class Pulled:
    """The record of a folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / RECORD
        self._told: dict[str, Any] = _read(self.path)

    def of(self, name: str) -> dict[str, Any] | None:
        """What is written of a corpus; None if it was never pulled."""
        told = self._told.get(name)
        return told if isinstance(told, dict) else None

    def sha256_of(self, name: str, url: str) -> str:
        """The checksum that a file had when it was first pulled; empty if it never was."""
        files = (self.of(name) or {}).get("files", [])
        return next((str(each["sha256"]) for each in files if each.get("url") == url), "")

    def with_corpus(self, corpus: Corpus, files: list[PulledFile], counts: Counts, at: str) -> bytes:
        """The record's bytes with this corpus in it."""
        told = {
            "title": corpus.title,
            "licence": corpus.licence,
            "about": corpus.about,
            "by": corpus.by,
            "pulled_at": at,
            "files": [asdict(each) for each in files],
            "spam": counts.spam,
            "ham": counts.ham,
            "doubles": counts.doubles,
            "skipped": len(counts.skipped),
        }
        self._told[corpus.name] = told
        return (json.dumps(self._told, indent=1, ensure_ascii=False) + "\n").encode()


def fetch_all(
    corpus: Corpus, before: Pulled, opened: ExitStack, progress: Callable[[int], None] = lambda _: None
) -> Iterator[tuple[CorpusFile, BinaryIO, PulledFile]]:
    """Every file of a corpus, on disk without a name, so that nothing is left behind however this ends.

    Args:
        corpus: which.
        before: what its checksums were, where the list tells none.
        opened: closes the files.
        progress: called with the bytes that have come of the file that is being fetched.

    Raises:
        CorpusUnusable: see `fetch`; or a file is not the one that was pulled before.
    """
    for each in corpus.files:
        content: BinaryIO = opened.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  `opened` closes it
        got = fetch(each, content, progress)
        known: Known = "the list" if each.sha256 else "first use"
        earlier = before.sha256_of(corpus.name, each.url)
        if not each.sha256 and earlier:
            known = "an earlier pull"
            _require_same(each, got.sha256, earlier, before.path)
        yield each, content, PulledFile(each.url, got.sha256, got.bytes, known)


def converted(corpus: Corpus, files: list[tuple[CorpusFile, BinaryIO]], counts: Counts) -> Iterator[Row]:
    """The records of a corpus, without doubles; `counts` is filled on the way.

    Raises:
        CorpusUnusable: see `records`; or there is no comment in it.
    """
    met: set[str] = set()
    for file, content in files:
        for found in records(corpus, file, content):
            if isinstance(found, Skipped):
                counts.skipped.append(found)
                continue
            text = " ".join(found["text"].casefold().split())
            if text in met:
                counts.doubles += 1
                continue
            met.add(text)
            if found["label"] == "spam":
                counts.spam += 1
            else:
                counts.ham += 1
            yield found
    if not met:
        what = f"There is no comment in it that can be read ({len(counts.skipped):,} lines cannot)."
        raise CorpusUnusable(corpus.name, what, "Nothing was changed; look for a newer list of corpora.")


def _require_same(file: CorpusFile, sha256: str, earlier: str, path: Path) -> None:
    if sha256 != earlier:
        what = f"Its SHA-256 is {sha256}, and was {earlier} when it was pulled before."
        raise CorpusUnusable(file.url, what, f"Nothing was changed. If that is right, take its entry out of {path}.")


def _read(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_bytes())
        if isinstance(told, dict):
            return told
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        pass
    what = "It cannot be read, and with it the checksums of what was pulled before."
    raise CorpusUnusable(str(path), what, "Restore it, or choose another folder with -o.")
