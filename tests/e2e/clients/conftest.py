"""What the tests of the clients share."""

from collections.abc import Iterator

import pytest

from tests.e2e.clients.stage import Stage

collect_ignore_glob = ["drivers/*"]
"""They import the clients, which only their own processes have."""


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(tmp_path_factory.mktemp("clients")) as made:
        yield made
