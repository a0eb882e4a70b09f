"""What the tests of WordPress share: one database, one Winnow server, and a blog for each way of plugging in."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.wordpress import packages
from tests.e2e.wordpress.people import Moderator
from tests.e2e.wordpress.processes import Database, Winnow
from tests.e2e.wordpress.site import PLUGINS, Site

HONEST = "Thank you, the white wall was the missing piece. Do small early tomatoes also fruit with three hours of sun?"
PATIENT = pytest.mark.timeout(900)
"""The first test may have packages to install."""
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder with a short name, because the name of a socket has 107 characters at most."""
    packages.require()
    made = Path(tempfile.mkdtemp(prefix="winnow-wp-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def database(folder: Path) -> Iterator[Database]:
    """A MariaDB that nobody else sees."""
    made = Database(folder)
    yield made
    made.program.end()


@pytest.fixture(scope="session")
def winnow(folder: Path) -> Iterator[Winnow]:
    """A server with a site for each blog."""
    server = Winnow(folder)
    yield server
    server.stop()


@pytest.fixture
def server(winnow: Winnow) -> Winnow:
    """The server, running at the beginning of the test, and remembering no decision of an earlier one."""
    if winnow.program is None:
        winnow.start()
    winnow.forget()
    return winnow


@pytest.fixture(scope="session")
def keys(winnow: Winnow) -> dict[str, str]:
    """The key of each blog's site."""
    return {name: winnow.add_site(name) for name in ("native", "dropin")}


@pytest.fixture(scope="session")
def native_blog(folder: Path, database: Database, winnow: Winnow, keys: dict[str, str]) -> Iterator[Site]:
    """A blog with our own plugin, set up as its settings page would."""
    site = Site(folder, "native", database, ["winnow/winnow.php"])
    try:
        site.php("update_option( 'winnow', $in );", server=winnow.url, key=keys["native"], secret=SECRET)
        yield site
    finally:
        site.program.end()


@pytest.fixture(scope="session")
def dropin_blog(folder: Path, database: Database, winnow: Winnow) -> Iterator[Site]:
    """A blog with the official Akismet plugin, unmodified, and our file beside it."""
    site = Site(folder, "dropin", database, ["akismet/akismet.php"], WINNOW_SERVER=winnow.url)
    shutil.copy(PLUGINS / "winnow-akismet.php", site.must_use)
    yield site
    site.program.end()


@pytest.fixture
def native(native_blog: Site, server: Winnow) -> Iterator[Site]:
    """The blog with our plugin; nothing in it complains."""
    native_blog.forget()
    yield native_blog
    assert native_blog.complaints() == ""


@pytest.fixture
def dropin(dropin_blog: Site, server: Winnow) -> Iterator[Site]:
    """The blog with Akismet's plugin; nothing of ours complains."""
    dropin_blog.forget()
    yield dropin_blog
    assert dropin_blog.complaints() == ""


@pytest.fixture(scope="session")
def administrator(native_blog: Site) -> Iterator[Moderator]:
    """Somebody who logged in once."""
    person = Moderator(native_blog)
    yield person
    person.browser.close()


@pytest.fixture
def moderator(native: Site, administrator: Moderator) -> Moderator:
    """The administrator of the blog with our plugin."""
    return administrator
