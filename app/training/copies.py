"""Copies of examples that train beside them: with nothing but their text, and padded with somebody else's words.

Without the first a model leans on the fields that one platform fills in and another does not. Without the second it
learns that kind words make up for a bad link: whoever pads spam with an honest comment would be let through.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from zlib import crc32

import numpy as np
import numpy.typing as npt

from app.core.comment import Comment
from app.training.examples import Example

LEAST_WORDS, MOST_WORDS = 15, 150
"""How many words of another comment a padded copy has."""
PADDED_WEIGHT = 0.3
"""How much a padded copy counts. With 1, words of an honest comment cost 8 points of recall instead of 22 where 30 are
added, but recall without them falls by a point and more; with 0.3 they cost 18, and recall is as without copies."""
_LINK = re.compile(r"(?i)https?:|www\.|[<\[]")
_ONE_IN = 2
"""Of the spam, how much is padded; and of ham as many, so that a change of subject is no sign of spam by itself."""


def only_text(comment: Comment) -> Comment:
    """The comment as a CMS that sends nothing else would send it."""
    return Comment(text=comment.text)


def padded(examples: Sequence[Example], fold: npt.NDArray[np.int64]) -> tuple[list[int], list[Comment]]:
    """Every second spam and as many ham comments, each with words of an honest comment before or after its own.

    The words come from a comment of the same fold, so that nothing of a fold that is left out trains. Always the same
    ones for the same examples.

    Args:
        examples: spam and ham.
        fold: (examples,) which fold leaves each out.

    Returns:
        Which examples they are copies of, and the copies. None where a fold has no honest comment without a link that
        is long enough.
    """
    donors: dict[int, list[int]] = {}
    for row, (example, number) in enumerate(zip(examples, fold.tolist(), strict=True)):
        text = example.comment.text
        if not example.is_spam and len(text.split()) >= LEAST_WORDS and not _LINK.search(text):
            donors.setdefault(number, []).append(row)
    owners: list[int] = []
    comments: list[Comment] = []
    for row in _chosen(examples):
        random = Random(examples[row].id.encode("utf-8", "replace"))  # noqa: S311 not for secrets
        good = random.choice(donors.get(int(fold[row]), [row]))
        if good != row:
            owners.append(row)
            comments.append(_with_words(examples[row].comment, examples[good].comment.text, random))
    return owners, comments


def _chosen(examples: Sequence[Example]) -> list[int]:
    """Rows to pad: a share of the spam, by its ids, and the same number of ham comments."""

    def rank(row: int) -> int:
        return crc32(examples[row].id.encode("utf-8", "replace"))

    spam = [row for row, example in enumerate(examples) if example.is_spam and rank(row) % _ONE_IN == 0]
    ham = sorted((row for row, example in enumerate(examples) if not example.is_spam), key=rank)
    return sorted(spam + ham[: len(spam)])


def _with_words(comment: Comment, good: str, random: Random) -> Comment:
    words = good.split()
    many = random.randint(LEAST_WORDS, MOST_WORDS)
    begin = random.randrange(max(1, len(words) - many + 1))
    other = " ".join(words[begin : begin + many])
    texts = (other, comment.text) if random.random() < 0.5 else (comment.text, other)
    return replace(comment, text="\n\n".join(texts))
