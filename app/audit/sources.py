"""Where an audit's comments come from: an export, or what the database holds; from the middle, too."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from app.importing import files, kinds
from app.importing.imported import Imported, Skipped, Status
from app.store.records import Record
from app.store.sql import SqlStore

PAGE_RECORDS = 500
"""Read from the database at a time."""
_WORDPRESS = frozenset({"wordpress", "page", "page-text", "jsonl", "json", "csv"})
"""Kinds whose ids may be WordPress's; those of others are numbers too, but other comments."""


class Item(NamedTuple):
    """A comment to be judged."""

    id: str
    """The platform's own, or its place in the export; ours of a stored one."""
    site: str
    """Whose thresholds hold; empty: the model's."""
    is_settled: bool
    """A moderator called it no spam, and is believed."""
    imported: Imported


@dataclass(frozen=True, slots=True)
class Place:
    """How far an audit has come."""

    read: int = 0
    """Records, of all kinds."""
    last: str = ""
    """`where` of the last one."""


class Source(Protocol):
    """Comments in a fixed order."""

    has_wordpress_ids: bool
    """Whether ids of nothing but digits are WordPress's."""

    def identity(self) -> dict[str, Any]:
        """What must be the same for an interrupted audit to go on."""

    def size(self) -> int | None:
        """Of everything, in the unit of `progress`; None when it is not known."""

    def records(self, after: Place, progress: Callable[[int], None]) -> Iterator[Item | Skipped]:
        """Every record behind a place.

        Raises:
            ExportUnusable, StoreUnavailable: it cannot be read, or not to its end.
        """


class ExportSource:
    """A file or folder that another program wrote."""

    def __init__(self, path: Path, kind: str, site: str) -> None:
        self._path = path
        self._kind = kinds.kind_of(path, kind).name
        self._site = site
        self.has_wordpress_ids = self._kind in _WORDPRESS

    def identity(self) -> dict[str, Any]:
        """Its name and kind, and of a file how long it is and when it was written."""
        state = self._path.stat()
        return {
            "export": self._path.name,
            "kind": self._kind,
            "bytes": files.size_of(self._path),
            "written": state.st_mtime_ns,
            "site": self._site,
        }

    def size(self) -> int | None:
        """Bytes on disk."""
        return files.size_of(self._path)

    def records(self, after: Place, progress: Callable[[int], None]) -> Iterator[Item | Skipped]:
        """In the export's order; what was read before is read again, which takes a small part of judging it."""
        for record in islice(kinds.read(self._path, self._kind, progress), after.read, None):
            if isinstance(record, Skipped):
                yield record
            else:
                yield Item(record.comment.comment_id or record.where, self._site, False, record)


class StoreSource:
    """What the database holds, by our ids: in the order in which it was received."""

    has_wordpress_ids = True

    def __init__(self, store: SqlStore, site: str, *, everything: bool) -> None:
        self._store = store
        self._site = site
        self._everything = everything

    def identity(self) -> dict[str, Any]:
        """The site; comments may come and go meanwhile."""
        return {"store": True, "site": self._site}

    def size(self) -> int | None:
        """Comments."""
        return self._store.count_published(self._site, everything=self._everything)

    def records(self, after: Place, progress: Callable[[int], None]) -> Iterator[Item | Skipped]:
        """A page of records at a time, so that nothing is locked meanwhile."""
        last = after.last
        while found := self._store.published(self._site, last, PAGE_RECORDS, everything=self._everything):
            for record in found:
                label = record.decision.label if record.decision else None
                imported = Imported(record.comment, _status(record, label), record.id)
                yield Item(record.id, record.site, label == "ham" and not self._everything, imported)
            progress(len(found))
            last = found[-1].id


def _status(record: Record, label: str | None) -> Status:
    if label:
        return "approved" if label == "ham" else "spam"
    return {"publish": "published", "hold": "pending"}.get(record.classification.action, "spam")  # type: ignore[return-value]
