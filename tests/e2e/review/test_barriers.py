"""Nobody is kept out of a page: not by how it looks, how wide it is, what it is operated with or which way it is read."""

import pytest

from app.store.records import new_key
from app.web.review.pages import TEMPLATES
from tests.e2e import server
from tests.e2e.review import pages
from tests.e2e.review.comments import SITES, judged, texts
from tests.e2e.review.conftest import Service, playwright
from tests.web.review.test_every_page import ADDRESSES

axe = pytest.importorskip("axe_playwright_python.base", reason="needs axe, a development requirement")

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_LAYOUT = ["target-size"]
"""Rules whose answer depends on the width; the others say the same on a phone."""
DESKTOP, ZOOMED, PHONE, NARROW = 1280, 640, 390, 320
"""CSS pixels; 640 is a desktop at 200 %, 320 what WCAG asks to fit without scrolling sideways (1.4.10)."""

_AXE = """async ([source, within, runOnly, without]) => {
  if (!window.axe) (0, eval)(source);
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
  const found = await axe.run(within, { resultTypes: ["violations"], runOnly, rules });
  return found.violations.map((each) => [each.id, each.nodes.map((node) => node.html.slice(0, 300))]);
}"""
_WIDER = """() => {
  const clipped = (one) => { while ((one = one.parentElement)) if (getComputedStyle(one).overflowX !== "visible") return true; };
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const wide = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1);
  return wide.filter((one) => !clipped(one)).map((one) => one.outerHTML.slice(0, 120));
}"""
# Text below 4.5 to 1, on the nearest background that is not see-through; axe says the same and takes a hundred times longer.
_PALE = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (colour) => {
    if (!known.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      known.set(colour, [...canvas.getImageData(0, 0, 1, 1).data]);
    }
    return known.get(colour);
  };
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, index) => sum + c * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const colour = rgba(getComputedStyle(one).backgroundColor);
      if (colour[3] > 250) return colour;
    }
    return rgba("Canvas");
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const one = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !one.checkVisibility({ visibilityProperty: true }) || one.closest(":disabled, svg, option")) continue;
    const [fore, back] = [rgba(getComputedStyle(one).color), behind(one)].map(light);
    const ratio = (Math.max(fore, back) + 0.05) / (Math.min(fore, back) + 0.05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${one.outerHTML.slice(0, 120)}`);
  }
  return found;
}"""
# What Tab has to reach: all that can be operated and is shown; of radio buttons the chosen one of each group.
_CONTROLS = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
  const chosen = (one) => one.type !== "radio" || one.checked || !document.querySelector(`[name="${one.name}"]:checked`);
  return all.filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0 && chosen(one));
}"""
# Focus is shown by an outline of 2 pixels or more, on something that is in sight.
_MARKED = """(one) => {
  const [style, box] = [getComputedStyle(one), one.getBoundingClientRect()];
  const isSeen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return isSeen && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""
_UNMARKED = f"""() => ({_CONTROLS})().filter((one) => {{
  one.focus({{ focusVisible: true }});
  return one.tabIndex > 0 || document.activeElement !== one || !({_MARKED})(one);
}}).map((one) => one.outerHTML.slice(0, 120))"""
_WATCH = f"""() => {{
  const stops = ({_CONTROLS})();
  const start = Object.assign(document.createElement("span"), {{ tabIndex: -1 }});
  document.body.prepend(start);
  start.focus();
  window.reached = [];
  document.addEventListener("focusin", ({{ target }}) => reached.push([stops.indexOf(target), ({_MARKED})(target)]));
  return stops.length;
}}"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory, chromium, shipped):
    """A service of its own, which no test changes but by the forms that PAGES names."""
    home = tmp_path_factory.mktemp("barriers") / "home"
    keys = {site: new_key() for site in SITES}
    server.add_sites(home, keys)
    with server.serving(home) as port:
        service = Service(home, f"http://127.0.0.1:{port}", keys, chromium)
        yield pages.fill(service, list(judged([*pages.ODD, *pages.WAVE, *texts(9, seed=6)], *shipped)))


@pytest.fixture(scope="module")
def tabs(filled):
    """A window costs more than a page: one for an admin, one for nobody."""
    opened = [filled.service.open("/review/static/icon.svg", name, "admin") for name in (pages.ADMIN, "")]
    yield opened
    for tab in opened:
        tab.context.close()


@pytest.fixture
def make_tab(filled, tabs):
    """make_tab(page, width) -> that page, in light and with motion."""

    def make(page, width=DESKTOP):
        tab = tabs[page.is_open]
        tab.emulate_media(color_scheme="light", reduced_motion="no-preference")
        tab.set_viewport_size({"width": width, "height": 900})
        filled.service.console.clear()
        filled.service.foreign.clear()
        pages.show(page, filled, tab)
        return tab

    return make


def barriers(tab, rules, *without, within="html"):
    found = tab.evaluate(_AXE, [axe.AXE_SCRIPT, within, rules, without])
    return [f"{rule}: {html}" for rule, nodes in found for html in nodes]


def of_its_status(page, told):
    """Whether the console says only that the page's answer was 400 or more, as it was meant to be."""
    return told.startswith(f"Failed to load resource: the server responded with a status of {page.status} ")


def test_every_address_that_shows_a_page_is_in_the_list():
    listed = {page.route for page in pages.PAGES}

    assert {path for method, path in ADDRESSES if method == "GET"} - listed == set(pages.NOT_PAGES)
    assert listed <= {path for _, path in ADDRESSES}


def test_every_template_of_a_page_is_in_the_list():
    extending = {path.name for path in TEMPLATES.glob("*.html") if 'extends "base.html"' in path.read_text("utf-8")}

    assert extending == {page.template for page in pages.PAGES}


@pytest.mark.parametrize("page", pages.PAGES, ids=[page.name for page in pages.PAGES])
def test_no_page_has_a_barrier_in_light_and_dark_on_a_desktop_zoomed_and_on_a_phone(make_tab, filled, page):
    tab = make_tab(page)
    found = {
        "axe": barriers(tab, STANDARDS, "color-contrast") if page in pages.ONE_OF_EACH else [],
        "pale": tab.evaluate(_PALE),
        "focus": tab.evaluate(_UNMARKED),
        "headings": [] if tab.locator("h1").count() == 1 else ["not one h1"],
        "language": [] if tab.locator("html").get_attribute("lang") == "en" else ["no lang"],
    }
    for width in (ZOOMED, NARROW, PHONE):
        tab.set_viewport_size({"width": width, "height": 900})
        found[f"wider than {width}"] = tab.evaluate(_WIDER)
    found["axe, phone"] = barriers(tab, OF_LAYOUT) if page in pages.ONE_OF_EACH else []
    found["pale, phone"] = tab.evaluate(_PALE)
    tab.emulate_media(color_scheme="dark")
    found["pale, dark phone"] = tab.evaluate(_PALE)
    tab.set_viewport_size({"width": DESKTOP, "height": 900})
    found["pale, dark"] = tab.evaluate(_PALE)
    found["console"] = [told for told in filled.service.console if not of_its_status(page, told)]
    found["foreign"] = filled.service.foreign

    assert {where: what for where, what in found.items() if what} == {}


@pytest.mark.parametrize("name", ["queue", "item", "rule-new", "sign-in"])
def test_tab_reaches_every_control_in_order(make_tab, name):
    tab = make_tab(pages.named(name))
    stops = tab.evaluate(_WATCH)
    reached = []
    while len(reached) < 2 * stops and stops - 1 not in [number for number, _ in reached]:
        for _ in range(10):
            tab.keyboard.press("Tab")
        reached = tab.evaluate("reached")
    numbers = [number for number, _ in reached if number >= 0]  # the others are boxes that can be scrolled

    assert numbers[:stops] == list(range(stops))
    assert all(is_marked for _, is_marked in reached)


@pytest.mark.parametrize("name", ["queue", "item", "statistics"])
def test_axe_agrees_that_nothing_is_pale(make_tab, name):
    tab = make_tab(pages.named(name))
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        assert barriers(tab, ["color-contrast", "link-in-text-block"]) == []


def test_what_looks_for_barriers_finds_one(make_tab):
    tab = make_tab(pages.named("settings"))
    tab.evaluate("""() => {
      const input = Object.assign(document.createElement("input"), { id: "nameless" });
      const grey = Object.assign(document.createElement("p"), { textContent: "Nobody reads this" });
      grey.style.color = "#bbb";
      grey.style.width = "3000px";
      document.querySelector("main").append(input, grey);
    }""")

    assert {each.partition(":")[0] for each in barriers(tab, STANDARDS)} == {"label", "color-contrast"}
    assert len(tab.evaluate(_WIDER)) == 1
    assert len(tab.evaluate(_PALE)) == 1
    tab.evaluate("document.querySelector('#nameless').style.outline = 'none'")
    assert len(tab.evaluate(_UNMARKED)) == 1


def test_the_first_stop_skips_the_menu(make_tab):
    tab = make_tab(pages.named("rules"))
    tab.keyboard.press("Tab")
    playwright.expect(tab.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")

    assert tab.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize(("key", "dialog"), [("?", "#help"), ("n", "#note")])
def test_a_dialog_keeps_the_focus_and_gives_it_back(make_tab, key, dialog):
    tab = make_tab(pages.named("queue"))
    before = tab.evaluate("document.activeElement.id")
    tab.keyboard.press(key)
    for _ in range(8):
        assert tab.evaluate(
            f"document.activeElement === document.body || document.activeElement.closest('{dialog}') !== null"
        )
        tab.keyboard.press("Tab")
    assert barriers(tab, STANDARDS, within=dialog) == []
    tab.keyboard.press("Escape")

    playwright.expect(tab.locator(dialog)).to_be_hidden()
    assert before.startswith("c_")
    assert tab.evaluate("document.activeElement.id") == before


def test_nothing_moves_for_who_asked_for_less_motion(make_tab):
    def seconds(tab):
        return tab.evaluate("""() => [...document.querySelectorAll("*")].map((one) => getComputedStyle(one)).filter((style) =>
          (style.transitionDuration + "," + style.animationDuration).split(",").some((time) => parseFloat(time) > 0)).length""")

    for name in ("item", "statistics", "settings", "queue-all"):
        tab = make_tab(pages.named(name))
        tab.emulate_media(reduced_motion="reduce")
        assert seconds(tab) == 0
    tab.emulate_media(reduced_motion="no-preference")
    assert seconds(tab) > 0


class TestDirection:
    @pytest.mark.parametrize("author", ["أحمد", "נועה"])
    def test_what_is_written_from_the_right_is_shown_so(self, make_tab, author):
        tab = make_tab(pages.named("queue-all"))
        link = tab.locator(".by", has_text=author).first
        row = tab.locator("li.line", has=link)

        assert tab.evaluate("getComputedStyle(document.body).direction") == "ltr"
        for _ in range(2):  # as a row of the queue, then on its own page
            written = tab.locator(".written").first if row.count() == 0 else row.locator(".written").first
            assert written.evaluate("one => getComputedStyle(one).direction") == "rtl"
            assert tab.locator("bdi", has_text=author).first.evaluate("one => getComputedStyle(one).direction") == "rtl"
            if row.count():
                link.click()
                tab.wait_for_url("**/review/c_**")
        assert tab.title() == f"\u2068{author}\u2069 · Winnow"

    def test_an_override_turns_nothing_around_but_itself(self, make_tab):
        tab = make_tab(pages.named("queue-all"))
        row = tab.locator("li.line", has_text="here").filter(has=tab.locator(".unseen")).first
        order = row.locator(".head").evaluate("""(head) => {
          const texts = document.createTreeWalker(head, NodeFilter.SHOW_TEXT);
          const found = [];
          while (texts.nextNode()) {
            const { parentElement: parent, data } = texts.currentNode;
            const owner = parent.closest("bdi");
            for (let at = 0; at < data.length; at++) {
              const range = new Range();
              range.setStart(texts.currentNode, at);
              range.setEnd(texts.currentNode, at + 1);
              const box = range.getBoundingClientRect();
              if (box.width && !owner) found.push([Math.round(box.top / 8), box.left]);
            }
          }
          return found;
        }""")

        assert len(order) > 20
        assert order == sorted(order)
        assert "\u202e" not in row.locator(".written").inner_text()
        assert row.locator(".unseen").count() >= 4
