"""What moderators choose for themselves."""

import pytest

from app.web.review.passwords import HASHER
from tests.web.conftest import wired
from tests.web.review.conftest import browser, signed_in

PASSWORD = "correct horse battery"
HASHED = HASHER.hash(PASSWORD)
NEW = "another battery staple"


@pytest.fixture
def client(emptied):
    return emptied


def jana(client):
    return wired(client).store.moderator("jana")


class TestLanguageZoneColours:
    def test_they_are_kept_and_told(self, client):
        visitor = signed_in(client)

        answer = visitor.post("/review/profile", data={"language": "sk", "zone": "Asia/Kolkata", "theme": "dark"})

        assert (answer.status_code, answer.headers["location"]) == (303, "/review/profile?done=saved")
        assert (jana(client).language, jana(client).zone) == ("sk", "Asia/Kolkata")
        page = visitor.get(answer.headers["location"])
        assert '<html lang="sk" dir="ltr" data-theme="dark">' in page.text
        assert 'value="Asia/Kolkata"' in page.text

    def test_times_are_those_of_the_zone(self, client):
        wired(client).now = lambda: "2026-11-30T22:00:00.000Z"
        visitor = signed_in(client)
        visitor.post("/review/profile", data={"zone": "Asia/Kolkata"})

        assert "2026-12-01 03:30" in visitor.get("/review/profile").text

    @pytest.mark.parametrize("zone", ["Mars/Base", "../../etc/passwd", "x" * 99, "Europe/", "\x01"])
    def test_a_zone_that_is_none_is_refused_and_shown_again(self, client, zone):
        answer = signed_in(client).post("/review/profile", data={"language": "sk", "zone": zone})

        assert answer.status_code == 422
        assert "There is no time zone of that name" in answer.text
        assert (jana(client).language, jana(client).zone) == ("", "")

    def test_unknown_choices_are_no_choices(self, client):
        visitor = signed_in(client)
        visitor.post("/review/profile", data={"language": "xx", "theme": "neon"})

        assert jana(client).language == ""
        assert 'data-theme="auto"' in visitor.get("/review/profile").text

    @pytest.mark.parametrize(
        ("zone", "shown"), [("Asia/Kolkata", "2026-12-01 03:30"), ("Mars/Base", "2026-11-30 22:00")]
    )
    def test_who_chose_none_reads_the_browsers_time(self, client, zone, shown):
        wired(client).now = lambda: "2026-11-30T22:00:00.000Z"
        visitor = signed_in(client)
        visitor.cookies.set("winnow-zone", zone)

        assert shown in visitor.get("/review/profile").text

    def test_what_does_not_change_is_not_written_down(self, client):
        visitor = signed_in(client)
        visitor.post("/review/profile", data={"theme": "dark"})

        assert [entry.act for entry in wired(client).store.audit_log(by="jana")] == ["sign-in"]


class TestPassword:
    @pytest.fixture
    def visitor(self, client):
        signed_in(client)
        wired(client).store.set_password("jana", HASHED, wired(client).now())
        return signed_in(client)

    def change(self, visitor, present=PASSWORD, new=NEW, again=NEW):
        fields = {"present_password": present, "password": new, "password_again": again}
        return visitor.post("/review/profile/password", data=fields)

    def test_it_is_changed_and_ends_all_other_sessions(self, client, visitor):
        elsewhere = signed_in(client)
        before = visitor.cookies["winnow"]

        answer = self.change(visitor)

        assert answer.headers["location"] == "/review/profile?done=password"
        assert "Everywhere else you are signed out" in visitor.get(answer.headers["location"]).text
        assert visitor.cookies["winnow"] != before
        assert elsewhere.get("/review/profile").status_code == 303
        store = wired(client).store
        assert store.session(before) is None
        assert HASHER.verify(store.password_hash("jana")[1], NEW)

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            pytest.param({"present": "wrong"}, "The present password is another one.", id="the-present-one"),
            pytest.param({"again": "something else"}, "not the same", id="mistyped"),
            pytest.param({"new": "short", "again": "short"}, "at least 10 characters", id="short"),
        ],
    )
    def test_it_stays_when_something_is_wrong(self, client, visitor, given, sentence):
        answer = self.change(visitor, **given)

        assert answer.status_code == 422
        assert sentence in answer.text
        assert wired(client).store.password_hash("jana") == ("jana", HASHED)
        assert visitor.get("/review/profile").status_code == 200

    def test_the_present_one_cannot_be_guessed_for_long(self, client, visitor):
        wired(client).now = lambda: "2026-11-30T10:00:00.000Z"
        visitor = signed_in(client)

        assert [self.change(visitor, present="wrong").status_code for _ in range(6)] == [422] * 5 + [429]


