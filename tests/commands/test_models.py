"""winnow models: which there are, which one is in use, and back again."""

import base64
import getpass
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from app import releases


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


def test_list_marks_models_that_sites_have_taught(run: Any, models: Path) -> None:
    card = json.loads((models / "b" / "card.json").read_text())
    card["adapted"] = {"places": {"blog": {"entries": 3}, "shop": {"entries": 1}, "quiet": {"entries": 0}, "odd": []}}
    (models / "b" / "card.json").write_text(json.dumps(card))

    assert [each["taught_by"] for each in json.loads(run("models", "list", "--json").stdout)] == [[], ["blog", "shop"]]
    assert next(line for line in run("models", "list").stdout.splitlines() if "2 sites" in line).startswith("b ")


@pytest.mark.parametrize("adapted", [7, [], {"places": [1]}, {"places": {"a": 1}, "sites": {"a": []}}])
def test_list_shows_a_model_whose_account_of_sites_is_damaged(run: Any, models: Path, adapted: object) -> None:
    card = json.loads((models / "b" / "card.json").read_text())
    (models / "b" / "card.json").write_text(json.dumps({**card, "adapted": adapted}))

    assert json.loads(run("models", "list", "--json").stdout)[1]["taught_by"] == []
    assert run("models", "list").exit_code == 0


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


def released(models: Path) -> list[tuple[str, str, str]]:
    return [(each.version, each.why, each.before) for each in releases.read(models)]


def test_who_puts_a_model_in_use_and_why_is_written_down(run: Any, models: Path) -> None:
    run("models", "use", "b", "--why", "Fewer good comments\nheld: žiadny")
    run("models", "use", "b", "--why", "It was in use already.")
    run("models", "rollback")

    assert released(models) == [("b", "Fewer good comments\nheld: žiadny", "a"), ("a", "", "b")]
    first, second = releases.read(models)
    assert first.by == second.by == getpass.getuser()
    assert first.at <= second.at
    told = json.loads(run("models", "show", "b", "--json").stdout)
    assert [each["why"] for each in told["released"]] == ["Fewer good comments\nheld: žiadny"]
    assert f"Put in use by {second.by} at {second.at}: no reason told" in run("models", "show", "a").stdout


def test_a_line_that_was_left_unfinished_stays_alone(run: Any, models: Path) -> None:
    (models / "releases.jsonl").write_bytes(b'{"version": "a"}\n[1]\n\xff\n{"version": 7}\n{"version": "b", "w')
    run("models", "use", "b", "--why", "So.")

    assert released(models) == [("a", "", ""), ("b", "So.", "a")]


def test_what_cannot_be_written_down_is_said_and_the_model_is_in_use(run: Any, models: Path, tmp_path: Path) -> None:
    (models / "releases.jsonl").symlink_to(tmp_path / "elsewhere")
    done = run("models", "use", "b")

    assert done.exit_code == 2
    assert "b is in use, but who put it in use and why could not be written down" in " ".join(done.stderr.split())
    assert current(models) == "b"
    assert not (tmp_path / "elsewhere").exists()


def test_a_card_becomes_a_page_that_needs_nothing_else(run: Any, models: Path, tmp_path: Path) -> None:
    run("models", "use", "b", "--why", "<b>Better</b>")
    done = run("models", "card", "b", "-o", str(tmp_path / "card.html"), "--json")
    page = (tmp_path / "card.html").read_text(encoding="utf-8")

    assert json.loads(done.stdout) == {"version": "b", "file": str(tmp_path / "card.html"), "readable": True}
    assert "Model <bdi>b</bdi>" in page
    assert "&lt;b&gt;Better&lt;/b&gt;" in page
    assert page.count("not told") >= 5
    assert re.findall(r"(?:src|href|action)=|<script|<link|@import|url\(", page.replace("url(#", "")) == []
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src &#39;none&#39;; style-src &#39;sha256-{digest}&#39;" in page


def test_a_page_of_a_card_is_translated_and_a_damaged_card_is_said(run: Any, models: Path, tmp_path: Path) -> None:
    (models / "b" / "card.json").write_text("{")
    done = run("models", "card", "b", "-o", str(tmp_path / "card.html"), "--language", "sk", "--json")

    assert json.loads(done.stdout)["readable"] is False
    assert "Karta modelu sa nedá prečítať" in (tmp_path / "card.html").read_text(encoding="utf-8")
    assert run("models", "card", "a", "--language", "xx").exit_code == 2
    assert run("models", "card", "none").exit_code == 2


def test_a_reason_without_a_release_is_refused(run: Any, models: Path) -> None:
    done = run("train", "--why", "So.")

    assert done.exit_code == 2
    assert "Add --release." in done.stderr
