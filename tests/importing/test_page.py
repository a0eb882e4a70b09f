"""Saved pages: each comment once, with its links, without its answers and buttons; or a sentence why there are none."""

import contextlib
import time

import pytest

from app.errors import ExportUnusable
from app.importing import kinds
from app.importing.imported import Imported, Skipped
from app.importing.tree import parsed

SPAM = "https://registry.example/feed/grand-slots/package/npm/grand-slots-bonus"
ARTICLE = """<!DOCTYPE html>
<!-- saved from url=(0031)https://daily.example/harbour/ -->
<html lang="en-US"><head><meta charset="UTF-8"><title>Ferry hits the pier &#8211; DAILY.example</title>
<script>var comments = "<li class='comment' id='comment-1'><div class='comment-content'>no</div></li>";</script></head>
<body class="single single-post logged-in"><div id="page">
<header class="site-header"><h1 class="site-title"><a href="/">DAILY.example</a></h1><nav><a href="/a">News</a></nav></header>
<article id="post-812" class="post-812 post type-post hentry"><header class="entry-header">
<h1 class="entry-title">Ferry hits the pier</h1></header>
<div class="entry-content"><p><img src="p.jpg">The evening ferry ran into the pier on Tuesday. Nobody was hurt, said the
master of the harbour, and the boat goes again from Thursday on, once its bow has been looked at.</p>
<h2>What the captain says</h2><p>He had taken the light for another one.</p></div>
<footer class="entry-meta">Posted by desk</footer></article>
<div id="comments" class="comments-area"><h2 class="comments-title">1 thought on &ldquo;Ferry hits the pier&rdquo;</h2>
{comments}
<p class="nocomments">Comments are closed.</p></div>
<aside id="secondary" class="widget-area"><ul id="recentcomments"><li class="recentcomments">roy on <a href="#">Ferry</a></li></ul></aside>
</div></body></html>
"""
HTML5 = f"""<ol class="comment-list">
<li id="comment-3391" class="comment even thread-even depth-1">
<article id="div-comment-3391" class="comment-body"><footer class="comment-meta"><div class="comment-author vcard">
<img class="avatar photo" src="x"><b class="fn"><a href="https://roy.example/" rel="external nofollow ugc" class="url">roy</a></b>
<span class="says">says:</span></div><div class="comment-metadata"><a href="https://daily.example/harbour/#comment-3391">
<time datetime="2022-01-08T10:00:00+00:00">January 8, 2022 at 10:00 am</time></a></div></footer>
<div class="comment-content"><p><a href="{SPAM}" rel="nofollow ugc">{SPAM}</a></p></div>
<div class="reply"><a class="comment-reply-link" href="#">Reply</a></div></article></li></ol>"""
CLASSIC = f"""<ol class="commentlist"><li class="comment even thread-even depth-1" id="comment-3391">
<div id="div-comment-3391" class="comment-body"><div class="comment-author vcard"><cite class="fn">
<a href='https://roy.example/' rel='external nofollow ugc' class='url'>roy</a></cite> <span class="says">says:</span></div>
<div class="comment-meta commentmetadata"><a href="https://daily.example/harbour/#comment-3391">January 8, 2022 at 10:00 am</a>
&nbsp;&nbsp;<a class="comment-edit-link" href="#">(Edit)</a></div>
<p><a href="{SPAM}" rel="nofollow ugc">{SPAM}</a></p>
<div class="reply"><a class='comment-reply-link' href='#'>Reply</a></div></div></li></ol>"""
ELEVEN = f"""<ol class="commentlist"><li class="comment even depth-1" id="li-comment-3391">
<article id="comment-3391" class="comment"><footer class="comment-meta"><div class="comment-author vcard">
<span class="fn"><a href='https://roy.example/' class='url'>roy</a></span> on <a href="#comment-3391"><time datetime="2022-01-08T10:00:00+00:00">then</time></a>
<span class="says">said:</span></div></footer><div class="comment-content"><p><a href="{SPAM}">{SPAM}</a></p></div>
<div class="reply"><a class="comment-reply-link" href="#">Reply</a></div></article></li></ol>"""
BLOCKS = f"""<ol class="wp-block-comment-template"><li id="comment-3391" class="comment even thread-even depth-1">
<div class="wp-block-columns"><div class="wp-block-comment-author-name"><a rel="external nofollow ugc" href="https://roy.example/">roy</a></div>
<div class="wp-block-comment-date"><time datetime="2022-01-08T10:00:00+00:00"><a href="#comment-3391">January 8</a></time></div>
<div class="wp-block-comment-content"><p><a href="{SPAM}">{SPAM}</a></p></div>
<div class="wp-block-comment-reply-link"><a class="comment-reply-link" href="#">Reply</a></div></div></li></ol>"""


