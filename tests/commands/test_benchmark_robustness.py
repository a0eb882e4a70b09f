"""winnow benchmark robustness, on a handful of comments."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.training.disguises import DISGUISES


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Two spam comments and two honest ones."""
    rows = [
        {"id": "s1", "label": "spam", "text": "Best casino bonus https://www.myget.org/feed/best-casino-slots"},
        {
            "id": "s2",
            "label": "spam",
            "text": '<a href="http://pills.example/buy">cheap viagra</a>',
            "author": "Buy Viagra",
        },
        {"id": "h1", "label": "ham", "text": "Thanks, this helped me with my garden.", "author": "Jana"},
        {"id": "h2", "label": "ham", "text": "See https://github.com/me/tool for how we did that."},
        {"id": "x", "text": "nobody labelled this"},
    ]
    path = tmp_path / "comments.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_every_disguise_has_a_row(run: Any, labelled: Path) -> None:
    done = run("benchmark", "robustness", str(labelled), "--json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert [row["disguise"] for row in told["rows"]] == [disguise.name for disguise in DISGUISES]
    assert told["model"] == "a"
    by_name = {row["disguise"]: row for row in told["rows"]}
    assert by_name["hxxp"]["spam"]["comments"] == by_name["hxxp"]["ham"]["comments"] == 1
    assert by_name["page-words-30-after"]["spam"]["rejected"] is None
    assert by_name["page-words-30-after"]["drop"] is None


def test_a_comment_that_is_spam_whatever_is_done_to_it_costs_no_recall(run: Any, labelled: Path) -> None:
    told = json.loads(run("benchmark", "robustness", str(labelled), "--model", "b", "--json").stdout)
    assert {row["drop"] for row in told["rows"]} == {0.0, None}


def test_people_see_a_table_and_the_worst_of_each_family(run: Any, labelled: Path) -> None:
    done = run("benchmark", "robustness", str(labelled), "--spam", "1", "--ham", "1")
    assert done.exit_code == 0, done.stderr
    assert "zero-width-words" in done.stdout
    assert "The worst of each family" in done.stdout


def test_comments_without_labels_are_refused(run: Any, tmp_path: Path) -> None:
    (tmp_path / "bare.jsonl").write_text('{"text": "x"}\n')
    done = run("benchmark", "robustness", str(tmp_path / "bare.jsonl"))
    assert done.exit_code == 2
    assert "No line has a label" in " ".join(done.stderr.split())
