"""What the gate of a retraining measured; the pages of models read it back from a card."""

from typing import NamedTuple


class Check(NamedTuple):
    """One thing that was measured before and after."""

    what: str
    """What it was measured on, e.g. `links, ham`."""
    measure: str
    """caught, held, error or contested."""
    before: float
    after: float
    """Shares, 0.0 to 1.0."""
    limit: float
    """How much worse it may become."""

    @property
    def worse(self) -> float:
        """How much worse it has become; below 0 where it is better.

        >>> round(Check("links, spam", "caught", 0.9, 0.88, 0.002).worse, 3)
        0.02
        """
        return self.before - self.after if self.measure == "caught" else self.after - self.before

    @property
    def is_passed(self) -> bool:
        """Whether it is as good as before, within its limit."""
        return self.worse <= self.limit + 1e-12
