"""The bytes of Akismet's protocol over a real socket: every capture of a real client, and the oldest clients' habits."""

import asyncio
import base64
import json
import socket

import pytest

from app.web.sample import SAMPLE_URL
from tests import akismet_load
from tests.e2e import server, wire

KEY, WORDPRESS_KEY = "123yourapike", "123yourapik0"
BASIC = {key: base64.b64encode(f"{key}:undefined".encode()).decode() for key in ("mykey", KEY)}
"""A key as the user name of an address, as npm akismet-api writes it."""
OURS = {
    "123YourAPIKey": "123YourAPIKe",  # it is one letter longer than ours may be
    "123yourapikey": KEY,
    "k.rest.akismet": f"{KEY}.rest.akismet",
    BASIC["mykey"]: BASIC[KEY],
}
CLOSES_WITHIN_S = 3.0
"""A server that waits for the next request on the same connection does so for 5 s."""
VALID, FLAGGED, PUBLISHED, EITHER = {b"valid"}, {b"true"}, {b"false"}, {b"true", b"false"}
INVALID, THANKS, REPORT = {b"invalid"}, {b"Thanks for making the web a better place."}, {b"{"}

CAPTURED = {request.name: request for request in wire.captures()}
EXPECTED = {
    "pypi-akismet-25.10.1 verify-key": VALID,
    "pypi-akismet-25.10.1 comment-check": EITHER,
    "pypi-akismet-25.10.1 key-sites": INVALID,  # this client forgets the key
    "pypi-akismet-25.10.1 usage-limit": REPORT,
    "pypi-akismet-1.1 verify-key": VALID,
    "pypi-akismet-1.1 comment-check": FLAGGED,
    "pypi-akismet-1.1 submit-spam": THANKS,
    "pypi-akismet-async-0.0.1 verify-key": VALID,
    "pypi-akismet-async-0.0.1 comment-check": FLAGGED,
    "npm-akismet-api-6.0.0 verify-key": VALID,
    "npm-akismet-api-6.0.0 comment-check": FLAGGED,
    "npm-akismet-api-6.0.0-at-an-address comment-check": INVALID,  # no key reaches us
    "npm-akismet-api-6.0.0-at-an-address comment-check 2": EITHER,
    "npm-akismet-2.0.7 verify-key": VALID,
    "npm-akismet-2.0.7 comment-check": FLAGGED,
    "npm-cedx-akismet-16.2.1 verify-key": VALID,
    "npm-cedx-akismet-16.2.1 comment-check": FLAGGED,
    "ruby-akismet-3.0.0 verify-key": VALID,
    "ruby-akismet-3.0.0 comment-check": FLAGGED,
    "ruby-akismet-3.0.0 submit-spam": THANKS,
    "perl-net-akismet-0.05 verify-key": VALID,
    "perl-net-akismet-0.05 comment-check": FLAGGED,
    "wordpress-akismet-5.0.2 verify-key": VALID,
    "wordpress-akismet-5.0.2 comment-check": EITHER,
    "old-php-socket-class comment-check": EITHER,
}
CHECKS = [name for name, answer in EXPECTED.items() if "comment-check" in name and answer != INVALID]


@pytest.fixture(scope="session")
def port(tmp_path_factory):
    """A service whose sites have the keys of the captures."""
    home = tmp_path_factory.mktemp("wire")
    server.add_sites(home, {"blog": KEY, "wordpress": WORDPRESS_KEY, "load": akismet_load.KEY})
    with server.serving(home) as listening:
        yield listening


def with_our_key(request):
    """Nothing else is changed."""
    for theirs, ours in OURS.items():
        request = request.with_replaced(theirs, ours)
    return request


def raw(body, *headers, path="/1.1/comment-check", version="1.1", host=f"{KEY}.rest.akismet.com"):
    lines = [f"POST {path} HTTP/{version}", f"Host: {host}", *headers, f"Content-Length: {len(body)}"]
    if not any(header.lower().startswith("content-type") for header in headers):
        lines.append("Content-Type: application/x-www-form-urlencoded")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def check_whole(answer, expected):
    """The literal body with its length, and Akismet's headers for trouble only where there is some."""
    assert answer.status == "HTTP/1.1 200 OK"
    if expected is REPORT:
        assert json.loads(answer.body)["usage"] >= 0
    else:
        assert answer.body in expected
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-length"] == str(len(answer.body))
    assert "transfer-encoding" not in answer.headers
    trouble = {f"x-akismet-{name}" for name in ("debug-help", "error", "alert-code", "alert-msg")}
    found = trouble & set(answer.headers)
    assert found == ({"x-akismet-debug-help"} if expected is INVALID else set())


def test_every_capture_has_its_answer_here():
    assert list(CAPTURED) == list(EXPECTED)
    for request in CAPTURED.values():
        assert request.told_length in (None, len(request.body))


