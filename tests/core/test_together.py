"""Which of many comments belong together, all at once."""

import time

import numpy as np
import pytest

from app import lists
from app.core.campaign import Signature, kept, signature
from app.core.comment import Comment
from app.core.features import look
from app.core.together import LINKS, MAX_LEADERS, TEXTS, campaigns_of, link_rows, text_row
from tests.store.conftest import CLASSIFICATION

KNOWN = lists.load()
OFFER = "Earn {} dollars a week from home with our proven system, ask {} for details and start today"
NO_TEXTS, NO_LINKS = np.zeros(0, TEXTS), np.zeros(0, LINKS)


def signed(text):
    return signature(look(Comment(text=text), KNOWN), KNOWN)


def of(*texts, found=()):
    """The campaigns of comments; those whose numbers are in `found` leave keys behind."""
    rows, pushed = [NO_TEXTS], []
    for number, text in enumerate(texts):
        looked = look(Comment(text=text), KNOWN)
        known = signature(looked, KNOWN)
        row = text_row(number, known)
        rows += [] if row is None else [row]
        left = kept(known, looked, CLASSIFICATION, KNOWN) if number in found else Signature((), b"")
        pushed += link_rows(number, known, left)
    return campaigns_of(len(texts), np.concatenate(rows), np.array(pushed, LINKS)).tolist()


def test_near_duplicates_belong_together_and_nothing_else_does():
    honest = "The second photograph is not of the old mill but of the one in the next valley, which still stands."

    assert of(OFFER.format(500, "Ann"), honest, OFFER.format(900, "Bob"), "Thanks!", "Thanks!") == [0, 1, 0, 3, 4]


def test_no_comment_and_one_alone():
    assert campaigns_of(0, NO_TEXTS, NO_LINKS).tolist() == []
    assert campaigns_of(2, NO_TEXTS, NO_LINKS).tolist() == [0, 1]


def test_findings_that_push_the_same_address_belong_together():
    texts = ["See https://shop.example/a", "Look: http://www.shop.example/a?utm_source=x", "https://other.example/a"]

    assert of(*texts, found=(0, 1, 2)) == [0, 0, 2]


def test_what_was_let_through_joins_by_a_link_but_draws_nothing_together():
    texts = ["Mine https://ann.example/blog", "Again https://ann.example/blog", "And https://ann.example/blog"]

    assert of(*texts) == [0, 1, 2]
    assert of(*texts, found=(1,)) == [1, 1, 1]


def test_a_comment_that_was_let_through_does_not_make_one_of_two_campaigns():
    texts = ["https://one.example/a", "https://two.example/b", "https://one.example/a https://two.example/b"]

    first = of(*texts, found=(0, 1))
    assert first[0] != first[1]
    assert first[2] in first[:2]


def test_a_chain_of_copies_is_one_campaign():
    words = "river market bread photograph lantern winter ticket chapter guitar neighbour bicycle fountain".split()
    texts = [" ".join(words[begin:] + words[:begin]) for begin in range(0, 12, 3)]

    assert len(set(of(*texts))) == 1


@pytest.mark.parametrize("others", [2_000, 4_000])
def test_comments_that_share_a_key_but_no_text_are_not_compared_each_with_each(others):
    rng = np.random.default_rng(1)
    texts = np.zeros(others, TEXTS)
    texts["number"] = np.arange(others)
    texts["keys"] = 1
    texts["sketch"] = rng.integers(0, 256, (others, 64))

    began = time.process_time()
    assert len(set(campaigns_of(others, texts, NO_LINKS).tolist())) == others
    assert time.process_time() - began < 0.05 * MAX_LEADERS + others / 10_000


def test_a_hundred_thousand_copies_take_a_moment():
    texts = np.zeros(100_000, TEXTS)
    texts["number"] = np.arange(100_000)
    texts["keys"] = np.arange(5)
    texts["sketch"] = 7

    began = time.process_time()
    assert set(campaigns_of(100_000, texts, NO_LINKS).tolist()) == {0}
    assert time.process_time() - began < 5
