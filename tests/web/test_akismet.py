"""Akismet's protocol: every trap of it that real clients set, on the real application."""

import json
from urllib.parse import urlencode

import pytest

from tests.web.conftest import CASINO, KEY, OTHER_KEY, wired

THANKS = "Thanks for making the web a better place."
HONEST = "Thank you, the part about retention settings answered what I had been looking for all week."
BLOG = "https://blog.example/"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def akismet(client):
    """Sends a call without our own header; fields as a form unless bytes are given."""
    del client.headers["Authorization"]

    def call(path, fields=(), *, key=KEY, method="POST", headers=None, **more):
        if isinstance(fields, bytes):
            body = fields
        else:
            body = urlencode({**({"api_key": key, "blog": BLOG} if key else {}), **dict(fields)}, doseq=True).encode()
        sent = {"Content-Type": FORM, **(headers or {})}
        return client.request(method, path, content=body, headers=sent, **more)

    call.client = client
    return call


def check(akismet, **fields):
    return akismet("/1.1/comment-check", {"user_ip": "203.0.113.7", **fields})


class TestKeys:
    @pytest.mark.parametrize("field", ["key", "api_key"])
    def test_a_good_key_is_valid(self, akismet, field):
        answer = akismet("/1.1/verify-key", {field: KEY, "blog": BLOG}, key="")

        assert (answer.status_code, answer.text) == (200, "valid")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["content-length"] == "5"
        assert "x-akismet-debug-help" not in answer.headers

    @pytest.mark.parametrize(
        ("way", "more"),
        [
            pytest.param("host", {"headers": {"Host": f"{KEY}.rest.akismet.com"}}, id="host"),
            pytest.param("host", {"headers": {"Host": f"{KEY.upper()}.rest.akismet.com:8000"}}, id="host-in-capitals"),
            pytest.param("basic", {"auth": (KEY, "undefined")}, id="basic"),
            pytest.param("bearer", {"headers": {"Authorization": f"Bearer {KEY}"}}, id="bearer"),
            pytest.param("x", {"headers": {"X-API-Key": KEY}}, id="x-api-key"),
            pytest.param("query", {"params": {"api_key": KEY}}, id="query"),
        ],
    )
    def test_it_comes_in_many_ways(self, akismet, way, more):
        assert akismet("/1.1/comment-check", {"comment_content": CASINO}, key="", **more).text == "true"

    def test_it_may_stand_in_the_path(self, akismet):
        assert akismet(f"/{KEY}/1.1/comment-check", {"comment_content": CASINO}, key="").text == "true"

    def test_a_path_that_is_no_key_is_only_a_path(self, akismet):
        assert akismet("/akismet/1.1/comment-check", {"comment_content": CASINO}).text == "true"

    @pytest.mark.parametrize("path", ["/1.1/verify-key", "/1.1/comment-check", "/1.1/submit-spam", "/1.2/key-sites"])
    @pytest.mark.parametrize("key", ["wrongwrongwr", "short", ""])
    def test_another_key_is_invalid_with_200_and_says_why(self, akismet, path, key):
        answer = akismet(path, {"comment_content": "x"}, key=key)

        assert (answer.status_code, answer.text) == (200, "invalid")
        assert answer.headers["x-akismet-debug-help"]

    def test_a_key_that_is_tried_counts_more_than_the_one_the_plugin_has(self, akismet):
        assert akismet("/1.1/verify-key", {"key": "wrongwrongwr", "api_key": KEY}, key="").text == "invalid"

    def test_a_wrong_key_in_the_body_is_not_saved_by_a_good_host(self, akismet):
        answer = akismet("/1.1/verify-key", key="wrongwrongwr", headers={"Host": f"{KEY}.rest.akismet.com"})

        assert answer.text == "invalid"

    def test_without_a_key_only_from_a_network_that_was_opened(self, akismet, monkeypatch):
        fields = {"comment_content": CASINO, "blog": BLOG}
        assert akismet("/1.1/comment-check", fields, key="").text == "invalid"

        wiring = wired(akismet.client)
        wiring.store.open_to("blog", "203.0.113.0/24")
        monkeypatch.setattr(wiring.keys, "_networks_asked_at", float("-inf"))
        assert wiring.keys.caller_from("203.0.113.9").site.name == "blog"
        assert wiring.keys.caller_from("::ffff:203.0.113.9").site.name == "blog"
        assert wiring.keys.caller_from("198.51.100.1") is None
        assert wiring.keys.caller_from("testclient") is None

    def test_of_two_sites_open_to_one_network_neither_is_guessed(self, akismet):
        wiring = wired(akismet.client)
        for site in ("blog", "shop"):
            wiring.store.open_to(site, "203.0.113.0/24")

        assert wiring.keys.caller_from("203.0.113.9") is None


