"""winnow person: what is stored of somebody, taken out and erased."""

import json
from pathlib import Path

import pytest

from app.core.comment import Comment
from app.store.database import migrate, open_engine
from app.store.queue import Filter
from app.store.records import Record
from app.store.sql import SqlStore
from tests.store.conftest import CLASSIFICATION

AT = "2026-11-22T10:00:00.000Z"
EMAIL = "canary@secret.example"


@pytest.fixture
def store(home):
    """Two comments of one person and one of another, in the home of the commands."""
    home.mkdir()
    store = SqlStore(open_engine(f"sqlite:///{home}/winnow.db"))
    migrate(store._engine)
    store.add_site("blog", "k7f2m9q4x1z8", AT)
    for number, email in enumerate((EMAIL, EMAIL.upper(), "tom@x.example")):
        comment = Comment(text="canarytext " * 30, author_email=email)
        store.record([Record(f"c_{number}", "blog", AT, comment, CLASSIFICATION)])
    yield store
    store.close()


class TestExport:
    def test_a_file_holds_their_comments(self, run, store, tmp_path):
        path = tmp_path / "out.jsonl"
        done = run("person", "export", f" {EMAIL} ", "-o", str(path), "--json")
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

        assert json.loads(done.stdout) == {"email": EMAIL, "comments": 2, "file": str(path)}
        assert [row["id"] for row in rows] == ["c_0", "c_1"]
        assert [entry.detail for entry in store.audit_log(act="person-export")] == [{"comments": 2, "whole": True}]

    def test_without_a_file_it_is_printed(self, run, store):
        done = run("person", "export", EMAIL)

        assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["c_0", "c_1"]


class TestErase:
    def test_without_yes_it_says_what_would_go(self, run, store):
        done = run("person", "erase", EMAIL)

        assert done.exit_code == 2
        assert "2 comments, 4 links, 0 decisions" in " ".join(done.stderr.split())
        assert store.count(Filter()) == 3

    def test_it_goes_from_the_files_too(self, run, store, home):
        done = run("person", "erase", EMAIL, "--yes", "--json")
        told = json.loads(done.stdout)
        left = b"".join(path.read_bytes() for path in Path(home).iterdir() if path.is_file()).lower()

        assert (told["erased"]["comments"], told["clean"]) == (2, True)
        assert store.count(Filter()) == 1
        assert EMAIL.encode() not in left

    @pytest.mark.parametrize("email", ["jana", "@x.example", "a@", "a@b\x1b"])
    def test_what_is_no_address_is_refused(self, run, store, email):
        assert run("person", "erase", email, "--yes").exit_code == 2
        assert store.count(Filter()) == 3
