"""What has been kept long enough is deleted with all that hangs on it, and nothing else is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from app.core.campaign import Signature
from app.core.comment import Comment
from app.core.times import shifted
from app.core.verdict import Classification
from app.store.records import Decision, Record
from app.store.schema import comments, decisions, idempotency, links, outbox
from app.store.schema_review import (
    acts,
    audit,
    batches,
    campaigns,
    failed_sign_ins,
    precedents,
    shadow_changes,
    signatures,
)
from app.store.shadowed import Change
from app.store.sql import SqlStore
from app.store.sql_audit import write_audit
from app.store.sql_purging import Limits, Purged
from tests.store.conftest import CLASSIFICATION
from tests.store.test_erasure import bytes_of

NOW = "2026-12-01T10:00:00.000Z"


def ago(days: float) -> str:
    return shifted(NOW, timedelta(days=-days))


def record(id: str, days: float, action: str = "publish", **others) -> Record:
    found: Classification = replace(CLASSIFICATION, action=action, override=None)
    comment = Comment(text=f"canary-{id} " * 30, author_email=f"{id}@canary.example")
    return Record(id, "blog", ago(days), comment, found, **others)


def ids(store: SqlStore, column=comments.c.id) -> set:
    with store._engine.connect() as connection:
        return set(connection.execute(select(column)).scalars())


@pytest.fixture
def store(sql_store: SqlStore) -> SqlStore:
    """Comments of every kind, each young and old."""
    for days in (14, 16, 29, 31):
        sql_store.record(
            [
                record(f"reject{days}", days, "reject"),
                record(f"discard{days}", days, "discard"),
                record(f"held{days}", days, "hold"),
                record(f"missed{days}", days, "publish"),
                record(f"wrong{days}", days, "reject"),
                record(f"good{days}", days, "publish"),
            ]
        )
        sql_store.add_decision("blog", f"missed{days}", Decision("spam", "jana", ago(days), "moderator"))
        sql_store.add_decision("blog", f"wrong{days}", Decision("ham", "jana", ago(days), "moderator"))
    return sql_store


def test_nothing_is_due_unless_the_operator_says_so(store):
    before = ids(store)

    assert store.purge(Limits(), "2126-12-01T10:00:00.000Z") == Purged()
    assert ids(store) == before


def test_spam_and_other_comments_go_each_in_their_time(store):
    limits = Limits(spam_days=15, ham_days=30)
    before = ids(store)

    assert store.due(limits, NOW) == Purged(spam=9, ham=3)
    assert ids(store) == before
    assert store.purge(limits, NOW) == Purged(spam=9, ham=3)
    gone = {f"{kind}{days}" for kind in ("reject", "discard", "missed") for days in (16, 29, 31)}
    assert before - ids(store) == gone | {"held31", "wrong31", "good31"}
    assert store.purge(limits, NOW) == Purged()


@pytest.mark.sqlite_only
def test_no_byte_of_what_went_stays_in_the_files(store, engine):
    gone = (b"canary-reject31", b"canary-good31", b"held31@canary.example", b"missed29@canary.example")
    assert all(each in bytes_of(engine) for each in gone)

    store.purge(Limits(15, 30), NOW)

    left = bytes_of(engine)
    assert [each for each in gone if each in left] == []
    assert b"canary-good29" in left


def test_it_goes_in_small_steps_and_all_of_it(store, monkeypatch):
    monkeypatch.setattr("app.store.sql_purging.A_STEP", 2)

    assert store.purge(Limits(15, 30), NOW) == Purged(spam=9, ham=3)


def test_all_that_hangs_on_a_comment_goes_with_it(store):
    store.add_webhook("blog", "https://cms.example/hook", False, "whsec_x", ago(40))
    store.record([record("c_1", 31, "reject")])
    store.add_decision("blog", "c_1", Decision("spam", "jana", ago(31), "moderator"))
    store.add_note("c_1", "jana", ago(31), "a note")
    store.note_shadow({}, [Change("c_1", "new", "old", "hold", 0.5, "reject", 0.9)], ago(31))
    with store._transaction() as connection:
        act = write_audit(connection, ago(1), "jana", "decide-many")
        row = {"act": act, "comment": "c_1", "decision": 1, "decision_before": 0}
        connection.execute(insert(acts), row)

    store.purge(Limits(spam_days=15), NOW)

    columns = (
        links.c.comment_id, decisions.c.comment, outbox.c.comment, shadow_changes.c.comment, acts.c.comment,
        precedents.c.comment,
    )  # fmt: skip
    assert ["c_1" in ids(store, column) for column in columns] == [False] * len(columns)


def test_a_campaign_goes_on_under_the_next_comment_and_ends_with_the_last(store):
    signed = Signature((5 << 4, 6 << 4), b"\x01" * 64)
    store.record([replace(record(f"c_{n}", 40 - n, "reject"), signature=signed) for n in range(3)])
    assert ids(store, campaigns.c.id) >= {"c_0"}

    store.purge(Limits(spam_days=39), ago(0.5))
    assert ids(store) >= {"c_1", "c_2"}
    assert "c_0" not in ids(store, comments.c.campaign) | ids(store, campaigns.c.id) | ids(store, signatures.c.campaign)
    assert "c_1" in ids(store, campaigns.c.id)

    store.purge(Limits(spam_days=15), NOW)
    assert not ids(store, campaigns.c.id) & {"c_0", "c_1", "c_2"}
    assert not ids(store, signatures.c.campaign) & {"c_0", "c_1", "c_2"}


def test_old_acts_go_but_not_such_as_are_under_way(sql_store):
    with sql_store._transaction() as connection:
        old, under_way, young = (
            write_audit(connection, ago(days), "jana", "note", detail={"q": "canary"}) for days in (800, 800, 700)
        )
        row = {"label": "spam", "total": 1, "needs_second": False, "undoing": False}
        connection.execute(insert(batches), {"act": under_way, **row, "ended_at": None})

    assert sql_store.purge(Limits(audit_days=730), NOW) == Purged(acts=1)
    left = ids(sql_store, audit.c.id)
    assert old not in left
    assert {under_way, young} <= left


def test_the_audit_says_how_much_has_gone(store):
    store.purge(Limits(15, 30), NOW)
    store.purge(Limits(15, 30), NOW)

    assert [(each.at, each.by, each.detail) for each in store.audit_log(act="purge")] == [
        (NOW, "", {"spam": 9, "ham": 3, "acts": 0})
    ]


def test_what_is_kept_for_a_day_goes_after_it_whatever_the_limits(sql_store):
    with sql_store._transaction() as connection:
        for key, days in (("old", 1.1), ("young", 0.9)):
            values = {"site": "blog", "key": key, "body_hash": "x", "answer": {"id": "c"}, "at": ago(days)}
            connection.execute(insert(idempotency), values)
            connection.execute(insert(failed_sign_ins), {"who": f"from:{key}", "failures": 1, "last_at": ago(days)})

    sql_store.purge(Limits(), NOW)

    assert ids(sql_store, idempotency.c.key) == {"young"}
    assert ids(sql_store, failed_sign_ins.c.who) == {"from:young"}
