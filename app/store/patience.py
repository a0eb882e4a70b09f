"""A database that does not answer is waited for once, and not by every request."""

from time import monotonic

from app.errors import StoreUnavailable

SLOW_S = 0.03
"""A failure that took longer was waited for: a lock, or a disk that tries again and again. Others cost nothing."""
REST_S = 0.5
"""How long nobody waits after that. Within this time after the fault has ended, everything works again."""


class Patience:
    """Remembers a wait in vain; safe for all threads of one process.

    >>> patience = Patience()
    >>> patience.is_thin()
    False
    >>> patience.failed(StoreUnavailable("winnow.db", "The database is locked.", "Try again."), took_s=1.0)
    >>> patience.is_thin()
    Traceback (most recent call last):
    ...
    app.errors.StoreUnavailable: winnow.db: The database is locked. Try again.
    """

    def __init__(self) -> None:
        self._stands: StoreUnavailable | None = None
        self._ask_again_at = 0.0

    def is_thin(self) -> bool:
        """Whether the last wait was in vain, so that the next one should be brief.

        Raises what it ended with while nobody shall wait again.
        """
        stands = self._stands
        if stands is not None and monotonic() < self._ask_again_at:
            # A new one: raised again and again, one error would gather the traces of all requests.
            raise StoreUnavailable(stands.which, stands.what, stands.remedy)
        return stands is not None

    def failed(self, error: StoreUnavailable, took_s: float) -> None:
        """Asked in vain, for that many seconds."""
        if took_s > SLOW_S:
            self._stands, self._ask_again_at = error, monotonic() + REST_S

    def worked(self) -> None:
        """Asked, and answered."""
        self._stands = None
