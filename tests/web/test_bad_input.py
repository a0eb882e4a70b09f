"""Whatever is sent: the right 4xx or a verdict, never a 5xx, always short, never an echo."""

import gzip
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.comment import COMMENT_FIELDS
from app.settings import Settings
from tests.web.conftest import CASINO, KEY, OTHER_KEY, PATIENCE_MS, started

CANARY = "cAnArY7391"
JSON = "application/json"


@pytest.fixture(scope="module")
def running(tmp_path_factory, models):
    """One application for the whole file: it must take all of this without a restart."""
    with started(
        Settings(home=tmp_path_factory.mktemp("home"), models=models, record_patience_ms=PATIENCE_MS)
    ) as client:
        yield client


@pytest.fixture
def client(running):
    """The shared application, with the key of the site blog."""
    running.headers["Authorization"] = f"Bearer {KEY}"
    return running


def comment(text: str = CANARY, **others: object) -> bytes:
    return json.dumps({"text": text, **others}).encode()


def refused(answer, status: int, code: str) -> None:
    """A problem of that kind, below 1 kB, that holds nothing of what was sent."""
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["type"] == f"/problems/{code}"
    assert len(answer.content) < 1_000
    assert CANARY not in answer.text
    assert "\\ud800" not in answer.text


BODIES = [
    pytest.param(b"", 400, "json-invalid", id="empty"),
    pytest.param(b"  \n", 400, "json-invalid", id="blank"),
    pytest.param(comment("x" * 5_000_000), 413, "body-too-large", id="5-MB"),
    pytest.param(b'{"text": "%s' % CANARY.encode(), 400, "json-invalid", id="cut-short"),
    pytest.param(CANARY.encode(), 400, "json-invalid", id="no-json"),
    pytest.param(comment() + b"{}", 400, "json-invalid", id="two-values"),
    pytest.param(b'{"text": NaN}', 400, "json-invalid", id="NaN"),
    pytest.param(b'{"text": "x", "score": Infinity}', 400, "json-invalid", id="Infinity"),
    pytest.param(b'{"text": "x", "score": -Infinity}', 400, "json-invalid", id="minus-Infinity"),
    pytest.param(b'{"text": 1e999}', 400, "json-invalid", id="1e999"),
    pytest.param(b'{"text": %s}' % (b"9" * 5_000), 400, "json-invalid", id="5000-digits"),
    pytest.param(b'{"comment_id": %s}' % (b"9" * 21), 400, "json-invalid", id="21-digits"),
    pytest.param(b"[" * 100_000, 400, "json-too-deep", id="nested-arrays-cut-short"),
    pytest.param(b"[" * 100_000 + b"]" * 100_000, 400, "json-too-deep", id="nested-arrays"),
    pytest.param(b'{"text": ' * 20_000 + b"1" + b"}" * 20_000, 400, "json-too-deep", id="nested-objects"),
    pytest.param(b'{"text": "x", "a": ' + b"[" * 32 + b"]" * 32 + b"}", 400, "json-too-deep", id="33-deep"),
    pytest.param(b'{"text": "a", "text": "%s"}' % CANARY.encode(), 400, "json-invalid", id="key-twice"),
    pytest.param(b'{"t\\u0000": 1, "t": 1}', 400, "json-invalid", id="key-twice-once-clean"),
    pytest.param(comment().decode().encode("utf-16"), 400, "json-invalid", id="utf-16"),
    pytest.param(b'{"text": "\xff\xfe"}', 400, "json-invalid", id="not-utf-8"),
    pytest.param(b'{"text": "\xc0\xaf"}', 400, "json-invalid", id="overlong-utf-8"),
    pytest.param(b'{"text": "\xed\xa0\x80"}', 400, "json-invalid", id="raw-surrogate"),
    pytest.param(b'{"text": "a\x00b"}', 400, "json-invalid", id="raw-NUL"),
    pytest.param(b"null", 422, "fields-invalid", id="null"),
    pytest.param(b"[]", 422, "fields-invalid", id="array"),
    pytest.param(b'"%s"' % CANARY.encode(), 422, "fields-invalid", id="string"),
    pytest.param(b'{"text": 17}', 422, "fields-invalid", id="number-for-text"),
    pytest.param(b'{"text": true}', 422, "fields-invalid", id="boolean-for-text"),
    pytest.param(b'{"text": ["%s"]}' % CANARY.encode(), 422, "fields-invalid", id="array-for-text"),
    pytest.param(comment(check_only="yes"), 422, "fields-invalid", id="string-for-boolean"),
    pytest.param(comment(check_only=1), 422, "fields-invalid", id="number-for-boolean"),
    pytest.param(comment(comment_id=1.5), 422, "fields-invalid", id="fraction-for-id"),
    pytest.param(comment(text_format=CANARY), 422, "fields-invalid", id="unknown-format"),
    pytest.param(comment(author=CANARY * 1_000), 422, "fields-invalid", id="long-author"),
    pytest.param(b'{"text": 1, "author": "\\ud800 %s"}' % CANARY.encode(), 422, "fields-invalid", id="surrogate-beside"),
    pytest.param(b'{"text": "x", "text_format": "\\ud800"}', 422, "fields-invalid", id="surrogate-in-an-invalid-field"),
    pytest.param(json.dumps({name: [CANARY] for name in COMMENT_FIELDS}).encode(), 422, "fields-invalid", id="all-wrong"),
    pytest.param(b"{}", 422, "nothing-to-judge", id="no-field"),
    pytest.param(b'{"text": null}', 422, "nothing-to-judge", id="text-null"),
    pytest.param(b'{"text": "", "author_url": ""}', 422, "nothing-to-judge", id="both-empty"),
    pytest.param(b'{"text": "\\u0000"}', 422, "nothing-to-judge", id="only-NUL"),
    pytest.param(b'{"content": "%s"}' % CANARY.encode(), 422, "nothing-to-judge", id="other-names"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status", "code"), BODIES)
def test_a_body_that_is_no_comment_is_refused(client, body, status, code):
    refused(client.post("/classify", content=body, headers={"Content-Type": JSON}), status, code)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"\xef\xbb\xbf" + comment(), id="byte-order-mark"),
        pytest.param(b'{"text": "\\ud800"}', id="lone-surrogate"),
        pytest.param(b'{"text": "a\\u0000b", "author": "\\u0000"}', id="NUL"),
        pytest.param(b'{"text": "x", "\\udfff": {"\\ud800": "\\u0000"}}', id="surrogate-in-unknown-fields"),
        pytest.param(comment("\uffff\ufdd0\U000e0001\u202e\u200b"), id="noncharacters"),
        pytest.param(comment("http://a.b/" * 20_000), id="20000-links-in-one-word"),
        pytest.param(comment("x.co " * 50_000), id="50000-links"),
        pytest.param(comment("&#xD800; &#0; &#x110000; %ud800 %00 http://a.example/%ED%A0%80"), id="encoded"),
        pytest.param(comment("", author_url=CASINO), id="only-author-url"),
        pytest.param(comment(" "), id="blank"),
        pytest.param(comment(comment_id=17, parent_id="x"), id="ids"),
        pytest.param(comment(unknown={"a": [1, 2.5, None]}), id="unknown-fields"),
        pytest.param(json.dumps({"text": "x", **dict.fromkeys(COMMENT_FIELDS[2:])}).encode(), id="nulls"),
        pytest.param(b'{"text": "x", "a": ' + b"[" * 31 + b"]" * 31 + b"}", id="32-deep"),
    ],
)
def test_a_strange_comment_gets_a_verdict(client, body):
    answer = client.post("/classify", content=body, headers={"Content-Type": JSON})
    assert answer.status_code == 200, answer.text
    assert client.get(f"/comments/{answer.json()['id']}").status_code == 200


