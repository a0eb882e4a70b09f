"""The page that `winnow models card` writes, opened from disk: it asks for nothing and keeps nobody out."""

import json

import pytest
from typer.testing import CliRunner

from app import releases
from app.cli import app
from app.releases import Release
from tests.e2e.review.test_barriers import _PALE, _WIDER, STANDARDS, barriers
from tests.web.review.test_models import FULL
from tests.web.review.test_taught import CHECK, SITE

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


@pytest.fixture(scope="module")
def page_of_card(tmp_path_factory):
    """A card that tells everything, with markup wherever it takes text."""
    folder = tmp_path_factory.mktemp("models")
    (folder / "v").mkdir()
    told = {**FULL, "trained_at": HOSTILE, "limits": [HOSTILE], "data": {HOSTILE: {"spam": 1, "licence": HOSTILE}}}
    site = {**SITE, "checks": [{**CHECK, "what": HOSTILE}, {**CHECK, "measure": HOSTILE}]}
    told["adapted"] = {
        "places": {HOSTILE: {"entries": 7}},
        "sites": {HOSTILE: site, "blog": {**SITE, "passed": True}},
        **{"shipped": HOSTILE, "before": HOSTILE, "forced": HOSTILE, "too_few": {HOSTILE: 1}},
    }
    (folder / "v" / "card.json").write_text(json.dumps(told))
    releases.write(folder, Release("v", "2026-12-01T08:00:00Z", HOSTILE, HOSTILE, HOSTILE))
    command = ["models", "card", "v", "-o", str(folder / "card.html")]
    done = CliRunner().invoke(app, command, env={"WINNOW_MODELS": str(folder)})
    assert done.exit_code == 0, done.stderr
    return folder / "card.html"


@pytest.mark.parametrize("options", [
    {"viewport": {"width": 1280, "height": 900}},
    {"viewport": {"width": 320, "height": 640}},
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
], ids=["desktop", "narrow", "dark"])  # fmt: skip
def test_the_page_of_a_card_has_no_barrier_and_asks_for_nothing(chromium, page_of_card, options):
    context = chromium.new_context(**options, bypass_csp=True)  # axe is put into the page
    tab = context.new_page()
    asked, told = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("dialog", lambda dialog: (told.append(dialog.message), dialog.dismiss()))
    tab.on("pageerror", lambda error: told.append(str(error)))
    tab.goto(page_of_card.as_uri())

    assert (barriers(tab, STANDARDS, "color-contrast"), tab.evaluate(_PALE), tab.evaluate(_WIDER)) == ([], [], [])
    assert asked == [page_of_card.as_uri()]
    assert told == []
    assert tab.get_by_role("heading", level=1).text_content().strip() == "Model v"
    context.close()


def test_its_style_is_allowed_and_nothing_else(chromium, page_of_card):
    context = chromium.new_context()
    tab = context.new_page()
    said = []
    tab.on("console", lambda message: said.append(message.text))
    tab.goto(page_of_card.as_uri())

    assert said == []
    assert tab.evaluate("getComputedStyle(document.querySelector('table')).borderCollapse") == "collapse"
    context.close()
