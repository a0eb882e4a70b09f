"""The service calls nobody; see outgoing."""

import pytest

from tests.attacks import outgoing


def test_no_connection_is_opened_but_to_a_webhook():
    if absent := outgoing.missing():
        pytest.skip(absent)

    outcome = outgoing.run(long=False)

    assert outcome.is_met, outcome.measured
