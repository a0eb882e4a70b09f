"""POST /classify/batch: order, one bad one among good ones, lines, limits."""

import asyncio
import json
from types import SimpleNamespace

import pytest

from app.web import batch
from app.web.schemas import BatchErrorOut, BatchOut, ClassifyOut

NDJSON = {"Content-Type": "application/x-ndjson"}


def texts(count: int) -> list[dict[str, str]]:
    return [{"text": f"comment number {number}"} for number in range(count)]


@pytest.mark.parametrize("wrap", [list, lambda sent: {"comments": sent}], ids=["bare-array", "object"])
def test_the_answers_come_in_order(client, wrap):
    answer = client.post("/classify/batch", json=wrap(texts(120)))
    assert answer.status_code == 200
    BatchOut.model_validate(answer.json(), strict=True)
    results = answer.json()["results"]
    assert len({each["id"] for each in results}) == len(results) == 120
    for number in (0, 49, 50, 119):
        stored = client.get(f"/comments/{results[number]['id']}").json()
        assert stored["comment"]["text"] == f"comment number {number}"


def test_a_bad_comment_spoils_only_its_own_place(client):
    sent = [{"text": "a"}, 17, {"text": 17}, {}, {"text": "b\u0000"}, {"text": "c", "check_only": True}]
    results = client.post("/classify/batch", json=sent).json()["results"]
    codes = [each["error"]["code"] if "error" in each else "" for each in results]
    assert codes == ["", "fields-invalid", "fields-invalid", "nothing-to-judge", "", ""]
    BatchErrorOut.model_validate(results[1], strict=True)
    assert [results[place]["degraded"] for place in (0, 4, 5)] == [[], ["text.sanitised"], []]
    found = [client.get(f"/comments/{results[place]['id']}").status_code for place in (0, 4, 5)]
    assert found == [200, 200, 404]


def test_a_line_in_gives_a_line_out(client):
    lines = [
        b"\xef\xbb\xbf" + json.dumps({"text": "a"}).encode(),
        b'{"text": "cut sho',
        b"",
        b'{"text": NaN}\r',
        json.dumps({"text": "d"}).encode(),
    ]
    answer = client.post("/classify/batch", content=b"\n".join(lines), headers=NDJSON)
    assert answer.headers["Content-Type"].startswith("application/x-ndjson")
    results = [json.loads(line) for line in answer.content.splitlines()]
    codes = [each["error"]["code"] if "error" in each else "" for each in results]
    assert codes == ["", "json-invalid", "json-invalid", ""]
    for place in (0, 3):
        ClassifyOut.model_validate(results[place], strict=True)
        assert client.get(f"/comments/{results[place]['id']}").status_code == 200
    assert "cut sho" not in answer.text


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(json.dumps(texts(11)).encode(), {"Content-Type": "application/json"}, id="array"),
        pytest.param(b"{}\n" * 11, NDJSON, id="lines"),
        pytest.param(b"\n" * 1_000, NDJSON, id="blank-lines"),
    ],
)
def test_a_batch_of_too_many_is_refused_whole(make_client, body, headers):
    client = make_client(max_batch_comments=10)
    answer = client.post("/classify/batch", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "batch-too-large")
    assert client.post("/classify/batch", json=texts(10)).status_code == 200


def test_the_cap_of_one_comment_holds_in_a_batch(make_client):
    client = make_client(max_body_bytes=1_024)
    sent = [{"text": "x" * 1_025}, {"text": "x", "page_text": "y" * 1_024}, {"text": "x"}]
    results = client.post("/classify/batch", json=sent).json()["results"]
    assert [each.get("error", {}).get("code") for each in results] == [
        "body-too-large",
        "body-too-large",
        None,
    ]
    lines = b"\n".join(json.dumps(each).encode() for each in sent)
    answer = client.post("/classify/batch", content=lines, headers=NDJSON)
    results = [json.loads(line) for line in answer.content.splitlines()]
    assert [each.get("error", {}).get("code") for each in results] == [
        "body-too-large",
        "body-too-large",
        None,
    ]


def test_a_batch_body_above_its_own_cap_is_refused(make_client):
    client = make_client(max_batch_bytes=2_048)
    answer = client.post("/classify/batch", json=texts(100))
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


@pytest.mark.parametrize("sent", [b"{}", b'{"comments": {}}', b'{"comments": null}', b"17", b'"x"', b"null"])
def test_what_is_no_list_is_refused(client, sent):
    answer = client.post("/classify/batch", content=sent, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "fields-invalid")
    assert answer.json()["errors"] == [{"field": "comments", "expected": "a JSON array"}]


@pytest.mark.parametrize("sent", [[], {"comments": []}])
def test_an_empty_batch_has_an_empty_answer(client, sent):
    assert client.post("/classify/batch", json=sent).json() == {"results": []}


def test_no_lines_give_no_lines(client):
    answer = client.post("/classify/batch", content=b"", headers=NDJSON)
    assert (answer.status_code, answer.content) == (200, b"")


def test_others_get_their_turn_after_ten_milliseconds(monkeypatch):
    clock, turns = [0.0], []

    def judged(wired, caller, item):
        clock[0] += item
        return {"turns": len(turns)}, None

    async def stored(records):
        return ()

    async def others():
        while True:
            turns.append(clock[0])
            await asyncio.sleep(0)

    async def scene():
        wired = SimpleNamespace(recorder=SimpleNamespace(record=stored))
        watching = asyncio.create_task(others())
        items = iter([0.003] * 9 + [0.02] * 3)
        answered = [answer["turns"] async for group in batch._answered(wired, None, items) for answer in group]
        watching.cancel()
        return answered

    monkeypatch.setattr(batch, "_judged", judged)
    monkeypatch.setattr(batch, "perf_counter", lambda: clock[0])
    assert asyncio.run(scene()) == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4]
