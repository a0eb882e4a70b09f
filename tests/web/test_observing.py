"""Sites that are only observed, at every door: the CMS is told to publish, and what was found is kept."""

import hashlib
import hmac
import json

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.core.comment import Comment, Rule
from app.errors import StoreUnavailable
from app.main import create_app
from app.web.coral import PURPOSE
from tests.web.conftest import AT, CASINO, KEY, OTHER_KEY, wired

SPAM = {"text": CASINO, "author": "Royal Jackpot"}


@pytest.fixture
def observed(client):
    """The application, with the site blog only observed; blog denies the casino's domain, so that it surely is spam."""
    store = wired(client).store
    store.add_rule("blog", Rule("deny", "registrable_domain", "myget.org"), AT)
    store.add_rule("shop", Rule("deny", "registrable_domain", "myget.org"), AT)
    store.set_observed("blog", True)
    return client


def newest(client):
    (record,) = wired(client).store.last_comments("blog", 1)
    return record.classification


def test_classify_says_ham_and_what_it_would_have_been(observed):
    answer = observed.post("/classify", json=SPAM).json()

    assert (answer["spam"], answer["verdict"], answer["action"]) == (False, "ham", "publish")
    assert answer["override"] == {"rule": "observed", "kind": "spam", "value": "reject"}
    assert answer["summary"].startswith("This site is only observed")
    assert answer["score"] > 0.5


def test_what_was_found_is_kept_and_told_again_as_it_was_answered(observed):
    answer = observed.post("/classify", json=SPAM).json()

    found = newest(observed)
    assert (found.verdict, found.action, found.is_observed) == ("spam", "reject", True)
    assert found.override.rule == "deny"
    again = observed.get(f"/comments/{answer['id']}").json()
    assert {name: again[name] for name in ("verdict", "action", "override", "summary")} == {
        name: answer[name] for name in ("verdict", "action", "override", "summary")
    }


def test_another_site_is_told_what_was_found(observed):
    answer = observed.post("/classify", json=SPAM, headers={"Authorization": f"Bearer {OTHER_KEY}"}).json()

    assert (answer["verdict"], answer["action"], answer["override"]["rule"]) == ("spam", "reject", "deny")


def test_a_batch_says_ham(observed):
    results = observed.post("/classify/batch", json={"comments": [SPAM, {"text": "Thanks, that helped."}]}).json()

    assert [each["action"] for each in results["results"]] == ["publish", "publish"]
    assert [each["override"]["rule"] for each in results["results"]] == ["observed", "observed"]
    assert newest(observed).is_observed


@pytest.mark.parametrize("author", ["Royal Jackpot", "viagra-test-123"])
def test_akismets_clients_are_told_false(observed, author):
    fields = {"key": KEY, "blog": "https://blog.example", "comment_content": CASINO, "comment_author": author}
    answer = observed.post("/1.1/comment-check", data={**fields, "classify": "1"})

    assert answer.text == "false"
    assert answer.headers["x-spam-action"] == "publish"
    assert answer.headers["x-spam-observed"] == "reject"
    assert answer.headers["x-akismet-classification"] == "ham"
    assert "x-akismet-pro-tip" not in answer.headers
    assert newest(observed).action == "reject"


def test_perspective_is_told_no_score_to_act_on(observed):
    asked = {"comment": {"text": CASINO}, "requestedAttributes": {"TOXICITY": {}}}
    answer = observed.post(f"/v1alpha1/comments:analyze?key={KEY}", json=asked).json()

    assert answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"] == 0.0
    assert newest(observed).score > 0.5


def test_coral_is_told_nothing(observed):
    wired(observed).store.set_secrets("blog", PURPOSE, ["s"], AT)
    sent = json.dumps({"action": "NEW", "comment": {"body": CASINO}}).encode()
    signed = "sha256=" + hmac.new(b"s", sent, hashlib.sha256).hexdigest()
    headers = {"X-Coral-Signature": signed, "Content-Type": "application/json"}

    assert observed.post("/coral/blog", content=sent, headers=headers).json() == {}
    assert newest(observed).action == "reject"


def test_it_is_still_only_observed_while_the_database_does_not_answer(observed):
    observed.post("/classify", json=SPAM)
    with wired(observed).store._transaction() as connection:
        connection.execute(text("ALTER TABLE rules RENAME TO rules_gone"))
    with pytest.raises(StoreUnavailable):
        wired(observed).store.history_of("blog", Comment())

    answer = observed.post("/classify", json=SPAM | {"author": "viagra-test-123"}).json()

    assert "store" in answer["degraded"]
    assert (answer["action"], answer["override"]["value"]) == ("publish", "reject")


def test_it_is_only_observed_from_the_first_comment_after_a_start_on(observed, make_settings):
    with TestClient(create_app(make_settings())) as restarted:
        with wired(restarted).store._transaction() as connection:
            connection.execute(text("ALTER TABLE rules RENAME TO rules_gone"))
        answer = restarted.post(
            "/classify", json={"text": "Hi", "author": "viagra-test-123"}, headers={"Authorization": f"Bearer {KEY}"}
        ).json()

    assert "store" in answer["degraded"]
    assert (answer["action"], answer["override"]["value"]) == ("publish", "reject")


def test_it_ends_with_the_next_comment(observed):
    wired(observed).store.set_observed("blog", False)

    answer = observed.post("/classify", json=SPAM).json()

    assert (answer["action"], answer["override"]["rule"]) == ("reject", "deny")
