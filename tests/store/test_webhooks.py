"""Webhooks and their outbox."""

import json
from dataclasses import replace

import pytest

from app.core.comment import Comment
from app.errors import SiteUnknown, StoreUnavailable, WebhookUnknown
from app.store.outbox import SUPERSEDED, Attempt, Webhook, purpose_of
from app.store.records import Decision

AT = "2026-11-22T10:05:00.000Z"
LATER = "2026-11-22T10:06:00.000Z"
LEASE = "2026-11-22T10:06:30.000Z"
AFTER = "2026-11-22T10:07:00.000Z"
URL = "https://cms.example/hook"
SPAM = Decision("spam", "jana", AT, "moderator")
HAM = Decision("ham", "jana", AT, "moderator")
FEEDBACK = Decision("ham", "wordpress", AT)


@pytest.fixture
def store(sql_store, make_record):
    sql_store.add_site("shop", "aaaaaaaaaaaa", AT)
    sql_store.record([make_record("c_1", comment=Comment(text="a", comment_id="77")), make_record("c_2")])
    return sql_store


@pytest.fixture
def hook(store) -> int:
    return store.add_webhook("blog", URL, False, "whsec_b2xk", AT).id


def claimed(store, now=LATER, lease=LEASE, resting=()):
    return store.claim(now, lease, resting)


def states(store, hook):
    return [(each.comment, each.state) for each in store.messages(hook, 10)]


class TestSettingUp:
    def test_added_shown_and_removed_with_its_secrets_and_its_log(self, store, hook):
        other = store.add_webhook("shop", "http://10.0.0.1/", True, "whsec_bmV3", AT)
        store.add_decision("blog", "c_1", SPAM)

        assert store.webhooks() == (Webhook(hook, "blog", URL, False, AT), other)
        assert store.webhook(other.id).allow_private is True
        store.remove_webhook(hook)
        assert store.webhooks() == (other,)
        assert store.secrets("blog", purpose_of(hook)) == ()
        assert store.secrets("shop", purpose_of(other.id)) == ("whsec_bmV3",)
        assert claimed(store) is None

    def test_a_number_is_never_used_twice(self, store, hook):
        store.remove_webhook(hook)

        assert store.add_webhook("blog", URL, False, "whsec_b2xk", AT).id > hook

    def test_of_no_site_there_is_none(self, store):
        with pytest.raises(SiteUnknown):
            store.add_webhook("nowhere", URL, False, "whsec_b2xk", AT)
        assert store.webhooks() == ()

    @pytest.mark.parametrize(
        ("method", "arguments"),
        [("webhook", ()), ("remove_webhook", ()), ("enable_webhook", ()), ("messages", (10,)), ("replay", (AT,))],
    )
    def test_one_that_is_not_there_is_said_so(self, store, method, arguments):
        with pytest.raises(WebhookUnknown, match="7: There is no webhook of that number"):
            getattr(store, method)(7, *arguments)

    def test_a_closed_store_refuses(self, store, hook):
        store.close()
        for ask in (store.webhooks, lambda: claimed(store), lambda: store.site_of_comment("c_1")):
            with pytest.raises(StoreUnavailable):
                ask()


