"""What the tests of the web share: the real application on a real SQLite file."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from app import lists
from app.core.blocks import WEIGHTS
from app.core.features import fingerprint
from app.core.model import pack
from app.errors import StoreUnavailable
from app.main import create_app
from app.settings import MODELS_BESIDE_THE_APP, Settings
from app.web.wiring import Wiring
from tests import databases

KEY = "blogblogblog"
OTHER_KEY = "shopshopshop"
PATIENCE_MS = 10_000
"""A busy machine may take longer than the 200 ms that an answer waits for its record, and tests look for records."""
AT = "2026-11-22T10:00:00Z"
CASINO = "https://www.myget.org/feed/royal-jackpot-casino-slots/package/nuget/royal-jackpot-casino-slots-cheats"


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped models, or one of noise while there are none: here only its shape counts."""
    if (MODELS_BESIDE_THE_APP / "current").exists():
        return MODELS_BESIDE_THE_APP
    folder = tmp_path_factory.mktemp("models")
    weights = pack(np.random.default_rng(1).normal(0, 0.1, WEIGHTS).astype(np.float32))
    card = {
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        "features": fingerprint(lists.load()),
        "thresholds": {"hold": 0.35, "reject": 0.8, "discard": 0.995},
        "bias": -0.5,
        "link_scale": 0.5,
        "link_bias": 0.0,
    }
    (folder / "noise").mkdir()
    (folder / "noise" / "weights.npz").write_bytes(weights)
    (folder / "noise" / "card.json").write_text(json.dumps(card))
    (folder / "current").write_text("noise\n")
    return folder


@pytest.fixture
def make_settings(tmp_path: Path, models: Path, request: pytest.FixtureRequest) -> Callable[..., Settings]:
    """Settings with a home in tmp_path; anything else can be given too.

    TEST_DATABASE=postgresql: with a database on PostgreSQL, the same one in all of a test; see `make test-postgres`.
    """

    def make(**others: Any) -> Settings:
        told = {"home": tmp_path / "home", "models": models, "record_patience_ms": PATIENCE_MS}
        is_file = "sqlite_only" in request.keywords
        if databases.ENGINE == "postgresql" and not is_file:
            told["database_url"] = request.getfixturevalue("on_postgres")
        return Settings(**{**told, **others})

    return make


def _patiently(write: Callable[[], object]) -> None:
    """While many tests write at once, a commit of the service's own start may keep the disk for longer than it waits."""
    for _ in range(20):
        try:
            write()
            return
        except StoreUnavailable:
            time.sleep(0.5)
    write()


@contextmanager
def started(settings: Settings) -> Iterator[TestClient]:
    """A running application with the sites blog and shop; the client has blog's key."""
    with TestClient(create_app(settings)) as client:
        store = wired(client).store
        for site, key in (("blog", KEY), ("shop", OTHER_KEY)):
            _patiently(partial(store.add_site, site, key, AT))  # type: ignore[attr-defined]
        client.headers["Authorization"] = f"Bearer {KEY}"
        yield client


@pytest.fixture
def make_client(make_settings: Callable[..., Settings]) -> Iterator[Callable[..., TestClient]]:
    """`started`, until the test ends; settings can be given."""
    with ExitStack() as running:
        yield lambda **settings: running.enter_context(started(make_settings(**settings)))


@pytest.fixture
def client(make_client: Callable[..., TestClient]) -> TestClient:
    """With the default settings."""
    return make_client()


def beside_another(folder: Path, models: Path, other: str) -> Path:
    """A models folder with the version in use, and a copy of it under another name."""
    version = (models / "current").read_text().strip()
    folder.mkdir()
    for name in (version, other):
        shutil.copytree(models / version, folder / name)
    (folder / "current").write_text(f"{version}\n")
    return folder


def wired(client: TestClient) -> Wiring:
    """What the handlers of that application hold."""
    wiring: Wiring = client.app.state.wiring  # type: ignore[attr-defined]
    return wiring
