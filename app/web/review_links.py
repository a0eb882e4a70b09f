"""Where people see a comment: the link that answers carry to the moderators' pages."""

import re

from starlette.requests import Request

_HOST = re.compile(r"(?i)[a-z0-9.-]{1,253}(?::\d{1,5})?|\[[0-9a-f:.]{2,45}\](?::\d{1,5})?")


def pages_of(request: Request, public_url: str) -> str:
    """The address of the pages: the setting, else as the CMS reached us; empty when that is no address.

    >>> pages_of(Request({"type": "http", "scheme": "http", "headers": [(b"host", b"127.0.0.1:8000")]}), "")
    'http://127.0.0.1:8000'
    """
    if public_url:
        return public_url
    host = request.headers.get("host", "")
    return f"{request.scope['scheme']}://{host}" if _HOST.fullmatch(host) else ""


def review_url(pages: str, id: str) -> str | None:
    """The page of one comment; None without an address.

    >>> review_url("https://winnow.example", "c_1")
    'https://winnow.example/review/c_1'
    """
    return f"{pages}/review/{id}" if pages else None
