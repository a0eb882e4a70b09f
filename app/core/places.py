"""When two addresses are the same place: written otherwise, or by the same owner."""

from urllib.parse import unquote

from app.core.hosts import Host, Url, listed_kind
from app.core.lists import Lists


def address_of(url: Url, lists: Lists) -> str:
    """An address as a key sees it: no scheme, `www.`, fragment, slash at the end, or parameter that only tracks.

    >>> from app.core.hosts import parse_url
    >>> from app.lists import load
    >>> address_of(parse_url("https://www.example.com/a/?utm_source=x&id=7#b"), load())
    'example.com/a?id=7'
    """
    parts = (part for part in url.query.split("&") if part)
    query = "&".join(sorted(part for part in parts if part.partition("=")[0].lower() not in lists.tracking))
    return f"{_name(url)}{url.path.rstrip('/')}{'?' if query else ''}{query}"


def is_common(url: Url, lists: Lists) -> bool:
    """Whether an address is one that comments have in common for no reason: the front page of a site everybody knows.

    >>> from app.core.hosts import parse_url
    >>> from app.lists import load
    >>> told = ("https://www.facebook.com/", "https://google.com", "https://facebook.com/jana", "http://a.example/")
    >>> [is_common(parse_url(url), load()) for url in told]
    [True, True, False, False]
    """
    if url.path.strip("/") or url.query:
        return False
    name = url.host.rstrip(".")
    known = lists.split_host(name).registrable_domain in lists.well_known
    return known or listed_kind(name, lists) not in ("", "sites") or _name(url) in lists.host_kinds


def place_of(url: Url, host: Host, lists: Lists) -> str:
    """Who is behind an address: the domain that somebody registered, or the account on a host where anyone can publish.

    Empty where neither is known.
    """
    name = _name(url)
    if host.kind == "ip":
        return name
    is_customer = host.suffix != host.public_suffix and host.suffix not in lists.sold_suffixes
    if host.kind == "other" or (host.kind == "shared" and is_customer):
        return "" if host.registrable_domain in lists.well_known else host.registrable_domain
    if host.kind != "shared":
        return ""
    if host.service == "sites" and host.subdomain not in ("", "www"):
        return name
    parts = (part for part in unquote(url.path).lower().split("/") if part)
    account = next((part for part in parts if part not in lists.platform_paths), "")
    return f"{name}/{account}" if account else ""


def _name(url: Url) -> str:
    return url.host.rstrip(".").removeprefix("www.")
