"""JSONL files -> examples: comments with what a person decided about them."""

import csv
import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from app.core.comment import COMMENT_FIELDS, Comment
from app.errors import ExamplesUnusable

OWN_DISPUTED = Path(__file__).resolve().parents[2] / "training_data" / "disputed.tsv"
"""Our own list of comments whose label a reader disagreed with: ids, no text."""

Judged = Literal["spam", "ham", "arguable"]
"""What a careful reader said of a comment."""
_JUDGEMENTS: tuple[Judged, ...] = ("spam", "ham", "arguable")
_REMEDY = "Each line must be a JSON object with text and label (spam or ham); see docs/models.md."


@dataclass(frozen=True, slots=True)
class Example:
    """A comment whose label is known."""

    id: str
    comment: Comment
    is_spam: bool
    source: str
    """The file it stands in, without its endings; for a folder's examples.jsonl the folder."""
    campaign: str
    """Comments of one spam campaign share it; empty for ham and for spam that stands alone."""
    site: str
    """The site it was sent to; empty if the record does not say."""
    language: str = ""
    """Of the comment or its page; empty if the record does not say."""
    trade: str = ""
    """What spam sells, in the words of trade_names.tsv where one fits; empty for ham or if the record does not say."""

    @property
    def group(self) -> str:
        """What must not stand on both sides of a split: its campaign, else its site, else itself."""
        return self.campaign or self.site or self.id


@dataclass(frozen=True, slots=True)
class Disputed:
    """A comment whose label a reader disagreed with: nothing is learned from it, and it is neither hit nor miss."""

    example: Example
    """As the corpus labels it."""
    judged: Judged
    """As the reader does; never the corpus's own label."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The labelled comments of files and folders."""

    examples: list[Example]
    disputed: list[Disputed]


def files_of(paths: Iterable[Path]) -> list[Path]:
    """Every JSONL file named by files and folders, in order; a folder's `pages/` are joined, not listed.

    Raises:
        ExamplesUnusable: a path that is not there, or a folder without JSONL files.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(
                p for p in path.rglob("*.jsonl*") if p.suffix in (".jsonl", ".gz") and p.parent.name != "pages"
            )
            if not inside:
                raise ExamplesUnusable(str(path), "There are no .jsonl or .jsonl.gz files in it.", _REMEDY)
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise ExamplesUnusable(str(path), "There is no such file or folder.", "Check the path.")
    return found


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSONL file, gzipped or not, with their line numbers; blank lines are passed over.

    Raises:
        ExamplesUnusable: a line that is not a JSON object, named by its number.
    """
    number = 0
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise ExamplesUnusable(f"{path}:{number}", "The line is not a JSON object.", _REMEDY)
                yield number, row
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise ExamplesUnusable(
            f"{path}:{number}", f"The line cannot be read ({type(error).__name__}).", _REMEDY
        ) from error


def comment_of(row: dict[str, Any]) -> Comment:
    """The comment in a record: known fields that hold text; all else is left out, as if it were missing."""
    told = {name: row[name] for name in COMMENT_FIELDS if isinstance(row.get(name), str)}
    return Comment(**{name: value.encode("utf-8", "replace").decode() for name, value in told.items()})


def read_examples(paths: Iterable[Path], progress: Callable[[Path], None] = lambda _: None) -> list[Example]:
    """The labelled comments of files and folders whose labels nobody disputes; see `read_labelled`."""
    return read_labelled(paths, progress).examples


def read_labelled(
    paths: Iterable[Path], progress: Callable[[Path], None] = lambda _: None, own_list: Path = OWN_DISPUTED
) -> Reading:
    """All labelled comments of files and folders, disputed ones apart. Rows without a label are passed over.

    A `pages/NAME` beside a file gives its comments the text of their page; a `judged.tsv` beside it (id, label,
    judged) names comments whose label was found wrong or arguable.

    Args:
        paths: JSONL files or folders.
        progress: called with each file before it is read.
        own_list: a table like `judged.tsv` that holds for all files; it may be missing.

    Raises:
        ExamplesUnusable: see `files_of` and `read_rows`; or a label that is neither spam nor ham; or a table of
            judged comments without these columns.
    """
    reading = Reading([], [])
    ours = _judged_otherwise(own_list)
    for path in files_of(paths):
        progress(path)
        judged = _judged_otherwise(path.parent / "judged.tsv") | ours
        for example in _examples_of(path):
            if example.id in judged:
                reading.disputed.append(Disputed(example, judged[example.id]))
            else:
                reading.examples.append(example)
    return reading


def _examples_of(path: Path) -> Iterator[Example]:
    pages = _pages(path.parent / "pages" / path.name)
    for number, row in read_rows(path):
        label = row.get("label")
        if label is None:
            continue
        if label not in ("spam", "ham"):
            raise ExamplesUnusable(f"{path}:{number}", "The label is neither spam nor ham.", _REMEDY)
        identity = str(row.get("id") or f"{path.name}:{number}")
        page_text = pages.get(str(row.get("page_url")))
        if page_text and not row.get("page_text"):
            row["page_text"] = page_text
        told = [str(row.get(name) or "") for name in ("campaign", "site", "language", "trade")]
        yield Example(identity, comment_of(row), label == "spam", source_of(path), *told)


def source_of(path: Path) -> str:
    """The source a file stands for.

    >>> source_of(Path("data/ham-news-de.jsonl.gz")), source_of(Path("training_data/links/examples.jsonl"))
    ('ham-news-de', 'links')
    """
    name = path.name.removesuffix(".gz").removesuffix(".jsonl")
    return path.parent.name if name == "examples" else name


def in_sample(identity: str, share: float) -> bool:
    """Whether a fixed pseudo-random share of all ids holds this one; a larger share holds the smaller one.

    >>> [in_sample(identity, 0.5) for identity in ("a", "b", "c", "d")]
    [False, True, True, False]
    """
    return zlib.crc32(identity.encode("utf-8", "replace")) < share * 2**32


def one_in_five(examples: Iterable[Example]) -> list[Example]:
    """A fifth of the examples, always the same ones, by their ids: steady figures in minutes instead of an hour."""
    return [each for each in examples if zlib.crc32(each.id.encode("utf-8", "replace")) % 5 == 0]


def _pages(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    return {str(row["page_url"]): str(row.get("page_text") or "") for _, row in read_rows(path) if row.get("page_url")}


def _judged_otherwise(path: Path) -> dict[str, Judged]:
    """Id -> judgement, of the rows of a table that a reader judged other than they are labelled."""
    return {identity: judged for identity, (label, judged) in judgements(path).items() if judged != label}


def judgements(path: Path) -> dict[str, tuple[str, Judged]]:
    """Id -> label and judgement, of the rows of a table that a reader has filled in; the others change nothing.

    Args:
        path: a table as `judged.tsv`; nothing is read where there is none.

    Raises:
        ExamplesUnusable: it has not the columns id, label and judged, or a judgement is none.
    """
    if not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:  # spreadsheets begin with a byte order mark
            rows = [row for row in csv.DictReader(lines, delimiter="\t") if (row["judged"] or "").strip()]
            return {row["id"]: (row["label"], _judgement(row["judged"].strip().lower())) for row in rows}
    except (OSError, ValueError, KeyError, csv.Error) as error:
        what = f"It cannot be read as a table with the columns id, label, judged ({type(error).__name__})."
        remedy = "Correct its first line; judged is spam, ham or arguable. Or take the file away."
        raise ExamplesUnusable(str(path), what, remedy) from error


def _judgement(word: str) -> Judged:
    for known in _JUDGEMENTS:
        if word == known:
            return known
    raise ValueError(word)
