"""Keys: how long a good one is believed, and what happens while the store is silent."""

from collections.abc import Iterator

import pytest
from starlette.requests import Request

from app.errors import StoreUnavailable
from app.store.sql import SqlStore, temporary_store
from app.web.auth import FRESH_S, STALE_S, Keys
from app.web.problems import RefusedRequest
from tests.web.conftest import AT, KEY


class Scene:
    """A store, a clock that is set by hand, and how often the store was asked."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.store.add_site("blog", KEY, AT)
        self.now = 1_000.0
        self.asked = 0
        self.keys = Keys(self.ask, clock=lambda: self.now)

    def ask(self, key):
        self.asked += 1
        return self.store.site_of_key(key)

    def caller(self, key=KEY):
        return self.keys.caller(Request({"type": "http", "headers": [(b"x-api-key", key.encode())]}))


@pytest.fixture
def scene() -> Iterator[Scene]:
    with temporary_store() as store:
        yield Scene(store)


def test_a_good_key_is_looked_up_once_in_two_seconds(scene):
    for _ in range(3):
        assert scene.caller().site.name == "blog"
    assert scene.asked == 1
    scene.now += FRESH_S
    scene.caller()
    assert scene.asked == 2


def test_a_revoked_key_dies_within_two_seconds(scene):
    scene.caller()
    scene.store.rotate_key("blog", "otherotherot")
    scene.now += FRESH_S
    with pytest.raises(RefusedRequest, match="key-unknown"):
        scene.caller()


def test_a_key_made_a_moment_ago_works_though_it_was_tried_before(scene):
    with pytest.raises(RefusedRequest, match="key-unknown"):
        scene.caller("shopshopshop")
    scene.store.add_site("shop", "shopshopshop", AT)
    assert scene.caller("shopshopshop").site.name == "shop"


def test_a_known_key_goes_on_for_ten_minutes_without_the_store(scene):
    assert scene.caller().degraded == ()
    scene.store.close()
    scene.now += FRESH_S
    assert scene.caller().degraded == ("store",)
    scene.now += 1.0
    assert scene.caller().degraded == ("store",)
    assert scene.asked == 3  # at once when it answers again
    scene.now += STALE_S - FRESH_S - 1.0
    assert scene.caller().site.name == "blog"
    scene.now += FRESH_S
    with pytest.raises(StoreUnavailable):
        scene.caller()


def test_a_key_never_seen_cannot_go_on_without_the_store(scene):
    scene.store.close()
    with pytest.raises(StoreUnavailable):
        scene.caller()


def test_a_key_is_not_kept_in_readable_form(scene):
    scene.caller()
    assert KEY not in repr(vars(scene.keys))
