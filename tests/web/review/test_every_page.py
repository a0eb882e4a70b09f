"""What holds for every address under /review, whoever adds the next one: who gets in, and under which headers."""

import re

import pytest
from fastapi.routing import iter_route_contexts

from app.core.moderation import ROLES
from app.main import create_app
from app.settings import Settings
from app.web.review.pages import CSP, HEADERS, TEMPLATES, WEB
from tests.web.conftest import wired
from tests.web.review.conftest import browser, hidden, signed_in

OPEN = {"/review/sign-in", "/review/set-up/{token}", "/review/static/{name}"}
"""Who is not signed in may see these, and only these."""
FROM = {
    ("GET", "/review"): "viewer",
    ("GET", "/review/audit"): "moderator",
    ("GET", "/review/batches/{act}"): "viewer",
    ("POST", "/review/batches/{act}/agree"): "moderator",
    ("POST", "/review/bulk"): "moderator",
    ("GET", "/review/campaigns"): "viewer",
    ("GET", "/review/campaigns/{id}"): "viewer",
    ("POST", "/review/campaigns/{id}/decide"): "moderator",
    ("POST", "/review/campaigns/{id}/end"): "moderator",
    ("POST", "/review/campaigns/{id}/report-passed"): "moderator",
    ("POST", "/review/campaigns/{id}/take-out"): "moderator",
    ("GET", "/review/changes"): "viewer",
    ("POST", "/review/decide"): "moderator",
    ("GET", "/review/domains"): "viewer",
    ("GET", "/review/domains/{domain}"): "viewer",
    ("GET", "/review/export"): "moderator",
    ("GET", "/review/letters/{id}"): "moderator",
    ("GET", "/review/models"): "viewer",
    ("GET", "/review/models/{version}"): "viewer",
    ("GET", "/review/moderators"): "admin",
    ("POST", "/review/moderators"): "admin",
    ("POST", "/review/moderators/disable"): "admin",
    ("POST", "/review/moderators/enable"): "admin",
    ("POST", "/review/moderators/link"): "admin",
    ("POST", "/review/moderators/role"): "admin",
    ("GET", "/review/people"): "viewer",
    ("GET", "/review/people/erase"): "admin",
    ("POST", "/review/people/erase"): "admin",
    ("GET", "/review/people/export"): "moderator",
    ("GET", "/review/profile"): "viewer",
    ("POST", "/review/profile"): "viewer",
    ("POST", "/review/profile/end-session"): "viewer",
    ("POST", "/review/profile/keys"): "viewer",
    ("POST", "/review/profile/password"): "viewer",
    ("POST", "/review/profile/sign-out-everywhere"): "viewer",
    ("GET", "/review/rules"): "viewer",
    ("POST", "/review/rules"): "moderator",
    ("GET", "/review/rules/new"): "moderator",
    ("POST", "/review/rules/remove"): "moderator",
    ("GET", "/review/settings"): "admin",
    ("POST", "/review/settings"): "admin",
    ("GET", "/review/shadow"): "viewer",
    ("POST", "/review/sign-out"): "viewer",
    ("GET", "/review/sites"): "admin",
    ("POST", "/review/sites"): "admin",
    ("GET", "/review/sites/{name:path}"): "admin",
    ("POST", "/review/sites/{name:path}"): "admin",
    ("GET", "/review/statistics"): "viewer",
    ("POST", "/review/statistics/thresholds"): "admin",
    ("POST", "/review/undo"): "moderator",
    ("GET", "/review/{id:str}"): "viewer",
    ("POST", "/review/{id:str}/claim"): "moderator",
    ("POST", "/review/{id:str}/note"): "moderator",
}
"""The lowest role that an address is for; who adds an address says so here."""


def addresses() -> list[tuple[str, str]]:
    """Method and path of everything under /review."""
    found = iter_route_contexts(create_app(Settings()).routes)
    named = [(method, each.path) for each in found for method in each.methods or () if each.path]
    return sorted((method, path) for method, path in named if path.startswith("/review"))


ADDRESSES = addresses()
CLOSED = [(method, path) for method, path in ADDRESSES if path not in OPEN]
IDS = [f"{method} {path}" for method, path in CLOSED]


def filled(path: str) -> str:
    """An address whose parameters are something that is not there."""
    return re.sub(r"\{[^}]+\}", "1", path)


def ask(visitor, method, path, **headers):
    return visitor.request(method, filled(path), headers=headers)


def audit_of(client):
    return [(entry.by, entry.act) for entry in wired(client).store.audit_log() if entry.act != "sign-in"]


