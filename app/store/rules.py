"""What the store takes and gives about rules: one as it stands, and which comments it may speak of."""

from dataclasses import dataclass

from app.core.comment import Rule


@dataclass(frozen=True, slots=True)
class StandingRule:
    """A rule with where it holds, who added it, and until when it stands."""

    id: int
    """Rising: the order in which rules were added."""
    site: str | None
    """None: it holds for all sites."""
    rule: Rule
    by: str
    """The moderator's name; empty: the command line."""
    created_at: str
    """RFC 3339, UTC, like all times here."""
    expires_at: str
    """From then on it is over; empty: never."""
    hits: int = 0
    """Comments it decided since the time that was asked for; of rules that say the same, all count."""

    def is_over(self, now: str) -> bool:
        """Whether it has expired.

        >>> rule = StandingRule(1, None, Rule("deny", "author", "x"), "", "", "2026-12-01T00:00:00.000Z")
        >>> rule.is_over("2026-11-30T23:59:59.999Z"), rule.is_over("2026-12-01T00:00:00.000Z")
        (False, True)
        """
        return bool(self.expires_at) and self.expires_at <= now
