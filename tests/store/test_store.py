"""What a store does: sites, keys, rules, records."""

import itertools
import threading
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.comment import COMMENT_FIELDS, Comment, History, Rule, Thresholds
from app.errors import SiteExists, SiteUnknown, StoreUnavailable
from app.store.records import Decision, Site
from app.store.sql import SqlStore

pytestmark = pytest.mark.both_engines

CREATED = "2026-11-22T10:00:00Z"
KEY = "k7f2m9q4x1z8"
ALLOW = Rule("allow", "email", "@example.org")
DENY = Rule("deny", "phrase", "дешёвые часы 🕶️")
THRESHOLDS = Thresholds(0.1 + 0.2, 0.8, 0.99)

# Any text without surrogates; NUL is among it.
TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=60)
_serial = itertools.count()


@pytest.fixture
def store(sql_store: SqlStore) -> SqlStore:
    return sql_store


class TestSites:
    def test_a_site_is_found_by_its_key_and_shows_only_a_hint_of_it(self, store):
        assert store.site_of_key(KEY) == Site("blog", CREATED, "k7f")

    @pytest.mark.parametrize(
        "key",
        [
            pytest.param("", id="empty"),
            pytest.param("K7F2M9Q4X1Z8", id="other-case"),
            pytest.param("k7f2m9q4x1z", id="a-prefix"),
            pytest.param("\ud800", id="half-a-character"),
            pytest.param("k7f2m9q4x1z8\x00", id="with-a-NUL"),
        ],
    )
    def test_no_other_text_is_a_key(self, store, key):
        assert store.site_of_key(key) is None

    def test_sites_come_by_name(self, store):
        store.add_site("шум", "bbbbbbbbbbbb", CREATED)
        store.add_site("Zoo", "aaaaaaaaaaaa", CREATED)

        assert [site.name for site in store.sites()] == ["Zoo", "blog", "шум"]

    def test_a_name_is_taken_once(self, store):
        with pytest.raises(SiteExists, match="blog: A site of that name is there already"):
            store.add_site("blog", "aaaaaaaaaaaa", "2026-11-23T10:00:00Z")

        assert store.sites() == (Site("blog", CREATED, "k7f"),)
        assert store.site_of_key("aaaaaaaaaaaa") is None

    def test_two_sites_cannot_have_one_key(self, store):
        with pytest.raises(StoreUnavailable):
            store.add_site("shop", KEY, CREATED)
        store.add_site("shop", "aaaaaaaaaaaa", CREATED)
        with pytest.raises(StoreUnavailable):
            store.rotate_key("shop", KEY)

        assert store.site_of_key(KEY).name == "blog"
        assert store.site_of_key("aaaaaaaaaaaa").name == "shop"

    def test_a_new_key_ends_the_old_one(self, store):
        site = store.rotate_key("blog", "new2m9q4x1z8")

        assert site == Site("blog", CREATED, "new")
        assert store.site_of_key(KEY) is None
        assert store.site_of_key("new2m9q4x1z8") == site
        assert store.sites() == (site,)

    def test_a_site_may_get_the_key_it_has(self, store):
        assert store.rotate_key("blog", KEY) == store.site_of_key(KEY)

    def test_what_is_asked_of_a_site_that_is_not_there_says_so(self, store, make_record):
        for ask in (
            lambda: store.rotate_key("shop", KEY),
            lambda: store.set_thresholds("shop", None),
            lambda: store.add_rule("shop", ALLOW, CREATED),
            lambda: store.remove_rule("shop", ALLOW, CREATED),
            lambda: store.history_of("shop", Comment()),
            lambda: store.record([make_record("c1"), make_record("c2", site="shop")]),
        ):
            with pytest.raises(SiteUnknown, match="shop: There is no site of that name"):
                ask()

        assert store.comment("blog", "c1") is None