class TestVerdicts:
    def test_spam_is_true_and_says_why(self, akismet):
        answer = check(akismet, comment_content=CASINO)

        assert (answer.status_code, answer.text, answer.headers["content-length"]) == (200, "true", "4")
        assert "transfer-encoding" not in answer.headers
        assert float(answer.headers["x-spam-score"]) > 0.8
        assert "link.path" in answer.headers["x-spam-reasons"]
        assert answer.headers["x-akismet-guid"].startswith("c_")
        for header in ("x-akismet-debug-help", "x-akismet-error", "x-akismet-alert-code"):
            assert header not in answer.headers

    def test_ham_is_false(self, akismet):
        answer = check(akismet, comment_content=HONEST, comment_author="Jana")

        assert answer.text == "false"
        assert "x-akismet-pro-tip" not in answer.headers
        assert "x-akismet-recheck-after" not in answer.headers

    def test_what_is_to_be_held_is_true_for_there_is_no_third_word(self, akismet):
        store = wired(akismet.client).store
        from app.core.comment import Thresholds

        store.set_thresholds("blog", Thresholds(0.0001, 0.9998, 0.9999))
        answer = check(akismet, comment_content="Nice post, thanks for sharing with us all.", comment_author="Best SEO")

        assert (answer.text, answer.headers["x-spam-action"]) == ("true", "hold")

    def test_discard_is_tipped_only_above_its_threshold(self, akismet):
        from app.core.comment import Thresholds

        wired(akismet.client).store.set_thresholds("blog", Thresholds(0.1, 0.2, 0.3))
        assert check(akismet, comment_content=CASINO).headers["x-akismet-pro-tip"] == "discard"

        wired(akismet.client).store.set_thresholds("blog", Thresholds(0.1, 0.2, 1.0))
        assert "x-akismet-pro-tip" not in check(akismet, comment_content=CASINO).headers

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("comment_author", "viagra-test-123"),
            ("comment_author", "akismet-guaranteed-spam"),
            ("comment_author_email", "akismet-guaranteed-spam@example.com"),
            ("comment_author_email", "stop_email@example.com"),
        ],
    )
    def test_test_values_are_spam(self, akismet, field, value):
        answer = check(akismet, comment_content=HONEST, **{field: value})

        assert (answer.text, answer.headers["x-spam-reasons"]) == ("true", "override.test")

    @pytest.mark.parametrize(
        "role", ["administrator", "subscriber,Administrator", "editor,administrator", "super_admin"]
    )
    @pytest.mark.parametrize("author", ["Jana", "viagra-test-123"])
    def test_an_administrator_is_never_spam(self, akismet, role, author):
        assert check(akismet, comment_content=CASINO, comment_author=author, user_role=role).text == "false"

    def test_classification_is_told_when_asked_for(self, akismet):
        assert check(akismet, comment_content=CASINO, classify="1").headers["x-akismet-classification"] == "spam"
        assert "x-akismet-classification" not in check(akismet, comment_content=CASINO).headers

    @pytest.mark.parametrize(
        "fields",
        [
            {"hidden_honeypot_field": "filled"},
            {"honeypot_field_name": "trap", "trap": "filled"},
            {"POST_ak_hp_textarea": "filled"},
        ],
        ids=str,
    )
    def test_a_filled_honeypot_is_spam(self, akismet, fields):
        answer = check(akismet, comment_content=HONEST, **fields)

        assert (answer.text, answer.headers["x-spam-reasons"]) == ("true", "override.honeypot")

    def test_a_check_with_nothing_but_what_is_required_is_answered_too(self, akismet):
        assert check(akismet).text in ("true", "false")


