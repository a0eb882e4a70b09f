"""Score -> verdict and action: the whole policy, in order, first match wins.

1. deny rules    the operator's word; spam
2. allow rules   the operator's word; ham
3. role          who runs the site may write what they like; ham
4. test          a name or e-mail with which set-ups are tried, as Akismet's and CleanTalk's clients do; spam
5. honeypot      a field that people cannot see was filled in; spam
6. campaign      a moderator settled comments like it, and that still acts; what they said
7. precedent     somebody decided a comment like it: copies are what that was, of the rest a person decides
8. repeated      its link stood in several comments that were held, and nobody has decided them: held, too
9. thresholds    the site's own, else the model's: hold, reject, discard; a tie goes to the stricter side

A site that is only observed is told to publish all the same; what came out here is what is kept. See core.observing.

A deny rule of a link kind speaks when any link fits, an allow rule only when every link does: else a spammer would
add one allowed link and be through. For the same reason a campaign that was called ham lets only copies through, which
bring neither a new link nor many new words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import IPv6Address, ip_address, ip_network

from app.core.comment import Campaign, Comment, History, Precedent, Rule, Thresholds
from app.core.features import MAX_TEXT_CHARS
from app.core.folding import fold
from app.core.hosts import parse_url
from app.core.links import MAX_LINKS, Link
from app.core.text import Seen, read
from app.core.verdict import Action, Override, Verdict

TRUSTED_ROLES = frozenset({"administrator", "super_admin", "editor", "moderator", "owner"})
"""Roles whose comments are never held. `author` and `contributor` are given to too many to be trusted unseen."""
TEST_VALUES = frozenset(
    {
        "viagra-test-123",
        "akismet-guaranteed-spam",
        "akismet-guaranteed-spam@example.com",
        "stop_email@example.com",
        "s@cleantalk.org",
    }
)
"""Names and e-mail addresses that are spam by agreement: https://akismet.com/developers/detailed-docs/comment-check/"""
REPEATED = 3
"""Held comments with the same address after which the next one is held whatever it says. Of 14,883 honest comments with
links that the model lets through, in 33 corpora, not one shared its address with even two held ones (2026-12-01); a
spammer who may try 100 times for each comment got 41 in 100 published before, and 18 with it (docs/security.md)."""
_SHOWN_FIELDS = frozenset({"text", "author", "author_url"})
"""Where readers see a link. The domain of an e-mail address is one too, but nobody sees it."""


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
        history: the site's rules, the campaign the comment belongs to, and what was said of one like it.
    """
    for effect in ("deny", "allow"):
        for rule in history.rules:
            if rule.effect == effect and matches(rule, comment, seen, links):
                override = Override(rule.effect, rule.kind, rule.value)
                return Ruling("ham", "publish", override) if effect == "allow" else Ruling("spam", "reject", override)
    role = _trusted_role(comment)
    if role:
        return Ruling("ham", "publish", Override("role", "", role))
    tried = TEST_VALUES.intersection({comment.author.strip().lower(), comment.author_email.strip().lower()})
    if tried:
        return Ruling("spam", "reject", Override("test", "", min(tried)))
    if comment.honeypot.strip():
        return Ruling("spam", "reject", Override("honeypot", "", ""))
    by_score = Ruling(*by_threshold(score, thresholds), None)
    return _by_history(history, by_score, comment, links)


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
    value = rule.value.strip()
    if not value:
        return False
    if rule.kind in _LINK_FITS:
        return _of_links(rule, value, comment, links)
    return _MATCHERS[rule.kind](value, comment, seen)


Matcher = Callable[[str, Comment, Seen], bool]


def _of_links(rule: Rule, value: str, comment: Comment, links: tuple[Link, ...]) -> bool:
    """Deny: any link fits. Allow: there are links in text, author or author_url, all were read, and all fit."""
    fits = _LINK_FITS[rule.kind](value)
    if fits is None:
        return False
    if rule.effect == "deny":
        return any(fits(link) for link in links)
    if _is_unread(comment, links):
        return False
    shown = [link for link in links if link.field in _SHOWN_FIELDS]
    return bool(shown) and all(fits(link) for link in shown)


def _is_unread(comment: Comment, links: tuple[Link, ...]) -> bool:
    """Whether some of it was not looked at, which might be anything."""
    return len(links) >= MAX_LINKS or len(comment.text) > MAX_TEXT_CHARS


def _settles(campaign: Campaign, action: Action, comment: Comment, links: tuple[Link, ...]) -> bool:
    """Whether a decision on a campaign holds for this comment too, which would get this action by its score.

    Where only some link of the comment led to it, it is no more than a second opinion on what is held anyway.
    """
    if campaign.label == "ham":
        return campaign.is_copy and not _is_unread(comment, links)
    return campaign.label == "spam" and not (campaign.by_link and action == "publish")


def _by_history(history: History, by_score: Ruling, comment: Comment, links: tuple[Link, ...]) -> Ruling:
    """What is known of comments like this one makes of what its score says."""
    if history.campaign and _settles(history.campaign, by_score.action, comment, links):
        override = Override("campaign", history.campaign.label or "", history.campaign.id)
        return Ruling("ham", "publish", override) if override.kind == "ham" else Ruling("spam", "reject", override)
    ruling = _by_precedent(history.precedent, by_score, comment, links) if history.precedent else by_score
    if ruling.action == "publish" and not ruling.override and _is_repeated(history):
        return Ruling("unsure", "hold", Override("repeated", "link", history.campaign.id if history.campaign else ""))
    return ruling


def _is_repeated(history: History) -> bool:
    """Whether other words are tried out around a link that was held before; nobody has said yet that it is honest."""
    campaign, precedent = history.campaign, history.precedent
    is_cleared = precedent is not None and precedent.label == "ham"
    return campaign is not None and not campaign.label and campaign.held >= REPEATED and not is_cleared


def _by_precedent(precedent: Precedent, by_score: Ruling, comment: Comment, links: tuple[Link, ...]) -> Ruling:
    """What the word on one comment makes of another that is like it; the score's own where it adds nothing.

    Where the score would publish, only a copy of spam is rejected; what shares a link with it is held for a person.
    """
    override = Override("precedent", precedent.label, precedent.id)
    if precedent.label == "ham":
        stays = by_score.action == "publish" or not precedent.is_copy or _is_unread(comment, links)
        return by_score if stays else Ruling("ham", "publish", override)
    if by_score.verdict == "spam":
        return by_score
    if precedent.is_copy or by_score.action == "hold":
        return Ruling("spam", "reject", override)
    return Ruling("unsure", "hold", override)


Fits = Callable[[Link], bool] | None
"""Whether a link fits a rule's value; None when the value makes no sense."""


