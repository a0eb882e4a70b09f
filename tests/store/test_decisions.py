"""Decisions, pages, open networks and remembered answers."""

from dataclasses import replace

import pytest

from app.core.comment import Comment, Page
from app.errors import SiteUnknown
from app.store.records import Alike, Client, Decision, Months, Remembered, Site, content_hash

AT = "2026-11-22T10:05:00Z"
SPAM = Decision("spam", "jana", AT, "moderator")
HAM = Decision("ham", "wordpress", AT)


@pytest.fixture
def store(sql_store):
    return sql_store


class TestDecisions:
    def test_the_latest_stands_and_none_is_forgotten(self, store, make_record):
        store.record([make_record("c_1")])
        store.add_decision("blog", "c_1", SPAM)
        store.add_decision("blog", "c_1", HAM)

        assert store.comment("blog", "c_1").decision == HAM
        assert [each.decision for each in store.decisions_since("blog", 0, 10)] == [SPAM, HAM]

    def test_sent_again_it_is_one_decision(self, store, make_record):
        store.record([make_record("c_1")])

        assert store.add_decision("blog", "c_1", HAM) == HAM
        assert store.add_decision("blog", "c_1", replace(HAM, at="2026-11-23T10:00:00Z", by="other")) == HAM
        assert len(store.decisions_since("blog", 0, 10)) == 1

    def test_a_moderator_may_confirm_what_the_cms_said(self, store, make_record):
        store.record([make_record("c_1")])
        store.add_decision("blog", "c_1", HAM)
        store.add_decision("blog", "c_1", replace(SPAM, label="ham"))

        assert store.comment("blog", "c_1").decision.source == "moderator"

    def test_taken_back_it_is_written_down_too(self, store, make_record):
        store.record([make_record("c_1")])
        store.add_decision("blog", "c_1", SPAM)
        store.add_decision("blog", "c_1", replace(SPAM, label=None))

        assert store.comment("blog", "c_1").decision.label is None

    def test_taking_back_nothing_writes_nothing(self, store, make_record):
        store.record([make_record("c_1")])
        store.add_decision("blog", "c_1", replace(SPAM, label=None))

        assert store.decisions_since("blog", 0, 10) == []
        assert store.comment("blog", "c_1").decision is None

    @pytest.mark.parametrize(("site", "id"), [("shop", "c_1"), ("blog", "c_2")])
    def test_of_another_sites_comment_or_none_there_is_nothing_to_say(self, store, make_record, site, id):
        store.add_site("shop", "aaaaaaaaaaaa", AT)
        store.record([make_record("c_1")])

        assert store.add_decision(site, id, SPAM) is None
        assert store.comment("blog", "c_1").decision is None

    def test_a_cursor_goes_on_where_it_stopped(self, store, make_record):
        store.add_site("shop", "aaaaaaaaaaaa", AT)
        store.record([make_record("c_1", comment=Comment(text="a", comment_id="77")), make_record("c_2")])
        store.record([make_record("c_3", site="shop")])
        for site, id in (("blog", "c_1"), ("shop", "c_3"), ("blog", "c_2")):
            store.add_decision(site, id, SPAM)

        (first,) = store.decisions_since("blog", 0, 1)
        (second,) = store.decisions_since("blog", first.cursor, 10)

        assert (first.id, first.comment_id, second.id) == ("c_1", "77", "c_2")
        assert store.decisions_since("blog", second.cursor, 10) == []


class TestFinding:
    def test_by_the_cms_id_the_newest_of_that_site(self, store, make_record):
        store.add_site("shop", "aaaaaaaaaaaa", AT)
        for id, site in (("c_1", "blog"), ("c_2", "blog"), ("c_3", "shop")):
            store.record([make_record(id, site=site, comment=Comment(text=id, comment_id="77"))])

        assert store.id_of("blog", "77") == "c_2"
        assert store.id_of("blog", "78") is None

    def test_by_its_content_though_the_cms_has_cleaned_it(self, store, make_record):
        url = "https://blog.example/1"
        store.record([make_record("c_1", comment=Comment(text="<b>Tea & cake!</b>", author="Jana", page_url=url))])
        store.record([make_record("c_2", comment=Comment(text="tea, cake", author="Ján"))])
        store.add_decision("blog", "c_2", SPAM)
        cleaned = content_hash(Comment(text="Tea &amp; cake!"))

        assert store.alike("blog", cleaned, 10) == [
            Alike("c_2", "tea, cake", "Ján", "", "", True),
            Alike("c_1", "<b>Tea & cake!</b>", "Jana", url, "", False),
        ]
        assert len(store.alike("blog", cleaned, 1)) == 1
        assert store.alike("shop", cleaned, 10) == []


