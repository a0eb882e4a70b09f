"""winnow benchmark: what the commands print, without minutes of work."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from app.commands import learning
from app.training import examples as training_examples
from app.training import path_benchmark
from app.training.path_benchmark import Judged, Report

ROWS = (
    Judged("pah-1", True, 0.2, "loans", "sk", "bare", "x.com", "https://x.com/pozicka\x1b[31m"),
    Judged("pah-2", True, 0.9, "pets", "en", "with words", "x.com", "see https://x.com/puppies"),
    Judged("pah-3", False, 0.7, "", "en", "bare", "pub.dev", "https://pub.dev/package/loan"),
)


@pytest.fixture(autouse=True)
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """The benchmark's arguments; reading, features and fitting are left out."""
    made: list[tuple[Any, ...]] = []

    def run(data: Any, ours: int, lists: Any, everywhere: bool, step: Any) -> Report:
        made.append((data, ours, everywhere))
        return Report(ROWS, 0.5, 0.9)

    monkeypatch.setattr(learning, "read", lambda paths, _: SimpleNamespace(examples=[str(path) for path in paths]))
    monkeypatch.setattr(learning, "assembled", lambda examples, _: (examples, {}))
    monkeypatch.setattr(training_examples, "one_in_five", lambda examples: [f"a fifth of {each}" for each in examples])
    monkeypatch.setattr(path_benchmark, "run", run)
    return made


def test_figures_goals_and_what_went_wrong_are_printed(run: Any) -> None:
    told = run("benchmark", "path").stdout
    for words in ("2 links that sell and 1 honest ones on 2 hosts", "hold 0.5000", "at least 0.985", "missed"):
        assert words in told
    assert "0.2000 pah-1 loans, sk https://x.com/pozicka<U+001B>[31m" in told
    assert "0.7000 pah-3 honest, en https://pub.dev/package/loan" in told


def test_scripts_get_every_row(run: Any) -> None:
    told = json.loads(run("benchmark", "path", "--json").stdout)
    assert told["thresholds"] == {"hold": 0.5, "reject": 0.9}
    assert [goal["name"] for goal in told["goals"]] == ["AUC", "honest held", "selling held", "selling rejected"]
    assert (told["misses"], told["false_alarms"]) == (["pah-1"], ["pah-3"])
    assert told["by_trade"]["pets"]["spam_rejected"] == 1
    assert [row["id"] for row in told["rows"]] == ["pah-1", "pah-2", "pah-3"]


def test_only_a_part_of_the_corpora_trains(run: Any, calls: list[tuple[Any, ...]]) -> None:
    run("benchmark", "path", "--data", "corpora", "--everywhere")
    ((data, ours, everywhere),) = calls
    assert data == [str(learning.OURS), "a fifth of corpora"]
    assert (ours, everywhere) == (1, True)
