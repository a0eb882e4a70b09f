"""How quick the moderators' pages are: `python -m tests.review_bench [COMMENTS]`, which prints a table.

It fills a new home with generated comments (100,000 take some minutes), serves it on loopback, asks each page ten
times, and settles 100 comments by keyboard in a real browser. A key's time is from the key to the frame that shows the
next comment. Nothing fails by being slow: the figures go into docs/performance.md, and machines differ.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx2
from playwright.sync_api import sync_playwright

from app import lists, models
from app.commands import opening
from app.store.accounts import Session, new_token, token_hash
from app.store.records import new_key
from tests.e2e import server
from tests.e2e.review.comments import SITES, records
from tests.e2e.review.conftest import CHROMIUM, FLAGS

PAGES = {
    "queue, needs review": "/review",
    "queue, flagged spam": "/review?tab=spam",
    "queue, passed, by score": "/review?tab=passed&order=score",
    "queue of one site": "/review?tab=spam&site=blog",
    "search for a word": "/review?tab=all&q=casino",
    "search for a domain": "/review?tab=all&q=domain:myget.org",
    "campaigns": "/review/campaigns",
    "domains": "/review/domains",
    "statistics": "/review/statistics",
    "audit": "/review/audit",
}
SETTLED = 100
TIMED = """
document.addEventListener("keydown", (event) => {
  if (event.key !== "s") return;
  const began = event.timeStamp;
  requestAnimationFrame(() => { const port = new MessageChannel(); port.port1.onmessage = () =>
    sessionStorage.setItem("times", (sessionStorage.getItem("times") ?? "") + (performance.now() - began) + " ");
    port.port2.postMessage(0); });
}, true);
"""


def fill(home: Path, count: int) -> str:
    """Comments and a signed-in moderator; the session's token."""
    known = lists.load()
    model = models.load_current(server.settings_of(home).models, known)
    server.add_sites(home, {site: new_key() for site in SITES})
    with opening.open_store(server.settings_of(home)) as store:
        batch = []
        for record in records(count, model, known, words=12, every_s=20.0):
            batch.append(record)
            if len(batch) == 500:
                store.record(batch)
                batch = []
        store.record(batch)
        store.add_moderator("jana", "admin", opening.now())
        token = new_token()
        store.add_session(Session(token_hash(token), "jana", opening.now(), opening.now(), "bench"))
    return token


def pages(url: str, token: str) -> None:
    """Each page ten times, after it was asked once."""
    print("| page | median | slowest of 10 |\n|---|---|---|")
    with httpx2.Client(base_url=url, cookies={"winnow": token}, headers={"Accept": "text/html"}, timeout=60) as client:
        for name, path in PAGES.items():
            times = []
            for _ in range(11):
                began = time.perf_counter()
                assert client.get(path).status_code == 200, path
                times.append((time.perf_counter() - began) * 1_000)
            print(f"| {name} | {statistics.median(times[1:]):.0f} ms | {max(times[1:]):.0f} ms |")


def keys(url: str, token: str) -> None:
    """100 comments by keyboard."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(base_url=url)
        context.add_cookies([{"name": "winnow", "value": token, "url": url}])
        context.add_init_script(TIMED)
        page = context.new_page()
        page.goto("/review?tab=spam")
        began = time.perf_counter()
        for number in range(SETTLED):
            line = page.locator(".line.current")
            id = line.get_attribute("data-id")
            page.keyboard.press("s")
            page.wait_for_function("id => document.querySelector('.line.current')?.dataset.id !== id", arg=id)
            assert id != page.locator(".line.current").get_attribute("data-id"), number
        lasted = time.perf_counter() - began
        times = [float(each) for each in page.evaluate("sessionStorage.getItem('times')").split()]
        browser.close()
    times.sort()
    print(f"\n{len(times)} keys: median {statistics.median(times):.0f} ms, 95 of 100 within {times[94]:.0f} ms")
    print(f"{SETTLED} comments settled in {lasted:.0f} s by the script, reloading of the list among it")


def main() -> None:
    """Fill, serve, measure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        home = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(folder) / "home"
        token = fill(home, count)
        with server.serving(home) as port:
            print(f"{count:,} comments stored")
            pages(f"http://127.0.0.1:{port}", token)
            keys(f"http://127.0.0.1:{port}", token)


if __name__ == "__main__":
    main()
