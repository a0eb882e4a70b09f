"""Words that are spelt so that a filter does not find them: spaced out, broken over lines, digits for letters."""

import re
from itertools import pairwise

from app.core.folding import fold
from app.core.lists import Trades
from app.core.traced import Edit, Traced

# Four or more single letters with the same separator between them: `c a s i n o`, `v.i.a.g.r.a`.
_SPACED = tuple(re.compile(rf"(?<![^\W_])(?:[^\W\d_]{re.escape(gap)}){{3,}}[^\W\d_](?![^\W_])") for gap in " .-_*")
_MAY_BE_SPACED = re.compile(r"([ .\-_*])[^\W\d_]\1[^\W\d_]\1")
# A sign for a letter with a letter or another sign on both sides; not in addresses, names of users or code.
_LEET = re.compile(r"(?<![\w./:@#=&?%$-])[A-Za-z0-9@$]{5,20}(?![\w@/:=&$]|[.-]\w)")
_MAY_BE_LEET = re.compile(r"[0134578@$][A-Za-z]")
_INSIDE = re.compile(r"[A-Za-z][0134578@$]+[A-Za-z]")
_SIGNS = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s"}
_ONE = ("i", "l")
_HEAD = re.compile(r"([^\W\d_]{1,14})-?\r?\Z")
_TAIL = re.compile(r"[^\W\d_]{1,14}")


def closed_up(traced: Traced, found: set[str]) -> Traced:
    """The text with spaced-out words put together; adds `spacing` to `found` when there were any."""
    if not _MAY_BE_SPACED.search(traced.text):
        return traced
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


def respelt(traced: Traced, trades: Trades, found: set[str]) -> Traced:
    """The text with digits for letters and words broken over lines undone, but only where a trade word comes out.

    Anything else would change what honest people write: `h264`, `b2b`, the last word of a line.
    """
    if "\n" in traced.text:
        traced = _mended(traced, trades, found)
    if _MAY_BE_LEET.search(traced.text):
        traced = _in_letters(traced, trades, found)
    return traced


def _in_letters(traced: Traced, trades: Trades, found: set[str]) -> Traced:
    edits: list[Edit] = []
    for match in _LEET.finditer(traced.text):
        word = match.group()
        if not _INSIDE.search(word) or sum(c.isalpha() for c in word) < len(word) / 3:
            continue
        letters = _selling(word, trades)
        if letters:
            found.add("lookalikes")
            edits.extend((match.start() + i, match.start() + i + 1, c) for i, c in enumerate(letters) if c != word[i])
    return traced.edited(edits)


def _selling(word: str, trades: Trades) -> str:
    """The word with letters for its signs when it then, and only then, names a trade; else empty."""
    if trades.find(fold(word)):
        return ""
    for one in _ONE if "1" in word else ("",):
        letters = "".join(_SIGNS.get(c, one if c == "1" else c) for c in word)
        if any(letters[i] != word[i] for hit in trades.find(fold(letters)) for i in range(hit.begin, hit.end)):
            return letters
    return ""


def _mended(traced: Traced, trades: Trades, found: set[str]) -> Traced:
    edits: list[Edit] = []
    text = traced.text
    at = text.find("\n")
    while at >= 0:
        after = _TAIL.match(text, at + 1)
        before = _HEAD.search(text[max(0, at - 16) : at]) if after else None
        if before and after and _is_one_word(before.group(1), after.group(), trades):
            found.add("spacing")
            edits.append((max(0, at - 16) + before.end(1), at + 1, ""))
        at = text.find("\n", at + 1)
    return traced.edited(edits)


def _is_one_word(head: str, tail: str, trades: Trades) -> bool:
    """Whether a trade word begins in the one and ends in the other, and is not there when they stand apart."""
    if not (tail[0].islower() or (head.isupper() and tail.isupper())):
        return False
    first = fold(head)
    if not any(hit.begin < len(first) < hit.end for hit in trades.find(first + fold(tail))):
        return False
    return not trades.find(fold(f"{head} {tail}"))