@pytest.mark.parametrize("shape", ["http://a.example/{} ", "<a href=x{}>", "[url=x{}]", "({}a"])
def test_a_hundred_thousand_links_are_judged_within_the_cap(make_client, shape):
    client = make_client(max_body_bytes=4_000_000)
    text = "".join(shape.format(number) for number in range(100_000))
    answer = client.post("/classify", json={"text": text})
    assert answer.status_code == 200
    assert len(answer.content) < 2_000_000


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        pytest.param({"Content-Type": "text/plain"}, "content-type-unsupported", id="plain"),
        pytest.param({"Content-Type": "application/x-www-form-urlencoded"}, "content-type-unsupported", id="form"),
        pytest.param({"Content-Type": "application/x-ndjson"}, "content-type-unsupported", id="ndjson"),
        pytest.param({"Content-Type": JSON + "; charset=utf-16"}, "content-type-unsupported", id="utf-16"),
        pytest.param({"Content-Type": JSON, "Content-Encoding": "gzip"}, "content-encoding-unsupported", id="gzip"),
        pytest.param({"Content-Type": CANARY}, "content-type-unsupported", id="no-type"),
    ],
)  # fmt: skip
def test_only_plain_json_is_read(client, headers, code):
    body = gzip.compress(comment()) if "Content-Encoding" in headers else comment()
    refused(client.post("/classify", content=body, headers=headers), 415, code)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        JSON,
        "Application/JSON; Charset=UTF-8",
        'application/json;charset="utf-8"',
        "text/json",
        "application/a+json",
    ],
)
def test_json_is_read_whatever_it_is_called(client, content_type):
    answer = client.post("/classify", content=comment(), headers={"Content-Type": content_type})
    assert answer.status_code == 200


def test_every_wrong_field_is_named_with_what_was_expected(client):
    body = comment(author=17, text_format="word", posted_at="x" * 8_193, comment_id=[])
    answer = client.post("/classify", content=body, headers={"Content-Type": JSON})
    assert answer.json()["errors"] == [
        {"field": "text_format", "expected": "one of 'auto', 'plain', 'html', 'markdown' or 'bbcode'"},
        {"field": "author", "expected": "a string"},
        {"field": "posted_at", "expected": "at most 8192 characters"},
        {"field": "comment_id", "expected": "a string or a whole number"},
    ]