class TestForms:
    def stored(self, akismet, answer):
        return wired(akismet.client).store.comment("blog", answer.headers["x-akismet-guid"]).comment

    def test_every_field_arrives(self, akismet):
        answer = check(
            akismet,
            comment_content="Ahoj & dobrý deň",
            comment_author="Ján",
            comment_author_email="jan@example.org",
            comment_author_url="http://example.org/",
            permalink="https://blog.example/post/1",
            referrer="https://www.google.com/",
            user_agent="Mozilla/5.0",
            comment_date_gmt="2026-11-22 10:00:00",
            comment_parent="7",
            blog_lang="sk, en",
            content_type="reply",
        )
        found = self.stored(akismet, answer)

        assert (found.text, found.author, found.author_email) == ("Ahoj & dobrý deň", "Ján", "jan@example.org")
        assert (found.author_url, found.page_url) == ("http://example.org/", "https://blog.example/post/1")
        assert (found.language, found.type, found.parent_id) == ("sk", "reply", "7")
        assert (found.user_agent, found.posted_at) == ("Mozilla/5.0", "2026-11-22 10:00:00")

    def test_a_librarys_own_name_is_not_the_visitors_browser(self, akismet):
        answer = check(akismet, comment_content="a", user_agent="Generic Node.js/1.0.0 | Akismet/3.1.7")

        assert self.stored(akismet, answer).user_agent == ""

    @pytest.mark.parametrize("charset", ["ISO-8859-1", "windows-1252"])
    @pytest.mark.parametrize("told", ["field", "header"])
    def test_bytes_are_read_in_the_charset_they_are_in(self, akismet, charset, told):
        sent = f"api_key={KEY}&comment_content=J%E1n+%E9".encode()
        headers = {}
        if told == "field":
            sent += f"&blog_charset={charset}".encode()
        else:
            headers = {"Content-Type": f"{FORM}; charset={charset}"}
        answer = akismet("/1.1/comment-check", sent, headers=headers)

        assert self.stored(akismet, answer).text == "Ján é"

    @pytest.mark.parametrize("charset", ["UTF-8", "hex", "punycode", "idna", "no-such-thing", ""])
    def test_a_charset_that_is_none_is_utf_8(self, akismet, charset):
        sent = f"api_key={KEY}&comment_content=J%C3%A1n&blog_charset={charset}".encode()

        assert self.stored(akismet, akismet("/1.1/comment-check", sent)).text == "Ján"

    def test_blank_pairs_trailing_and_doubled_ampersands_are_taken(self, akismet):
        sent = f"api_key={KEY}&POST_ak_hp_textarea&&comment_content=Hello+there&=x&".encode()

        assert self.stored(akismet, akismet("/1.1/comment-check", sent)).text == "Hello there"

    @pytest.mark.parametrize(
        "context",
        [
            pytest.param("comment_context=news%2Cpolitics", id="one-string"),
            pytest.param("comment_context%5B0%5D=news&comment_context%5B1%5D=politics", id="numbered"),
            pytest.param("comment_context[]=news&comment_context[]=politics", id="unnumbered"),
        ],
    )
    def test_comment_context_in_its_three_encodings(self, akismet, context):
        sent = f"api_key={KEY}&comment_content=Hi&{context}".encode()

        assert akismet("/1.1/comment-check", sent).text in ("true", "false")

    def test_a_json_body_is_a_form_too(self, akismet):
        sent = json.dumps({"api_key": KEY, "comment_content": CASINO, "user_ip": None}).encode()
        answer = akismet("/1.1/comment-check", sent, headers={"Content-Type": "application/json"})

        assert answer.text == "true"

    @pytest.mark.parametrize("user_ip", ["", "203.0.113.7", "not an address"])
    def test_the_visitors_address_may_be_anything(self, akismet, user_ip):
        assert check(akismet, comment_content=HONEST, user_ip=user_ip).text == "false"

    @pytest.mark.parametrize(
        ("sent", "headers"),
        [
            pytest.param(b"x" * 300_000, {}, id="too-large"),
            pytest.param(b"{", {"Content-Type": "application/json"}, id="broken-json"),
            pytest.param(b"[1]", {"Content-Type": "application/json"}, id="json-list"),
            pytest.param(b"\xff\xfe", {"Content-Type": "image/png"}, id="other-type"),
            pytest.param(b"a=b", {"Content-Encoding": "gzip"}, id="compressed"),
            pytest.param(b"%00%zz=%&&&===", {}, id="garbage"),
            pytest.param(b"blog_charset=undefined&c=x", {}, id="a-codec-that-refuses"),
            pytest.param(b"c=%FF", {"Content-Type": f"{FORM}; charset=idna"}, id="a-codec-of-names"),
        ],
    )
    def test_what_cannot_be_read_is_invalid_and_never_an_error_page(self, akismet, sent, headers):
        answer = akismet("/1.1/comment-check", sent, headers=headers)

        assert (answer.status_code, answer.text) == (200, "invalid")
        assert answer.headers["x-akismet-debug-help"]

    def test_a_text_with_nul_and_half_characters_is_kept_without_them(self, akismet):
        answer = akismet("/1.1/comment-check", f"api_key={KEY}&comment_content=a%00b%ED%A0%80".encode())

        assert self.stored(akismet, answer).text.startswith("ab")


