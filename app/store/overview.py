"""What an operator sees of a site at a glance."""

from typing import NamedTuple

from app.core.comment import Thresholds
from app.store.records import Site


class SiteState(NamedTuple):
    """One site, with what comes from it and what was set up for it."""

    site: Site
    thresholds: Thresholds | None
    """Its own; None: those of the model."""
    comments: int
    """Since the time that was asked for."""
    held: int
    """Waiting for a moderator."""
    last_at: str
    """Of its last request, good or bad; empty when there was none."""
    client: str
    """Who sent that."""
    networks: tuple[str, ...]
    """May speak for it without a key."""
    is_observed: bool
    """Whether its CMS is told to publish whatever comes."""