@pytest.mark.parametrize(("method", "path"), CLOSED, ids=IDS)
class TestEveryAddress:
    def test_who_is_not_signed_in_gets_no_further(self, shared, method, path):
        answer = ask(browser(shared), method, path)

        if method == "GET":
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/review/sign-in")
        else:
            assert answer.status_code == 401
            assert 'action="/review/sign-in"' in answer.text

    def test_a_sites_key_opens_nothing(self, shared, method, path):
        visitor = browser(shared)
        visitor.headers["Authorization"] = shared.headers["Authorization"]

        assert ask(visitor, method, path).status_code in (303, 401)

    def test_the_module_gets_a_problem_instead(self, shared, method, path):
        answer = ask(browser(shared), method, path, Accept="application/json")

        assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-needed")

    def test_another_sites_page_cannot_act(self, shared, method, path):
        visitor, before = signed_in(shared, "root", "admin"), audit_of(shared)

        answer = ask(visitor, method, path, Origin="https://evil.example")

        if method == "POST":
            assert answer.status_code == 403
            assert audit_of(shared) == before

    def test_a_form_without_the_sessions_token_does_nothing(self, shared, method, path):
        if method != "POST":
            pytest.skip("only forms change anything")
        visitor, other = signed_in(shared, "root", "admin"), signed_in(shared, "mia", "admin")
        before = audit_of(shared)

        for token in ("", "x", other.headers["X-CSRF-Token"]):
            answer = ask(visitor, method, path, **{"X-CSRF-Token": token})
            assert answer.status_code in (303, 403)  # 303: signing out is not repeated
        assert audit_of(shared) == before

    def test_only_a_high_enough_role_gets_in(self, shared, method, path):
        lowest = FROM[method, path]
        for role in ROLES:
            visitor = signed_in(shared, f"a {role}", role)
            answer = ask(visitor, method, path)
            if ROLES.index(role) < ROLES.index(lowest):
                assert answer.status_code == 403
                assert "Your role does not include that." in answer.text
            else:
                assert answer.status_code not in (401, 403)

    def test_every_answer_has_the_headers_of_our_pages(self, shared, method, path):
        answers = [
            ask(browser(shared), method, path),
            ask(signed_in(shared, "a viewer", "viewer"), method, path),
            ask(signed_in(shared, "an admin", "admin"), method, path),
        ]

        for answer in answers:
            is_page = "json" not in answer.headers.get("content-type", "")
            wanted = HEADERS if is_page else {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
            assert {name: answer.headers.get(name) for name in wanted} == wanted
            assert answer.status_code < 500


@pytest.mark.parametrize(
    ("path", "status"),
    [("/review/sign-in", 200), ("/review/set-up/x", 410), ("/review/no/such/page", 404), ("/review/profile/keys", 405)],
)
def test_pages_for_everybody_have_those_headers_too(shared, path, status):
    answer = browser(shared).get(path)

    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_the_policy_lets_nothing_run_but_our_files():
    assert "unsafe" not in CSP
    assert "data:" not in CSP
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} <= set(
        CSP.split("; ")
    )


def test_no_template_has_script_or_style_of_its_own():
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|\|\s*safe\b", text), path.name
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text)), path.name


def test_a_page_that_is_not_there_is_a_problem_for_programs(shared):
    answer = shared.get("/review/no/such/page", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_elsewhere_errors_stay_problems(shared):
    answer = browser(shared).get("/nothing")

    assert answer.headers["content-type"] == "application/problem+json"


def test_every_form_of_a_page_carries_the_sessions_token(shared):
    visitor = signed_in(shared, "root", "admin")

    for path in (
        "/review/profile", "/review/moderators", "/review/audit", "/review/rules", "/review/sites", "/review/sites/blog",
        "/review/settings",
    ):  # fmt: skip
        page = visitor.get(path).text
        for form in re.findall(r"<form[^>]+method=\"post\".*?</form>", page, re.DOTALL):
            assert hidden(form)["csrf"] == visitor.headers["X-CSRF-Token"]


def test_a_database_that_does_not_answer_is_a_page(client):
    visitor = signed_in(client)
    wired(client).store.close()

    answer = visitor.get("/review/profile")

    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert "The database does not answer." in answer.text


def test_names_cannot_write_html(shared):
    name = '<img src=x onerror="alert(1)">'
    visitor = signed_in(shared, name, "admin")

    for path in ("/review/profile", "/review/moderators", "/review/audit"):
        assert "<img src=x" not in visitor.get(path).text


def test_a_wheel_holds_everything_that_the_pages_are_made_of():
    wheel = pytest.importorskip("hatchling.builders.wheel")
    root = WEB.parents[1]

    packed = {file.distribution_path for file in wheel.WheelBuilder(str(root)).recurse_included_files()}

    needed = [path for path in WEB.rglob("*") if path.suffix in {".html", ".css", ".js", ".svg", ".mo"}]
    assert len(needed) > 10
    assert {path.relative_to(root).as_posix() for path in needed} <= packed
