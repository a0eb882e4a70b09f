"""Links: found in whatever they are written, and nothing else is."""

from collections.abc import Callable

import pytest

from app.core.comment import Comment
from app.core.links import MAX_LINKS, Link, emails, find
from app.core.lists import Lists
from app.core.text import read

Found = Callable[..., tuple[Link, ...]]

FIELDS = ["text", "author_url", "author", "author_email"]


@pytest.fixture
def found(lists: Lists) -> Found:
    """The links of a comment whose text and other fields are given."""

    def look(text: str = "", **fields: str) -> tuple[Link, ...]:
        comment = Comment(text=text, **fields)
        return find(comment, read(text, comment.text_format, lists.lookalikes), lists)

    return look


ONE_LINK = [
    # id, text, as written, markup, anchor, address, registrable domain
    ("https", "see https://a.example.com/b ok", "https://a.example.com/b", "bare", "", "https://a.example.com/b", "example.com"),
    ("http-upper-case", "HTTP://A.EXAMPLE.COM/B", "HTTP://A.EXAMPLE.COM/B", "bare", "", "http://a.example.com/B", "example.com"),
    ("ftp", "ftp://files.example.com/x", "ftp://files.example.com/x", "bare", "", "ftp://files.example.com/x", "example.com"),
    ("www", "go to www.example.com/a.", "www.example.com/a", "bare", "", "http://www.example.com/a", "example.com"),
    ("scheme-less-path", "visit casino.xyz/win now", "casino.xyz/win", "bare", "", "http://casino.xyz/win", "casino.xyz"),
    ("scheme-less-host", "Visit casino.com!!!", "casino.com", "no-scheme", "", "http://casino.com/", "casino.com"),
    ("scheme-less-capitals", "CASINO.COM", "CASINO.COM", "no-scheme", "", "http://casino.com/", "casino.com"),
    ("scheme-less-title-case", "Go Casino.Com", "Casino.Com", "no-scheme", "", "http://casino.com/", "casino.com"),
    ("scheme-less-port", "x.example.com:8080/a", "x.example.com:8080/a", "bare", "", "http://x.example.com:8080/a", "example.com"),
    ("two-part-suffix", "shop.example.co.uk/x", "shop.example.co.uk/x", "bare", "", "http://shop.example.co.uk/x", "example.co.uk"),
    ("query", "http://example.com/?a=1&b=2#c", "http://example.com/?a=1&b=2#c", "bare", "", "http://example.com/?a=1&b=2#c", "example.com"),
    ("userinfo", "http://google.com@evil.example.com/", "http://google.com@evil.example.com/", "bare", "", "http://google.com@evil.example.com/", "example.com"),
    ("password", "http://u:p@evil.example.com:81/", "http://u:p@evil.example.com:81/", "bare", "", "http://u:p@evil.example.com:81/", "example.com"),
    ("backslashes", r"http:\\evil.example.com\a", r"http:\\evil.example.com\a", "bare", "", "http://evil.example.com/a", "example.com"),
    ("three-slashes", "http:///evil.example.com", "http:///evil.example.com", "bare", "", "http://evil.example.com/", "example.com"),
    ("ip", "http://192.0.2.7/x", "http://192.0.2.7/x", "bare", "", "http://192.0.2.7/x", ""),
    ("ip-decimal", "http://3221225991/", "http://3221225991/", "bare", "", "http://192.0.2.7/", ""),
    ("ip-hexadecimal", "http://0xc0.0.2.7/", "http://0xc0.0.2.7/", "bare", "", "http://192.0.2.7/", ""),
    ("idn", "сайт поле.рф тут", "поле.рф", "no-scheme", "", "http://xn--e1alid.xn--p1ai/", "xn--e1alid.xn--p1ai"),
    ("idn-scheme", "http://поле.рф/а", "http://поле.рф/а", "bare", "", "http://xn--e1alid.xn--p1ai/%D0%B0", "xn--e1alid.xn--p1ai"),
    ("idn-accent", "www.comédie.fr", "www.comédie.fr", "no-scheme", "", "http://www.xn--comdie-dva.fr/", "xn--comdie-dva.fr"),
    ("punycode", "http://xn--e1alid.xn--p1ai/", "http://xn--e1alid.xn--p1ai/", "bare", "", "http://xn--e1alid.xn--p1ai/", "xn--e1alid.xn--p1ai"),
    ("capitalised-after-host", "visit casino.com.Thanks", "casino.com", "no-scheme", "", "http://casino.com/", "casino.com"),
    ("capitalised-suffix-after-host", "casino.com.It is", "casino.com", "no-scheme", "", "http://casino.com/", "casino.com"),
    ("word-after-host", "casino.com.now", "casino.com", "no-scheme", "", "http://casino.com/", "casino.com"),
    ("www-and-capitalised", "www.casino.de.com.Thanks", "www.casino.de.com", "no-scheme", "", "http://www.casino.de.com/", "casino.de.com"),
    ("doubtful-digits", "main gacor88.id yuk", "gacor88.id", "no-scheme", "", "http://gacor88.id/", "gacor88.id"),
    ("doubtful-hyphen", "kredyt-online.pl", "kredyt-online.pl", "no-scheme", "", "http://kredyt-online.pl/", "kredyt-online.pl"),
    ("doubtful-number", "slot777.in", "slot777.in", "no-scheme", "", "http://slot777.in/", "slot777.in"),
    ("doubtful-second-level", "bank.com.my", "bank.com.my", "no-scheme", "", "http://bank.com.my/", "bank.com.my"),
    ("ip6", "see http://[2001:db8::1]/x ok", "http://[2001:db8::1]/x", "bare", "", "http://[2001:db8::1]/x", ""),
    ("ip-no-scheme", "see 185.12.3.4/casino ok", "185.12.3.4/casino", "bare", "", "http://185.12.3.4/casino", ""),
    ("after-ellipsis", "wow...casino.com ok", "casino.com", "no-scheme", "", "http://casino.com/", "casino.com"),
    ("bracket-after-host", "casino.com(best)", "casino.com", "no-scheme", "", "http://casino.com/", "casino.com"),
    # the sentence around it
    ("full-stop", "See http://example.com/a.", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("many-marks", "Wow http://example.com/a?!...", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("in-brackets", "(see http://example.com/a)", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("own-brackets", "http://example.com/a_(b)", "http://example.com/a_(b)", "bare", "", "http://example.com/a_(b)", "example.com"),
    ("quoted", '"http://example.com/a", he said', "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("apostrophes", "'http://example.com/a'", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("guillemets", "«http://example.com/a» oui", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("angle-brackets", "<http://example.com/a>", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("emphasis", "*http://example.com/a*", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("ellipsis-before-words", "http://example.com…more", "http://example.com", "bare", "", "http://example.com/", "example.com"),
    ("chinese-comma", "http://example.com/a，更多", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("chinese-full-stop", "看http://example.com/a。更多", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("chinese-brackets", "（http://example.com/a）吧", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("japanese-brackets", "「http://example.com/a」です", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("chinese-after-host", "http://example.com更多", "http://example.com", "bare", "", "http://example.com/", "example.com"),
    ("chinese-around", "访问www.example.com更多", "www.example.com", "no-scheme", "", "http://www.example.com/", "example.com"),
    ("korean-before", "네이버example.com", "example.com", "no-scheme", "", "http://example.com/", "example.com"),
    ("arabic", "زوروا http://example.com/x، شكرا", "http://example.com/x", "bare", "", "http://example.com/x", "example.com"),
    ("arabic-question", "رأيت www.example.com؟", "www.example.com", "no-scheme", "", "http://www.example.com/", "example.com"),
    # where it stands counts code points of the text as sent
    ("after-emoji", "😀👍🏽 http://example.com/a", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("after-flag", "🇸🇰 http://example.com/a", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("after-entities", "a &amp; b &#8217; http://example.com/a", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("after-zero-width", "a\u200bb\u200d http://example.com/a", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("after-full-width", "ｂｕｙ http://example.com/a", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("after-ligature", "ﬁne ½ ﷺ http://example.com/a", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("after-tags", "<b>a</b><br/> http://example.com/a", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("after-comment", "<!-- x <b> -->http://example.com/a", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("after-accents", "e\u0301e\u0302\u0301 http://example.com/a", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("after-half-a-character", "\ud800é http://example.com/a", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("before-closing-tag", "<b>http://example.com/a</b>more", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("entities-inside", "http://example.com/?a=1&amp;b=2", "http://example.com/?a=1&amp;b=2", "bare", "", "http://example.com/?a=1&b=2", "example.com"),
    ("entities-around", "&lt;http://example.com/a&gt;", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("zero-width-inside", "ht\u200btp://exam\u00adple.com/a", "ht\u200btp://exam\u00adple.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("full-width", "ｈｔｔｐ：／／ｅｘａｍｐｌｅ．ｃｏｍ／ａ", "ｈｔｔｐ：／／ｅｘａｍｐｌｅ．ｃｏｍ／ａ", "bare", "", "http://example.com/a", "example.com"),
    ("mathematical", "𝐞𝐱𝐚𝐦𝐩𝐥𝐞.𝐜𝐨𝐦/𝐚", "𝐞𝐱𝐚𝐦𝐩𝐥𝐞.𝐜𝐨𝐦/𝐚", "bare", "", "http://example.com/a", "example.com"),
    ("tag-inside", "http://exam<b></b>ple.com/a", "http://exam<b></b>ple.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("backwards", "\u202emoc.elpmaxe//:ptth\u202c!", "\u202emoc.elpmaxe//:ptth", "bare", "", "http://example.com/", "example.com"),
    # refanged
    ("hxxp", "hxxp://example.com/a", "hxxp://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("hxxps", "hxxps://example.com/a", "hxxps://example.com/a", "bare", "", "https://example.com/a", "example.com"),
    ("stars", "h**p://example.com/a", "h**p://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("spaced-colon", "http : //example.com/a", "http : //example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("bracketed-colon", "http[:]//example.com/a", "http[:]//example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("bracketed-dot", "example[.]com/a", "example[.]com/a", "bare", "", "http://example.com/a", "example.com"),
    ("bracketed-dots", "www[.]x[.]com", "www[.]x[.]com", "no-scheme", "", "http://www.x.com/", "x.com"),
    ("dot-in-brackets", "example(dot)com/a", "example(dot)com/a", "bare", "", "http://example.com/a", "example.com"),
    ("dot-in-square-brackets", "example [dot] com", "example [dot] com", "no-scheme", "", "http://example.com/", "example.com"),
    ("spoken-dot", "go example dot com ok", "example dot com", "no-scheme", "", "http://example.com/", "example.com"),
    ("spoken-dots", "www dot casino dot com", "www dot casino dot com", "no-scheme", "", "http://www.casino.com/", "casino.com"),
    ("russian-dot", "казино точка ру, example точка ru", "example точка ru", "no-scheme", "", "http://example.ru/", "example.ru"),
    ("spaced-dot", "example . com", "example . com", "no-scheme", "", "http://example.com/", "example.com"),
    ("ideographic-dot", "example。com", "example。com", "no-scheme", "", "http://example.com/", "example.com"),
    ("spaced-letters", "c a s i n o.com", "c a s i n o.com", "no-scheme", "", "http://casino.com/", "casino.com"),
    # HTML
    ("html", 'a <a href="http://example.com/a">the <b>text</b></a> b', "http://example.com/a", "html", "the text", "http://example.com/a", "example.com"),
    ("html-apostrophes", "<a href='http://example.com/a'>t</a>", "http://example.com/a", "html", "t", "http://example.com/a", "example.com"),
    ("html-unquoted", "<a href=http://example.com/a>t</a>", "http://example.com/a", "html", "t", "http://example.com/a", "example.com"),
    ("html-upper-case", '<A REL="nofollow" HREF = "http://example.com/a">T</A>', "http://example.com/a", "html", "T", "http://example.com/a", "example.com"),
    ("html-line-breaks", '<a\n href="http://example.com/a"\n>t</a>', "http://example.com/a", "html", "t", "http://example.com/a", "example.com"),
    ("html-entities", '<a href="http://example.com/?a=1&amp;b=&#50;">t</a>', "http://example.com/?a=1&amp;b=&#50;", "html", "t", "http://example.com/?a=1&b=2", "example.com"),
    ("html-no-scheme", '<a href="//example.com/a">t</a>', "//example.com/a", "html", "t", "http://example.com/a", "example.com"),
    ("html-only-host", '<a href="example.com">t</a>', "example.com", "html", "t", "http://example.com/", "example.com"),
    ("html-backslashes", r'<a href="\\example.com/a">t</a>', r"\\example.com/a", "html", "t", "http://example.com/a", "example.com"),
    ("html-same-text", '<a href="http://example.com/a">http://example.com/a</a>', "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("html-decoy", '<a title="href=http://good.example.org" href="http://example.com/a">t</a>', "http://example.com/a", "html", "t", "http://example.com/a", "example.com"),
    ("html-curly-quotes", "<a href=”http://example.com/a”>t</a>", "http://example.com/a", "html", "t", "http://example.com/a", "example.com"),
    ("html-quote-not-closed", '<a href="http://example.com/a>t</a>', "http://example.com/a", "html", "t", "http://example.com/a", "example.com"),
    ("html-never-closed", '<a href="http://example.com/a">t\nmore', "http://example.com/a", "html", "t", "http://example.com/a", "example.com"),
    ("html-tag-not-closed", '<a href="http://example.com/a"\nmore', "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("html-image", '<img src="http://example.com/a.png" alt="x">', "http://example.com/a.png", "image", "", "http://example.com/a.png", "example.com"),
    ("html-iframe", '<iframe src="http://example.com/a"></iframe>', "http://example.com/a", "html", "", "http://example.com/a", "example.com"),
    # BBCode
    ("bbcode", "a [url=http://example.com/a]the [b]text[/b][/url] b", "http://example.com/a", "bbcode", "the text", "http://example.com/a", "example.com"),
    ("bbcode-quoted", '[URL="http://example.com/a"]t[/URL]', "http://example.com/a", "bbcode", "t", "http://example.com/a", "example.com"),
    ("bbcode-plain", "[url]http://example.com/a[/url]more", "http://example.com/a", "bbcode", "http://example.com/a", "http://example.com/a", "example.com"),
    ("bbcode-plain-host", "[url]casino.xyz[/url]", "casino.xyz", "bbcode", "casino.xyz", "http://casino.xyz/", "casino.xyz"),
    ("bbcode-link", "[link=http://example.com/a]t[/link]", "http://example.com/a", "bbcode", "t", "http://example.com/a", "example.com"),
    ("bbcode-image", "[img]http://example.com/a.png[/img]", "http://example.com/a.png", "image", "http://example.com/a.png", "http://example.com/a.png", "example.com"),
    ("bbcode-never-closed", "[url=http://example.com/a]t\nmore", "http://example.com/a", "bbcode", "t", "http://example.com/a", "example.com"),
    ("bbcode-not-a-tag", "[url=http://example.com/a t[/url]", "http://example.com/a", "bare", "", "http://example.com/a", "example.com"),
    ("bbcode-refanged", "[url=hxxp://example.com/a]t[/url]", "hxxp://example.com/a", "bbcode", "t", "http://example.com/a", "example.com"),
    # Markdown and wiki
    ("markdown", "a [the text](http://example.com/a) b", "http://example.com/a", "markdown", "the text", "http://example.com/a", "example.com"),
    ("markdown-title", """[t](http://example.com/a "it's")""", "http://example.com/a", "markdown", "t", "http://example.com/a", "example.com"),
    ("markdown-brackets", "[t](http://example.com/a_(b)_c)", "http://example.com/a_(b)_c", "markdown", "t", "http://example.com/a_(b)_c", "example.com"),
    ("markdown-angle", "[t](<http://example.com/a>)", "http://example.com/a", "markdown", "t", "http://example.com/a", "example.com"),
    ("markdown-no-scheme", "[t](www.example.com/a)", "www.example.com/a", "markdown", "t", "http://www.example.com/a", "example.com"),
    ("markdown-image", "![t](http://example.com/a.png)", "http://example.com/a.png", "image", "t", "http://example.com/a.png", "example.com"),
    ("markdown-address-as-text", "[http://example.com/a](http://example.com/a)", "http://example.com/a", "markdown", "http://example.com/a", "http://example.com/a", "example.com"),
    ("markdown-reference", "read [this][1]\n\n[1]: http://example.com/a 'T'", "http://example.com/a", "markdown", "this", "http://example.com/a", "example.com"),
    ("markdown-short-reference", "read [this][]\n[THIS]: <http://example.com/a>", "http://example.com/a", "markdown", "this", "http://example.com/a", "example.com"),
    ("markdown-unused-reference", "[1]: http://example.com/a", "http://example.com/a", "markdown", "", "http://example.com/a", "example.com"),
    ("wiki", "[[http://example.com/a|the text]]", "http://example.com/a", "wiki", "the text", "http://example.com/a", "example.com"),
    ("wiki-space", "[http://example.com/a the text]", "http://example.com/a", "wiki", "the text", "http://example.com/a", "example.com"),
    ("wiki-no-text", "[http://example.com/a]", "http://example.com/a", "wiki", "", "http://example.com/a", "example.com"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "written", "markup", "anchor", "href", "domain"),
    [pytest.param(*row[1:], id=row[0]) for row in ONE_LINK],
)
def test_a_link_is_found_where_it_stands(
    found: Found, text: str, written: str, markup: str, anchor: str, href: str, domain: str
) -> None:
    (link,) = found(text)
    assert (link.field, text[link.begin : link.end]) == ("text", written)
    assert (link.markup, link.anchor, link.url.href) == (markup, anchor, href)
    assert link.host.registrable_domain == domain


@pytest.mark.parametrize(
    ("text", "hrefs"),
    [
        pytest.param("http://a.com,http://b.com/x,www.c.com", ["http://a.com/", "http://b.com/x", "http://www.c.com/"], id="commas"),
        pytest.param("www.a.com/x,www.b.com;http://c.com", ["http://www.a.com/x", "http://www.b.com/", "http://c.com/"], id="no-scheme-commas"),
        pytest.param("http://a.comhttp://b.com/x", ["http://a.com/", "http://b.com/x"], id="glued"),
        pytest.param("[url]http://a.com/x[/url][url]http://b.com/y[/url]", ["http://a.com/x", "http://b.com/y"], id="bbcode"),
        pytest.param("<p>http://a.com/x</p><p>http://b.com/y</p>", ["http://a.com/x", "http://b.com/y"], id="paragraphs"),
        pytest.param("http://a.com/x http://a.com/x HTTP://A.COM/x", ["http://a.com/x"], id="the-same-three-times"),
        pytest.param("<a href='http://a.com/x'>www.b.com</a>", ["http://a.com/x", "http://www.b.com/"], id="text-names-another"),
        pytest.param("[url=http://a.com/][img]http://b.com/i.png[/img][/url]", ["http://a.com/", "http://b.com/i.png"], id="image-in-link"),
    ],
)  # fmt: skip
def test_every_link_is_found(found: Found, text: str, hrefs: list[str]) -> None:
    assert [link.url.href for link in found(text)] == hrefs


@pytest.mark.parametrize(
    "text",
    [
        "run setup.py and see README.md or main.rs, app.js, build.sh",
        "e.g. this, i.e. that, a.k.a. him, p.s. bye",
        "version 1.2.3, 3.14 and 2.0.0-rc.1",
        "I reached the end.So we left.It was good.No more",
        "index.html, photo.jpg, notes.txt, archive.tar.gz, data.json",
        "ASP.NET, Node.js, Socket.IO and VB.NET",
        "wait...what? well..no",
        "and/or, he/she, 1/2, km/h",
        "at 10:30 or 10.30, on 22.11.2026",
        "write to me@example.com or a.b@mail.example.org",
        "name (at) example (dot) com",
        "items.map(x), user.name, self.host, this.style, e.target, node.next",
        "the dot com bubble and a red dot net",
        "J. R. R. Tolkien, U.S.A., Ph.D.",
        "fine. Com is short. Net too",
        "df = pd.read_csv(x)",
        "ck..ck..ck",
        "Smith et.al. say",
        "git config user.email",
        "git 2.32.0.windows.2",
        "rect.top, rect2.top and window.event.rect",
        "System.Net.Http, self.net.forward, np.ma.array, org.apache.commons.Foo",
        "from 10.0.0.0/8 or 1.2.3.4, 300.1.2.3/a",
        "utf-8.md, setup-2.py",
        "Adorei . com certeza, Anna . com amor",
        "he said . org",
        "mailto:me@example.com javascript:alert(1) tel:+421900123456",
        "[a](/about) [b](#top) [c](photo.jpg) <a href='?p=2'>next</a> <a href='mailto:a@b.com'>x</a>",
        "http:// and https:// alone, http://, http://.",
        "C:\\Users\\me\\notes.doc",
        "これは。テストです。",
        "http://example.com:99999/ has no such port",
        "",
    ],
)
def test_what_is_no_link_is_none(found: Found, text: str) -> None:
    assert found(text) == ()


def test_links_stand_in_every_field(found: Found) -> None:
    fields = {
        "author": "Best casino[.]com deals",
        "author_url": " hxxp://spam.example.com/a\n",
        "author_email": "joe@mail.example.net ",
    }
    told = [
        (link.field, fields[link.field][link.begin : link.end], link.anchor, link.markup, link.url.href)
        for link in found("Nice.", **fields)
    ]
    assert told == [
        ("author_url", "hxxp://spam.example.com/a", fields["author"], "field", "http://spam.example.com/a"),
        ("author", "casino[.]com", "", "bare", "http://casino.com/"),
        ("author_email", "mail.example.net", "", "field", "http://mail.example.net/"),
    ]


@pytest.mark.parametrize(
    "author_url", ["javascript:alert(1)", "mailto:a@b.com", "data:text/html,x", "/", "#", "  ", "http://"]
)
def test_an_author_address_that_leads_nowhere_is_no_link(found: Found, author_url: str) -> None:
    assert found("Nice.", author_url=author_url) == ()


def test_where_a_redirector_leads_is_a_link_too(found: Found) -> None:
    text = "see https://www.google.com/url?q=https%3A%2F%2Fcasino.example.com%2Fwin ok"
    first, second = found(text)
    assert (first.host.name, second.url.href) == ("www.google.com", "https://casino.example.com/win")
    assert (second.markup, second.begin, second.end) == ("redirect", first.begin, first.end)


def test_an_address_in_the_path_of_another_is_a_part_of_it(found: Found) -> None:
    (link,) = found("https://web.archive.org/web/2020/http://old.example.com/")
    assert link.host.registrable_domain == "archive.org"


def test_text_sent_as_plain_has_no_markup(found: Found) -> None:
    (link,) = found("[t](http://example.com/a) <b>", text_format="plain")
    assert (link.markup, link.url.href) == ("bare", "http://example.com/a")


def test_the_links_of_one_comment_are_bounded(found: Found) -> None:
    assert len(found(" ".join(f"http://a{i}.example.com/" for i in range(200)))) == MAX_LINKS


def test_many_links_in_the_text_hide_no_link_of_the_author(found: Found) -> None:
    text = " ".join(f"http://a{i}.example.com/" for i in range(200))
    names = " ".join(f"http://b{i}.example.com/" for i in range(200))
    links = found(text, author=names, author_url="casino.xyz", author_email="a@mail.example.net")
    assert len(links) == MAX_LINKS
    assert [link.field for link in links] == sorted((link.field for link in links), key=FIELDS.index)
    assert {"casino.xyz", "mail.example.net"} <= {link.host.name for link in links}


def test_the_page_of_a_shared_host_owns_its_own_part_of_it_alone(found: Found) -> None:
    links = found("https://medium.com/@me/a https://medium.com/@spam/b", page_url="https://medium.com/@me/post")
    assert [link.host.kind for link in links] == ["own", "shared"]


def test_hosts_are_still_found_behind_many_addresses(found: Found) -> None:
    assert found("http://a.com/x " * 500 + "casino.xyz/win")[-1].host.name == "casino.xyz"


def test_domains_of_e_mail_addresses() -> None:
    assert emails("Ask Joe@Mail.Example.org, or jane.doe@a.example.") == [
        (4, 24, "mail.example.org"),
        (29, 47, "a.example"),
    ]
    assert emails("nobody at home") == []