def _host(value: str) -> Fits:
    host = _host_of(value)
    return (lambda link: host == link.url.host.rstrip(".")) if host else None


def _registrable_domain(value: str) -> Fits:
    domain = _host_of(value)
    return (lambda link: domain == link.host.registrable_domain) if domain else None


def _url_pattern(value: str) -> Fits:
    pattern = url_glob(value)
    return lambda link: fnmatchcase(link.url.href.lower(), pattern)


def url_glob(value: str) -> str:
    """A URL pattern as what a whole address in lower case is compared with; only `*` stands for anything.

    >>> url_glob("Example.org/a?b"), url_glob("https://example.org")
    ('*://example.org/a[?]b', 'https://example.org/')
    """
    scheme, separator, rest = value.lower().rpartition("://")
    rest = rest if "/" in rest or rest.endswith("*") else rest + "/"  # an address without a path has the path `/`
    literal = rest.replace("[", "[[]").replace("?", "[?]")
    return f"{scheme}://{literal}" if separator else f"*://{literal}"


def _host_of(value: str) -> str:
    """A host as it stands in a parsed URL, so that `Поле.рф` finds its punycode; empty if it is none."""
    parsed = parse_url(f"http://{value}")
    return parsed.host.rstrip(".") if parsed else ""


def _email(value: str, comment: Comment, seen: Seen) -> bool:
    email = comment.author_email.strip().lower()
    return email.endswith(value.lower()) if value.startswith("@") and len(value) > 1 else email == value.lower()


def _author(value: str, comment: Comment, seen: Seen) -> bool:
    name = fold(value).split()
    return bool(name) and fold(comment.author).split() == name


def _ip_range(value: str, comment: Comment, seen: Seen) -> bool:
    try:
        address = ip_address(comment.author_ip.strip())
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return address in ip_network(value, strict=False)
    except ValueError:
        return False


def _phrase(value: str, comment: Comment, seen: Seen) -> bool:
    phrase = " ".join(read(value, "plain", {}).folded.text.split())
    return bool(phrase) and phrase in " ".join(seen.folded.text.split())


_LINK_FITS: dict[str, Callable[[str], Fits]] = {
    "host": _host,
    "registrable_domain": _registrable_domain,
    "url_pattern": _url_pattern,
}
_MATCHERS: dict[str, Matcher] = {
    "email": _email,
    "author": _author,
    "ip_range": _ip_range,
    "phrase": _phrase,
}


def _trusted_role(comment: Comment) -> str:
    roles = [role.strip().lower() for role in comment.author_role.split(",")]
    return next((role for role in roles if role in TRUSTED_ROLES), "")
