"""winnow benchmark path and relevance, from the command line to the printed figures, on a part of our examples."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.commands import learning

EVERY = 10
"""One row in so many of the larger folders: fits take seconds then."""


@pytest.fixture(autouse=True)
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small folder in place of training_data/."""
    folder = tmp_path / "examples"
    for name in ("path-against-host", "remarks", "relevance"):
        rows = (learning.OURS / name / "examples.jsonl").read_text("utf-8").splitlines()
        rows = [row for row in rows if '"language": "sk"' in row] if name == "relevance" else rows[::EVERY]
        (folder / name).mkdir(parents=True)
        (folder / name / "examples.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    shutil.copy(learning.OURS / "sources.toml", folder)
    monkeypatch.setattr(learning, "OURS", folder)
    return folder


def rows_of(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name / "examples.jsonl").read_text("utf-8").splitlines()]


def test_every_link_is_judged_once_and_counted(run: Any, ours: Path) -> None:
    links = rows_of(ours, "path-against-host")
    told = json.loads(run("benchmark", "path", "--json").stdout)
    assert [goal["name"] for goal in told["goals"]] == ["AUC", "honest held", "selling held", "selling rejected"]
    assert sorted(row["id"] for row in told["rows"]) == sorted(row["id"] for row in links)
    assert all(0 <= row["score"] <= 1 for row in told["rows"])
    selling = [row for row in links if row["label"] == "spam"]
    assert told["counts"]["spam"] == len(selling)
    assert sum(each["spam"] for each in told["by_trade"].values()) == len(selling)
    assert len(told["misses"]) == len(selling) - told["counts"]["spam_held"]
    assert len(told["false_alarms"]) == told["counts"]["ham_held"]


def test_people_read_figures_goals_and_what_went_wrong(run: Any, ours: Path) -> None:
    found = run("benchmark", "path")
    assert found.exit_code == 0, found.stderr
    for words in ("links that sell and", "Thresholds: hold", "at least 0.985", "Sell and were let through"):
        assert words in found.stdout


def test_relevance_is_told_for_pairs_languages_and_other_examples(run: Any, ours: Path) -> None:
    pairs = len(rows_of(ours, "relevance"))
    told = json.loads(run("benchmark", "relevance", "--json").stdout)
    assert set(told["twins_by_language"]) == {"sk"}
    assert 0 < told["twins"]["pairs"] <= pairs / 2
    assert 0 <= told["twins"]["told_apart"] <= 1
    assert [answer["way"] for answer in told["examples"]] == ["page sent", "page not sent", "trained without pages"]
    assert sum(told["examples"][0]["counts"][kind] for kind in ("spam", "ham")) == pairs


def test_people_read_tables_of_relevance(run: Any) -> None:
    found = run("benchmark", "relevance")
    assert found.exit_code == 0, found.stderr
    for cell in ("told apart %", "page not sent", "All other examples"):
        assert cell in found.stdout


def test_folds_judge_a_source_by_the_rest_of_it(run: Any, ours: Path) -> None:
    found = run("benchmark", "folds", "remarks", "--data", str(ours / "remarks"), "--json")
    assert found.exit_code == 0, found.stderr
    (row,) = json.loads(found.stdout)["sources"]
    assert row["spam"] + row["ham"] >= len(rows_of(ours, "remarks"))
    assert 0 < row["f1"] <= 1


@pytest.mark.parametrize("command", [("path",), ("relevance",), ("folds", "remarks")], ids=lambda each: each[0])
def test_the_corpora_must_be_there(run: Any, tmp_path: Path, command: tuple[str, ...]) -> None:
    told = run("benchmark", *command, "--data", str(tmp_path / "nowhere"))
    assert told.exit_code == 2
    assert "There is no such file or folder" in " ".join(told.stderr.split())
