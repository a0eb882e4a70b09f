"""Undo disguise: from the text as sent to the words a reader sees, and what had been done to hide them."""

import html
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import re2

from app.core.folding import fold_character
from app.core.markup import MarkupLink, strip
from app.core.traced import Edit, Traced

_ENTITY = re2.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"\w+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Four or more single letters with the same separator between them: `c a s i n o`, `v.i.a.g.r.a`.
_SPACED = tuple(
    re2.compile(rf"(?:^|[^\pL\pN])((?:\pL{re.escape(gap)}){{3,}}\pL)(?:$|[^\pL\pN])") for gap in (" ", ".", "-", "_", "*")
)
_DOTS = re2.compile(
    r"(?i)([\pL\pN-])(\s?(?:\[\s?(?:\.|dot|punkt|tochka|точка)\s?\]|\(\s?(?:\.|dot|punkt|tochka|точка)\s?\)|\{\s?(?:\.|dot)\s?\})\s?)([\pL\pN])"
)
_SPOKEN_DOT = re2.compile(
    r"(?i)[\pL\pN-]{2,}(\s+(?:dot|d0t|точка|punkt)\s+)(?:com|net|org|info|biz|ru|xyz|top|site|online|shop|club|io|me|co|cc|sk|cz|de|uk|ua|pl|bet|casino|link|live|pro|tk|ml)(?:$|[^\pL\pN])"
)
_DEFANGED = re2.compile(
    r"(?i)(?:^|[^\pL\pN])(h(?:xx|\*\*|tx|xt)ps?\s?(?:\[:\]|:)\s?//|https?(?:\[:\]|;|\s:|:\s|\s:\s)//)"
)

_ZERO_WIDTH_JOINERS = "\u200c\u200d"
"""Needed by Persian, Hindi and emoji; a disguise only between letters of scripts that never join so."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A text as a reader sees it."""

    source: str
    plain: Traced
    """Without markup, entities, invisible characters and look-alike letters; upper and lower case kept."""
    folded: Traced
    """`plain` in one spelling: lower case, without accents. See folding.fold."""
    links: tuple[MarkupLink, ...]
    """Links made by markup, in order."""
    markup: frozenset[str]
    """html, bbcode, markdown, wiki."""
    disguises: tuple[str, ...]
    """What was undone, sorted: bidi, entities, invisible, letters, lookalikes, marks, refanged, spacing, tags."""


def read(source: str, text_format: str, lookalikes: Mapping[str, str]) -> Seen:
    """What a reader sees of a text.

    Args:
        source: the text as sent; may be empty.
        text_format: auto, plain, html, markdown or bbcode.
        lookalikes: letters of other scripts and the Latin letters they look like.

    >>> seen = read("C&#65;S<b></b>INO с\u0430sin\u200bo", "auto", {"с": "c", "\u0430": "a"})
    >>> seen.plain.text, seen.disguises
    ('CASINO casino', ('entities', 'invisible', 'lookalikes', 'tags'))
    """
    unmarked = strip(source, text_format)
    found: set[str] = {"tags"} if unmarked.splits_words else set()
    traced = unmarked.visible
    if "&" in traced.text:
        traced = _without_entities(traced, found)
    if not traced.text.isascii() or _CONTROL.search(traced.text):
        traced = _plain_characters(traced, found)
    if not traced.text.isascii():
        traced = _without_lookalikes(traced, lookalikes, found)
    traced = _closed_up(traced, found)
    traced = _refanged(traced, found)
    return Seen(source, traced, _folded(traced), unmarked.links, unmarked.kinds, tuple(sorted(found)))


def _without_entities(traced: Traced, found: set[str]) -> Traced:
    for _ in range(2):  # twice: `&amp;#99;` is a common double disguise
        edits: list[Edit] = []
        for match in _ENTITY.finditer(traced.text):
            letter = html.unescape(match.group())
            if letter != match.group():
                edits.append((*match.span(), letter))
                if letter.isascii() and (letter.isalnum() or letter in ".:/"):
                    found.add("entities")
        if not edits:
            break
        traced = traced.edited(edits)
    return traced


def _plain_characters(traced: Traced, found: set[str]) -> Traced:
    edits: list[Edit] = []
    text = traced.text
    marks = 0
    for match in _NON_ASCII.finditer(text):
        at = match.start()
        character = text[at]
        plain, disguise = _undisguised(character)
        if plain != character:
            edits.append((at, at + 1, plain))
        if disguise == "invisible" and not _between_letters(text, at):
            disguise = ""
        if disguise == "marks":
            marks += 1
            disguise = "marks" if marks > 3 + len(text) // 20 else ""
        if disguise:
            found.add(disguise)
    edits += [(match.start(), match.end(), "") for match in _CONTROL.finditer(text)]
    return traced.edited(sorted(edits))


