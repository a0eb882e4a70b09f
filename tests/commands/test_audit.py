"""winnow audit: the command."""

import json
import signal
import time
from pathlib import Path

import pytest

from app.commands import opening
from app.core.comment import Comment
from app.store.queue import Filter
from app.store.records import Record
from app.store.sql import SqlStore
from tests.commands.conftest import CASINO
from tests.store.conftest import CLASSIFICATION

SHIPPED = str(Path(__file__).parents[2] / "models")
PAGES = Path(__file__).parents[1] / "audit" / "pages"
HONEST = "The second photograph is not of the old mill but of the one in the next valley, which still stands."


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "in.jsonl"
    rows = [{"comment_id": "1", "text": HONEST}, {"comment_id": "2", "text": CASINO, "author": "Max"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_findings_as_json(run, export):
    done = run("audit", str(export), "--json", WINNOW_MODELS=SHIPPED)

    told = json.loads(done.stdout)
    assert (done.exit_code, told["comments"]) == (0, 2)
    assert [(each["id"], each["author"], each["text"]) for each in told["findings"]] == [("2", "Max", CASINO)]


def test_a_table_in_the_terminal(run, export):
    done = run("audit", str(export), WINNOW_MODELS=SHIPPED)

    assert "Max (id 2)" in done.stdout
    assert "gambling" in " ".join(done.stdout.split())
    assert "2 comments: 1 spam by its looks, 0 doubtful." in done.stderr


def test_a_report_and_nothing_beside_it(run, export, tmp_path):
    done = run("audit", str(export), "-o", str(tmp_path / "report"), WINNOW_MODELS=SHIPPED)

    assert done.exit_code == 0
    assert (tmp_path / "report/wordpress/ids-spam.txt").read_text() == "2\n"
    assert not (tmp_path / "report.part").exists()
    again = run("audit", str(export), "-o", str(tmp_path / "report"), WINNOW_MODELS=SHIPPED)
    assert (again.exit_code, "There is something already" in again.stderr) == (2, True)


def test_a_record_that_cannot_be_read_is_named_and_makes_the_exit_code_1(run, export):
    export.write_text(export.read_text() + "nonsense\n")
    done = run("audit", str(export), "--json", WINNOW_MODELS=SHIPPED)

    assert done.exit_code == 1
    assert "line 3: The line is not JSON in UTF-8." in done.stderr
    assert json.loads(done.stdout)["comments"] == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Name one of them"),
        (("in.jsonl", "--store"), "Name one of them"),
        (("in.jsonl", "--into-queue"), "Name both"),
        (("--store", "--site", "blog", "--into-queue"), "Name both"),
        (("--decided", "--site", "blog"), "Name both"),
        (("missing.xml",), "missing.xml"),
        (("in.jsonl", "--site", "nobody"), "There is no site of that name"),
        (("in.jsonl", "--kind", "cobol"), "no kind of export named cobol"),
        (("in.jsonl", "--model", "z"), "z:"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(run, export, monkeypatch, arguments, sentence):
    monkeypatch.chdir(export.parent)
    done = run("audit", *arguments)

    assert done.exit_code == 2
    assert sentence in " ".join(done.stderr.split())
    assert sorted(path.name for path in export.parent.iterdir() if path.name not in ("models", "home")) == ["in.jsonl"]


def test_the_store(run, environment, home):
    run("site", "add", "blog")
    with opening.open_store(_settings(environment)) as store:
        _add(store, "c_1", CASINO)
        _add(store, "c_2", HONEST)
    done = run("audit", "--store", "--json", WINNOW_MODELS=SHIPPED)

    told = json.loads(done.stdout)
    assert told["comments"] == 2
    assert [(each["id"], each["site"]) for each in told["findings"]] == [("c_1", "blog")]


def test_into_the_queue_and_back(run, export, environment, home, tmp_path):
    run("site", "add", "blog")
    arguments = ("audit", str(export), "--site", "blog", "--into-queue")
    first = run(*arguments, "-o", str(tmp_path / "report"), WINNOW_MODELS=SHIPPED)
    assert "New in the queue: 1 finding;" in first.stderr
    assert (
        "New in the queue: 0 findings; client:audit finds them there. 1 had been there."
        in run(*arguments, WINNOW_MODELS=SHIPPED).stderr
    )
    with opening.open_store(_settings(environment)) as store:
        (record,) = store.exported(Filter("review"), "", 10)
    run("decide", record.id, "spam", "--by", "jana")

    done = run("audit", "--decided", "--site", "blog", "-o", str(tmp_path / "back"), "--json")
    assert json.loads(done.stdout) == {"folder": str(tmp_path / "back"), "spam": 1, "ham": 0}
    assert (tmp_path / "back/ids-spam.txt").read_text() == "2\n"


def _settings(environment):
    from app.settings import Settings

    return Settings(home=Path(environment["WINNOW_HOME"]))


def _add(store: SqlStore, id: str, text: str) -> None:
    from dataclasses import replace

    answer = replace(CLASSIFICATION, action="publish", verdict="ham", override=None)
    store.record([Record(id, "blog", "2026-11-22T10:00:00Z", Comment(text=text), answer)])


@pytest.mark.slow
def test_it_goes_on_after_it_was_terminated(spawn, run, tmp_path):
    path = tmp_path / "in.jsonl"
    rows = [
        {"comment_id": str(each), "text": f"Comment {each} http://casino{each}.example/"} for each in range(1, 8_001)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    arguments = ("audit", str(path), "-o", str(tmp_path / "report"), "--at-least", "0", "--workers", "2")
    process = spawn(*arguments)
    found = tmp_path / "report.part" / "comments.jsonl"
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and not (found.exists() and found.stat().st_size):
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)

    assert "the same command goes on from there" in said
    assert not (tmp_path / "report").exists()
    done = run(*arguments)
    assert "An interrupted audit goes on behind record" in done.stderr
    ids = [json.loads(line)["id"] for line in (tmp_path / "report/findings.jsonl").read_bytes().splitlines()]
    assert sorted(map(int, ids)) == list(range(1, 8_001))


@pytest.mark.parametrize("name", ["unrest.html", "unrest-with-honest-comments.html"])
def test_a_page_about_unrest_with_a_casino_link_under_it_gives_that_one_finding(run, name):
    done = run("audit", str(PAGES / name), "--json", WINNOW_MODELS=SHIPPED)

    told = json.loads(done.stdout)
    (finding,) = told["findings"]
    assert CASINO in finding["text"]
    assert (finding["author"], finding["comment_id"]) == ("Derrick", "88213")
    assert told["comments"] == {"unrest.html": 1}.get(name, 4)
