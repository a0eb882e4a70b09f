"""The pages of domains."""

import re

import pytest

from app.core.comment import Comment
from app.core.verdict import Classification, LinkReport
from app.store.records import Decision, Record
from tests.store.conftest import CLASSIFICATION
from tests.web.conftest import wired

ROW = re.compile(r"<tr>\s*<th scope=\"row\">(.*?)</tr>", re.DOTALL)


def link(url: str, domain: str, kind: str = "other", field: str = "text") -> LinkReport:
    return LinkReport(url, url.split("/")[2], domain, kind, field, 0, 1, 0.5)


def answer(action: str, *links: LinkReport) -> Classification:
    return Classification(
        **{
            **{name: getattr(CLASSIFICATION, name) for name in CLASSIFICATION.__slots__},
            "action": action,
            "links": links,
        }
    )


@pytest.fixture
def store(client):
    """Four comments: two push casino.example, one of them spam; one leads to a shared host; one is old."""
    store = wired(client).store
    casino = link("https://www.casino.example/slots/12", "casino.example")
    other = link("https://casino.example/win-big-money-now", "casino.example")
    shared = link("https://me.pages.example/a", "pages.example", "shared")
    mail = link("https://mail.example/", "mail.example", field="author_email")
    rows = [
        ("c_1", "blog", "2026-11-20T10:00:00.000Z", "Ann", "ann@x.example", answer("reject", casino, casino, mail)),
        ("c_2", "shop", "2026-11-21T10:00:00.000Z", "Bob", "bob@x.example", answer("publish", other, shared)),
        ("c_3", "blog", "2026-11-21T11:00:00.000Z", "<b>Eve</b>", "", answer("hold", casino)),
        ("c_4", "blog", "2026-01-01T10:00:00.000Z", "Ann", "ann@x.example", answer("hold", casino)),
    ]
    for id, site, at, author, email, found in rows:
        comment = Comment(text="<script>x</script>", author=author, author_email=email, author_ip="203.0.113.7")
        store.record([Record(id, site, at, comment, found)])
    store.add_decision("blog", "c_1", Decision("spam", "jana", "2026-11-22T09:00:00.000Z", "moderator"))
    wired(client).now = lambda: "2026-11-22T10:00:00.000Z"
    return store


@pytest.fixture
def visitor(client, store, make_visitor):
    return make_visitor(client, role="viewer")


def cells(page: str) -> list[list[str]]:
    rows = [re.split("</t[hd]>", row) for row in ROW.findall(page)]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row[:-1]] for row in rows]


class TestAllDomains:
    def test_each_has_what_became_of_its_comments(self, visitor):
        found = cells(visitor.get("/review/domains").text)

        assert [row[:9] for row in found] == [
            ["casino.example", "3", "1", "0", "1", "1", "2", "3", "1"],
            ["pages.example anyone can publish", "1", "0", "0", "0", "1", "1", "1", "0"],
        ]

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            pytest.param("days=all", ["casino.example", "pages.example"], id="everything"),
            pytest.param("order=passed", ["casino.example", "pages.example"], id="passed-then-name"),
            pytest.param("order=domain&q=PAGES", ["pages.example"], id="search"),
            pytest.param("q=www.casino", ["casino.example"], id="search-by-host"),
            pytest.param("q=%25", [], id="a-sign-of-like-is-a-sign"),
            pytest.param("site=shop&order=domain", ["casino.example", "pages.example"], id="one-site"),
            pytest.param("site=blog", ["casino.example"], id="the-other-site"),
            pytest.param("days=7&order=nonsense&offset=x", ["casino.example", "pages.example"], id="nonsense"),
            pytest.param("offset=100", [], id="behind-the-last"),
        ],
    )
    def test_they_are_searched_and_sorted_by_the_address(self, visitor, asked, expected):
        found = cells(visitor.get(f"/review/domains?{asked}").text)

        assert [row[0].split()[0] for row in found] == expected

    def test_old_comments_count_only_when_asked_for(self, visitor):
        assert cells(visitor.get("/review/domains?days=all").text)[0][1] == "4"

    def test_nobody_looks_without_signing_in(self, client):
        client.headers.pop("Authorization")

        assert client.get("/review/domains", follow_redirects=False).status_code == 303


class TestOneDomain:
    def test_it_tells_hosts_paths_people_and_networks(self, visitor):
        found = {row[0]: row[1:] for row in cells(visitor.get("/review/domains/casino.example").text)}

        assert found["www.casino.example"] == ["2", "1", "0", "1", "0"]
        assert found["/…-… https://casino.example/win-big-money-now"] == ["1", "0", "0", "0", "1"]
        assert found["/slots/# https://www.casino.example/slots/12"] == ["2", "1", "0", "1", "0"]
        assert found["Ann ann@x.example"] == ["1", "1", "0"]
        assert [counts for name, counts in found.items() if name.startswith("n-")] == [["3", "1", "0"]]
        assert found["2026-11-16"] == ["3", "1", "0", "1", "1"]

    def test_what_comments_say_is_shown_and_never_run(self, visitor):
        page = visitor.get("/review/domains/casino.example").text

        assert "&lt;script&gt;x&lt;/script&gt;" in page
        assert "&lt;b&gt;Eve&lt;/b&gt;" in page
        assert 'href="https://' not in page

    def test_a_moderator_can_go_on_to_a_rule_and_a_viewer_cannot(self, client, visitor, make_visitor):
        moderator = make_visitor(client, "tom", "moderator")
        wanted = "/review/rules/new?effect=deny&amp;kind=registrable_domain&amp;value=casino.example&amp;scope=all"
        page = moderator.get("/review/domains/casino.example").text
        form = moderator.get(
            re.search(r'href="(/review/rules/new[^"]*effect=deny[^"]+)"', page)[1].replace("&amp;", "&")
        )

        assert wanted in page
        assert 'value="casino.example"' in form.text
        assert wanted not in visitor.get("/review/domains/casino.example").text

    def test_a_host_of_many_is_warned_of(self, visitor):
        assert "hits good links too" in visitor.get("/review/domains/pages.example").text
        assert "hits good links too" not in visitor.get("/review/domains/casino.example").text

    @pytest.mark.parametrize("name", ["nobody.example", "%00", "xn--bcher-kva.example", "[::1]", "a%2Fb"])
    def test_a_domain_nobody_links_to_is_a_page_too(self, visitor, name):
        answer = visitor.get(f"/review/domains/{name}")

        assert answer.status_code in (200, 404)
        assert "<h1>" in answer.text

    def test_the_month_is_told_of_long_windows(self, visitor):
        found = {row[0]: row[1:] for row in cells(visitor.get("/review/domains/casino.example?days=all").text)}

        assert found["2026-01"] == ["1", "0", "0", "1", "0"]
