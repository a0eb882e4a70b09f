"""A promotion and a bad model while two workers serve."""

from tests.faults import promotions


def test_promotions():
    outcome = promotions.run(long=False)
    assert outcome.is_met, outcome.measured
