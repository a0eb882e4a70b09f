"""What a moderator decides in WordPress reaches the server, and what one decides there reaches WordPress."""

import base64
import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from app.web.sample import SAMPLE_URL
from tests.e2e.wordpress.conftest import HONEST, PATIENT, SECRET
from tests.e2e.wordpress.people import comment_on

pytestmark = PATIENT

numbers = count(1)


def spam_on(site):
    return comment_on(site, f"{SAMPLE_URL}?{next(numbers)}", "Royal Jackpot")


def honest_on(site):
    return comment_on(site, f"{HONEST} ({next(numbers)})", "Jana Novak")


def decision(server, keys, comment):
    found = server.comment(keys["native"], comment["meta"]["winnow_id"])["decision"]
    return found and found["label"]


def test_not_spam_in_the_admin_becomes_a_decision_at_the_server(native, server, keys, moderator):
    comment = spam_on(native)
    assert decision(server, keys, comment) is None

    moderator.click(comment["comment_ID"], "unspamcomment", folder="spam")

    assert native.comment(comment["comment_ID"])["comment_approved"] == "0"
    assert decision(server, keys, comment) == "ham"


def test_spam_in_the_admin_becomes_a_decision_at_the_server(native, server, keys, moderator):
    comment = honest_on(native)

    moderator.click(comment["comment_ID"], "spamcomment")
    assert decision(server, keys, comment) == "spam"

    moderator.click(comment["comment_ID"], "unspamcomment", folder="spam")
    assert native.comment(comment["comment_ID"])["comment_approved"] == "1"
    assert decision(server, keys, comment) == "ham"


def test_publishing_what_was_pending_says_ham_and_taking_it_off_again_says_nothing(native, server, keys, moderator):
    native.php("update_option( 'comment_moderation', '1' );")
    try:
        comment = honest_on(native)
    finally:
        native.php("update_option( 'comment_moderation', '' );")

    moderator.click(comment["comment_ID"], "approvecomment")
    assert decision(server, keys, comment) == "ham"
    moderator.click(comment["comment_ID"], "unapprovecomment")
    assert decision(server, keys, comment) == "ham"
    assert "winnow_owed" not in native.comment(comment["comment_ID"])["meta"]


def test_a_change_that_no_moderator_made_is_nobodys_decision(native, server, keys):
    comment = honest_on(native)
    native.php("wp_spam_comment( $in['id'] ); out( 1 );", id=comment["comment_ID"])

    assert decision(server, keys, comment) is None


def event(comment, label, *, at=None, **others):
    moment = (at or datetime.now(UTC)).isoformat()
    decided = {"id": comment["meta"]["winnow_id"], "comment_id": "", "label": label, "by": "jana", "at": moment}
    return {"type": "comment.decided", "timestamp": moment, "data": {**decided, **others}}


def signature(body, message_id, timestamp, secret=SECRET):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed.digest()).decode()


def send(site, message, *, message_id=None, timestamp=None, signatures=None, body=None):
    """Status and answer of the webhook's address, as our server would call it."""
    message_id = message_id or f"msg_{next(numbers)}"
    timestamp = timestamp or str(int(time.time()))
    body = json.dumps(message).encode() if body is None else body
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signatures or signature(body, message_id, timestamp),
    }
    request = urllib.request.Request(f"{site.url}/wp-json/winnow/v1/webhook", data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def status(site, comment):
    return site.comment(comment["comment_ID"])["comment_approved"]


def test_a_decision_at_the_server_changes_the_comment_and_does_not_come_back(native, server, keys):
    comment = spam_on(native)

    assert send(native, event(comment, "ham")) == (200, {"result": "changed"})
    assert status(native, comment) == "1"
    assert send(native, event(comment, "ham")) == (200, {"result": "unchanged"})
    assert send(native, event(comment, "spam")) == (200, {"result": "changed"})
    assert status(native, comment) == "spam"
    native.cron()
    assert decision(server, keys, comment) is None


@pytest.mark.parametrize(("write", "label", "after"), [(spam_on, "ham", "spam"), (honest_on, "spam", "1")])
def test_a_decision_taken_back_leaves_the_servers_verdict(native, write, label, after):
    comment = write(native)

    send(native, event(comment, label))
    assert send(native, event(comment, None)) == (200, {"result": "changed"})
    assert status(native, comment) == after


def test_an_older_decision_does_not_undo_a_newer_one(native, moderator):
    comment = spam_on(native)
    moderator.click(comment["comment_ID"], "unspamcomment", folder="spam")
    moderator.click(comment["comment_ID"], "approvecomment")

    late = event(comment, "spam", at=datetime.now(UTC) - timedelta(minutes=10))
    assert send(native, late) == (200, {"result": "older"})
    assert status(native, comment) == "1"


def test_a_comment_in_the_trash_stays_there(native):
    comment = spam_on(native)
    native.php("wp_trash_comment( $in['id'] ); out( 1 );", id=comment["comment_ID"])

    assert send(native, event(comment, "ham")) == (200, {"result": "unchanged"})
    assert status(native, comment) == "trash"


def test_a_comment_the_server_knows_only_by_our_number_is_found_and_no_other(native):
    comment = spam_on(native)
    other = event({"meta": {"winnow_id": "c_01JD8ZQ4V3W5K2N7X9R1T6M0PA"}}, "ham", comment_id=comment["comment_ID"])

    assert send(native, other) == (200, {"result": "unknown"})
    native.php("Winnow\\record( $in['id'], array( 'id' => null ) ); out( 1 );", id=comment["comment_ID"])
    assert send(native, other) == (200, {"result": "changed"})


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"type": "comment.received", "data": {}}, (200, "ignored")),
        ({"data": []}, (200, "ignored")),
        ([1], (200, "ignored")),
        (event({"meta": {"winnow_id": "c_01JD8ZQ4V3W5K2N7X9R1T6M0PA"}}, "spam"), (200, "unknown")),
        (event({"meta": {"winnow_id": "c_01JD8ZQ4V3W5K2N7X9R1T6M0PA"}}, "maybe"), (400, None)),
        (event({"meta": {"winnow_id": ["c_1"]}}, "spam"), (400, None)),
        (
            event({"meta": {"winnow_id": "c_1"}}, "spam", at=None) | {"data": {"id": "c_1", "label": "spam"}},
            (400, None),
        ),
        ({"type": "comment.decided"}, (400, None)),
    ],
    ids=["another-type", "no-type", "a-list", "unknown-comment", "bad-label", "bad-id", "no-time", "no-data"],
)
def test_a_message_that_is_not_for_us_changes_nothing(native, message, expected):
    code, answer = send(native, message)

    assert (code, answer.get("result")) == expected


