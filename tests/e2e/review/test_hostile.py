"""Whatever strangers write, and moderators copy: on no page does anything of it run, load or lead away.

Three times over the same data: as shipped, with the policy taken away (escaping alone must hold), and with the escaping
taken away (the policy alone must hold). A fourth look, with neither, shows that the canary does sing.
"""

import json
import re
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from urllib.parse import quote

import pytest

from tests.e2e.review import pages
from tests.e2e.review.attacked import GATHERED
from tests.e2e.review.conftest import playwright
from tests.e2e.review.hostile import PAYLOADS

_CANARY = """
window.__hit = (number) => console.log("__hit " + number);
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href], area[href]");
  const isOurs = link?.origin === location.origin;
  if (link && (isOurs || ["vbscript:", "ftp:", "view-source:"].includes(link.protocol))) event.preventDefault(); // no page's
});
document.addEventListener("submit", (event) => {
  if (event.target.matches("[action^='/review']") && !event.submitter?.hasAttribute("formaction")) event.preventDefault();
}, true);
"""
_TOUCH = """() => {
  const leave = "nav, header, button, input, select, textarea, form[action^='/review']";
  const kinds = ["pointerover", "pointerenter", "mouseover", "mouseenter", "mousemove", "mousedown", "mouseup", "focus"];
  const own = (one) => [...one.attributes].filter(({ name }) => name.startsWith("on")).map(({ name }) => name.slice(2));
  for (const one of Document.prototype.querySelectorAll.call(document, "body *")) {
    if (one.closest(leave) && !own(one).length) continue;
    for (const kind of new Set([...kinds, ...own(one), "click"])) {
      one.dispatchEvent(new MouseEvent(kind, { bubbles: kind === "click", cancelable: true }));
    }
    if (one instanceof HTMLFormElement && one.matches("form[action]:not([action^='/review'])")) {
      HTMLFormElement.prototype.submit.call(one);
    }
  }
}"""
# What no page of ours has; the second of each pair says where it is.
_FOREIGN_MARKUP = """() => {
  const ours = /^(\\/review|#|$)/;
  const bad = (one) => [...one.attributes].some(({ name, value }) =>
    name.startsWith("on") || name === "style" || name === "srcdoc" || name === "ping"
    || (/^(href|src|action|formaction|data|poster|background|xlink:href)$/.test(name) && !ours.test(value) && !/^url\\(#/.test(value)));
  const tags = "script:not([src^='/review/static/review.js?']), style, iframe, object, embed, frame, base, math, video, audio, template, noscript";
  const found = [...Document.prototype.querySelectorAll.call(document, "*")].filter((one) => bad(one) || one.matches(tags) || (one.matches("meta") && one.httpEquiv));
  return found.map((one) => one.outerHTML.slice(0, 200));
}"""
EXTRA = (
    "/review?tab=all&view=focus", "/review/people?author={undecided}&site={site}", "/review/domains?days=all&q={email}",
    "/review/rules?q={email}", "/review/audit?subject={email}", "/review/people/erase?email={email}",
)  # fmt: skip


