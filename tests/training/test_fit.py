"""What the fit makes of rows: two parts, learnt apart and added."""

import numpy as np
import pytest
from scipy import sparse

from app.core.emit import BUCKETS, WEIGHTS
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
NAMED, SPELT = {7: BAD, 9: GOOD}, {BUCKETS + 7: BAD, BUCKETS + 9: GOOD}


def test_what_spam_has_weighs_above_zero_and_what_ham_has_below():
    fitted = fit(rows(NAMED | SPELT), SPAM, EVEN, ENGLISH)
    assert fitted.weights.shape == (WEIGHTS,)
    assert [np.sign(fitted.weights[column]) for column in (7, 9, BUCKETS + 7, BUCKETS + 9)] == [1, -1, 1, -1]
    assert np.flatnonzero(fitted.weights).tolist() == [7, 9, BUCKETS + 7, BUCKETS + 9]


def test_each_part_is_learnt_as_if_the_other_were_not_there_and_both_are_added():
    both, named, spelt = (fit(rows(columns), SPAM, EVEN, ENGLISH) for columns in (NAMED | SPELT, NAMED, SPELT))
    assert both.weights == pytest.approx(named.weights + spelt.weights)
    assert both.bias == pytest.approx(named.bias + spelt.bias)


def test_what_fewer_than_three_rows_have_gets_no_weight():
    rare = [1.0, 1.0] + [0.0] * 10
    fitted = fit(rows(NAMED | {11: rare, BUCKETS + 11: rare}), SPAM, EVEN, ENGLISH)
    assert fitted.weights[[11, BUCKETS + 11]].tolist() == [0.0, 0.0]


def test_a_language_that_only_spam_is_in_is_not_what_is_learnt():
    foreign = [0.2] * 6 + [0.0] * 6  # an n-gram of a language that all of the spam is in and none of the ham
    column = sparse.csr_matrix(np.array(foreign, dtype=np.float32)[:, np.newaxis] > 0)
    naive, told = (fit(rows(NAMED | {BUCKETS + 7: foreign}), SPAM, EVEN, each) for each in (ENGLISH, column))
    assert naive.weights[BUCKETS + 7] > 0.05
    assert abs(told.weights[BUCKETS + 7]) < naive.weights[BUCKETS + 7] / 2
