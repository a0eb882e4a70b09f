"""What goes out: reasons, links, and the whole answer. Values only, no behaviour."""

from dataclasses import dataclass
from typing import Literal

from app.core.comment import Thresholds

Verdict = Literal["ham", "unsure", "spam"]
Action = Literal["publish", "hold", "reject", "discard"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence, in words a moderator reads."""

    code: str
    """From docs/features.md, e.g. `link.path.gambling`."""
    label: str
    """The sentence that goes with the code."""
    weight: float
    """Change in log-odds; above 0 speaks for spam, below 0 against it."""
    field: str
    """The comment's field the evidence stands in; empty when it is about the whole comment."""
    begin: int
    """First code point of the evidence in that field; 0 with `end` 0 when there is no span."""
    end: int
    """One past the last code point."""
    evidence: str
    """The words quoted, as sent, at most 120 characters; empty when there is no span."""
    score_without: float
    """The score if this evidence were not there, all else equal. 0.0 to 1.0."""


@dataclass(frozen=True, slots=True)
class LinkReport:
    """One link as the answer shows it."""

    url: str
    """As a browser would open it; at most 2,000 characters."""
    host: str
    registrable_domain: str
    """Empty for an IP address or a host without a public suffix."""
    host_kind: str
    """See docs/features.md: shared, shortener, redirector, bio, messenger, own, ip or other."""
    field: str
    begin: int
    end: int
    score: float
    """How damning the link is by itself, 0.0 to 1.0: near 0 unless it would do whatever stood around it."""


@dataclass(frozen=True, slots=True)
class Override:
    """The rule that decided instead of the score."""

    rule: str
    """role, test, honeypot, campaign, precedent, allow or deny; in what the CMS is told also observed."""
    kind: str
    """For allow and deny: what kind of rule; for a campaign or precedent: spam or ham; for observed the verdict that
    it would have been; else empty."""
    value: str
    """The rule's value as the operator wrote it, or the role, or the id of the campaign or the decided comment, or for
    observed the action that it would have been."""


@dataclass(frozen=True, slots=True)
class CampaignReport:
    """The campaign of a comment as the answer shows it."""

    id: str
    """Of its first comment."""
    size: int
    """Comments that came before this one; for one that is stored, all but itself. Counting stops at 1,000."""
    label: str | None
    """What a moderator called it, as long as that acts; else None."""


@dataclass(frozen=True, slots=True)
class Classification:
    """The whole answer about one comment; explainable, repeatable, appealable."""

    score: float
    """Calibrated probability that a moderator would call the comment spam, rounded to four decimals."""
    verdict: Verdict
    action: Action
    thresholds: Thresholds
    override: Override | None
    summary: str
    """One or two plain sentences; never empty."""
    reasons: tuple[Reason, ...]
    """Strongest first, at most 12."""
    links: tuple[LinkReport, ...]
    degraded: tuple[str, ...]
    missing: tuple[str, ...]
    model: str
    """Folder name under models/."""
    campaign: CampaignReport | None = None
    """None when the comment stands alone. Changes with what comes after, so it is never stored with the answer."""
    is_observed: bool = False
    """Whether its site is only observed: the CMS is told to publish it, see core.observing."""
