"""Health, metrics, and what a caller who breaks something inside gets to see."""

import asyncio
import logging
import socket
from urllib.request import urlopen

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from app.core.comment import Thresholds
from app.errors import ModelUnusable, StoreUnavailable
from app.main import create_app
from app.web.problems import PROBLEMS
from tests.web.conftest import AT, CASINO, KEY, wired
from tests.web.test_classify import SENT, break_database


def test_a_sound_service_lives_and_is_ready(client):
    assert client.get("/livez").json() == {"status": "live"}
    parts = {"model": wired(client).model.version, "store": "well"}
    assert client.get("/readyz").json() == {"status": "ready", "parts": parts}


@pytest.mark.sqlite_only
def test_a_broken_store_is_named_and_does_not_kill(client):
    path = break_database(client)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")
    assert answer.json()["parts"]["store"] not in ("", "well")
    assert str(path) not in answer.text
    assert "Retry-After" in answer.headers
    assert client.get("/livez").status_code == 200


def test_a_missing_model_stops_the_start_with_its_sentence(make_settings, tmp_path):
    with (
        pytest.raises(ModelUnusable, match="models use"),
        TestClient(create_app(make_settings(models=tmp_path))),
    ):
        pass


@pytest.mark.sqlite_only
def test_an_unusable_database_stops_the_start(make_settings, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "winnow.db").write_bytes(b"not a database, but long enough to be read as one" * 20)
    with pytest.raises(StoreUnavailable), TestClient(create_app(make_settings())):
        pass


@pytest.mark.sqlite_only
def test_the_database_is_in_the_home_folder(client, tmp_path):
    assert (tmp_path / "home" / "winnow.db").is_file()


# Metrics


def test_without_a_key_of_its_own_there_are_no_metrics(client):
    answer = client.get("/metrics")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_metrics_have_their_own_key(make_client):
    client = make_client(metrics_key="secret metrics")
    assert client.get("/metrics").json()["code"] == "key-unknown"
    del client.headers["Authorization"]
    assert client.get("/metrics").json()["code"] == "key-missing"
    answer = client.get("/metrics", headers={"Authorization": "Bearer secret metrics"})
    assert answer.status_code == 200
    assert "winnow_requests_total" in answer.text


def test_metrics_count_by_route_and_never_by_path_or_site(make_client):
    client = make_client(metrics_key="secret")
    id = client.post("/classify", json=SENT).json()["id"]
    client.get(f"/comments/{id}")
    client.get("/nowhere/at/all")
    client.post("/classify", content=b"")
    text = client.get("/metrics", headers={"Authorization": "Bearer secret"}).text
    for line in (
        'winnow_requests_total{route="/classify",status="200"} 1.0',
        'winnow_requests_total{route="/classify",status="400"} 1.0',
        'winnow_requests_total{route="/comments/{id}",status="200"} 1.0',
        'winnow_requests_total{route="(none)",status="404"} 1.0',
        'winnow_request_seconds_count{route="/classify"} 2.0',
        "winnow_scoring_seconds_count 1.0",
    ):
        assert line in text.splitlines()
    assert "winnow_verdicts_total{" in text
    assert id not in text
    assert "nowhere" not in text
    assert "blog" not in text


@pytest.mark.sqlite_only
def test_store_failures_are_counted(make_client):
    client = make_client(metrics_key="secret")
    client.post("/classify", json=SENT)
    break_database(client)
    client.post("/classify", json=SENT)
    text = client.get("/metrics", headers={"Authorization": "Bearer secret"}).text
    for what in ("history", "record"):
        assert f'winnow_store_failures_total{{what="{what}"}} 1.0' in text.splitlines()


def test_two_applications_count_apart(make_settings):
    first, second = create_app(make_settings()), create_app(make_settings())
    with TestClient(first) as client:
        client.get("/livez")
    with TestClient(second):
        pass
    registries = [app.user_middleware[0].kwargs["metrics"].registry for app in (first, second)]
    labels = {"route": "/livez", "status": "200"}
    counted = [registry.get_sample_value("winnow_requests_total", labels) for registry in registries]
    assert counted == [1.0, None]


