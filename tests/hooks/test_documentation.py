"""The receiver that docs/webhooks.md shows runs as it stands, and what the page says of the schedule is so."""

import re
import runpy
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from app.hooks.schedule import RETRIES_S
from app.hooks.sending import Sender
from app.hooks.signing import headers
from app.store.outbox import new_secret, payload_of
from app.store.records import Decision

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
PAYLOAD = payload_of("c_1", "1207", Decision("ham", "jana", "2026-12-01T10:05:00.000Z", "moderator"))


@pytest.fixture
def receiver(tmp_path, monkeypatch):
    """The page's own receiver, and the secret it was given."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    path = tmp_path / "receiver.py"
    path.write_text(code)
    secret = new_secret()
    monkeypatch.setenv("WEBHOOK_SECRET", secret)
    handler = runpy.run_path(str(path))["Hook"]
    handler.log_message = lambda *_: None
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/", secret
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_receiver_of_the_page_acts_once_on_what_is_signed(receiver, capsys):
    url, secret = receiver

    def send(signed, payload=PAYLOAD):
        return Sender().send(url, True, payload.encode(), signed).status

    good = headers("msg_a", PAYLOAD, [new_secret(), secret], datetime.now(UTC))
    old = headers("msg_b", PAYLOAD, [secret], datetime(2026, 1, 1, tzinfo=UTC))
    assert [send(good), send(good)] == [204, 204]
    assert send(good, PAYLOAD.replace("ham", "spam")) == 401
    assert [send(old), send({}), send({**good, "webhook-signature": "nonsense"})] == [401, 401, 401]
    assert capsys.readouterr().out == "comment 1207: ham\n"


def test_the_payload_of_the_page_is_what_is_sent():
    (shown,) = re.findall(r"^\{\"type.*\}$", PAGE, re.M)

    assert shown.replace("c_…", "c_1") == PAYLOAD


def test_the_schedule_of_the_page_is_the_one_that_is_kept():
    said = " ".join(PAGE.split())

    assert "after 5 seconds, 5 minutes, 30 minutes, 2, 5, 10, 14, 20 and 24 hours" in said
    assert list(RETRIES_S) == [5, 5 * 60, 30 * 60, *(hours * 3_600 for hours in (2, 5, 10, 14, 20, 24))]
