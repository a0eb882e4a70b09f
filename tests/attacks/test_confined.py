"""The service where it may do little; see confined."""

import pytest

from tests.attacks import confined


def test_it_serves_under_the_documented_profile_and_nothing_else_works():
    if absent := confined.missing():
        pytest.skip(absent)

    outcome = confined.run(long=False)

    assert outcome.is_met, outcome.measured
