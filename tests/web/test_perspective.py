"""Perspective's calls, as Coral makes them."""

import json
import logging

import pytest

from tests.web.conftest import CASINO, KEY, wired


@pytest.fixture
def perspective(client):
    del client.headers["Authorization"]

    def call(what, body, key=KEY):
        return client.post(f"/v1alpha1/comments:{what}?key={key}", json=body)

    call.client = client
    return call


def asked(text, **more):
    return {"comment": {"text": text}, "requestedAttributes": {"SPAM": {}}, "languages": ["en"], **more}


def kept(perspective):
    return wired(perspective.client).store.decisions_since("blog", 0, 100)


class TestAnalyze:
    @pytest.mark.parametrize("names", [["SPAM"], ["TOXICITY"], ["SPAM", "SEVERE_TOXICITY"]], ids=str)
    def test_every_attribute_that_was_asked_for_is_answered(self, perspective, names):
        answer = perspective("analyze", asked(CASINO, requestedAttributes={name: {} for name in names}))

        assert answer.status_code == 200
        scores = answer.json()["attributeScores"]
        assert list(scores) == names
        assert all(each["summaryScore"]["value"] > 0.8 for each in scores.values())
        assert all(each["summaryScore"]["type"] == "PROBABILITY" for each in scores.values())

    def test_without_attributes_it_is_spam(self, perspective):
        assert list(perspective("analyze", {"comment": {"text": "Hi"}}).json()["attributeScores"]) == ["SPAM"]

    @pytest.mark.parametrize("languages", [["en"], ["sk"], ["xx"], [], None, "en", [7]], ids=str)
    def test_no_language_is_refused(self, perspective, languages):
        assert perspective("analyze", asked("Dobrý deň", languages=languages)).status_code == 200

    @pytest.mark.parametrize("text", ["", CASINO, "word " * 6_400], ids=["empty", "a-link", "32-kB"])
    def test_no_length_is_refused(self, perspective, text):
        answer = perspective("analyze", asked(text))

        assert answer.status_code == 200
        assert 0 <= answer.json()["attributeScores"]["SPAM"]["summaryScore"]["value"] <= 1

    def test_the_token_comes_back(self, perspective):
        assert perspective("analyze", asked("Hi", clientToken="comment:7")).json()["clientToken"] == "comment:7"

    def test_do_not_store_is_honoured(self, perspective):
        store = wired(perspective.client).store
        perspective("analyze", asked("Not to be kept.", doNotStore=True))
        assert store.months("blog") == []
        perspective("analyze", asked("May be kept."))
        assert [month.comments for month in store.months("blog")] == [1]

    @pytest.mark.parametrize("key", ["", "wrongwrongwr"])
    def test_a_wrong_key_is_401(self, perspective, key):
        assert perspective("analyze", asked("Hi"), key=key).status_code == 401

    @pytest.mark.parametrize("body", [{}, {"comment": "Hi"}, {"comment": {"text": 7}}, []], ids=str)
    def test_without_a_text_it_is_422(self, perspective, body):
        assert perspective("analyze", body).status_code == 422

    def test_the_key_of_the_query_is_in_no_log(self, perspective, caplog):
        caplog.set_level(logging.DEBUG)
        perspective("analyze", asked("Hi"))

        assert KEY not in "".join(
            f"{record.name}{record.getMessage()}" for record in caplog.records if "httpx" not in record.name
        )


class TestSuggestScore:
    def suggested(self, text, value):
        entry = {"url": "https://site/story?commentID=ID", "Coral_comment_id": "ID"}
        return {
            "comment": {"text": text},
            "context": {"entries": [{"text": json.dumps(entry)}]},
            "attributeScores": {"SPAM": {"summaryScore": {"value": value}}},
            "languages": ["en"],
            "communityId": "Coral:https://news.example",
            "clientToken": "comment:ID",
        }

    def test_it_is_joined_by_its_text_and_the_later_value_stands(self, perspective):
        perspective("analyze", asked("An honest remark about the story."))
        for value in (1, 0):
            answer = perspective("suggestscore", self.suggested("An honest remark about the story.", value))
            assert answer.json() == {"clientToken": "comment:ID"}

        decided = kept(perspective)
        assert [each.decision.label for each in decided] == ["spam", "ham"]
        assert len({each.id for each in decided}) == 1
        assert decided[0].decision.by == "Coral:https://news.example"

    def test_an_unknown_text_is_taken_too(self, perspective):
        assert perspective("suggestscore", self.suggested("Never analysed.", 1)).status_code == 200
        assert len(kept(perspective)) == 1

    def test_without_a_score_it_is_422(self, perspective):
        assert perspective("suggestscore", {"comment": {"text": "Hi"}}).status_code == 422
