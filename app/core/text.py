"""Undo disguise: from the text as sent to the words a reader sees, and what had been done to hide them."""

import hashlib
import html
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

from app.core.folding import fold_character, letters
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
from app.core.lists import Trades
from app.core.markup import MarkupLink, strip
from app.core.refang import hides_letters, percent_decoded, refanged
from app.core.respelling import closed_up, respelt
from app.core.traced import Edit, Traced

_TAG = re.compile(r"<[^<>]*>")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"[^\W_]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ACCENTED = re.compile(r"[^\W\d_][\u0300-\u036f]{1,3}")
_KANA = re.compile(r"[\u3040-\u30ff]")
_REVERSED = re.compile(r"\u202e([^\u202c\u2069\n]+)")
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


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

    def place(self, at: int) -> int:
        """Where source[at] stands in `plain.text`; for what a reader does not see, where the next character does."""
        return bisect_left(self.plain.begins, at)

    def shown(self, begin: int, end: int) -> str:
        """What a reader sees of source[begin:end]."""
        return self.plain.text[self.place(begin) : self.place(end)]


def read(source: str, text_format: str, lookalikes: Mapping[str, str], trades: Trades | None = None) -> Seen:
    """What a reader sees of a text.

    Args:
        source: the text as sent; may be empty.
        text_format: auto, plain, html, markdown or bbcode.
        lookalikes: letters of other scripts and the Latin letters they look like.
        trades: the words that digits for letters and broken lines may hide; without them those stay as they are.

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
    traced = closed_up(traced, found)
    if trades is not None:
        traced = respelt(traced, trades, found)
    traced = refanged(traced, found)
    if "%" in source and any(hides_letters(link.url) for link in unmarked.links):
        found.add("refanged")
    return Seen(source, traced, _folded(traced), unmarked.links, unmarked.kinds, tuple(sorted(found)))


def plain_address(written: str) -> str:
    """An address that markup holds, without invisible and disguised characters, as a browser takes its host.

    >>> plain_address("http://ｃａｓｉ\\u200bｎｏ.example/a")
    'http://casino.example/a'
    """
    if not (written.isascii() and written.isprintable()):
        written = _plain_characters(Traced.of(written), set()).text
    return percent_decoded(written)


def text_hash(text: str) -> str:
    """A fingerprint of a text's letters and digits, the same when a CMS has cleaned markup, entities or spacing since.

    16 hexadecimal digits; of a text without letters and digits that of its signs, and empty for no text.

    >>> text_hash("<p>Tea &amp; cake!</p>") == text_hash("tea cake") != text_hash("tea cakes")
    True
    """
    shown = _TAG.sub(" ", html.unescape(text))
    said = letters(shown) or letters(text) or "".join(text.split())
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16] if said else ""


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
    if not _CONTROL.search(text) and all(undisguised(c)[0] == c for c in set(text) if c > "\x7f"):
        return traced  # most texts: accents and other scripts, and nothing to undo
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
    if unicodedata.is_normalized("NFC", traced.text):
        return traced
    edits: list[Edit] = []
    for match in _ACCENTED.finditer(traced.text):
        composed = unicodedata.normalize("NFC", match.group())
        if composed != match.group():
            edits.append((*match.span(), composed))
    return traced.edited(edits)


def _turned_round(traced: Traced, found: set[str]) -> Traced:
    """Latin text written backwards behind RIGHT-TO-LEFT OVERRIDE, which a reader sees forwards."""
    if "\u202e" not in traced.text:
        return traced
    edits: list[Edit] = []
    for match in _REVERSED.finditer(traced.text):
        if not _RIGHT_TO_LEFT.search(match.group(1)):
            edits.append((*match.span(), match.group(1)[::-1]))
            found.add("bidi")
    return traced.edited(edits)


def _without_lookalikes(traced: Traced, lookalikes: Mapping[str, str], found: set[str]) -> Traced:
    if not any(is_foreign(c) for c in set(traced.text)):
        return traced
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


def _folded(traced: Traced) -> Traced:
    text = traced.text
    if text.isascii():
        return Traced(text.lower(), traced.begins, traced.ends)
    spelling = {c: fold_character(c) if c > "\x7f" else c.lower() for c in set(text)}
    if all(len(letter) == 1 for letter in spelling.values()):
        return Traced("".join([spelling[c] for c in text]), traced.begins, traced.ends)
    edits: list[Edit] = []
    for match in _NON_ASCII.finditer(text):
        letter = fold_character(match.group())
        if letter != match.group():
            edits.append((*match.span(), letter))
    folded = traced.edited(edits)
    return Traced("".join([c.lower() if c < "\x80" else c for c in folded.text]), folded.begins, folded.ends)
