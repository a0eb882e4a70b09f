"""Signing in and out, through the whole application."""

from app.web.review.passwords import HASHER
from tests.web.conftest import wired
from tests.web.review.conftest import browser

PASSWORD = "correct horse battery"


def test_a_moderator_signs_in_and_out(client):
    store = wired(client).store
    store.add_moderator("jana", "moderator", "2026-11-30T10:00:00.000Z")
    store.set_password("jana", HASHER.hash(PASSWORD), "2026-11-30T10:00:00.000Z")
    jana = browser(client)

    answer = jana.post("/review/sign-in", data={"name": "Jana", "password": PASSWORD})

    assert (answer.status_code, answer.headers["location"]) == (303, "/review")
    assert jana.cookies["winnow"]
    assert jana.get("/review/sign-in").headers["location"] == "/review"
