"""What holds for every test."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from app.store.database import migrate, open_engine
from tests import databases

# No deadline for one example: a machine that is busy elsewhere is no defect of ours.
settings.register_profile("winnow", deadline=None)
settings.load_profile("winnow")

ONE_WORKER = ("tests/e2e/wordpress/", "tests/e2e/review/", "tests/retraining/test_replay.py")
"""Tests that share what is costly to start: two blogs and their database; a browser and its service.

pytest-xdist's own grouping does not know the node ids of pytest 9.2.
"""


def pytest_generate_tests(metafunc):
    """What opens a database runs on ENGINE; on SQLite when it is about the file, on both when it is marked so."""
    if "database_url" in metafunc.fixturenames:
        has = metafunc.definition.get_closest_marker
        engines = (
            ["sqlite"]
            if has("sqlite_only")
            else ["sqlite", "postgresql"]
            if has("both_engines")
            else [databases.ENGINE]
        )
        metafunc.parametrize("database_url", engines, indirect=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A server for the tests of one process; started when the first one asks for it."""
    with databases.server() as url:
        yield url


@pytest.fixture(scope="session")
def with_tables(postgres) -> Iterator[str]:
    """The name of a database that has its tables and nothing else: to copy it takes a tenth of making them anew."""
    with databases.database(postgres) as made:
        engine = open_engine(made)
        migrate(engine)
        engine.dispose()
        yield engine.url.database or ""


@pytest.fixture
def on_postgres(postgres, with_tables) -> Iterator[str]:
    """A new database with tables."""
    with databases.database(postgres, with_tables) as made:
        yield made


@pytest.fixture
def database_url(request, tmp_path) -> str:
    """A new database of either kind."""
    is_file = request.param == "sqlite"
    return f"sqlite:///{tmp_path}/home/winnow.db" if is_file else request.getfixturevalue("on_postgres")


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
