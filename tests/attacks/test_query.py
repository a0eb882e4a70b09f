"""Asking again and again; see query. What is asserted is what the long form measured, with room for twelve comments."""

from random import Random

from app.core.comment import Comment
from tests.attacks import query

SPAM = Comment(text="Best online casino bonus https://royal-jackpot-casino.example/slots", author="Casino Bonus")


def test_spam_that_is_plain_is_not_published_after_some_mixtures():
    _, ham = query.examples()

    assert query.is_held(query.score(SPAM))
    assert query.by_verdict(SPAM, ham, Random(1), 15) == 0


def test_a_move_changes_the_comment_and_stays_within_what_is_read():
    _, ham = query.examples()
    dice = Random(1)
    made = [query._moved(SPAM, move, ham, dice) for move in query.moves(ham, dice, 30)]

    assert len({each.text for each in made}) > 10
    assert max(len(each.text) for each in made) <= query.MAX_CHARACTERS
