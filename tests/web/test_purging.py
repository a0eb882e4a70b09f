"""The service deletes what is due, by a clock that the test sets."""

from datetime import timedelta

from sqlalchemy import insert, select

from app.core.times import shifted
from app.store.schema_review import moderators, sessions
from app.store.sql_purging import Purged
from app.web.purging import purge
from tests.web.conftest import CASINO, wired

SPAM = {"text": f"Win {CASINO}", "author": "Best Slots"}
HAM = {"text": "Thanks, that answers my question about the tea.", "author": "Jana"}


def test_comments_go_within_the_hour_after_their_day(make_client):
    client = make_client(keep_spam_days=15, keep_ham_days=30)
    wiring = wired(client)
    spam, ham = (client.post("/classify", json=each).json()["id"] for each in (SPAM, HAM))
    began = wiring.now()

    def left(days: float) -> list[int]:
        wiring.now = lambda: shifted(began, timedelta(days=days))
        purge(wiring)
        return [client.get(f"/comments/{id}").status_code for id in (spam, ham)]

    assert left(14.9) == [200, 200]
    assert left(15.1) == [404, 200]
    assert left(29.9) == [404, 200]
    assert left(30.1) == [404, 404]


def test_without_settings_nothing_ever_goes(client):
    id = client.post("/classify", json=SPAM).json()["id"]
    wired(client).now = lambda: "2126-12-01T10:00:00.000Z"

    assert purge(wired(client)) == Purged()
    assert client.get(f"/comments/{id}").status_code == 200


def test_a_clock_that_goes_back_deletes_nothing_and_later_all_that_is_due_goes(make_client):
    client = make_client(keep_spam_days=15)
    wiring = wired(client)
    id = client.post("/classify", json=SPAM).json()["id"]
    began = wiring.now()

    for days, expected in ((-3, 200), (3, 200), (15.5, 404)):
        wiring.now = lambda days=days: shifted(began, timedelta(days=days))
        purge(wiring)
        assert client.get(f"/comments/{id}").status_code == expected


def test_sessions_that_have_ended_are_forgotten(client):
    wiring = wired(client)
    with wiring.store._engine.begin() as connection:
        connection.execute(insert(moderators), {"name": "ada", "role": "admin", "password_hash": "", "created_at": ""})
        for token, at in (("old", "2026-01-01T00:00:00.000Z"), ("young", wiring.now())):
            row = {"token_hash": token, "moderator": "ada", "created_at": at, "last_at": at, "user_agent": ""}
            connection.execute(insert(sessions), row)

    purge(wiring)

    with wiring.store._engine.connect() as connection:
        assert connection.execute(select(sessions.c.token_hash)).scalars().all() == ["young"]


def test_a_store_that_does_not_answer_is_told_and_tried_again(client, caplog):
    wiring = wired(client)
    wiring.store.close()

    assert purge(wiring) == Purged()
    assert "what is due is not deleted now" in caplog.text
