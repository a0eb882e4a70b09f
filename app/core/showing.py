"""A comment as a moderator sees it: evidence marked where it stands, hidden characters visible, links taken apart."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.core.hosts import parse_url
from app.core.letters import mixes_scripts
from app.core.verdict import LinkReport, Reason

_WORD = re.compile(r"[^\W_]+")
_JOINERS = "\u200c\u200d\ufe0f\ufe0e"
_BIDI = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_SPACES = "\n\t\r"
_LEAST_MARKED = 3
"""Characters of evidence that are looked for again in an address; fewer would mark half of it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is shown in one way."""

    text: str
    """As written; of a hidden character its name."""
    kind: str = ""
    """hidden: stands for a character nobody sees; mixed: a word in letters of several alphabets; else empty."""
    spam: bool = False
    """Evidence for spam."""
    ham: bool = False
    """Evidence against it."""
    link: bool = False
    reasons: tuple[int, ...] = ()
    """Numbers of the reasons whose evidence this is, from 1, in the order of the answer."""


@dataclass(frozen=True, slots=True)
class LinkParts:
    """A link taken apart, so that nobody has to click on it."""

    before: str
    """Scheme, and what may pretend to be a host: `http://`, `https://good.example@`."""
    subdomain: str
    domain: str
    """What somebody registered, or the whole host where there is no such part."""
    after: tuple[Piece, ...]
    """Port, path, query, fragment; evidence in it is marked."""
    unicode_host: str
    """The host in letters when it is written in punycode, else empty; both are shown, for either can deceive."""


def pieces(text: str, field: str, reasons: Sequence[Reason], links: Sequence[LinkReport]) -> tuple[Piece, ...]:
    """A field of a comment, cut wherever something begins or ends that is shown differently.

    Args:
        text: the field as sent.
        field: its name, which spans of reasons and links refer to.
        reasons: of the answer.
        links: of the answer.

    The texts of all pieces but hidden ones add up to the text. Empty text gives no pieces.

    >>> casino = Reason("text.trade.gambling", "", 2.0, "text", 4, 10, "casino", 0.1)
    >>> [(piece.text, piece.spam) for piece in pieces("buy casino now", "text", [casino], [])]
    [('buy ', False), ('casino', True), (' now', False)]
    >>> [piece.text for piece in pieces("ca\\u200bsino", "text", [], []) if piece.kind == "hidden"]
    ['U+200B ZERO WIDTH SPACE']
    """
    spans = [(number, each) for number, each in enumerate(reasons, 1) if each.field == field]
    held = [(link.begin, link.end) for link in links if link.field == field]
    words = [match.span() for match in _WORD.finditer(text) if not match[0].isascii() and mixes_scripts(match[0])]
    hidden = {at for at in range(len(text)) if _is_hidden(text, at)}
    stretches = [*held, *words, *((at, at + 1) for at in hidden), *((each.begin, each.end) for _, each in spans)]
    cuts = {0, len(text), *(at for stretch in stretches for at in stretch)}
    places = sorted(at for at in cuts if 0 <= at <= len(text))
    made = []
    for begin, end in pairwise(places):
        over = [(number, each.weight) for number, each in spans if each.begin <= begin and end <= each.end]
        is_word = any(first <= begin and end <= last for first, last in words)
        made.append(
            Piece(
                text=_name(text[begin]) if begin in hidden else text[begin:end],
                kind="hidden" if begin in hidden else "mixed" if is_word else "",
                spam=any(weight > 0 for _, weight in over),
                ham=any(weight < 0 for _, weight in over),
                link=any(first <= begin and end <= last for first, last in held),
                reasons=tuple(number for number, _ in over),
            )
        )
    return tuple(made)


def link_parts(link: LinkReport, reasons: Iterable[Reason]) -> LinkParts:
    """A link of the answer taken apart.

    Args:
        link: as reported.
        reasons: of the answer; evidence from within the link is marked where it stands in the address.

    >>> parts = link_parts(LinkReport("https://a.shop.example/casino", "a.shop.example", "shop.example", "", "text",
    ...     0, 29, 0.9), [])
    >>> parts.before, parts.subdomain, parts.domain, parts.after[0].text
    ('https://', 'a.', 'shop.example', '/casino')
    """
    url = parse_url(link.url)
    host = url.host if url is not None else link.host  # as it is asked for: the answer tells it in letters
    domain = link.registrable_domain if link.registrable_domain and host.endswith(link.registrable_domain) else host
    subdomain = host[: len(host) - len(domain)]
    rest = link.url
    before = ""
    if url is not None:
        userinfo = f"{url.userinfo}@" if url.userinfo else ""
        before = f"{url.scheme}://{userinfo}"
        port = f":{url.port}" if url.port else ""
        query = f"?{url.query}" if url.query else ""
        fragment = f"#{url.fragment}" if url.fragment else ""
        rest = f"{port}{url.path}{query}{fragment}"
    found = {
        each.evidence.lower(): each.weight > 0
        for each in reasons
        if each.field == link.field and link.begin <= each.begin and each.end <= link.end
        if len(each.evidence) >= _LEAST_MARKED and each.end - each.begin < link.end - link.begin
    }
    return LinkParts(before, subdomain, domain, _marked(rest, found), unicode_host(host))


def unicode_host(host: str) -> str:
    """A host in letters when some of its labels are punycode; empty otherwise, and when they stand for nothing.

    >>> unicode_host("xn--80ak6aa92e.example"), unicode_host("shop.example")
    ('аррӏе.example', '')
    """
    if "xn--" not in host:
        return ""
    labels = []
    for label in host.split("."):
        try:
            labels.append(label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label)
        except (UnicodeError, ValueError):
            return ""
    return ".".join(labels)


def _marked(rest: str, found: dict[str, bool]) -> tuple[Piece, ...]:
    if not rest:
        return ()
    lowered = rest.lower()
    if len(lowered) != len(rest):  # a letter that becomes two when it is lowered: places would not fit
        return (Piece(rest),)
    spans: list[tuple[int, int, bool]] = []
    for evidence, is_spam in sorted(found.items(), key=lambda each: -len(each[0])):
        at = lowered.find(evidence)
        if at >= 0 and not any(begin < at + len(evidence) and at < end for begin, end, _ in spans):
            spans.append((at, at + len(evidence), is_spam))
    made: list[Piece] = []
    done = 0
    for begin, end, is_spam in sorted(spans):
        if begin > done:
            made.append(Piece(rest[done:begin]))
        made.append(Piece(rest[begin:end], spam=is_spam, ham=not is_spam))
        done = end
    return (*made, *([Piece(rest[done:])] if done < len(rest) else []))


def _is_hidden(text: str, at: int) -> bool:
    """Whether nobody would see the character, and it is not there for its script's or an emoji's sake."""
    character = text[at]
    if "\x20" <= character <= "\x7e" or character in _SPACES:
        return False
    if character in _JOINERS:
        return not any(beside >= "\u0590" for beside in (text[at - 1 : at], text[at + 1 : at + 2]))
    category = unicodedata.category(character)
    return character in _BIDI or category in ("Cf", "Cc", "Co", "Cn") or character in "\u115f\u1160\u3164\u034f"


def _name(character: str) -> str:
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}{f' {name}' if name else ''}"


def percent(share: float) -> str:
    """A share of 1 in percent, with a decimal where it makes a difference.

    >>> percent(0.5), percent(0.981), percent(0.99996), percent(0.0002)
    ('50 %', '98 %', '99.99 %', '0.02 %')
    """
    hundred = share * 100
    if 1 <= hundred <= 99 or hundred in (0.0, 100.0):
        return f"{hundred:.0f} %"
    return f"{min(hundred, 99.99):.2f} %" if hundred > 99 or hundred < 0.1 else f"{hundred:.1f} %"
