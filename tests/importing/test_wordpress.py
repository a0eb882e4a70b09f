"""WXR: what WordPress wrote comes out, whatever stands in it; a broken record costs itself alone."""

import gzip
import zipfile

import pytest

from app.importing import kinds
from app.importing.imported import Imported, Skipped

HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<!-- generator="WordPress/6.7" created="2026-11-01 10:00" -->
<rss version="2.0"
	xmlns:excerpt="http://wordpress.org/export/{version}/excerpt/"
	xmlns:content="http://purl.org/rss/1.0/modules/content/"
	xmlns:wp="http://wordpress.org/export/{version}/">
<channel>
	<title>Balcony</title>
	<language>sk-SK</language>
	<wp:wxr_version>{version}</wp:wxr_version>
"""
TAIL = "</channel>\n</rss>\n"


def item(comments: str, title: str = "Tomatoes", number: int = 1) -> str:
    return f"""	<item>
		<title><![CDATA[{title}]]></title>
		<link>https://balcony.example/{number}/</link>
		<content:encoded><![CDATA[<!-- wp:paragraph --><p>Six hours of sun.</p><p>White &amp; warm.</p>]]></content:encoded>
		<wp:comment_status><![CDATA[open]]></wp:comment_status>
		<wp:postmeta><wp:meta_key>_x</wp:meta_key><wp:meta_value><![CDATA[<item>]]></wp:meta_value></wp:postmeta>
{comments}	</item>
"""


def comment(number: int, text: str = "Thanks", approved: str = "1", kind: str = "comment", **more: str) -> str:
    told = {"author": "Jana", "author_email": "j@mail.example", "author_url": "", "author_IP": "192.0.2.7", **more}
    fields = "".join(
        f"			<wp:comment_{name}><![CDATA[{value}]]></wp:comment_{name}>\n" for name, value in told.items()
    )
    return f"""		<wp:comment>
			<wp:comment_id>{number}</wp:comment_id>
{fields}			<wp:comment_date_gmt><![CDATA[2026-01-02 03:04:05]]></wp:comment_date_gmt>
			<wp:comment_content><![CDATA[{text}]]></wp:comment_content>
			<wp:comment_approved><![CDATA[{approved}]]></wp:comment_approved>
			<wp:comment_type><![CDATA[{kind}]]></wp:comment_type>
			<wp:comment_parent>{more.get("parent", 0)}</wp:comment_parent>
			<wp:comment_user_id>0</wp:comment_user_id>
		</wp:comment>