def test_a_body_without_a_length_is_read_to_the_cap_and_no_further(make_client):
    client = make_client(max_body_bytes=10_000)
    taken = 0

    def chunks():
        nonlocal taken
        for _ in range(1_000):
            taken += 1
            yield b" " * 1_000

    answer = client.post("/classify", content=chunks(), headers={"Content-Type": JSON})
    refused(answer, 413, "body-too-large")
    assert answer.headers["Connection"] == "close"


def test_a_body_as_large_as_the_cap_is_read(make_client):
    client = make_client(max_body_bytes=10_000)
    body = comment("x" * (10_000 - len(comment(""))))
    assert len(body) == 10_000
    assert client.post("/classify", content=body, headers={"Content-Type": JSON}).status_code == 200
    refused(client.post("/classify", content=body + b" ", headers={"Content-Type": JSON}), 413, "body-too-large")


# Keys


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        pytest.param({}, "key-missing", id="none"),
        pytest.param({"Authorization": "Bearer"}, "key-missing", id="empty-bearer"),
        pytest.param({"Authorization": "Basic !!!"}, "key-missing", id="unreadable-basic"),
        pytest.param({"Authorization": "Digest username=x"}, "key-missing", id="digest"),
        pytest.param({"Authorization": f"Bearer {CANARY}"}, "key-unknown", id="unknown"),
        pytest.param({"Authorization": f"Bearer {KEY.upper()}"}, "key-unknown", id="other-case"),
        pytest.param({"X-API-Key": "\u00e9\u00ff".encode("latin-1")}, "key-unknown", id="latin-1"),
        pytest.param({"X-API-Key": "x" * 60_000}, "key-unknown", id="long"),
        pytest.param({"Authorization": f"Bearer {CANARY}", "X-API-Key": KEY}, "key-unknown", id="bearer-comes-first"),
        pytest.param({"Authorization": "Basic AAAA"}, "key-unknown", id="NUL"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/classify", "/classify/batch", "/comments/c_01JD8ZQ4V3W5K2N7X9R1T6M0PA"])
def test_without_a_good_key_nothing_is_told(client, path, headers, code):
    del client.headers["Authorization"]
    method = "GET" if path.startswith("/comments") else "POST"
    answer = client.request(method, path, content=comment() if method == "POST" else None, headers=headers)
    refused(answer, 401, code)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_large_body_without_a_good_key_closes_the_connection(client):
    small = client.post("/classify", content=b" " * 10_000, headers={"Authorization": "Bearer x"})
    large = client.post("/classify", content=b" " * 1_000_000, headers={"Authorization": "Bearer x"})
    assert [each.headers.get("Connection") for each in (small, large)] == [None, "close"]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Authorization": f"Bearer {OTHER_KEY}"}, id="bearer"),
        pytest.param({"Authorization": f"bearer  {OTHER_KEY} "}, id="bearer-in-small-letters"),
        pytest.param({"X-API-Key": OTHER_KEY}, id="header"),
        pytest.param({"Authorization": "Basic c2hvcHNob3BzaG9wOg=="}, id="basic"),
    ],
)
def test_a_key_is_taken_however_it_is_sent(client, headers):
    del client.headers["Authorization"]
    assert client.post("/classify", json={"text": "Hi"}, headers=headers).json()["site"] == "shop"


# Addresses


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        pytest.param("GET", f"/{CANARY}", 404, "not-found", id="unknown-path"),
        pytest.param("GET", "/docs", 404, "not-found", id="docs"),
        pytest.param("GET", "/redoc", 404, "not-found", id="redoc"),
        pytest.param("GET", "/classify", 405, "method-not-allowed", id="get-classify"),
        pytest.param("DELETE", "/comments/x", 405, "method-not-allowed", id="delete-comment"),
        pytest.param(CANARY, "/classify", 405, "method-not-allowed", id="unknown-method"),
        pytest.param("GET", f"/problems/{CANARY}", 404, "not-found", id="unknown-problem"),
    ],
)
def test_a_wrong_address_is_a_problem_too(client, method, path, status, code):
    answer = client.request(method, path)
    refused(answer, status, code)
    assert ("Allow" in answer.headers) == (status == 405)


# Anything at all

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None, exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
OBJECTS = st.dictionaries(
    st.sampled_from([*COMMENT_FIELDS, "check_only", "x"]),
    st.text(st.characters(codec=None, exclude_categories=())) | VALUES,
    max_size=8,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=OBJECTS | VALUES)
def test_any_json_gets_a_verdict_or_a_problem(client, sent):
    answer = client.post("/classify", content=json.dumps(sent).encode(), headers={"Content-Type": JSON})
    if answer.status_code == 200:
        assert client.get(f"/comments/{answer.json()['id']}").status_code == 200
    else:
        assert answer.status_code in (400, 413, 422)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert len(answer.content) < 1_000


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.binary(max_size=200), ndjson=st.booleans())
def test_any_bytes_get_a_problem_or_a_batch(client, sent, ndjson):
    content_type = "application/x-ndjson" if ndjson else JSON
    answer = client.post("/classify/batch", content=sent, headers={"Content-Type": content_type})
    assert answer.status_code in (200, 400, 413, 422)
