"""The list of public corpora that training can use: where each is to be had, and how its files are read."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from app.errors import ExamplesUnusable
from app.training.sources import Source

Format = Literal["csv", "label, tab, text", "a text a line"]
"""How a file of a corpus is written: with a line of names; a label and a text in each line; texts of one label."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Hosts that may be asked without encryption: what they send never leaves the machine."""
_TEXTS = ("title", "about", "by", "language")


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """One file that is fetched."""

    url: str
    most_bytes: int
    """A larger answer is refused."""
    format: Format
    sha256: str = ""
    """Of the file as it is sent, 64 hexadecimal digits; empty where it is not known."""
    bytes: int = 0
    """Its size; 0 where it is not known."""
    members: str = ""
    """The files of a zip archive that are read, as a pattern such as `*.csv`; empty where it is none."""
    columns: dict[str, str] = field(default_factory=dict)
    """Of a csv: field of a comment, or `label`, -> the column's name."""
    labels: dict[str, str] = field(default_factory=dict)
    """What stands in the file -> spam or ham."""
    label: str = ""
    """Of every line, where the file has one label."""
    pages: dict[str, str] = field(default_factory=dict)
    """Member of the archive -> the address of the page its comments stand under."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """A public corpus, under the name of its source."""

    name: str
    title: str
    about: str
    """A page that says what it is."""
    by: str
    language: str
    comments: int
    """How many there are before doubles are dropped; 0 where it is not known."""
    licence: str
    files: tuple[CorpusFile, ...]

    @property
    def most_bytes(self) -> int:
        """What is fetched at most, by the size of each file where that is known."""
        return sum(each.bytes or each.most_bytes for each in self.files)


def read_corpora(path: Path, sources: dict[str, Source]) -> dict[str, Corpus]:
    """The corpora of a list such as training_data/corpora.toml, by name.

    Args:
        path: the list.
        sources: what is known about each by its name: its licence, where the list itself tells none.

    Raises:
        ExamplesUnusable: it is not there, or not such a list, or an address is neither https nor of this machine.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8")).get("corpus", {})
        return {name: _corpus(name, dict(entry), sources) for name, entry in told.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        what = f"The list of corpora cannot be read: {str(error) or type(error).__name__}."
        raise ExamplesUnusable(
            str(path), what, "Compare it with training_data/corpora.toml of the repository."
        ) from error


def _corpus(name: str, entry: dict[str, Any], sources: dict[str, Source]) -> Corpus:
    if not name.replace("-", "").isalnum() or not name.isascii():
        raise ValueError(f"{name} is no name of a file")
    licence = str(entry.pop("licence", "")) or sources.get(name, Source(name)).licence
    if not licence:
        raise ValueError(f"neither it nor sources.toml tells the licence of {name}")
    files = tuple(_file(dict(each)) for each in entry.pop("file"))
    comments, texts = int(entry.pop("comments", 0)), {each: str(entry.pop(each)) for each in _TEXTS}
    if entry:
        raise ValueError(f"{name} has an unknown entry {next(iter(entry))}")
    return Corpus(name=name, comments=comments, licence=licence, files=files, **texts)


def _file(entry: dict[str, Any]) -> CorpusFile:
    made = CorpusFile(**entry)
    parts = urlsplit(made.url)
    if not (parts.scheme == "https" and parts.hostname) and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError(f"{made.url} is no https address")
    if made.format not in get_args(Format) or made.most_bytes <= 0 or made.bytes > made.most_bytes:
        raise ValueError(f"{made.url} has no known format, or no limit of its size")
    if made.sha256 and (len(made.sha256) != 64 or set(made.sha256) - set("0123456789abcdef")):
        raise ValueError(f"the checksum of {made.url} is none")
    if {*made.labels.values(), made.label or "ham"} - {"spam", "ham"} or not (made.labels or made.label):
        raise ValueError(f"the labels of {made.url} are not spam and ham")
    if made.format == "csv" and not {"text", "label"} <= made.columns.keys():
        raise ValueError(f"{made.url} names no columns of text and label")
    return made
