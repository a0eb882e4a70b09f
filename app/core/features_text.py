"""Features of the comment's own words: words, pairs of words, character n-grams, and the trades they name."""

import math
import re
from bisect import bisect_left
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from app.core.emit import Emitter, Grams, Word, words
from app.core.features_page import GRAM_SALT, Page
from app.core.features_page import emit as relevance
from app.core.links import Link, emails
from app.core.lists import Lists
from app.core.text import Seen

_GAP = " "
_LONG_NUMBER = re.compile(r"\d{3,}")


def emit(out: Emitter, seen: Seen, links: tuple[Link, ...], page: Page, lists: Lists) -> list[Word]:
    """Add the features of the text, and return its words without links, addresses and quotes of the page.

    How much of them the page has too is added here as well, since it is read from the same n-grams.
    """
    prose = blanked(seen, links)
    prose, quoted = page.without_quotes(prose)
    if quoted:
        out.add(out.open("page.quote", "text"), [f"page.quote:{quoted}"], 0.5)
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
    index = out.add_grams(GRAM_SALT, Grams(prose), _unit_of_each_character(prose, found, units), 1.0)
    relevance(out, page, index, len(found))
    _trades(out, prose, found, units, page, lists)
    return found


def blanked(seen: Seen, links: tuple[Link, ...]) -> str:
    """The folded text with every address in it replaced by spaces, so that spans stay."""
    folded = seen.folded
    text = folded.text
    spans = [
        (bisect_left(folded.begins, link.begin), bisect_left(folded.begins, link.end))
        for link in links
        if link.field == "text"
    ]
    spans += [(begin, end) for begin, end, _ in emails(text)]
    pieces: list[str] = []
    at = 0
    for begin, end in sorted(spans):
        if end <= at:
            continue
        pieces.append(text[at : max(begin, at)])
        pieces.append(_GAP * (end - max(begin, at)))
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
