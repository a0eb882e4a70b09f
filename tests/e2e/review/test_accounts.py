"""Moderators and their accounts in a real browser: what it sends with our forms, and what it keeps of them."""

import pytest

from app.commands import opening
from app.web.review.passwords import HASHER
from tests.e2e.review.conftest import PASSWORD, PHONE, playwright

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe, a development requirement")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def empty(make_service):
    """A service without comments; its console is not looked at, for a browser reports every answer of 400 and more."""
    return make_service(0)


def barriers(page):
    """What axe finds on the page as it is shown."""
    found = axe.Axe().run(page, options={"runOnly": STANDARDS}).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]


def link(service, name="jana", role="moderator"):
    """A set-up link for somebody new."""
    with service.store() as store:
        store.add_moderator(name, role, opening.now())
        return opening.make_link(store, name, service.url)


def give_password(service, name="jana"):
    with service.store() as store:
        store.set_password(name, HASHER.hash(PASSWORD), opening.now())


def sign_in(page, name="jana"):
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_a_link_leads_to_the_queue_and_the_password_opens_it_again(empty):
    page = empty.open(link(empty), name="")
    assert barriers(page) == []
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same once more").fill(PASSWORD)
    page.get_by_label("Time zone").fill("Europe/Bratislava")
    page.get_by_role("button", name="Save and sign in").click()
    playwright.expect(page).to_have_url(f"{empty.url}/review")

    page.get_by_role("button", name="Sign out").click()
    sign_in(page)
    playwright.expect(page).to_have_url(f"{empty.url}/review")
    page.goto("/review/profile")
    playwright.expect(page.get_by_label("Time zone")).to_have_value("Europe/Bratislava")


def test_what_was_typed_outlives_a_session_that_ended_line_breaks_and_all(empty):
    page = empty.open("/review/profile")
    give_password(empty)  # which ends the session
    page.get_by_label("Time zone").fill("Asia/Kolkata")
    page.get_by_role("button", name="Save", exact=True).click()
    assert barriers(page) == []
    sign_in(page)
    assert barriers(page) == []
    page.get_by_role("button", name="Do it now").click()

    playwright.expect(page).to_have_url(f"{empty.url}/review/profile?done=saved")
    playwright.expect(page.get_by_label("Time zone")).to_have_value("Asia/Kolkata")


def test_another_sites_page_cannot_sign_anybody_out(empty):
    page = empty.open("/review/profile")
    other = page.context.new_page()
    foreign = f"<form action='{empty.url}/review/profile/sign-out-everywhere' method=post><button>x</button></form>"
    other.route("http://evil.example/", lambda route: route.fulfill(content_type="text/html", body=foreign))
    other.goto("http://evil.example/")
    other.get_by_role("button").click()

    playwright.expect(other.get_by_role("heading")).to_have_text("The request comes from another site's page.")
    page.reload()
    playwright.expect(page).to_have_url(f"{empty.url}/review/profile")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_have_no_barriers_and_fit_a_phone(empty, scheme):
    page = empty.open("/review/moderators", "root", "admin", color_scheme=scheme, **PHONE)
    for path in ("/review/moderators", "/review/profile", "/review/audit"):
        page.goto(path)
        assert barriers(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"], path


def test_the_link_of_somebody_new_is_shown_and_works(empty):
    page = empty.open("/review/moderators", "root", "admin")
    page.get_by_label("Name", exact=True).fill("Žofia <b>")
    page.get_by_role("button", name="Add, and show the set-up link").click()
    assert barriers(page) == []

    theirs = empty.open(page.get_by_role("textbox", name="Link").input_value(), name="")
    playwright.expect(theirs.get_by_label("Name")).to_have_value("Žofia <b>")


def test_keys_are_remapped(empty):
    page = empty.open("/review/profile")
    page.get_by_label("Spam", exact=True).fill("a")
    page.get_by_role("button", name="Save the keys").click()
    playwright.expect(page.get_by_role("alert")).to_contain_text("cannot have the same key")

    page.get_by_label("Not spam", exact=True).fill("h")
    page.get_by_role("button", name="Save the keys").click()
    playwright.expect(page.get_by_role("status").first).to_have_text("The keys are saved.")
    assert '"spam":"a"' in page.locator("body").get_attribute("data-keys")
