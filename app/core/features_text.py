"""Features of the comment's own words: words, pairs of words, character n-grams, and the trades they name."""

import math
import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from app.core.emit import Emitter, Word, words
from app.core.features_page import CUT, GRAM_SALT, Page
from app.core.features_page import emit as relevance
from app.core.links import Link, emails
from app.core.lists import Lists
from app.core.text import Seen
from app.core.traced import Traced

_GAP = " "
_LONG_NUMBER = re.compile(r"\d{3,}")


def emit(out: Emitter, seen: Seen, links: tuple[Link, ...], page: Page, lists: Lists) -> list[Word]:
    """Add the features of the text's words outside of links and addresses, and return these words.

    How much of them the page has too is added here as well, since it is read from the same n-grams.
    """
    prose = prose_of(seen, links)
    found = words(prose)
    if not found:
        return []
    units = [out.open("text.words", "text", seen.folded.source_span(word.begin, word.end)) for word in found]
    shown = [word.text if word.text.isalpha() else _LONG_NUMBER.sub("0", word.text) for word in found]
    out.add_each(
        [unit for unit in units for _ in ("w", "w2")],
        [name for before, word in pairwise(["^", *shown]) for name in (f"w:{word}", f"w2:{before} {word}")],
        1 / math.sqrt(2 * len(found)),
    )
    index = out.add_grams(GRAM_SALT, prose, _unit_of_each_character(prose, found, units), 1.0)
    relevance(out, page, index, len(found))
    _trades(out, prose, found, units, page, lists)
    return found


def without_quotes(seen: Seen, links: tuple[Link, ...], page: Page) -> tuple[Seen, str]:
    """The text without sentences of the page, and how they stood in it: see `Page.quotes`.

    What somebody copied from the page says nothing of who wrote the comment, and must not thin out the rest.
    """
    if not page.known:
        return seen, ""
    spans, manner = page.quotes(prose_of(seen, links, CUT))
    if not spans:
        return seen, ""
    quotes = [seen.folded.source_span(*span) for span in spans]
    return replace(seen, plain=_cut(seen.plain, quotes), folded=_cut(seen.folded, quotes)), manner


def _cut(traced: Traced, spans: list[tuple[int, int]]) -> Traced:
    """The text without spans of the source, but with a blank for each."""
    places = [(bisect_left(traced.begins, begin), bisect_left(traced.begins, end)) for begin, end in spans]
    return traced.edited([(begin, end, _GAP) for begin, end in places])


def prose_of(seen: Seen, links: tuple[Link, ...], blank: str = _GAP) -> str:
    """The folded text with links and e-mail addresses blanked, so that places in it stay."""
    folded = seen.folded
    spans = [
        (bisect_left(folded.begins, link.begin), bisect_left(folded.begins, link.end))
        for link in links
        if link.field == "text"
    ]
    spans += [(begin, end) for begin, end, _ in emails(folded.text)]
    return blanked(folded.text, sorted(spans), blank)


def blanked(text: str, spans: Iterable[tuple[int, int]], blank: str = _GAP) -> str:
    """A text with spans of it, in order, replaced by a character each, so that the others stay.

    >>> blanked("see b.example, ok", [(4, 13)])
    'see          , ok'
    """
    pieces: list[str] = []
    at = 0
    for begin, end in spans:
        if end <= at:
            continue
        pieces.append(text[at : max(begin, at)])
        pieces.append(blank * (end - max(begin, at)))
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


def _unit_of_each_character(prose: str, found: list[Word], units: list[int]) -> npt.NDArray[np.int64]:
    """For n-grams: the word that each character belongs to; a gap belongs to the word before it."""
    edges = [0, *[word.begin for word in found[1:]], len(prose)]
    return np.repeat(units, [end - begin for begin, end in pairwise(edges)])


def _trades(out: Emitter, prose: str, found: list[Word], units: list[int], page: Page, lists: Lists) -> None:
    """Trade words count once each, on the first word that names them."""
    met: set[str] = set()
    at = 0
    for hit in lists.trades.find(prose):
        if hit.trade in met:
            continue
        met.add(hit.trade)
        while at + 1 < len(found) and found[at].end <= hit.begin:
            at += 1
        where = page.place_of(hit.trade)
        out.units[units[at]] = out.units[units[at]]._replace(code=f"text.{hit.trade}")
        out.add(
            units[at],
            (f"text.trade:{hit.trade}", f"text.trade:{where}", f"text.trade:{hit.trade}:{where}"),
            0.4,
        )
    if len(met) > 1:
        out.add(units[0], (f"text.trades:{min(len(met), 4)}",), 0.4)
