"""Results as files: whole, safe in a spreadsheet, and read again by Winnow's own commands."""

import csv
import io
import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from app import lists, models
from app.cli import app as cli
from app.core.classify import classify
from app.core.comment import Comment, History
from app.store.exported import CSV_COLUMNS
from app.store.records import Decision, Record
from app.web.review import export
from app.web.review.acts import TOLD
from tests.store.conftest import CLASSIFICATION
from tests.web.conftest import wired

NASTY = '=HYPERLINK("http://a.example"), said\r\n"him"; ďakujem 🎰'


@pytest.fixture
def store(client):
    store = wired(client).store
    wired(client).now = lambda: "2026-12-01T10:00:00.000Z"
    comments = [
        Comment(text=NASTY, author="@sum", author_email="+1@x.example", page_title="\tTab", language="sk"),
        Comment(text="Tea", author="-Jana", text_format="markdown"),
        Comment(author="Tom", author_url="https://tom.example/"),
    ]
    for number, comment in enumerate(comments):
        site = "shop" if number == 2 else "blog"
        store.record([Record(f"c_{number}", site, f"2026-11-2{number}T10:00:00.000Z", comment, CLASSIFICATION)])
    store.add_decision("blog", "c_1", Decision("ham", "jana", "2026-11-24T10:00:00.000Z", "moderator"))
    return store


@pytest.fixture
def visitor(client, store, make_visitor):
    return make_visitor(client)


