"""Who stands behind a link."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.hosts import Host, describe, parse_url, redirect_target, without_sentence_after
from app.core.lists import Lists


def host_of(address: str, lists: Lists, own: str = "") -> Host:
    url = parse_url(address)
    assert url is not None
    return describe(url, own, lists)


@pytest.mark.parametrize(
    ("address", "kind", "service", "domain"),
    [
        pytest.param("https://www.myget.org/feed/x", "shared", "registry", "myget.org", id="registry"),
        pytest.param("https://github.com/x/y", "shared", "code", "github.com", id="code"),
        pytest.param("https://example.000webhostapp.com/", "shared", "sites", "000webhostapp.com", id="sites"),
        pytest.param("https://1drv.ms/b/x", "shared", "documents", "1drv.ms", id="documents"),
        pytest.param("https://4pda.to/forum/", "shared", "answers", "4pda.to", id="answers"),
        pytest.param("https://about.me/x", "shared", "social", "about.me", id="social"),
        pytest.param("https://bit.ly/abc", "shortener", "", "bit.ly", id="shortener"),
        pytest.param("https://example.carrd.co/", "bio", "", "example.carrd.co", id="bio"),
        pytest.param("https://t.me/example", "messenger", "", "t.me", id="messenger"),
        pytest.param("https://foo.github.io/x", "shared", "sites", "foo.github.io", id="private-suffix"),
        pytest.param("https://foo.blogspot.com/x", "shared", "sites", "foo.blogspot.com", id="blogspot"),
        pytest.param("https://shop.example.co.uk/", "other", "", "example.co.uk", id="other"),
        pytest.param("https://casino.us.com/", "other", "", "casino.us.com", id="sold-us"),
        pytest.param("https://shop.uk.com/", "other", "", "shop.uk.com", id="sold-uk"),
        pytest.param("https://a.com.de/", "other", "", "a.com.de", id="sold-de"),
        pytest.param("https://www.x.eu.com/", "other", "", "x.eu.com", id="sold-eu"),
        pytest.param("https://viber.me/x", "messenger", "", "viber.me", id="viber"),
        pytest.param("https://notgithub.com/x", "other", "", "notgithub.com", id="not-below-a-listed-host"),
        pytest.param("https://github.com.example.com/x", "other", "", "example.com", id="listed-host-in-front"),
        pytest.param("https://example.com/?url=https%3A%2F%2Fx.example.net", "redirector", "", "example.com", id="redirector"),
        pytest.param("http://192.0.2.1/", "ip", "", "", id="ip"),
        pytest.param("http://[2001:db8::1]/", "ip", "", "", id="ip6"),
        pytest.param("http://localhost/", "other", "", "", id="no-suffix"),
        pytest.param("http://github.com./x", "shared", "code", "github.com", id="final-dot"),
    ],
)  # fmt: skip
def test_the_kind_of_a_host(address: str, kind: str, service: str, domain: str, lists: Lists) -> None:
    host = host_of(address, lists)
    assert (host.kind, host.service, host.registrable_domain) == (kind, service, domain)


@pytest.mark.parametrize(
    ("address", "own", "kind"),
    [
        pytest.param("https://shop.example.com/", "example.com", "own", id="another-host-of-the-site"),
        pytest.param("https://example.com.evil.example.net/", "example.com", "other", id="name-in-front"),
        pytest.param("https://me.github.io/", "me.github.io", "own", id="customer-itself"),
        pytest.param("https://other.github.io/", "me.github.io", "shared", id="another-customer"),
        pytest.param("https://medium.com/@x/y", "medium.com", "shared", id="listed-host"),
        pytest.param("https://github.com/x", "github.com", "shared", id="code-host"),
        pytest.param("https://www.youtube.com/watch", "youtube.com", "shared", id="video-host"),
        pytest.param("http://192.0.2.1/", "", "ip", id="ip-and-page-unknown"),
        pytest.param("http://localhost/", "", "other", id="no-domain-and-page-unknown"),
    ],
)
def test_the_site_itself(address: str, own: str, kind: str, lists: Lists) -> None:
    assert host_of(address, lists, own).kind == kind


@pytest.mark.parametrize(
    ("address", "page", "kind"),
    [
        pytest.param("https://medium.com/@me/b", "https://medium.com/@me/a", "own", id="the-same-writer"),
        pytest.param("https://medium.com/@x/b", "https://medium.com/@me/a", "shared", id="another-writer"),
        pytest.param("https://github.com/me", "https://www.github.com/me/a", "own", id="with-and-without-www"),
        pytest.param("https://x.wordpress.com/b", "https://me.wordpress.com/a", "shared", id="another-customer"),
        pytest.param("https://me.wordpress.com/b", "https://me.wordpress.com/a", "own", id="the-same-customer"),
        pytest.param("https://b.casino.us.com/", "https://casino.us.com/", "own", id="sold-suffix"),
    ],
)
def test_on_a_shared_host_only_the_same_customer_is_the_site_itself(
    address: str, page: str, kind: str, lists: Lists
) -> None:
    url, of_page = parse_url(address), parse_url(page)
    assert url is not None
    assert of_page is not None
    own = lists.split_host(of_page.host.removeprefix("www.")).registrable_domain
    assert describe(url, own, lists, of_page).kind == kind


def test_a_host_comes_apart_and_reads_in_letters(lists: Lists) -> None:
    assert host_of("http://www.xn--e1alid.xn--p1ai/", lists) == Host(
        "www.поле.рф", "xn--e1alid.xn--p1ai", "поле", "www", "xn--p1ai", "xn--p1ai", "other", ""
    )


@pytest.mark.parametrize(
    ("address", "target"),
    [
        pytest.param("https://www.google.com/url?sa=t&q=https%3A%2F%2Fx.example%2F", "https://x.example/", id="listed"),
        pytest.param("https://href.li/?https://x.example/", "https://x.example/", id="bare-query"),
        pytest.param("https://clck.yandex.ru/redir/a*https://x.example/", "https://x.example/", id="star-in-path"),
        pytest.param("https://www.bing.com/ck/a?u=a1aHR0cHM6Ly94LmV4YW1wbGUv", "https://x.example/", id="bing"),
        pytest.param("https://urldefense.proofpoint.com/v2/url?u=https-3A__x.example_a", "https://x.example/a", id="proofpoint"),
        pytest.param("https://any.example/go?URL=http://x.example", "http://x.example", id="any-host"),
        pytest.param("https://any.example/go?url=http%253A%252F%252Fx.example", "http://x.example", id="encoded-twice"),
        pytest.param("https://any.example/go?url=casino", "", id="not-an-address"),
        pytest.param("https://any.example/go?picture=http://x.example", "", id="another-parameter"),
        pytest.param("https://any.example/?https://x.example/", "", id="bare-query-of-any-host"),
        pytest.param("https://www.bing.com/ck/a?u=a1%%%", "", id="not-base64"),
        pytest.param("https://any.example/", "", id="no-query"),
        pytest.param("https://www.google.com/url?q=https://evil.example/?a=b", "https://evil.example/?a=b", id="a-query-of-its-own"),
    ],
)  # fmt: skip
def test_where_a_redirector_leads(address: str, target: str, lists: Lists) -> None:
    url = parse_url(address)
    assert url is not None
    assert redirect_target(url, lists) == target


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x",
        "http://",
        "http://a b/",
        "javascript:alert(1)",
        "http://example.com:99999/",
        "http://xn--0/",
        "http://" + "a" * 300 + ".com",
    ],
)
def test_what_a_browser_would_not_open_is_no_address(address: str) -> None:
    assert parse_url(address) is None


@given(name=st.text(st.characters(codec=None), max_size=60))
def test_any_host_is_described(name: str, lists: Lists) -> None:
    for address in (f"http://{name}/", f"http://xn--{name}.com/?url=http://{name}", name):
        url = parse_url(address)
        if url is not None:
            describe(url, "example.com", lists).name.encode()  # no half characters; `http://./` has no name at all


@pytest.mark.parametrize(
    ("glued", "host"),
    [
        pytest.param("casino.com.Thanks", "casino.com", id="a-word"),
        pytest.param("www.casino.com.Thanks.for", "www.casino.com", id="two-words"),
        pytest.param("casino.com.thanks", "casino.com", id="no-capital-before-a-sure-ending"),
        pytest.param("casino.co.uk", "", id="an-ending-of-two-parts"),
        pytest.param("shop.casino.com", "", id="nothing-behind-it"),
        pytest.param("CASINO.COM.THANKS", "CASINO.COM", id="all-capitals-are-none"),
        pytest.param("a." * 200 + "com.Thanks", "", id="too-long-for-a-host"),
    ],
)
def test_words_glued_behind_a_host(glued: str, host: str, lists: Lists) -> None:
    assert without_sentence_after(glued, lists) == host