class TestQueueing:
    def test_what_a_moderator_decides_is_queued_for_every_webhook_of_the_site(self, store, hook):
        second = store.add_webhook("blog", URL, False, "whsec_bmV3", AT).id
        elsewhere = store.add_webhook("shop", URL, False, "whsec_bmV3", AT).id
        store.add_decision("blog", "c_1", SPAM)

        (message,) = store.messages(hook, 10)
        assert (message.comment, message.created_at, message.attempts, message.state) == ("c_1", AT, 0, "waiting")
        assert states(store, second) == [("c_1", "waiting")]
        assert store.messages(second, 10)[0].message_id != message.message_id
        assert states(store, elsewhere) == []

    def test_the_payload_says_what_was_decided(self, store, hook):
        store.add_decision("blog", "c_1", SPAM)

        assert json.loads(claimed(store).payload) == {
            "type": "comment.decided",
            "timestamp": AT,
            "data": {"id": "c_1", "comment_id": "77", "label": "spam", "by": "jana", "at": AT},
        }

    def test_what_the_cms_said_is_not_echoed(self, store, hook):
        store.add_decision("blog", "c_1", FEEDBACK)

        assert states(store, hook) == []

    def test_said_again_it_is_not_sent_again(self, store, hook):
        for _ in range(2):
            store.add_decision("blog", "c_1", SPAM)
        store.add_decision("blog", "c_2", replace(SPAM, label=None))

        assert states(store, hook) == [("c_1", "waiting")]

    @pytest.mark.parametrize("then", [HAM, replace(SPAM, label=None)])
    def test_a_later_decision_takes_the_place_of_one_that_has_not_arrived(self, store, hook, then):
        store.add_decision("blog", "c_1", SPAM)
        store.add_decision("blog", "c_2", SPAM)
        store.add_decision("blog", "c_1", then)

        assert states(store, hook) == [("c_1", "waiting"), ("c_2", "waiting"), ("c_1", "superseded")]
        assert store.messages(hook, 10)[2].last_error == SUPERSEDED

    def test_so_does_what_the_cms_says_later(self, store, hook):
        store.add_decision("blog", "c_1", SPAM)
        store.add_decision("blog", "c_1", FEEDBACK)

        assert states(store, hook) == [("c_1", "superseded")]
        assert claimed(store) is None

    def test_one_that_is_off_hears_nothing(self, store, hook):
        store.add_decision("blog", "c_1", SPAM)
        store.settle(claimed(store), Attempt(LATER, 410, "Gone.", None, disables=True))
        store.add_decision("blog", "c_2", SPAM)

        assert states(store, hook) == [("c_1", "failed")]
        assert (store.webhook(hook).disabled_at, store.webhook(hook).disabled_why) == (LATER, "Gone.")


class TestClaiming:
    def test_a_message_is_one_process_until_the_lease_ends(self, store, hook):
        store.add_decision("blog", "c_1", SPAM)
        due = claimed(store)

        assert (due.attempts, due.webhook, due.secrets) == (1, store.webhook(hook), ("whsec_b2xk",))
        assert claimed(store) is None
        again = claimed(store, AFTER, "2026-11-22T10:08:00.000Z")
        assert (again.id, again.message_id, again.attempts) == (due.id, due.message_id, 2)

    def test_the_oldest_comes_first_and_none_before_its_time(self, store, hook):
        store.add_decision("blog", "c_2", replace(SPAM, at=LATER))
        store.add_decision("blog", "c_1", SPAM)

        assert claimed(store, "2026-11-22T10:04:59.999Z") is None
        assert [json.loads(claimed(store).payload)["data"]["id"] for _ in range(2)] == ["c_1", "c_2"]

    def test_of_one_comment_only_one_message_is_under_way(self, store, hook):
        store.add_decision("blog", "c_1", SPAM)
        first = claimed(store)
        store.add_decision("blog", "c_1", HAM)

        assert claimed(store) is None
        store.settle(first, Attempt(LATER, 500, "It answered 500.", AFTER))
        assert json.loads(claimed(store).payload)["data"]["label"] == "ham"
        assert states(store, hook) == [("c_1", "retrying"), ("c_1", "superseded")]

    def test_those_that_rest_are_passed_over(self, store, hook):
        other = store.add_webhook("blog", URL, False, "whsec_bmV3", AT).id
        store.add_decision("blog", "c_1", SPAM)

        assert claimed(store, resting=(hook,)).webhook.id == other
        assert claimed(store, resting=(hook,)) is None

    def test_while_one_is_off_its_messages_wait(self, store, hook):
        for comment in ("c_1", "c_2"):
            store.add_decision("blog", comment, SPAM)
        store.settle(claimed(store), Attempt(LATER, 410, "Gone.", None, disables=True))

        assert claimed(store) is None
        store.enable_webhook(hook)
        assert store.webhook(hook) == Webhook(hook, "blog", URL, False, AT)
        assert json.loads(claimed(store).payload)["data"]["id"] == "c_2"


