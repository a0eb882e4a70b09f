"""Signing in and out, through the whole application."""

from urllib.parse import parse_qs, urlsplit

import pytest
from argon2 import PasswordHasher, extract_parameters

from app.store.accounts import Session, token_hash
from app.web.review.passwords import HASHER, NOBODYS
from tests.web.conftest import wired
from tests.web.review.conftest import ORIGIN, browser, hidden, signed_in

PASSWORD = "correct horse battery"
HASHED = HASHER.hash(PASSWORD)
NOW = "2026-11-30T10:00:00.000Z"
JSON = {"Accept": "application/json"}
ACT = {"language": "sk", "zone": "Europe/Bratislava", "note": 'two\nlines & "quotes" <b>', "ids": ["c_1", "c_2"]}


@pytest.fixture
def client(emptied):
    return emptied


@pytest.fixture
def jana(client):
    """A browser of somebody who has a password and is not signed in."""
    store = wired(client).store
    store.add_moderator("jana", "moderator", NOW)
    store.set_password("jana", HASHED, NOW)
    return browser(client)


def sending(visitor, headers):
    """The same browser, whose requests carry these headers; None takes one away."""
    for name, value in headers.items():
        visitor.headers.pop(name, None)
        if value is not None:
            visitor.headers[name] = value
    return visitor


def sign_in(visitor, name="jana", password=PASSWORD, **others):
    headers = others.pop("headers", {})
    return visitor.post("/review/sign-in", data={"name": name, "password": password, **others}, headers=headers)


class TestSignIn:
    @pytest.mark.parametrize("name", ["jana", "Jana", " JANA "])
    def test_name_and_password_open_the_pages(self, jana, name):
        answer = sign_in(jana, name)

        assert (answer.status_code, answer.headers["location"]) == (303, "/review")
        assert jana.get("/review/profile").status_code == 200

    @pytest.mark.parametrize(
        ("name", "password"),
        [
            pytest.param("jana", "correct horse", id="a-prefix"),
            pytest.param("jana", PASSWORD.upper(), id="other-capitals"),
            pytest.param("jana", PASSWORD + " ", id="a-blank-more"),
            pytest.param("jana", "", id="nothing"),
            pytest.param("jana", "x" * 100_000, id="very-long"),
            pytest.param("nobody", PASSWORD, id="nobodys-name"),
            pytest.param("", "", id="no-name"),
            pytest.param("jana\x00", "\x00", id="NUL"),
            pytest.param("x" * 5_000, PASSWORD, id="a-very-long-name"),
        ],
    )
    def test_anything_else_does_not_and_never_tells_whether_the_name_is_there(self, jana, name, password):
        answer = sign_in(jana, name, password)

        assert answer.status_code == 401
        assert "Name and password do not fit." in answer.text
        assert not jana.cookies

    def test_an_accent_counts_the_same_however_the_keyboard_sends_it(self, client, jana):
        wired(client).store.set_password("jana", HASHER.hash("très sûr, ça"), NOW)

        assert sign_in(jana, password="tre\u0300s su\u0302r, c\u0327a").status_code == 303

    def test_who_has_no_password_yet_cannot_sign_in(self, client, jana):
        wired(client).store.add_moderator("new", "admin", NOW)

        assert sign_in(jana, "new", "").status_code == 401

    def test_who_is_disabled_cannot_sign_in(self, client, jana):
        wired(client).store.disable("jana", NOW)

        assert sign_in(jana).status_code == 401

    def test_a_failure_keeps_the_name_and_never_the_password(self, jana):
        answer = sign_in(jana, "jana", "my secret password")

        assert 'value="jana"' in answer.text
        assert "my secret password" not in answer.text

    def test_a_hash_with_other_parameters_is_made_anew(self, client, jana):
        store = wired(client).store
        store.set_password("jana", PasswordHasher(time_cost=1, memory_cost=8 * 1024).hash(PASSWORD), NOW)

        assert sign_in(jana).status_code == 303
        _, hashed = store.password_hash("jana")
        assert extract_parameters(hashed) == extract_parameters(HASHED)
        assert sign_in(browser(client)).status_code == 303

    def test_who_is_nobody_is_checked_as_thoroughly_as_somebody(self):
        parameters = extract_parameters(NOBODYS)

        assert parameters == extract_parameters(HASHED)
        assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19 * 1024, 2, 1)

    def test_who_is_signed_in_is_not_asked_again(self, client):
        visitor = signed_in(client)

        assert visitor.get("/review/sign-in?next=/review/audit").headers["location"] == "/review/audit"

    def test_it_is_written_down(self, client, jana):
        sign_in(jana)

        assert [entry.act for entry in wired(client).store.audit_log(by="jana")] == ["sign-in", "password"]


