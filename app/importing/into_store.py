"""Comments that their site had decided -> comments of a site in the store, judged and decided, each once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

from ulid import ULID

from app.core import times
from app.core.campaign import signature
from app.core.classify import classify
from app.core.comment import Comment, History
from app.core.features import look
from app.core.lists import Lists
from app.core.model import Model
from app.importing.imported import Imported
from app.store.records import IMPORT, Alike, Decision, Record, content_hash, page_key

ROWS = 200
"""Written in one transaction."""
MAX_ALIKE = 100
"""Stored comments with one text that are looked at."""
_CLIENT_CHARACTERS = 200


class Store(Protocol):
    """What of a store is needed."""

    def history_of(self, site_name: str, comment: Comment, now: str = "") -> History:
        """See app.store.sql_comments."""

    def id_of(self, site_name: str, cms_id: str) -> str | None:
        """See app.store.sql_comments."""

    def alike(self, site_name: str, hashed: str, most: int) -> Sequence[Alike]:
        """See app.store.sql_comments."""

    def import_decided(self, records: Sequence[Record]) -> None:
        """See app.store.sql_importing."""


@dataclass(slots=True)
class Kept:
    """What has become of the comments so far."""

    added: int = 0
    known: int = 0
    """That the site has already: from an earlier import, or because its CMS sent them. They stay as they are."""
    undecided: "Counter[str]" = field(default_factory=Counter)
    """Left out, because nobody is known to have decided: by status."""


class IntoStore:
    """Takes one comment after the other and writes them ROWS at a time; `flush` writes the rest.

    Args:
        store: where they go.
        site: whose they are.
        source: what the export is called; `client:import` and it find them in the pages.
        model: judges them, with the site's thresholds but without its rules: those are about what arrives.
        lists: host kinds, trade words and the rest.
        now: when a comment counts as received that has no date, or an impossible one.

    Raises:
        SiteUnknown, StoreUnavailable: what was written before stays, and is not written again.
    """

    def __init__(self, store: Store, site: str, source: str, model: Model, lists: Lists, now: datetime) -> None:
        self._store = store
        self._site = site
        self._client = f"{IMPORT} {source}"[:_CLIENT_CHARACTERS]
        self._model = model.of(site)
        self._lists = lists
        self._now = now
        self._history = History(store.history_of(site, Comment()).thresholds)
        self._waiting: list[Imported] = []
        self.kept = Kept()

    def take(self, imported: Imported) -> None:
        """One comment; without a label it is counted and left out."""
        if imported.label is None:
            self.kept.undecided[imported.status] += 1
            return
        self._waiting.append(imported)
        if len(self._waiting) == ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what waits, in one transaction."""
        fresh: list[Record] = []
        met: dict[str, list[Alike]] = {}
        for imported in self._waiting:
            comment = _without_place(imported)
            same_text = met.setdefault(comment.comment_id or content_hash(comment), [])
            if self._is_known(comment) or any(_is_same(each, comment) for each in same_text):
                continue
            fresh.append(self._record(imported, comment))
            same_text.append(_alike_of(fresh[-1]))
        self._store.import_decided(fresh)
        self.kept.added += len(fresh)
        self.kept.known += len(self._waiting) - len(fresh)
        self._waiting = []

    def _is_known(self, comment: Comment) -> bool:
        if comment.comment_id and self._store.id_of(self._site, comment.comment_id):
            return True
        hashed = content_hash(comment)
        # Akismet's clients ask before their CMS has given the comment an id, so an id that is not known says little.
        found = self._store.alike(self._site, hashed, MAX_ALIKE) if hashed else ()
        return any(_is_same(each, comment) for each in found)

    def _record(self, imported: Imported, comment: Comment) -> Record:
        looked = look(comment, self._lists)
        moment = _moment(comment.posted_at)
        moment = moment if moment and moment <= self._now else self._now
        at = times.written(moment)
        return Record(
            f"c_{ULID.from_datetime(moment)}",  # ids rise with time, and pages sort by them
            self._site,
            at,
            comment,
            classify(comment, self._history, self._model, self._lists, looked),
            Decision(imported.label, IMPORT, at),
            client=self._client,
            signed=signature(looked, self._lists),  # what a moderator says of it one day does act
        )


def _without_place(imported: Imported) -> Comment:
    """The comment; where its platform gives no ids, its place in the export is not taken for one."""
    comment = imported.comment
    return replace(comment, comment_id="") if comment.comment_id == imported.where else comment


def _is_same(known: Alike, comment: Comment) -> bool:
    """Whether of two comments with one text, or one id, the second is the first again.

    Two ids are two comments, else two authors, pages or moments are; what one of them does not tell does not count.

    >>> known = Alike("c_1", "Hi", "Bob", "https://blog.example/1", "2026-01-02T03:04:05.000Z", False)
    >>> _is_same(known, Comment("Hi", author="Bob", posted_at="2026-01-02T04:04:05+01:00", comment_id="7"))
    True
    >>> _is_same(known, Comment("Hi", author="Bob", posted_at="2026-01-02T03:05:00Z"))
    False
    >>> _is_same(known._replace(comment_id="6"), Comment("Hi", author="Bob", comment_id="7"))
    False
    """
    if known.comment_id and comment.comment_id:
        return known.comment_id == comment.comment_id
    pages = page_key(known.page_url), page_key(comment.page_url)
    moments = _moment(known.posted_at), _moment(comment.posted_at)
    return known.author == comment.author and _may_be_one(*pages) and _may_be_one(*moments)


def _may_be_one(known: object, told: object) -> bool:
    return not known or not told or known == told


def _moment(posted_at: str) -> datetime | None:
    """To the second; None for what is no moment, or before 1970.

    >>> _moment("2026-01-02T03:04:05.250Z"), _moment("yesterday"), _moment("0001-01-01T00:00:00Z")
    (datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc), None, None)
    """
    try:
        moment = datetime.fromisoformat(posted_at).replace(microsecond=0)
        return moment.astimezone(UTC) if moment.tzinfo and moment.year > 1970 else None
    except (ValueError, OverflowError):
        return None


def _alike_of(record: Record) -> Alike:
    told = record.comment
    return Alike(record.id, told.text, told.author, told.page_url, told.posted_at, True, told.comment_id)
