"""JSONL files become examples, or a sentence says which line does not."""

import gzip
import json

import pytest

from app.core.comment import Comment
from app.errors import ExamplesUnusable
from app.training.examples import OWN_DISPUTED, comment_of, files_of, read_examples, read_labelled, source_of


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return path


def test_a_folder_is_read_in_order_and_gzipped_files_too(tmp_path):
    write(tmp_path / "b.jsonl.gz", [{"id": "2", "text": "zwei", "label": "ham"}])
    write(tmp_path / "a.jsonl", [{"id": "1", "text": "eins", "label": "spam"}])

    examples = read_examples([tmp_path])

    assert [(e.id, e.comment.text, e.is_spam, e.source) for e in examples] == [
        ("1", "eins", True, "a"),
        ("2", "zwei", False, "b"),
    ]


def test_rows_without_a_label_are_passed_over(tmp_path):
    path = write(tmp_path / "a.jsonl", [{"text": "?"}, {"text": "!", "label": "ham"}])
    assert [e.comment.text for e in read_examples([path])] == ["!"]


def test_the_text_of_a_page_is_joined_by_its_address(tmp_path):
    write(tmp_path / "pages" / "a.jsonl", [{"page_url": "http://x.example/1", "page_text": "About bees."}])
    path = write(tmp_path / "a.jsonl", [{"text": "t", "label": "ham", "page_url": "http://x.example/1"}])
    assert [e.comment.page_text for e in read_examples([path])] == ["About bees."]


def test_a_folder_does_not_list_its_pages_as_comments(tmp_path):
    write(tmp_path / "pages" / "a.jsonl", [{"page_url": "u", "page_text": "p"}])
    path = write(tmp_path / "a.jsonl", [{"text": "t", "label": "ham"}])
    assert files_of([tmp_path]) == [path]


def test_a_comment_whose_label_was_judged_otherwise_is_left_out(tmp_path):
    path = write(tmp_path / "a.jsonl", [{"id": i, "text": i, "label": "ham"} for i in ("right", "wrong", "arguable")])
    (tmp_path / "judged.tsv").write_text(
        "id\tlabel\tjudged\nright\tham\tham\nwrong\tham\tspam\narguable\tham\targuable\n", encoding="utf-8"
    )
    assert [e.id for e in read_examples([path])] == ["right"]


def test_disputed_comments_are_handed_out_apart_with_what_the_reader_said(tmp_path):
    rows = [{"id": i, "text": i, "label": "spam"} for i in ("right", "wrong", "arguable", "ours")]
    path = write(tmp_path / "data" / "a.jsonl", rows)
    (tmp_path / "data" / "judged.tsv").write_text(
        "id\tlabel\tjudged\nright\tspam\tspam\nwrong\tspam\tham\narguable\tspam\targuable\n", encoding="utf-8"
    )
    own = tmp_path / "disputed.tsv"
    own.write_text("id\tlabel\tjudged\twhy\nours\tspam\tham\ton topic\n", encoding="utf-8")

    found = read_labelled([path], own_list=own)

    assert [e.id for e in found.examples] == ["right"]
    assert [(each.example.id, each.example.is_spam, each.judged) for each in found.disputed] == [
        ("wrong", True, "ham"),
        ("arguable", True, "arguable"),
        ("ours", True, "ham"),
    ]
    assert [e.id for e in read_labelled([path], own_list=tmp_path / "none").examples] == ["right", "ours"]


def test_a_judgement_that_is_none_is_a_sentence(tmp_path):
    path = write(tmp_path / "a.jsonl", [{"id": "1", "text": "x", "label": "ham"}])
    (tmp_path / "judged.tsv").write_text("id\tlabel\tjudged\n1\tham\tperhaps\n", encoding="utf-8")
    with pytest.raises(ExamplesUnusable, match="spam, ham or arguable"):
        read_examples([path])


def test_our_own_list_holds_ids_and_reasons_and_no_doubles():
    rows = [line.split("\t") for line in OWN_DISPUTED.read_text("utf-8").splitlines()]

    assert rows[0] == ["id", "label", "judged", "why"]
    assert all(len(row) == 4 and row[1] != row[2] and len(row[3]) < 60 for row in rows[1:])
    assert len({row[0] for row in rows}) == len(rows) > 50


@pytest.mark.parametrize(
    ("line", "which"),
    [
        pytest.param("{", ":2", id="broken-json"),
        pytest.param("[1]", ":2", id="not-an-object"),
        pytest.param('{"text": "x", "label": "maybe"}', ":2", id="unknown-label"),
        pytest.param("[" * 100_000, ":2", id="deep-nesting"),
        pytest.param("\xff", ":2", id="not-utf-8"),
    ],
)
def test_a_bad_line_is_named_by_its_number(tmp_path, line, which):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "x", "label": "ham"}\n' + line.encode("latin-1") + b"\n")
    with pytest.raises(ExamplesUnusable, match=which):
        read_examples([path])


def test_a_missing_file_is_a_sentence(tmp_path):
    with pytest.raises(ExamplesUnusable, match="no such file"):
        read_examples([tmp_path / "gone.jsonl"])


def test_fields_that_hold_no_text_are_left_out():
    assert comment_of({"text": "x", "author": 7, "page_title": None, "shoe": "y"}) == Comment(text="x")


def test_what_must_not_be_split_is_the_campaign_then_the_site_then_the_comment(tmp_path):
    rows = [
        {"id": "1", "text": "a", "label": "spam", "campaign": "c", "site": "s"},
        {"id": "2", "text": "b", "label": "ham", "site": "s"},
        {"id": "3", "text": "c", "label": "ham"},
    ]
    assert [e.group for e in read_examples([write(tmp_path / "a.jsonl", rows)])] == ["c", "s", "3"]


def test_a_folder_of_our_own_is_a_source_by_its_name(tmp_path):
    assert source_of(tmp_path / "links" / "examples.jsonl") == "links"


def test_a_damaged_gzip_is_a_sentence(tmp_path):
    path = write(tmp_path / "a.jsonl.gz", [{"text": f"{i} " * 50, "label": "ham"} for i in range(500)])
    packed = bytearray(path.read_bytes())
    packed[len(packed) // 2 : len(packed) // 2 + 40] = b"\xff" * 40
    path.write_bytes(packed)
    with pytest.raises(ExamplesUnusable, match="cannot be read"):
        read_examples([path])


@pytest.mark.parametrize("table", [b"id\tverdict\n1\tham\n", b"id\tlabel\tjudged\n\xff\tham\tham\n"])
def test_a_table_of_judged_comments_with_other_columns_is_a_sentence(tmp_path, table):
    path = write(tmp_path / "a.jsonl", [{"id": "1", "text": "x", "label": "ham"}])
    (tmp_path / "judged.tsv").write_bytes(table)
    with pytest.raises(ExamplesUnusable, match="id, label, judged"):
        read_examples([path])
