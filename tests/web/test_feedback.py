"""POST /feedback, GET /decisions, PUT /pages on the real application."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.store.records import Decision
from tests.web.conftest import AT, CASINO, OTHER_KEY, wired

COMMENT = {"text": "Thank you, that helped me a lot with the retention settings.", "author": "Jana", "comment_id": 77}
UNKNOWN = "c_01JD8ZQ4V3W5K2N7X9R1T6M0PA"


def sent(client, **fields):
    return client.post("/classify", json={**COMMENT, **fields}).json()["id"]


def decision(client, id):
    return client.get(f"/comments/{id}").json()["decision"]


class TestFeedback:
    @pytest.mark.parametrize("named", ["id", "comment_id", "comment"])
    def test_the_comment_is_named_in_one_of_three_ways(self, client, named):
        id = sent(client)
        naming = {"id": id, "comment_id": 77, "comment": COMMENT}[named]
        answer = client.post("/feedback", json={named: naming, "label": "spam", "by": "jana"})

        assert (answer.status_code, answer.json()["id"]) == (200, id)
        assert answer.json()["decision"] == decision(client, id)
        assert (decision(client, id)["label"], decision(client, id)["by"]) == ("spam", "jana")

    def test_a_comment_that_was_never_sent_is_judged_and_kept(self, client):
        answer = client.post("/feedback", json={"comment": {"text": CASINO}, "label": "spam"}).json()

        assert client.get(f"/comments/{answer['id']}").json()["verdict"] == "spam"

    def test_null_takes_it_back(self, client):
        id = sent(client)
        client.post("/feedback", json={"id": id, "label": "spam"})
        answer = client.post("/feedback", json={"id": id, "label": None}).json()

        assert answer["decision"]["label"] is None
        assert decision(client, id) is None

    @pytest.mark.parametrize(
        "naming", [{"id": UNKNOWN}, {"comment_id": "none"}, {"id": "../../etc"}, {"id": "x" * 8000}], ids=str
    )
    def test_an_unknown_comment_is_404(self, client, naming):
        answer = client.post("/feedback", json={**naming, "label": "ham"})

        assert (answer.status_code, answer.json()["code"]) == (404, "comment-unknown")

    def test_another_sites_comment_is_404_too(self, client):
        id = sent(client)
        headers = {"Authorization": f"Bearer {OTHER_KEY}"}

        assert client.post("/feedback", json={"id": id, "label": "ham"}, headers=headers).status_code == 404
        assert decision(client, id) is None

    @pytest.mark.parametrize(
        "body",
        [
            {"id": UNKNOWN},
            {"label": "spam"},
            {"id": UNKNOWN, "label": "good"},
            {"comment": "x", "label": "spam"},
            [],
            7,
        ],
        ids=str,
    )
    def test_what_says_nothing_is_422(self, client, body):
        answer = client.post("/feedback", json=body)

        assert (answer.status_code, answer.json()["code"]) == (422, "fields-invalid")

    def test_without_a_store_it_says_so_instead_of_losing_it(self, client):
        id = sent(client)
        wired(client).store.close()

        assert client.post("/feedback", json={"id": id, "label": "spam"}).status_code == 503


class TestIdempotencyKey:
    def test_the_same_request_gets_the_same_answer(self, client):
        body = {"comment": {"text": "Only once."}, "label": "spam"}
        answers = [client.post("/feedback", json=body, headers={"Idempotency-Key": "k1"}).json() for _ in range(2)]

        assert answers[0] == answers[1]
        assert len(client.get("/decisions").json()["decisions"]) == 1

    def test_another_body_under_the_same_key_is_refused(self, client):
        id = sent(client)
        headers = {"Idempotency-Key": "k1"}
        first = client.post("/feedback", json={"id": id, "label": "spam"}, headers=headers)
        answer = client.post("/feedback", json={"id": id, "label": "ham"}, headers=headers)

        assert first.status_code == 200
        assert (answer.status_code, answer.json()["code"]) == (409, "idempotency-key-reused")
        assert decision(client, id)["label"] == "spam"

    def test_of_parallel_requests_one_is_worked_on(self, client):
        body = {"comment": {"text": "Only once, please."}, "label": "spam"}

        def send(_):
            return client.post("/feedback", json=body, headers={"Idempotency-Key": "k1"})

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(send, range(4)))

        assert {answer.status_code for answer in answers} <= {200, 409}
        assert len({answer.json()["id"] for answer in answers if answer.status_code == 200}) == 1
        assert len(client.get("/decisions").json()["decisions"]) == 1

    def test_a_request_that_failed_may_be_sent_again(self, client):
        headers = {"Idempotency-Key": "k1"}
        assert client.post("/feedback", json={"comment_id": 77, "label": "spam"}, headers=headers).status_code == 404
        sent(client)
        assert client.post("/feedback", json={"comment_id": 77, "label": "spam"}, headers=headers).status_code == 200

    def test_a_key_that_is_too_long_is_refused_not_cut(self, client):
        headers = {"Idempotency-Key": "k" * 256}
        assert client.post("/feedback", json={"comment_id": 77, "label": "spam"}, headers=headers).status_code == 400


class TestModeratorsWord:
    @pytest.mark.parametrize("label", ["spam", None])
    def test_a_cms_that_repeats_it_or_takes_it_back_does_not_undo_it(self, client, label):
        id = sent(client)
        wired(client).store.add_decision("blog", id, Decision("spam", "jana", AT, "moderator"))
        client.post("/feedback", json={"id": id, "label": label})

        assert (decision(client, id)["label"], decision(client, id)["by"]) == ("spam", "jana")

    def test_somebody_who_sees_it_otherwise_in_the_cms_is_heard(self, client):
        id = sent(client)
        wired(client).store.add_decision("blog", id, Decision("spam", "jana", AT, "moderator"))
        client.post("/feedback", json={"id": id, "label": "ham", "by": "eva"})

        assert (decision(client, id)["label"], decision(client, id)["by"]) == ("ham", "eva")


class TestDecisions:
    def test_they_come_in_order_behind_the_cursor(self, client):
        ids = [sent(client, text=f"Comment number {n}.", comment_id=n) for n in range(3)]
        for id in ids:
            client.post("/feedback", json={"id": id, "label": "ham"})

        first = client.get("/decisions", params={"limit": 2}).json()
        rest = client.get("/decisions", params={"since": first["next"]}).json()

        assert [each["id"] for each in first["decisions"] + rest["decisions"]] == ids
        assert [each["comment_id"] for each in first["decisions"]] == ["0", "1"]
        assert client.get("/decisions", params={"since": rest["next"]}).json() == {
            "decisions": [],
            "next": rest["next"],
        }

    @pytest.mark.parametrize("query", ["since=-1", "since=x", "limit=0", "limit=1001", "since=" + "9" * 30])
    def test_a_cursor_that_is_none_is_422(self, client, query):
        assert client.get(f"/decisions?{query}").status_code == 422


class TestPages:
    PAGE = "https://blog.example/2026/11/beekeeping"
    TEXT = "Bees need water in winter. How to insulate a hive, feed syrup and keep mice out of the frames. " * 10

    def test_later_comments_under_its_address_are_judged_with_it(self, client):
        asked = {"text": "Do mice get into the hive in winter?", "page_url": self.PAGE}
        before = client.post("/classify", json=asked).json()
        told = client.put("/pages", json={"url": self.PAGE + "/#top", "title": "Bees in winter", "text": self.TEXT})
        after = client.post("/classify", json=asked).json()

        assert told.json() == {"url": "blog.example/2026/11/beekeeping", "characters": 14 + len(self.TEXT)}
        assert "page_title" in before["missing"]
        assert "page_title" not in after["missing"]
        assert not any(reason["code"].startswith("page.") for reason in before["reasons"])
        assert any(reason["code"].startswith("page.") for reason in after["reasons"])

    def test_another_site_does_not_see_it(self, client):
        client.put("/pages", json={"url": self.PAGE, "title": "Bees in winter", "text": self.TEXT})
        headers = {"Authorization": f"Bearer {OTHER_KEY}"}
        asked = {"text": "Do mice get into the hive in winter?", "page_url": self.PAGE}

        assert "page_title" in client.post("/classify", json=asked, headers=headers).json()["missing"]

    @pytest.mark.parametrize("body", [{}, {"url": "nothing"}, {"url": "mailto:a@b.example"}, {"url": 7}, []], ids=str)
    def test_without_an_address_it_is_422(self, client, body):
        assert client.put("/pages", json=body).status_code == 422

    def test_a_long_text_is_cut(self, client):
        told = client.put("/pages", json={"url": self.PAGE, "text": "x" * 200_000}).json()

        assert told["characters"] == 50_000
