"""Features of the whole comment as one running text: n-grams that keep signs and tags, over all its fields together.

The other features weigh each part by itself. Here name, address and text share one norm, so that in a short comment the
address says most and in a long one the words; and signs count as letters. The model learns these n-grams' weights apart
from all others and adds both, which catches more than either or than both learned together (docs/models.md).
"""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

import numpy as np
import numpy.typing as npt

from app.core.comment import Comment
from app.core.emit import Emitter, Grams
from app.core.links import MAX_LINKS, Link
from app.core.text import Seen, plain_address

_MAX_ADDRESS_CHARS = 2000


def emit(out: Emitter, comment: Comment, name: str, seen: Seen, links: tuple[Link, ...]) -> None:
    """Add the n-grams of the running text, each to the evidence its middle character stands for.

    Args:
        out: holds the evidence of words and author already.
        comment: as sent.
        name: the author's name, folded.
        seen: the text as a reader sees it.
        links: all links.
    """
    pieces: list[str] = []
    owners: list[npt.NDArray[np.int64]] = []

    def add(piece: str, owner: npt.NDArray[np.int64] | int) -> None:
        pieces.append(piece)
        owners.append(np.full(len(piece), owner) if isinstance(owner, int) else owner)

    signer = next((number for number, unit in enumerate(out.units) if unit.field == "author" and unit.link < 0), -1)
    if name and signer >= 0:
        add(name + " ", signer)
    address = plain_address(comment.author_url.strip()[:_MAX_ADDRESS_CHARS]).lower()
    if address:
        add(address + " ", out.open("author_url.spelling", "author_url", (0, len(comment.author_url))))
    spelt = {
        link.begin: out.open("link.spelling", "text", (link.begin, link.end))
        for link in links
        if link.field == "text" and link.markup != "redirect"
    }
    text, owner = seen.folded.text, _owners(out, seen, links, spelt)
    at = 0
    for place, tag, unit in _tags(seen, spelt):
        add(text[at:place], owner[at:place])
        add(tag, unit)
        at = place
    add(text[at:], owner[at:])
    out.add_spelling(Grams("".join(pieces), signs=True), np.concatenate(owners))


def _owners(out: Emitter, seen: Seen, links: tuple[Link, ...], spelt: dict[int, int]) -> npt.NDArray[np.int64]:
    """(characters,) the evidence each character of the folded text belongs to; a gap belongs to the word before it.

    Args:
        out: holds the evidence of words already.
        seen: the text.
        links: all links.
        spelt: where a link begins -> the evidence of how it is written.
    """
    begins = np.asarray(seen.folded.begins, dtype=np.int64)
    words = [
        (unit.begin, number) for number, unit in enumerate(out.units) if unit.code.startswith("text.") and unit.end
    ]
    if words:
        starts = np.array([begin for begin, _ in words])
        numbers = np.array([number for _, number in words])
        owner = numbers[np.maximum(np.searchsorted(starts, begins, side="right") - 1, 0)]
    else:
        owner = np.full(len(begins), out.open("text.spelling", "text"))
    for link in links:
        if link.field == "text" and link.markup != "redirect":
            here = slice(bisect_left(seen.folded.begins, link.begin), bisect_left(seen.folded.begins, link.end))
            if here.start < here.stop:
                owner[here] = spelt[link.begin]
    return owner


def _tags(seen: Seen, spelt: dict[int, int]) -> Iterator[tuple[int, str, int]]:
    """Links that markup makes, all notations alike: where a tag goes in the folded text, the tag, its evidence.

    Without those that are no evidence: the same address again, what leads nowhere, and what the platform made of an
    address, which begins where its words do.
    """
    tags: list[tuple[int, int, str, int]] = []
    for link in islice(seen.links, MAX_LINKS):
        if link.begin not in spelt:
            continue
        address = plain_address(link.url[:_MAX_ADDRESS_CHARS]).lower()
        before = bisect_left(seen.folded.begins, link.anchor_begin)
        if link.markup == "image":
            tags.append((before, 1, f' <img src="{address}"> ', link.begin))
        else:
            after = bisect_left(seen.folded.begins, link.anchor_end)
            tags += [(before, 1, f' <a href="{address}">', link.begin), (after, 0, "</a> ", link.begin)]
    for place, _, tag, begin in sorted(tags):
        yield place, tag, spelt[begin]
