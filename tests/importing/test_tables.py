"""Tables and JSON: which column is what, and which row is at fault."""

import json

import pytest

from app.errors import CommandRefused, ExportUnusable
from app.importing import columns, kinds, table
from app.importing.imported import Imported, Skipped


def read(tmp_path, content, name="export", **told):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(kinds.read(path, **told))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_names_that_are_known_need_no_telling(tmp_path, separator):
    rows = [
        ["ID", "Comment", "Author Name", "E-mail", "Website", "Post title", "Created at", "Status", "IP"],
        ["7", f'"He said ""hi""{separator}\nand went"', "Ann", "a@mail.example", "https://a.example", "Peas", "2026-01-02 03:04:05", "spam", "192.0.2.3"],
    ]  # fmt: skip
    (found,) = read(tmp_path, "\r\n".join(separator.join(row) for row in rows))

    told = found.comment
    assert (found.status, found.where, told.comment_id) == ("spam", "line 2", "7")
    assert (told.text, told.author, told.author_email) == (
        f'He said "hi"{separator}\nand went',
        "Ann",
        "a@mail.example",
    )
    assert (told.author_url, told.page_title, told.posted_at) == (
        "https://a.example",
        "Peas",
        "2026-01-02T03:04:05.000Z",
    )


def test_columns_can_be_told(tmp_path):
    chosen = columns.parsed("text=what they wrote, author=who,label=verdict")
    content = "who,what they wrote,verdict\nAnn,Hi,ham\nBob,Buy,1\nCid,Well,\n"
    found = read(tmp_path, content, kind="csv", columns=chosen)

    assert [(each.comment.text, each.comment.author, each.status) for each in found] == [
        ("Hi", "Ann", "approved"), ("Buy", "Bob", "spam"), ("Well", "Cid", "published"),
    ]  # fmt: skip


def test_columns_are_told_for_json_too(tmp_path):
    chosen = columns.parsed("text=words")
    found = read(tmp_path, '{"words": "Hi", "text": 5}\n', kind="jsonl", columns=chosen)

    assert [each.comment.text for each in found] == ["Hi"]


@pytest.mark.parametrize("told", ["text", "text=", "words=body", "=body"])
def test_columns_that_cannot_be_meant_are_refused(told):
    with pytest.raises(CommandRefused, match="the fields are text"):
        columns.parsed(told)


def test_a_table_without_a_column_for_the_text_says_how_to_name_it(tmp_path):
    with pytest.raises(ExportUnusable, match=r"No column is known.*--columns text=NAME"):
        read(tmp_path, "a,b\n1,2\n", kind="csv")
    with pytest.raises(ExportUnusable, match="no column named nope"):
        read(tmp_path, "a,text\n1,2\n", columns={"author": "nope"})


def test_columns_of_a_kind_without_any_are_refused(tmp_path):
    with pytest.raises(ExportUnusable, match="has no columns to name"):
        read(tmp_path, "<!doctype html><p>", columns={"text": "p"})


def test_a_row_at_fault_is_named_and_the_next_is_read(tmp_path):
    content = b'id,text,status\n1,Hi,approved\n2,too,many,columns\n3,Gr\xfc\xdfe,approved\n4,"two\nlines",odd\n5,Bye,pending\n'
    records = read(tmp_path, content)

    assert [each.comment.comment_id for each in records if isinstance(each, Imported)] == ["1", "5"]
    skipped = [each for each in records if isinstance(each, Skipped)]
    assert [each.where for each in skipped] == ["line 3", "line 4", "line 5"]
    assert [each.why.split()[0] for each in skipped] == ["The", "It", "The"]
    assert records[-1].where == "line 7"


def test_utf_16_as_spreadsheets_write_it(tmp_path):
    (found,) = read(tmp_path, "id\ttext\r\n1\tĎakujem\r\n".encode("utf-16"))

    assert found.comment.text == "Ďakujem"


def test_a_quotation_mark_without_its_partner_does_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "MAX_RECORD_CHARACTERS", 1_000)
    rows = "".join(f"{number},row {number}\n" for number in range(200))
    records = read(tmp_path, f'id,text\n1,"open\n{rows}')

    assert isinstance(records[0], Skipped)
    assert "lines 2 to" in records[0].why
    assert len(records) > 50
    assert records[-1].comment.text == "row 199"


def test_a_json_array_and_one_under_a_name(tmp_path):
    rows = [{"id": 1, "body": "Hi", "spam": True}, {"id": 2, "body": "Bye", "spam": False}, {"id": 3}]
    for content in (json.dumps(rows), json.dumps({"total": 3, "comments": rows}, indent=1)):
        records = read(tmp_path, content)
        assert [getattr(each, "status", "") for each in records] == ["spam", "approved", ""]


def test_a_json_array_that_was_cut_short_says_so(tmp_path):
    records = read(tmp_path, '[{"text": "a"}, {"text": "b"')

    assert [type(each) for each in records] == [Imported, Skipped]


def test_a_record_keeps_what_winnow_wrote(tmp_path):
    from app.importing.imported import row

    (first,) = read(tmp_path, '{"id": "a", "text": "Hi", "label": "spam", "page_text": "P", "type": "pingback"}')
    (second,) = read(tmp_path, json.dumps(row(first)))

    assert second == first


def test_the_table_of_wordpress_itself_needs_no_telling(tmp_path):
    names = "comment_ID,comment_post_ID,comment_author,comment_author_email,comment_author_url,comment_author_IP,comment_date"
    content = (
        f"{names},comment_date_gmt,comment_content,comment_karma,comment_approved,comment_agent,comment_type,comment_parent,user_id\n"
        "5,1,Ann,a@mail.example,https://a.example,192.0.2.3,2026-01-02 04:04:05,2026-01-02 03:04:05,Hi,0,spam,Firefox,comment,4,0\n"
        "6,1,Ann,,,,2026-01-02 04:04:05,2026-01-02 03:04:05,Bye,0,post-trashed,,comment,0,0\n"
    )
    first, second = read(tmp_path, content)

    told = first.comment
    assert (first.status, second.status) == ("spam", "trash")
    assert (told.comment_id, told.text, told.author, told.author_email) == ("5", "Hi", "Ann", "a@mail.example")
    assert (told.author_url, told.author_ip, told.user_agent) == ("https://a.example", "192.0.2.3", "Firefox")
    assert (told.posted_at, told.parent_id, told.type) == ("2026-01-02T03:04:05.000Z", "4", "comment")
