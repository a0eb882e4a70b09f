"""The page of a person: looked up, taken out, erased."""

import json
import re

import pytest

from app.core.comment import Comment
from app.store.queue import Filter
from app.store.records import Decision, Record
from tests.store.conftest import CLASSIFICATION
from tests.web.conftest import wired
from tests.web.review.conftest import browser

EMAIL = "jana@example.org"


@pytest.fixture
def store(client):
    """Three comments by Jana, one of them from another address and with another name; one by Tom who names her."""
    store = wired(client).store
    store.set_clear_networks("blog", True)
    rows = [
        ("c_1", "blog", Comment(text="Tea", author="Jana", author_email=EMAIL, author_ip="203.0.113.7")),
        ("c_2", "shop", Comment(text="<b>Coffee</b>", author="J.", author_email="JANA@example.org")),
        ("c_3", "blog", Comment(text="Juice", author="Jana", author_url="https://jana.example/")),
        ("c_4", "blog", Comment(text=f"Write to {EMAIL}!", author="Tom", author_email="tom@example.org")),
    ]
    for number, (id, site, comment) in enumerate(rows):
        store.record([Record(id, site, f"2026-11-2{number}T10:00:00.000Z", comment, CLASSIFICATION)])
    store.add_decision("blog", "c_1", Decision("spam", "jana", "2026-11-24T10:00:00.000Z", "moderator"))
    store.add_note("c_1", "tom", "2026-11-24T10:00:00.000Z", "a note")
    wired(client).now = lambda: "2026-12-01T10:00:00.000Z"
    return store


@pytest.fixture
def admin(client, store, make_visitor):
    return make_visitor(client, "ada", "admin")


def shown(page: str) -> set[str]:
    return set(re.findall(r'href="/review/(c_\d)', page))


class TestLookingUp:
    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            pytest.param("", set(), id="nobody"),
            pytest.param("email=Jana%40example.org", {"c_1", "c_2"}, id="email"),
            pytest.param("author=jana", {"c_1", "c_3"}, id="name"),
            pytest.param("author=jana&site=shop", set(), id="name-on-another-site"),
            pytest.param("ip=203.0.113.99", {"c_1"}, id="network"),
            pytest.param("url=https://jana.example", {"c_3"}, id="website"),
            pytest.param("id=c_1+c_4", {"c_1", "c_4"}, id="ids"),
            pytest.param("email=%00%25", set(), id="nonsense"),
            pytest.param("ip=nonsense", set(), id="no-network"),
        ],
    )
    def test_it_shows_exactly_their_comments(self, admin, asked, expected):
        answer = admin.get(f"/review/people?{asked}")

        assert answer.status_code == 200
        assert shown(answer.text) == expected

    def test_it_tells_names_addresses_and_sites(self, admin):
        page = admin.get(f"/review/people?email={EMAIL}").text

        for told in ("J.", "203.0.113.0/24", "<bdi>shop</bdi>", "&lt;b&gt;Coffee"):
            assert told in page

    @pytest.mark.parametrize(
        ("role", "can_export", "can_erase"),
        [("viewer", False, False), ("moderator", True, False), ("admin", True, True)],
    )
    def test_what_may_be_done_depends_on_the_role(self, client, store, make_visitor, role, can_export, can_erase):
        page = make_visitor(client, f"a-{role}", role).get(f"/review/people?email={EMAIL}").text

        assert ("/review/people/export?" in page, "/review/people/erase?" in page) == (can_export, can_erase)

    @pytest.mark.parametrize("path", ["", "/export", "/erase"])
    def test_nobody_looks_without_signing_in(self, client, store, path):
        assert browser(client).get(f"/review/people{path}?email={EMAIL}").status_code == 303

    def test_a_name_without_site_can_be_looked_at_but_is_no_person(self, admin):
        page = admin.get("/review/people?author=Jana").text

        assert "/review/people/erase?" not in page
        assert "Choose a site" in page


class TestExport:
    def test_it_holds_everything_about_the_person_and_nobody_else(self, admin, store):
        answer = admin.get(f"/review/people/export?email={EMAIL}")
        rows = [json.loads(line) for line in answer.text.splitlines()]

        assert answer.headers["content-disposition"] == 'attachment; filename="winnow-person-2026-12-01.jsonl"'
        assert [row["id"] for row in rows] == ["c_1", "c_2"]
        assert rows[0]["author_network"] == "203.0.113.0/24"
        assert rows[0]["notes"] == [{"by": "tom", "at": "2026-11-24T10:00:00.000Z", "text": "a note"}]
        assert [each["label"] for each in rows[0]["decisions"]] == ["spam"]
        assert "tom@example.org" not in answer.text

    def test_the_audit_says_who_took_it(self, admin, store):
        admin.get(f"/review/people/export?email={EMAIL}")
        (entry,) = store.audit_log(act="person-export")

        assert (entry.by, entry.detail) == ("ada", {"comments": 2, "whole": True})

    def test_a_viewer_may_not(self, client, store, make_visitor):
        viewer = make_visitor(client, "vic", "viewer")

        assert viewer.get(f"/review/people/export?email={EMAIL}").status_code == 403


class TestErasure:
    def test_the_page_says_what_will_go_and_who_else_names_the_address(self, admin):
        page = " ".join(admin.get(f"/review/people/erase?email={EMAIL}").text.split())

        assert "<dt>Comments</dt><dd>2</dd>" in page
        assert "<dt>Notes about them</dt><dd>1</dd>" in page
        assert "1 comment of somebody else has the address in its text" in page

    def test_it_needs_the_address_typed_again(self, admin, store):
        answer = admin.post("/review/people/erase", data={"email": EMAIL, "again": "jana@example.com"})

        assert answer.status_code == 422
        assert "Nothing was erased." in answer.text
        assert store.count(Filter()) == 4

    def test_it_goes_and_the_notice_tells_how_much(self, admin, store):
        answer = admin.post("/review/people/erase", data={"email": EMAIL, "again": " JANA@example.org "})
        page = admin.get(answer.headers["location"]).text

        assert answer.status_code == 303
        assert EMAIL not in answer.headers["location"]
        assert "Erased: 2 comments, 1 decisions, 1 notes, 0 messages, 0 rules." in page
        assert {seen for seen in ("c_1", "c_2", "c_3", "c_4") if store.item(seen, "")} == {"c_3", "c_4"}

    def test_nobody_in_particular_is_not_erased(self, admin, store):
        answer = admin.post("/review/people/erase", data={"author": "Jana", "again": ""})

        assert answer.status_code == 422
        assert store.count(Filter()) == 4

    def test_a_moderator_may_not(self, client, store, make_visitor):
        moderator = make_visitor(client, "mo", "moderator")

        assert moderator.get(f"/review/people/erase?email={EMAIL}").status_code == 403
        assert moderator.post("/review/people/erase", data={"email": EMAIL, "again": EMAIL}).status_code == 403
        assert store.count(Filter()) == 4

    def test_a_form_from_elsewhere_does_nothing(self, admin, store):
        answer = admin.post(
            "/review/people/erase", data={"email": EMAIL, "again": EMAIL}, headers={"Origin": "https://evil.example"}
        )

        assert answer.status_code == 403
        assert store.count(Filter()) == 4
