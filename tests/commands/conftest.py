"""What the tests of the commands share: a home and models in tmp_path, and the command itself."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from app import lists
from app.cli import app
from app.core.blocks import WEIGHTS
from app.core.features import fingerprint
from app.core.model import pack

WINNOW = str(Path(sys.executable).with_name("winnow"))
CASINO = "https://www.myget.org/feed/royal-jackpot-casino-slots/package/nuget/royal-jackpot-casino-slots-cheats"
Run = Callable[..., Result]


@cache
def noise() -> bytes:
    """weights.npz that judge comments differently. The same ones again and again, so that they are packed quickly."""
    few = np.random.default_rng(1).normal(0, 0.1, 4_096).astype(np.float32)
    return pack(np.resize(few, WEIGHTS))


@cache
def zeros() -> bytes:
    """weights.npz that leave the bias alone."""
    return pack(np.zeros(WEIGHTS, dtype=np.float32))


def write_model(folder: Path, version: str, packed: bytes, **card: Any) -> None:
    """A model that loads, made of whatever weights."""
    told = {
        "weights_sha256": hashlib.sha256(packed).hexdigest(),
        "features": fingerprint(lists.load()),
        "thresholds": {"hold": 0.35, "reject": 0.8, "discard": 0.995},
        "bias": -0.5,
        "link_scale": 0.5,
        "link_bias": 0.0,
        **card,
    }
    (folder / version).mkdir(parents=True)
    (folder / version / "weights.npz").write_bytes(packed)
    (folder / version / "card.json").write_text(json.dumps(told))


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """Two models, a and b; a is in use. Its noise judges comments differently; b finds everything spam."""
    folder = tmp_path / "models"
    write_model(folder, "a", noise(), trained_at="2026-11-22T10:00:00Z", metrics={"auc": 0.987654})
    write_model(folder, "b", zeros(), bias=9.0)
    (folder / "current").write_text("a\n")
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where WINNOW_HOME points; not made yet."""
    return tmp_path / "home"


@pytest.fixture
def environment(models: Path, home: Path) -> dict[str, str]:
    """The environment of a command that knows nothing but tmp_path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WINNOW_")}
    return {**kept, "WINNOW_HOME": str(home), "WINNOW_MODELS": str(models)}


@pytest.fixture
def run(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, in this process: run("site", "add", "blog")."""
    for name in set(os.environ) - set(environment):
        monkeypatch.delenv(name)

    def invoke(*arguments: str, stdin: bytes | None = None, **settings: str) -> Result:
        return CliRunner().invoke(app, arguments, input=stdin, env={**environment, **settings})

    return invoke


@pytest.fixture
def spawn(environment: dict[str, str], tmp_path: Path) -> Any:
    """The command in a process of its own, which the end of the test ends."""
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **others: Any) -> "subprocess.Popen[str]":
        streams = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            **others,
        }
        running.append(subprocess.Popen([WINNOW, *arguments], env=environment, cwd=tmp_path, text=True, **streams))
        return running[-1]

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()
