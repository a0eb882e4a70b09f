"""Raw HTTP over a socket, as old clients speak it: what was sent, byte for byte, and what came back, byte for byte."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CAPTURES = Path(__file__).parent / "captures" / "akismet.http.txt"
PATIENCE_S = 20
_LENGTH = re.compile(rb"(?i)(content-length: )\d+")


@dataclass(frozen=True, slots=True)
class Request:
    """A request as bytes."""

    name: str
    head: bytes
    """Up to the empty line, without it."""
    body: bytes

    def __bytes__(self) -> bytes:
        return self.head + b"\r\n\r\n" + self.body

    def with_replaced(self, old: str, new: str) -> "Request":
        """Other words in head and body; its length is told anew if it told one."""
        head, body = (part.replace(old.encode(), new.encode()) for part in (self.head, self.body))
        return Request(self.name, _LENGTH.sub(rb"\g<1>%d" % len(body), head), body)

    @property
    def wants_keep_alive(self) -> bool:
        """Whether it says so itself; in HTTP/1.1 silence means the same, but to these clients it does not."""
        return b"connection: keep-alive" in self.head.lower()

    @property
    def told_length(self) -> int | None:
        """Its Content-Length."""
        found = _LENGTH.search(self.head)
        return int(found.group().rpartition(b" ")[2]) if found else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one request."""

    status: str
    """The first line."""
    headers: dict[str, str]
    """By name in lower case."""
    body: bytes
    is_at_end: bool
    """Whether the connection was closed after it."""
    took_s: float


def captures() -> Iterator[Request]:
    """Every request of the captures, in order."""
    text = CAPTURES.read_text(encoding="utf-8").partition("\n\n")[2]
    for section in text.split("### ")[1:]:
        name, _, request = section.partition("\n")
        head, _, body = request.strip("\n").partition("\n\n")
        yield Request(name, head.replace("\n", "\r\n").encode(), body.replace("\n", "").encode())


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """A connection to the service."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        yield connection


def to_the_end(port: int, request: bytes) -> Answer:
    """Send it and read until the other side closes, as the old socket classes do."""
    with connected(port) as connection:
        began = time.monotonic()
        connection.sendall(request)
        received = b""
        while piece := connection.recv(65_536):
            received += piece
        return _answer(received, True, time.monotonic() - began)


def one_answer(connection: socket.socket, request: bytes) -> Answer:
    """Send it and read as much as Content-Length says; the connection stays open."""
    began = time.monotonic()
    connection.sendall(request)
    received = b""
    while not (b"\r\n\r\n" in received and _is_whole(received)):
        piece = connection.recv(65_536)
        if not piece:
            return _answer(received, True, time.monotonic() - began)
        received += piece
    return _answer(received, False, time.monotonic() - began)


def _is_whole(received: bytes) -> bool:
    head, _, body = received.partition(b"\r\n\r\n")
    found = _LENGTH.search(head)
    return bool(found) and len(body) >= int(found.group().rpartition(b" ")[2])


def _answer(received: bytes, is_at_end: bool, took_s: float) -> Answer:
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(status, headers, body, is_at_end, took_s)
