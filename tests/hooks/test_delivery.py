"""From a decision to the CMS: the real thread, a real database, real receivers on loopback."""

import json
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from sqlalchemy import Engine
from standardwebhooks import Webhook, WebhookVerificationError

from app.core.comment import Comment, Thresholds
from app.core.times import written
from app.core.verdict import Classification
from app.errors import StoreUnavailable
from app.hooks.delivery import Delivery
from app.hooks.sending import Sender
from app.store.database import migrate, open_engine
from app.store.outbox import Attempt, new_secret, purpose_of
from app.store.records import Decision, Record
from app.store.sql import SqlStore
from tests.hooks.conftest import AT, wait_for

ANSWER = Classification(0.5, "unsure", "hold", Thresholds(0.4, 0.8, 0.9), None, "Doubtful.", (), (), (), (), "m")
SHORT_S = (0.05, 0.05, 0.05)


def decision(label: str | None = "spam", source: str = "moderator") -> Decision:
    return Decision(label, "jana", written(datetime.now(UTC)), source)


@pytest.fixture
def url(tmp_path) -> str:
    return f"sqlite:///{tmp_path}/winnow.db"


@pytest.fixture
def engine(url) -> Engine:
    engine = open_engine(url)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine) -> SqlStore:
    """With the site blog and its comments c_0 to c_19."""
    store = SqlStore(engine)
    store.add_site("blog", "k7f2m9q4x1z8", AT)
    store.record([Record(f"c_{n}", "blog", AT, Comment(text="Hi", comment_id=f"{n}"), ANSWER) for n in range(20)])
    yield store
    store.close()


@pytest.fixture
def counts() -> Counter:
    return Counter()


@pytest.fixture
def deliver(counts):
    """Starts threads that deliver, with little patience; the end of the test stops them."""
    with ExitStack() as running:

        def start(store, retries_s=SHORT_S, poll_s=0.02, **others) -> Delivery:
            def counted(outcome):
                counts[outcome] += 1

            delivery = Delivery(store, counted, retries_s=retries_s, poll_s=poll_s, **others)
            running.callback(lambda: delivery.close(15))
            return delivery

        yield start


def hooked(store, receiver, secret: str = "") -> int:
    return store.add_webhook("blog", receiver.url, True, secret or new_secret(), AT).id


def states(store, hook) -> list[str]:
    return [each.state for each in reversed(store.messages(hook, 100))]


def settled(store, hook):
    return wait_for(lambda: (found := states(store, hook)) and not {"waiting", "retrying"} & set(found) and found)


