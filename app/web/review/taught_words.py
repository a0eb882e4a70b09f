"""What the gate of a retraining found, as sentences: for a model's page, and for `winnow retrain`."""

from app.web.review.card_tables import Says, share
from app.web.review.pages import N_

WHATS = {
    "all our spam": N_("all our spam"),
    "all our honest comments": N_("all our honest comments"),
    "the site's decisions": N_("the site's decisions"),
    "the site's newest decisions": N_("the site's newest decisions"),
}
"""What the gate measures, but for slices of our examples; see retraining.gate."""
_SENTENCES = {
    "caught": N_("%(what)s: of the spam %(before)s would be caught as shipped, %(after)s after it."),
    "held": N_("%(what)s: of the honest comments %(before)s would be held as shipped, %(after)s after it."),
    "contested": N_("%(what)s: %(after)s of them contradict all others."),
    "error": N_("%(what)s: the mean squared error would be %(before)s as shipped, %(after)s after it."),
}


def sentence(says: Says, what: str, measure: str, before: float, after: float) -> str:
    """What one check of the gate found; empty for a measure that this version does not know.

    Args:
        says: speaks the language.
        what: it was measured on, such as `all our spam` or `links, ham`.
        measure: caught, held, error or contested.
        before: with the shipped model, 0.0 to 1.0.
        after: with what the site teaches.
    """
    known = _SENTENCES.get(measure)
    if known is None:
        return ""
    told = (f"{before:.4f}", f"{after:.4f}") if measure == "error" else (share(before), share(after))
    return says.say(known, what=_what(says, what), before=told[0], after=told[1])


def _what(says: Says, what: str) -> str:
    if what in WHATS:
        return says.say(WHATS[what])
    source, _, kind = what.rpartition(", ")
    return says.say("our examples of %(source)s", source=source) if source and kind in ("spam", "ham") else what
