"""Forms of ours, filled in with what strangers write: refused or taken, but never a page, a header or an address of theirs."""

import re
from html.parser import HTMLParser

import pytest

from app.core.comment import RULE_KINDS
from app.web.review.pages import HEADERS
from tests.e2e.review.hostile import COMPUTED, PAYLOADS
from tests.web.conftest import KEY
from tests.web.review.conftest import signed_in
from tests.web.review.test_every_page import ADDRESSES

NAMES = (
    "id", "label", "act", "back", "tab", "site", "q", "order", "after", "snapshot", "total", "confirmed", "text", "release", "effect",
    "kind", "pick", "value", "scope", "expires", "expires_on", "preview", "of", "name", "hex", "sure", "network", "url", "hold",
    "reject", "discard", "role", "language", "zone", "theme", "on", "reset", "key.spam", "session", "email", "author", "ip", "again",
    "days", "next", "password", "password_again", "present_password", "campaign_days", "letter_name", "letter_contact",
)  # fmt: skip
"""Of every field of our forms."""
CHOICES = {
    "/review/decide": [{"label": "spam"}, {"label": "unsure"}],
    "/review/bulk": [{"label": "ham", "tab": "all"}],
    "/review/rules": [
        {"effect": "deny", "kind": kind, "scope": "all", "expires": "never", "preview": ""} for kind in RULE_KINDS
    ]
    + [{"effect": "allow", "kind": "phrase", "scope": "site", "site": "blog", "expires": "date", "preview": "1"}],
    "/review/sites/{name:path}": [
        {"act": act} for act in ("thresholds", "open", "close", "webhook-add", "webhook-remove")
    ],
    "/review/moderators": [{"role": "admin"}],
    "/review/moderators/role": [{"role": "viewer"}],
    "/review/statistics/thresholds": [{"site": "blog", "days": "30"}],
    "/review/people/erase": [{"site": "blog"}],
}
"""What has to be one of our words, so that the rest is read at all; one after the other."""
LEFT_OUT = {"/review/sign-out", "/review/profile/sign-out-everywhere"}
"""They would end the session, and read nothing."""
SLOW = {"/review/sign-in", "/review/profile/password"}
"""They take Argon2's time, so only some payloads are for them."""
ADDRESSES_OF_FORMS = [path for method, path in ADDRESSES if method == "POST" and path not in LEFT_OUT]


class Attributes(HTMLParser):
    """What a page's elements have that ours never have."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        leads = [value or "" for name, value in attrs if name in ("href", "src", "action", "formaction")]
        foreign = [value for value in leads if not value.startswith(("/review", "#"))]
        handlers = [name for name, _ in attrs if name.startswith("on") or name == "style"]
        if foreign or handlers or (tag == "script" and not leads):
            self.found.append(f"<{tag} {attrs}>")


@pytest.fixture
def admin(shared):
    """A browser in which an admin is signed in, and the address of a comment."""
    told = shared.post("/classify", json={"text": "Buy at https://casino.example/now", "author": "Bob"}).json()
    assert shared.headers["Authorization"] == f"Bearer {KEY}"
    return signed_in(shared, "root", "admin"), told["id"]


def address(path, id):
    return re.sub(r"\{[^}]+\}", "blog" if "sites" in path else "1" if "batches" in path else id, path)


def objections(answer):
    told = {name: answer.headers.get(name) for name in HEADERS}
    found = [f"status {answer.status_code}"] if answer.status_code >= 500 else []
    found += [f"headers {told}"] if told != HEADERS else []
    location = answer.headers.get("location", "/review")
    found += [f"leads to {location}"] if not re.match(r"/review(?![^/?#])", location) else []
    found += ["computed"] if COMPUTED in answer.text else []
    return found + Attributes(answer.text).found


def sent(admin, path, payload, number):
    visitor, id = admin
    choices = CHOICES.get(path, [{}])
    fields = {**dict.fromkeys(NAMES, payload.encode("utf-8", "replace").decode()), **choices[number % len(choices)]}
    if path == "/review/decide":
        fields["id"] = f"{id}~0"
    if path == "/review/bulk":
        fields["snapshot"] = id
    return visitor.post(address(path, id), data=fields)


def test_every_field_of_our_forms_is_named(shared):
    visitor = signed_in(shared, "root", "admin")
    written = set()
    for path in ("", "/rules", "/sites", "/sites/blog", "/moderators", "/profile", "/people"):
        written |= set(
            re.findall(r'<(?:input|select|textarea)[^>]*\sname="([^"]+)"', visitor.get(f"/review{path}").text)
        )

    assert {name for name in written if not name.startswith("key.")} <= {"csrf", *NAMES}


def test_no_payload_in_any_field_does_more_than_it_says(admin):
    quick = [path for path in ADDRESSES_OF_FORMS if path not in SLOW]
    found = {}
    for number, payload in enumerate(PAYLOADS):
        path = quick[number % len(quick)]
        if wrong := objections(sent(admin, path, payload.text, number // len(quick))):
            found[path, payload.text[:100]] = wrong

    assert found == {}


@pytest.mark.parametrize("path", ADDRESSES_OF_FORMS)
def test_no_form_does_more_than_it_says_with_a_polyglot(admin, path):
    polyglots = [payload.text for payload in PAYLOADS if payload.kind == "polyglot"]

    for number, text in enumerate(polyglots[: 1 if path in SLOW else None]):
        assert objections(sent(admin, path, text, number)) == []


def test_the_addresses_of_our_pages_are_the_only_ones_to_go_back_to(admin):
    visitor, id = admin
    urls = [payload.text for payload in PAYLOADS if payload.kind in ("url", "header", "polyglot", "breakout")]
    found = {}
    for number, url in enumerate([*urls, *urls]):
        back = ("", "/review", "/review?")[number % 3] + url.encode("utf-8", "replace").decode()
        answers = [
            visitor.post(f"/review/{id}/claim", data={"back": back}),
            visitor.get(f"/review/{id}", params={"back": back}),
            visitor.get("/review/sign-in", params={"next": back}),
        ]
        if wrong := [each for answer in answers for each in objections(answer)]:
            found[back] = wrong

    assert found == {}
