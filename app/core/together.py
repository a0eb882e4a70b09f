"""Which of many comments belong together, all of them looked at at once. Values only.

The same keys and sketches as in core.campaign, which finds the campaign of one arrival. Here millions stand side by
side, so everything is an array, and each key is looked at once: time grows with the number of comments, memory is
some 40 bytes for each.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from app.core.campaign import ALIKE, BANDS, HASHES, Signature, kind_of

TEXTS = np.dtype([("number", "<u4"), ("keys", "<u8", (BANDS,)), ("sketch", "u1", (HASHES,))])
"""The text of a comment that is long enough to be compared."""
LINKS = np.dtype([("number", "<u4"), ("key", "<u8"), ("leaves", "?")])
"""A key of a pushed link; `leaves`: others that have it belong to this comment's campaign."""

MAX_LEADERS = 8
"""Of the comments with one key of the text, so many are compared with all others: time stays linear."""
_SAME = ALIKE * (1 - 1 / 256) + 1 / 256
"""As campaign.similarity has it: of hashes that differ, one in 256 has the same last byte."""

Numbers = npt.NDArray[np.uint32]
Rows = npt.NDArray[np.void]


def text_row(number: int, signed: Signature) -> Rows | None:
    """The row of a comment's text; None when it is too short to be compared."""
    if not signed.sketch:
        return None
    row = np.zeros(1, TEXTS)
    row["number"] = number
    row["keys"] = [key for key in signed.keys if kind_of(key) == "text"]
    row["sketch"] = np.frombuffer(signed.sketch, np.uint8)
    return row


def link_rows(number: int, signed: Signature, left: Signature) -> list[tuple[int, int, bool]]:
    """The rows of a comment's pushed links.

    Args:
        number: the comment's.
        signed: its `campaign.signature`.
        left: its `campaign.kept`.
    """
    leaves = set(left.keys)
    return [(number, key, key in leaves) for key in signed.keys if kind_of(key) != "text"]


def campaigns_of(total: int, texts: Rows, links: Rows) -> Numbers:
    """For each of `total` comments a number that those of its campaign share; its own when it stands alone.

    Args:
        total: comments are numbered from 0.
        texts: rows of TEXTS, by number.
        links: rows of LINKS, by number.

    >>> campaigns_of(3, np.zeros(0, TEXTS), np.array([(0, 5, True), (2, 5, True)], LINKS))
    array([0, 1, 0], dtype=uint32)
    """
    first = np.arange(total, dtype=np.uint32)
    rows = np.full(total, -1, dtype=np.int64)
    rows[texts["number"]] = np.arange(len(texts))
    for band in range(BANDS):
        for found in _alike(texts["keys"][:, band]):
            _join_texts(first, rows, texts, found)
    leaves = links["leaves"]
    keys, numbers = links["key"][leaves], links["number"][leaves]
    for found in _alike(keys):
        _join(first, _first_of(first, int(numbers[found[0]])), numbers[found[1:]])
    first = _followed(first)
    _add_linked(first, keys, numbers, links[~leaves])
    return first


def _alike(keys: npt.NDArray[np.uint64]) -> Iterator[npt.NDArray[np.int64]]:
    """The places of every key that stands there more than once, each time in order."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    begins = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))) if len(keys) else np.zeros(0, int)
    ends = np.append(begins[1:], len(keys))
    many = np.flatnonzero(ends - begins > 1)
    for each in many.tolist():
        yield order[begins[each] : ends[each]]


def _join_texts(first: Numbers, rows: npt.NDArray[np.int64], texts: Rows, found: npt.NDArray[np.int64]) -> None:
    """Of comments that share a key, those whose texts are near enough to the campaign's first one."""
    for _ in range(MAX_LEADERS):
        if len(found) < 2:
            return
        leader = _first_of(first, int(texts["number"][found[0]]))
        found = found[1:]
        sketch = texts["sketch"][rows[leader]]
        same = (texts["sketch"][found] == sketch).mean(axis=1) >= _SAME
        _join(first, leader, texts["number"][found[same]])
        found = found[~same]


def _add_linked(first: Numbers, keys: npt.NDArray[np.uint64], numbers: Numbers, others: Rows) -> None:
    """Comments that stand alone and have a key that others left behind; they draw nothing together themselves.

    Args:
        first: as far as it is known.
        keys: that were left behind, by `numbers`.
        numbers: of those that left them.
        others: rows of LINKS that leave nothing behind.
    """
    if not len(keys):
        return
    known, at = np.unique(keys, return_index=True)
    place = np.minimum(np.searchsorted(known, others["key"]), len(known) - 1)
    alone = np.bincount(first, minlength=len(first))[first] == 1
    joins = (known[place] == others["key"]) & alone[others["number"]]
    # Backwards, so that of several the first one stands.
    first[others["number"][joins][::-1]] = first[numbers[at[place[joins]]]][::-1]


def _join(first: Numbers, leader: int, numbers: Numbers) -> None:
    for number in numbers[first[numbers] != leader].tolist():
        one, other = sorted((_first_of(first, number), _first_of(first, leader)))
        first[other] = one  # the older one takes the other in


def _first_of(first: Numbers, number: int) -> int:
    while first[number] != number:
        first[number] = first[first[number]]
        number = int(first[number])
    return number


def _followed(first: Numbers) -> Numbers:
    while True:
        further = first[first]
        if np.array_equal(further, first):
            return first
        first = further
