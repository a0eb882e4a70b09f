"""winnow models: which there are, which one is in use, and back again."""

import json
from pathlib import Path
from typing import Any


def current(models: Path) -> str:
    return (models / "current").read_text().strip()


def test_list_marks_the_one_in_use(run: Any) -> None:
    found = json.loads(run("models", "list", "--json").stdout)

    assert [each["version"] for each in found] == ["a", "b"]
    assert [each["current"] for each in found] == [True, False]
    assert found[0]["trained_at"] == "2026-11-22T10:00:00Z"
    assert "auc 0.9877" in run("models", "list").stdout


def test_a_model_that_is_being_written_is_not_there_yet(run: Any, models: Path) -> None:
    (models / "b").rename(models / ".b-x1y2")
    assert [each["version"] for each in json.loads(run("models", "list", "--json").stdout)] == ["a"]
    assert run("models", "use", ".b-x1y2").exit_code == 2


def test_list_of_an_empty_folder_says_what_to_do(run: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "winnow train" in run("models", "list", WINNOW_MODELS=str(tmp_path / "empty")).stdout


def test_list_shows_a_model_whose_card_is_damaged(run: Any, models: Path) -> None:
    (models / "b" / "card.json").write_text("{")
    assert "b" in run("models", "list").stdout


def test_use_and_rollback(run: Any, models: Path) -> None:
    assert json.loads(run("models", "use", "b", "--json").stdout) == {"current": "b", "previous": "a"}
    assert current(models) == "b"

    assert run("models", "rollback").exit_code == 0
    assert current(models) == "a"

    assert run("models", "rollback").exit_code == 0
    assert current(models) == "b"
    assert sorted(path.name for path in models.iterdir()) == ["a", "b", "current", "previous", "releases.jsonl"]


def test_use_of_the_one_in_use_keeps_the_previous(run: Any, models: Path) -> None:
    run("models", "use", "b")
    assert "already" in run("models", "use", "b").stdout
    assert (models / "previous").read_text() == "a\n"


def test_use_works_when_nothing_is_in_use(run: Any, models: Path) -> None:
    (models / "current").unlink()
    assert run("models", "use", "b").exit_code == 0
    assert current(models) == "b"
    assert not (models / "previous").exists()


def test_a_model_that_does_not_load_is_not_put_in_use(run: Any, models: Path) -> None:
    (models / "b" / "weights.npz").write_bytes(b"x")
    result = run("models", "use", "b")

    assert result.exit_code == 2
    assert "not the file that card.json names" in result.stderr
    assert current(models) == "a"


def test_an_unknown_version_is_refused(run: Any, models: Path) -> None:
    for version in ("c", "../models/b", "."):
        assert run("models", "use", version).exit_code == 2
        assert run("models", "show", version).exit_code == 2
    assert current(models) == "a"


def test_rollback_without_a_previous_is_refused(run: Any) -> None:
    result = run("models", "rollback")
    assert result.exit_code == 2
    assert "No model was in use before" in result.stderr


def test_show_prints_the_card(run: Any) -> None:
    assert '"auc": 0.987654' in run("models", "show", "a").stdout
    told = json.loads(run("models", "show", "b", "--json").stdout)
    assert (told["version"], told["current"], told["card"]["bias"]) == ("b", False, 9.0)