class TestConnection:
    @pytest.mark.parametrize(
        ("sent", "answered"), [("", "close"), ("close", "close"), ("TE, close", "close"), ("keep-alive", None)]
    )
    def test_it_is_closed_unless_keeping_it_was_asked_for(self, akismet, sent, answered):
        answer = akismet("/1.1/verify-key", headers={"Connection": sent})

        assert answer.headers.get("connection") == answered


class TestSubmitting:
    def decision(self, akismet, id):
        return wired(akismet.client).store.comment("blog", id).decision

    @pytest.mark.parametrize(("call", "label"), [("submit-spam", "spam"), ("submit-ham", "ham")])
    def test_it_is_a_decision_on_the_comment_that_was_checked(self, akismet, call, label):
        id = check(akismet, comment_content=HONEST, comment_author="Jana").headers["x-akismet-guid"]
        answer = akismet(f"/1.1/{call}", {"comment_content": HONEST, "comment_author": "Jana", "reporter": "jana"})

        assert (answer.status_code, answer.text) == (200, THANKS)
        found = self.decision(akismet, id)
        assert (found.label, found.by, found.source) == (label, "jana", "feedback")

    def test_by_guid_whatever_the_text_has_become(self, akismet):
        id = check(akismet, comment_content=HONEST).headers["x-akismet-guid"]
        akismet("/1.1/submit-spam", {"comment_content": "edited", "guid": id})

        assert self.decision(akismet, id).label == "spam"

    def test_markup_that_the_cms_cleaned_since_does_not_part_them(self, akismet):
        id = check(akismet, comment_content="Tea & <b>cake</b>", comment_author="Jana").headers["x-akismet-guid"]
        akismet("/1.1/submit-spam", {"comment_content": "Tea &amp; cake", "comment_author": "Jana"})

        assert self.decision(akismet, id).label == "spam"

    def test_what_was_never_checked_is_judged_and_kept_with_its_decision(self, akismet):
        akismet("/1.1/submit-spam", {"comment_content": "Never seen before."})
        (decided,) = wired(akismet.client).store.decisions_since("blog", 0, 10)

        assert decided.decision.label == "spam"
        assert wired(akismet.client).store.comment("blog", decided.id).comment.text == "Never seen before."

    def test_sent_twice_it_is_one_decision_on_one_comment(self, akismet):
        for _ in range(2):
            akismet("/1.1/submit-spam", {"comment_content": "Never seen before."})

        assert len(wired(akismet.client).store.decisions_since("blog", 0, 10)) == 1

    def test_by_guid_alone(self, akismet):
        id = check(akismet, comment_content=HONEST).headers["x-akismet-guid"]
        assert akismet("/1.1/submit-spam", {"guid": id}).text == THANKS
        assert self.decision(akismet, id).label == "spam"
        assert akismet("/1.1/submit-spam").text == "invalid"

    def test_of_the_same_words_under_two_pages_the_right_one_is_meant(self, akismet):
        pages = [f"https://blog.example/{n}" for n in (1, 2)]
        ids = [
            check(akismet, comment_content="Great post!", comment_author="Bob", permalink=page).headers[
                "x-akismet-guid"
            ]
            for page in pages
        ]
        fields = {"comment_content": "Great post!", "comment_author": "Bob", "permalink": pages[0]}
        akismet("/1.1/submit-spam", fields)

        assert [self.decision(akismet, id) is not None for id in ids] == [True, False]

    @pytest.mark.parametrize(
        "fields", [{"comment_content": "👍🔥"}, {"comment_author_url": "https://shop.example/"}], ids=str
    )
    def test_a_comment_without_a_word_is_found_again(self, akismet, fields):
        id = check(akismet, **fields).headers["x-akismet-guid"]
        for _ in range(2):
            akismet("/1.1/submit-spam", fields)

        assert [each.id for each in wired(akismet.client).store.decisions_since("blog", 0, 10)] == [id]

    def test_another_sites_guid_is_as_good_as_none(self, akismet):
        id = check(akismet, comment_content=HONEST).headers["x-akismet-guid"]
        akismet("/1.1/submit-spam", {"comment_content": HONEST, "guid": id}, key=OTHER_KEY)

        assert self.decision(akismet, id) is None

    def test_coral_sends_json_without_a_blog(self, akismet):
        id = check(akismet, comment_content=HONEST).headers["x-akismet-guid"]
        sent = json.dumps({"comment_content": HONEST}).encode()
        headers = {"Content-Type": "application/json", "Host": f"{KEY}.rest.akismet.com"}
        answer = akismet("/1.1/submit-ham", sent, headers=headers)

        assert answer.text == THANKS
        assert self.decision(akismet, id).label == "ham"


