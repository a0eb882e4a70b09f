"""Single sources in five folds: a campaign on one side only, and figures that can be counted by hand."""

import numpy as np
import pytest

from app.core.comment import Comment
from app.errors import ExamplesUnusable
from app.training.examples import Example
from app.training.source_folds import PARTS, SourceF1, _f1, _part, source_f1s


def example(name: str, is_spam: bool, source: str, campaign: str = "") -> Example:
    text = f"win at casino slots {name} now" if is_spam else f"I liked the second verse of song {name}"
    return Example(name, Comment(text=text), is_spam, source, campaign, "")


ROWS = [example(f"{source}{number}", number % 2 == 0, source) for source in ("chat", "blog") for number in range(60)]


def test_what_is_plain_is_told_apart_by_models_that_have_not_seen_it():
    (row,) = source_f1s(ROWS, ["chat"], {})
    assert (row.source, row.spam, row.ham) == ("chat", 30, 30)
    assert row.f1 == 1.0


def test_a_campaign_is_in_one_part():
    rows = [example(f"s{number}", True, "chat", "casino-1") for number in range(9)]
    assert len({_part(row) for row in rows}) == 1
    assert {_part(row) for row in ROWS} == set(range(1, PARTS + 1))


def test_a_source_without_ham_is_a_sentence():
    with pytest.raises(ExamplesUnusable, match="no ham"):
        source_f1s([row for row in ROWS if row.is_spam], ["chat"], {})


def test_the_figures_are_those_of_the_counts():
    is_spam, taken = np.array([True, True, True, False, False]), np.array([True, True, False, True, False])
    assert _f1("chat", is_spam, taken) == SourceF1("chat", 3, 2, precision=2 / 3, recall=2 / 3)
    assert _f1("chat", is_spam, taken).f1 == pytest.approx(2 / 3)
    assert np.isnan(_f1("chat", is_spam, np.zeros(5, dtype=bool)).f1)
