"""The table of requests that nobody should send."""

from tests.attacks import raw_requests


def test_each_is_answered_once_or_refused():
    outcome = raw_requests.run(long=False)

    assert outcome.is_met, outcome.measured
