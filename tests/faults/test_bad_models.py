"""Bad models of all kinds: refused, within their bounds."""

from tests.faults import bad_models


def test_all_are_refused():
    outcome = bad_models.run(long=False)
    assert outcome.is_met, outcome.measured
