"""What the addresses under one domain have in common: the shape of their paths."""

import re

from app.core.hosts import parse_url

MAX_SEGMENTS = 6
_LEAST_HYPHENS = 2
_MAX_WORD = 20


def path_shape(url: str) -> str:
    """The path of an address with what differs from link to link left open.

    A segment of digits becomes `#`, one of several words `…-…`, one of letters and digits mixed, or a very long one,
    `*`; short words stay. The ending of a file stays too. Empty for what is no address.

    >>> path_shape("https://a.example/feed/royal-jackpot-casino-slots/package/12"), path_shape("https://a.example")
    ('/feed/…-…/package/#', '/')
    >>> path_shape("https://a.example/2026/11/cheap-pills-online.html"), path_shape("https://a.example/u/x9k2m?p=1")
    ('/#/#/…-….html', '/u/*?p')
    """
    parsed = parse_url(url)
    if parsed is None:
        return ""
    segments = parsed.path.split("/")[1:]
    told = [_shape(segment) for segment in segments[:MAX_SEGMENTS]]
    more = "/…" if len(segments) > MAX_SEGMENTS else ""
    names = sorted({pair.partition("=")[0][:_MAX_WORD] for pair in parsed.query.split("&") if pair})
    query = f"?{'&'.join(names[:MAX_SEGMENTS])}" if names else ""
    return f"/{'/'.join(told)}{more}{query}"


def _shape(segment: str) -> str:
    found = re.fullmatch(r"(.+?)(\.[A-Za-z]{2,5})?", segment)
    if found is None:
        return segment
    name, ending = found[1], found[2] or ""
    if name.isdigit():
        return f"#{ending}"
    if len(re.findall(r"[-_+]|%20", name)) >= _LEAST_HYPHENS:
        return f"…-…{ending}"
    if len(name) > _MAX_WORD or re.search(r"\d", name) or "%" in name:
        return f"*{ending}"
    return f"{name}{ending}"