def read(tmp_path, content, name="page.html"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(kinds.read(path))


@pytest.mark.parametrize(
    "comments", [HTML5, CLASSIC, ELEVEN, BLOCKS], ids=["html5", "classic", "twentyeleven", "blocks"]
)
def test_a_page_like_the_sample_gives_exactly_one_comment(tmp_path, comments):
    (found,) = read(tmp_path, ARTICLE.format(comments=comments))

    told = found.comment
    assert told.text == f'<a href="{SPAM}">{SPAM}</a>'
    assert (told.text_format, told.author, told.author_url) == ("html", "roy", "https://roy.example/")
    assert (told.comment_id, told.parent_id, found.status) == ("3391", "", "published")
    assert (told.page_title, told.page_url) == ("Ferry hits the pier", "https://daily.example/harbour/")
    assert told.page_text.startswith("The evening ferry ran into the pier")
    assert told.page_text.endswith("He had taken the light for another one.")
    assert told.language == "en-US"


def nested(inner: str) -> str:
    return HTML5.replace("</article></li></ol>", f"</article><ol class='children'>{inner}</ol></li></ol>")


def test_answers_are_comments_of_their_own(tmp_path):
    answer = """<li id="comment-3392" class="comment byuser odd alt depth-2 parent"><article class="comment-body">
    <div class="comment-author"><b class="fn">Ann</b></div><div class="comment-content"><p>One</p><p>two <em>three</em> &lt;b&gt;<br>x</p></div>
    </article></li><li class="pingback even depth-2" id="comment-3393"><div class="comment-body">Pingback: <a class="url" href="https://p.example/">P</a></div></li>
    <li id="comment-3394" class="comment depth-2"><article class="comment-body"><p class="comment-awaiting-moderation">Waits</p><div class="comment-content">Mine</div></article></li>"""
    first, second, third, fourth = read(tmp_path, ARTICLE.format(comments=nested(answer)))

    assert first.comment.text == f'<a href="{SPAM}">{SPAM}</a>'
    assert (second.comment.text, second.comment.parent_id) == ("One\n\ntwo <em>three</em> &lt;b&gt;\nx", "3391")
    assert (third.comment.text, third.comment.type) == ('<a href="https://p.example/">P</a>', "pingback")
    assert (fourth.status, fourth.comment.text) == ("pending", "Mine")


DISQUS = """<!doctype html><html><head><title>Disqus Comments</title></head><body><ul id="post-list" class="post-list">
<li class="post" id="post-55"><div data-role="post-content" class="post-content"><div class="avatar hovercard"><a class="user" href="#"><img src="x"></a></div>
<div class="post-body"><header><span class="post-byline"><span class="author publisher-anchor-color"><a href="https://disqus.com/by/ann/">Ann</a></span></span>
<div class="post-meta"><a class="time-ago" title="Thursday, January 6, 2022 1:00 PM">2 years ago</a></div></header>
<div class="post-body-inner"><div class="post-message-container"><div class="publisher-anchor-color"><div class="post-message"><p>Hi <a href="https://x.example">x</a></p></div></div></div></div>
<footer><a class="reply">Reply</a></footer></div></div>
<ul class="children"><li class="post" id="post-56"><div class="post-content"><div class="post-message"><p>Answer</p></div></div></li></ul></li></ul></body></html>"""
SCHEMA = """<!doctype html><html><body><div itemscope itemtype="https://schema.org/Comment"><span itemprop="author" itemscope><span itemprop="name">Ann</span></span>
<time itemprop="dateCreated" datetime="2026-01-02T03:04:05Z">x</time><div itemprop="text">Hi <a href="https://x.example">x</a></div><button>Like</button></div></body></html>"""
DATA = """<!doctype html><html><head><script type="application/ld+json">{"@type": "Article", "comment": [{"@type": "Comment",
"text": "Hi <a href=\\"https://x.example\\">x</a>", "author": {"@type": "Person", "name": "Ann"}, "dateCreated": "2026-01-02T03:04:05Z"}]}</script></head><body></body></html>"""
MICROFORMATS = """<!doctype html><html><body><article class="h-entry"><div class="e-content">Post</div><div class="u-comment h-cite">
<a class="p-author h-card" href="https://a.example/">Ann</a>: <p class="e-content">Hi <a href="https://x.example">x</a></p></div></article></body></html>"""
BLOGGER = """<!doctype html><html><body><div class="post hentry"><div class="post-body">Post</div></div><div class="comments" id="comments"><ol id="top-ra">
<li class="comment" id="c123"><div class="avatar-image-container"><img src="x"></div><div class="comment-block"><div class="comment-header">
<cite class="user"><a href="https://blogger.example/1" rel="nofollow">Ann</a></cite><span class="datetime"><a href="#">2 January</a></span></div>
<p class="comment-content">Hi <a href="https://x.example">x</a></p><span class="comment-actions"><a>Reply</a></span></div></li></ol></div></body></html>"""
OLD_BLOGGER = """<!doctype html><html><body><dl id="comments-block"><dt class="comment-author" id="c123"><a name="c123"></a>
<a href="https://a.example/">Ann</a> said...</dt><dd class="comment-body"><p>Hi <a href="https://x.example">x</a></p></dd><dd class="comment-footer">2 January</dd></dl></body></html>"""
GENERIC = """<!doctype html><html><body><section class="Comments__list"><div class="Comment Comment--new"><div class="Comment__header"><span class="comment-user">Ann</span></div>
<div class="Comment__text">Hi <a href="https://x.example">x</a></div><button>Reply</button></div></section><form class="comment-form"><textarea class="comment-text">no</textarea></form></body></html>"""
ONLY_TEXTS = """<!doctype html><html><body><table><tr><td class="commentText">Hi <a href="https://x.example">x</a></td></tr></table></body></html>"""
OTHERS = {
    "disqus-frame": DISQUS, "schema.org": SCHEMA, "json-ld": DATA, "microformats": MICROFORMATS, "blogger": BLOGGER,
    "old-blogger": OLD_BLOGGER, "generic": GENERIC, "only-texts": ONLY_TEXTS,
}  # fmt: skip


@pytest.mark.parametrize("content", list(OTHERS.values()), ids=list(OTHERS))
def test_other_marks(tmp_path, content):
    first, *others = read(tmp_path, content)

    assert first.comment.text == 'Hi <a href="https://x.example">x</a>'
    assert first.comment.author == ("" if content is ONLY_TEXTS else "Ann")
    assert [each.comment.text for each in others] == (["Answer"] if content is DISQUS else [])
    if content is DISQUS:
        assert (first.comment.comment_id, others[0].comment.parent_id) == ("55", "55")


def test_a_page_with_disqus_holds_only_a_frame_and_that_is_said(tmp_path):
    page = ARTICLE.format(
        comments='<div id="disqus_thread"><iframe src="https://disqus.com/embed/comments/?f=x"></iframe></div>'
    )

    with pytest.raises(ExportUnusable, match=r"Disqus.*frame's own document"):
        read(tmp_path, page)


def test_of_a_folder_of_pages_those_without_comments_are_named(tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.html").write_text(ARTICLE.format(comments=""))
    (folder / "b.html").write_text(ARTICLE.format(comments=HTML5))
    first, second = kinds.read(folder)

    assert isinstance(first, Skipped)
    assert (first.where, second.where) == ("a.html", "b.html, line 15")


def test_the_encoding_that_a_page_tells_is_used(tmp_path):
    page = ARTICLE.format(comments=HTML5.replace(">roy<", ">Ľubo<")).replace("UTF-8", "windows-1250")

    assert read(tmp_path, page.encode("cp1250"))[0].comment.author == "Ľubo"


PLAIN = """Ferry hits the pier – DAILY.example

The evening ferry ran into the pier on Tuesday.

  1. It was dark.

{heading}

  1. https://registry.example/feed/grand-slots
     second line

  2. 12 people were on board.
     1. one

Comments are closed.
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_page_as_plain_text_whose_count_is_right(tmp_path, end):
    heading = "2 thoughts on “Ferry hits the pier – DAILY.example”"
    first, second = read(tmp_path, PLAIN.format(heading=heading).replace("\n", end), "page.txt")

    assert first.comment.text == "https://registry.example/feed/grand-slots\nsecond line"
    assert second.comment.text == "12 people were on board.\n1. one"
    assert (first.comment.page_title, first.where) == ("Ferry hits the pier – DAILY.example", "line 9")
    assert "It was dark." in first.comment.page_text


@pytest.mark.parametrize(
    "heading", ["3 thoughts on “Ferry hits the pier – DAILY.example”", "2 thoughts on “Another page”"]
)
def test_a_plain_text_that_leaves_a_doubt_is_refused(tmp_path, heading):
    with pytest.raises(ExportUnusable, match="beyond doubt"):
        read(tmp_path, PLAIN.format(heading=heading), "page.txt")


HOSTILE = {
    "nested": "<div class=comment id=comment-1>" * 10_000,
    "paragraphs": "<p class=comment-text>x" * 20_000,
    "attributes": "<a " + " ".join(f"a{number}=1" for number in range(50_000)) + ">",
    "open-quotes": '<a href="' * 50_000,
    "comments": "<!--" * 50_000,
    "blanks": "<a" + " " * 200_000,
    "entities": "&#" + "9" * 100_000 + ";",
    "lists": "<ul><li class='comment depth-1'>" * 10_000,
    "articles": "<article class=entry-content>" * 10_000,
    "entries": "<div class='comments'><div class='hentry'>" * 10_000,
    "stray-ends": "<div>" * 300 + "</p>" * 50_000,
    "marks": "<a" + " =" * 100_000,
    "json": "<script type=application/ld+json>" + "[" * 100_000,
    "brackets": "<" * 100_000,
}  # fmt: skip


@pytest.mark.parametrize("content", list(HOSTILE.values()), ids=list(HOSTILE))
def test_no_page_takes_long(tmp_path, content):
    began = time.process_time()
    with contextlib.suppress(ExportUnusable):
        read(tmp_path, "<!doctype html>" + content)
    assert time.process_time() - began < 10


def test_a_tree_as_browsers_make_it():
    page = parsed(
        "<ul><li>a<li>b<ul><li>c</ul><li>d</ul><p>e<p>f<div>g</p>h</div><table><tr><td>1<td>2<tr><td>3</table>"
    )

    assert [node.tag for node in page.children] == ["ul", "p", "p", "div", "table"]
    assert [node.text() for node in page.children[0].children] == ["a", "b c", "d"]
    assert [len(node.children) for node in page.children[4].children] == [2, 1]


def test_every_imported_comment_of_a_page_has_an_id(tmp_path):
    found = read(tmp_path, ONLY_TEXTS)

    assert all(isinstance(each, Imported) and each.comment.comment_id for each in found)


def test_a_page_of_too_many_elements_is_named(tmp_path, monkeypatch):
    from app.importing import tree

    monkeypatch.setattr(tree, "MAX_ELEMENTS", 100)
    (skipped,) = read(tmp_path, "<!doctype html>" + "<b>" * 101)

    assert isinstance(skipped, Skipped)
