"""Requests as nobody should send them, byte for byte: each is answered once, or refused and the connection closed."""

import re
import socket
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.server import add_sites, serving
from tests.figures import Outcome

AIM = (
    "every request of the table gets exactly one answer, the right one, within 100 ms, or 400 and the connection closed"
)
KEY = "rawrawrawraw"
QUIET_S = 0.25
"""After an answer this long nothing more may come."""
PATIENCE_S = 5.0
WITHIN_S = 0.1
SMUGGLED = b"GET /livez HTTP/1.1\r\nHost: smuggled\r\n\r\n"
COMMENT = b'{"text": "Thanks, that helped.", "check_only": true}'
_STATUS = re.compile(rb"HTTP/1\.1 ([2-5]\d\d) ")


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that somebody may send."""

    name: str
    sent: bytes | Callable[[], bytes]
    status: int
    closes: bool = False
    says: bytes = b""
    """That must stand in the answer."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came back."""

    statuses: list[int]
    is_closed: bool
    received: bytes
    took_s: float


def asked(*headers: str, line: str = "GET /livez HTTP/1.1", body: bytes = b"", host: str = "Host: a.example") -> bytes:
    """A request; without `host` it has none."""
    lines = [line, *([host] if host else []), *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def posted(*headers: str, body: bytes = COMMENT, host: str = "Host: a.example", path: str = "/classify") -> bytes:
    """A comment with its key; its length only where `headers` tell it."""
    key = f"Authorization: Bearer {KEY}"
    return asked(key, *headers, line=f"POST {path} HTTP/1.1", body=body, host=host)


LENGTH = f"Content-Length: {len(COMMENT)}"
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(COMMENT), COMMENT)
CASES = [
    Case("a plain request", asked(), 200),
    Case("a comment", posted(LENGTH), 200),
    Case("a comment in a chunk", posted("Transfer-Encoding: chunked", body=CHUNKED), 200),
    # two lengths
    Case("CL and TE", posted(LENGTH, "Transfer-Encoding: chunked", body=CHUNKED + SMUGGLED), 400, True),
    Case("TE and CL", posted("Transfer-Encoding: chunked", LENGTH, body=CHUNKED + SMUGGLED), 400, True),
    Case("two CLs that differ", posted("Content-Length: 0", LENGTH, body=SMUGGLED), 400, True),
    Case("two CLs that agree", posted(LENGTH, LENGTH), 400, True),
    Case("CL as a list", posted(f"{LENGTH}, {len(COMMENT)}"), 400, True),
    Case("CL with a sign", posted("Content-Length: +52"), 400, True),
    Case("CL below zero", posted("Content-Length: -1"), 400, True),
    Case("CL in hexadecimal", posted("Content-Length: 0x34"), 400, True),
    Case("CL of twenty digits", posted("Content-Length: 99999999999999999999"), 400, True),
    Case("CL of eighteen digits", posted("Content-Length: 999999999999999999"), 413, True),
    Case("CL without a number", posted("Content-Length:"), 400, True),
    Case("CL with a blank inside", posted("Content-Length: 5 2"), 400, True),
    # codings
    Case("TE xchunked", posted("Transfer-Encoding: xchunked", body=CHUNKED + SMUGGLED), 400, True),
    Case("TE xchunked with CL", posted("Transfer-Encoding: xchunked", LENGTH), 400, True),
    Case("TE chunked twice", posted("Transfer-Encoding: chunked", "Transfer-Encoding: chunked", body=CHUNKED), 400, True),
    Case("TE identity", posted("Transfer-Encoding: identity", LENGTH), 400, True),
    Case("TE gzip, chunked", posted("Transfer-Encoding: gzip, chunked", body=CHUNKED), 400, True),
    Case("TE chunked, identity", posted("Transfer-Encoding: chunked, identity", body=CHUNKED), 400, True),
    Case("TE with a vertical tab", posted("Transfer-Encoding: \x0bchunked", body=CHUNKED), 400, True),
    Case("TE in HTTP/1.0", posted("Transfer-Encoding: chunked", body=CHUNKED).replace(b"HTTP/1.1", b"HTTP/1.0"), 400, True),
    Case("a chunk of no length", posted("Transfer-Encoding: chunked", body=b"x\r\n" + SMUGGLED), 400, True),
    Case("a chunk longer than told", posted("Transfer-Encoding: chunked", body=b"2\r\n{}}}\r\n0\r\n\r\n" + SMUGGLED), 400, True),
    Case("a chunk's length of 17 digits", posted("Transfer-Encoding: chunked", body=b"1" * 17 + b"\r\n"), 400, True),
    Case("a chunk's line ends in LF", posted("Transfer-Encoding: chunked", body=CHUNKED.replace(b"\r\n", b"\n", 1)), 400, True),
    Case("a key as a trailer", asked("Transfer-Encoding: chunked", line="POST /classify HTTP/1.1", body=CHUNKED[:-2] + f"X-API-Key: {KEY}\r\n\r\n".encode()), 401),
    Case("1,000 trailers", posted("Transfer-Encoding: chunked", body=CHUNKED[:-2] + b"X-A: b\r\n" * 1_000 + b"\r\n"), 431, True),
    # lines
    Case("lines end in LF", asked("X-A: b").replace(b"\r\n", b"\n"), 400, True),
    Case("one line ends in LF", asked("X-A: b\nX-B: c"), 400, True),
    Case("a line ends in CR", asked("X-A: b\rX-B: c"), 400, True),
    Case("a space before the colon", posted(f"Content-Length : {len(COMMENT)}"), 400, True),
    Case("a header goes on in the next line", asked("X-A: b\r\n c"), 400, True),
    Case("a header without a name", asked(": b"), 400, True),
    Case("a header without a colon", asked("X-A"), 400, True),
    Case("NUL in a header", asked("X-A: a\x00b"), 400, True),
    Case("DEL in a header", asked("X-A: a\x7fb"), 400, True),
    Case("a name with a bracket", asked("X(A: b"), 400, True),
    Case("the first header begins with a blank", asked(" X-A: b", host=""), 400, True),
    # hosts and addresses
    Case("no Host", asked(host=""), 400, True),
    Case("no Host in HTTP/1.0", asked(line="GET /livez HTTP/1.0", host=""), 200, True),
    Case("two Hosts", asked("Host: b.example"), 400, True),
    Case("two Hosts that agree", asked("Host: a.example"), 400, True),
    Case("an empty Host", asked(host="Host:"), 400, True),
    Case("Host with a path", asked(host="Host: a.example/x"), 400, True),
    Case("Host with a user", asked(host="Host: b@a.example"), 400, True),
    Case("Host with a quote", asked(host="Host: a.example\"><script>"), 400, True),
    Case("Host with a port of words", asked(host="Host: a.example:http"), 400, True),
    Case("an IPv6 Host", asked(host="Host: [::1]:8000"), 200),
    Case("an absolute address", asked(line="GET http://a.example/livez HTTP/1.1"), 200),
    Case("an absolute address of another host", asked(line="GET http://b.example/livez HTTP/1.1"), 400, True),
    Case("an absolute address of a file", asked(line="GET file:///etc/passwd HTTP/1.1"), 400, True),
    Case("an asterisk", asked(line="OPTIONS * HTTP/1.1"), 400, True),
    Case("CONNECT", asked(line="CONNECT a.example:443 HTTP/1.1"), 400, True),
    Case("an address without a slash", asked(line="GET livez HTTP/1.1"), 400, True),
    Case("two slashes", asked(line="GET //evil.example/livez HTTP/1.1"), 404),
    Case("dots in the path", asked(line="GET /static/../../etc/passwd HTTP/1.1"), 404),
    Case("%0d%0a in the path", asked(line="GET /%0d%0aSet-Cookie:%20a=b HTTP/1.1"), 404),
    Case("%1b in the path", asked(line="GET /%1b%5b31m HTTP/1.1"), 404),
    Case("an escape in the path", asked(line="GET /\x1b[31m HTTP/1.1"), 400, True),
    Case("a path that is no UTF-8", asked(line="GET /%ff%fe HTTP/1.1"), 404),
    Case("bytes above 127 in the path", asked(line="GET /\xe4 HTTP/1.1"), 400, True),
    Case("a blank in the path", asked(line="GET /a b HTTP/1.1"), 400, True),
    Case("%00 in the path", asked(line="GET /comments/c_%00 HTTP/1.1"), 401),
    # sizes
    Case("a path of 9 kB", asked(line=f"GET /{'a' * 9_000} HTTP/1.1"), 414, True),
    Case("a path of 1 MB", asked(line=f"GET /{'a' * 1_000_000} HTTP/1.1"), 414, True),
    Case("a header of 40 kB", asked(f"X-A: {'a' * 40_000}"), 431, True),
    Case("a header of 10 MB", lambda: asked(f"X-A: {'a' * 10_000_000}"), 431, True),
    Case("a header's name of 1 MB", lambda: asked(f"{'a' * 1_000_000}: b"), 431, True),
    Case("101 headers", asked(*["X-A: b"] * 100), 431, True),
    Case("100,000 headers", lambda: asked(*["X-A: b"] * 100_000), 431, True),
    Case("1 MB of empty lines", b"\r\n" * 500_000, 414, True),
    Case("a body of 10 MB", lambda: posted("Content-Length: 10000000", body=b"a" * 10_000_000), 413, True),
    Case("10 MB in chunks", lambda: posted("Transfer-Encoding: chunked", body=b"10000\r\n" + b"a" * 65_536 + b"\r\n" + (b"10000\r\n" + b"a" * 65_536 + b"\r\n") * 160), 413, True),
    Case("10 MB to nowhere", lambda: posted("Content-Length: 10000000", body=b"a" * 10_000_000, path="/nowhere"), 404, True),
    # versions, methods, protocols
    Case("HTTP/2's first line", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, True),
    Case("HTTP/2.0", asked(line="GET /livez HTTP/2.0"), 400, True),
    Case("HTTP/1.2", asked(line="GET /livez HTTP/1.2"), 400, True),
    Case("HTTP/0.9", b"GET /livez\r\n\r\n", 400, True),
    Case("a method of small letters", asked(line="get /livez HTTP/1.1"), 400, True),
    Case("a method nobody knows", asked(line="WINNOW /livez HTTP/1.1"), 400, True),
    Case("a method that does not fit", asked(line="DELETE /classify HTTP/1.1"), 405),
    Case("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 32, 400, True),
    Case("an upgrade to a WebSocket", asked("Connection: Upgrade", "Upgrade: websocket") + SMUGGLED, 200, True),
    Case("an upgrade to h2c", asked("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__") + SMUGGLED, 200, True),
    # bodies
    Case("a gzipped body", posted("Content-Encoding: gzip", "Content-Length: 4", body=b"\x1f\x8b\x08\x00"), 415),
    Case("a gzipped form", posted("Content-Encoding: gzip", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 4", body=b"\x1f\x8b\x08\x00", path="/1.1/comment-check"), 200, True, b"Compressed bodies are not read."),
    Case("an XML body", posted("Content-Type: application/xml", "Content-Length: 4", body=b"<a/>"), 415),
    Case("nested JSON", posted("Content-Length: 200000", body=b"[" * 100_000 + b"]" * 100_000), 400),
    Case("10,000 links", lambda: _of_json(b'{"check_only": true, "text": "' + b"http://a.example/b " * 10_000 + b'"}'), 200),
    Case("a request behind the last", asked("Connection: close") + SMUGGLED, 200, True),
    Case("nonsense behind a request", asked() + b"\x00\x01\x02\x03\r\n\r\n", 200, True),
]  # fmt: skip


def _of_json(body: bytes) -> bytes:
    return posted(f"Content-Length: {len(body)}", body=body)


def tried(port: int, case: Case) -> Came:
    """Send it and read until the service closes, or says nothing more."""
    sent = case.sent if isinstance(case.sent, bytes) else case.sent()
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        began = time.monotonic()
        received, is_closed = b"", False
        try:
            connection.sendall(sent)
        except OSError:  # closed before all of it was sent
            is_closed = True
        took_s = 0.0
        try:
            while piece := connection.recv(65_536):
                took_s = took_s or time.monotonic() - began
                received += piece
                connection.settimeout(PATIENCE_S if case.closes else QUIET_S)
            is_closed = True
        except TimeoutError:
            pass
        except OSError:
            is_closed = True
    return Came([int(status) for status in _STATUS.findall(received)], is_closed, received, took_s)


def wrong(case: Case, came: Came) -> str:
    """What is not as it should be; empty when all is."""
    if came.statuses != [case.status]:
        return f"{case.name}: {came.statuses} instead of {case.status}"
    if case.closes and not came.is_closed:
        return f"{case.name}: the connection stays open"
    if case.says not in came.received or SMUGGLED in came.received or b"\nSet-Cookie" in came.received:
        return f"{case.name}: {came.received[-200:]!r}"
    return ""


def against(port: int, long: bool) -> Outcome:
    """All cases, in the long form twenty times over and one after another."""
    with ThreadPoolExecutor(1 if long else 8) as pool:
        cases = CASES * (20 if long else 1)
        came = list(zip(cases, pool.map(lambda case: tried(port, case), cases), strict=True))
    complaints = [complaint for case, each in came if (complaint := wrong(case, each))]
    case, slowest = max((pair for pair in came if pair[0].status >= 400), key=lambda pair: pair[1].took_s)
    said = f"{len(CASES)} cases, {len(came):,} requests, {len(complaints)} wrong, slowest refusal {slowest.took_s * 1_000:.0f} ms ({case.name})"
    return Outcome(
        "; ".join((said, *dict.fromkeys(complaints))), not complaints and (not long or slowest.took_s <= WITHIN_S)
    )


def run(long: bool) -> Outcome:
    """Against a service of its own."""
    with tempfile.TemporaryDirectory() as folder:
        add_sites(Path(folder), {"raw": KEY})
        with serving(Path(folder)) as port:
            return against(port, long)