MINUTES = 60


@pytest.mark.parametrize(
    ("how", "code"),
    [
        (lambda body, now: {"signatures": "v1," + base64.b64encode(b"0" * 32).decode()}, 401),
        (lambda body, now: {"signatures": "nonsense"}, 401),
        (lambda body, now: {"signatures": signature(body, "m", now).replace("v1,", "v2,"), "message_id": "m"}, 401),
        (lambda body, now: {"signatures": signature(body, "other", now), "message_id": "m"}, 401),
        (lambda body, now: {"signatures": signature(body, "m", now, "whsec_" + "B" * 32), "message_id": "m"}, 401),
        (lambda body, now: {"signatures": signature(body + b" ", "m", now), "message_id": "m"}, 401),
        (lambda body, now: {"timestamp": str(int(now) - 6 * MINUTES)}, 401),
        (lambda body, now: {"timestamp": str(int(now) + 6 * MINUTES)}, 401),
        (lambda body, now: {"timestamp": f"{now}.0"}, 401),
        (lambda body, now: {"timestamp": "soon"}, 401),
        (lambda body, now: {"body": body[:-1] + b" " * 70_000 + b"}"}, 413),
        (lambda body, now: {"body": body[:-1]}, 400),
    ],
    ids="wrong none v2 other-id other-key other-body stale early fraction words too-large no-json".split(),
)
def test_a_message_that_is_not_genuine_is_refused(native, how, code):
    comment = honest_on(native)
    message = event(comment, "spam")
    now = str(int(time.time()))

    assert send(native, message, **how(json.dumps(message).encode(), now))[0] == code
    assert status(native, comment) == "1"


def test_one_right_signature_among_several_is_enough(native):
    comment = honest_on(native)
    message = event(comment, "spam")
    now = str(int(time.time()))
    right = signature(json.dumps(message).encode(), "msg_rotation", now)
    both = f"v1,{base64.b64encode(b'0' * 32).decode()} {right}"

    assert send(native, message, message_id="msg_rotation", timestamp=now, signatures=both)[0] == 200


def test_a_replay_is_refused_and_a_second_delivery_is_harmless(native, moderator):
    comment = honest_on(native)
    message = event(comment, "spam")
    now = str(int(time.time()) - 5)

    assert send(native, message, message_id="msg_once", timestamp=now) == (200, {"result": "changed"})
    assert send(native, message, message_id="msg_once", timestamp=now)[0] == 409
    assert send(native, message, message_id="msg_once") == (200, {"result": "repeated"})


def test_without_a_secret_nobody_gets_in(native):
    saved = native.php("out( get_option( 'winnow' ) );")
    native.php("update_option( 'winnow', $in );", **{**saved, "secret": ""})
    message = json.dumps({"type": "x"}).encode()
    try:
        now = str(int(time.time()))
        signed = (
            "v1," + base64.b64encode(hmac.new(b"", f"m.{now}.".encode() + message, hashlib.sha256).digest()).decode()
        )
        code, _ = send(native, {}, body=message, message_id="m", timestamp=now, signatures=signed)
    finally:
        native.php("update_option( 'winnow', $in );", **saved)

    assert code == 403