class TestTheCookie:
    def test_over_plain_http(self, jana):
        cookie = sign_in(jana).headers["set-cookie"]

        assert cookie.startswith("winnow=")
        assert {"HttpOnly", "Path=/", "SameSite=lax", "Max-Age=2592000"} <= set(cookie.split("; "))
        assert "Secure" not in cookie
        assert "Domain" not in cookie

    def test_over_https(self, make_client):
        client = make_client(public_url="https://Winnow.example/")
        store = wired(client).store
        store.add_moderator("jana", "moderator", NOW)
        store.set_password("jana", HASHED, NOW)
        visitor = browser(client)
        visitor.headers["Origin"] = "https://winnow.example"

        cookie = sign_in(visitor).headers["set-cookie"]

        assert cookie.startswith("__Host-winnow=")
        assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} <= set(cookie.split("; "))
        assert "Domain" not in cookie

    def test_each_sign_in_has_a_token_of_its_own_whatever_the_browser_brought(self, client, jana):
        jana.cookies.set("winnow", "a token that somebody planted")
        sign_in(jana)
        (first,) = {each.value for each in jana.cookies.jar if "planted" not in each.value}

        assert len(first) == 43
        assert wired(client).store.session(first)[1].name == "jana"
        assert wired(client).store.session("a token that somebody planted") is None

    def test_signing_in_again_ends_the_browsers_earlier_session(self, client, jana):
        sign_in(jana)
        first = jana.cookies["winnow"]
        sign_in(jana)

        assert jana.cookies["winnow"] != first
        assert wired(client).store.session(first) is None

    def test_the_database_does_not_hold_the_token(self, client, jana):
        sign_in(jana)
        token = jana.cookies["winnow"]

        (session,) = wired(client).store.sessions_of("jana")
        assert session.token_hash == token_hash(token) != token

    def test_signing_out_ends_the_session_and_the_cookie(self, client, jana):
        sign_in(jana)
        token = jana.cookies["winnow"]
        csrf = hidden(jana.get("/review/profile").text)["csrf"]

        answer = jana.post("/review/sign-out", data={"csrf": csrf})

        assert (answer.status_code, answer.headers["location"]) == (303, "/review/sign-in")
        assert "Max-Age=0" in answer.headers["set-cookie"]
        assert wired(client).store.session(token) is None
        assert jana.get("/review/profile").status_code == 303


