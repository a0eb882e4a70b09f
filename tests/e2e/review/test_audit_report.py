"""The page that `winnow audit` writes, opened from disk: it can be used, and nothing of what strangers wrote happens."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from tests.e2e.review.attacked import comment as with_all
from tests.e2e.review.attacked import gathered, shared
from tests.e2e.review.test_barriers import _PALE, _WIDER, STANDARDS, barriers
from tests.e2e.review.test_hostile import _CANARY, _TOUCH

_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


def report_of(folder, rows, *arguments):
    """The page of an audit in which every row is a finding."""
    (folder / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = ["audit", str(folder / "in.jsonl"), "-o", str(folder / "out"), "--at-least", "0", "--workers", "1"]
    done = CliRunner().invoke(app, [*command, *arguments], env={"WINNOW_HOME": str(folder / "home")})
    assert done.exit_code == 0, done.stderr
    return folder / "out" / "report.html"


def rows(count):
    for number in range(count):
        yield {
            "comment_id": str(number),
            "text": f"https://casino{number}.example/slots-jackpot-bonus number{number}",
            "author": f"Author {number % 7}",
            "page_url": f"https://blog.example/{number % 5}",
            "posted_at": f"20{10 + number % 12}-03-01",
        }


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """120 findings: a wave of three, a line that cannot be read beside them, and texts that are hard to show."""
    wave = [{"text": f"Earn {n} a week from home with our proven system, ask us for details today"} for n in range(3)]
    odd = [
        {"text": "مرحبا " * 40},
        {"text": "x" * 3_000, "author": "y" * 300},
        {"text": "ca\u200bsino \u202eabc", "author": ""},
    ]
    return report_of(tmp_path_factory.mktemp("plain"), [*rows(114), *wave, *odd])


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The whole gallery of hostile texts, in every field of an export."""
    comments = [with_all(group) for group in shared()] + gathered()
    fields = [{name: value for name, value in each.items() if name != "status"} for each in comments]
    return report_of(tmp_path_factory.mktemp("hostile"), fields)


@pytest.fixture
def opened(chromium):
    """opened(path) -> the page, with what it asked and what was in the console."""
    contexts = []

    def open_page(path: Path, **options):
        context = chromium.new_context(**{"viewport": {"width": 1180, "height": 900}, **options})
        contexts.append(context)
        context.add_init_script(_CANARY)
        page = context.new_page()
        page.asked, page.told = [], []
        page.on("request", lambda asked: page.asked.append(asked.url))
        page.on("console", lambda message: page.told.append(message.text))
        page.on("pageerror", lambda error: page.told.append(str(error)))
        page.on("dialog", lambda dialog: (page.told.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


def shown(page):
    return page.locator("#cards > li").count()


def test_it_is_paged_sorted_and_searched(opened, plain):
    page = opened(plain)

    assert (shown(page), page.locator("#told").text_content()) == (50, "1 to 50 of 118")
    page.get_by_role("button", name="Further").click()
    page.get_by_role("button", name="Further").click()
    assert (shown(page), page.locator("#told").text_content()) == (18, "101 to 118 of 118")
    page.get_by_label("Order").select_option("Newest first")
    dates = page.locator("#cards > li").evaluate_all("all => all.map((one) => one.dataset.date.slice(0, 4))")
    assert dates[0] == "2021"
    assert dates == sorted(dates, reverse=True)
    page.get_by_label("Only with the words").fill("NUMBER77 jackpot")
    assert (shown(page), page.locator("#told").text_content()) == (1, "1 to 1 of 1")
    page.get_by_label("Only with the words").fill("nothing like it")
    assert page.locator("#told").text_content() == "Nothing fits."
    assert page.asked == [plain.as_uri()]
    assert page.told == []


@pytest.mark.parametrize("order", ["score up", "date up", "page up", "author up", "size down"])
def test_every_order_shows_every_card_once(opened, plain, order):
    page = opened(plain)
    page.get_by_label("Order").select_option(order)
    ranks = []
    for _ in range(3):
        ranks += page.locator("#cards > li").evaluate_all("all => all.map((one) => Number(one.dataset.rank))")
        if page.get_by_role("button", name="Further").is_enabled():
            page.get_by_role("button", name="Further").click()

    assert sorted(ranks) == list(range(1, 119))
    if order == "size down":
        assert page.locator("#cards > li").count() == 18


def test_without_javascript_everything_is_there(opened, plain):
    page = opened(plain, java_script_enabled=False)

    assert shown(page) == 118
    assert not page.locator("#controls").is_visible()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [1180, 320])
def test_it_has_no_barriers(opened, plain, colours, width):
    page = opened(plain, bypass_csp=True, color_scheme=colours, viewport={"width": width, "height": 900})
    page.get_by_label("Order").select_option("Largest campaign first")
    page.locator("summary").evaluate_all("all => all.slice(0, 9).forEach((one) => { one.parentElement.open = true; })")

    assert barriers(page, STANDARDS, within="body") == []
    assert page.evaluate(_PALE) == []
    assert page.evaluate(_WIDER) == []


@pytest.mark.parametrize("has_policy", [True, False])
def test_nothing_of_what_strangers_wrote_runs_or_loads(opened, hostile, has_policy):
    """As it is written, and with the policy taken away: then escaping alone must hold."""
    path = hostile
    if not has_policy:
        html, count = _POLICY.subn("", hostile.read_text(encoding="utf-8"))
        assert count == 1
        path = hostile.with_name("without-policy.html")
        path.write_text(html, encoding="utf-8")
    page = opened(path)
    page.evaluate(_TOUCH)
    for order in page.locator("#order option").evaluate_all("all => all.map((one) => one.value)"):
        page.get_by_label("Order").select_option(order)
    while page.get_by_role("button", name="Further").is_enabled():
        page.get_by_role("button", name="Further").click()
        page.evaluate(_TOUCH)

    assert page.asked == [path.as_uri()]
    assert page.told == []
    assert page.title() == "Published comments that look like spam · Winnow"
    assert page.locator("script").count() == 1
    assert page.locator("#cards img, #cards svg, #cards a, #cards iframe, #cards form, #cards style").count() == 0


def test_the_canary_sings_where_nothing_is_escaped(opened, hostile):
    html = _POLICY.sub("", hostile.read_text(encoding="utf-8"))
    path = hostile.with_name("unescaped.html")
    path.write_text(html.replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"'), encoding="utf-8")
    page = opened(path)
    page.wait_for_timeout(500)

    assert any(told.startswith("__hit") for told in page.told)
