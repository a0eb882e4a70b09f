"""One message to one receiver: a single POST to the very address that was checked, in bounded time and memory."""

import io
import os
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from http.client import HTTPException, HTTPResponse
from time import monotonic
from typing import Any, NamedTuple

from app.core.addresses import Target, checked, target_of
from app.errors import AddressRefused
from app.hooks.resolving import resolve

TIMEOUT_S = 10.0
"""For everything: name, connection, TLS, sending, answer."""
MAX_ANSWER_BYTES = 65_536

Resolve = Callable[[str, int, float], Sequence[str]]
"""Host, port and seconds -> addresses; as `resolving.resolve`."""


class Answer(NamedTuple):
    """What the receiver said. Its words are read, so that it can finish, and forgotten."""

    status: int | None
    """None when there was no answer."""
    error: str
    """Why it was not delivered, as a sentence; empty when it was."""
    retry_after: str = ""
    """The header, as sent."""


class Sender:
    """Sends; follows no redirect, asks no proxy, keeps no connection. Safe for all threads."""

    def __init__(
        self,
        timeout_s: float = TIMEOUT_S,
        resolver: Resolve = resolve,
        trusted: Callable[[], ssl.SSLContext] = cache(ssl.create_default_context),  # noqa: B008 - read once, when needed
    ) -> None:
        self._timeout_s = timeout_s
        self._resolve = resolver
        self._trusted = trusted

    def send(self, url: str, allow_private: bool, body: bytes, headers: Mapping[str, str]) -> Answer:
        """POST `body` as JSON; whatever goes wrong is an Answer."""
        clock = _Clock(self._timeout_s)
        try:
            target = target_of(url, allow_private=allow_private)
            addresses = self._resolve(target.host, target.port, clock.left())
            addresses = checked(target, addresses, allow_private=allow_private)
            with self._connected(target, addresses, clock) as connection:
                connection.settimeout(clock.left())
                connection.sendall(_request(target, body, headers))
                return _answer(connection, clock)
        except AddressRefused as error:
            return Answer(None, error.what)
        except (OSError, HTTPException, ValueError) as error:
            return Answer(None, self._sentence(error))

    def _connected(self, target: Target, addresses: Sequence[str], clock: "_Clock") -> socket.socket:
        failure: OSError = TimeoutError()
        for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
            try:
                plain = socket.create_connection((address, target.port), clock.left() / left)
            except OSError as error:
                failure = error
                continue
            if not target.is_tls:
                return plain
            try:
                plain.settimeout(clock.left())
                return self._trusted().wrap_socket(plain, server_hostname=target.host)
            except BaseException:
                plain.close()
                raise
        raise failure

    def _sentence(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"There was no answer within {self._timeout_s:g} seconds."
        if isinstance(error, socket.gaierror):
            return "The name has no address."
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"Its certificate is not to be trusted: {error.verify_message}."
        if isinstance(error, ssl.SSLError):
            return "It does not speak TLS as it should."
        if isinstance(error, OSError) and error.errno:
            return f"It cannot be reached: {os.strerror(error.errno)}."
        return "Its answer is not HTTP."


class _Clock:
    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Seconds until the end. Raises TimeoutError when there are none."""
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Bounded(io.RawIOBase):
    """Reads until the time or MAX_ANSWER_BYTES are over: a limit for each read alone could be dripped past."""

    def __init__(self, connection: socket.socket, clock: _Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._left = MAX_ANSWER_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        self._connection.settimeout(self._clock.left())
        count = self._connection.recv_into(memoryview(into)[: self._left]) if self._left else 0
        self._left -= count
        return count

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What HTTPResponse asks a socket for."""
        return io.BufferedReader(self)


def _request(target: Target, body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = {
        "Host": target.authority,
        "User-Agent": "Winnow",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {target.path} HTTP/1.1\r\n{head}\r\n".encode("ascii") + body


def _answer(connection: socket.socket, clock: _Clock) -> Answer:
    response = HTTPResponse(_Bounded(connection, clock), method="POST")  # type: ignore[arg-type]
    response.begin()
    status = response.status
    with suppress(OSError, HTTPException, ValueError):  # its status is what counts
        response.read()  # some receivers stop their work when the caller leaves before they have spoken
    if 200 <= status < 300:
        return Answer(status, "")
    if 300 <= status < 400:
        return Answer(status, f"It answered {status}; redirects are not followed.")
    return Answer(status, f"It answered {status}.", response.headers.get("Retry-After", ""))
