"""Whether a comment has more in common with its own page than with other pages of its site."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from zlib import crc32

import numpy as np

from app.core import links, text
from app.core.comment import Comment
from app.core.emit import tokens
from app.core.features_page import Page, read_page
from app.core.features_text import prose_of, without_quotes
from app.core.lists import Lists
from app.training.examples import Example

OTHERS = 20
"""Random pages of the same site that the own page is compared with."""
FEWEST = 5
"""A site with fewer other pages says nothing."""
MOST = 200
"""Comments of one kind looked at in one source."""


@dataclass(frozen=True, slots=True)
class PageRank:
    """One source of comments, spam or ham."""

    source: str
    is_spam: bool
    comments: int
    rank: float
    """Mean share of the other pages that have less in common with the comment; 0.5 is chance."""
    silent: float
    """Share of the comments that have no word in common with any page, own or other."""


def page_ranks(
    examples: Sequence[Example], lists: Lists, progress: Callable[[int], None] = lambda _: None
) -> list[PageRank]:
    """The rank of the own page, source by source, ham first; sources whose sites have too few pages are left out.

    Args:
        examples: comments; those without a page's text are passed over.
        lists: for the words of links, which are not counted.
        progress: called with the number of comments done since the last call.
    """
    sites: dict[tuple[str, str], dict[str, Comment]] = {}
    for example in examples:
        if example.comment.page_text:
            pages = sites.setdefault((example.source, example.site), {})
            pages.setdefault(example.comment.page_url, example.comment)
    kinds: dict[tuple[str, bool], list[Example]] = {}
    for example in sorted(examples, key=_drawn):
        if example.comment.page_text and len(sites[example.source, example.site]) > FEWEST:
            kinds.setdefault((example.source, example.is_spam), []).append(example)
    found = []
    for (source, is_spam), some in sorted(kinds.items()):
        read: dict[str, Page] = {}
        ranks = []
        for example in some[:MOST]:
            ranks.append(_rank(example, sites[source, example.site], read, lists))
            progress(1)
        heard = [rank for rank in ranks if rank is not None]
        mean = float(np.mean([0.5 if rank is None else rank for rank in ranks]))
        found.append(PageRank(source, is_spam, len(ranks), mean, 1 - len(heard) / len(ranks)))
    return found


def _drawn(example: Example) -> int:
    """A fixed place in a random order."""
    return crc32(example.id.encode("utf-8", "replace"))


def _rank(example: Example, pages: dict[str, Comment], read: dict[str, Page], lists: Lists) -> float | None:
    """Share of up to OTHERS other pages with less in common, ties half; None when no page has anything."""
    own = example.comment.page_url
    others = Random(_drawn(example)).sample(sorted(set(pages) - {own}), min(OTHERS, len(pages) - 1))  # noqa: S311
    for url in [own, *others]:
        if url not in read:
            read[url] = read_page(pages[url], lists)
    seen = text.read(example.comment.text, example.comment.text_format, lists.lookalikes)
    found_links = links.find(example.comment, seen, lists)
    seen, _ = without_quotes(seen, found_links, read[own])
    found = tokens(prose_of(seen, found_links))
    mine, *theirs = (read[url].share(found) or 0.0 for url in [own, *others])
    if not any([mine, *theirs]):
        return None
    return float(np.mean([(share < mine) + (share == mine) / 2 for share in theirs]))