class TestPages:
    def test_a_page_is_known_by_its_address_however_it_is_written(self, store):
        store.put_page("blog", "https://www.blog.example/tea/", Page("Tea", "All about tea."), AT)
        store.put_page("blog", "https://www.blog.example/tea/", Page("Tea", "More about tea."), AT)

        asked = Comment(page_url="http://blog.example/tea#comment-7")
        assert store.history_of("blog", asked).page == Page("Tea", "More about tea.")
        assert store.history_of("blog", replace(asked, page_text="Sent along.")).page is None
        assert store.history_of("blog", Comment(page_url="http://blog.example/coffee")).page is None

    def test_of_no_site_there_is_no_page(self, store):
        with pytest.raises(SiteUnknown):
            store.put_page("nowhere", "https://blog.example/", Page("a", "b"), AT)


class TestNetworks:
    def test_opened_listed_and_closed(self, store):
        assert store.open_to("blog", "192.0.2.0/24")
        assert not store.open_to("blog", "192.0.2.0/24")
        assert store.open_networks() == ((Site("blog", store.sites()[0].created_at, "k7f"), "192.0.2.0/24"),)
        assert store.close_to("blog", "192.0.2.0/24")
        assert not store.close_to("blog", "192.0.2.0/24")
        assert store.open_networks() == ()


class TestMonths:
    def test_flagged_missed_and_wrongly_flagged_are_counted_month_by_month(self, store, make_record):
        flagged = make_record("c_1")
        published = replace(flagged.classification, action="publish")
        store.record([flagged, make_record("c_2", classification=published)])
        store.record([make_record("c_3", received_at="2026-10-01T00:00:00Z")])
        store.add_decision("blog", "c_1", HAM)
        store.add_decision("blog", "c_2", SPAM)
        store.add_decision("blog", "c_3", SPAM)

        assert store.months("blog") == [Months("2026-10", 1, 1, 0, 0), Months("2026-11", 2, 1, 1, 1)]
        assert store.months("shop") == []


class TestIdempotency:
    def test_a_key_is_taken_once_answered_and_forgotten(self, store):
        assert store.reserve("blog", "k", "aa", "2026-11-22T10:00:00Z", "") is None
        assert store.reserve("blog", "k", "aa", "2026-11-22T10:00:01Z", "") == Remembered("aa", None)
        store.remember("blog", "k", {"id": "c_1"})
        assert store.reserve("blog", "k", "bb", "2026-11-22T10:00:02Z", "") == Remembered("aa", {"id": "c_1"})
        assert store.reserve("blog", "k", "bb", "2026-11-23T11:00:00Z", "2026-11-23T00:00:00Z") is None

    def test_what_failed_frees_the_key(self, store):
        store.reserve("blog", "k", "aa", AT, "")
        store.remember("blog", "k", None)

        assert store.reserve("blog", "k", "bb", AT, "") is None

    def test_a_key_whose_request_was_killed_is_free_again_after_a_while(self, store):
        store.reserve("blog", "k", "aa", "2026-11-22T10:00:00Z", "")
        later = "2026-11-22T10:00:09Z"

        assert store.reserve("blog", "k", "aa", later, "", "2026-11-22T10:00:00Z") == Remembered("aa", None)
        assert store.reserve("blog", "k", "aa", later, "", "2026-11-22T10:00:04Z") is None
        store.remember("blog", "k", {"id": "c_1"})
        assert store.reserve("blog", "k", "aa", later, "", later) == Remembered("aa", {"id": "c_1"})


class TestClients:
    def test_what_came_since_is_added_to_what_is_known(self, store):
        store.note_clients({("blog", "classify curl"): Client("classify curl", "2026-11-22T10:00:00Z", 2, 1, "x")})
        store.note_clients({("blog", "classify curl"): Client("classify curl", "2026-11-22T11:00:00Z", 1, 0, "")})
        store.note_clients({("blog", "akismet WP"): Client("akismet WP", "2026-11-22T12:00:00Z", 1, 0, "")})

        assert store.clients("blog") == [
            Client("akismet WP", "2026-11-22T12:00:00Z", 1, 0, ""),
            Client("classify curl", "2026-11-22T11:00:00Z", 3, 1, "x"),
        ]
        assert store.clients("shop") == []

    def test_of_a_site_that_is_gone_nothing_is_noted(self, store):
        store.note_clients({("gone", "a"): Client("a", AT, 1, 0, "")})

        assert store.clients("gone") == []

    def test_the_last_comments_come_newest_first(self, store, make_record):
        store.record([make_record(f"c_{n}", received_at=f"2026-11-2{n}T10:00:00Z") for n in range(4)])

        assert [record.id for record in store.last_comments("blog", 2)] == ["c_3", "c_2"]
        assert store.last_comments("shop", 2) == []
