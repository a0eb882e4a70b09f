"""How much a site may send, and how many wrong keys a network may try."""

import json

import pytest

from app.web import auth
from app.web.rates import Rates
from tests.web.conftest import KEY, OTHER_KEY, wired


class Clock:
    """Set by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """Refusals go out at once; that they are held back otherwise has a test of its own."""
    monkeypatch.setattr(auth, "HELD_BACK_S", 0.0)


@pytest.fixture
def limited(make_client):
    """A service in which a site may send five comments at once, and one a minute from then on."""
    return make_client(site_comments_per_second=1 / 60, site_comments_burst=5)


def classify(client, **headers):
    return client.post("/classify", json={"text": "Thanks!"}, headers=headers)


def test_a_bucket_fills_up_again_but_never_beyond_its_burst():
    clock = Clock()
    rates = Rates(2, 3, clock)
    assert [rates.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    clock.now += 0.5
    assert [rates.take("a"), rates.take("a")] == [0, 0.5]
    clock.now += 3_600
    assert [rates.take("a") for _ in range(4)] == [0, 0, 0, 0.5]


def test_more_than_there_is_leaves_a_debt():
    rates = Rates(10, 5, Clock())

    assert (rates.take("a", 105), rates.take("a")) == (0, pytest.approx(10.1))


def test_no_more_names_are_kept_than_said():
    rates = Rates(1, 1, Clock(), most=3)
    for name in "abca":
        rates.take(name)
    rates.take("d")

    assert list(rates._buckets) == ["c", "a", "d"]


def test_a_site_that_sends_too_much_is_told_when_to_go_on(limited):
    statuses = [classify(limited).status_code for _ in range(6)]
    answer = classify(limited)

    assert statuses == [200] * 5 + [429]
    assert (answer.json()["code"], 1 <= int(answer.headers["retry-after"]) <= 60) == ("rate-limited", True)
    assert classify(limited, Authorization=f"Bearer {OTHER_KEY}").status_code == 200


def test_nothing_is_counted_without_a_limit(make_client):
    client = make_client(site_comments_per_second=0, site_comments_burst=1)

    assert {classify(client).status_code for _ in range(5)} == {200}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", json.dumps({"comments": [{"text": "Thanks!"}] * 4})),
        ("application/x-ndjson", '{"text": "Thanks!"}\n' * 4),
    ],
    ids=["json", "lines"],
)
def test_a_batch_counts_by_its_comments(limited, kind, body):
    batches = [limited.post("/classify/batch", content=body, headers={"Content-Type": kind}) for _ in range(3)]

    assert [batch.status_code for batch in batches] == [200, 429, 429]
    assert classify(limited).status_code == 429


def test_akismets_clients_are_told_in_a_word_that_holds_the_comment(limited):
    form = {"api_key": KEY, "blog": "https://blog.example", "user_ip": "203.0.113.7", "comment_content": "Thanks!"}
    answers = [limited.post("/1.1/comment-check", data=form) for _ in range(6)]

    assert [answer.text for answer in answers] == ["false"] * 5 + ["error"]
    assert {answer.status_code for answer in answers} == {200}
    assert answers[-1].headers["x-akismet-error"].startswith("There were too many requests.")
    assert "retry-after" in answers[-1].headers
    assert "x-akismet-debug-help" not in answers[-1].headers


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/comments/c_01JD8ZQ4V3W5K2N7X9R1T6M0PA", None),
        ("GET", "/decisions", None),
        ("POST", "/feedback", {"id": "c_01JD8ZQ4V3W5K2N7X9R1T6M0PA", "label": "ham"}),
        ("PUT", "/pages", {"url": "https://blog.example/a"}),
        ("POST", "/v1alpha1/comments:analyze", {"comment": {"text": "Thanks!"}}),
        ("POST", "/v1alpha1/comments:suggestscore", {"comment": {"text": "Thanks!"}}),
    ],
)
def test_every_door_counts(limited, method, path, body):
    for _ in range(5):
        classify(limited)
    assert limited.request(method, path, json=body).status_code == 429


def test_what_was_refused_is_noted_for_the_doctor(limited):
    for _ in range(7):
        classify(limited)
    noted = wired(limited).clients._since

    assert [each.last_failure for each in noted.values()] == ["rate-limited"]


def test_a_network_that_guesses_keys_must_wait_and_good_keys_need_not(make_client):
    client = make_client()
    assert classify(client).status_code == 200
    guesses = [classify(client, Authorization=f"Bearer guess{n:07}") for n in range(40)]

    assert [guess.status_code for guess in guesses] == [401] * 30 + [429] * 10
    assert guesses[-1].json()["detail"] == "Too many keys came from your network that no site has."
    assert classify(client).status_code == 200


def test_guesses_are_counted_by_the_network_that_a_proxy_tells(make_client):
    client = make_client()
    client._transport.client = ("127.0.0.1", 50_000)

    def guess(address):
        return classify(client, Authorization="Bearer guessguesses", **{"X-Forwarded-For": address}).status_code

    assert [guess("203.0.113.7") for _ in range(31)][-1] == 429
    assert guess("203.0.113.99") == 429
    assert guess("198.51.100.7") == 401


def test_a_refusal_is_held_back(limited, monkeypatch):
    monkeypatch.setattr(auth, "HELD_BACK_S", 0.05)
    refused = [classify(limited) for _ in range(7)][-1]

    assert refused.elapsed.total_seconds() >= 0.05


def test_only_so_many_refusals_are_held_back_at_once(limited, monkeypatch):
    monkeypatch.setattr(auth, "HELD_BACK_S", 60.0)
    wired(limited).keys._held_back = auth.MAX_HELD_BACK

    assert [classify(limited).status_code for _ in range(6)][-1] == 429