def _between_letters(text: str, at: int) -> bool:
    """Whether both neighbours are letters of a script that never needs an invisible character (Latin to Cyrillic)."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return before.isalnum() and after.isalnum() and before < "\u0530" and after < "\u0530"


@lru_cache(maxsize=65536)
def _undisguised(character: str) -> tuple[str, str]:
    """A non-ASCII character's plain form and the name of its disguise, each empty if there is none."""
    code = ord(character)
    category = unicodedata.category(character)
    if character in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069":
        return "", "bidi"
    if category == "Cf" or 0xFE00 <= code <= 0xFE0F or 0xE0000 <= code <= 0xE0FFF or character in "\u115f\u1160\u3164\u034f":
        return "", "invisible"
    if category in ("Mn", "Me") and 0x0300 <= code <= 0x036F or category == "Me":
        return "", "marks"
    if 0x1F150 <= code <= 0x1F189 or 0x1F1E6 <= code <= 0x1F1FF:  # letters in squares, which NFKC keeps
        return chr(ord("A") + (code - 0x1F1E6 if code >= 0x1F1E6 else (code - 0x1F150) % 32)), "letters"
    if category == "Zs":
        return " ", ""
    plain = unicodedata.normalize("NFKC", character)
    if plain != character and plain.isascii() and plain.isalnum() and (code >= 0x1D400 or 0x2460 <= code <= 0x24FF or code >= 0xFF00):
        return plain, "letters"
    return plain, ""


def _without_lookalikes(traced: Traced, lookalikes: Mapping[str, str], found: set[str]) -> Traced:
    edits: list[Edit] = []
    for match in _WORD.finditer(traced.text):
        word = match.group()
        if word.isascii() or not any("a" <= c <= "z" or "A" <= c <= "Z" for c in word):
            continue
        foreign = [c for c in word if not c.isascii() and c.isalpha() and not unicodedata.normalize("NFD", c)[0].isascii()]
        if not foreign:
            continue
        if all(c in lookalikes for c in foreign):
            mapping = lookalikes
        elif any("\u0400" <= c <= "\u04ff" for c in foreign):
            mapping = _cyrillic_for(tuple(sorted(lookalikes.items())))
        else:
            continue
        replaced = [(match.start() + i, mapping[c]) for i, c in enumerate(word) if c in mapping]
        edits.extend((at, at + 1, letter) for at, letter in replaced)
        if replaced:
            found.add("lookalikes")
    return traced.edited(edits)


@lru_cache(maxsize=4)
def _cyrillic_for(lookalikes: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """The same table the other way round, for Russian words with Latin letters slipped in."""
    common = {letter for letter in "авсеуорхкмтинАВСЕУОРХКМТН"}
    back: dict[str, str] = {}
    for letter, latin in lookalikes:
        if letter in common and letter.islower():
            back.setdefault(latin, letter)
            back.setdefault(latin.upper(), letter)
    return back


def _closed_up(traced: Traced, found: set[str]) -> Traced:
    for pattern, gap in zip(_SPACED, " .-_*", strict=True):
        if gap not in traced.text:
            continue
        edits: list[Edit] = []
        for match in pattern.finditer(traced.text):
            edits.append((*match.span(1), match.group(1).replace(gap, "")))
        if edits:
            found.add("spacing")
            traced = _joined(traced, edits)
    return traced


def _joined(traced: Traced, edits: list[Edit]) -> Traced:
    """Each letter keeps its own place: only the gaps between them are taken out."""
    gaps: list[Edit] = []
    for begin, end, _ in edits:
        gaps.extend((at, at + 1, "") for at in range(begin + 1, end, 2))
    return traced.edited(gaps)


def _refanged(traced: Traced, found: set[str]) -> Traced:
    text = traced.text
    edits: list[Edit] = []
    if "//" in text:
        for match in _DEFANGED.finditer(text):
            secure = "s" in match.group(1).lower()
            edits.append((*match.span(1), "https://" if secure else "http://"))
    if "[" in text or "(" in text or "{" in text:
        edits += [(*match.span(2), ".") for match in _DOTS.finditer(text)]
    lowered = text.lower()
    if " dot " in lowered or " d0t " in lowered or " точка " in lowered or " punkt " in lowered:
        edits += [(*match.span(1), ".") for match in _SPOKEN_DOT.finditer(text)]
    if edits:
        found.add("refanged")
    return traced.edited(sorted(edits))


def _folded(traced: Traced) -> Traced:
    text = traced.text
    if text.isascii():
        return Traced(text.lower(), traced.begins, traced.ends)
    edits: list[Edit] = []
    for match in _NON_ASCII.finditer(text):
        letter = fold_character(match.group())
        if letter != match.group():
            edits.append((*match.span(), letter))
    folded = traced.edited(edits)
    return Traced("".join([c.lower() if c < "\x80" else c for c in folded.text]), folded.begins, folded.ends)