class TestHistory:
    def test_a_new_site_has_no_history(self, store):
        assert store.history_of("blog", Comment()) == History()

    def test_thresholds_come_back_exactly_and_can_be_taken_away(self, store):
        store.set_thresholds("blog", THRESHOLDS)
        assert store.history_of("blog", Comment()) == History(thresholds=THRESHOLDS)

        store.set_thresholds("blog", None)
        assert store.history_of("blog", Comment()) == History()

    def test_rules_come_in_the_order_they_were_added(self, store):
        for rule in (DENY, ALLOW):
            assert store.add_rule("blog", rule, CREATED)
        store.set_thresholds("blog", THRESHOLDS)

        assert store.history_of("blog", Comment()) == History(THRESHOLDS, (DENY, ALLOW))

    def test_a_rule_that_comes_back_stands_last(self, store):
        for rule in (DENY, ALLOW):
            store.add_rule("blog", rule, CREATED)
        store.remove_rule("blog", DENY, CREATED)
        store.add_rule("blog", DENY, CREATED)

        assert store.history_of("blog", Comment()).rules == (ALLOW, DENY)

    def test_the_same_rule_is_kept_once(self, store):
        assert store.add_rule("blog", ALLOW, CREATED)
        assert store.add_rule("blog", ALLOW, "2026-11-23T10:00:00Z") is None

        assert store.history_of("blog", Comment()).rules == (ALLOW,)

    def test_removing_a_rule_that_is_not_there_changes_nothing(self, store):
        store.add_rule("blog", ALLOW, CREATED)

        assert store.remove_rule("blog", replace(ALLOW, effect="deny"), CREATED) is False
        assert store.remove_rule("blog", ALLOW, CREATED) is True
        assert store.remove_rule("blog", ALLOW, CREATED) is False
        assert store.history_of("blog", Comment()).rules == ()

    def test_a_site_sees_its_own_rules_only(self, store):
        store.add_site("shop", "aaaaaaaaaaaa", CREATED)
        store.add_rule("shop", ALLOW, CREATED)
        store.set_thresholds("shop", THRESHOLDS)

        assert store.remove_rule("blog", ALLOW, CREATED) is False
        assert store.history_of("blog", Comment()) == History()
        assert store.history_of("shop", Comment()) == History(THRESHOLDS, (ALLOW,))


class TestComments:
    def test_a_record_comes_back_whole(self, store, make_record):
        record = make_record("c1")
        store.record([record])

        assert store.comment("blog", "c1") == record

    def test_a_record_without_links_reasons_or_override_comes_back_whole(self, store, make_record):
        record = make_record("c1")
        record = replace(
            record,
            comment=Comment(),
            classification=replace(
                record.classification,
                override=None,
                reasons=(),
                links=(),
                degraded=(),
                missing=(),
            ),
        )
        store.record([record])

        assert store.comment("blog", "c1") == record

    @settings(
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors], max_examples=60
    )
    @given(comment=st.builds(Comment, **dict.fromkeys(COMMENT_FIELDS, TEXT)), summary=TEXT)
    def test_any_unicode_comes_back_as_it_was(self, store, make_record, comment, summary):
        record = make_record(f"c{next(_serial)}", comment=comment)
        link = replace(record.classification.links[0], url=summary, host=summary)
        record = replace(record, classification=replace(record.classification, summary=summary, links=(link,)))
        store.record([record])

        kept = replace(comment, author_ip="", honeypot="")
        assert store.comment("blog", record.id) == replace(record, comment=kept)

    def test_a_long_text_comes_back_whole(self, store, make_record):
        record = make_record("c1", comment=Comment(text="жы" * 500_000))
        store.record([record])

        assert store.comment("blog", "c1") == record

    def test_another_site_does_not_see_it(self, store, make_record):
        store.add_site("shop", "aaaaaaaaaaaa", CREATED)
        store.record([make_record("c1")])

        assert store.comment("shop", "c1") is None
        assert store.comment("nowhere", "c1") is None
        assert store.comment("blog", "c2") is None

    def test_all_are_written_or_none(self, store, make_record):
        store.record([make_record("c1")])

        for batch in (["c2", "c1"], ["c3", "c3"]):
            with pytest.raises(StoreUnavailable):
                store.record([make_record(id) for id in batch])
        assert [store.comment("blog", id) for id in ("c2", "c3")] == [None, None]
        assert store.comment("blog", "c1") == make_record("c1")

    def test_no_records_are_no_work(self, store):
        assert store.record([]) is None

    def test_a_decision_is_not_dropped_silently(self, store, make_record):
        with pytest.raises(ValueError, match="a decision is written on its own"):
            store.record([replace(make_record("c1"), decision=Decision("spam", "jana", CREATED))])

    def test_eight_threads_write_and_read_at_once(self, store, make_record):
        failures = []

        def work(thread: int) -> None:
            try:
                for number in range(10):
                    record = make_record(f"c{thread}-{number}")
                    store.record([record])
                    assert store.history_of("blog", record.comment) == History()
                    assert store.comment("blog", record.id) == record
            except BaseException as error:  # noqa: BLE001 - shown by the test, which a thread cannot fail
                failures.append(error)

        threads = [threading.Thread(target=work, args=(thread,)) for thread in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert failures == []


class TestItself:
    def test_an_open_store_is_well(self, store):
        assert store.check() is None

    def test_a_closed_store_refuses_everything(self, store, make_record):
        store.close()
        store.close()

        for ask in (
            store.check,
            store.sites,
            lambda: store.add_site("shop", KEY, CREATED),
            lambda: store.rotate_key("blog", KEY),
            lambda: store.site_of_key(KEY),
            lambda: store.set_thresholds("blog", None),
            lambda: store.add_rule("blog", ALLOW, CREATED),
            lambda: store.remove_rule("blog", ALLOW, CREATED),
            lambda: store.history_of("blog", Comment()),
            lambda: store.record([make_record("c1")]),
            lambda: store.comment("blog", "c1"),
        ):
            with pytest.raises(StoreUnavailable, match="The store is closed"):
                ask()