def table(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


class TestCsv:
    def test_it_is_what_spreadsheets_read_and_never_a_formula(self, visitor):
        answer = visitor.get("/review/export?format=csv")
        rows = table(answer)

        assert answer.content.startswith(b'\xef\xbb\xbf"id",')
        assert answer.headers["content-type"].startswith("text/csv; charset=utf-8")
        assert answer.headers["content-disposition"] == 'attachment; filename="winnow-2026-12-01.csv"'
        assert tuple(rows[0]) == CSV_COLUMNS
        assert rows[0]["text"] == f"'{NASTY}"
        assert (rows[0]["author"], rows[0]["author_email"], rows[0]["page_title"]) == (
            "'@sum",
            "'+1@x.example",
            "'\tTab",
        )
        assert (rows[1]["author"], rows[1]["label"], rows[1]["decided_by"]) == ("'-Jana", "ham", "jana")

    def test_every_cell_is_quoted(self, visitor):
        lines = visitor.get("/review/export?format=csv&q=tom").content.decode("utf-8-sig").split("\r\n")

        assert all(line.startswith('"') and line.endswith('"') for line in lines if line)


class TestJsonl:
    def test_a_line_is_a_record_with_answer_and_decision(self, visitor):
        answer = visitor.get("/review/export?format=jsonl&q=tea")
        (row,) = [json.loads(line) for line in answer.text.splitlines()]

        assert answer.headers["content-disposition"] == 'attachment; filename="winnow-2026-12-01.jsonl"'
        assert row["decision"] == {
            "label": "ham",
            "by": "jana",
            "at": "2026-11-24T10:00:00.000Z",
            "source": "moderator",
        }
        assert row["reasons"][0]["code"] == "link.path.gambling"
        assert {name: row[name] for name in ("id", "text", "label", "author", "text_format", "site", "score")} == {
            "id": "c_1",
            "text": "Tea",
            "label": "ham",
            "author": "-Jana",
            "text_format": "markdown",
            "site": "blog",
            "score": CLASSIFICATION.score,
        }
        assert "author_email" not in row

    def test_winnow_scores_an_export_as_it_scored_the_comments(self, visitor, store, models_folder, tmp_path):
        known = lists.load()
        model = models.load_current(models_folder, known)
        texts = [
            "Cheap casino http://win.example/casino",
            "Thanks for the recipe!",
            "<b>SEO</b> [url]http://a.example[/url]",
        ]
        for number, text in enumerate(texts):
            comment = Comment(text=text, author="Eve", author_url="https://eve.example/", page_title="Tea")
            answer = classify(comment, History(), model, known)
            store.record([Record(f"c_1{number}", "blog", "2026-11-25T10:00:00.000Z", comment, answer)])
        path = tmp_path / "export.jsonl"
        path.write_bytes(visitor.get("/review/export?format=jsonl&q=author:eve").content)

        done = CliRunner().invoke(cli, ["score", str(path)], env={"WINNOW_MODELS": str(models_folder)})
        scored = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        exported = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

        assert done.exit_code == 0
        assert [(row["id"], row["score"]) for row in scored] == [(row["id"], row["score"]) for row in exported]

    def test_winnow_evaluates_an_export(self, visitor, models_folder, tmp_path):
        path = tmp_path / "export.jsonl"
        path.write_bytes(visitor.get("/review/export?format=jsonl").content)

        done = CliRunner().invoke(cli, ["evaluate", str(path), "--json"], env={"WINNOW_MODELS": str(models_folder)})

        assert done.exit_code == 0
        assert json.loads(done.stdout)[0]["counts"]["ham"] == 1


@pytest.fixture
def models_folder(models):
    return models


class TestWhatIsExported:
    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ("", ["c_0", "c_1", "c_2"]),
            ("tab=decided", ["c_1"]),
            ("tab=spam", ["c_0", "c_2"]),
            ("site=shop", ["c_2"]),
            ("q=has:link+-site:blog", ["c_2"]),
            ("q=nothing+like+it", []),
            ("tab=nonsense", ["c_0", "c_1", "c_2"]),
        ],
    )
    def test_it_is_the_filter_of_the_address(self, visitor, asked, expected):
        answer = visitor.get(f"/review/export?format=jsonl&{asked}")

        assert [json.loads(line)["id"] for line in answer.text.splitlines()] == expected

    def test_chunks_leave_nothing_out_and_nothing_twice(self, visitor, store, monkeypatch):
        monkeypatch.setattr(export, "CHUNK", 2)
        for number in range(3, 8):
            comment = Comment(text=f"tea {number}")
            store.record([Record(f"c_{number}", "blog", "2026-11-25T10:00:00.000Z", comment, CLASSIFICATION)])

        answer = visitor.get("/review/export?format=jsonl")

        assert [json.loads(line)["id"] for line in answer.text.splitlines()] == [f"c_{n}" for n in range(8)]

    @pytest.mark.parametrize("form", ["", "xlsx", "CSV"])
    def test_another_format_is_refused(self, visitor, form):
        assert visitor.get(f"/review/export?format={form}").status_code == 422

    def test_a_viewer_may_not(self, client, store, make_visitor):
        assert make_visitor(client, "vic", "viewer").get("/review/export?format=csv").status_code == 403


class TestAudit:
    def test_it_says_what_was_taken_and_how_much(self, visitor, store):
        visitor.get("/review/export?format=csv&site=blog&q=tea&tab=decided")
        (entry,) = store.audit_log(act="export")

        assert (entry.by, entry.site) == ("jana", "blog")
        assert entry.detail == {"format": "csv", "tab": "decided", "q": "tea", "comments": 1, "whole": True}

    def test_a_download_that_is_broken_off_is_written_down_too(self, visitor, store, monkeypatch):
        monkeypatch.setattr(export, "CHUNK", 1)
        monkeypatch.setattr(export, "csv_row", broken_after(2))
        visitor.get("/review/export?format=csv")
        (entry,) = store.audit_log(act="export")

        assert (entry.detail["comments"], entry.detail["whole"]) == (2, False)

    @pytest.mark.parametrize("act", ["export", "person-export", "person-erase"])
    def test_every_act_has_its_sentence(self, act):
        assert "%(by)s" in TOLD[act].sentence


def broken_after(rows: int):
    left = [rows]
    row_of = export.csv_row

    def row(record):
        if not left[0]:
            raise RuntimeError("disk")
        left[0] -= 1
        return row_of(replace(record))

    return row
