"""GET /review/campaigns: comments that belong together, as cards; and one campaign with all its comments."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from app.core.times import shifted
from app.store.campaigns import Card
from app.web.problems import RefusedRequest
from app.web.review import pages
from app.web.review.campaign_members import addresses, beside
from app.web.review.queue import done, shortcuts
from app.web.review.session import Visit, visitor
from app.web.whole import whole

router = APIRouter(include_in_schema=False, tags=["review"])
CAMPAIGNS = "/review/campaigns"
WINDOWS = {"7": 7, "30": 30, "90": 90, "365": 365, "all": 0}
"""`?days=` -> how far back a campaign began; 0 is everything. The default is 90: of a busy site all takes seconds."""
ACTS_FOR = (0, 1, 3, 7, 14, 30, 90)
"""Days for which a decision may act on what arrives."""
PER_PAGE = 30
MAX_OFFSET = 10_000
MEMBERS = 200
"""Comments of one list of a campaign's page."""
DECIDED = 30
LINKS = 6


@router.get(CAMPAIGNS)
def campaigns(visit: Annotated[Visit, Depends(visitor())]) -> Response:
    """Those that wait, with the most to decide first; or those whose decision still acts."""
    asked = visit.request.query_params
    is_acting = asked.get("tab") == "acting"
    days = asked.get("days", "") if asked.get("days") in WINDOWS else "90"
    offset = whole(asked.get("offset", ""), MAX_OFFSET) or 0
    now = visit.now()
    acting = visit.store.acting_campaigns(now, 500)
    cards: tuple[Card, ...] = tuple(acting)
    is_more = False
    if not is_acting:
        since = shifted(now, -timedelta(days=WINDOWS[days])) if WINDOWS[days] else ""
        cards, is_more = visit.store.open_campaigns(since, now, PER_PAGE, offset)

    def url(**others: object) -> str:
        return pages.address(CAMPAIGNS, **{"tab": "acting" if is_acting else "", "days": days, **others})

    return pages.show(
        visit,
        "campaigns.html",
        cards=cards,
        is_acting=is_acting,
        acting=len(acting),
        days=days,
        windows=list(WINDOWS),
        earlier=url(offset=max(0, offset - PER_PAGE) or "") if offset else "",
        further=url(offset=offset + PER_PAGE) if is_more and offset < MAX_OFFSET else "",
        here=url(offset=offset or ""),
        now=now,
        done=done(visit),
        shortcuts=shortcuts(visit),
    )


@router.get(CAMPAIGNS + "/{id}")
def campaign(request: Request, visit: Annotated[Visit, Depends(visitor())]) -> Response:
    """The first comment, and the others with what is different in them; those that look honest come first."""
    store, lists = visit.store, visit.wired.lists
    card = found(visit, request)
    if card.id != request.path_params["id"]:  # a comment's own id, or that of a campaign that is part of another now
        return pages.see_other(f"{CAMPAIGNS}/{card.id}")
    offset = whole(request.query_params.get("offset", ""), MAX_OFFSET) or 0
    first = store.item(card.id, visit.now())
    assert first is not None  # a campaign goes with its first comment
    links = addresses(store.pushed_links(card.id), card.size, lists)

    def shown(group: str, limit: int, offset: int = 0) -> object:
        return beside(first.record.comment, store.members(card.id, group, limit, offset), links, lists)

    preferences = store.preferences()
    limit = preferences.second_eye_above
    return pages.show(
        visit,
        "campaign.html",
        card=card,
        first=first.record.comment,
        newest=store.newest_id(),
        undecided=shown("undecided", MEMBERS, offset),
        passed=shown("passed", MEMBERS),
        decided=shown("decided", DECIDED),
        links=links[:LINKS],
        more_links=max(0, len(links) - LINKS),
        further=offset + MEMBERS if card.undecided > offset + MEMBERS else 0,
        offset=offset,
        acts=card.label is not None and card.acts_until > visit.now(),
        acts_for=sorted({*ACTS_FOR, preferences.campaign_days}),
        campaign_days=preferences.campaign_days,
        needs_second=bool(limit) and card.undecided > limit,
        taken=whole(request.query_params.get("taken", ""), MAX_OFFSET) or 0,
        here=f"{CAMPAIGNS}/{card.id}",
        done=done(visit),
        shortcuts=shortcuts(visit),
    )


def found(visit: Visit, request: Request) -> Card:
    """The campaign that the address names; refused when there is none."""
    card = visit.store.campaign(request.path_params["id"])
    if card is None:
        raise RefusedRequest("not-found")
    return card
