"""The clock is set forward and back by three days while the service runs, and over the hours that summer time adds."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from app.core.comment import Comment
from app.core.times import shifted, written
from app.hooks.schedule import JITTER, MAX_RETRY_AFTER_S, RETRIES_S
from app.store.accounts import FREE_PER_NAME, LONGEST_WAIT_S
from app.store.outbox import LONGEST_WAIT
from app.store.records import Decision
from app.web.review.passwords import HASHER
from app.web.review.windows import window_of
from tests.waves import wave
from tests.web.conftest import wired
from tests.web.review.conftest import browser, signed_in
from tests.web.review.test_signing_in import PASSWORD, sign_in

NOON = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""Half an hour before summer time ends in Europe."""
JUMPS = (timedelta(days=3), -timedelta(days=3), timedelta(hours=1), -timedelta(hours=1), -timedelta(seconds=1))
HEADERS = {"Authorization": "Bearer abcdefghijkl"}


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> str:
        return written(self.moment)


@pytest.fixture
def clock(client: TestClient) -> Clock:
    clock = wired(client).now = Clock()
    return clock


def jumps(clock):
    """After each jump and each step back to the time before."""
    yield
    for jump in JUMPS:
        clock.moment += jump
        yield
        clock.moment -= jump
        yield


def test_no_answer_tells_a_negative_time(client, clock):
    for _ in jumps(clock):
        answer = client.post("/classify", json={"text": "Thank you, that helped."})
        assert answer.status_code == 200
        assert answer.json()["took_ms"] >= 0
        assert answer.json()["degraded"] == []


def test_decisions_and_the_audit_log_are_ordered_by_their_numbers(client, clock):
    store = wired(client).store
    (id,) = [client.post("/classify", json={"text": "Hello", "comment_id": "7"}).json()["id"]]
    labels = [client.post("/feedback", json={"id": id, "label": label}) and label for label in said(clock)]

    told = client.get("/decisions").json()["decisions"]
    assert [each["label"] for each in told][-1] == labels[-1]
    assert client.get(f"/comments/{id}").json()["decision"]["label"] == labels[-1]
    assert [each.decision.label for each in store.decisions_since("blog", 0, 100)] == labels
    numbers = [each.id for each in store.audit_log(limit=100)]
    assert numbers == sorted(numbers, reverse=True)


def said(clock):
    for number, _ in enumerate(jumps(clock)):
        yield ("spam", "ham")[number % 2]


def test_an_idempotency_key_gives_one_answer_whichever_way_the_clock_jumps(client, clock):
    id = client.post("/classify", json={"text": "Hello"}).json()["id"]
    body, headers = {"id": id, "label": "spam"}, {"Idempotency-Key": "k"}
    first = client.post("/feedback", json=body, headers=headers).json()
    for jump in (-timedelta(days=3), timedelta(days=3, hours=23)):
        clock.moment += jump
        assert client.post("/feedback", json=body, headers=headers).json() == first
    assert len(client.get("/decisions").json()["decisions"]) == 1

    clock.moment += timedelta(days=2)  # forgotten, and said again: the same decision, which changes nothing
    assert client.post("/feedback", json=body, headers=headers).status_code == 200
    assert client.get(f"/comments/{id}").json()["decision"]["label"] == "spam"


def test_sessions_end_when_they_should_and_not_before(client, clock):
    jana = signed_in(client)
    for jump in (timedelta(hours=11), -timedelta(days=3)):
        clock.moment += jump
        assert jana.get("/review", follow_redirects=False).status_code == 200
    clock.moment += timedelta(days=3, hours=13)
    assert jana.get("/review", follow_redirects=False).status_code == 303


def test_who_has_to_wait_waits_no_longer_because_the_clock_went_back(client, clock):
    store = wired(client).store
    store.add_moderator("petra", "moderator", clock())
    store.set_password("petra", HASHER.hash(PASSWORD), clock())
    petra = browser(client)
    for _ in range(FREE_PER_NAME + 1):
        assert sign_in(petra, "petra", "wrong").status_code in (401, 429)
    clock.moment -= timedelta(days=3)

    refused = sign_in(petra, "petra", PASSWORD)
    assert refused.status_code == 429
    wait_s = int(refused.headers["Retry-After"])
    assert 0 < wait_s <= LONGEST_WAIT_S
    clock.moment += timedelta(seconds=wait_s)
    assert sign_in(petra, "petra", PASSWORD).status_code == 303


def test_a_claim_ends_after_its_minutes_though_the_clock_went_back(client, clock):
    store = wired(client).store
    id = client.post("/classify", json={"text": "Hello"}).json()["id"]

    def claim(by: str) -> str:
        return store.claim_comment(id, by, clock(), shifted(clock(), timedelta(minutes=10)))

    assert (claim("jana"), claim("petra")) == ("jana", "jana")
    clock.moment -= timedelta(days=3)
    assert claim("petra") == "petra"


def test_messages_go_out_though_the_clock_went_back(client, clock):
    store = wired(client).store
    store.add_webhook("blog", "https://cms.example/hook", False, "whsec_b2xk", clock())
    id = client.post("/classify", json={"text": "Hello", "comment_id": "7"}).json()["id"]
    store.add_decision("blog", id, Decision("spam", "jana", clock(), "moderator"))

    def claimed():
        return store.claim(clock(), shifted(clock(), timedelta(seconds=30)))

    assert claimed() is not None  # whose process dies over it
    assert claimed() is None
    clock.moment -= timedelta(days=3)
    assert claimed() is not None
    assert claimed() is None


def test_no_wait_of_a_message_is_as_long_as_one_that_only_a_wrong_clock_tells():
    longest_s = max(max(RETRIES_S) * (1 + JITTER), MAX_RETRY_AFTER_S)
    assert timedelta(seconds=longest_s) < LONGEST_WAIT


def test_a_campaign_is_remembered_whichever_way_the_clock_jumps(client, clock):
    found = []
    for comment, _ in zip(wave(40), jumps(clock), strict=False):
        found.append(client.post("/classify", json=sent(comment)).json()["campaign"])
    assert found[-1] is not None
    assert len({each["id"] for each in found if each}) == 1


def sent(comment: Comment) -> dict:
    return {
        "text": comment.text,
        "author": comment.author,
        "page_url": comment.page_url,
        "comment_id": comment.comment_id,
    }


@pytest.mark.parametrize("zone", ["Europe/Bratislava", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"])
@pytest.mark.parametrize("days", [7, 90, 365])
def test_days_follow_each_other_without_gap_or_overlap_over_the_changes_of_a_year(zone, days):
    for day in range(0, 366, 5):
        spans = window_of(written(NOON + timedelta(days=day)), days, ZoneInfo(zone)).spans
        assert all(span.since < span.until for span in spans)
        assert [span.until for span in spans[:-1]] == [span.since for span in spans[1:]]


def test_pages_show_what_came_from_the_future(client, clock):
    jana = signed_in(client)
    client.post("/classify", json={"text": "Hello"})
    clock.moment -= timedelta(days=3)
    client.post("/classify", json={"text": "Hello again"})
    for address in ("/review", "/review/statistics", "/review/campaigns", "/review/profile"):
        page = jana.get(address)
        assert page.status_code == 200, address
