"""Workers that are stopped, hang or are killed are replaced; a service of one process that hangs answers again."""

from tests.faults import silent_workers


def test_silent_workers():
    outcome = silent_workers.run(long=False)
    assert outcome.is_met, outcome.measured
