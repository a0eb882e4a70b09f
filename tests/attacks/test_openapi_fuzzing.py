"""What the API's description allows, and what it does not; see openapi_fuzzing."""

import pytest

from tests.attacks import openapi_fuzzing


def test_every_operation_answers_as_described():
    if not openapi_fuzzing.tool():
        pytest.skip("schemathesis is not installed")

    outcome = openapi_fuzzing.run(long=False)

    assert outcome.is_met, outcome.measured
