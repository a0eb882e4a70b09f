"""What the store takes and gives about acts: what one moderator decided at once, on one comment or thousands."""

from dataclasses import dataclass
from typing import NamedTuple

WAITS, PASSED_OVER, TAKEN_BACK = 0, -1, -2
"""Of a comment in an act instead of a decision's id: its turn has not come; somebody else was first; undone."""


class Conflict(NamedTuple):
    """A comment that somebody else has settled since the page was shown."""

    id: str
    label: str | None
    """What stands now; None when it was taken back."""
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an act."""

    act: int
    """audit.id, by which it is undone; 0 when nothing was decided."""
    decided: tuple[str, ...] = ()
    """Ids of the comments."""
    versions: tuple[int, ...] = ()
    """comments.decision of each, as it is now."""
    conflicts: tuple[Conflict, ...] = ()


class Batch(NamedTuple):
    """An act on many comments, as far as it has come."""

    act: int
    by: str
    at: str
    label: str
    total: int
    decided: int
    passed_over: int
    """Settled by others before their turn came; left as they are."""
    taken_back: int
    needs_second: bool
    """Waits until another moderator agrees."""
    agreed_by: str
    undoing: bool
    ended_at: str | None
    """None while there is work left."""

    @property
    def waiting(self) -> int:
        """Comments whose turn has not come.

        >>> Batch(1, "jana", "", "spam", 500, 120, 3, 0, False, "", False, None).waiting
        377
        """
        return self.total - self.decided - self.passed_over - self.taken_back
