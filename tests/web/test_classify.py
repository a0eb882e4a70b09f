"""POST /classify and GET /comments/{id}, over the real store and core."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from time import perf_counter, sleep

import pytest
from starlette.testclient import TestClient

from app.core.comment import COMMENT_FIELDS, Comment, Rule, Thresholds
from app.web.schemas import (
    ANSWER_EXAMPLE,
    CLASSIFY_EXAMPLE,
    STORED_EXAMPLE,
    ClassifyIn,
    ClassifyOut,
    CommentOut,
)
from tests.web.conftest import AT, CASINO, KEY, OTHER_KEY, wired

SENT = {"text": f"Look: {CASINO}", "author": "Jana", "author_email": "jana@example.org", "comment_id": 17}


def test_the_answer_has_exactly_the_documented_keys(client):
    answer = client.post("/classify", json=SENT).json()
    ClassifyOut.model_validate(answer, strict=True)
    assert list(answer) == [name for name in ANSWER_EXAMPLE if name not in ("took_ms", "review_url")] + [
        "review_url",
        "took_ms",
    ]
    assert answer["site"] == "blog"
    assert answer["model"] == wired(client).model.version
    assert answer["degraded"] == []
    assert answer["missing"] == ["author_url", "page_title"]
    assert answer["spam"] == (answer["verdict"] == "spam")
    assert answer["links"][0]["registrable_domain"] == "myget.org"
    assert (answer["links"][0]["begin"], answer["links"][0]["end"]) == (6, 6 + len(CASINO))
    assert answer["campaign"] is None
    assert answer["review_url"] == f"http://testserver/review/{answer['id']}"


def test_scores_and_weights_have_at_most_four_decimals(client):
    answer = client.post("/classify", json=SENT).json()
    numbers = [answer["score"], *(link["score"] for link in answer["links"])]
    numbers += [reason[name] for reason in answer["reasons"] for name in ("weight", "score_without")]
    assert numbers == [round(number, 4) for number in numbers]


@pytest.mark.parametrize(
    ("model", "example"),
    [
        pytest.param(ClassifyIn, CLASSIFY_EXAMPLE, id="request"),
        pytest.param(ClassifyOut, ANSWER_EXAMPLE, id="answer"),
        pytest.param(CommentOut, STORED_EXAMPLE, id="stored"),
    ],
)
def test_the_documented_examples_fit_their_schemas(model, example):
    model.model_validate(example, strict=True)


def test_every_field_reaches_the_comment():
    sent = {name: f"the {name}" for name in COMMENT_FIELDS} | {"text_format": "html"}
    comment = ClassifyIn.model_validate(sent).to_comment()
    assert comment == Comment(**sent)


def test_null_is_missing():
    sent = ClassifyIn.model_validate(dict.fromkeys(COMMENT_FIELDS) | {"text": "Hi", "check_only": None})
    assert sent.to_comment() == Comment(text="Hi")


def test_a_stored_comment_comes_back_with_its_answer(client):
    answer = client.post("/classify", json=SENT).json()
    stored = client.get(f"/comments/{answer['id']}")
    assert stored.status_code == 200
    CommentOut.model_validate(stored.json(), strict=True)
    same = set(answer) - {"took_ms"}
    assert {name: stored.json()[name] for name in same} == {name: answer[name] for name in same}
    assert stored.json()["comment"] == dict.fromkeys(COMMENT_FIELDS, "") | {
        "text_format": "auto",
        **SENT,
        "comment_id": "17",
    }
    assert stored.json()["decision"] is None
    assert stored.json()["received_at"].endswith("Z")


def test_check_only_stores_nothing(client):
    answer = client.post("/classify", json={**SENT, "check_only": True}).json()
    assert answer["id"].startswith("c_")
    assert client.get(f"/comments/{answer['id']}").json()["code"] == "comment-unknown"


@pytest.mark.parametrize("id", ["c_01JD8ZQ4V3W5K2N7X9R1T6M0PA", "c_", "x", "%00", "c_%F0%9F%8E%B0"])
def test_an_id_that_never_was_is_unknown(client, id):
    answer = client.get(f"/comments/{id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "comment-unknown")


def test_two_sites_do_not_see_each_others_comments(client):
    of_blog = client.post("/classify", json=SENT).json()["id"]
    other = {"Authorization": f"Bearer {OTHER_KEY}"}
    of_shop = client.post("/classify", json=SENT, headers=other).json()
    assert of_shop["site"] == "shop"
    foreign = client.get(f"/comments/{of_blog}", headers=other)
    never = client.get("/comments/c_01JD8ZQ4V3W5K2N7X9R1T6M0PA", headers=other)
    assert foreign.status_code == never.status_code == 404
    assert foreign.content == never.content
    assert client.get(f"/comments/{of_shop['id']}").status_code == 404
    assert client.get(f"/comments/{of_shop['id']}", headers=other).status_code == 200


def test_the_sites_own_thresholds_and_rules_count(client):
    store = wired(client).store
    store.set_thresholds("blog", Thresholds(0.0, 0.0, 1.0))
    answer = client.post("/classify", json={"text": "Thank you, that helped."}).json()
    assert (answer["verdict"], answer["action"], answer["override"]) == ("spam", "reject", None)
    store.add_rule("blog", Rule("allow", "email", "jana@example.org"), AT)
    answer = client.post("/classify", json=SENT).json()
    assert (answer["verdict"], answer["action"]) == ("ham", "publish")
    assert answer["override"] == {"rule": "allow", "kind": "email", "value": "jana@example.org"}


def test_what_cannot_be_stored_is_taken_out_and_said(client):
    body = b'{"text": "a\\u0000b \\ud83c\\udfb0 \\ud800 c", "\\ud800": 1}'
    answer = client.post("/classify", content=body, headers={"Content-Type": "application/json"}).json()
    assert answer["degraded"] == ["text.sanitised"]
    stored = client.get(f"/comments/{answer['id']}").json()
    assert stored["comment"]["text"] == "ab 🎰 \ufffd c"
    assert stored["degraded"] == ["text.sanitised"]


# The store fails, really


def break_database(client: TestClient) -> Path:
    """The file is gone, a folder stands in its place, and no connection to the file is left."""
    store = wired(client).store
    path = Path(store._engine.url.database)
    store._engine.dispose()
    for each in path.parent.glob("winnow.db*"):
        each.unlink()
    path.mkdir()
    return path


@pytest.mark.sqlite_only
def test_a_broken_store_costs_the_record_never_the_answer(client):
    assert client.post("/classify", json=SENT).json()["degraded"] == []
    break_database(client)
    answer = client.post("/classify", json=SENT)
    assert answer.status_code == 200
    ClassifyOut.model_validate(answer.json(), strict=True)
    assert answer.json()["degraded"] == ["store"]
    batch = client.post("/classify/batch", json=[SENT, SENT]).json()["results"]
    assert [each["degraded"] for each in batch] == [["store"], ["store"]]


@pytest.mark.sqlite_only
def test_a_broken_store_is_a_503_where_nobody_can_tell_whose_key_it_is(client):
    break_database(client)
    for answer in (client.post("/classify", json=SENT), client.get("/comments/c_01JD8ZQ4V3W5K2N7X9R1T6M0PA")):
        assert (answer.status_code, answer.json()["code"]) == (503, "store-unavailable")
        assert int(answer.headers["Retry-After"]) > 0


def test_a_closed_store_costs_the_record_never_the_answer(client):
    client.post("/classify", json=SENT)
    wired(client).store.close()
    assert client.post("/classify", json=SENT).json()["degraded"] == ["store"]


@pytest.mark.sqlite_only
def test_a_locked_database_delays_the_record_and_not_the_answer(make_client):
    client = make_client(record_patience_ms=200)
    client.post("/classify", json=SENT)
    locker = sqlite3.connect(wired(client).store._engine.url.database, isolation_level=None)
    try:
        locker.execute("BEGIN IMMEDIATE")
        began = perf_counter()
        answer = client.post("/classify", json=SENT).json()
        again = client.post("/classify", json=SENT).json()
        assert perf_counter() - began < 1.5
        assert answer["degraded"] == again["degraded"] == ["store.slow"]
    finally:
        locker.close()
    until = perf_counter() + 10  # the writer tries again in its own time, on a busy machine a second or two
    while client.get(f"/comments/{answer['id']}").status_code != 200 and perf_counter() < until:
        sleep(0.05)
    assert client.get(f"/comments/{answer['id']}").json()["degraded"] == []
    assert client.post("/classify", json=SENT).json()["degraded"] == []


def test_the_serving_process_does_not_import_the_training_libraries(make_settings, models, tmp_path):
    program = f"""
import sys
from starlette.testclient import TestClient
from app.main import create_app
with TestClient(create_app()) as client:
    client.app.state.wiring.store.add_site("blog", "{KEY}", "{AT}")
    answer = client.post("/classify", json={{"text": "{CASINO}"}}, headers={{"X-API-Key": "{KEY}"}})
    assert answer.status_code == 200, answer.text
print(sorted({{"sklearn", "scipy", "pandas", "joblib", "app.training"}} & set(sys.modules)))
"""
    environment = {**os.environ, "WINNOW_HOME": str(tmp_path / "sub"), "WINNOW_MODELS": str(models)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