def test_a_decision_arrives_signed_within_seconds(store, receive, deliver, counts):
    receiver, secret = receive(), new_secret()
    hook = hooked(store, receiver, secret)
    deliver(store, poll_s=1.0)
    began = monotonic()
    said = decision()
    store.add_decision("blog", "c_7", said)

    assert settled(store, hook) == ["delivered"]
    assert monotonic() - began < 5
    (call,) = receiver.calls
    verified = Webhook(secret).verify(call.body, call.headers)
    assert verified == {
        "type": "comment.decided",
        "timestamp": said.at,
        "data": {"id": "c_7", "comment_id": "7", "label": "spam", "by": "jana", "at": said.at},
    }
    assert call.headers["webhook-id"] == store.messages(hook, 1)[0].message_id
    assert counts == {"delivered": 1}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(call.body.replace(b"spam", b"ham"), call.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(call.body, call.headers)


def test_a_receiver_that_was_down_gets_it_when_it_is_up(store, receive, deliver, counts):
    receiver = receive()
    port = receiver.port
    receiver.close()
    hook = hooked(store, receiver)
    deliver(store, retries_s=(0.05,) * 500)
    store.add_decision("blog", "c_1", decision())
    wait_for(lambda: store.messages(hook, 1)[0].attempts > 2)
    assert store.messages(hook, 1)[0].last_error == "It cannot be reached: Connection refused."

    receiver = receive(port=port)
    assert settled(store, hook) == ["delivered"]
    assert len(receiver.calls) == 1
    assert counts["retry"] >= 2


def test_after_the_last_try_it_is_given_up_and_can_be_replayed(store, receive, deliver, counts, caplog):
    receiver = receive(*[(500, {})] * 4)
    hook = hooked(store, receiver)
    deliver(store)
    store.add_decision("blog", "c_1", decision())

    assert settled(store, hook) == ["failed"]
    (message,) = store.messages(hook, 10)
    assert (message.attempts, message.last_status, message.last_error) == (4, 500, "It answered 500.")
    assert counts == {"retry": 3, "failed": 1}
    assert "given up. It answered 500." in caplog.text
    assert "word" not in caplog.text

    assert store.replay(hook, written(datetime.now(UTC)), failed_only=True) == 1
    assert settled(store, hook) == ["delivered"]
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1


def test_gone_turns_it_off_until_somebody_turns_it_on(store, receive, deliver, counts):
    receiver = receive((410, {}))
    hook = hooked(store, receiver)
    deliver(store)
    store.add_decision("blog", "c_1", decision())
    wait_for(lambda: store.webhook(hook).disabled_at)
    store.add_decision("blog", "c_2", decision())

    assert states(store, hook) == ["failed"]
    assert store.webhook(hook).disabled_why == "It answered 410: it wants no more messages."
    assert counts == {"disabled": 1}
    store.enable_webhook(hook)
    store.add_decision("blog", "c_3", decision())
    assert settled(store, hook) == ["failed", "delivered"]


def test_a_redirect_is_a_failure(store, receive, deliver):
    inside = receive()
    receiver = receive(*[(307, {"Location": inside.url})] * 9)
    hook = hooked(store, receiver)
    deliver(store)
    store.add_decision("blog", "c_1", decision())

    assert settled(store, hook) == ["failed"]
    assert inside.calls == []


def test_a_receiver_that_asks_for_time_gets_it(store, receive, deliver):
    receiver = receive((429, {"Retry-After": "3600"}))
    hook = hooked(store, receiver)
    deliver(store)
    store.add_decision("blog", "c_1", decision())
    message = wait_for(lambda: (found := store.messages(hook, 1)[0]).last_status and found)

    in_an_hour = datetime.now(UTC) + timedelta(seconds=3_590)
    assert (message.state, message.next_at > written(in_an_hour)) == ("retrying", True)


def test_while_a_secret_is_changed_both_are_good(store, receive, deliver):
    receiver, old, new = receive(), new_secret(), new_secret()
    hook = hooked(store, receiver, old)
    store.set_secrets("blog", purpose_of(hook), [old, new], AT)
    deliver(store)
    store.add_decision("blog", "c_1", decision())
    settled(store, hook)

    (call,) = receiver.calls
    assert len(call.headers["webhook-signature"].split(" ")) == 2
    for secret in (old, new):
        assert Webhook(secret).verify(call.body, call.headers)["data"]["id"] == "c_1"


def test_what_the_cms_said_is_not_echoed(store, receive, deliver):
    receiver = receive()
    hook = hooked(store, receiver)
    deliver(store)
    store.add_decision("blog", "c_1", decision(source="feedback"))
    store.add_decision("blog", "c_2", decision("ham"))

    assert settled(store, hook) == ["delivered"]
    assert [json.loads(call.body)["data"]["id"] for call in receiver.calls] == ["c_2"]


def test_who_changes_their_mind_while_the_receiver_is_down_is_heard_once(store, receive, deliver):
    receiver = receive()
    hook = hooked(store, receiver)
    for label in ("spam", None, "ham"):
        store.add_decision("blog", "c_1", decision(label))
    deliver(store)

    assert settled(store, hook) == ["superseded", "superseded", "delivered"]
    assert [json.loads(call.body)["data"]["label"] for call in receiver.calls] == ["ham"]


def test_into_a_private_network_only_with_leave(store, receive, deliver):
    receiver = receive()
    hook = store.add_webhook("blog", receiver.url.replace("http:", "https:"), False, new_secret(), AT).id
    deliver(store)
    store.add_decision("blog", "c_1", decision())

    assert settled(store, hook) == ["failed"]
    assert store.messages(hook, 1)[0].last_error == "It leads into a private network."
    assert receiver.calls == []


def test_a_receiver_that_hangs_keeps_the_others_waiting_only_briefly(store, receive, deliver):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        hung = store.add_webhook("blog", f"http://127.0.0.1:{silent.getsockname()[1]}/", True, new_secret(), AT).id
        hook = hooked(store, receive())
        delivery = deliver(store, sender=Sender(timeout_s=1.2))
        for number in range(10):
            store.add_decision("blog", f"c_{number}", decision())

        wait_for(lambda: states(store, hook) == ["delivered"] * 10)
        assert sum(each.attempts for each in store.messages(hung, 100)) <= 3
        assert delivery.close(10)


def test_several_threads_deliver_each_message_once(store, engine, receive, deliver):
    receiver = receive()
    hook = hooked(store, receiver)
    for _ in range(4):
        deliver(SqlStore(engine))
    for number in range(20):
        store.add_decision("blog", f"c_{number}", decision())

    assert settled(store, hook) == ["delivered"] * 20
    assert len(receiver.calls) == len({call.headers["webhook-id"] for call in receiver.calls}) == 20


WORKER = """
import sys
from app.hooks.delivery import Delivery
from app.store.database import open_engine
from app.store.sql import SqlStore
delivery = Delivery(SqlStore(open_engine(sys.argv[1])), lambda outcome: None, poll_s=0.02)
print("ready", flush=True)
sys.stdin.readline()
assert delivery.close(10)
"""


def test_several_processes_deliver_each_message_once(store, url, receive):
    receiver = receive()
    hook = hooked(store, receiver)
    command = [sys.executable, "-c", WORKER, url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    workers = [subprocess.Popen(command, **pipes) for _ in range(3)]
    assert [worker.stdout.readline() for worker in workers] == ["ready\n"] * 3
    for number in range(20):
        store.add_decision("blog", f"c_{number}", decision())

    assert settled(store, hook) == ["delivered"] * 20
    assert [worker.communicate("stop\n", timeout=30)[1] for worker in workers] == [""] * 3
    assert len(receiver.calls) == len({call.headers["webhook-id"] for call in receiver.calls}) == 20


DECIDING = """
import os, sys
from app.store.database import open_engine
from app.store.records import Decision
from app.store.sql import SqlStore
SqlStore(open_engine(sys.argv[1])).add_decision("blog", "c_1", Decision("spam", "jana", sys.argv[2], "moderator"))
os._exit(1)  # as if the machine had gone
"""


def test_a_crash_after_the_decision_loses_nothing(store, url, receive, deliver):
    receiver = receive()
    hook = hooked(store, receiver)
    died = subprocess.run([sys.executable, "-c", DECIDING, url, written(datetime.now(UTC))], check=False, timeout=60)
    assert (died.returncode, states(store, hook)) == (1, ["waiting"])

    deliver(store)
    assert settled(store, hook) == ["delivered"]


def test_what_a_process_died_over_is_sent_by_another_when_its_lease_ends(store, receive, deliver):
    receiver = receive()
    hook = hooked(store, receiver)
    store.add_decision("blog", "c_1", decision())
    now = datetime.now(UTC)
    assert store.claim(written(now), written(now + timedelta(seconds=0.5)))

    deliver(store)
    assert settled(store, hook) == ["delivered"]
    assert store.messages(hook, 1)[0].attempts == 2


class Flaky:
    """A store whose database fails for a while."""

    def __init__(self, store: SqlStore, failures: list[Exception]) -> None:
        self._store = store
        self._failures = failures

    def claim(self, *arguments):
        if self._failures:
            raise self._failures.pop()
        return self._store.claim(*arguments)

    def settle(self, *arguments):
        self._store.settle(*arguments)


@pytest.mark.parametrize("error", [StoreUnavailable("winnow.db", "The disk is full.", "Free some."), RuntimeError("x")])
def test_a_database_that_fails_is_said_once_and_waited_for(store, receive, deliver, caplog, monkeypatch, error):
    monkeypatch.setattr("app.hooks.delivery.PAUSE_S", 0.05)
    hook = hooked(store, receive())
    store.add_decision("blog", "c_1", decision())
    deliver(Flaky(store, [error] * 3))

    assert settled(store, hook) == ["delivered"]
    assert caplog.text.count("webhooks wait: ") == 1


def test_a_secret_that_signs_nothing_does_not_stop_the_others(store, receive, deliver):
    receiver = receive()
    bad, good = hooked(store, receiver, "whsec_"), hooked(store, receiver)
    deliver(store)
    store.add_decision("blog", "c_1", decision())

    assert settled(store, bad) == ["failed"]
    assert "EmptyWebhookSecretError" in store.messages(bad, 1)[0].last_error
    assert settled(store, good) == ["delivered"]


def test_it_stops_at_once_when_there_is_nothing_to_do(store, deliver):
    delivery = deliver(store, poll_s=60)
    began = monotonic()

    assert delivery.close(10)
    assert monotonic() - began < 2


def test_an_attempt_tells_its_own_words_only(store, receive, deliver):
    """What a receiver says is kept nowhere: it might be anything."""
    hook = hooked(store, receive(*[(500, {"X-Secret": "word"})] * 9))
    deliver(store)
    store.add_decision("blog", "c_1", decision())
    settled(store, hook)

    assert "word" not in repr(store.messages(hook, 10))
    assert replace(store.messages(hook, 1)[0]).last_error == Attempt("", 500, "It answered 500.").error
