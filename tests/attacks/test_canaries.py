"""Who comments is told to nobody; see canaries."""

from tests.attacks import canaries


def test_visitors_are_found_where_the_documentation_says_and_nowhere_else():
    outcome = canaries.run(long=False)

    assert outcome.is_met, outcome.measured
