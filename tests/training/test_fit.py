"""What the fit makes of rows: two parts, learnt apart and added."""

import numpy as np
import pytest
from scipy import sparse

from app.core.blocks import BLOCKS, SPELLING, WEIGHTS, Block
from app.training.fit import fit

SPAM = np.array([True] * 6 + [False] * 6)
EVEN = np.ones(12)


ENGLISH = sparse.csr_matrix((12, 0), dtype=np.float32)


def rows(columns: dict[int, list[float]]) -> sparse.csr_matrix:
    """(12, WEIGHTS): each column's values down the rows."""
    matrix = sparse.lil_matrix((12, WEIGHTS), dtype=np.float32)
    for column, values in columns.items():
        matrix[:, column] = np.array(values, dtype=np.float32)[:, np.newaxis]
    return matrix.tocsr()


BAD, GOOD = [1.0] * 5 + [0.0] * 6 + [1.0], [0.0] * 5 + [1.0] * 7


def signs_of(block: Block) -> dict[int, list[float]]:
    """A column that spam has and one that ham has, in a block."""
    return {block.first + 7: BAD, block.first + 9: GOOD}


EVERY = {column: values for block in BLOCKS for column, values in signs_of(block).items()}


def test_what_spam_has_weighs_above_zero_and_what_ham_has_below():
    fitted = fit(rows(EVERY), SPAM, EVEN, ENGLISH)
    assert fitted.weights.shape == (WEIGHTS,)
    assert [np.sign(fitted.weights[column]) for column in EVERY] == [1, -1] * len(BLOCKS)
    assert np.flatnonzero(fitted.weights).tolist() == list(EVERY)


def test_each_block_is_learnt_as_if_the_others_were_not_there_and_all_are_added():
    every = fit(rows(EVERY), SPAM, EVEN, ENGLISH)
    apart = [fit(rows(signs_of(block)), SPAM, EVEN, ENGLISH) for block in BLOCKS]
    assert every.weights == pytest.approx(np.sum([each.weights for each in apart], axis=0))
    assert every.bias == pytest.approx(sum(each.bias for each in apart))


def test_what_fewer_than_three_rows_have_gets_no_weight():
    rare = {block.first + 11: [1.0, 1.0] + [0.0] * 10 for block in BLOCKS}
    fitted = fit(rows(EVERY | rare), SPAM, EVEN, ENGLISH)
    assert fitted.weights[list(rare)].tolist() == [0.0] * len(BLOCKS)


def test_a_language_that_only_spam_is_in_is_not_what_is_learnt():
    foreign = [0.2] * 6 + [0.0] * 6  # an n-gram of a language that all of the spam is in and none of the ham
    column = sparse.csr_matrix(np.array(foreign, dtype=np.float32)[:, np.newaxis] > 0)
    naive, told = (fit(rows({SPELLING.first + 7: foreign}), SPAM, EVEN, each) for each in (ENGLISH, column))
    assert naive.weights[SPELLING.first + 7] > 0.05
    assert abs(told.weights[SPELLING.first + 7]) < naive.weights[SPELLING.first + 7] / 2
