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
from app.core.folding import fold
from app.core.lists import Lists
from app.training.disguise_parts import has_only_bare_links, notations, over_parts, slug_of, without_links

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
_WORD = re.compile(r"[^\W\d_]{4,}")
_ADDRESS = re.compile(r"(?i)^((?:https?:)?(?://)?)([^/?#]+)(.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a transform may draw on besides the comment."""

    lists: Lists
    ham_text: str
    """The text of an honest comment somewhere else."""


Change = Callable[[Comment, Random, Surroundings], Comment]


@dataclass(frozen=True, slots=True)
class Disguise:
    """One thing done to comments. `apply` gives the comment itself back where there is nothing to do it to."""

    name: str
    family: str
    says: str
    apply: Change
    most: float
    """Points of recall it may cost."""


def of_words(change: Callable[[str, Random], str], also_author: bool = True) -> Change:
    """A transform of every word of four letters and more outside markup and addresses."""

    def apply(comment: Comment, random: Random, _: Surroundings) -> Comment:
        def changed(text: str) -> str:
            return _WORD.sub(lambda match: change(match.group(), random), text)

        author = changed(comment.author) if also_author else comment.author
        return replace(comment, text=over_parts(comment.text, prose=changed), author=author)

    return apply


def of_trade_words(change: Callable[[str, Random], str]) -> Change:
    """A transform of the words that name a trade, as a spammer takes care of just those."""

    def apply(comment: Comment, random: Random, around: Surroundings) -> Comment:
        def one(match: "re.Match[str]") -> str:
            word = match.group()
            return change(word, random) if around.lists.trades.find(fold(word)) else word

        return replace(comment, text=over_parts(comment.text, prose=lambda text: _WORD.sub(one, text)))

    return apply


def of_links(change: Callable[[str, Random], str], only_bare: bool = False, also_author: bool = False) -> Change:
    """A transform of every address in the text.

    Args:
        change: the address as written to its disguise.
        only_bare: leave a comment alone that has links by markup, whose addresses no person reads.
        also_author: of the author's address too.
    """

    def apply(comment: Comment, random: Random, _: Surroundings) -> Comment:
        if only_bare and not has_only_bare_links(comment.text):
            return comment
        text = over_parts(comment.text, url=lambda url: change(url, random))
        url = change(comment.author_url, random) if also_author and comment.author_url else comment.author_url
        return replace(comment, text=text, author_url=url)

    return apply


def _inside(word: str, random: Random, inserted: str) -> str:
    at = random.randint(1, len(word) - 1)
    return word[:at] + inserted + word[at:]


def _on_host(url: str, change: Callable[[str], str]) -> str:
    """An address with its host changed; browsers map its letters back (UTS 46), those of a path they do not."""
    match = _ADDRESS.match(url)
    return f"{match.group(1)}{change(match.group(2))}{match.group(3)}" if match else url


def _on_rest(url: str, change: Callable[[str], str]) -> str:
    match = _ADDRESS.match(url)
    return f"{match.group(1)}{match.group(2)}{change(match.group(3))}" if match else url


def _shifted(first_small: int, first_capital: int) -> Callable[[str], str]:
    small = {ord("a") + i: chr(first_small + i) for i in range(26)}
    capital = {ord("A") + i: chr(first_capital + i) for i in range(26)}
    table = small | capital
    return lambda text: text.translate(table)


_full_width = _shifted(0xFF41, 0xFF21)
_mathematical = _shifted(0x1D5EE, 0x1D5D4)  # sans-serif bold: no letter of it is missing


def _entities(text: str, random: Random) -> str:
    return "".join(
        f"&#{ord(c)};" if c.isascii() and c.isalpha() and random.random() < 0.5 else c for c in text
    )  # fmt: skip


def _percent(url: str, random: Random) -> str:
    def encoded(rest: str) -> str:
        path, mark, query = rest.partition("?")
        letters = (f"%{ord(c):02X}" if c.isascii() and c.isalpha() and random.random() < 0.5 else c for c in path)
        return ("".join(letters) if "%" not in path else path) + mark + query

    return _on_rest(url, encoded)


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


_Row = tuple[str, str, str, float, Change]
_ROWS: tuple[_Row, ...] = (
    ("A", "zero-width-words", "an invisible character in every longer word", 0,
     of_words(lambda word, random: _inside(word, random, random.choice(_INVISIBLE)))),
    ("A", "zero-width-links", "an invisible character in the host", 0,
     of_links(lambda url, random: _on_host(url, lambda host: _inside(host, random, random.choice("\u200b\u2060\u00ad")) if len(host) > 1 else host), also_author=True)),
    ("A", "full-width", "ｆｕｌｌ－ｗｉｄｔｈ letters in words", 0, of_words(lambda word, _: _full_width(word))),
    ("A", "full-width-host", "full-width letters in the host", 0, of_links(lambda url, _: _on_host(url, _full_width))),
    ("A", "mathematical", "𝗺𝗮𝘁𝗵𝗲𝗺𝗮𝘁𝗶𝗰𝗮𝗹 letters in words", 0, of_words(lambda word, _: _mathematical(word))),
    ("A", "mathematical-host", "mathematical letters in the host", 0, of_links(lambda url, _: _on_host(url, _mathematical))),
    ("A", "entities", "letters as &#99;", 0, of_words(_entities, also_author=False)),
    ("A", "entities-links", "letters of addresses as &#99;", 0, of_links(_entities)),
    ("A", "tag-split", "ca<b></b>sino", 0, of_words(lambda word, random: _inside(word, random, "<b></b>"), also_author=False)),
    ("A", "comment-split", "ca<!-- x -->sino", 0, of_words(lambda word, random: _inside(word, random, "<!-- x -->"), also_author=False)),
    ("A", "percent-path", "%63asino in paths", 0, of_links(_percent, also_author=True)),
    ("A", "as-html", "every link as HTML", 0, _rewritten("html")),
    ("A", "as-bbcode", "every link as BBCode", 0, _rewritten("bbcode")),
    ("A", "as-markdown", "every link as Markdown", 0, _rewritten("markdown")),
    ("A", "as-bare", "every link as a bare address", 0, _rewritten("bare")),
    ("B", "hxxp", "hxxp://", 1, of_links(lambda url, _: re.sub("(?i)^http", "hxxp", url), only_bare=True)),
    ("B", "bracket-dot", "casino[dot]com", 1, of_links(lambda url, _: _on_host(url, lambda host: host.replace(".", "[dot]")), only_bare=True)),
    ("B", "round-dot", "casino(.)com", 1, of_links(lambda url, _: _on_host(url, lambda host: host.replace(".", "(.)")), only_bare=True)),
    ("B", "spoken-dot", "casino dot com", 1, of_links(lambda url, _: _on_host(url, lambda host: host.replace(".", " dot ")), only_bare=True)),
    ("B", "spaced-dot", "casino . com", 1, of_links(lambda url, _: _on_host(url, lambda host: host.replace(".", " . ")), only_bare=True)),
    ("B", "backslashes", r"http:\\casino.com\win", 1, of_links(lambda url, _: url.replace("/", "\\") if "://" in url else url, only_bare=True)),
    ("B", "userinfo", "http://google.com@casino.com", 1, of_links(lambda url, _: re.sub("(?i)^(https?://)", r"\1google.com@", url))),
    ("B", "no-scheme", "casino.com/win", 1, of_links(lambda url, _: re.sub("(?i)^https?://", "", url), only_bare=True)),
    ("C", "homoglyphs", "с\u0430sino: letters of another script", 3, of_words(_some_letters(_HOMOGLYPHS, 0.5), also_author=False)),
    ("C", "leetspeak", "c4s1n0", 3, of_trade_words(_some_letters(_LEET, 0.6))),
    ("C", "letter-spacing", "c a s i n o", 3, of_trade_words(lambda word, random: random.choice(" .-_*").join(word))),
    ("C", "newline-split", "cas, the end of the line, ino", 3, of_trade_words(lambda word, random: _inside(word, random, "\n"))),
    *(("D", f"page-words-{count}-{'before' if before else 'after'}", f"{count} words of the page {'before' if before else 'after'} it", most,
       _good_words(count, before)) for count, most in ((30, 1), (150, 2), (500, 5)) for before in (True, False)),
    *(("D", f"ham-words-{count}-after", f"{count} words of another honest comment after it", most,
       _good_words(count, False, of_page=False)) for count, most in ((30, 1), (150, 2))),
    ("E", "google-redirect", "https://www.google.com/url?q=...", 5, of_links(_google)),
    ("E", "facebook-redirect", "https://l.facebook.com/l.php?u=...", 5, of_links(_facebook)),
    ("E", "shared-host", "the same words as a page of a shared host", 5, of_links(lambda url, _: "https://sites.google.com/view/" + slug_of(url))),
    ("E", "shortener", "https://bit.ly/3xK9aQz", 5, of_links(_shortener)),
    ("F", "base64-redirect", "a redirector with the address in base64", 5, of_links(_bing)),
    ("F", "image-only", "nothing but a picture that is a link", 5, _image_only),
    ("F", "author-url-only", "the link only in the author's address", 5, _author_url_only),
)  # fmt: skip

DISGUISES: tuple[Disguise, ...] = tuple(
    Disguise(name, family, says, change, most) for family, name, says, most, change in _ROWS
)
"""All of them, family by family."""
