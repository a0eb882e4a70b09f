"""Score -> verdict and action: the whole policy, in order, first match wins.

1. allow rules   the operator's word; ham
2. deny rules    the operator's word; spam
3. role          who runs the site may write what they like; ham
4. honeypot      a field that people cannot see was filled in; spam
5. thresholds    the site's own, else the model's: hold, reject, discard; a tie goes to the stricter side
"""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import IPv6Address, ip_address, ip_network

from app.core.comment import Comment, History, Rule, Thresholds
from app.core.folding import fold
from app.core.hosts import parse_url
from app.core.links import Link
from app.core.text import Seen, read
from app.core.verdict import Action, Override, Verdict

TRUSTED_ROLES = frozenset({"administrator", "editor", "moderator", "owner"})
"""Roles whose comments are never held. `author` and `contributor` are given to too many to be trusted unseen."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the policy made of a score."""

    verdict: Verdict
    action: Action
    override: Override | None


def decide(
    score: float,
    thresholds: Thresholds,
    comment: Comment,
    seen: Seen,
    links: tuple[Link, ...],
    history: History,
) -> Ruling:
    """The verdict on a comment.

    Args:
        score: probability, 0.0 to 1.0.
        thresholds: the site's or the model's.
        comment: what the rules look at.
        seen: its text as a reader sees it.
        links: its links.
        history: the site's rules.
    """
    for effect in ("allow", "deny"):
        for rule in history.rules:
            if rule.effect == effect and matches(rule, comment, seen, links):
                override = Override(rule.effect, rule.kind, rule.value)
                return Ruling("ham", "publish", override) if effect == "allow" else Ruling("spam", "reject", override)
    role = _trusted_role(comment)
    if role:
        return Ruling("ham", "publish", Override("role", "", role))
    if comment.honeypot.strip():
        return Ruling("spam", "reject", Override("honeypot", "", ""))
    return Ruling(*by_threshold(score, thresholds), None)


def by_threshold(score: float, thresholds: Thresholds) -> tuple[Verdict, Action]:
    """Verdict and action of a score alone; a tie goes to the stricter side.

    >>> limits = Thresholds(hold=0.35, reject=0.8, discard=0.995)
    >>> [by_threshold(score, limits) for score in (0.34, 0.35, 0.8, 0.995)]
    [('ham', 'publish'), ('unsure', 'hold'), ('spam', 'reject'), ('spam', 'discard')]
    """
    if score >= thresholds.discard:
        return "spam", "discard"
    if score >= thresholds.reject:
        return "spam", "reject"
    return ("unsure", "hold") if score >= thresholds.hold else ("ham", "publish")


def matches(rule: Rule, comment: Comment, seen: Seen, links: tuple[Link, ...]) -> bool:
    """Whether a rule speaks of this comment. A value that makes no sense matches nothing.

    >>> from app.core.text import read
    >>> deny = Rule("deny", "phrase", "Work From Home")
    >>> matches(deny, Comment(), read("WORK  from h&#111;me!", "auto", {}), ())
    True
    """
    return bool(rule.value.strip()) and _MATCHERS[rule.kind](rule.value.strip(), comment, seen, links)


Matcher = Callable[[str, Comment, Seen, tuple[Link, ...]], bool]


def _host(value: str, comment: Comment, seen: Seen, links: tuple[Link, ...]) -> bool:
    host = _host_of(value)
    return bool(host) and any(host == link.url.host.rstrip(".") for link in links)


def _registrable_domain(value: str, comment: Comment, seen: Seen, links: tuple[Link, ...]) -> bool:
    domain = _host_of(value)
    return bool(domain) and any(domain == link.host.registrable_domain for link in links)


def _host_of(value: str) -> str:
    """A host as it stands in a parsed URL, so that `Поле.рф` finds its punycode; empty if it is none."""
    parsed = parse_url(f"http://{value}")
    return parsed.host.rstrip(".") if parsed else ""


def _url_pattern(value: str, comment: Comment, seen: Seen, links: tuple[Link, ...]) -> bool:
    scheme, separator, rest = value.lower().rpartition("://")
    rest = rest if "/" in rest or rest.endswith("*") else rest + "/"  # an address without a path has the path `/`
    literal = rest.replace("[", "[[]").replace("?", "[?]")
    pattern = f"{scheme}://{literal}" if separator else f"*://{literal}"
    return any(fnmatchcase(link.url.href.lower(), pattern) for link in links)


def _email(value: str, comment: Comment, seen: Seen, links: tuple[Link, ...]) -> bool:
    email = comment.author_email.strip().lower()
    return email.endswith(value.lower()) if value.startswith("@") and len(value) > 1 else email == value.lower()


def _author(value: str, comment: Comment, seen: Seen, links: tuple[Link, ...]) -> bool:
    name = fold(value).split()
    return bool(name) and fold(comment.author).split() == name


def _ip_range(value: str, comment: Comment, seen: Seen, links: tuple[Link, ...]) -> bool:
    try:
        address = ip_address(comment.author_ip.strip())
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return address in ip_network(value, strict=False)
    except ValueError:
        return False


def _phrase(value: str, comment: Comment, seen: Seen, links: tuple[Link, ...]) -> bool:
    phrase = " ".join(read(value, "plain", {}).folded.text.split())
    return bool(phrase) and phrase in " ".join(seen.folded.text.split())


_MATCHERS: dict[str, Matcher] = {
    "host": _host,
    "registrable_domain": _registrable_domain,
    "url_pattern": _url_pattern,
    "email": _email,
    "author": _author,
    "ip_range": _ip_range,
    "phrase": _phrase,
}


def _trusted_role(comment: Comment) -> str:
    roles = [role.strip().lower() for role in comment.author_role.split(",")]
    return next((role for role in roles if role in TRUSTED_ROLES), "")
