"""Ghost, Isso, Remark42, Staticman: what each keeps of a comment, and what it cannot tell."""

import gzip
import json
import sqlite3
from contextlib import closing

import pytest

from app.errors import ExportUnusable
from app.importing import json_rows, kinds
from app.importing.imported import Imported, Skipped

GHOST = {
    "db": [
        {
            "meta": {"exported_on": 1767323045000, "version": "6.3.0"},
            "data": {
                "comments": [
                    {"id": "c1", "post_id": "p1", "member_id": "m1", "parent_id": None, "status": "published", "html": "<p>Hi {[\"</p>", "created_at": "2026-01-02T03:04:05.000Z"},
                    {"id": "c2", "post_id": "p1", "member_id": None, "parent_id": "c1", "status": "hidden", "html": "<p>Buy</p>", "created_at": "2026-01-02T03:04:05.000Z"},
                    {"id": "c3", "status": "odd", "html": "x"},
                ],
                "members": [{"id": "m1", "name": "Ann", "email": "ann@mail.example"}],
                "posts": [{"id": "p1", "title": "Peas", "slug": "peas", "html": "comments: [{"}],
            },
        }
    ]
}  # fmt: skip


def test_ghost_where_comments_stand_before_posts_and_members(tmp_path):
    path = tmp_path / "ghost.json"
    path.write_text(json.dumps(GHOST))
    first, second, third = kinds.read(path)

    assert (first.status, first.comment.text, first.comment.author) == ("published", '<p>Hi {["</p>', "Ann")
    assert (first.comment.page_title, first.comment.page_url) == ("Peas", "/peas/")
    assert (second.status, second.comment.parent_id, second.comment.author) == ("trash", "c1", "")
    assert isinstance(third, Skipped)


def test_an_export_of_ghost_without_comments_says_how_to_get_one_with(tmp_path):
    told = json.loads(json.dumps(GHOST))
    del told["db"][0]["data"]["comments"]
    (tmp_path / "ghost.json").write_text(json.dumps(told))

    with pytest.raises(ExportUnusable, match=r"include=comments,members"):
        list(kinds.read(tmp_path / "ghost.json"))


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_rows_are_the_same_wherever_a_chunk_ends(tmp_path, monkeypatch, size):
    monkeypatch.setattr(json_rows, "CHUNK_CHARACTERS", size)
    path = tmp_path / "ghost.json"
    path.write_text(json.dumps(GHOST, indent=1))

    assert [getattr(each, "status", "") for each in kinds.read(path)] == ["published", "trash", ""]


