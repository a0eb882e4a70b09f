"""Coral's External Moderation Phase, signed as Coral signs."""

import hashlib
import hmac
import json

import pytest

from tests.web.conftest import AT, CASINO, wired

HIDDEN_LINK = f'<p>Have a look <a href="{CASINO}">here</a></p>'
HONEST = "<p>Thank you, the part about retention answered what I had been looking for all week.</p>"


def phase(text, action="NEW", role="COMMENTER"):
    return {
        "action": action,
        "comment": {"body": text, "parentID": None},
        "author": {"id": "a", "role": role},
        "story": {"id": "s", "url": "https://news.example/story"},
        "site": {"id": "1"},
        "tenantID": "t",
        "tenantDomain": "news.example",
    }


@pytest.fixture
def coral(client):
    del client.headers["Authorization"]
    wired(client).store.set_secrets("blog", "coral", ("new", "old"), AT)

    def call(body, secret="new", site="blog", signature=None):
        sent = json.dumps(body).encode() if not isinstance(body, bytes) else body
        signed = "sha256=" + hmac.new(secret.encode(), sent, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Coral-Signature": signed if signature is None else signature}
        return client.post(f"/coral/{site}", content=sent, headers=headers)

    call.client = client
    return call


class TestSignature:
    @pytest.mark.parametrize("secret", ["new", "old"])
    def test_either_secret_is_good_while_they_are_rotated(self, coral, secret):
        assert coral(phase(HONEST), secret).status_code == 200

    def test_so_are_two_signatures_at_once(self, coral):
        sent = json.dumps(phase(HONEST)).encode()
        good = "sha256=" + hmac.new(b"old", sent, hashlib.sha256).hexdigest()

        assert coral(sent, signature=f"sha256={'0' * 64},{good}").status_code == 200

    @pytest.mark.parametrize("signature", ["", "sha256=", "sha256=" + "0" * 64, "ü"], ids=str)
    def test_a_wrong_or_missing_one_is_refused(self, coral, signature):
        answer = coral(phase(HONEST), signature=signature.encode())

        assert (answer.status_code, answer.json()["code"]) == (401, "signature-wrong")
        assert wired(coral.client).store.months("blog") == []

    @pytest.mark.parametrize("site", ["shop", "nowhere", "%2e%2e"])
    def test_another_sites_secret_opens_nothing(self, coral, site):
        assert coral(phase(HONEST), site=site).status_code in (401, 404)


class TestAnswer:
    def test_a_link_hidden_in_html_is_found_and_named(self, coral):
        answer = coral(phase(HIDDEN_LINK)).json()

        assert answer["status"] == "REJECTED"
        assert answer["actions"] == [{"actionType": "FLAG", "reason": "COMMENT_DETECTED_SPAM"}]
        reason = answer["moderationAction"]["rejectionReason"]
        assert reason["code"] == "SPAM"
        assert "gambling" in reason["detailedExplanation"]

    def test_of_an_honest_comment_it_has_no_opinion(self, coral):
        assert coral(phase(HONEST)).json() == {}

    def test_what_is_to_be_held_is_withheld(self, coral):
        from app.core.comment import Thresholds

        wired(coral.client).store.set_thresholds("blog", Thresholds(0.0, 1.0, 1.0))
        assert coral(phase(HONEST)).json() == {
            "status": "SYSTEM_WITHHELD",
            "actions": [{"actionType": "FLAG", "reason": "COMMENT_DETECTED_SPAM"}],
        }

    @pytest.mark.parametrize("role", ["ADMIN", "MODERATOR", "STAFF"])
    def test_staff_is_trusted(self, coral, role):
        assert coral(phase(HIDDEN_LINK, role=role)).json() == {}

    @pytest.mark.parametrize("body", [{}, {"comment": None}, {"comment": {"body": 1}}, [], b"{"], ids=str)
    def test_what_is_no_comment_is_refused(self, coral, body):
        assert coral(body).status_code in (400, 422)

    def test_an_edit_of_the_same_text_makes_no_second_comment(self, coral):
        coral(phase(HONEST))
        coral(phase(HONEST, "EDIT"))
        assert [month.comments for month in wired(coral.client).store.months("blog")] == [1]
        coral(phase("<p>Another text altogether.</p>", "EDIT"))
        assert [month.comments for month in wired(coral.client).store.months("blog")] == [2]

    def test_a_link_hidden_behind_words_that_are_known_is_another_comment(self, coral):
        for text in ("<p>hello there</p>", f'<p>hello <a href="{CASINO}">there</a></p>'):
            coral(phase(text))
            coral(phase(text, "EDIT"))

        assert [month.comments for month in wired(coral.client).store.months("blog")] == [2]

    def test_a_sites_name_may_hold_a_slash(self, coral):
        wired(coral.client).store.add_site("news/en", "newsnewsnews", AT)
        wired(coral.client).store.set_secrets("news/en", "coral", ("new",), AT)

        assert coral(phase(HONEST), site="news%2Fen").status_code == 200

    def test_without_a_database_coral_is_told_to_go_on(self, coral):
        wired(coral.client).store.close()

        assert coral(phase(HONEST)).status_code == 503
