"""What spammers do to a comment so that a filter does not know it again, each a named, seeded transform.

The families are those of the robustness table in docs/models.md: A is reversible by definition of Unicode, HTML and
URLs, B writes addresses so that only a person reads them, C changes the letters of the words that sell, D adds good
words, E sends the reader through somebody else, F takes the evidence out of the text. None of them makes a comment
unreadable: who disguises spam still wants it read.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from urllib.parse import quote

from app.core.comment import Comment
from app.training.disguise_parts import (
    Change,
    Surroundings,
    notations,
    of_links,
    of_trade_words,
    of_words,
    over_parts,
    slug_of,
    without_links,
)

FAMILIES = {
    "A": "reversible: Unicode, markup, percent signs",
    "B": "addresses only a person reads",
    "C": "letters of the words that sell",
    "D": "good words added",
    "E": "through somebody else's host",
    "F": "evidence out of the text",
}

_INVISIBLE = "\u200b\u200c\u2060\ufeff\u00ad"
_HOMOGLYPHS = dict(zip("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ", strict=True)) | {"i": "і", "s": "ѕ", "j": "ј"}
_LEET = {"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "l": "1", "t": "7"}
_ADDRESS = re.compile(r"(?i)^((?:https?:)?(?://)?)([^/?#]+)(.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Disguise:
    """One thing done to comments. `apply` gives the comment itself back where there is nothing to do it to."""

    name: str
    family: str
    says: str
    apply: Change
    most: float
    """Points of recall it may cost."""


def _inside(word: str, random: Random, inserted: str) -> str:
    if len(word) < 2:
        return word
    at = random.randint(1, len(word) - 1)
    return word[:at] + inserted + word[at:]


def _splits(*inserted: str) -> Callable[[str, Random], str]:
    """One of the strings somewhere inside."""
    return lambda word, random: _inside(word, random, random.choice(inserted))


def _host(change: Callable[[str, Random], str]) -> Callable[[str, Random], str]:
    """An address with its host changed: browsers map its letters back (UTS 46), those of a path they do not."""

    def changed(url: str, random: Random) -> str:
        match = _ADDRESS.match(url)
        return f"{match.group(1)}{change(match.group(2), random)}{match.group(3)}" if match else url

    return changed


def _dotted(dot: str) -> Callable[[str, Random], str]:
    """A host with its dots written another way."""
    return _host(lambda host, _: host.replace(".", dot))


def _begun(pattern: str, beginning: str) -> Callable[[str, Random], str]:
    """An address with another beginning."""
    return lambda url, _: re.sub(f"(?i)^{pattern}", beginning, url)


def _shifted(first_small: int, first_capital: int) -> Callable[[str, Random], str]:
    small = {ord("a") + i: chr(first_small + i) for i in range(26)}
    capital = {ord("A") + i: chr(first_capital + i) for i in range(26)}
    table = small | capital
    return lambda text, _: text.translate(table)


_full_width = _shifted(0xFF41, 0xFF21)
_mathematical = _shifted(0x1D5EE, 0x1D5D4)  # sans-serif bold: no letter of it is missing


def _entities(text: str, random: Random) -> str:
    letters = (f"&#{ord(c)};" if c.isascii() and c.isalpha() and random.random() < 0.5 else c for c in text)
    return "".join(letters)


def _percent(url: str, random: Random) -> str:
    match = _ADDRESS.match(url)
    if not match or "%" in url:
        return url
    path, mark, query = match.group(3).partition("?")
    letters = (f"%{ord(c):02X}" if c.isascii() and c.isalpha() and random.random() < 0.5 else c for c in path)
    return match.group(1) + match.group(2) + "".join(letters) + mark + query


def _some_letters(table: dict[str, str], share: float) -> Callable[[str, Random], str]:
    def change(word: str, random: Random) -> str:
        at = [i for i, c in enumerate(word) if c in table]
        taken = set(random.sample(at, max(1, round(share * len(at))))) if at else set()
        return "".join(table[c] if i in taken else c for i, c in enumerate(word))

    return change


def _good_words(count: int, before: bool, of_page: bool = True) -> Change:
    def apply(comment: Comment, _: Random, around: Surroundings) -> Comment:
        words = without_links(comment.page_text if of_page else around.ham_text).split()
        if len(words) < min(count, 30) or not comment.text.strip():
            return comment
        good = " ".join((words * (count // len(words) + 1))[:count])
        return replace(comment, text=f"{good}\n\n{comment.text}" if before else f"{comment.text}\n\n{good}")

    return apply


def _google(url: str, _: Random) -> str:
    return "https://www.google.com/url?q=" + quote(_absolute(url), safe="")


def _facebook(url: str, _: Random) -> str:
    return "https://l.facebook.com/l.php?u=" + quote(_absolute(url), safe="")


def _bing(url: str, _: Random) -> str:
    hidden = urlsafe_b64encode(_absolute(url).encode()).decode().rstrip("=")
    return f"https://www.bing.com/ck/a?!&&p=8f3c&ptn=3&u=a1{hidden}&ntb=1"


def _shortener(_: str, random: Random) -> str:
    return "https://bit.ly/" + "".join(random.choices("abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=7))


def _absolute(url: str) -> str:
    return url if "//" in url else "http://" + url


def _image_only(comment: Comment, _: Random, __: Surroundings) -> Comment:
    found = notations(comment.text)
    if not found:
        return comment
    return replace(comment, text=f'<a href="{found[0][0]}"><img src="https://i.imgur.com/a8Kd03x.png"></a>')


def _author_url_only(comment: Comment, _: Random, __: Surroundings) -> Comment:
    found = notations(comment.text)
    if not found or comment.author_url:
        return comment
    return replace(comment, text=without_links(comment.text), author_url=_absolute(found[0][0]))


def _rewritten(notation: str) -> Change:
    def apply(comment: Comment, _: Random, __: Surroundings) -> Comment:
        return replace(comment, text=over_parts(comment.text, notation=notation))

    return apply


def _as_shared_host(url: str, _: Random) -> str:
    return "https://sites.google.com/view/" + slug_of(url)


def _backslashes(url: str, _: Random) -> str:
    return url.replace("/", "\\") if "://" in url else url


def _bare(change: Callable[[str, Random], str]) -> Change:
    return of_links(change, only_bare=True)


_TAG, _HTML_COMMENT = _splits("<b></b>"), _splits("<!-- x -->")
_Row = tuple[str, str, Change]
_ROWS: dict[tuple[str, float], tuple[_Row, ...]] = {
    ("A", 0): (
        ("zero-width-words", "an invisible character in every longer word", of_words(_splits(*_INVISIBLE))),
        ("zero-width-links", "one in every host", of_links(_host(_splits("\u200b", "\u00ad")), also_author=True)),
        ("full-width", "ｆｕｌｌ－ｗｉｄｔｈ letters in words", of_words(_full_width)),
        ("full-width-host", "full-width letters in the host", of_links(_host(_full_width))),
        ("mathematical", "𝗺𝗮𝘁𝗵𝗲𝗺𝗮𝘁𝗶𝗰𝗮𝗹 letters in words", of_words(_mathematical)),
        ("mathematical-host", "mathematical letters in the host", of_links(_host(_mathematical))),
        ("entities", "letters as &#99;", of_words(_entities, also_author=False)),
        ("entities-links", "letters of addresses as &#99;", of_links(_entities)),
        ("tag-split", "ca<b></b>sino", of_words(_TAG, also_author=False)),
        ("comment-split", "ca<!-- x -->sino", of_words(_HTML_COMMENT, also_author=False)),
        ("percent-path", "%63asino in paths", of_links(_percent, also_author=True)),
        ("as-html", "every link as HTML", _rewritten("html")),
        ("as-bbcode", "every link as BBCode", _rewritten("bbcode")),
        ("as-markdown", "every link as Markdown", _rewritten("markdown")),
        ("as-bare", "every link as a bare address behind its words", _rewritten("bare")),
    ),
    ("B", 1): (
        ("hxxp", "hxxp://", _bare(_begun("http", "hxxp"))),
        ("bracket-dot", "casino[dot]com", _bare(_dotted("[dot]"))),
        ("round-dot", "casino(.)com", _bare(_dotted("(.)"))),
        ("spoken-dot", "casino dot com", _bare(_dotted(" dot "))),
        ("spaced-dot", "casino . com", _bare(_dotted(" . "))),
        ("backslashes", r"http:\\casino.com\win", _bare(_backslashes)),
        ("userinfo", "http://google.com@casino.com", of_links(_begun("(https?://)", r"\1google.com@"))),
        ("no-scheme", "casino.com/win", _bare(_begun("https?://", ""))),
    ),
    ("C", 3): (
        ("homoglyphs", "с\u0430sino: letters of another script", of_words(_some_letters(_HOMOGLYPHS, 0.5), False)),
        ("leetspeak", "c4s1n0", of_trade_words(_some_letters(_LEET, 0.6))),
        ("letter-spacing", "c a s i n o", of_trade_words(lambda word, random: random.choice(" .-_*").join(word))),
        ("newline-split", "cas, the end of the line, ino", of_trade_words(_splits("\n"))),
    ),
    ("D", 1): (
        ("page-words-30-before", "30 words of the page before it", _good_words(30, before=True)),
        ("page-words-30-after", "30 words of the page after it", _good_words(30, before=False)),
        ("ham-words-30", "30 words of another honest comment after it", _good_words(30, before=False, of_page=False)),
    ),
    ("D", 2): (
        ("page-words-150-before", "150 words of the page before it", _good_words(150, before=True)),
        ("page-words-150-after", "150 words of the page after it", _good_words(150, before=False)),
        ("ham-words-150", "150 words of honest comments after it", _good_words(150, before=False, of_page=False)),
    ),
    ("D", 5): (
        ("page-words-500-before", "500 words of the page before it", _good_words(500, before=True)),
        ("page-words-500-after", "500 words of the page after it", _good_words(500, before=False)),
    ),
    ("E", 5): (
        ("google-redirect", "https://www.google.com/url?q=...", of_links(_google)),
        ("facebook-redirect", "https://l.facebook.com/l.php?u=...", of_links(_facebook)),
        ("shared-host", "the same words as a page of a shared host", of_links(_as_shared_host)),
        ("shortener", "https://bit.ly/3xK9aQz", of_links(_shortener)),
    ),
    ("F", 5): (
        ("base64-redirect", "a redirector with the address in base64", of_links(_bing)),
        ("image-only", "nothing but a picture that is a link", _image_only),
        ("author-url-only", "the link only in the author's address", _author_url_only),
    ),
}

DISGUISES: tuple[Disguise, ...] = tuple(
    Disguise(name, family, says, change, most) for (family, most), rows in _ROWS.items() for name, says, change in rows
)
"""All of them, family by family."""
