"""What a reader of an export gives: a comment with what its site had made of it, or a record it could not read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from app.core.comment import COMMENT_FIELDS, Comment

Status = Literal["approved", "published", "pending", "spam", "trash"]
"""approved: somebody let it stand; published: it can be seen, and nobody is known to have decided."""

_LABELS: dict[Status, Literal["spam", "ham"]] = {"approved": "ham", "spam": "spam"}


@dataclass(frozen=True, slots=True)
class Imported:
    """One comment of an export."""

    comment: Comment
    """`comment_id` is the platform's own id, or the record's place where it has none; `posted_at` is RFC 3339, UTC."""
    status: Status
    where: str
    """Where in the export it stands, e.g. `line 1,204` or `_data/comments/a.yml`."""

    @property
    def label(self) -> Literal["spam", "ham"] | None:
        """What somebody decided, if somebody did: trash is no spam, and waiting is no word.

        >>> Imported(Comment("Hi"), "approved", "line 1").label, Imported(Comment("Hi"), "trash", "line 2").label
        ('ham', None)
        """
        return _LABELS.get(self.status)

    @property
    def is_public(self) -> bool:
        """Whether visitors see it."""
        return self.status in ("approved", "published")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that could not be read; all others are."""

    where: str
    """As in Imported."""
    why: str
    """A sentence, without anything a visitor wrote."""


Record = Imported | Skipped


def row(imported: Imported) -> dict[str, str]:
    """A comment as a record of Winnow's own: `id`, what is told of its fields, `label` if there is one, `status`.

    >>> row(Imported(Comment("Hi", comment_id="7"), "approved", "line 1"))
    {'id': '7', 'text': 'Hi', 'label': 'ham', 'status': 'approved'}
    """
    comment = imported.comment
    told = {name: getattr(comment, name) for name in COMMENT_FIELDS if name not in ("text", "comment_id")}
    told = {name: value for name, value in told.items() if value and (name, value) != ("text_format", "auto")}
    label = {"label": imported.label} if imported.label else {}
    return {"id": comment.comment_id, "text": comment.text, **label, "status": imported.status, **told}


class Reader(Protocol):
    """Reads one kind of export, in its order, with memory that does not grow with it."""

    def __call__(self, path: Path, progress: Callable[[int], None]) -> Iterator[Record]:
        """Every record of the export.

        Args:
            path: a file, or a folder where the platform keeps a tree.
            progress: called with the number of bytes read since the last call.

        Raises:
            ExportUnusable: it cannot be read at all, or not beyond a place that the error names.
        """
