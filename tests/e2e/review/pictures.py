"""Pictures of every page, to be looked at: `python -m tests.e2e.review.pictures FOLDER`.

A service is filled with some 300 generated comments and a campaign, and moderators do their work; then every page of
pages.PAGES is taken in light, in dark and on a phone.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import lists, models
from app.store.records import new_key
from tests.e2e import server
from tests.e2e.review import pages
from tests.e2e.review.comments import SITES, judged, texts
from tests.e2e.review.conftest import CHROMIUM, FLAGS, PHONE, Service, playwright

COMMENTS = 300
EVERY_S = 2 * 60 * 60.0
"""Between two comments, so that statistics have some weeks to show."""
LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", **PHONE},
}
TALLEST = 2_400
"""CSS pixels of one picture; below it pages repeat themselves."""


@contextmanager
def filled(chromium: object) -> Iterator[pages.Filled]:
    """A service with enough in it that every page has something to show."""
    known = lists.load()
    model = models.load_current(server.settings_of(Path("unused")).models, known)
    written = [*texts(COMMENTS), *pages.WAVE, *pages.ODD]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        keys = {site: new_key() for site in SITES}
        server.add_sites(home, keys)
        with server.serving(home) as port:
            service = Service(home, f"http://127.0.0.1:{port}", keys, chromium)
            yield pages.fill(service, list(judged(written, model, known, EVERY_S)))


def take(there: pages.Filled, folder: Path, names: list[str]) -> None:
    """All pages, or those of the names."""
    for look, context in LOOKS.items():
        tabs = [there.service.open("/review/static/icon.svg", name, "admin", **context) for name in (pages.ADMIN, "")]
        for page in pages.PAGES:
            if names and page.name not in names:
                continue
            tab = tabs[page.is_open]
            pages.show(page, there, tab)
            tall = min(tab.evaluate("document.documentElement.scrollHeight"), TALLEST)
            clip = {"x": 0, "y": 0, "width": context["viewport"]["width"], "height": tall}
            tab.screenshot(path=folder / f"{page.name}-{look}.png", full_page=True, clip=clip)
        for tab in tabs:
            tab.context.close()


def main(folder: str, *names: str) -> None:
    """Takes the pictures and says where they are."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with filled(browser) as there:
            take(there, Path(folder), list(names))
        browser.close()
    print(f"{len(list(Path(folder).glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main(*sys.argv[1:])
