"""No pattern takes more than linear time, but for those that see little; see regexes."""

import re

from tests.attacks import regexes


def test_every_pattern_is_linear_or_bounded():
    outcome = regexes.run(long=False)

    assert outcome.is_met, outcome.measured


def test_what_is_said_to_be_bounded_is_there():
    assert set(regexes.BOUNDED) <= {name for name, *_ in regexes.patterns()}


def test_a_pattern_that_is_not_linear_is_seen():
    """The one that decoded percent signs until 2026-12-01: a comment of 29,000 letters took a second."""
    made = "a" * regexes.CHARACTERS

    assert not regexes.is_linear(re.compile(r"[^\s/]*/\S*"), made, frozenset({"finditer"}))
    assert regexes.is_linear(re.compile(r"(?<!\S)[^\s/]*+/\S*"), made, frozenset({"finditer"}))