class TestLeavingNoTrace:
    @pytest.mark.parametrize("value", ["1", "true"])
    def test_a_test_is_answered_and_not_kept(self, akismet, value):
        answer = check(akismet, comment_content=CASINO, is_test=value)

        assert answer.text == "true"
        assert wired(akismet.client).store.comment("blog", answer.headers["x-akismet-guid"]) is None
        assert akismet("/1.1/submit-ham", {"comment_content": CASINO, "is_test": value}).text == THANKS
        assert wired(akismet.client).store.decisions_since("blog", 0, 10) == []

    @pytest.mark.parametrize("value", ["0", "false", ""])
    def test_is_test_goes_by_its_value(self, akismet, value):
        answer = check(akismet, comment_content=CASINO, is_test=value)

        assert wired(akismet.client).store.comment("blog", answer.headers["x-akismet-guid"]) is not None

    def test_a_recheck_makes_no_second_comment(self, akismet):
        first = check(akismet, comment_content=HONEST, comment_author="Jana").headers["x-akismet-guid"]
        again = check(akismet, comment_content=HONEST, comment_author="Jana", recheck_reason="recheck_queue")

        assert again.headers["x-akismet-guid"] == first

    def test_an_edited_comment_is_another_one(self, akismet):
        first = check(akismet, comment_content=HONEST, comment_ID="7").headers["x-akismet-guid"]
        again = check(akismet, comment_content=CASINO, comment_ID="7", recheck_reason="edit")

        assert again.headers["x-akismet-guid"] != first
        assert wired(akismet.client).store.comment("blog", again.headers["x-akismet-guid"]).comment.text == CASINO