class TestKeys:
    def keys(self, **changes):
        from app.web.review.keys import SHIPPED

        return {f"key.{action}": changes.get(action, key) for action, key in SHIPPED.items()}

    def test_a_key_is_changed(self, client):
        visitor = signed_in(client)

        answer = visitor.post("/review/profile/keys", data={"on": "1", **self.keys(spam="d", ham="", next="ď")})

        assert answer.headers["location"] == "/review/profile?done=keys"
        assert jana(client).keys == {"on": True, "keys": {"spam": "d", "ham": "", "next": "ď"}}
        page = visitor.get("/review/profile").text
        assert "&#34;spam&#34;:&#34;d&#34;" in page

    def test_they_are_turned_off_and_on(self, client):
        visitor = signed_in(client)
        visitor.post("/review/profile/keys", data=self.keys())
        assert jana(client).keys == {"on": False, "keys": {}}

        visitor.post("/review/profile/keys", data={"on": "1", **self.keys()})
        assert jana(client).keys == {"on": True, "keys": {}}

    def test_they_are_as_shipped_again(self, client):
        visitor = signed_in(client)
        visitor.post("/review/profile/keys", data={"on": "1", **self.keys(spam="d")})

        answer = visitor.post("/review/profile/keys", data={"reset": "1", **self.keys(spam="d")})

        assert answer.headers["location"] == "/review/profile?done=reset"
        assert jana(client).keys is None

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            pytest.param({"spam": "a"}, "“Spam” and “Not spam” cannot have the same key", id="the-same"),
            pytest.param({"spam": "g"}, "“Spam” and “Go to the queue” cannot have the same key", id="begins-another"),
            pytest.param({"help": "F1"}, "“Show the keys” needs one character", id="a-word"),
            pytest.param({"help": "a b c"}, "“Show the keys” needs one character", id="three"),
        ],
    )
    def test_what_cannot_be_typed_apart_is_refused_and_shown_again(self, client, changes, sentence):
        answer = signed_in(client).post("/review/profile/keys", data={"on": "1", **self.keys(**changes)})

        assert answer.status_code == 422
        assert sentence in answer.text
        for action, key in changes.items():
            assert f'name="key.{action}" value="{key}"' in answer.text
        assert jana(client).keys is None


class TestSessions:
    def test_they_are_listed_and_this_one_is_marked(self, client):
        visitor = signed_in(client)
        signed_in(client)

        page = visitor.get("/review/profile").text

        assert page.count("Firefox") == 2
        assert page.count("this browser</span>") == 1
        assert page.count('action="/review/profile/end-session"') == 1

    def test_those_that_are_over_are_not(self, client):
        wired(client).now = lambda: "2026-11-30T10:00:00.000Z"
        signed_in(client)
        wired(client).now = lambda: "2026-12-02T10:00:00.000Z"

        assert signed_in(client).get("/review/profile").text.count("Firefox") == 1

    def test_one_is_ended(self, client):
        visitor, other = signed_in(client), signed_in(client)
        (hashed,) = (
            each.token_hash
            for each in wired(client).store.sessions_of("jana")
            if each.token_hash == wired(client).store.session(other.cookies["winnow"])[0].token_hash
        )

        visitor.post("/review/profile/end-session", data={"session": hashed[:16]})

        assert other.get("/review/profile").status_code == 303
        assert visitor.get("/review/profile").status_code == 200

    def test_nobody_ends_anothers(self, client):
        visitor, root = signed_in(client), signed_in(client, "root", "admin")
        (session,) = wired(client).store.sessions_of("root")

        visitor.post("/review/profile/end-session", data={"session": session.token_hash[:16]})

        assert root.get("/review/profile").status_code == 200

    def test_all_are_ended_this_one_too(self, client):
        visitor, other = signed_in(client), signed_in(client)

        answer = visitor.post("/review/profile/sign-out-everywhere")

        assert answer.headers["location"] == "/review/sign-in"
        assert wired(client).store.sessions_of("jana") == []
        assert other.get("/review/profile").status_code == 303


def test_the_name_is_on_every_page_and_nothing_of_others(client):
    signed_in(client, "root", "admin")
    page = signed_in(client, "věra", "viewer").get("/review/profile").text

    assert "<bdi>věra</bdi>" in page
    assert "root" not in page
    assert "/review/moderators" not in page
    assert browser(client).get("/review/sign-in").text.count("<nav") == 0
