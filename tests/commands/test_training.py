"""What winnow train and winnow loso refuse, before minutes of work and not after them; what winnow loso says."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from app.commands import learning
from app.settings import usable_cores
from app.training.examples import in_sample


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


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(("--sample", "0"), "0 is no share", id="no-sample"),
        pytest.param(("--sample", "1.5"), "1.5 is no share", id="more-than-all"),
        pytest.param(("--save", "{tmp}/gone/run.json"), "No file can be written there", id="no-folder"),
        pytest.param(("--save", "{tmp}"), "No file can be written there", id="a-folder"),
        pytest.param(("--against", "{tmp}/gone.json"), "cannot be read", id="no-run"),
        pytest.param(("--against", "{tmp}/other.json"), "not a saved run", id="another-file"),
        pytest.param(("--against", "{tmp}/run.json"), "made with --sample 0.5, not 1", id="another-sample"),
    ],
)
def test_options_of_loso_that_cannot_be_met_are_refused_before_the_work(
    run: Any, tmp_path: Path, options: tuple[str, str], said: str
) -> None:
    (tmp_path / "other.json").write_text('{"verdict": "ham"}')
    (tmp_path / "run.json").write_text('{"winnow_loso": 1, "sample": 0.5, "examples": []}')
    done = run("loso", str(tmp_path), options[0], options[1].format(tmp=tmp_path))
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("share", "least", "most"), [(1.0, 1000, 1000), (0.3, 250, 350), (0.01, 1, 30)], ids=["all", "some", "few"]
)
def test_a_sample_is_a_fixed_share_of_the_ids(share: float, least: int, most: int) -> None:
    chosen = {i for i in range(1000) if in_sample(f"blog-{i}", share)}
    larger = {i for i in range(1000) if in_sample(f"blog-{i}", min(1.0, share + 0.1))}
    assert least <= len(chosen) <= most
    assert chosen <= larger


@pytest.fixture
def corpora(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two small blogs that are left out and one that is not, beside examples of our own."""
    ours = tmp_path / "ours"
    (ours / "topics").mkdir(parents=True)
    (ours / "sources.toml").write_text("[source.blog-a-en]\nfold = 1\n[source.blog-b-en]\nfold = 2\n")
    monkeypatch.setattr(learning, "OURS", ours)

    def write(path: Path, source: str, count: int) -> None:
        rows = []
        for i in range(count):
            bad = {"label": "spam", "text": f"cheap casino loans number {i} http://casino{i % 7}.example/loans"}
            good = {"label": "ham", "text": f"I liked what you wrote about bees, number {i}. Ours did the same."}
            rows += [{"id": f"{source}-{i}-{row['label']}", "site": source, **row} for row in (bad, good)]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))

    write(ours / "topics" / "examples.jsonl", "topics", 20)
    data = tmp_path / "data"
    data.mkdir()
    for source in ("blog-a-en", "blog-b-en", "blog-c-en"):
        write(data / f"{source}.jsonl", source, 30)
    hidden = "blog-a-en-3-ham\tham\tspam\nblog-b-en-4-spam\tspam\targuable\n"
    (data / "judged.tsv").write_text("id\tlabel\tjudged\n" + hidden)
    return data


def test_one_command_makes_the_whole_table(run: Any, corpora: Path, tmp_path: Path) -> None:
    saved = str(tmp_path / "run.json")
    done = run("loso", str(corpora), "--no-baselines", "--errors", "4", "--save", saved, "--json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)

    assert [row["site"] for row in told["tables"][0]["rows"]] == ["blog-a-en", "blog-b-en"]
    assert told["sample"] == 1.0
    assert told["worst_site"] in ("blog-a-en", "blog-b-en")
    assert [(kind["name"], kind["spam"]) for kind in told["breakdown"]["kinds"]] == [("link, few words", 59)]
    assert [(each["name"], each["spam"], each["ham"]) for each in told["breakdown"]["languages"]] == [("en", 59, 59)]
    assert [each["source"] for each in told["breakdown"]["ham_sets"]] == ["blog-a-en", "blog-b-en"]
    assert [(row["label"], row["judged"], row["count"]) for row in told["disputed"]] == [
        ("ham", "spam", 1),
        ("spam", "arguable", 1),
    ]
    assert [each["source"] for each in told["errors"]["spam"]] == ["blog-a-en"] * 2 + ["blog-b-en"] * 2
    assert all(each["reasons"] and each["label"] == "ham" for each in told["errors"]["ham"])

    again = run("loso", str(corpora), "--no-baselines", "--errors", "2", "--against", saved)
    assert again.exit_code == 0, again.stderr
    said = " ".join(again.stdout.split())
    for sentence in ("118 comments that both hold", "at 1 %: won 0, tied 2, lost 0", "Worst site at 1 %"):
        assert sentence in said
    for sentence in ("Kinds of spam", "Languages", "Most rejected", "Disputed labels", "look most like spam", "why: "):
        assert sentence in said


def test_a_sample_says_that_it_is_one_and_other_comments_are_refused(run: Any, corpora: Path, tmp_path: Path) -> None:
    saved = str(tmp_path / "run.json")
    done = run("loso", str(corpora), "--no-baselines", "--sample", "0.6", "--save", saved)
    assert done.exit_code == 0, done.stderr
    assert "A sample: 60 %" in done.stdout
    (corpora / "blog-b-en.jsonl").unlink()

    refused = run("loso", str(corpora), "--no-baselines", "--sample", "0.6", "--against", saved)
    assert refused.exit_code == 2
    assert "It was made on other comments" in " ".join(refused.stderr.split())
