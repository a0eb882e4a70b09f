"""What winnow benchmark relevance prints; the figures have tests of their own."""

import json
from typing import Any

import pytest

from app.training.measures import Counts
from app.training.page_ranks import PageRank
from app.training.relevance import Answer, Report, Twins

ANSWER = Answer("page sent", 0.95, 0.5, Counts(10, 20, 5, 1, 2, 0))
FOUND = Report(Twins(4, 0.75, 1.5), {"sk": Twins(4, 0.75, 1.5)}, (ANSWER,), (), (ANSWER,))


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is fitted; the figures are made up."""
    monkeypatch.setattr("app.training.dataset.assemble", lambda *_: None)
    monkeypatch.setattr("app.training.relevance.compare", lambda *_: FOUND)
    monkeypatch.setattr("app.training.page_ranks.page_ranks", lambda *_: [PageRank("set", False, 7, 0.9, 0.1)])


@pytest.mark.usefixtures("no_work")
def test_people_read_tables(run: Any) -> None:
    told = run("benchmark", "relevance")

    assert told.exit_code == 0, told.stderr
    assert "All other examples" not in told.stdout
    for cell in ("told apart %", "75.0", "+1.50", "page sent", "0.9500", "corpora leave out", "set", "90.0"):
        assert cell in told.stdout


@pytest.mark.usefixtures("no_work")
def test_scripts_read_json(run: Any) -> None:
    told = json.loads(run("benchmark", "relevance", "--json").stdout)

    assert told["twins"] == {"pairs": 4, "told_apart": 0.75, "median_gap": 1.5}
    assert told["examples"][0]["counts"]["ham_held"] == 2
    assert told["page_ranks"] == [{"source": "set", "is_spam": False, "comments": 7, "rank": 0.9, "silent": 0.1}]


def test_the_corpora_must_be_there(run: Any, tmp_path: Any) -> None:
    told = run("benchmark", "relevance", "--data", str(tmp_path / "nowhere"))

    assert told.exit_code == 2
    assert "There is no such file or folder" in " ".join(told.stderr.split())
