"""One table of kinds: what begins as one is read as one, and what begins as none is refused with the list."""

import gzip

import pytest

from app.errors import ExportUnusable
from app.importing import kinds
from app.importing.imported import Imported, Skipped

LINES = b"""{"id": "a", "text": "One", "label": "spam", "author": "X", "posted_at": "2026-01-02T03:04:05Z"}

not json
[1]
{"id": "b", "text": "Two", "status": "trash"}
{"id": 3, "text": "Three", "label": "ham"}
{"author": "nobody"}
{"text": "Four"}
{"text": "Five", "status": "odd"}
"""


def test_winnows_own_records_come_back(tmp_path):
    path = tmp_path / "export.bin"
    path.write_bytes(LINES)

    records = list(kinds.read(path))

    imported = [each for each in records if isinstance(each, Imported)]
    assert [(each.comment.comment_id, each.status, each.label) for each in imported] == [
        ("a", "spam", "spam"),
        ("b", "trash", None),
        ("3", "approved", "ham"),
        ("line 8", "published", None),
    ]
    assert imported[0].comment.posted_at == "2026-01-02T03:04:05.000Z"
    assert [each.where for each in records if isinstance(each, Skipped)] == ["line 3", "line 4", "line 7", "line 9"]


def test_a_gzipped_export_is_read_and_its_bytes_counted(tmp_path):
    path = tmp_path / "export.gz"
    path.write_bytes(gzip.compress(LINES * 1_000))
    read = []

    assert len(list(kinds.read(path, progress=read.append))) == 8_000
    assert sum(read) == path.stat().st_size


def test_an_export_that_was_cut_short_is_a_sentence(tmp_path):
    path = tmp_path / "export.gz"
    path.write_bytes(gzip.compress(bytes(range(256)) * 1_000 + LINES * 1_000)[:-20])

    with pytest.raises(ExportUnusable, match="cannot be read to its end"):
        list(kinds.read(path, "jsonl"))


@pytest.mark.parametrize(("content", "what"), [(b"", "It is empty"), (b"\x00\x01what", "no kind that is known")])
def test_what_is_not_known_is_refused_with_the_list(tmp_path, content, what):
    path = tmp_path / "export"
    path.write_bytes(content)

    with pytest.raises(ExportUnusable, match=rf"{what}.*jsonl"):
        kinds.read(path)


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(ExportUnusable, match="No such file"):
        kinds.read(tmp_path / "nothing")


def test_a_kind_that_is_not_there_is_refused(tmp_path):
    (tmp_path / "export").write_bytes(LINES)

    with pytest.raises(ExportUnusable, match="no kind of export named nope"):
        kinds.read(tmp_path / "export", "nope")


def test_a_kind_that_the_export_cannot_be_is_refused_instead_of_giving_nothing(tmp_path):
    (tmp_path / "export").write_bytes(LINES)

    with pytest.raises(ExportUnusable, match="Nothing in it looks like Disqus"):
        kinds.read(tmp_path / "export", "disqus")
