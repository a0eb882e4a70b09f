"""What holds for every test."""

import os

import pytest
from hypothesis import settings

# No deadline for one example: a machine that is busy elsewhere is no defect of ours.
settings.register_profile("winnow", deadline=None)
settings.load_profile("winnow")

ONE_WORKER = ("tests/e2e/wordpress/", "tests/e2e/review/", "tests/retraining/test_replay.py")
"""Tests that share what is costly to start: two blogs and their database; a browser and its service.

pytest-xdist's own grouping does not know the node ids of pytest 9.2.
"""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """Half as many again as cores: a third of the time tests wait, for processes that start and for clocks."""
    return max(1, len(os.sched_getaffinity(0)) * 3 // 2) if hasattr(os, "sched_getaffinity") else os.cpu_count()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Every test to whichever worker is free, but those of one costly set-up to the same one."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return next((folder for folder in ONE_WORKER if nodeid.startswith(folder)), nodeid)

    return Together(config, log)