class TestReports:
    @pytest.fixture
    def month(self, akismet):
        id = check(akismet, comment_content=CASINO).headers["x-akismet-guid"]
        check(akismet, comment_content=HONEST)
        akismet("/1.1/submit-ham", {"comment_content": CASINO, "guid": id})
        return wired(akismet.client).now()[:7]

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_key_sites(self, akismet, month, method):
        answer = akismet("/1.2/key-sites", b"", method=method, params={"api_key": KEY, "month": month}).json()

        assert answer["total"] == 1
        assert answer[month] == [
            {
                "site": "blog",
                "api_calls": "2",
                "spam": "1",
                "ham": "1",
                "missed_spam": "0",
                "false_positives": "1",
                "is_revoked": False,
            }
        ]

    def test_key_sites_as_csv(self, akismet, month):
        lines = akismet("/1.2/key-sites", {"format": "csv"}).text.splitlines()

        assert lines[0] == f"Active sites for this key during {month} (limit:500, offset: 0, total: 1)"
        assert lines[1:] == [
            "Site,Total API Calls,Spam,Ham,Missed Spam,False Positives,Is Revoked",
            "blog,2,1,1,0,1,False",
        ]

    def test_another_month_is_empty(self, akismet, month):
        assert akismet("/1.2/key-sites", {"month": "2020-01"}).json() == {
            "2020-01": [],
            "limit": 500,
            "offset": 0,
            "total": 0,
        }

    def test_there_is_no_limit(self, akismet, month):
        told = akismet("/1.2/usage-limit", {"extended": "true"}).json()

        assert (told["limit"], told["usage"], told["throttled"], told["upgrade"]) == ("none", 2, False, False)

    @pytest.mark.parametrize("path", ["/1.1/get-stats", "/1.2/get-key-stats"])
    def test_stats(self, akismet, month, path):
        told = akismet(path, {"from": "60-days"}).json()

        assert (told["spam"], told["ham"], told["false_positives"], told["accuracy"]) == (0, 2, 1, 50.0)
        assert list(told["breakdown"]) == [month]
        assert akismet(path, key=OTHER_KEY).json()["breakdown"] == []

    def test_the_rest(self, akismet):
        assert akismet("/1.1/deactivate").text == "deactivated"
        assert akismet("/1.1/get-subscription").json()["status"] == "active"
        assert akismet("/1.1/token").text
        assert akismet("/1.1/test", b"", method="GET").text == "connected"


class TestTrouble:
    def test_without_its_database_it_says_error_and_why(self, akismet):
        wired(akismet.client).store.close()
        answer = check(akismet, comment_content=HONEST)

        assert (answer.status_code, answer.text) == (200, "error")
        assert answer.headers["x-akismet-error"]

    def test_with_a_key_it_knows_it_goes_on_judging_and_asks_to_be_asked_again(self, akismet):
        check(akismet, comment_content=HONEST)
        wired(akismet.client).store.close()
        answer = check(akismet, comment_content=HONEST)

        assert answer.text == "false"
        assert answer.headers["x-akismet-recheck-after"] == "300"
        assert "store" in answer.headers["x-spam-degraded"]
        assert check(akismet, comment_content=CASINO).text == "true"
