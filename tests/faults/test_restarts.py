"""Two restarts behind nginx and two workers renewed: no request fails."""

import pytest

from tests.faults import _services, restarts


@pytest.mark.skipif(not _services.has_nginx(), reason="nginx is not installed")
def test_restarts():
    outcome = restarts.run(long=False)
    assert outcome.is_met, outcome.measured
