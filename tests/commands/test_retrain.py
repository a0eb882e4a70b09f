"""winnow retrain, train --from-store and take-back, from decisions to a model in use and back again."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from app import lists as loading
from app import models as shelf
from app import releases
from app.commands import opening
from app.settings import MODELS_BESIDE_THE_APP, Settings
from tests.retraining.garden import lesson, settle, spam

NEW_SPAM = spam(140)[-1]


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """The shipped model, in use."""
    folder = tmp_path / "models"
    version = shelf.current_version(MODELS_BESIDE_THE_APP)
    shutil.copytree(MODELS_BESIDE_THE_APP / version, folder / version)
    (folder / "current").write_text(f"{version}\n")
    return folder


def teach(home: Path, models: Path, pairs: int, by: str = "jana") -> None:
    """A garden forum whose moderator has decided so many pairs of comments."""
    lists = loading.load()
    with opening.open_store(Settings(home=home)) as store:
        store.add_site("garden", "gardengarden", "2026-11-01T00:00:00Z")
        settle(store, shelf.load_current(models, lists), lists, "garden", lesson(pairs), by)


def verdict(run: Any, *options: str) -> str:
    return str(json.loads(run("check", NEW_SPAM, "--json", *options).stdout)["verdict"])


def test_from_decisions_to_a_model_in_use_and_back(run: Any, home: Path, models: Path) -> None:
    teach(home, models, 30)
    shipped = shelf.current_version(models)
    told = json.loads(run("retrain", "--json").stdout)

    assert (told["before"], told["in_use"], told["refused"]) == (shipped, True, [])
    assert told["sites"]["garden"]["spam"] == told["sites"]["garden"]["ham"] == 30
    assert shelf.current_version(models) == told["version"]
    assert releases.of_version(models, told["version"])[-1].why == "Learned from the decisions of 1 site."
    assert (verdict(run), verdict(run, "--site", "garden")) == ("ham", "spam")

    assert run("models", "rollback").exit_code == 0
    assert shelf.current_version(models) == shipped

    written = run("train", "--from-store")
    assert "To use it: winnow models use" in written.stdout
    assert shelf.current_version(models) == shipped


def test_what_a_moderator_taught_is_taken_back_and_unlearned(run: Any, home: Path, models: Path) -> None:
    teach(home, models, 30, by="mallory")
    run("retrain")
    window = ("--moderator", "mallory", "--since", "2026-11-01", "--until", "2026-12-01")
    tried = json.loads(run("take-back", *window, "--dry-run", "--json").stdout)

    assert tried == {"act": None, "comments": 60, "by_site": {"garden": 60}}
    assert verdict(run, "--site", "garden") == "spam"
    done = run("take-back", *window)
    assert "60 decisions are taken back" in done.stdout
    assert done.exit_code == 0
    assert "has learned nothing from a site of that name" in run("check", NEW_SPAM, "--site", "garden").stderr
    assert "Nothing that stands was said by them" in run("take-back", *window).stdout


def test_too_few_decisions_change_nothing(run: Any, home: Path, models: Path) -> None:
    teach(home, models, 3)
    shipped = shelf.current_version(models)
    told = run("retrain")

    assert told.exit_code == 0
    assert "garden has 6 decisions, too few to learn from." in told.stdout
    assert "Nothing was learned" in told.stdout
    assert (shelf.current_version(models), shelf.versions(models)) == (shipped, [shipped])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("retrain", "--force", "  "), "The reason is empty."),
        (("train", "--from-store", "--data", "x"), "They do not go together"),
        (("train", "--from-store", "--why", "x"), "nothing is released"),
        (("take-back", "--since", "2026-11-01"), "Exactly one of them"),
        (("take-back", "--since", "2026-11-01", "--moderator", "a", "--key"), "Exactly one of them"),
        (("take-back", "--since", "2026-11-01", "--key"), "It does not say of which site."),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_remedy(run: Any, arguments: tuple[str, ...], sentence: str) -> None:
    told = run(*arguments)

    assert told.exit_code == 2
    assert sentence in told.stderr
