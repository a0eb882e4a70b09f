"""What the tests of the moderators' pages share: people who are signed in, and browsers."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from app.store.accounts import Session, new_token, token_hash
from app.web.review.session import cookie_name, csrf_of
from tests.web.conftest import wired

ORIGIN = "http://testserver"


def browser(client: TestClient) -> TestClient:
    """Another browser on the same application: no site's key, no cookies; its forms come from our own pages."""
    headers = {"Origin": ORIGIN, "Accept": "text/html"}
    other = TestClient(client.app, headers=headers, follow_redirects=False, client=("203.0.113.7", 50_000))
    other.portal = client.portal  # the same event loop, as a server has one
    return other


def signed_in(client: TestClient, name: str = "jana", role: str = "moderator") -> TestClient:
    """A browser in which that moderator is signed in, added before if need be; see `make_visitor`."""
    wiring = wired(client)
    store, now = wiring.store, wiring.now()
    if store.moderator(name) is None:
        store.add_moderator(name, role, now)
    token = new_token()
    store.add_session(Session(token_hash(token), name, now, now, "Firefox"))
    visitor = browser(client)
    visitor.cookies.set(cookie_name(wiring.settings), token)
    visitor.headers["X-CSRF-Token"] = csrf_of(token)
    return visitor


@pytest.fixture
def make_visitor() -> Callable[..., TestClient]:
    """make_visitor(client, name="jana", role="moderator"): signed in, without the time that Argon2 takes.

    Redirects are not followed. Every request carries our Origin and, as a header, the session's CSRF token.
    """
    return signed_in
