"""The fields of the search language: what each finds, how its value is written, and that value's one spelling."""

import re
from collections.abc import Callable
from datetime import date
from ipaddress import IPv6Address, ip_network
from typing import NamedTuple, get_args

from app.core.hosts import parse_url, readable
from app.core.moderation import TABS
from app.core.verdict import Action, Verdict

_SCORE = re.compile(r"(>=|<=|>|<|=)?(\d{1,3}(?:[.,]\d{1,9})?%?)(?:\.\.(\d{1,3}(?:[.,]\d{1,9})?%?))?")
_CODE = re.compile(r"[a-z_]+(?:\.[a-z_]+)*")
_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T\d\d:\d\d)?)?)?")
_NETWORK_BITS = {4: 24, 6: 48}
"""As much of an address as is looked at."""
_NETWORK_NAME = re.compile(r"n-[0-9a-f]{12}")
"""See app.store.pseudonyms."""


def N_(sentence: str) -> str:  # noqa: N802  the name that gettext's tools look for
    """Marks a sentence that the pages show, and translate there.

    >>> N_("A verdict is ham, unsure or spam.")
    'A verdict is ham, unsure or spam.'
    """
    return sentence


class Field(NamedTuple):
    """What stands before a colon."""

    canonical: Callable[[str], str | None]
    """The value's one spelling; None when it cannot be understood."""
    example: str
    finds: str
    """For help pages."""
    takes: str
    """What to say of a value that cannot be understood."""


class Comparison(NamedTuple):
    """One side of a range of scores."""

    sign: str
    """>, >=, < or <=."""
    score: float


def comparisons(score: str) -> tuple[Comparison, ...]:
    """What the canonical value of `score:` demands; all of it must hold.

    >>> comparisons(">0.8")
    (Comparison(sign='>', score=0.8),)
    >>> comparisons("0.3..0.6")
    (Comparison(sign='>=', score=0.3), Comparison(sign='<=', score=0.6))
    """
    found = re.fullmatch(r"(>=|<=|>|<)?([\d.e-]+?)(?:\.\.([\d.e-]+))?", score)
    if found is None:
        return ()
    if found[1]:
        return (Comparison(found[1], float(found[2])),)
    return Comparison(">=", float(found[2])), Comparison("<=", float(found[3] or found[2]))


def _score(value: str) -> str | None:
    """A range, from above or below, or both; a number alone is a range too.

    >>> _score("> 80%"), _score("0,30..0.6"), _score("0.5"), _score("2"), _score("0.9..0.1")
    ('>0.8', '0.3..0.6', '0.5..0.5', None, '0.1..0.9')
    """
    found = _SCORE.fullmatch(value.replace(" ", ""))
    if found is None or (found[1] and found[3]):
        return None
    numbers = [_number(written) for written in found.groups()[1:] if written]
    if not all(0.0 <= number <= 1.0 for number in numbers):
        return None
    if found[1] and found[1] != "=":
        return f"{found[1]}{numbers[0]!r}"
    return f"{min(numbers)!r}..{max(numbers)!r}"


def _number(written: str) -> float:
    number = float(written.rstrip("%").replace(",", "."))
    return number / 100 if written.endswith("%") else number


def _any(value: str) -> str | None:
    return value or None


def _one_of(*known: str) -> Callable[[str], str | None]:
    return lambda value: value.lower() if value.lower() in known else None


def _domain(value: str) -> str | None:
    """Of a host, or of an address with one; in punycode.

    >>> _domain("https://www.Bücher.example/a"), _domain("http://*.example.com"), _domain("two words"), _domain("a@*")
    ('www.xn--bcher-kva.example', 'example.com', None, None)
    """
    url = parse_url(value) or parse_url(f"http://{value.removeprefix('*').strip('.')}")
    return url.host.strip("*.") or None if url else None


def _host(value: str) -> str | None:
    known = _domain(value)
    return readable(known) if known else None


def _network(value: str) -> str | None:
    """As wide as what is stored, or the name that it is stored under; None for what is wider.

    >>> _network("203.0.113.77"), _network("2001:db8:1:2::5/64"), _network("10.0.0.0/8"), _network("me")
    ('203.0.113.0/24', '2001:db8:1::/48', None, None)
    >>> _network("n-0123456789ab")
    'n-0123456789ab'
    """
    if _NETWORK_NAME.fullmatch(value):
        return value
    try:
        known = ip_network(value, strict=False)
    except ValueError:
        return None
    address = known.network_address
    bits = known.prefixlen
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address, bits = address.ipv4_mapped, bits - 96
    kept = _NETWORK_BITS[address.version]
    return str(ip_network((address, kept), strict=False)) if bits >= kept else None