"""


def export(*items: str, version: str = "1.2") -> str:
    return HEAD.format(version=version) + "".join(items) + TAIL


def read(tmp_path, content, name="export.xml"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(kinds.read(path))


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_a_comment_comes_with_its_page(tmp_path, version):
    (found,) = read(
        tmp_path, export(item(comment(7, "<b>Hi</b> &amp; bye", author_url="https://j.example")), version=version)
    )

    assert (found.status, found.label, found.where) == ("approved", "ham", "line 17")
    told = found.comment
    assert (told.comment_id, told.text, told.text_format) == ("7", "<b>Hi</b> &amp; bye", "html")
    assert (told.author, told.author_email, told.author_url) == ("Jana", "j@mail.example", "https://j.example")
    assert (told.author_ip, told.posted_at, told.parent_id) == ("192.0.2.7", "2026-01-02T03:04:05.000Z", "")
    assert (told.page_title, told.page_url) == ("Tomatoes", "https://balcony.example/1/")
    assert (told.page_text, told.language) == ("Six hours of sun. White & warm.", "sk-SK")


@pytest.mark.parametrize(
    ("approved", "status", "label"),
    [
        ("1", "approved", "ham"),
        ("0", "pending", None),
        ("spam", "spam", "spam"),
        ("trash", "trash", None),
        ("post-trashed", "trash", None),
    ],
)
def test_every_status_of_wordpress_has_its_own(tmp_path, approved, status, label):
    (found,) = read(tmp_path, export(item(comment(1, approved=approved))))

    assert (found.status, found.label) == (status, label)


def test_what_a_plugin_keeps_among_the_comments_is_named_and_left_out(tmp_path):
    records = read(
        tmp_path, export(item(comment(1, kind="order_note") + comment(2, kind="pingback") + comment(3, approved="odd")))
    )

    assert [type(each) for each in records] == [Skipped, Imported, Skipped]
    assert records[1].comment.type == "pingback"


HOSTILE = [
    pytest.param("bell \x07 and \x0b and \x00", "bell  and  and", id="control-characters"),
    pytest.param("</wp:comment><wp:comment> <item>", "</wp:comment><wp:comment> <item>", id="tags-of-the-export"),
    pytest.param("a ]]]]><![CDATA[> b", "a ]]> b", id="end-of-cdata-as-wordpress-writes-it"),
    pytest.param("&nbsp;&bomb; \ufffe", "&nbsp;&bomb;", id="no-entities-in-cdata"),
]


@pytest.mark.parametrize(("text", "expected"), HOSTILE)
def test_text_survives_as_it_was(tmp_path, text, expected):
    first, second = read(tmp_path, export(item(comment(1, text) + comment(2))))

    assert (first.comment.text, second.comment.comment_id) == (expected, "2")


BROKEN = [
    pytest.param("<wp:comment><wp:comment_id>9</wp:comment_id><oops></wp:comment>\n", id="tags-that-do-not-match"),
    pytest.param("<wp:comment><wp:comment_id>9</wp:comment_id>\n", id="no-end"),
    pytest.param("<wp:comment_id>9</wp:comment_id></wp:comment>\n", id="no-beginning"),
    pytest.param("<wp:comment>" + "<a/>" * 100_001 + "</wp:comment>\n", id="too-many"),
    pytest.param("<wp:comment>" + "<a>" * 300 + "</a>" * 300 + "</wp:comment>\n", id="too-deep"),
]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_comment_costs_itself_and_is_named_by_its_line(tmp_path, broken):
    content = export(item(comment(1) + broken + comment(2)), item(comment(3), number=2))
    records = read(tmp_path, content)

    assert [each.comment.comment_id for each in records if isinstance(each, Imported)] == ["1", "2", "3"]
    (skipped,) = [each for each in records if isinstance(each, Skipped)]
    assert skipped.where == f"line {content.count(chr(10), 0, content.index(broken)) + 1}"
    assert records[-1].comment.page_url == "https://balcony.example/2/"


def test_a_broken_item_leaves_its_comments_without_a_page_but_not_with_another_ones(tmp_path):
    broken = item(comment(2), number=2).replace("<link>", "<link><link>")
    records = read(tmp_path, export(item(comment(1)), broken, item(comment(3), number=3)))

    assert [type(each) for each in records] == [Imported, Skipped, Imported, Imported]
    assert [each.comment.page_url for each in records if isinstance(each, Imported)] == [
        "https://balcony.example/1/", "", "https://balcony.example/3/",
    ]  # fmt: skip


def test_ampersands_and_references_outside_of_cdata_are_read(tmp_path):
    text = comment(1).replace("<![CDATA[Thanks]]>", "A&B &nbsp;&#8;&#x1F600; &lt;b&gt;")
    (found,) = read(tmp_path, export(item(text)))

    assert found.comment.text == "A&B &nbsp;\U0001f600 <b>"


def test_entities_are_neither_expanded_nor_fetched(tmp_path):
    bomb = '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>\n<rss'
    text = comment(1).replace("<![CDATA[Thanks]]>", "&b; &x;")
    (found,) = read(tmp_path, export(item(text)).replace("<rss", bomb, 1))

    assert found.comment.text == "&b; &x;"


def test_an_export_that_was_cut_short_says_so(tmp_path):
    whole = export(item(comment(1) + comment(2)))
    cut = whole[: whole.index("<wp:comment_approved>", whole.index("<wp:comment_id>2"))]
    records = read(tmp_path, cut)

    assert records[0].comment.comment_id == "1"
    assert [each.why for each in records[1:]] == [
        "The export ends in the middle of it.",
        "The export was cut short here: its last tag is missing.",
    ]


def test_a_record_without_an_end_does_not_fill_the_memory(tmp_path, monkeypatch):
    from app.importing import cutting

    monkeypatch.setattr(cutting, "MAX_RECORD_CHARACTERS", 10_000)
    monkeypatch.setattr(cutting, "CHUNK_CHARACTERS", 1_000)
    endless = "<wp:comment><wp:comment_content><![CDATA[" + "x" * 50_000
    records = read(tmp_path, export(item(comment(1) + endless), item(comment(2), number=2)))

    assert [each.comment.comment_id for each in records if isinstance(each, Imported)] == ["1", "2"]
    assert "has no end" in next(each.why for each in records if isinstance(each, Skipped))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_it_does_not_matter_where_a_chunk_ends(tmp_path, monkeypatch, size):
    from app.importing import cutting

    content = export(item(comment(1, "a ]]]]><![CDATA[> b </wp:comment>") + comment(2)))
    whole = read(tmp_path, content)
    monkeypatch.setattr(cutting, "CHUNK_CHARACTERS", size)

    assert read(tmp_path, content) == whole
    assert len(whole) == 2


def test_the_declared_encoding_is_used(tmp_path):
    content = export(item(comment(1, "Ďakujem, výborné"))).replace("UTF-8", "ISO-8859-2").encode("iso-8859-2")

    assert read(tmp_path, content)[0].comment.text == "Ďakujem, výborné"


def test_several_files_are_one_export(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "a.000.xml").write_text(export(item(comment(1))))
    (folder / "a.001.xml.gz").write_bytes(gzip.compress(export(item(comment(2))).encode()))
    (folder / "other.xml").write_text("<opml/>")
    records = list(kinds.read(folder))

    assert [getattr(each, "where", "") for each in records] == [
        "a.000.xml, line 17",
        "a.001.xml.gz, line 17",
        "other.xml",
    ]
    assert records[2].why == "The file is no WordPress export."


def test_an_archive_is_read_as_it_is(tmp_path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("site/a.xml", export(item(comment(1))))
        archive.writestr("__MACOSX/site/._a.xml", b"\x00\x05")
        archive.writestr("albums/a.jpg", b"\xff\xd8")

    assert [each.where for each in kinds.read(path)] == ["site/a.xml, line 17"]
