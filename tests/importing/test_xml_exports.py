"""Disqus, Blogger and MediaWiki: which page a comment belongs to, and what had been made of it."""

import pytest

from app.importing import kinds
from app.importing.imported import Imported, Skipped

DISQUS = """<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<category dsq:id="1"><forum>garden</forum><title>General</title></category>
<thread dsq:id="20"><id>a</id><category dsq:id="1"/><link>https://g.example/a</link><title>Peas &amp;amp; beans</title>
<message/><isDeleted>false</isDeleted></thread>
<post dsq:id="31"><id/><message><![CDATA[<p>Hi <a href="http://x.example">x</a></p>]]></message>
<createdAt>2011-08-31T15:16:29Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam>
<author><email>a@mail.example</email><name>Ann</name><username>ann1</username></author><ipAddress>192.0.2.3</ipAddress>
<thread dsq:id="20"/></post>
<post dsq:id="32"><message>Buy</message><isDeleted>true</isDeleted><isSpam>true</isSpam><author><name/><username>u</username></author>
<thread dsq:id="20"/><parent dsq:id="31"/></post>
<post dsq:id="33"><message>Gone</message><isDeleted>true</isDeleted><isSpam>false</isSpam><thread dsq:id="99"/></post>
<post dsq:id="34"><message>Broken</message><thread dsq:id=20/></post>
<post><id>77</id><message>No number</message><thread dsq:id="20"/></post>
</disqus>
"""

TAKEOUT = """<?xml version='1.0' encoding='utf-8'?>
<feed xmlns='http://www.w3.org/2005/Atom' xmlns:blogger='http://schemas.google.com/blogger/2018'>
<id>tag:blogger.com,1999:blog-1</id><title>Balcony</title>
<entry><id>tag:blogger.com,1999:blog-1.post-9</id><blogger:parent>tag:blogger.com,1999:blog-1.post-5</blogger:parent>
<blogger:inReplyTo/><blogger:type>COMMENT</blogger:type><blogger:status>{status}</blogger:status>
<author><name>Jana</name><uri>https://j.example/</uri><blogger:type>BLOGGER</blogger:type></author>
<title>x</title><content type='html'>&lt;b&gt;Hi&lt;/b&gt;</content><published>2026-01-02T03:04:05Z</published><blogger:trashed/></entry>
<entry><id>tag:blogger.com,1999:blog-1.post-5</id><blogger:type>POST</blogger:type><blogger:status>LIVE</blogger:status>
<title>Peas</title><content type='html'>Long.</content><blogger:filename>/2026/01/peas.html</blogger:filename></entry>
</feed>
"""

DOWNLOAD = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns='http://www.w3.org/2005/Atom' xmlns:thr='http://purl.org/syndication/thread/1.0'>
<id>tag:blogger.com,1999:blog-1.archive</id>
<entry><id>tag:blogger.com,1999:blog-1.post-5</id>
<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#post'/>
<title type='text'>Peas</title><link rel='alternate' type='text/html' href='https://b.example/2026/01/peas.html'/></entry>
<entry><id>tag:blogger.com,1999:blog-1.post-9</id><published>2026-01-02T03:04:05.000-08:00</published>
<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#comment'/>
<title type='text'>x</title><content type='html'>Nice &amp;amp; good</content>
<link rel='related' href='http://www.blogger.com/feeds/1/5/comments/default/8'/>
<author><name>Jana</name><email>noreply@blogger.com</email></author>
<thr:in-reply-to href='https://b.example/2026/01/peas.html' ref='tag:blogger.com,1999:blog-1.post-5'/></entry>
</feed>
"""

WIKI = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">
<siteinfo><sitename>W</sitename><base>https://w.example/wiki/Main_Page</base></siteinfo>
<page><title>User:Seo man</title><ns>2</ns><id>5</id>
<revision><id>1</id><timestamp>2020-01-01T00:00:00Z</timestamp><contributor><ip>192.0.2.9</ip></contributor>
<model>wikitext</model><text bytes="3" xml:space="preserve">old</text></revision>
<revision><id>2</id><timestamp>2021-01-01T00:00:00Z</timestamp><contributor><username>Bob</username><id>3</id></contributor>
<model>wikitext</model><text bytes="3" xml:space="preserve">See [http://x.example casino] &lt;b&gt;</text></revision></page>
<page><title>Old name</title><ns>0</ns><id>6</id><redirect title="New" /><revision><id>3</id><text>#REDIRECT</text></revision></page>
<page><title>Module:X</title><ns>828</ns><id>7</id><revision><id>4</id><model>Scribunto</model><text>return</text></revision></page>
</mediawiki>
"""


def read(tmp_path, content):
    path = tmp_path / "export"
    path.write_text(content, encoding="utf-8")
    return list(kinds.read(path))


def test_disqus(tmp_path):
    records = read(tmp_path, DISQUS)
    found = {each.comment.comment_id: each for each in records if isinstance(each, Imported)}

    assert [(key, each.status, each.label) for key, each in found.items()] == [
        ("31", "published", None),
        ("32", "spam", "spam"),
        ("33", "trash", None),
        ("77", "published", None),
    ]
    first = found["31"].comment
    assert first.text == '<p>Hi <a href="http://x.example">x</a></p>'
    assert (first.author, first.author_email, first.author_ip) == ("Ann", "a@mail.example", "192.0.2.3")
    assert (first.page_url, first.page_title) == ("https://g.example/a", "Peas & beans")
    assert (first.posted_at, first.parent_id) == ("2011-08-31T15:16:29.000Z", "")
    assert (found["32"].comment.author, found["32"].comment.parent_id) == ("u", "31")
    assert found["33"].comment.page_url == ""
    assert [each.where for each in records if isinstance(each, Skipped)] == ["line 13"]


@pytest.mark.parametrize(
    ("told", "status"), [("LIVE", "published"), ("PENDING", "pending"), ("SPAM", "spam"), ("EMPTIED", "trash")]
)
def test_takeout_of_blogger_where_the_comment_stands_before_its_post(tmp_path, told, status):
    (found,) = read(tmp_path, TAKEOUT.format(status=told))

    assert (found.status, found.comment.text, found.comment.author) == (status, "<b>Hi</b>", "Jana")
    assert (found.comment.page_title, found.comment.page_url) == ("Peas", "/2026/01/peas.html")
    assert found.comment.author_url == "https://j.example/"


def test_a_status_that_is_not_known_is_not_guessed(tmp_path):
    assert [type(each) for each in read(tmp_path, TAKEOUT.format(status="ODD"))] == [Skipped]


def test_the_older_download_of_blogger(tmp_path):
    (found,) = read(tmp_path, DOWNLOAD)

    told = found.comment
    assert (found.status, told.text, told.author, told.author_email) == ("published", "Nice &amp; good", "Jana", "")
    assert (told.page_title, told.page_url) == ("Peas", "https://b.example/2026/01/peas.html")
    assert (told.posted_at, told.parent_id) == ("2026-01-02T11:04:05.000Z", "8")


def test_a_wikis_page_is_one_record_as_its_last_edit_left_it(tmp_path):
    (found,) = read(tmp_path, WIKI)

    told = found.comment
    assert (told.text, told.author, told.comment_id) == ("See [http://x.example casino] <b>", "Bob", "5")
    assert (told.page_title, told.page_url) == ("User:Seo man", "https://w.example/wiki/User:Seo_man")
    assert (told.type, told.posted_at, found.where) == ("wiki-page", "2021-01-01T00:00:00.000Z", "line 3")
