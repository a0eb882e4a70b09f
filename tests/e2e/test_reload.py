"""Another model is taken up under load, and no request fails."""

from tests.reload_load import measure


def test_no_request_fails_while_models_change():
    told = measure(4)

    assert told.failed == []
    assert told.answers > 20
    assert len(told.followed_s) == 4
    assert max(told.followed_s) < 20  # two seconds on a machine that does nothing else
