"""What the tests of webhooks share: receivers on loopback that say what they are told to, and stores with something decided."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic, sleep
from typing import Any, NamedTuple

import pytest

AT = "2026-11-22T10:00:00.000Z"
WITHIN_S = 15.0
"""Patience of the tests on a busy machine; nothing waits that long when all is well."""


class Call(NamedTuple):
    """One request that a receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """A CMS that listens. It answers 200, or as `answers` says, one after the other."""

    def __init__(self, port: int = 0, *answers: tuple[int, dict[str, str]]) -> None:
        self.calls: list[Call] = []
        self.answers = list(answers)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.calls.append(Call(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                status, headers = receiver.answers.pop(0) if receiver.answers else (200, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "4")
                self.end_headers()
                self.wfile.write(b"word")

            do_GET = do_POST  # noqa: N815 - the name is the server's

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def receive() -> Iterator[Callable[..., Receiver]]:
    """Starts receivers, which the end of the test stops."""
    running: list[Receiver] = []

    def start(*answers: tuple[int, dict[str, str]], port: int = 0) -> Receiver:
        running.append(Receiver(port, *answers))
        return running[-1]

    yield start
    for each in running:
        each.close()


def wait_for(condition: Callable[[], Any], within_s: float = WITHIN_S) -> Any:
    """What the condition gives once it is true; fails when that takes too long."""
    end = monotonic() + within_s
    while not (found := condition()):
        assert monotonic() < end, "It did not happen in time."
        sleep(0.01)
    return found
