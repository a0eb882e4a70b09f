"""One-time links: what is behind them, and that they work once."""

import pytest

from tests.web.conftest import wired
from tests.web.review.conftest import browser

NOW = "2026-11-30T10:00:00.000Z"
SOON = "2026-12-07T10:00:00.000Z"
LINK = "/review/set-up/the-token"
GOOD = {"password": "correct horse battery", "password_again": "correct horse battery"}


@pytest.fixture
def client(emptied):
    return emptied


@pytest.fixture
def invited(client):
    """A browser, and jana's link, which ends in a week."""
    wired(client).now = lambda: NOW
    store = wired(client).store
    store.add_moderator("jana", "moderator", NOW)
    store.make_invitation("jana", "the-token", SOON, NOW)
    return browser(client)


def test_a_link_is_followed_to_the_queue(client, invited):
    page = invited.get(LINK)
    assert page.status_code == 200
    assert 'value="jana"' in page.text

    answer = invited.post(LINK, data={**GOOD, "language": "sk", "zone": "Europe/Bratislava"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/review")
    assert "HttpOnly" in answer.headers["set-cookie"]
    jana = wired(client).store.moderator("jana")
    assert (jana.language, jana.zone, jana.has_password) == ("sk", "Europe/Bratislava", True)
    assert invited.get("/review/profile").status_code == 200
    signing_in = {"name": "jana", "password": GOOD["password"]}
    assert browser(client).post("/review/sign-in", data=signing_in).status_code == 303


def test_looking_at_it_uses_nothing_up(invited):
    assert [invited.get(LINK).status_code for _ in range(3)] == [200] * 3


def test_a_link_works_once_and_then_says_what_to_do(client, invited):
    invited.post(LINK, data=GOOD)
    stranger = browser(client)

    for answer in (stranger.get(LINK), stranger.post(LINK, data={**GOOD, "password": "x" * 12})):
        assert answer.status_code == 410
        assert "This link cannot be used any more" in answer.text
        assert "winnow moderator link" in answer.text
    assert not stranger.cookies


def test_a_link_ends(client, invited):
    wired(client).now = lambda: SOON

    assert invited.get(LINK).status_code == 410
    assert invited.post(LINK, data=GOOD).status_code == 410


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        pytest.param("ninechars", "ninechars", "at least 10 characters", id="short"),
        pytest.param("", "", "at least 10 characters", id="empty"),
        pytest.param("correct horse", "correct house", "not the same", id="mistyped"),
        pytest.param("x" * 1_001, "x" * 1_001, "at most 1,000 characters", id="long"),
    ],
)
def test_a_password_that_will_not_do_is_refused_and_the_link_stays(client, invited, password, again, sentence):
    answer = invited.post(LINK, data={"password": password, "password_again": again, "zone": "Europe/Vienna"})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Europe/Vienna"' in answer.text
    assert not password or password not in answer.text
    assert invited.get(LINK).status_code == 200
    assert not wired(client).store.moderator("jana").has_password


@pytest.mark.parametrize("password", ["Maximilian", "MAXIMILIAN", " maximilian "])
def test_ones_name_is_no_password(client, password):
    store, visitor = wired(client).store, browser(client)
    store.add_moderator("Maximilian", "viewer", NOW)
    store.make_invitation("Maximilian", "the-token", "2099-01-01T00:00:00.000Z", NOW)

    answer = visitor.post(LINK, data={"password": password, "password_again": password})

    assert answer.status_code == 422
    assert "must not be your name" in answer.text


@pytest.mark.parametrize("password", ["x" * 1_000, "ďěšť čřž ůňó 🎉", "          ", "'; DROP TABLE moderators; --"])
def test_any_other_password_can_be_had(client, invited, password):
    assert invited.post(LINK, data={"password": password, "password_again": password}).status_code == 303

    again = browser(client).post("/review/sign-in", data={"name": "jana", "password": password})
    assert again.status_code == 303


def test_what_cannot_be_chosen_is_left_to_the_browser(client, invited):
    invited.post(LINK, data={**GOOD, "language": "xx", "zone": "Mars/Base"})

    jana = wired(client).store.moderator("jana")
    assert (jana.language, jana.zone) == ("", "")


def test_a_forgotten_password_is_replaced_and_its_sessions_end(client, invited):
    invited.post(LINK, data=GOOD)
    store = wired(client).store
    store.make_invitation("jana", "another", SOON, NOW)
    other = browser(client)

    other.post("/review/set-up/another", data={"password": "y" * 12, "password_again": "y" * 12})

    assert invited.get("/review/profile").status_code == 303
    assert other.get("/review/profile").status_code == 200


def test_who_is_locked_out_gets_in_by_a_link(client, invited):
    store = wired(client).store
    for _ in range(9):
        store.try_sign_in("jana", "", NOW)

    assert invited.post(LINK, data=GOOD).status_code == 303


def test_the_page_speaks_the_browsers_language(invited):
    assert '<html lang="sk"' in invited.get(LINK, headers={"Accept-Language": "sk"}).text


@pytest.mark.parametrize("token", ["x", "%2e%2e", "a" * 5_000, "%00", "š"])
def test_a_made_up_link_is_none(client, token):
    assert browser(client).get(f"/review/set-up/{token}").status_code in (404, 410)
