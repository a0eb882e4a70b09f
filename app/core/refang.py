"""Addresses that are written so that only a person reads them -> addresses as a browser takes them."""

import re
from collections.abc import Iterator

import re2

from app.core.traced import Edit, Traced

_BRACKETED = re.compile(r"(?i)([。．｡])|\s?[\[({]\s?(?:\.|dot|punkt|tochka|точка|(@|at))\s?[\])}]\s?")
_SPOKEN_DOT = re.compile(r"(?i)(?<=\s)(?:dot|d0t|точка|punkt|\.)\s{1,3}")
_SPOKEN_SUFFIX = re.compile(
    r"(?i)(?:com|net|org|info|biz|ru|xyz|top|site|online|shop|club|io|me|co|cc|sk|cz|de|uk|ua|pl|bet|casino|link|live|pro|tk|ml)(?![\w-])"
)
# `x . com` is an address at the end of a line or before a path; `Adorei . com certeza` is two sentences.
_COMMON_SUFFIX = re.compile(
    r"(?i)(?:com|net|org|info|biz|ru|xyz|bet|casino)/"
    r"|(?:com|net|info|biz|ru|xyz|bet|casino)[.!?)]{0,3}[ \t]{0,3}(?:[\r\n]|\Z)"
)
_NOT_BEFORE_DOT = frozenset("the a an this that every each one first last red blue green black white polka".split())
"""Words before `dot` that make it a word: `the dot com bubble`, `a red dot`."""
_NOT_IN_HOST = re.compile(r"[^\w-]")
_LABEL = re.compile(r"[\w-]+")
_BEGUN = re.compile(r"(?i)(?:https?://|\bwww\.)[\w-]+\Z")
"""An address that has no dot yet after its scheme."""
_DEFANGED = re2.compile(
    r"(?i)(?:^|[^\pL\pN])(h(?:xx|\*\*|tx|xt)ps?\s?(?:\[:\]|:)\s?//|https?(?:\[:\]|;|\s:|:\s|\s:\s)//)"
)
_WITH_SLASH = re.compile(r"(?<!\S)[^\s/]*+/\S*")  # from the beginning of a word: else each of its letters is tried
_UNRESERVED = re.compile(r"(?i)%(2[de]|3\d|4[1-9a-f]|5[\daf]|6[1-9a-f]|7[\dae])")


def refanged(traced: Traced, found: set[str]) -> Traced:
    """The text with its addresses put right; adds `refanged` to `found` when there were any."""
    text = traced.text
    edits: list[Edit] = []
    if "//" in text:
        for match in _DEFANGED.finditer(text):
            secure = "s" in match.group(1).lower()
            edits.append((*match.span(1), "https://" if secure else "http://"))
    if any(mark in text for mark in "[({。．｡"):
        edits.extend(_bracketed_dots(text))
    matches = list(_SPOKEN_DOT.finditer(text)) if _may_speak(text) else []
    if matches:
        edits.extend(_spoken_dots(_with_schemes(text, edits), matches))
    if edits:
        found.add("refanged")
        traced = traced.edited(sorted(edits))
    return _without_percent(traced, found) if "%" in traced.text and "/" in traced.text else traced


def percent_decoded(address: str) -> str:
    """An address with the letters, digits and `-._~` of its percent signs decoded: still the same (RFC 3986, 6.2.2.2).

    >>> percent_decoded("http://x.example/%63asin%6f?u=http%3A%2F%2Fy.example")
    'http://x.example/casino?u=http%3A%2F%2Fy.example'
    """
    return _UNRESERVED.sub(_decoded, address) if "%" in address else address


def hides_letters(address: str) -> bool:
    """Whether letters or digits of an address are written with percent signs, which no program does.

    >>> hides_letters("http://x.example/%63asino"), hides_letters("http://x.example/a%20b%2Dc%7E%D0%B0")
    (True, False)
    """
    return "%" in address and any(_decoded(match).isalnum() for match in _UNRESERVED.finditer(address))


def _decoded(match: "re.Match[str]") -> str:
    return chr(int(match.group(1), 16))


def _without_percent(traced: Traced, found: set[str]) -> Traced:
    edits: list[Edit] = []
    for written in _WITH_SLASH.finditer(traced.text):
        if "%" not in written.group():
            continue
        for match in _UNRESERVED.finditer(traced.text, *written.span()):
            edits.append((*match.span(), _decoded(match)))
            if edits[-1][2].isalnum():
                found.add("refanged")
    return traced.edited(edits)


def _bracketed_dots(text: str) -> Iterator[Edit]:
    """Dots and ats in brackets, and ideographic dots: `casino[.]com`, `me (at) x`, `casino。com`."""
    for match in _BRACKETED.finditer(text):
        begin, end = match.span()
        beside = text[begin - 1 : begin] + text[end : end + 1]
        ideographic = match.group(1) is not None
        if len(beside) == 2 and beside.isalnum() and (beside.isascii() or not ideographic):
            yield begin, end, "@" if match.group(2) else "."


def _may_speak(text: str) -> bool:
    lowered = text.lower()
    return "dot" in lowered or " ." in text or "d0t" in lowered or "punkt" in lowered or "точка" in lowered


def _with_schemes(text: str, edits: list[Edit]) -> str:
    """The text with `hxxp` written as a scheme where it has as many characters, so that positions stay."""
    for begin, end, replacement in edits:
        if len(replacement) == end - begin:
            text = text[:begin] + replacement + text[end:]
    return text


def _spoken_dots(text: str, matches: "list[re.Match[str]]") -> Iterator[Edit]:
    """Dots with blanks around them: `casino dot com`, `www dot casino dot xyz`, `x . com`, `http://x . y . com`.

    One is an address's when a well-known suffix follows, or another such dot after one more label, or when it stands
    behind a scheme.
    """
    spans = []
    for match in matches:
        nearby = text[max(0, match.start() - 64) : match.start()]
        spans.append((match.start() - len(nearby) + len(nearby.rstrip()), match.end(), match.group()))
    taken: set[int] = set()
    begun = -1  # where a label would stand that continues an address begun with a scheme
    for number, (begin, end, _) in enumerate(spans):
        before = text[max(0, begin - 64) : begin]
        if _BEGUN.search(before) or (begun >= 0 and _LABEL.fullmatch(text, begun, begin)):
            taken.add(number)
            begun = end
    goes_on = -1  # where the dot stands that a label before it would lead to
    for number in range(len(spans) - 1, -1, -1):
        begin, end, dot = spans[number]
        suffix = _COMMON_SUFFIX if "." in dot else _SPOKEN_SUFFIX
        if suffix.match(text, end) or (goes_on >= 0 and _LABEL.fullmatch(text, end, goes_on)):
            before = _NOT_IN_HOST.split(text[max(0, begin - 64) : begin])[-1].lower()
            if len(before) > 1 and before not in _NOT_BEFORE_DOT:
                taken.add(number)
        goes_on = begin if number in taken else -1
    for number in sorted(taken):
        begin, end, _ = spans[number]
        yield begin, end, "."