def _reason(value: str) -> str | None:
    """With or without a star at the end.

    >>> _reason("link.path.*"), _reason("Link.Path"), _reason("why?")
    ('link.path', 'link.path', None)
    """
    code = value.lower().rstrip("*").rstrip(".")
    return code if _CODE.fullmatch(code) else None


def _day(value: str) -> str | None:
    """The beginning of a time in RFC 3339, so that texts compare.

    >>> _day("2026-11-01"), _day("2026-11"), _day("2026-11-01T08:30"), _day("2026-02-30"), _day("yesterday")
    ('2026-11-01', '2026-11', '2026-11-01T08:30', None, None)
    """
    found = _DAY.fullmatch(value.upper()) if value.isascii() else None
    if found is None:
        return None
    try:
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None
    return found[0]


_DAYS = N_("A day is written as 2026-11-01; a month as 2026-11.")
_HOSTS = N_("A domain or host is written as example.com.")
_ANYTHING = N_("Something must stand after the colon.")

FIELDS: dict[str, Field] = {
    "domain": Field(_domain, "domain:example.com", N_("Links to this registrable domain."), _HOSTS),
    "host": Field(_host, "host:www.example.com", N_("Links to exactly this host."), _HOSTS),
    "link": Field(_any, "link:/casino/", N_("Links with this in their address."), _ANYTHING),
    "author": Field(
        _any,
        'author:jana, author:="Jana Nová"',
        N_("Author names with this in them; with = the whole name."),
        _ANYTHING,
    ),
    "email": Field(
        lambda value: value.lower() or None,
        "email:jana@example.org, email:@example.org",
        N_("The author's e-mail address, its domain, or a part of it."),
        _ANYTHING,
    ),
    "ip": Field(
        _network,
        "ip:203.0.113.0",
        N_("The author's network, 24 bits or 48 of IPv6, or the name it is shown under, which changes every 30 days."),
        N_("A network is written as 203.0.113.0, 2001:db8:1:: or n-0123456789ab, and is no wider than what is kept."),
    ),
    "page": Field(_any, "page:/2026/tea", N_("Pages with this in their address or title."), _ANYTHING),
    "site": Field(_any, "site:blog", N_("One site."), _ANYTHING),
    "score": Field(
        _score,
        "score:>0.8, score:0.3..0.6",
        N_("The probability of spam, from 0 to 1."),
        N_("A score is a number from 0 to 1, as in score:>0.8 or score:0.3..0.6."),
    ),
    "verdict": Field(
        _one_of(*get_args(Verdict)),
        "verdict:unsure",
        N_("What the model or a rule said: ham, unsure or spam."),
        N_("A verdict is ham, unsure or spam."),
    ),
    "action": Field(
        _one_of(*get_args(Action)),
        "action:hold",
        N_("What was done at once: publish, hold, reject or discard."),
        N_("An action is publish, hold, reject or discard."),
    ),
    "label": Field(
        _one_of("spam", "ham", "none"),
        "label:none",
        N_("What a person decided: spam, ham, or none yet."),
        N_("A label is spam, ham or none."),
    ),
    "by": Field(_any, "by:jana", N_("Who decided."), _ANYTHING),
    "reason": Field(
        _reason,
        "reason:link.path",
        N_("A reason's code, or the beginning of it."),
        N_("A reason is a code such as link.path.gambling, or its beginning."),
    ),
    "model": Field(_any, "model:2026-11-30.3", N_("The model that judged it."), _ANYTHING),
    "client": Field(
        _any,
        "client:audit",
        N_("How it came here, and which program asked; client:audit finds what an audit brought."),
        _ANYTHING,
    ),
    "lang": Field(
        lambda value: value.lower().replace("_", "-") or None,
        "lang:de",
        N_("The language that the site named."),
        _ANYTHING,
    ),
    "campaign": Field(_any, "campaign:c_01JD…", N_("One campaign, by the id of its first comment."), _ANYTHING),
    "id": Field(_any, "id:4711", N_("One comment, by our id or the site's."), _ANYTHING),
    "tab": Field(
        _one_of(*TABS),
        "tab:reported",
        N_("One tab of the queue."),
        N_("A tab is review, spam, passed, reported, decided or expired."),
    ),
    "before": Field(_day, "before:2026-11-01", N_("Received before that day began (UTC)."), _DAYS),
    "after": Field(_day, "after:2026-11-01", N_("Received on that day (UTC) or later."), _DAYS),
    "has": Field(
        _one_of("link", "note"),
        "has:note",
        N_("With a link, or with a moderator's note."),
        N_("Only has:link and has:note are known."),
    ),
    "is": Field(_one_of("claimed"), "is:claimed", N_("Somebody is working on it."), N_("Only is:claimed is known.")),
}
"""In the order in which help shows them."""
