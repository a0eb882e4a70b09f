"""Why a comment was judged so, in the moderator's language; the answer itself keeps the English sentences."""

from dataclasses import replace

from app.core.lists import Lists
from app.core.reasons import summarise
from app.core.verdict import Classification, Reason
from app.web.review.pages import N_, translations

_ENDINGS = (N_(", on a host where anyone can publish."), N_(", as decided on this site."))
"""See core.reasons.ON_SHARED and AS_DECIDED."""
_RULES = {
    "honeypot": N_("A field that people cannot see was filled in."),
    "test": N_("A test: %(value)s is spam by agreement, so that a set-up can be tried."),
    "role": N_("The author's role on this site (%(value)s) is trusted."),
    "allow": N_("A rule of this site allows it: %(kind)s %(value)s."),
    "campaign": N_("A moderator settled comments like this one: %(kind)s."),
    "precedent": N_("A comment like this one was decided: %(kind)s."),
    "repeated": N_("Its link stood in several comments that were held."),
    "deny": N_("A rule of this site denies it: %(kind)s %(value)s."),
}
_LABELS = {"spam": N_("spam"), "ham": N_("not spam")}
_SUMMARIES = (
    N_("The evidence is mixed."),
    N_("Too little speaks for spam."),
    N_("Nothing in it speaks for spam."),
)
"""What core.reasons.summarise says where no reason does; here so that they are translated."""


def in_language(found: Classification, lists: Lists, language: str) -> Classification:
    """The same classification with its sentences in that language; what nobody has translated stays English."""
    if language == "en":
        return found
    said = tuple(replace(reason, label=label_in(reason, lists, language)) for reason in found.reasons)
    return replace(found, reasons=said, summary=_summary(found, said, language))


def sentence_of(code: str, weight: float, lists: Lists, language: str) -> str:
    """The sentence of a reason's code, for spam or against it; empty for a code that this version does not know."""
    gettext = translations(language).gettext
    sentences = lists.reasons.get(code)
    trade = ""
    if sentences is None:
        family, _, trade = code.rpartition(".")
        sentences = lists.reasons.get(family + ".{trade}")
    if sentences is None or (trade and trade not in lists.trade_names):
        return ""
    sentence = gettext(sentences[weight < 0])
    return sentence.replace("{trade}", gettext(lists.trade_names[trade])) if trade else sentence


def label_in(reason: Reason, lists: Lists, language: str) -> str:
    """The sentence of a reason; one whose code this version does not know keeps the sentence it came with."""
    sentence = sentence_of(reason.code, reason.weight, lists, language) or reason.label
    ending = next((each for each in _ENDINGS if reason.label.endswith(each) and sentence != reason.label), "")
    return sentence.rstrip(".") + translations(language).gettext(ending) if ending else sentence


def _summary(found: Classification, said: tuple[Reason, ...], language: str) -> str:
    gettext = translations(language).gettext
    if found.override is None:
        return gettext(summarise(said, found.verdict))
    sentence = _RULES.get(found.override.rule)
    if sentence is None:
        return found.summary
    kind = gettext(_LABELS.get(found.override.kind) or found.override.kind.replace("_", " "))
    return gettext(sentence) % {"kind": kind, "value": found.override.value}