class TestSettling:
    def test_delivered_tried_again_and_given_up(self, store, hook):
        for comment in ("c_1", "c_2"):
            store.add_decision("blog", comment, SPAM)
        store.settle(claimed(store), Attempt(LATER, 204, ""))
        store.settle(claimed(store), Attempt(LATER, None, "It cannot be reached.", AFTER))

        second, first = store.messages(hook, 10)
        assert (first.state, first.delivered_at, first.last_status, first.attempts) == ("delivered", LATER, 204, 1)
        assert (second.state, second.next_at, second.last_error) == ("retrying", AFTER, "It cannot be reached.")
        assert claimed(store) is None
        store.settle(claimed(store, AFTER), Attempt(AFTER, 500, "It answered 500."))
        assert store.messages(hook, 1)[0].state == "failed"

    def test_who_comes_late_does_not_undo_what_another_did(self, store, hook):
        store.add_decision("blog", "c_1", SPAM)
        late = claimed(store)
        other = claimed(store, AFTER, "2026-11-22T10:09:00.000Z")
        store.settle(late, Attempt(AFTER, None, "Too late.", "2026-11-22T10:08:00.000Z"))

        assert store.messages(hook, 1)[0].last_error == ""
        assert claimed(store, "2026-11-22T10:08:30.000Z") is None
        store.settle(other, Attempt(AFTER, 200, ""))
        store.settle(late, Attempt(AFTER, None, "Too late.", AFTER))
        assert states(store, hook) == [("c_1", "delivered")]

    def test_of_one_that_was_removed_meanwhile_nothing_is_left(self, store, hook):
        store.add_decision("blog", "c_1", SPAM)
        due = claimed(store)
        store.remove_webhook(hook)
        store.settle(due, Attempt(LATER, 410, "Gone.", None, disables=True))

        assert store.webhooks() == ()


class TestReplaying:
    def test_what_stands_is_sent_again_under_the_same_id(self, store, hook):
        for decision in (SPAM, HAM):
            store.add_decision("blog", "c_1", decision)
            store.settle(claimed(store), Attempt(LATER, 200, ""))
        before = store.messages(hook, 1)[0].message_id

        assert store.replay(hook, AFTER) == 1
        assert states(store, hook) == [("c_1", "waiting"), ("c_1", "delivered")]
        again = claimed(store, AFTER, "2026-11-22T10:08:00.000Z")
        assert (again.message_id, again.attempts) == (before, 1)

    def test_not_what_the_cms_has_said_otherwise_since(self, store, hook):
        store.add_decision("blog", "c_1", SPAM)
        store.settle(claimed(store), Attempt(LATER, 200, ""))
        store.add_decision("blog", "c_1", FEEDBACK)

        assert store.replay(hook, AFTER) == 0

    def test_only_failures_or_only_from_a_time_on(self, store, hook):
        store.add_decision("blog", "c_1", SPAM)
        store.settle(claimed(store), Attempt(LATER, 500, "It answered 500."))
        store.add_decision("blog", "c_2", replace(SPAM, at=LATER))
        store.settle(claimed(store), Attempt(LATER, 200, ""))

        assert store.replay(hook, AFTER, LATER) == 1
        assert states(store, hook) == [("c_2", "waiting"), ("c_1", "failed")]
        assert store.replay(hook, AFTER, failed_only=True) == 1
        assert states(store, hook) == [("c_2", "waiting"), ("c_1", "waiting")]


def test_an_operator_may_ask_whose_comment_it_is(store):
    assert (store.site_of_comment("c_1"), store.site_of_comment("c_9")) == ("blog", None)


def test_messages_go_with_their_comment(sql_store, make_record):
    sql_store.record([make_record("c_1")])
    hook = sql_store.add_webhook("blog", URL, False, "whsec_b2xk", AT).id
    sql_store.add_decision("blog", "c_1", SPAM)
    with sql_store._engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM comments")

    assert sql_store.messages(hook, 10) == []


def test_decision_and_message_are_written_together_or_not_at_all(sql_store, make_record):
    sql_store.record([make_record("c_1")])
    sql_store.add_webhook("blog", URL, False, "whsec_b2xk", AT)
    with sql_store._engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE outbox")

    with pytest.raises(StoreUnavailable):
        sql_store.add_decision("blog", "c_1", SPAM)
    assert sql_store.comment("blog", "c_1").decision is None