def test_metrics_can_have_a_port_of_their_own(make_client):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    client = make_client(metrics_port=port)
    client.get("/livez")
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        assert b'winnow_requests_total{route="/livez",status="200"} 1.0' in answer.read()


def test_a_taken_metrics_port_is_said_and_does_not_stop_the_start(make_client, caplog):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        client = make_client(metrics_port=other.getsockname()[1])
        assert client.get("/livez").status_code == 200
    assert "gives no metrics" in caplog.text


# The last resort


def test_a_failure_inside_says_nothing_outside_and_the_log_holds_no_comment(client, caplog):
    @client.app.get("/broken")
    async def broken(request: Request) -> None:
        raise ValueError("the text of somebody's comment")

    with caplog.at_level(logging.ERROR):
        answer = client.get("/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "ValueError" not in answer.text
    assert "comment" not in answer.text
    assert "ValueError" in caplog.text
    assert "test_health.py" in caplog.text
    assert "somebody" not in caplog.text


def test_a_client_that_leaves_early_is_counted_and_no_failure(make_settings, caplog):
    app = create_app(make_settings())
    sent = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    async def leave():
        async with app.router.lifespan_context(app):
            app.state.wiring.store.add_site("blog", KEY, AT)
            headers = [(b"x-api-key", KEY.encode()), (b"content-type", b"application/json")]
            scope = {
                "type": "http",
                "method": "POST",
                "path": "/classify",
                "headers": headers,
                "query_string": b"",
            }
            await app(scope, receive, send)

    asyncio.run(leave())
    registry = app.user_middleware[0].kwargs["metrics"].registry
    labels = {"route": "/classify", "status": "499"}
    assert registry.get_sample_value("winnow_requests_total", labels) == 1.0
    assert (sent, caplog.text) == ([], "")


# About


def test_the_root_says_what_this_is(client):
    answer = client.get("/").json()
    assert answer["name"] == "Winnow"
    assert [client.get(link).status_code for link in answer["links"].values()] == [200, 200]


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_problem_has_an_address_that_explains_it(client, code):
    answer = client.get(f"/problems/{code}").json()
    problem = PROBLEMS[code]
    assert answer == {
        "type": f"/problems/{code}",
        "code": code,
        "status": problem.status,
        "title": problem.title,
        "remedy": problem.remedy,
    }


# Other processes


def test_how_many_processes_serve_is_told_and_is_no_reason_for_a_503(client):
    standing = wired(client).standing
    standing.wanted, standing.serving, standing.silent, standing.replaced = 4, 3, 1, 2

    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["parts"]["workers"]) == (200, "3 of 4 serve, 1 is silent")
    told = wired(client).metrics.exposition().body.decode()
    assert [
        f'winnow_workers{{state="{state}"}} {number}' in told
        for state, number in (("serving", 3.0), ("silent", 1.0), ("replaced", 2.0))
    ] == [True] * 3


def test_a_service_that_is_being_stopped_is_not_ready_and_still_answers(client):
    wired(client).standing.is_ending = True

    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")
    assert client.post("/classify", json={"text": "Hello"}).status_code == 200


def test_what_is_let_through_with_a_link_of_held_comments_is_counted(client):
    wiring = wired(client)

    def let_through() -> int:
        return int(wiring.metrics.registry.get_sample_value("winnow_let_through_total"))

    client.post("/classify", json={"text": f"Win {CASINO}"})
    wiring.store.set_thresholds("blog", Thresholds(1.0, 1.0, 1.0))
    client.post("/classify", json={"text": "Thanks, that answered my question about the tea."})
    assert let_through() == 0

    answer = client.post(
        "/classify", json={"text": f"A long walk along the river and a quiet evening. {CASINO}"}
    ).json()
    assert (answer["action"], let_through()) == ("publish", 1)
