"""The store in dicts: for tests, and for trying Winnow without a disk. Passes SqlStore's tests."""

from app.store.memory_comments import MemoryComments
from app.store.memory_sites import MemorySites


class MemoryStore(MemorySites, MemoryComments):
    """SqlStore's methods, with the same answers and errors; gone when the process ends.

    Safe for all threads.

    >>> from app.core.comment import Comment
    >>> store = MemoryStore()
    >>> store.add_site("blog", "k7f2m9q4x1z8", "2026-11-22T10:00:00Z")
    Site(name='blog', created_at='2026-11-22T10:00:00Z', key_hint='k7f')
    >>> store.history_of("blog", Comment(text="Hi"))
    History(thresholds=None, rules=(), page=None, degraded=())
    """

    def check(self) -> None:
        """Raise StoreUnavailable when the store is closed; memory has no other way to fail."""
        self._refuse_if_closed()

    def close(self) -> None:
        """Every other method raises StoreUnavailable from now on."""
        self._closed = True
