"""The whole way: a comment is judged by the service, a moderator decides, and the CMS hears of it."""

import os
import subprocess
import sys
from pathlib import Path

from standardwebhooks import Webhook

from app.store.outbox import new_secret
from app.store.records import Decision
from tests.hooks.conftest import AT, Receiver, wait_for
from tests.web.conftest import wired

WINNOW = str(Path(sys.executable).with_name("winnow"))


def test_what_is_decided_in_another_process_reaches_the_cms(make_client, tmp_path):
    client = make_client(metrics_key="count")
    receiver, secret = Receiver(), new_secret()
    try:
        wired(client).store.add_webhook("blog", receiver.url, True, secret, AT)
        id = client.post("/classify", json={"text": "Hello there", "comment_id": "77"}).json()["id"]
        assert client.post("/feedback", json={"id": id, "label": "spam"}).status_code == 200
        here = {"WINNOW_HOME": str(tmp_path / "home"), "WINNOW_DATABASE_URL": wired(client).settings.database_url}
        environment = {**os.environ, **here}
        command = [WINNOW, "decide", id, "ham", "--by", "jana"]
        subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60)

        wait_for(lambda: receiver.calls)
        (call,) = receiver.calls
        assert Webhook(secret).verify(call.body, call.headers)["data"] | {"at": ""} == {
            "id": id,
            "comment_id": "77",
            "label": "ham",
            "by": "jana",
            "at": "",
        }
        counted = 'winnow_webhook_calls_total{outcome="delivered"} 1.0'
        wait_for(lambda: counted in client.get("/metrics", headers={"Authorization": "Bearer count"}).text)
    finally:
        receiver.close()


def test_a_decision_never_waits_for_a_receiver(client):
    store = wired(client).store
    store.add_webhook("blog", "https://cms.invalid/hook", False, new_secret(), AT)
    id = client.post("/classify", json={"text": "Hello there"}).json()["id"]
    said = Decision("spam", "jana", AT, "moderator")

    assert store.add_decision("blog", id, said) == said
    assert client.get(f"/comments/{id}").json()["decision"]["label"] == "spam"