@dataclass
class Watched:
    """What a run noticed."""

    hits: set[str] = field(default_factory=set)
    """Numbers of payloads whose code ran, and what else ran."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Requests to other hosts: what kind, which address."""
    console: list[str] = field(default_factory=list)
    markup: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def unescaped(attacked):
    """The same data, served without escaping."""
    command = [sys.executable, "-m", "tests.e2e.review.unescaped", str(attacked.service.home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = json.loads(process.stdout.readline())["url"]
            yield replace(attacked, service=replace(attacked.service, url=url))
        finally:
            process.terminate()


@contextmanager
def watched(filled, name=pages.ADMIN, **context):
    """A tab, and what it notices of what it must not do; requests to other hosts get an empty answer."""
    found = Watched()
    service = filled.service
    opened = service.chromium.new_context(base_url=service.url, viewport={"width": 800, "height": 600}, **context)
    if name:
        opened.add_cookies([{"name": "winnow", "value": service.session(name, "admin"), "url": service.url}])
    opened.add_init_script(_CANARY)

    def answered(route):
        found.asked.append((route.request.resource_type, route.request.url))
        route.fulfill(status=204)

    def told(message):
        number = re.fullmatch(r"__hit (\d+)", message.text)
        if number:
            found.hits.add(number[1])
        elif message.type in ("error", "warning"):
            found.console.append(message.text)

    def refused(dialog):
        found.hits.add(f"dialog {dialog.message}")
        dialog.dismiss()

    opened.route(re.compile(rf"^(?!{re.escape(service.url)}/)"), answered)
    opened.on("console", told)
    opened.on("dialog", refused)
    tab = opened.new_page()
    opened.on("page", lambda other: found.hits.add(f"window {other.url}"))
    yield tab, found
    opened.close()


def look(tab, found, status=200):
    """Touches everything on the page that is shown."""
    tab.wait_for_load_state("domcontentloaded")
    tab.evaluate(_TOUCH)
    tab.mouse.move(200, 250)
    tab.mouse.move(400, 400, steps=3)
    title = tab.title()
    if re.fullmatch(r"HIT \d+", title):
        found.hits.add(title)
    found.markup += [f"{tab.url}: {html}" for html in tab.evaluate(_FOREIGN_MARKUP)]
    found.console = [each for each in found.console if f"responded with a status of {status} " not in each]


def addresses(filled):
    """Every page of the queue, the gathered comments, and pages that are asked for something hostile."""
    yield "/review?tab=all&order=oldest"
    values = {name: quote(str(value), safe="") for name, value in vars(filled).items()}
    yield from (path.format_map(values) for path in EXTRA)
    short = [payload.text for payload in PAYLOADS if payload.kind != "long"]
    yield from (
        f"/review?tab=all&q={quote(' '.join(short[first::60]).encode('utf-8', 'replace'))}" for first in (0, 25)
    )
    yield from items(filled)[:4]


def items(filled):
    """The pages of the comments that have a large part of the gallery each; together all of it."""
    with filled.service.store() as store:
        lines = store.queue(pages.Filter(), "newest", GATHERED, store.newest_id()).lines
    return [f"/review/{line.id}" for line in lines]


def look_at(filled, tab, found, paths):
    for path in paths:
        while path:
            answer = tab.goto(path)
            look(tab, found, answer.status)
            assert answer.status == 200, path
            further = tab.locator("a[rel=next]") if "order=oldest" in path else None
            path = further.first.get_attribute("href") if further is not None and further.count() else ""


MOST_WRITTEN = (
    "item",
    "domains",
    "domain",
    "person",
    "rules",
    "rule-new",
    "sites",
    "site",
    "moderators",
    "audit",
    "letter",
)
"""Names of pages with most of what strangers wrote, besides the queue."""


def test_as_shipped_nothing_runs_loads_or_leads_away_and_the_policy_has_nothing_to_forbid(attacked):
    with watched(attacked) as (tab, found):
        queue, *_ = addresses(attacked)
        look_at(
            attacked,
            tab,
            found,
            [queue, *items(attacked), *(pages.named(name).path(attacked) for name in MOST_WRITTEN)],
        )

    assert found == Watched()


def test_without_the_policy_escaping_alone_holds_on_every_page(attacked):
    with watched(attacked, bypass_csp=True) as (tab, found):
        look_at(attacked, tab, found, addresses(attacked))
        for page in pages.ONE_OF_EACH:
            if not page.is_open:
                pages.show(page, attacked, tab)
                look(tab, found, page.status)
    with watched(attacked, "", bypass_csp=True) as (tab, others):
        for page in pages.ONE_OF_EACH:
            if page.is_open:
                pages.show(page, attacked, tab)
                look(tab, others, page.status)

    assert found == others == Watched()


def test_the_policy_alone_lets_nothing_run_or_load(unescaped):
    with watched(unescaped) as (tab, found):
        for path in [*items(unescaped), "/review/moderators"]:
            tab.goto(path, wait_until="commit")
            look(tab, found)

    assert len(found.markup) > 300  # what was written did become markup
    assert any("Content Security Policy" in each for each in found.console)
    assert found.hits == set()
    # No policy forbids a link that somebody clicks, or a page that sends itself elsewhere: escaping has to.
    assert {kind for kind, _ in found.asked} <= {"document"}


def test_with_neither_the_canary_sings(unescaped):
    numbers, asked = set(), set()
    for path in items(unescaped)[:4]:
        with watched(unescaped, bypass_csp=True) as (tab, found), suppress(playwright.Error):
            tab.set_default_timeout(4_000)
            tab.goto(path, wait_until="commit")
            look(tab, found)
        numbers |= {int(number) for number in found.hits if number.isdigit()}
        asked |= set(found.asked)
    kinds = {PAYLOADS[number].kind for number in numbers}

    assert len(numbers) >= 30  # then one of them has led the page away
    assert kinds >= {"script", "handler", "breakout"}
    assert {kind for kind, _ in asked} >= {"document", "script"}
