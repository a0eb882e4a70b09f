"""winnow import: records that the other commands read; whole or not at all; nothing is left out silently."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.importing.test_wordpress import comment, export, item

BROKEN = "<wp:comment><wp:comment_id>9</wp:comment_id><oops></wp:comment>\n"


@pytest.fixture
def wxr(tmp_path: Path) -> Path:
    """Three comments, one of each label."""
    path = tmp_path / "wordpress.xml"
    path.write_text(export(item(comment(1) + comment(2, "Buy", approved="spam") + comment(3, approved="trash"))))
    return path


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_records_carry_status_and_label(run: Any, wxr: Path, tmp_path: Path) -> None:
    result = run("import", str(wxr), "-o", str(tmp_path / "out.jsonl"))

    assert result.exit_code == 0, result.stderr
    assert "3 comments (wordpress): 1 approved, 1 spam, 1 trash; 1 labelled spam, 1 labelled ham." in result.stderr
    rows = rows_of(tmp_path / "out.jsonl")
    assert [(row["id"], row["status"], row.get("label")) for row in rows] == [
        ("1", "approved", "ham"), ("2", "spam", "spam"), ("3", "trash", None),
    ]  # fmt: skip
    assert rows[1] == {
        "id": "2", "text": "Buy", "label": "spam", "status": "spam", "text_format": "html", "author": "Jana",
        "author_email": "j@mail.example", "author_ip": "192.0.2.7", "page_url": "https://balcony.example/1/",
        "page_title": "Tomatoes", "page_text": "Six hours of sun. White & warm.", "type": "comment",
        "language": "sk-SK", "posted_at": "2026-01-02T03:04:05.000Z",
    }  # fmt: skip


def test_score_and_evaluate_read_what_it_writes(run: Any, wxr: Path, tmp_path: Path) -> None:
    from app.training.examples import read_examples

    out = tmp_path / "out.jsonl"
    run("import", str(wxr), "-o", str(out))

    assert len(run("score", str(out)).stdout.splitlines()) == 3
    assert [(each.id, each.is_spam) for each in read_examples([out])] == [("1", False), ("2", True)]
    again = run("import", str(out), "-o", str(tmp_path / "again.jsonl"))
    assert again.exit_code == 0
    assert (tmp_path / "again.jsonl").read_bytes() == out.read_bytes()


def test_what_is_left_out_is_named_and_listed(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "broken.xml.gz"
    path.write_bytes(gzip.compress(export(item(comment(1) + BROKEN * 7)).encode()))
    result = run("import", str(path), "-o", str(tmp_path / "out.jsonl"), "--skipped", str(tmp_path / "skipped.jsonl"))

    assert result.exit_code == 1
    assert len(rows_of(tmp_path / "out.jsonl")) == 1
    listed = rows_of(tmp_path / "skipped.jsonl")
    assert [set(row) for row in listed] == [{"where", "why"}] * 7
    assert "7 records could not be read" in result.stderr
    assert f"{listed[0]['where']}: {listed[0]['why']}" in result.stderr
    assert "... and 2 more. All of them are in" in result.stderr


def test_the_summary_as_json_and_the_records_on_stdout(run: Any, wxr: Path) -> None:
    result = run("import", str(wxr), "--json")

    told = json.loads(result.stderr)
    assert told == {
        "kind": "wordpress", "comments": 3, "statuses": {"approved": 1, "spam": 1, "trash": 1},
        "labels": {"spam": 1, "ham": 1}, "skipped": 0, "first_skipped": [], "out": "-",
    }  # fmt: skip
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["1", "2", "3"]


def test_a_table_with_columns_that_are_told(run: Any, tmp_path: Path) -> None:
    (tmp_path / "table").write_text("who;words\nAnn;Hi\n")
    result = run("import", str(tmp_path / "table"), "--kind", "csv", "--columns", "text=words,author=who")

    assert json.loads(result.stdout)["author"] == "Ann"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nowhere",), "No such file"),
        (("text",), "no kind that is known. Known kinds, for --kind: wordpress"),
        (("wordpress.xml", "--kind", "nope"), "no kind of export named nope"),
        (("wordpress.xml", "--columns", "text=a"), "has no columns"),
        (("wordpress.xml", "--columns", "text"), "not a field and the name"),
        (("wordpress.xml", "-o", "."), "is a folder"),
        (("wordpress.xml", "-o", "wordpress.xml"), "overwrite the export"),
        (("wordpress.xml", "-o", "nowhere/out"), "cannot be written"),
        ((".", "-o", "out", "--kind", "wordpress"), "inside the export"),
        (("cut.gz", "-o", "out"), "cannot be read to its end"),
    ],
)
def test_bad_input_is_refused_and_leaves_nothing(
    run: Any, wxr: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], sentence: str
) -> None:
    monkeypatch.chdir(wxr.parent)
    Path("text").write_text("Nothing that anybody exports.")
    Path("cut.gz").write_bytes(gzip.compress(export(*[item(comment(n)) for n in range(3_000)]).encode())[:-50])
    before = {path.name: path.read_bytes() for path in wxr.parent.iterdir() if path.is_file()}
    result = run("import", *arguments)

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert {path.name: path.read_bytes() for path in wxr.parent.iterdir() if path.is_file()} == before


def test_the_help_names_every_kind() -> None:
    from app.commands import import_
    from app.importing import kinds

    assert import_._KINDS.split(", ") == [kind.name for kind in kinds.KINDS]
