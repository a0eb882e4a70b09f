"""A real service and a real browser for the moderators' pages."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app import lists, models
from app.commands import opening
from app.store.accounts import Session, new_token, token_hash
from app.store.records import new_key
from app.store.schema_base import metadata
from app.store.sql import SqlStore
from tests.e2e import server
from tests.e2e.review.comments import SITES, records

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright, a development requirement")

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
PASSWORD = "correct horse battery"


@pytest.fixture(scope="package")
def chromium():
    """One browser for all tests; each gets a context of its own."""
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI"):
            pytest.fail(f"{CHROMIUM} is missing: make clients installs it as root")
        pytest.skip(f"needs Debian's chromium at {CHROMIUM}; make clients installs it as root")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Service:
    """A running Winnow with comments in it."""

    home: Path
    url: str
    keys: dict[str, str]
    chromium: object
    console: list[str] = field(default_factory=list)
    """Errors and warnings of every page that was opened."""
    foreign: list[str] = field(default_factory=list)
    """Requests that left the origin."""

    @contextmanager
    def store(self) -> Iterator[SqlStore]:
        """Its database, beside it."""
        with opening.open_store(server.settings_of(self.home)) as store:
            yield store

    def session(self, name: str = "jana", role: str = "moderator") -> str:
        """A session's token, without the time that Argon2 takes."""
        with self.store() as store:
            if store.moderator(name) is None:
                store.add_moderator(name, role, opening.now())
            token = new_token()
            store.add_session(Session(token_hash(token), name, opening.now(), opening.now(), "Chromium"))
        return token

    def open(self, path: str = "/review", name: str = "jana", role: str = "moderator", **context):
        """A page in a browser of its own, in which that moderator is signed in; empty name: nobody is."""
        opened = self.chromium.new_context(base_url=self.url, **context)
        if name:
            opened.add_cookies([{"name": "winnow", "value": self.session(name, role), "url": self.url}])
        page = opened.new_page()
        page.on("console", lambda told: self.console.append(told.text) if told.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(self.url) else self.foreign.append(asked.url))
        page.goto(path)
        return page

    def labels(self) -> dict[str, str | None]:
        """Id of a comment -> what was decided."""
        with self.store() as store:
            return {line.id: line.label for line in all_lines(store)}


def all_lines(store: SqlStore):
    from app.store.queue import Filter

    return store.queue(Filter(), "oldest", 100_000, opening.now()).lines


@pytest.fixture(scope="package")
def shipped():
    """The shipped model and the lists it goes with."""
    known = lists.load()
    return models.load_current(server.settings_of(Path("unused")).models, known), known


@pytest.fixture(scope="package")
def judged(shipped):
    """Generated comments with the shipped model's answers."""
    return lambda count, **others: list(records(count, *shipped, **others))


@pytest.fixture(scope="package")
def running(tmp_path_factory, chromium) -> Iterator[Service]:
    """One service for all tests of a process: starting takes seconds, emptying its database milliseconds."""
    home = tmp_path_factory.mktemp("review") / "home"
    keys = {site: new_key() for site in SITES}
    server.add_sites(home, keys)
    with server.serving(home) as port:
        yield Service(home, f"http://127.0.0.1:{port}", keys, chromium)


@pytest.fixture
def make_service(running, judged) -> Iterator[Callable[..., Service]]:
    """make_service(count) -> the service with so many generated comments, and nothing else but its sites."""

    def make(count: int = 60, **others) -> Service:
        with running.store() as store:
            with store._transaction() as connection:
                for table in reversed(metadata.sorted_tables):
                    if table.name != "sites":
                        connection.execute(table.delete())
            store.record(judged(count, **others))
        running.console.clear()
        running.foreign.clear()
        return running

    yield make
    for context in running.chromium.contexts:
        context.close()


@pytest.fixture
def service(make_service) -> Iterator[Service]:
    """With 60 comments; afterwards no page may have complained or asked anybody else."""
    made = make_service()
    yield made
    assert made.console == []
    assert made.foreign == []


@pytest.fixture(scope="package")
def attacked(tmp_path_factory, chromium):
    """A service of its own, with everything of the gallery of hostile texts in it; see attacked.py."""
    from tests.e2e.review.attacked import attack

    home = tmp_path_factory.mktemp("hostile") / "home"
    keys = {site: new_key() for site in SITES}
    server.add_sites(home, keys)
    with server.serving(home) as port:
        yield attack(Service(home, f"http://127.0.0.1:{port}", keys, chromium))
