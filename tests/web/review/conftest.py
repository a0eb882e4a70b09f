"""What the tests of the moderators' pages share: people who are signed in, and browsers."""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sqlalchemy import delete, text
from starlette.testclient import TestClient

from app.settings import Settings
from app.store.accounts import Session, new_token, token_hash
from app.store.schema_review import audit, failed_sign_ins, invitations, moderators, sessions
from app.web.review.session import cookie_name, csrf_of
from app.web.wiring import utc_now
from tests.web.conftest import PATIENCE_MS, started, wired

ORIGIN = "http://testserver"


def browser(client: TestClient, address: str = "203.0.113.7") -> TestClient:
    """Another browser on the same application: no site's key, no cookies; its forms come from our own pages."""
    headers = {"Origin": ORIGIN, "Accept": "text/html"}
    other = TestClient(client.app, headers=headers, follow_redirects=False, client=(address, 50_000))
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
    visitor.cookies.set(cookie_name(wiring.settings), token, domain="testserver.local")  # as what the answers set
    visitor.headers["X-CSRF-Token"] = csrf_of(token)
    return visitor


class _Inputs(HTMLParser):
    """The hidden inputs of a page, by the address of their form."""

    def __init__(self) -> None:
        super().__init__()
        self.form = ""
        self.found: dict[str, dict[str, str | list[str]]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = given["action"]
        if tag == "input" and given.get("type") == "hidden":
            fields = self.found.setdefault(self.form, {})
            before = fields.get(given["name"])
            listed = before if isinstance(before, list) else [] if before is None else [before]
            fields[given["name"]] = [*listed, given["value"]] if listed else given["value"]


def hidden(page: str, action: str = "") -> dict[str, str | list[str]]:
    """What a browser would send unasked with the page's form for that address; of its last form without one."""
    inputs = _Inputs()
    inputs.feed(page)
    return inputs.found[action or list(inputs.found)[-1]]


@pytest.fixture
def make_visitor() -> Callable[..., TestClient]:
    """make_visitor(client, name="jana", role="moderator"): signed in, without the time that Argon2 takes.

    Redirects are not followed. Every request carries our Origin and, as a header, the session's CSRF token.
    """
    return signed_in


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[TestClient]:
    """One application for all tests of a module, for tables of cases that leave nothing behind."""
    with started(
        Settings(home=tmp_path_factory.mktemp("home"), models=models, record_patience_ms=PATIENCE_MS)
    ) as client:
        yield client


@pytest.fixture
def emptied(shared: TestClient) -> TestClient:
    """The same application with no moderator in it, and the real clock; it starts in no time."""
    wiring = wired(shared)
    wiring.now = utc_now
    with wiring.store._transaction() as connection:
        for table in (sessions, invitations, failed_sign_ins, audit, moderators):
            connection.execute(delete(table))
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = 'audit'"))
    return shared
