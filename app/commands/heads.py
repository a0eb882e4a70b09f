"""What address and headers of a request may be, and what is answered when they are not."""

import re
from functools import cache

from app.web.problems import RefusedRequest, response_of

MAX_ADDRESS_BYTES = 8_192
"""Of path and query; nginx's own limit, too."""
MAX_HEADERS = 100
MAX_HEAD_BYTES = 32_768
"""Of address and headers together; those of browsers and CMSs take 1 to 4 kB."""
SMALL_BYTES = 32_768
"""Most comments are far smaller. uvicorn reads no further than 65,536 before anybody asks for the body."""
_HOST = re.compile(rb"[A-Za-z0-9._-]{1,253}(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::[0-9]{1,5})?")
_ABSOLUTE = re.compile(rb"(?i)https?://([^/?#]*)")


def has_small_body(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether that can be read whole first. Larger ones may be refused by their length alone."""
    for name, value in headers:
        if name == b"expect" or (name == b"content-length" and (len(value) > 5 or int(value) > SMALL_BYTES)):
            return False
    return True


@cache
def refusal(code: str, detail: str) -> tuple[int, bytes]:
    """The status and what follows the status line; made once, for thousands may be refused at the same time."""
    response = response_of(RefusedRequest(code, detail, headers={"Connection": "close"}))
    headers = b"".join(b"%s: %s\r\n" % pair for pair in response.raw_headers)
    return response.status_code, headers + b"\r\n" + bytes(response.body)


def wrong_with(version: str, url: bytes, headers: list[tuple[bytes, bytes]]) -> str:
    """What could be understood in two ways, by us and by a proxy in front; empty when nothing can."""
    if version not in ("1.1", "1.0"):
        return "HTTP/1.1 and HTTP/1.0 are spoken here."
    names = [name for name, _ in headers]
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) > 1 or (version == "1.1" and not hosts) or not all(map(_HOST.fullmatch, hosts)):
        return "One header Host is expected, with a host name and perhaps a port."
    if not url.startswith(b"/"):
        asked = _ABSOLUTE.match(url)
        if not (asked and [asked[1].lower()] == [host.lower() for host in hosts]):
            return "The address is expected to be a path, or to name the host of the header Host."
    if b"transfer-encoding" in names:
        codings = [value.lower() for name, value in headers if name == b"transfer-encoding"]
        if codings != [b"chunked"] or b"content-length" in names or version == "1.0":
            return "A body comes with Content-Length, or chunked."
    elif names.count(b"content-length") > 1:
        return "One Content-Length is expected."
    return ""