@pytest.mark.parametrize("name", list(EXPECTED))
def test_a_captured_request_is_answered_in_full(port, name):
    request, expected = with_our_key(CAPTURED[name]), EXPECTED[name]
    if not request.wants_keep_alive:
        answer = wire.to_the_end(port, bytes(request))
        check_whole(answer, expected)
        assert answer.headers["connection"] == "close"
        assert answer.took_s < CLOSES_WITHIN_S
        return
    with wire.connected(port) as connection:
        for _ in range(2):  # the connection is good for another one
            answer = wire.one_answer(connection, bytes(request))
            check_whole(answer, expected)
            assert not answer.is_at_end


@pytest.mark.parametrize("path", ["submit-spam", "submit-ham"])
@pytest.mark.parametrize("name", CHECKS)
def test_the_same_fields_may_be_submitted(port, name, path):
    request = with_our_key(CAPTURED[name])
    head = request.head.replace(b"comment-check", path.encode())
    with wire.connected(port) as connection:
        answer = wire.one_answer(connection, head + b"\r\n\r\n" + request.body)

    check_whole(answer, THANKS)


@pytest.mark.parametrize("name", [name for name, answer in EXPECTED.items() if answer not in (INVALID, REPORT)])
def test_a_captured_request_with_the_key_of_nobody_is_refused_with_200(port, name):
    request = CAPTURED[name].with_replaced(BASIC["mykey"], "bm9ib2R5Og==")
    for theirs in ("123YourAPIKey", "123yourapikey", WORDPRESS_KEY):
        request = request.with_replaced(theirs, "nobodysnobod")
    with wire.connected(port) as connection:
        answer = wire.one_answer(connection, bytes(request))

    check_whole(answer, INVALID)


@pytest.mark.parametrize(
    "written", ["123yourapike", "123YOURAPIKE", "123YourAPIke"], ids=["lower-case", "upper-case", "mixed-case"]
)
@pytest.mark.parametrize("port_told", ["", ":443"], ids=["no-port", "port"])
def test_the_key_in_the_host_has_no_case(port, written, port_told):
    host = f"{written}.Rest.Akismet.COM{port_told}"

    assert wire.to_the_end(port, raw(b"comment_author=viagra-test-123", host=host)).body == b"true"


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize(
    "path",
    [
        "verify-key",
        "comment-check",
        "submit-spam",
        "submit-ham",
        "deactivate",
        "get-stats",
        "get-subscription",
        "token",
    ],
)
def test_who_reads_to_the_end_waits_for_nothing(port, path, version):
    answer = wire.to_the_end(port, raw(f"key={KEY}&comment_content=y&".encode(), path=f"/1.1/{path}", version=version))

    assert answer.status.startswith("HTTP/1.1 200")
    assert answer.took_s < CLOSES_WITHIN_S
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert "transfer-encoding" not in answer.headers


def test_the_refusal_of_a_key_does_not_keep_the_old_ones_waiting_either(port):
    answer = wire.to_the_end(port, raw(b"key=nobodysnobod&", path="/1.1/verify-key", host="rest.akismet.com"))

    check_whole(answer, INVALID)
    assert answer.took_s < CLOSES_WITHIN_S


def test_who_asks_first_whether_to_go_on_is_told_to(port):
    """PHP with curl does so before a long comment."""
    body = b"comment_author=viagra-test-123&comment_content=" + b"x" * 2_000
    head, _, _ = raw(body, "Expect: 100-continue").partition(b"\r\n\r\n")
    with wire.connected(port) as connection:
        connection.sendall(head + b"\r\n\r\n")
        assert connection.recv(1_024) == b"HTTP/1.1 100 Continue\r\n\r\n"
        answer = wire.one_answer(connection, body)

    check_whole(answer, FLAGGED)


def test_a_request_that_comes_in_small_pieces(port):
    request = raw(b"comment_author=viagra-test-123&comment_content=Ahoj")
    with wire.connected(port) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(request) - 7, 7):
            connection.sendall(request[at : at + 7])
        answer = wire.one_answer(connection, request[(len(request) - 1) // 7 * 7 :])

    check_whole(answer, FLAGGED)


def test_the_sample_is_flagged_and_says_why_beside_the_word(port):
    answer = wire.to_the_end(port, raw(b"comment_content=" + SAMPLE_URL.encode()))

    check_whole(answer, FLAGGED)
    assert 0.5 < float(answer.headers["x-spam-score"]) <= 1
    assert answer.headers["x-spam-reasons"]
    assert answer.headers["x-akismet-guid"]


def test_headers_of_an_answer_stay_small_and_plain(port):
    """Proxies allow 4 to 8 KB for all of them."""
    answer = wire.to_the_end(port, raw((f"comment_content={SAMPLE_URL}%0A" * 60).encode()))

    assert answer.body == b"true"
    assert sum(len(name) + len(value) + 4 for name, value in answer.headers.items()) < 2_000
    assert all(value.isascii() for value in answer.headers.values())


def test_sixteen_clients_at_once_get_their_words(port):
    """A bound that a busy machine keeps too; `python -m tests.akismet_load` measures."""
    measured = asyncio.run(akismet_load.measure(port, clients=16, seconds=1))

    assert measured.wrong == []
    assert measured.at(0.5) < akismet_load.PATIENCE_S * 1_000
