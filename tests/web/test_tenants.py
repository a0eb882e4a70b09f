"""A site sees and changes what is its own: every address that takes a key, with every id of another site."""

import hmac
import json

import pytest
from fastapi.routing import iter_route_contexts

from app.main import create_app
from app.settings import Settings
from tests.web.conftest import AT, KEY, OTHER_KEY, wired

CANARY = "heliotrope-canary"
UNKNOWN = "c_01JD8ZQ4V3W5K2N7X9R1T6M0PA"
PAGE = "https://blog.example/2026/11/feeds"

NO_IDS = {
    ("GET", "/"): "says what this is",
    ("GET", "/livez"): "needs no key",
    ("GET", "/readyz"): "needs no key",
    ("GET", "/metrics"): "has a key of its own, and names no site",
    ("GET", "/openapi.json"): "the same for everybody",
    ("HEAD", "/openapi.json"): "the same for everybody",
    ("GET", "/problems/{code}"): "the same for everybody",
}
"""Addresses that know nothing of sites."""

PROBES = {
    ("POST", "/classify"): [{"json": {"text": "Hm.", "comment_id": "cms-7", "parent_id": "{id}", "page_url": PAGE}}],
    ("POST", "/classify/batch"): [{"json": {"comments": [{"text": "Hm.", "comment_id": "cms-7"}]}}],
    ("GET", "/comments/{id}"): [{"path": "/comments/{id}", "status": 404}, {"path": "/comments/cms-7", "status": 404}],
    ("POST", "/feedback"): [
        {"json": {"id": "{id}", "label": "spam"}, "status": 404},
        {"json": {"comment_id": "cms-7", "label": "spam"}, "status": 404},
        {"json": {"id": "{id}", "label": None}, "status": 404},
        {"json": {"id": "{id}", "label": "spam"}, "headers": {"Idempotency-Key": "blog-1"}, "status": 404},
    ],
    ("GET", "/decisions"): [{}, {"path": "/decisions?since=0&limit=1000"}],
    ("PUT", "/pages"): [{"json": {"url": PAGE, "title": "Shop's own"}}],
    ("POST", "/v1alpha1/comments:analyze"): [{"json": {"comment": {"text": CANARY}, "doNotStore": True}}],
    ("POST", "/v1alpha1/comments:suggestscore"): [
        {"json": {"comment": {"text": f"A {CANARY} comment."}, "attributeScores": {"SPAM": {"summaryScore": {"value": 1}}}}}
    ],
    ("POST", "/coral/{site:path}"): [
        {"path": "/coral/blog", "json": {"comment": {"body": "Hm."}}, "sign": True, "status": 401},
        {"path": "/coral/no-such-site", "json": {"comment": {"body": "Hm."}}, "sign": True, "status": 401},
    ],
}  # fmt: skip
"""What is tried with the other site's key; 200 where nothing else is said."""

AKISMETS = {
    "verify-key": {},
    "comment-check": {"guid": "{id}", "comment_content": "Hm.", "recheck_reason": "edit"},
    "submit-spam": {"guid": "{id}", "comment_content": f"A {CANARY} comment."},
    "submit-ham": {"guid": "{id}"},
    "deactivate": {},
    "token": {},
    "get-subscription": {},
    "get-stats": {"from": "all", "blog": "https://blog.example"},
    "get-key-stats": {"from": "all", "blog": "https://blog.example"},
    "key-sites": {"blog": "https://blog.example", "filter": "blog"},
    "usage-limit": {"blog": "https://blog.example"},
    "test": {},
}
"""Calls of Akismet's protocol, and a form that names the other site's comment wherever it can."""


def addresses():
    found = iter_route_contexts(create_app(Settings()).routes)
    named = [(method, each.path) for each in found for method in each.methods or () if each.path]
    return sorted((method, path) for method, path in named if not path.startswith("/review"))


ADDRESSES = addresses()


def probes_of(method, path):
    """The requests that are tried at an address; raises KeyError for one that nobody has thought about."""
    if (method, path) in NO_IDS:
        return []
    if "/1." not in path:
        return PROBES[method, path]
    form = AKISMETS[path.rpartition("/")[2]]
    whole = path.replace("{prefix}", OTHER_KEY)
    return [{"path": whole, "params" if method == "GET" else "data": {"api_key": OTHER_KEY, **form}}]