class TestThrottling:
    def fail(self, visitor, times, name="jana"):
        return [sign_in(visitor, name, "wrong").status_code for _ in range(times)]

    def test_after_five_failures_the_right_password_has_to_wait_too(self, client, jana):
        wired(client).now = lambda: NOW
        assert self.fail(jana, 5) == [401] * 5

        answer = sign_in(jana)

        assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")
        assert "Too many failed sign-ins. Try again in 5 seconds." in answer.text
        wired(client).now = lambda: "2026-11-30T10:00:05.000Z"
        assert sign_in(jana).status_code == 303

    def test_a_name_that_nobody_has_waits_as_long(self, client, jana):
        wired(client).now = lambda: NOW
        self.fail(jana, 5, "nobody")

        assert sign_in(jana, "nobody").status_code == 429

    def test_long_waits_are_told_in_minutes(self, client, jana):
        wired(client).now = lambda: NOW
        store = wired(client).store
        for minute in range(20):
            store.try_sign_in("jana", "", f"2026-11-30T09:{minute * 2:02}:00.000Z")
        store.try_sign_in("jana", "", "2026-11-30T09:59:00.000Z")

        answer = sign_in(jana)

        assert answer.status_code == 429
        assert "Try again in" in answer.text
        assert "minutes" in answer.text

    def test_one_network_has_twenty_attempts_and_others_are_not_harmed(self, client, jana):
        wired(client).now = lambda: NOW
        for number in range(20):
            wired(client).store.try_sign_in(f"name {number}", "203.0.113.0/24", NOW)

        assert sign_in(jana).status_code == 429
        elsewhere = browser(client, address="198.51.100.7")
        assert sign_in(elsewhere).status_code == 303

    def test_behind_a_proxy_its_last_word_tells_the_network(self, client, jana):
        wired(client).now = lambda: NOW
        for number in range(20):
            wired(client).store.try_sign_in(f"name {number}", "203.0.113.0/24", NOW)
        by_proxy = browser(client, address="127.0.0.1")

        told = "198.51.100.7, 203.0.113.9"
        assert sign_in(by_proxy, headers={"X-Forwarded-For": told}).status_code == 429
        assert sign_in(by_proxy, headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}).status_code == 303

    def test_who_comes_without_a_proxy_cannot_make_up_a_network(self, client, jana):
        wired(client).now = lambda: NOW
        for number in range(20):
            wired(client).store.try_sign_in(f"name {number}", "203.0.113.0/24", NOW)

        assert sign_in(jana, headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 429

    def test_strangers_cannot_lock_out_a_browser_that_is_known(self, client, jana):
        wired(client).now = lambda: NOW
        known = signed_in(client)
        wired(client).now = lambda: "2026-12-02T10:00:00.000Z"  # that session is over
        assert known.get("/review/profile").status_code == 303
        stranger = browser(client, address="198.51.100.7")
        self.fail(stranger, 5)

        assert sign_in(stranger).status_code == 429
        assert sign_in(known).status_code == 303


class TestOrigin:
    """A form is taken from our own pages alone."""

    @pytest.mark.parametrize(
        "headers",
        [
            pytest.param({"Origin": "https://evil.example"}, id="another-host"),
            pytest.param({"Origin": "http://testserver:8000"}, id="another-port"),
            pytest.param({"Origin": "http://testserver.evil.example"}, id="our-name-in-front"),
            pytest.param({"Origin": "http://eviltestserver"}, id="our-name-behind"),
            pytest.param({"Origin": "null"}, id="null"),
            pytest.param({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, id="a-sandbox"),
            pytest.param({"Origin": ""}, id="empty"),
            pytest.param({"Origin": "http://"}, id="no-host"),
            pytest.param({"Origin": "http://[::1"}, id="broken"),
            pytest.param({"Origin": "file://testserver"}, id="a-file"),
            pytest.param({"Origin": None}, id="nothing-at-all"),
            pytest.param({"Origin": None, "Sec-Fetch-Site": "cross-site"}, id="cross-site"),
            pytest.param({"Origin": None, "Sec-Fetch-Site": "same-site"}, id="a-sister"),
            pytest.param({"Origin": None, "Sec-Fetch-Site": "none"}, id="typed-in"),
            pytest.param({"Origin": None, "Referer": "https://evil.example/testserver"}, id="referer-elsewhere"),
            pytest.param(
                {"Origin": None, "Sec-Fetch-Site": "cross-site", "Referer": ORIGIN}, id="referer-that-does-not-count"
            ),
        ],
    )
    def test_a_strangers_form_is_refused_and_changes_nothing(self, client, headers):
        visitor = sending(signed_in(client, "root", "admin"), headers)
        before = len(wired(client).store.audit_log())

        for path in ("/review/sign-in", "/review/sign-out", "/review/profile", "/review/set-up/x"):
            answer = visitor.post(path, data={"name": "jana", "password": PASSWORD, "language": "sk"})
            assert answer.status_code == 403
            assert "another site" in answer.text
            assert "set-cookie" not in answer.headers
        assert len(wired(client).store.audit_log()) == before

    @pytest.mark.parametrize(
        "headers",
        [
            pytest.param({"Origin": ORIGIN}, id="origin"),
            pytest.param({"Origin": "HTTP://TestServer"}, id="capitals"),
            pytest.param({"Origin": None, "Sec-Fetch-Site": "same-origin"}, id="fetch-metadata"),
            pytest.param({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, id="origin-hidden"),
            pytest.param({"Origin": None, "Referer": f"{ORIGIN}/review/profile"}, id="referer"),
        ],
    )
    def test_ours_is_taken(self, client, headers):
        visitor = sending(signed_in(client, "root", "admin"), headers)

        assert visitor.post("/review/profile", data={"language": "sk"}).status_code == 303

    def test_with_a_public_address_it_is_that_one_whatever_host_was_asked(self, make_client):
        visitor = browser(make_client(public_url="https://winnow.example"))
        origins = {
            "https://winnow.example": 401,
            "https://winnow.example:443": 403,
            "http://winnow.example": 403,
            "https://winnow.example:8443": 403,
            "http://testserver": 403,
        }

        assert {each: sign_in(visitor, headers={"Origin": each}).status_code for each in origins} == origins

    def test_the_module_is_told_by_a_problem(self, client):
        answer = browser(client).post(
            "/review/sign-in", headers={"Origin": "https://evil.example", "Accept": "application/json"}
        )

        assert (answer.status_code, answer.json()["code"]) == (403, "origin-foreign")


class TestWhereItLeads:
    @pytest.mark.parametrize(
        "address",
        [
            "/review",
            "/review/audit",
            "/review?tab=spam&q=site%3Ablog%20%22a%20b%22",
            "/review/domains/casino.example",
            "/review/c_01JD8ZK3V7Q4",
        ],
    )
    def test_to_where_one_wanted_to_go(self, jana, address):
        asked = jana.get(address)

        assert asked.status_code == 303
        query = parse_qs(urlsplit(asked.headers["location"]).query)
        assert query == ({"next": [address]} if address != "/review" else {})
        assert hidden(jana.get(asked.headers["location"]).text).get("next", "/review") == address

        assert sign_in(jana, next=address).headers["location"] == address

    @pytest.mark.parametrize(
        "address",
        [
            "https://evil.example/review",
            "//evil.example/review",
            "/\\evil.example/review",
            "\\\\evil.example",
            "/review.evil.example",
            "/reviews",
            "/review/../../classify",
            "/review/%2e%2e/classify",
            "/review/%2E./x",
            "/review//evil.example",
            "/review/%2f%2fevil.example",
            "/review\r\nSet-Cookie: a=b",
            "/review?a=b\r\nX: y",
            "javascript:alert(1)",
            "/review#@evil.example",
            "/review@evil.example",
            " /review/audit",
            "/review/" + "a" * 3_000,
            "",
        ],
    )
    def test_never_elsewhere(self, jana, address):
        answer = sign_in(jana, next=address)

        assert (answer.status_code, answer.headers["location"]) == (303, "/review")

    def test_the_sign_in_page_does_not_carry_it_either(self, jana):
        page = jana.get("/review/sign-in", params={"next": "//evil.example"}).text

        assert hidden(page)["next"] == "/review"


class TestForTheModule:
    def test_it_signs_in_and_gets_what_the_next_form_must_carry(self, client, jana):
        answer = sign_in(jana, headers=JSON)

        assert answer.status_code == 200
        assert answer.json()["name"] == "jana"
        kept = jana.post("/review/profile", data={"language": "sk"}, headers={"X-CSRF-Token": answer.json()["csrf"]})
        assert kept.status_code == 303
        assert wired(client).store.moderator("jana").language == "sk"

    def test_it_is_told_what_is_wrong(self, client, jana):
        wired(client).now = lambda: NOW
        codes = [sign_in(jana, password="wrong", headers=JSON).json()["code"] for _ in range(6)]

        assert codes == ["sign-in-wrong"] * 5 + ["sign-in-throttled"]

    def test_it_can_ask_who_is_signed_in(self, client):
        nobody, somebody = browser(client), signed_in(client)

        assert nobody.get("/review/sign-in", headers=JSON).json()["code"] == "sign-in-needed"
        assert somebody.get("/review/sign-in", headers=JSON).json() == {
            "name": "jana",
            "csrf": somebody.headers["X-CSRF-Token"],
        }

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_without_a_session_it_gets_a_problem_and_no_page(self, client, method):
        answer = getattr(browser(client), method)("/review/profile", headers=JSON)

        assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-needed")

    def test_with_a_form_of_an_earlier_session_it_learns_the_new_token(self, client):
        visitor = signed_in(client)
        csrf = visitor.headers.pop("X-CSRF-Token")

        answer = visitor.post("/review/profile", headers=JSON)

        assert answer.status_code == 401
        assert {"code": "sign-in-needed", "name": "jana", "csrf": csrf}.items() <= answer.json().items()


class TestNothingIsLost:
    def test_a_form_that_comes_too_late_is_done_after_signing_in(self, client, jana):
        asked = jana.post("/review/profile", data={**ACT, "csrf": "old"})
        assert asked.status_code == 401
        assert "Nothing is lost" in asked.text

        answer = jana.post("/review/sign-in", data={**hidden(asked.text), "name": "jana", "password": PASSWORD})
        assert answer.status_code == 200
        assert "You are signed in again" in answer.text
        assert 'action="/review/profile"' in answer.text
        kept = hidden(answer.text, "/review/profile")
        assert kept.pop("csrf") != "old"
        assert kept == ACT
        assert wired(client).store.moderator("jana").language == ""

        done = jana.post("/review/profile", data=hidden(answer.text, "/review/profile"))
        assert done.status_code == 303
        assert wired(client).store.moderator("jana").zone == "Europe/Bratislava"

    def test_it_outlives_a_wrong_password(self, jana):
        asked = jana.post("/review/profile", data=ACT)
        again = jana.post("/review/sign-in", data={**hidden(asked.text), "name": "jana", "password": "wrong"})

        assert hidden(again.text) == hidden(asked.text) | {"next": "/review"}

    def test_a_form_of_an_earlier_session_is_shown_with_one_button(self, client):
        visitor = signed_in(client)
        csrf = visitor.headers.pop("X-CSRF-Token")

        answer = visitor.post("/review/profile", data={**ACT, "csrf": "of an earlier session"})

        assert answer.status_code == 403
        assert hidden(answer.text, "/review/profile") == {**ACT, "csrf": csrf}
        assert wired(client).store.moderator("jana").language == ""

    @pytest.mark.parametrize("name", ["password", "password_again", "present_password", "csrf"])
    def test_passwords_are_never_repeated(self, jana, name):
        page = jana.post("/review/profile/password", data={name: "hush hush", "other": "kept"}).text

        assert "hush hush" not in page
        assert 'value="kept"' in page

    @pytest.mark.parametrize(
        "path",
        [
            "https://evil.example/review/decide",
            "//evil.example",
            "/review/sign-out",
            "/review/sign-in",
            "/review/set-up/x",
            "/classify",
            "/review/../classify",
            'javascript:alert("x")',
            "",
        ],
    )
    def test_no_other_address_is_ever_posted_to(self, jana, path):
        answer = jana.post("/review/sign-in", data={"name": "jana", "password": PASSWORD, "act": path, "act.x": "y"})

        assert (answer.status_code, answer.headers["location"]) == (303, "/review")

    def test_a_sign_out_that_comes_too_late_is_no_act_to_repeat(self, jana):
        answer = jana.post("/review/sign-out")

        assert answer.status_code == 401
        assert "Nothing is lost" not in answer.text


class TestSessionsEnd:
    def at(self, client, now):
        wired(client).now = lambda: now

    def test_after_twelve_hours_without_a_page(self, client):
        self.at(client, NOW)
        visitor = signed_in(client)
        self.at(client, "2026-11-30T21:59:59.999Z")
        assert visitor.get("/review/profile").status_code == 200  # which counts as use
        self.at(client, "2026-12-01T09:59:00.000Z")
        assert visitor.get("/review/profile").status_code == 200
        self.at(client, "2026-12-01T21:59:00.000Z")
        assert visitor.get("/review/profile").status_code == 303

    def test_after_thirty_days_however_much_it_is_used(self, client):
        self.at(client, NOW)
        visitor = signed_in(client)
        store = wired(client).store
        (session,) = store.sessions_of("jana")
        store.touch_session(session, "2026-12-30T09:59:00.000Z")
        self.at(client, "2026-12-30T09:59:59.000Z")
        assert visitor.get("/review/profile").status_code == 200
        self.at(client, "2026-12-30T10:00:00.000Z")
        assert visitor.get("/review/profile").status_code == 303

    def test_as_the_operator_says(self, make_client):
        client = make_client(session_idle_hours=1, session_days=1)
        self.at(client, NOW)
        visitor = signed_in(client)
        self.at(client, "2026-11-30T11:00:00.000Z")

        assert visitor.get("/review/profile").status_code == 303

    def test_a_use_is_written_down_once_a_minute(self, client):
        self.at(client, NOW)
        visitor = signed_in(client)
        seen = []
        for now in ("2026-11-30T10:00:59.000Z", "2026-11-30T10:01:00.000Z", "2026-11-30T10:01:30.000Z"):
            self.at(client, now)
            visitor.get("/review/profile")
            seen.append(wired(client).store.sessions_of("jana")[0].last_at)

        assert seen == [NOW, "2026-11-30T10:01:00.000Z", "2026-11-30T10:01:00.000Z"]

    def test_at_once_for_who_is_disabled(self, client):
        visitor = signed_in(client)
        wired(client).store.disable("jana", wired(client).now())

        assert visitor.get("/review/profile").status_code == 303

    @pytest.mark.parametrize("token", ["", "x", "a" * 43, token_hash("t"), "ž" * 43])
    def test_a_made_up_cookie_opens_nothing(self, client, token):
        signed_in(client)
        wired(client).store.add_session(Session(token_hash("t"), "jana", NOW, NOW, ""))
        visitor = browser(client)

        answer = visitor.get("/review/profile", headers={"Cookie": f"winnow={token}".encode()})

        assert answer.status_code == 303
