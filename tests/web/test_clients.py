"""Who asks in a site's name is noted, with what it was refused."""

from tests.web.conftest import KEY, wired


def noted(client):
    wired(client).clients.flush()
    return {each.client: each for each in wired(client).store.clients("blog")}


def test_every_door_is_told_apart_and_refusals_are_counted(client):
    client.headers["User-Agent"] = "cms/1"
    client.post("/classify", json={"text": "Hi"})
    client.post("/classify", json={"text": ""})
    client.post("/classify/batch", json={"comments": [{"text": "Hi"}, {"text": "Ho"}]})
    client.post("/1.1/comment-check", data={"api_key": KEY, "comment_content": "Hi"})
    client.post("/1.1/submit-spam", data={"api_key": KEY})

    found = noted(client)
    assert (found["classify cms/1"].requests, found["classify cms/1"].failures) == (2, 1)
    assert found["classify cms/1"].last_failure == "nothing-to-judge"
    assert found["batch cms/1"].requests == 2
    assert (found["akismet cms/1"].requests, found["akismet cms/1"].failures) == (2, 1)


def test_who_has_no_key_is_nobodys_client(client):
    client.post("/classify", json={"text": "Hi"}, headers={"Authorization": "Bearer wrongwrongwr"})

    assert noted(client) == {}


def test_the_door_stands_with_the_comment(client):
    client.headers["User-Agent"] = "cms/" + "1" * 500
    id = client.post("/classify", json={"text": "Hi"}).json()["id"]

    assert wired(client).store.comment("blog", id).client == ("classify cms/" + "1" * 500)[:200]


def test_what_cannot_be_written_costs_no_answer(client):
    client.post("/classify", json={"text": "Hi"})
    wired(client).store.close()
    wired(client).clients.flush()

    assert client.post("/classify", json={"text": "Hi"}).status_code == 200
