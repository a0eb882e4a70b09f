"""Every attack in its short form; most of them go against one service."""

import re
import socket
import time
from collections.abc import Iterator

import pytest

from tests.attacks import held_bodies, noisy_site, raw_requests, slow_clients, telling_times
from tests.e2e.server import add_sites, serving
from tests.e2e.wire import connected, one_answer

SETTINGS = {"WINNOW_REQUEST_PATIENCE_S": "2", "WINNOW_MAX_CONNECTIONS": "400"}
"""So that what has to be waited for is soon over, and what is too many soon reached."""
ENDS_WITHIN_S = 12
"""With slow clients connected; requests in flight have ten."""
ASKED = b"GET /livez HTTP/1.1\r\nHost: a.example\r\n\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    home = tmp_path_factory.mktemp("attacked")
    keys = {"raw": raw_requests.KEY, "held": held_bodies.KEY, "slow": slow_clients.KEY}
    add_sites(home, {**keys, "own": telling_times.OWN, "other": telling_times.OTHER})
    with serving(home, settings=SETTINGS) as port:
        yield port


def test_each_request_that_nobody_should_send_is_answered_once_or_refused(port):
    outcome = raw_requests.against(port, long=False)

    assert outcome.is_met, outcome.measured


def test_unfinished_bodies_cost_little(port):
    outcome = held_bodies.against(port, long=False)

    assert outcome.is_met, outcome.measured


def test_slow_clients_are_gone_soon(port):
    outcome = slow_clients.against(port)

    assert outcome.is_met, outcome.measured


def test_more_connections_than_are_let_in_do_not_keep_others_out(port):
    silent = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(600)]
    with connected(port) as connection:
        answer = one_answer(connection, ASKED)
    for each in silent:
        each.close()

    assert answer.status == "HTTP/1.1 200 OK"


def test_of_many_requests_at_once_the_first_are_answered_in_order(port):
    paths = ["livez", *(f"problems/{n}" for n in range(30))]
    with connected(port) as connection:
        connection.sendall(b"".join(ASKED.replace(b"livez", path.encode()) for path in paths))
        received = b""
        while piece := connection.recv(65_536):
            received += piece

    assert re.findall(rb"HTTP/1\.1 (\d\d\d)", received) == [b"200", *[b"404"] * 8]


def test_times_tell_nothing(port):
    outcome = telling_times.against(port, long=False)

    assert outcome.is_met, outcome.measured


def test_a_noisy_site_is_held_back():
    outcome = noisy_site.run(long=False)

    assert outcome.is_met, outcome.measured


def test_the_service_ends_soon_though_slow_clients_are_there(tmp_path):
    with serving(tmp_path) as port:
        slow = [each for kind in slow_clients.sent_slowly(port).values() for each in kind]
        began = time.monotonic()
    took_s = time.monotonic() - began
    for each in slow:
        each.close()

    assert took_s < ENDS_WITHIN_S
