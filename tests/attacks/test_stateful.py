"""Decisions in any order; see stateful."""

from tests.attacks import stateful


def test_decisions_stand_as_a_model_says_whatever_the_order():
    assert stateful.run(long=False).is_met