@pytest.fixture
def scene(client):
    """The blog's comment, decided, with its page told; and how to ask in the name of the shop."""
    client.put("/pages", json={"url": PAGE, "title": CANARY})
    sent = {"text": f"A {CANARY} comment.", "comment_id": "cms-7", "author": CANARY, "page_url": PAGE}
    id = client.post("/classify", json=sent).json()["id"]
    decided = client.post(
        "/feedback", json={"id": id, "label": "ham", "by": CANARY}, headers={"Idempotency-Key": "blog-1"}
    )
    assert decided.status_code == 200
    wired(client).store.set_secrets("blog", "coral", ["blog's secret"], AT)
    wired(client).store.set_secrets("shop", "coral", ["shop's secret"], AT)
    return client, id


def state(client, id):
    """What the blog sees of its own."""
    headers = {"Authorization": f"Bearer {KEY}"}
    record = client.get(f"/comments/{id}", headers=headers).json()
    decisions = client.get("/decisions", headers=headers).json()
    months = [month[1:] for month in wired(client).store.months("blog")]
    return record, decisions, months


def test_every_address_has_been_thought_about():
    for method, path in ADDRESSES:
        probes_of(method, path)
    assert {*NO_IDS, *PROBES} <= set(ADDRESSES)


@pytest.mark.parametrize(("method", "path"), ADDRESSES, ids=[f"{method} {path}" for method, path in ADDRESSES])
def test_another_sites_ids_are_as_unknown_as_any(scene, method, path):
    client, id = scene
    before = state(client, id)
    for probe in probes_of(method, path):
        answers = []
        for tried in (id, UNKNOWN):
            options = {
                key: json.loads(json.dumps(value).replace("{id}", tried))
                for key, value in probe.items()
                if key in ("json", "data", "params")
            }
            headers = {"Authorization": f"Bearer {OTHER_KEY}", **probe.get("headers", {})}
            if probe.get("sign"):
                content = json.dumps(options.pop("json")).encode()
                signature = hmac.new(b"shop's secret", content, "sha256").hexdigest()
                headers |= {"X-Coral-Signature": f"sha256={signature}", "Content-Type": "application/json"}
                options["content"] = content
            answers.append(
                client.request(method, probe.get("path", path).replace("{id}", tried), headers=headers, **options)
            )

        assert [answer.status_code for answer in answers] == [probe.get("status", 200)] * 2
        if probe.get("status"):
            assert answers[0].content == answers[1].content
        assert all(CANARY not in answer.text and CANARY not in str(answer.headers) for answer in answers)
    assert state(client, id) == before


def test_the_probes_would_see_something_with_the_right_key(scene):
    client, id = scene

    assert CANARY in client.get(f"/comments/{id}").text
    assert CANARY in client.get("/decisions").text
    assert client.post("/feedback", json={"comment_id": "cms-7", "label": "spam"}).status_code == 200
    content = b'{"comment": {"body": "Hm."}}'
    signature = hmac.new(b"blog's secret", content, "sha256").hexdigest()
    headers = {"X-Coral-Signature": f"sha256={signature}", "Content-Type": "application/json"}
    assert client.post("/coral/blog", content=content, headers=headers).status_code == 200


def test_an_idempotency_key_is_the_sites_own(scene):
    client, id = scene
    body = {"id": id, "label": "ham", "by": CANARY}
    answer = client.post(
        "/feedback", json=body, headers={"Idempotency-Key": "blog-1", "Authorization": f"Bearer {OTHER_KEY}"}
    )

    assert (answer.status_code, CANARY in answer.text) == (404, False)


def test_a_key_is_stored_as_a_digest_alone(scene):
    client, _ = scene
    with wired(client).store._reading() as connection:
        rows = connection.exec_driver_sql("select * from sites").all()

    assert len(rows) == 2
    assert not any(KEY in str(value) or OTHER_KEY in str(value) for row in rows for value in row)
