"""Every kind of bad model, once or more: refused, within its bounds."""

from tests.faults import bad_models


def test_every_kind_is_refused():
    outcome = bad_models.run(long=False)
    assert outcome.is_met, outcome.measured
