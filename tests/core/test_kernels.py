"""The compiled inner loops and those in numpy: the same bits from both, whatever they are given."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.core import kernels_plain as plain
from app.core.blocks import NAMED, SPELLING, WEIGHTS
from app.core.kernels import IS_COMPILED

if not IS_COMPILED:
    pytest.skip("the inner loops are not compiled here: no C compiler when it was installed", allow_module_level=True)

from app.core import kernels_compiled as compiled

# Beside any character at all, those that the loops tell apart: scripts, marks, signs, blanks, half surrogates.
ODD = "aZ09_ \n\t\r.,;:!?)(\"<>/\\@#-'\x01\x02\x1c\x85\xa0\u2028\u3000ſKİǅßéČ²½٣०\u0301\u05be\u0964\u0939ก\u0e4f看読글😀\ud800\udfff\U0001d400"
TEXTS = st.text(st.one_of(st.sampled_from(ODD), st.characters(exclude_categories=())), max_size=80)
PIECES = st.lists(
    st.one_of(TEXTS, st.sampled_from(["http://", "httpſ://", "HTTPS://x.", "https://..", "Great", "WIN"]))
)
RUNNING = PIECES.map("".join)


def same(one, other):
    assert [(array.dtype, array.tobytes()) for array in one] == [(array.dtype, array.tobytes()) for array in other]


@given(st.lists(TEXTS, max_size=20))
def test_buckets_of_names(names):
    same([plain.name_buckets(names)], [compiled.name_buckets(names)])


@settings(max_examples=300)
@given(TEXTS, st.booleans(), st.sampled_from([NAMED, SPELLING]))
@example("", False, NAMED)
@example("", True, NAMED)
def test_n_grams(folded, signs, block):
    same(plain.grams(folded, "salt", block, signs), compiled.grams(folded, "salt", block, signs))


@settings(max_examples=300)
@given(RUNNING)
@example("http://...")
@example("httpſ://a.b).")
@example("\u05be \u0964 \u0301 ²  ǅa İ")
def test_runs_of_words_and_of_shapes(running):
    same(plain.wording(running), compiled.wording(running))
    same([plain.rhythm(running)], [compiled.rhythm(running)])


def test_of_a_long_text_the_beginning_and_the_end_are_read():
    running = " ".join(f"word{number}" for number in range(5_000))
    same(plain.wording(running), compiled.wording(running))
    same([plain.rhythm(running)], [compiled.rhythm(running)])


@given(st.lists(st.integers(0, 40), max_size=60))
def test_values_of_what_comes_more_than_once(index):
    entries = np.array(index, dtype=np.int64)
    same([plain.damped(entries)], [compiled.damped(entries)])


@given(st.lists(st.tuples(st.integers(0, 63), st.floats(-4, 4), st.integers(0, 9)), max_size=60))
def test_sums_by_unit(entries):
    weights = np.random.default_rng(1).normal(0, 1, 64).astype(np.float16)
    weights[:4] = 0.0, -0.0, 6e-8, -65504
    index, value, unit = (
        np.array([entry[column] for entry in entries], dtype) for column, dtype in enumerate(("i8", "f8", "i8"))
    )
    same([plain.by_unit(weights, index, value, unit, 10)], [compiled.by_unit(weights, index, value, unit, 10)])


def test_every_half_is_the_double_that_it_is():
    weights = np.arange(0x7C00, dtype=np.uint16).view(np.float16)
    every = np.concatenate([weights, -weights])
    numbers = np.arange(len(every))
    sums = compiled.by_unit(every, numbers, np.ones(len(every)), numbers, len(every))
    assert (sums == every.astype(np.float64)).all()


@pytest.mark.parametrize(("index", "unit"), [(-1, 0), (WEIGHTS, 0), (0, -1), (0, 1)])
def test_nothing_is_read_past_the_weights(index, unit):
    entry = np.array([index]), np.array([1.0]), np.array([unit])
    with pytest.raises(IndexError):
        compiled.by_unit(np.zeros(WEIGHTS, np.float16), *entry, 1)


def test_what_does_not_belong_together_is_refused():
    with pytest.raises(ValueError, match="differ in length"):
        compiled.by_unit(np.zeros(4, np.float16), np.array([0, 1]), np.array([1.0]), np.array([0]), 1)
    with pytest.raises(TypeError):
        compiled.grams(b"bytes", "salt")


@given(TEXTS)
def test_least_hashes(letters):
    multipliers = np.array([1, 3, 0x9E3779B1], dtype=np.uint32)
    assert plain.least_hashes(letters, multipliers) == compiled.least_hashes(letters, multipliers)
