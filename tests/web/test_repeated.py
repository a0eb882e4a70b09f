"""Other words around a link that was held three times: held, too, until somebody says that the link is honest."""

import pytest

from app.core.comment import Thresholds
from tests.web.conftest import OTHER_KEY
from tests.web.test_precedents import answer, decided, ruled

HIGH = Thresholds(1.0, 1.0, 1.0)
LINK = "https://packages.example/feed/royal-casino-slots/royal-casino-slots-bonus"
HONEST = (
    "Restoring the backup took four minutes on the old runner and forty seconds on the new one, and nobody had to touch "
    "a line of the configuration for that, which I would not have believed before we tried it on the smallest machine"
)


@pytest.fixture
def tried(client):
    """What a spammer tried three times, and was held for; a site whose threshold lets much through."""
    found = [answer(client, f"{words} {LINK}") for words in ("Play", "Win now", "Best casino bonus")]
    assert {each["action"] for each in found} <= {"hold", "reject", "discard"}
    return [each["id"] for each in found]


def padded(client, key=""):
    """The fourth, which honest words would have carried past the score."""
    store = client.app.state.wiring.store
    for site in ("blog", "shop"):
        store.set_thresholds(site, HIGH)
    return answer(client, f"{HONEST} {LINK}", key)


@pytest.mark.usefixtures("tried")
def test_the_fourth_is_held_whatever_it_says_on_every_site(client):
    found, elsewhere = padded(client), padded(client, OTHER_KEY)

    assert ruled(found)[0] == ruled(elsewhere)[0] == "hold"
    assert ruled(found)[1][:2] == ("repeated", "link")
    assert found["campaign"]["id"] == ruled(found)[1][2]
    assert found["summary"] == "Its link stood in several comments that were held."
    assert found["score"] < found["thresholds"]["hold"]


def test_two_are_not_enough(client):
    for words in ("Play", "Win now"):
        answer(client, f"{words} {LINK}")

    assert ruled(padded(client)) == ("publish", None)


def test_an_address_that_is_not_the_same_is_another_one(client, tried):
    store = client.app.state.wiring.store
    store.set_thresholds("blog", HIGH)

    assert ruled(answer(client, f"{HONEST} https://packages.example/docs/backup")) == ("publish", None)


def test_who_says_that_one_of_them_is_honest_ends_it(client, tried):
    decided(client, tried[0], "ham")

    assert ruled(padded(client))[0] == "publish"
