"""winnow import --into-store: what a site had decided becomes its comments, once, and can be gone on with."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from app.commands import opening
from app.settings import Settings
from tests.importing.test_wordpress import comment, export, item


@pytest.fixture
def wxr(tmp_path: Path) -> Path:
    """An approved comment, one in spam, one in the trash."""
    path = tmp_path / "wordpress.xml"
    path.write_text(export(item(comment(1) + comment(2, "Buy", approved="spam") + comment(3, approved="trash"))))
    return path


@pytest.fixture
def blog(run: Any) -> None:
    assert run("site", "add", "blog").exit_code == 0


def exported(run: Any, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("export", *arguments).stdout.splitlines()]


@pytest.mark.usefixtures("blog")
def test_what_was_decided_goes_in_once(run: Any, wxr: Path) -> None:
    first = run("import", str(wxr), "--into-store", "--site", "blog")
    again = run("import", str(wxr), "--into-store", "--site", "blog")

    assert (first.exit_code, again.exit_code) == (0, 0), first.stderr
    assert first.stdout == ""
    assert "New among the comments of blog: 2; client:import finds them. 1 without a label were left out." in (
        " ".join(first.stderr.split())
    )
    assert "New among the comments of blog: 0;" in again.stderr
    assert "2 had been there, and stay as they are." in " ".join(again.stderr.split())
    rows = exported(run, "--decided")
    assert sorted((row["comment_id"], row["label"], row["decision"]["source"]) for row in rows) == [
        ("1", "ham", "feedback"), ("2", "spam", "feedback"),
    ]  # fmt: skip
    assert {row["received_at"] for row in rows} == {"2026-01-02T03:04:05.000Z"}
    assert {row["model"] for row in rows} == {"a"}


@pytest.mark.usefixtures("blog")
def test_the_summary_as_json(run: Any, wxr: Path) -> None:
    result = run("import", str(wxr), "--into-store", "--site", "blog", "--json")

    assert json.loads(result.stderr) == {
        "kind": "wordpress", "comments": 3, "statuses": {"approved": 1, "spam": 1, "trash": 1},
        "labels": {"spam": 1, "ham": 1}, "skipped": 0, "first_skipped": [],
        "added": 2, "known": 0, "undecided": 1, "site": "blog",
    }  # fmt: skip


@pytest.mark.usefixtures("blog")
def test_a_broken_record_is_named_and_the_others_go_in(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "broken.xml"
    path.write_text(export(item(comment(1) + "<wp:comment><oops></wp:comment>\n" + comment(2, approved="spam"))))
    result = run("import", str(path), "--into-store", "--site", "blog", "--skipped", str(tmp_path / "skipped.jsonl"))

    assert result.exit_code == 1
    assert "1 records could not be read" in result.stderr
    assert len((tmp_path / "skipped.jsonl").read_text().splitlines()) == 1
    assert len(exported(run)) == 2


@pytest.mark.usefixtures("blog")
def test_the_audit_says_what_was_brought_in(run: Any, wxr: Path, home: Path) -> None:
    run("import", str(wxr), "--into-store", "--site", "blog")
    run("import", str(wxr), "--into-store", "--site", "blog")
    with opening.open_store(Settings(home=home, database_url=f"sqlite:///{home}/winnow.db")) as store:
        (entry,) = store.audit_log(act="import")
    assert (entry.by, entry.site, entry.detail) == ("", "blog", {"comments": 2, "source": "wordpress.xml"})


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--into-store"], id="no-site"),
        pytest.param(["--site", "blog"], id="no-store"),
        pytest.param(["--into-store", "--site", "blog", "-o", "out.jsonl"], id="both-targets"),
        pytest.param(["--into-store", "--site", "shop"], id="unknown-site"),
    ],
)
@pytest.mark.usefixtures("blog")
def test_contradictions_are_refused_with_a_sentence(run: Any, wxr: Path, arguments: list[str]) -> None:
    result = run("import", str(wxr), *arguments)

    assert result.exit_code == 2
    assert "winnow" in result.stderr
    assert exported(run) == []


@pytest.mark.usefixtures("blog")
def test_it_goes_on_where_it_was_killed(run: Any, spawn: Any, tmp_path: Path) -> None:
    path = tmp_path / "many.xml"
    path.write_text(export(item("".join(comment(each, f"Text {each}") for each in range(1, 3_001)))))
    process = spawn("import", str(path), "--into-store", "--site", "blog")
    while not exported(run):
        assert process.poll() is None, process.communicate()
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = len(exported(run))

    told = json.loads(run("import", str(path), "--into-store", "--site", "blog", "--json").stderr)
    assert 0 < before < 3_000
    assert (told["added"], told["known"]) == (3_000 - before, before)
    ids = [row["comment_id"] for row in exported(run)]
    assert (len(ids), len(set(ids))) == (3_000, 3_000)
