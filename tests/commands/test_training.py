"""What winnow train and winnow loso refuse, before minutes of work and not after them."""

import os
from pathlib import Path
from typing import Any

import pytest

from app.commands import learning
from app.settings import usable_cores


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading examples, with which the work begins, is a failure."""

    def read(*_: Any) -> None:
        raise AssertionError("The work has begun.")

    monkeypatch.setattr(learning, "dataset", read)


@pytest.mark.usefixtures("no_work")
def test_keys_that_are_not_there_are_refused_before_fitting(run: Any, tmp_path: Path) -> None:
    done = run("loso", str(tmp_path), "--keys", str(tmp_path / "missing.txt"))
    assert done.exit_code == 2
    assert "The keys cannot be read" in " ".join(done.stderr.split())


@pytest.mark.usefixtures("no_work")
def test_a_models_folder_that_cannot_be_written_is_refused_before_fitting(run: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run("train", "--data", str(tmp_path), WINNOW_MODELS=str(tmp_path / "file"))
    assert done.exit_code == 2
    assert "The models folder cannot be written" in " ".join(done.stderr.split())


def test_the_cores_counted_are_those_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5}, raising=False)
    assert usable_cores() == 2
