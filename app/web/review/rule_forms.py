"""The form that blocks or allows: what it asks for, in whose words, and how what it names is searched for."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from ipaddress import ip_network
from typing import Any
from zoneinfo import ZoneInfo

from app.core.cautions import Caution, cautions
from app.core.comment import EFFECTS, RULE_KINDS, Effect, Rule, RuleKind
from app.core.preview import KEPT_BITS, widened
from app.core.query import written
from app.core.rule_expiry import expires_at
from app.core.rule_values import normalised
from app.errors import ValueRefused
from app.web.review.origins import our_page
from app.web.review.pages import N_
from app.web.review.session import Visit

MAX_VALUE_CHARACTERS = 1_000
EFFECT_NAMES = {"deny": N_("Block"), "allow": N_("Allow")}
KIND_NAMES = {
    "host": N_("Host"),
    "registrable_domain": N_("Domain with all its hosts"),
    "url_pattern": N_("Pattern of addresses"),
    "email": N_("E-mail address or @domain"),
    "author": N_("Author's name"),
    "ip_range": N_("IP address or network"),
    "phrase": N_("Phrase in the text"),
}
"""Every kind of rule in a moderator's words."""
EXPIRIES = {
    "never": N_("for good"),
    "1d": N_("for a day"),
    "1w": N_("for a week"),
    "1m": N_("for a month"),
    "1y": N_("for a year"),
    "date": N_("to the end of a day"),
}
"""Every one of core.rule_expiry.CHOICES, and a date."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The form as it was filled in; the defaults stand where it was not."""

    effect: Effect = "deny"
    kind: RuleKind = "registrable_domain"
    value: str = ""
    scope: str = "site"
    """site or all."""
    site: str = ""
    expires: str = "never"
    """One of EXPIRIES."""
    expires_on: str = ""
    """Where `expires` is date: YYYY-MM-DD."""
    back: str = ""
    """A page of ours that it was opened from; may be empty."""

    @property
    def where(self) -> str | None:
        """The site; None for all of them."""
        return None if self.scope == "all" else self.site

    def fields(self) -> Sequence[tuple[str, str]]:
        """Name and value of inputs that say the same.

        >>> Wanted(value="x").fields()[1:3]
        [('kind', 'registrable_domain'), ('value', 'x')]
        """
        return [(field.name, getattr(self, field.name)) for field in fields(self)]


def wanted(visit: Visit) -> Wanted:
    """What the form says, or the address that leads to it; what is no choice is the default.

    `pick` is kind and value in one, as the dialog of a comment sends it; `domain` stands for it on all sites.
    """

    def said(name: str) -> str:
        return visit.field(name) or visit.request.query_params.get(name, "")

    picked, _, value = said("pick").partition(" ")
    if said("domain"):
        picked, value = "registrable_domain", said("domain")
    empty = Wanted()
    return Wanted(
        effect=next((effect for effect in EFFECTS if effect == said("effect")), empty.effect),
        kind=next((kind for kind in RULE_KINDS if kind == (picked or said("kind"))), empty.kind),
        value=(value if picked else said("value"))[:MAX_VALUE_CHARACTERS],
        scope="all" if said("scope") == "all" or said("domain") else "site",
        site=said("site"),
        expires=said("expires") if said("expires") in EXPIRIES else empty.expires,
        expires_on=said("expires_on"),
        back=our_page(said("back")) if said("back") else "",
    )


@dataclass(frozen=True, slots=True)
class Meant:
    """A form that makes sense."""

    rule: Rule
    site: str | None
    """None: for all sites."""
    expires_at: str
    """Empty: never."""
    cautions: tuple[Caution, ...]


def meant(visit: Visit, form: Wanted) -> Meant:
    """What the form means.

    Raises:
        ValueRefused: its value, its site or its end makes no sense.
    """
    if form.where is not None and form.where not in {site.name for site in visit.store.sites()}:
        raise ValueRefused("site", N_("There is no such site."), N_("Choose one, or all sites."))
    lists = visit.wired.lists
    rule = Rule(form.effect, form.kind, normalised(form.kind, form.value, lists))
    end = (form.expires_on or "?") if form.expires == "date" else form.expires
    until = expires_at(end, datetime.fromisoformat(visit.now()), ZoneInfo(visit.zone))
    return Meant(rule, form.where, until, cautions(rule, lists))


def refusal_of(visit: Visit, error: ValueRefused) -> str:
    """What is wrong, and what to do about it, in the moderator's language."""
    return f"{visit.say(error.what)} {visit.say(error.remedy)}"


def caution_of(visit: Visit, caution: Caution) -> str:
    """A caution in the moderator's language."""
    return visit.say(caution.template, about=caution.about, instead=caution.instead)


def words(visit: Visit) -> dict[str, Any]:
    """The choices of the form in the moderator's language: value -> words."""
    told = {"effect_names": EFFECT_NAMES, "kind_names": KIND_NAMES, "expiry_names": EXPIRIES}
    return {name: {value: visit.say(word) for value, word in table.items()} for name, table in told.items()}


def search_of(rule: Rule) -> str:
    """A search that finds what the rule speaks of; empty where the search language cannot say it.

    >>> [search_of(Rule("deny", *each)) for each in (
    ...     ("registrable_domain", "a.example"), ("phrase", "buy now"), ("author", "Jana N"), ("url_pattern", "*x*"))]
    ['domain:a.example', '"buy now"', 'author:="Jana N"', '']
    """
    names = {"host": "host", "registrable_domain": "domain", "email": "email"}
    if rule.kind in names:
        return written(names[rule.kind], rule.value)
    if rule.kind == "author":
        return written("author", f"={rule.value}")
    if rule.kind == "phrase":
        return written("", rule.value)
    if rule.kind == "ip_range":
        network = ip_network(widened(rule.value))
        return written("ip", str(network)) if network.prefixlen == KEPT_BITS[network.version] else ""
    literal = rule.value.removesuffix("*")
    return written("link", literal) if "*" not in literal else ""
