"""GET /review/domains: where comments link to, and what became of them; one domain in detail."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from app.core.hosts import readable
from app.core.link_shapes import path_shape
from app.core.query import written
from app.core.times import shifted
from app.store.domains import DOMAIN_ORDERS, DomainLink, DomainOrder
from app.store.people import Seen
from app.web.review import pages
from app.web.review.session import Visit, visitor
from app.web.whole import whole

router = APIRouter(include_in_schema=False, tags=["review"])
DOMAINS = "/review/domains"
WINDOWS = {"7": 7, "30": 30, "90": 90, "365": 365, "all": 0}
"""`?days=` -> how far back; 0 is everything. The default is 30: a busy site's year takes seconds."""
PER_PAGE = 100
MAX_OFFSET = 10_000
MAX_ROWS = 20
MAX_LATEST = 30
_WEEKS_UP_TO = 92
ANYONE = frozenset({"shared", "shortener", "redirector", "bio", "messenger", "identity"})
"""Kinds of host that belong to many: a rule against all of it hits the innocent too."""


class Became(NamedTuple):
    """What became of some comments."""

    all: int
    spam: int
    ham: int
    undecided: int
    passed: int


class Row(NamedTuple):
    """Comments that have something in common."""

    what: str
    became: Became
    example: Seen
    url: str
    """An example of the link."""
    kind: str


@router.get(DOMAINS)
def domains(visit: Annotated[Visit, Depends(visitor())]) -> Response:
    """One page of domains, sorted as asked for."""
    asked = visit.request.query_params
    days, site, q = _days(visit), asked.get("site", ""), asked.get("q", "").strip()[:100]
    order: DomainOrder = next((each for each in DOMAIN_ORDERS if each == asked.get("order")), "comments")
    offset = whole(asked.get("offset", ""), MAX_OFFSET) or 0
    found = visit.store.domains(
        since(visit, days), site=site, containing=q, order=order, limit=PER_PAGE + 1, offset=offset
    )
    wanted = {"days": days, "site": site, "q": q, "order": order}

    def url(**others: str | int) -> str:
        return pages.address(DOMAINS, **{**wanted, **others})

    return pages.show(
        visit,
        "domains.html",
        domains=found[:PER_PAGE],
        wanted=wanted,
        windows=list(WINDOWS),
        sites=[each.name for each in visit.store.sites()],
        offset=offset,
        url=url,
        earlier=url(offset=max(0, offset - PER_PAGE) or "") if offset else "",
        further=url(offset=offset + PER_PAGE) if len(found) > PER_PAGE and offset < MAX_OFFSET else "",
        anyone=ANYONE,
        readable=readable,
    )


@router.get(DOMAINS + "/{domain}")
def domain(request: Request, visit: Annotated[Visit, Depends(visitor())]) -> Response:
    """Where on it the links lead, when they came, who pushes it, and the newest comments."""
    name = request.path_params["domain"].strip().lower()[:253]
    days, site = _days(visit), request.query_params.get("site", "")
    found = visit.store.domain_links(name, since(visit, days), site)
    seen = list({link.seen.id: link.seen for link in found.links}.values())
    is_domain = any(link.registrable_domain for link in found.links)
    return pages.show(
        visit,
        "domain.html",
        domain=name,
        readable=readable(name),
        days=days,
        windows=list(WINDOWS),
        site=site,
        sites=[each.name for each in visit.store.sites()],
        is_more=found.is_more,
        links=len(found.links),
        anyone=ANYONE,
        search=written("domain" if is_domain else "host", name),
        rule={
            "kind": "registrable_domain" if is_domain else "host",
            "value": name,
            "scope": "" if site else "all",
            "site": site,
            "back": pages.address(request.url.path, days=days, site=site),
        },
        times=_times(seen, WINDOWS[days]),
        of_author=people_url,
        **_told(found.links, seen),
    )


def _told(links: Sequence[DomainLink], seen: Sequence[Seen]) -> dict[str, Any]:
    """What the links have in common, and who pushes them."""
    return {
        "total": became(seen),
        "on_sites": sorted({each.site for each in seen}),
        "authors": len({_who(each) for each in seen}),
        "blocked": len({_who(each) for each in seen if each.label == "spam"}),
        "kinds": sorted({link.host_kind for link in links}),
        "hosts": _rows((link, link.host) for link in links),
        "shapes": _rows((link, path_shape(link.url)) for link in links),
        "people": _rows((link, _who(link.seen)) for link in links),
        "networks": _rows((link, link.seen.author_network) for link in links if link.seen.author_network),
        "latest": [_of(links, each) for each in seen[:MAX_LATEST]],
    }


def people_url(seen: Seen) -> str:
    """The page of who wrote a comment: by the e-mail address, else by the name on that site."""
    if seen.author_email:
        return pages.address("/review/people", email=seen.author_email)
    return pages.address("/review/people", author=seen.author, site=seen.site)


def since(visit: Visit, days: str) -> str:
    """When the window begins; empty for everything."""
    return shifted(visit.now(), -timedelta(days=WINDOWS[days])) if WINDOWS[days] else ""


def became(seen: Iterable[Seen]) -> Became:
    """How many comments there are, and what of.

    >>> became([])
    Became(all=0, spam=0, ham=0, undecided=0, passed=0)
    """
    found = Counter(each.label or ("passed" if each.action == "publish" else "undecided") for each in seen)
    return Became(found.total(), *(found[name] for name in Became._fields[1:]))


def _rows(told: Iterable[tuple[DomainLink, str]]) -> list[Row]:
    """The most frequent of something, by comments."""
    groups: dict[str, dict[str, DomainLink]] = {}
    for link, what in told:
        groups.setdefault(what, {}).setdefault(link.seen.id, link)
    largest = sorted(groups.items(), key=lambda each: (-len(each[1]), each[0]))[:MAX_ROWS]
    rows = []
    for what, found in largest:
        newest = next(iter(found.values()))
        rows.append(Row(what, became(link.seen for link in found.values()), newest.seen, newest.url, newest.host_kind))
    return rows


def _times(seen: Sequence[Seen], days: int) -> list[tuple[str, Became]]:
    """Weeks, by their Mondays, or months; the newest first, those without a comment between others too."""
    by_week = 0 < days <= _WEEKS_UP_TO
    groups: dict[str, list[Seen]] = {}
    for each in seen:
        groups.setdefault(_monday(each.received_at) if by_week else each.received_at[:7], []).append(each)
    if not groups:
        return []
    last, first = max(groups), min(groups)
    told = [last]
    while told[-1] > first:
        told.append(_monday_before(told[-1]) if by_week else _month_before(told[-1]))
    return [(when, became(groups.get(when, ()))) for when in told]


def _monday(at: str) -> str:
    day = datetime.fromisoformat(at).date()
    return (day - timedelta(days=day.weekday())).isoformat()


def _monday_before(monday: str) -> str:
    return (date.fromisoformat(monday) - timedelta(days=7)).isoformat()


def _month_before(month: str) -> str:
    """The month that ends where one begins.

    >>> _month_before("2026-11"), _month_before("2026-01")
    ('2026-10', '2025-12')
    """
    return (date.fromisoformat(f"{month}-01") - timedelta(days=1)).isoformat()[:7]


def _who(seen: Seen) -> str:
    return (seen.author_email or seen.author).casefold()


def _of(links: Sequence[DomainLink], seen: Seen) -> tuple[Seen, str]:
    return seen, next(link.url for link in links if link.seen.id == seen.id)


def _days(visit: Visit) -> str:
    days = visit.request.query_params.get("days", "")
    return days if days in WINDOWS else "30"
