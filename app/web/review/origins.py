"""Where a request came from, and where it may lead: only our own pages, either way."""

import re
from urllib.parse import urlsplit

from starlette.requests import Request

from app.web.problems import RefusedRequest

MAX_ADDRESS_CHARACTERS = 2_000
_OUR_PATH = re.compile(r"/review(?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*/?")
_OUR_QUERY = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/?\[\]|-]*")
_CLIMBS = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)|%2f|%5c|%00", re.IGNORECASE)
_NO_ACT = re.compile(r"/review/(?:sign-in|sign-out|set-up)(?:/|$)")


def refuse_foreign(request: Request, public_url: str) -> None:
    """Raise RefusedRequest (403) for a form that another site's page sent.

    Args:
        request: a POST.
        public_url: the setting; empty: the address is whatever the browser asked for.
    """
    if not is_ours(request, public_url):
        raise RefusedRequest("origin-foreign")


def is_ours(request: Request, public_url: str) -> bool:
    """Whether a page of ours sent the request; a browser that does not say so is not believed.

    >>> sent = {"type": "http", "headers": [(b"origin", b"https://a.example"), (b"host", b"a.example")]}
    >>> is_ours(Request(sent), ""), is_ours(Request(sent), "http://a.example")
    (True, False)
    """
    headers = request.headers
    origin = headers.get("origin", "null")
    if origin == "null":  # some proxies and extensions take it away
        if site := headers.get("sec-fetch-site"):
            return site == "same-origin"
        origin = headers.get("referer", "")
    try:
        sender = urlsplit(origin.lower())
    except ValueError:
        return False
    if sender.scheme not in ("http", "https") or not sender.netloc:
        return False
    if public_url:
        return f"{sender.scheme}://{sender.netloc}" == public_url
    return sender.netloc == headers.get("host", "").lower()


def our_origin(request: Request, public_url: str) -> str:
    """What links to our pages begin with, for somebody else's browser; `request` was not refused."""
    origin = request.headers.get("origin", "null")
    host = request.headers.get("host", "")
    return public_url or (origin if origin != "null" else f"{request.url.scheme}://{host}")


def our_page(address: str, otherwise: str = "/review") -> str:
    """An address that a form or link wants to lead to, if it is one of our pages; else `otherwise`.

    >>> our_page("/review/domains?q=a%20b"), our_page("//evil.example"), our_page("/review/../x"), our_page("/reviews")
    ('/review/domains?q=a%20b', '/review', '/review', '/review')
    """
    path, mark, query = address.partition("?")
    fits = len(address) <= MAX_ADDRESS_CHARACTERS and _OUR_QUERY.fullmatch(query)
    return f"{path}{mark}{query}" if fits and _is_our_path(path) else otherwise


def our_act(path: str) -> str:
    """The path of a form that may be sent again after signing in; empty for any other.

    >>> our_act("/review/decide"), our_act("/review/sign-out"), our_act("https://evil.example/review/decide")
    ('/review/decide', '', '')
    """
    return path if _is_our_path(path) and not _NO_ACT.match(path) else ""


def path_of(request: Request) -> str:
    """The path as the browser sent it, percent signs and all."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    return raw.partition(b"?")[0].decode("latin-1")


def _is_our_path(path: str) -> bool:
    fits = len(path) <= MAX_ADDRESS_CHARACTERS and _OUR_PATH.fullmatch(path)
    return bool(fits) and not _CLIMBS.search(path)