@pytest.fixture
def isso(tmp_path):
    """A database as Isso makes it, with a comment of each mode, an unknown one and one without a thread."""
    path = tmp_path / "comments.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript("""
            CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256) UNIQUE, title VARCHAR(256));
            CREATE TABLE comments (tid REFERENCES threads(id), id INTEGER PRIMARY KEY, parent INTEGER,
                created FLOAT NOT NULL, modified FLOAT, mode INTEGER, remote_addr VARCHAR, text VARCHAR, author VARCHAR,
                email VARCHAR, website VARCHAR, likes INTEGER DEFAULT 0, dislikes INTEGER DEFAULT 0,
                voters BLOB NOT NULL, notification INTEGER NOT NULL DEFAULT 0);
            INSERT INTO threads VALUES (1, '/peas/', 'Peas');
        """)
        rows = [(1, 1, None, 1), (1, 2, 1, 2), (1, 3, None, 4), (1, 4, None, 9), (7, 5, None, 1)]
        for tid, number, parent, mode in rows:
            database.execute(
                "INSERT INTO comments (tid, id, parent, created, mode, remote_addr, text, author, email, website, voters)"
                " VALUES (?, ?, ?, 1767323045.5, ?, '192.0.2.0', '*Hi*', 'Ann', 'a@mail.example', 'https://a.example', x'')",
                (tid, number, parent, mode),
            )
        database.commit()
    return path


def test_isso(isso):
    before = isso.read_bytes()
    read = []
    records = list(kinds.read(isso, progress=read.append))

    assert [getattr(each, "status", each.where) for each in records] == [
        "published", "pending", "trash", "comment 4", "published",
    ]  # fmt: skip
    told = records[1].comment
    assert (told.text, told.text_format, told.author, told.author_url) == (
        "*Hi*",
        "markdown",
        "Ann",
        "https://a.example",
    )
    assert (told.page_url, told.page_title, told.parent_id) == ("/peas/", "Peas", "1")
    assert told.posted_at == "2026-01-02T03:04:05.500Z"
    assert records[4].comment.page_url == ""
    assert sum(read) == isso.stat().st_size
    assert isso.read_bytes() == before
    assert [path.name for path in isso.parent.iterdir()] == ["comments.db"]


def test_a_database_of_strangers_cannot_put_a_view_in_the_place_of_the_comments(isso):
    with closing(sqlite3.connect(isso)) as database:
        database.executescript("ALTER TABLE comments RENAME TO c2; CREATE VIEW comments AS SELECT * FROM c2;")

    with pytest.raises(ExportUnusable, match="no table of comments"):
        list(kinds.read(isso))


def test_a_packed_database_is_refused(isso, tmp_path):
    packed = tmp_path / "x.gz"
    packed.write_bytes(gzip.compress(isso.read_bytes()))

    with pytest.raises(ExportUnusable, match="packed"):
        list(kinds.read(packed))


REMARK = [
    {"version": 1, "users": [], "posts": [{"url": "https://r.example/a"}]},
    {"id": "x1", "pid": "", "text": "<p>Hi</p>", "user": {"name": "Ann", "id": "u", "ip": "293ec5b0cf"}, "locator": {"site": "r", "url": "https://r.example/a"}, "time": "2017-12-20T15:18:22.5-06:00", "title": "Peas"},
    {"id": "x2", "pid": "x1", "text": "", "user": {"name": "deleted"}, "locator": {"url": "https://r.example/a"}, "time": "2017-12-20T15:18:22-06:00", "delete": True},
    {"id": "x3"},
]  # fmt: skip


def test_remark42(tmp_path):
    path = tmp_path / "backup.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, REMARK)).encode()))
    first, second, third = kinds.read(path)

    assert (first.status, first.comment.text, first.comment.author, first.comment.author_ip) == (
        "published",
        "<p>Hi</p>",
        "Ann",
        "",
    )
    assert (first.comment.page_url, first.comment.page_title) == ("https://r.example/a", "Peas")
    assert first.comment.posted_at == "2017-12-20T21:18:22.500Z"
    assert (second.status, second.comment.parent_id, third.where) == ("trash", "x1", "line 4")


@pytest.fixture
def tree(tmp_path):
    """A site's comments in every form that Staticman and Jekyll keep them."""
    peas = tmp_path / "site" / "_data" / "comments" / "growing-peas"
    peas.mkdir(parents=True)
    (tmp_path / "site" / "_config.yml").write_text("title: Site\nurl: https://s.example\n")
    (peas / "1.yml").write_text(
        "_id: 1e5\n_parent: growing-peas\nname: Ann\nemail: 0bc83cb571cd1c50ba6f3e8a78ef1346\nurl: 'https://a.example'\n"
        "message: >-\n  Hi\n  there\ndate: 2026-01-02T03:04:05.000Z\n"
    )
    (peas / "2.json").write_text('{"_id": "b", "name": "Bob", "message": "From JSON", "date": 1767323045}')
    (peas / "3.md").write_text("---\n_id: c\nname: Cid\n---\nFrom *front matter*\n")
    (peas / "4.yml").write_text("message: [unclosed\n")
    (peas / "5.yml").write_text("a: &a [x]\n<<: *a\nmessage: {}\nname: &n N\n")
    (peas / "6.yml").write_text("[" * 100_000)
    (peas.parent / "beans.yml").write_text(
        "- id: 1\n  name: Dan\n  message: One\n- id: 2\n  name: Eve\n  message: Two\n"
    )
    return tmp_path / "site"


def test_staticman(tree):
    records = list(kinds.read(tree / "_data"))
    found = [each for each in records if isinstance(each, Imported)]

    assert [(each.comment.comment_id, each.comment.author, each.comment.text) for each in found] == [
        ("1", "Dan", "One"),
        ("2", "Eve", "Two"),
        ("1e5", "Ann", "Hi there"),
        ("b", "Bob", "From JSON"),
        ("c", "Cid", "From *front matter*"),
    ]
    assert [each.comment.page_url for each in found] == ["/beans/"] * 2 + ["/growing-peas/"] * 3
    assert (found[2].comment.author_email, found[2].comment.posted_at) == ("", "2026-01-02T03:04:05.000Z")
    assert found[0].where == "comments/beans.yml, comment 1"
    assert [each.where[-5:] for each in records if isinstance(each, Skipped)] == ["4.yml", "5.yml", "6.yml"]


def test_a_whole_sites_other_files_are_no_comments(tree):
    assert len([each for each in kinds.read(tree) if isinstance(each, Imported)]) == 5
