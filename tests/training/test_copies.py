"""Copies that train beside the examples: where their words come from, and how many there are."""

from dataclasses import replace

import numpy as np

from app.core.comment import Comment
from app.core.kernels import name_buckets
from app.training.copies import LEAST_WORDS, PADDED_WEIGHT, only_text, padded
from app.training.dataset import assemble
from app.training.examples import Example


def example(name: str, is_spam: bool, text: str) -> Example:
    return Example(name, Comment(text=text, author="Ann"), is_spam, "blog", "", "")


def long_text(word: str, words: int = 40) -> str:
    return " ".join(f"{word}{number}" for number in range(words))


SPAM = [example(f"s{number}", True, f"buy pills {number} http://pills.example/{number}") for number in range(20)]
HAM = [example(f"h{number}", False, long_text("left" if number % 2 else "right")) for number in range(20)]
ROWS = [*SPAM, *HAM]
FOLDS = np.array([row % 2 for row in range(len(ROWS))])


def test_a_copy_with_only_its_text_has_no_other_field():
    assert only_text(Comment(text="a", author="b", page_title="c")) == Comment(text="a")


def test_as_many_honest_comments_as_spam_are_padded_and_keep_their_own_words():
    owners, copies = padded(ROWS, FOLDS)
    spam = [row for row in owners if ROWS[row].is_spam]
    assert 0 < len(spam) < len(SPAM)
    assert len(owners) == len(copies) == 2 * len(spam)
    for row, copy in zip(owners, copies, strict=True):
        assert ROWS[row].comment.text in copy.text
        assert len(copy.text.split()) >= len(ROWS[row].comment.text.split()) + LEAST_WORDS
        assert copy.author == "Ann"


def test_the_words_come_from_an_honest_comment_of_the_same_fold():
    owners, copies = padded(ROWS, FOLDS)
    for row, copy in zip(owners, copies, strict=True):
        if ROWS[row].is_spam:
            added = copy.text.replace(ROWS[row].comment.text, "")
            assert added.strip().startswith("left" if FOLDS[row] else "right")


def test_the_same_examples_give_the_same_copies():
    assert padded(ROWS, FOLDS) == padded(list(ROWS), FOLDS.copy())


def test_words_with_a_link_or_too_few_of_them_are_nobodys_padding():
    short, linked = example("h", False, "thanks"), example("l", False, long_text("see") + " http://x.example")
    assert padded([*SPAM, short, linked], np.ones(len(SPAM) + 2, dtype=np.int64)) == ([], [])


def test_nothing_of_a_fold_that_is_left_out_trains_not_even_in_a_copy():
    spam = [example(f"s{number}", True, f"{'alpha' if number % 2 else 'beta'} pills") for number in range(20)]
    data = assemble([*spam, *HAM], {}, folds=FOLDS)
    assert len(data.copied) > len(ROWS)
    assert set(data.copy_weight.tolist()) == {1.0, PADDED_WEIGHT}
    weights = data.fitted_on(np.flatnonzero(FOLDS == 1)).weights
    left_out, learned, padding = weights[name_buckets(["w:beta", "w:alpha", "w:right0"])]
    assert left_out == padding == 0.0
    assert learned > 0


def test_a_padded_copy_counts_less_than_the_comment():
    data = assemble(ROWS, {}, folds=FOLDS)
    louder = replace(data, copy_weight=np.where(data.copy_weight == 1, 1.0, 5.0))
    rows = np.arange(len(ROWS))
    assert not np.allclose(data.fitted_on(rows).weights, louder.fitted_on(rows).weights)
