"""The page the comment stands under: what it is about, and whether the comment speaks of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from app.core import kernels
from app.core.blocks import NAMED
from app.core.comment import Comment
from app.core.emit import Emitter, step, tokens
from app.core.folding import fold
from app.core.hosts import parse_url
from app.core.kernels_plain import UNSPACED
from app.core.lists import Lists
from app.core.sequences import codes_of, runs_of

MAX_PAGE_CHARS = 20_000
"""The beginning of the page is what it is about; more costs time and says no more."""

CUT = "\ufffc"
"""Stands for an address in a text whose quotes are looked for: no page has it, so that no quote reaches over it."""
_TOKEN = re.compile(rf"[{UNSPACED}{CUT}]|(?:(?![{UNSPACED}])[^\W_])+")
_IS_UNSPACED = re.compile(f"[{UNSPACED}]")
_RUN = 6
"""Words in a row, or characters of a script without spaces, that may be a quote ..."""
_LEAST_QUOTED = 25
"""... when they have so many letters together; `at the end of the day` has 16. One of a script without spaces counts as
three."""
_BEFORE = 8
"""Characters before a quote in which a quotation mark is looked for."""
_SIGNS = re.compile(rf"[^\w\s@{CUT}]*")
_QUOTE_MARKS = '>"“”„«»‹›「」]'
_MIN_CONTENT = 4
"""Shorter words (the, and, pre, und) stand on every page."""


_SHIFT = 4
"""The page's n-grams are kept in 2^18 flags: 256 kB for each remembered page."""
_KNOTS = (0.0, 0.06, 0.12, 0.2, 0.3, 0.44, 1.0)
"""10, 25, 45, 65 and 85 % of our own comments with a page text have a smaller share than the inner ones."""
GRAM_SALT = "c"


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """What a page is about."""

    known: bool
    """Whether the title or text was sent; the address alone is not enough."""
    topics: frozenset[str]
    """Content words of title, text and address; pairs of characters in scripts without spaces."""
    trades: frozenset[str]
    """Spammers' trades that the page itself speaks of."""
    runs: npt.NDArray[np.uint32]
    """Hashes of every _RUN words in a row, sorted."""
    grams: npt.NDArray[np.bool_]
    """(NAMED.size >> _SHIFT,) whether the page has an n-gram."""
    size: int
    """How many of them it has."""

    def place_of(self, trade: str) -> str:
        """on-page, off-page, or no-page when the page is not known."""
        if not self.known:
            return "no-page"
        return "on-page" if trade in self.trades else "off-page"

    def share(self, found: Iterable[str]) -> float | None:
        """Share of the content words that the page has too, 0.0 to 1.0; None without content words or page."""
        if not self.topics:
            return None
        content = {piece for word in found for piece in content_of(word)}
        return len(content & self.topics) / len(content) if content else None

    def quotes(self, folded: str) -> tuple[list[tuple[int, int]], str]:
        """Where sentences of the page stand in a text, and how they stand there.

        `quoted` when one had a quotation mark or `>` in front, `copied` when none had, empty without any.
        """
        found = list(_TOKEN.finditer(folded)) if len(self.runs) else []
        copied = np.isin(runs_of(codes_of([match.group() for match in found]), _RUN), self.runs)
        if not copied.any():
            return [], ""
        covered = np.convolve(copied, np.ones(_RUN, dtype=int)) > 0
        edges = np.flatnonzero(np.diff(covered.astype(int), prepend=0, append=0)).tolist()
        spans, manner = [], ""
        for first, after in zip(edges[::2], edges[1::2], strict=True):
            if sum(map(_letters_in, found[first:after])) < _LEAST_QUOTED:
                continue
            begin = found[first].start()
            signs = _SIGNS.match(folded, found[after - 1].end())
            spans.append((begin, signs.end() if signs else found[after - 1].end()))
            marked = folded[max(0, begin - _BEFORE) : begin].rstrip()[-1:] in tuple(_QUOTE_MARKS)
            manner = "quoted" if marked or manner == "quoted" else "copied"
        return spans, manner


def _letters_in(token: re.Match[str]) -> int:
    return 3 if _IS_UNSPACED.match(token.group()) else len(token.group())


def content_of(word: str) -> list[str]:
    """The topics a folded word stands for.

    >>> content_of("kazachstan"), content_of("and"), content_of("哈萨克")
    (['kazachsta'], [], ['哈萨', '萨克'])
    """
    if not word.isascii() and _IS_UNSPACED.search(word):
        return [word[i : i + 2] for i in range(len(word) - 1)]
    # Nine letters: endings differ between the title and the comment in most languages.
    return (
        [word[:9] if len(word) > 9 else word[: max(_MIN_CONTENT, len(word) - 2)]] if len(word) >= _MIN_CONTENT else []
    )


def read_page(comment: Comment, lists: Lists) -> Page:
    """What the comment's page is about; remembered, since many comments stand under one page."""
    return _read(comment.page_title, comment.page_text[:MAX_PAGE_CHARS], comment.page_url, lists)


@lru_cache(maxsize=32)  # a page of 20,000 characters takes 0.4 MB
def _read(title: str, text: str, url: str, lists: Lists) -> Page:
    parsed = parse_url(url if "://" in url else "http://page.invalid/" + url) if url else None
    slug = fold(" ".join(re.split(r"[\W_]+", parsed.path))) if parsed else ""
    told = " ".join(fold(f"{title}\n{text}").split())
    topics = {piece for word in tokens(f"{told} {slug}") for piece in content_of(word)}
    trades = {hit.trade for hit in lists.trades.find(told)}
    has = np.zeros(NAMED.size >> _SHIFT, dtype=bool)
    has[kernels.grams(told, GRAM_SALT)[0] >> _SHIFT] = True
    runs = np.unique(runs_of(codes_of(_TOKEN.findall(told)), _RUN))
    return Page(bool(title or text), frozenset(topics), frozenset(trades), runs, has, int(has.sum()))


def emit(out: Emitter, page: Page, index: npt.NDArray[np.int64], number_of_words: int) -> None:
    """Add how much of the comment is spelled as on its page.

    Args:
        out: where it goes.
        page: the page.
        index: buckets of the n-grams of the comment's own words.
        number_of_words: how many words those are.
    """
    if not page.known or len(index) < 3:
        return
    share = int(np.count_nonzero(page.grams[index >> _SHIFT])) / len(index)
    length = step(number_of_words, (4, 12, 40, 120))
    size = step(page.size, (100, 400, 1500, 6000))
    unit = out.open("page.relevance", "text")
    for knot, part in between(share, _KNOTS):
        names = (f"page.share:{knot}", f"page.share:{knot}|{length}", f"page.share:{knot}|page{size}")
        out.add(unit, names, 0.3 * part)


def between(value: float, knots: tuple[float, ...]) -> list[tuple[int, float]]:
    """The two knots around a value and how near each is, so that no two values look alike.

    >>> between(0.03, (0.0, 0.06, 1.0)), between(0.0, (0.0, 1.0))
    ([(0, 0.5), (1, 0.5)], [(0, 1.0)])
    """
    high = max(1, min(len(knots) - 1, sum(value > knot for knot in knots)))
    near = (value - knots[high - 1]) / (knots[high] - knots[high - 1])
    return [(number, weight) for number, weight in ((high - 1, 1 - near), (high, near)) if weight > 0]
