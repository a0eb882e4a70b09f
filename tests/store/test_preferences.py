"""What admins set, and the held comments that expire by it."""

from dataclasses import fields, replace

import pytest

from app.core.comment import Comment, Rule
from app.errors import ValueRefused
from app.store.preferences import DEFAULTS, PREFERENCES, Preferences, checked
from app.store.records import MODERATOR, Decision
from tests.store.conftest import CLASSIFICATION

AT = "2026-11-30T10:00:00.000Z"
LATER = "2026-11-30T11:00:00.000Z"


class TestPreferences:
    def test_every_one_is_declared_with_a_sentence_and_a_default_within_its_bounds(self):
        assert [each.name for each in PREFERENCES] == [field.name for field in fields(Preferences)]
        for each in PREFERENCES:
            assert each.title
            assert each.sentence.endswith(".")
            assert checked(each.name, str(each.default)) == each.default

    def test_defaults_stand_until_something_is_set(self, sql_store):
        assert sql_store.preferences() == DEFAULTS

        changed = sql_store.change_preferences({"held_days": 30, "letter_name": "Černý les"}, AT, "ron")

        assert changed == sql_store.preferences() == Preferences(held_days=30, letter_name="Černý les")

    def test_what_was_changed_stands_in_the_audit_and_the_same_again_does_not(self, sql_store):
        sql_store.change_preferences({"held_days": 30}, AT, "ron")
        sql_store.change_preferences({"held_days": 30}, AT, "ron")
        sql_store.change_preferences({"held_days": 0, "campaign_days": 7}, LATER)

        told = [(each.at, each.by, each.act, each.detail) for each in sql_store.audit_log()]
        assert told[::-1] == [
            (AT, "ron", "settings", {"held_days": {"from": 0, "to": 30}}),
            (LATER, "", "settings", {"held_days": {"from": 30, "to": 0}}),
        ]

    @pytest.mark.parametrize(
        ("name", "written"),
        [
            ("held_days", "-1"),
            ("held_days", "1.5"),
            ("held_days", "٣"),
            ("held_days", ""),
            ("held_days", "9" * 30),
            ("claim_minutes", "0"),
            ("letter_name", "a\nb"),
            ("letter_name", "x" * 201),
            ("nope", "1"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(self, name, written):
        with pytest.raises(ValueRefused):
            checked(name, written)


class TestExpiry:
    @pytest.fixture
    def store(self, sql_store, make_record):
        """Three comments of yesterday that are held, a fourth that was decided, a fifth that was rejected, one of now."""

        def held(id, at="2026-11-29T10:00:00.000Z", action="hold"):
            return make_record(id, "blog", at, Comment(text=id), replace(CLASSIFICATION, action=action))

        records = [held("c_1"), held("c_2"), held("c_3"), held("c_4"), held("c_5", action="reject"), held("c_6", AT)]
        sql_store.record(records)
        sql_store.add_decision("blog", "c_4", Decision("ham", "jana", AT, MODERATOR))
        return sql_store

    def tabs(self, store):
        past = store.past(Rule("deny", "phrase", "x"), None, "")
        return {each.id: each.tab for each in past}

    def test_held_comments_that_nobody_decided_leave_the_queue_once(self, store):
        assert store.expire_held("2026-11-30T00:00:00.000Z", AT) == 3
        assert store.expire_held("2026-11-30T00:00:00.000Z", AT) == 0

        assert self.tabs(store) == {
            "c_1": "expired",
            "c_2": "expired",
            "c_3": "expired",
            "c_4": "decided",
            "c_5": "spam",
            "c_6": "review",
        }

    def test_the_audit_says_how_many_and_which_and_names_nobody(self, store):
        store.expire_held("2026-11-30T00:00:00.000Z", AT)

        (told,) = store.audit_log(act="expire")
        ids = ["c_1", "c_2", "c_3"]
        assert (told.by, told.at) == ("", AT)
        assert told.detail == {"count": 3, "ids": ids, "received_before": "2026-11-30T00:00:00.000Z"}
        assert [store.expired_since(at) for at in ("", AT, LATER)] == [3, 3, 0]

    def test_the_oldest_come_first_when_there_are_many(self, store):
        assert store.expire_held("2026-11-30T00:00:00.000Z", AT, most=2) == 2
        assert store.expire_held("2026-11-30T00:00:00.000Z", LATER, most=2) == 1

        assert [each.detail["ids"] for each in store.audit_log(act="expire")] == [["c_3"], ["c_1", "c_2"]]
        assert store.expired_since(AT) == 3

    def test_an_expired_comment_can_still_be_decided(self, store):
        store.expire_held("2026-11-30T00:00:00.000Z", AT)

        store.add_decision("blog", "c_1", Decision("spam", "jana", LATER, MODERATOR))

        assert self.tabs(store)["c_1"] == "decided"
        assert store.comment("blog", "c_1").decision.label == "spam"
