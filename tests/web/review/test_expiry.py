"""Held comments that expire while the service runs."""

import pytest

from app.core.comment import Rule, Thresholds
from app.errors import StoreUnavailable
from app.web.review import expiry
from app.web.review.expiry import expire
from tests.web.conftest import started, wired

LATER = "2099-01-01T00:00:00.000Z"


@pytest.fixture
def store(client):
    """Every comment of blog is held."""
    store = wired(client).store
    store.set_thresholds("blog", Thresholds(0.0, 1.0, 1.0))
    return store


def tabs(store):
    return {each.id: each.tab for each in store.past(Rule("deny", "phrase", "x"), None, "")}


def held(client, count=1):
    return [client.post("/classify", json={"text": f"Hello {n}"}).json()["id"] for n in range(count)]


def test_nothing_expires_unless_an_admin_said_so(client, store):
    (id,) = held(client)

    assert expire(store, lambda: LATER) == 0
    assert tabs(store) == {id: "review"}


def test_what_is_older_than_the_days_expires_and_what_is_not_stays(client, store):
    (id,) = held(client)
    store.change_preferences({"held_days": 30}, LATER)

    assert expire(store, wired(client).now) == 0
    assert expire(store, lambda: LATER) == 1

    assert tabs(store) == {id: "expired"}
    assert store.expired_since("") == 1


def test_many_expire_in_steps_each_with_its_own_act(client, store, monkeypatch):
    monkeypatch.setattr(expiry, "A_STEP", 2)
    ids = held(client, 5)
    store.change_preferences({"held_days": 1}, LATER)

    assert expire(store, lambda: LATER) == 5

    told = [each.detail["count"] for each in store.audit_log(act="expire")]
    assert (told, store.expired_since(LATER)) == ([1, 2, 2], 5)
    assert set(tabs(store)) == set(ids)


def test_a_store_that_does_not_answer_is_tried_again_later(store, caplog):
    store.change_preferences({"held_days": 1}, LATER)
    store.close()

    assert expire(store, lambda: LATER) == 0
    assert "held comments do not expire now" in caplog.text
    with pytest.raises(StoreUnavailable):
        store.preferences()


def test_the_service_looks_when_it_starts(make_settings):
    settings = make_settings()
    with started(settings) as client:
        store = wired(client).store
        store.set_thresholds("blog", Thresholds(0.0, 1.0, 1.0))
        (id,) = held(client)
        store.change_preferences({"held_days": 1}, LATER)
        with store._transaction() as connection:
            connection.exec_driver_sql("UPDATE comments SET received_at = '2020-01-01T00:00:00.000Z'")

    from starlette.testclient import TestClient

    from app.main import create_app

    with TestClient(create_app(settings)) as again:
        store = wired(again).store
        for _ in range(200):
            if tabs(store) == {id: "expired"}:
                break
            again.get("/livez")

        assert tabs(store) == {id: "expired"}


def test_an_expired_comment_is_shown_and_can_be_decided(client, store, make_visitor):
    (id,) = held(client)
    store.change_preferences({"held_days": 1}, LATER)
    expire(store, lambda: LATER)
    jana = make_visitor(client)

    assert id in jana.get("/review?tab=expired").text
    version = store.item(id, LATER).version
    answer = jana.post("/review/decide", data={"id": f"{id}~{version}", "label": "spam", "back": "/review"})

    assert answer.status_code == 303
    assert tabs(store) == {id: "decided"}


def test_the_audit_says_it_in_a_sentence(client, store, make_visitor):
    held(client, 2)
    store.change_preferences({"held_days": 1}, LATER)
    expire(store, lambda: LATER)

    from app.web.review import acts

    assert "held comments expired" in acts.TOLD["expire"].sentence
    assert "%(by)s" not in acts.TOLD["expire"].sentence
