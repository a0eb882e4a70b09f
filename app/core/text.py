"""Undo disguise: from the text as sent to the words a reader sees, and what had been done to hide them."""

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import re2

from app.core.folding import fold_character
from app.core.letters import (
    between_letters,
    cyrillic_for,
    flag_positions,
    glues_words,
    in_word,
    is_foreign,
    mixes_scripts,
    undisguised,
)
from app.core.markup import MarkupLink, strip
from app.core.traced import Edit, Traced

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"[^\W_]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ACCENTED = re.compile(r"[^\W\d_][\u0300-\u036f]{1,3}")
_KANA = re.compile(r"[\u3040-\u30ff]")
_REVERSED = re.compile(r"\u202e([^\u202c\u2069\n]+)")
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
# Four or more single letters with the same separator between them: `c a s i n o`, `v.i.a.g.r.a`.
_SPACED = tuple(re.compile(rf"(?<![^\W_])(?:[^\W\d_]{re.escape(gap)}){{3,}}[^\W\d_](?![^\W_])") for gap in " .-_*")
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
_DEFANGED = re2.compile(
    r"(?i)(?:^|[^\pL\pN])(h(?:xx|\*\*|tx|xt)ps?\s?(?:\[:\]|:)\s?//|https?(?:\[:\]|;|\s:|:\s|\s:\s)//)"
)


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
    if not source.isascii():
        source = _SURROGATE.sub("\ufffd", source)  # half a character: no encoder takes it
    unmarked = strip(source, text_format)
    found: set[str] = {"tags"} if unmarked.splits_words else set()
    traced = unmarked.visible
    if "&" in traced.text:
        traced = _without_entities(traced, found)
    if not traced.text.isascii() or _CONTROL.search(traced.text):
        traced = _plain_characters(_composed(_turned_round(traced, found)), found)
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
    is_japanese = bool(_KANA.search(text))  # full-width letters are common there
    flags = flag_positions(text)
    marks = 0
    for match in _NON_ASCII.finditer(text):
        at = match.start()
        character = text[at]
        plain, disguise = undisguised(character)
        if plain == character or at in flags:
            continue
        edits.append((at, at + 1, plain))
        if disguise == "marks":
            marks += 1
        elif disguise == "letters":
            honest = is_japanese and "\uff00" <= character <= "\uffef"
            if "letters" not in found and not honest and in_word(text, at):
                found.add("letters")
        elif disguise == "bidi" or (disguise == "invisible" and between_letters(text, at)):
            found.add(disguise)
    if marks > 3 + len(text) // 20:
        found.add("marks")
    edits += [(match.start(), match.end(), "") for match in _CONTROL.finditer(text)]
    return traced.edited(sorted(edits))


def _composed(traced: Traced) -> Traced:
    """Letters with their accents as one character: those left over are heaped up to hide words."""
    edits: list[Edit] = []
    for match in _ACCENTED.finditer(traced.text):
        composed = unicodedata.normalize("NFC", match.group())
        if composed != match.group():
            edits.append((*match.span(), composed))
    return traced.edited(edits)


def _turned_round(traced: Traced, found: set[str]) -> Traced:
    """Latin text written backwards behind RIGHT-TO-LEFT OVERRIDE, which a reader sees forwards."""
    edits: list[Edit] = []
    for match in _REVERSED.finditer(traced.text):
        if not _RIGHT_TO_LEFT.search(match.group(1)):
            edits.append((*match.span(), match.group(1)[::-1]))
            found.add("bidi")
    return traced.edited(edits)


def _without_lookalikes(traced: Traced, lookalikes: Mapping[str, str], found: set[str]) -> Traced:
    edits: list[Edit] = []
    for match in _WORD.finditer(traced.text):
        word = match.group()
        if word.isascii() or not mixes_scripts(word) or glues_words(word, lookalikes):
            continue
        foreign = [c for c in word if is_foreign(c)]
        latin = [c for c in word if c.isascii() and c.isalpha()]
        mapping: Mapping[str, str] = lookalikes
        if any("\u0400" <= c <= "\u04ff" for c in foreign):
            back = cyrillic_for(lookalikes)
            russian = len(foreign) > len(latin) and all(c in back for c in latin)
            mapping = back if russian or not all(c in lookalikes for c in foreign) else lookalikes
        elif not all(c in lookalikes for c in foreign):
            continue
        replaced = [(match.start() + i, mapping[c]) for i, c in enumerate(word) if c in mapping]
        edits.extend((at, at + 1, letter) for at, letter in replaced)
        if replaced:
            found.add("lookalikes")
    return traced.edited(edits)


def _closed_up(traced: Traced, found: set[str]) -> Traced:
    for pattern, gap in zip(_SPACED, " .-_*", strict=True):
        if gap not in traced.text:
            continue
        gaps: list[Edit] = []
        for match in pattern.finditer(traced.text):
            begin, end = match.span()
            if _is_honest_spacing(match.group(), gap):
                continue
            gaps.extend((at, at + 1, "") for at in range(begin + 1, end, 2))  # each letter keeps its own place
        if gaps:
            found.add("spacing")
            traced = traced.edited(gaps)
    return traced


def _is_honest_spacing(written: str, gap: str) -> bool:
    """Whether spaced letters are an abbreviation (`U.S.S.R`) or a row of answers (`A B C D`, `I I I I`)."""
    letters = written[::2]
    if gap == ".":
        return len(letters) < 6 and letters.isupper()
    return all(ord(after) - ord(before) in (0, 1) for before, after in pairwise(letters))


def _refanged(traced: Traced, found: set[str]) -> Traced:
    text = traced.text
    edits: list[Edit] = []
    if "//" in text:
        for match in _DEFANGED.finditer(text):
            secure = "s" in match.group(1).lower()
            edits.append((*match.span(1), "https://" if secure else "http://"))
    edits.extend(_written_dots(text))
    if edits:
        found.add("refanged")
    return traced.edited(sorted(edits))


def _written_dots(text: str) -> Iterator[Edit]:
    """Dots and ats that are written another way: `casino[.]com`, `me (at) x`, `casino dot com`, `x . com`."""
    for match in _BRACKETED.finditer(text):
        begin, end = match.span()
        beside = text[begin - 1 : begin] + text[end : end + 1]
        ideographic = match.group(1) is not None
        if len(beside) == 2 and beside.isalnum() and (beside.isascii() or not ideographic):
            yield begin, end, "@" if match.group(2) else "."
    for match in _SPOKEN_DOT.finditer(text):
        end = match.end()
        suffix = _COMMON_SUFFIX if "." in match.group() else _SPOKEN_SUFFIX
        if suffix.match(text, end):
            nearby = text[max(0, match.start() - 64) : match.start()]
            begin = match.start() - len(nearby) + len(nearby.rstrip())
            before = _NOT_IN_HOST.split(nearby.rstrip())[-1].lower()
            if len(before) > 1 and before not in _NOT_BEFORE_DOT:
                yield begin, end, "."


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
