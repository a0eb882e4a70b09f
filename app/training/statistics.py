"""What is in files of comments: by source and by language, how many, how long, with what, from when."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from statistics import quantiles
from typing import Any

from app.core.features import look
from app.core.lists import Lists
from app.errors import ExamplesUnusable
from app.training.examples import comment_of, files_of, read_rows, source_of
from app.training.kinds import language_of

_MOMENT_LETTERS = 10
"""Of a date: year, month and day."""


@dataclass(slots=True)
class Group:
    """Comments that have a source or a language in common."""

    name: str
    spam: int = 0
    ham: int = 0
    unlabelled: int = 0
    with_link: int = 0
    """In the text, however it is written."""
    with_author_url: int = 0
    doubles: int = 0
    """Comments whose text stands earlier in the files, capitals and blanks apart."""
    in_campaigns: int = 0
    """Comments whose record names a campaign."""
    first: str = ""
    """Day of the earliest comment that tells one."""
    last: str = ""
    dated: int = 0
    _lengths: "array[int]" = field(default_factory=lambda: array("I"))
    _campaigns: set[str] = field(default_factory=set)

    @property
    def campaigns(self) -> int:
        """How many the records name."""
        return len(self._campaigns)

    @property
    def comments(self) -> int:
        """All of them."""
        return self.spam + self.ham + self.unlabelled

    def as_json(self) -> dict[str, Any]:
        """The group as JSON values; lengths are of the text, in characters."""
        names = ("name", "comments", "spam", "ham", "unlabelled", "with_link", "with_author_url", "doubles")
        told = {name: getattr(self, name) for name in names}
        middle, long = self.lengths
        campaigns = {"campaigns": self.campaigns, "in_campaigns": self.in_campaigns}
        dates = {"dated": self.dated, "first": self.first or None, "last": self.last or None}
        return {**told, "median_characters": middle, "characters_of_the_longest_tenth": long, **campaigns, **dates}

    @property
    def lengths(self) -> tuple[int, int]:
        """Median of the texts' lengths, and the length from which on the longest tenth are."""
        if len(self._lengths) < 2:
            return (self._lengths[0], self._lengths[0]) if self._lengths else (0, 0)
        cuts = quantiles(self._lengths, n=10, method="inclusive")
        return round(cuts[4]), round(cuts[8])

    def add(self, seen: "_Seen") -> None:
        """Count one comment."""
        if seen.label == "spam":
            self.spam += 1
        elif seen.label == "ham":
            self.ham += 1
        else:
            self.unlabelled += 1
        self.with_link += seen.has_link
        self.with_author_url += seen.has_author_url
        self.doubles += seen.is_double
        self._lengths.append(seen.characters)
        if seen.campaign:
            self.in_campaigns += 1
            self._campaigns.add(seen.campaign)
        if seen.day:
            self.dated += 1
            self.first = min(self.first or seen.day, seen.day)
            self.last = max(self.last, seen.day)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is counted of one comment."""

    label: str
    has_link: bool
    has_author_url: bool
    is_double: bool
    characters: int
    campaign: str
    day: str


@dataclass(frozen=True, slots=True)
class Statistics:
    """What is in some files."""

    all: Group
    sources: tuple[Group, ...]
    """In the order of the files."""
    languages: tuple[Group, ...]
    """The largest first."""
    contradictions: int
    """Texts that are labelled spam in one place and ham in another."""

    def as_json(self) -> dict[str, Any]:
        """The statistics as JSON values."""
        groups = {"sources": self.sources, "languages": self.languages}
        told = {name: [group.as_json() for group in found] for name, found in groups.items()}
        return {"all": self.all.as_json(), **told, "contradictions": self.contradictions}


def statistics_of(paths: Iterable[Path], lists: Lists, progress: Callable[[int], None] = lambda _: None) -> Statistics:
    """Count everything in files and folders of comment records, labelled or not.

    Args:
        paths: JSONL files or folders.
        lists: for the links.
        progress: called with the number of comments counted since the last call.

    Raises:
        ExamplesUnusable: see `files_of` and `read_rows`; or a label is neither spam nor ham, or no line is there.
    """
    whole, sources, languages = Group("all"), dict[str, Group](), dict[str, Group]()
    labels_of: dict[bytes, set[str]] = {}
    where = ""
    for path in files_of(paths):
        source = source_of(path)
        where = where or str(path)
        for number, row in read_rows(path):
            seen, language = _seen(row, f"{path}:{number}", source, lists, labels_of)
            for group in (
                whole,
                sources.setdefault(source, Group(source)),
                languages.setdefault(language, Group(language)),
            ):
                group.add(seen)
            progress(1)
    if not whole.comments:
        raise ExamplesUnusable(
            where or "the files", "There is no comment in them.", "Each line is one; see docs/models.md."
        )
    largest = sorted(languages.values(), key=lambda group: (-group.comments, group.name))
    both = Counter(len(labels) for labels in labels_of.values())[2]
    return Statistics(whole, tuple(sources.values()), tuple(largest), both)


def _seen(
    row: dict[str, Any], where: str, source: str, lists: Lists, labels_of: dict[bytes, set[str]]
) -> tuple[_Seen, str]:
    """What is counted of a record, and its language; the text is remembered by a hash."""
    label = row.get("label")
    if label not in (None, "spam", "ham"):
        raise ExamplesUnusable(where, "The label is neither spam nor ham.", "Correct it, or leave it out.")
    comment = comment_of(row)
    text = " ".join(comment.text.casefold().split())
    known = blake2b(f"{text}\0{'' if text else comment.author_url}".encode(), digest_size=12).digest()
    is_double = known in labels_of
    labels_of.setdefault(known, set()).update({label} if label else ())
    links = look(comment, lists).links
    in_text = any(link.field == "text" for link in links)
    day = str(row.get("posted_at") or "")[:_MOMENT_LETTERS]
    seen = _Seen(
        label or "",
        in_text,
        bool(comment.author_url),
        is_double,
        len(comment.text),
        str(row.get("campaign") or ""),
        day if day[:4].isdigit() else "",
    )
    return seen, language_of(comment, source)
