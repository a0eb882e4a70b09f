"""POST: decide on a campaign, end what that does, take comments out of it, call spam what had passed."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from app.core.campaign import url_key
from app.core.times import shifted
from app.web.problems import RefusedRequest
from app.web.review import pages
from app.web.review.asked import back_to, with_done
from app.web.review.campaign_members import addresses, freed_keys
from app.web.review.campaigns import ACTS_FOR, CAMPAIGNS, found
from app.web.review.deciding import LABELS, conflict_page
from app.web.review.session import Visit, poster

router = APIRouter(include_in_schema=False, tags=["review"])
_ONE = CAMPAIGNS + "/{id}"


@router.post(_ONE + "/decide")
def decide(request: Request, visit: Annotated[Visit, Depends(poster())]) -> Response:
    """All of it that waits, and for some days what arrives. Who comes second is told who was first."""
    store, lists, card = visit.store, visit.wired.lists, found(visit, request)
    label, days = visit.field("label"), _days(visit)
    if label not in LABELS:
        raise RefusedRequest("request-refused", "`label` is spam or ham.")
    limit = store.preferences().second_eye_above
    if limit and card.undecided > limit:  # the page says where a second moderator can agree
        return pages.see_other(f"{CAMPAIGNS}/{card.id}")
    now = visit.now()
    links = [each for each in addresses(store.pushed_links(card.id), card.size, lists) if each.is_shared]
    outcome = store.decide_campaign(
        card.id,
        label,
        visit.moderator.name,
        now,
        until=shifted(now, timedelta(days=days)) if days else "",
        links=[url_key(each.address) for each in links],
        seen_at=visit.field("seen_at"),
        newest=visit.field("newest"),
    )
    if outcome is None:
        raise RefusedRequest("not-found")
    if outcome.conflicts:
        return conflict_page(visit, outcome)
    return pages.see_other(with_done(back_to(visit, CAMPAIGNS), outcome.act))


@router.post(_ONE + "/end")
def end(request: Request, visit: Annotated[Visit, Depends(poster())]) -> Response:
    """What arrives is judged by its score again; what was decided stays."""
    visit.store.end_campaign(found(visit, request).id, visit.moderator.name, visit.now())
    return pages.see_other(back_to(visit, CAMPAIGNS))


@router.post(_ONE + "/take-out")
def take_out(request: Request, visit: Annotated[Visit, Depends(poster())]) -> Response:
    """The ticked ones stand alone from now on, each to be decided by itself."""
    store, card, ids = visit.store, found(visit, request), set(visit.fields.get("id", []))
    freed = freed_keys(store.pushed_links(card.id), ids, visit.wired.lists)
    left = store.take_out(card.id, ids, visit.moderator.name, visit.now(), freed) if ids else card.id
    to = f"{CAMPAIGNS}/{left}" if left else CAMPAIGNS
    return pages.see_other(pages.address(to, taken=len(ids)))


@router.post(_ONE + "/report-passed")
def report_passed(request: Request, visit: Annotated[Visit, Depends(poster())]) -> Response:
    """The ticked ones that had passed are spam too; their CMS hears of it by its webhook."""
    card = found(visit, request)
    ids = visit.fields.get("id", [])
    outcome = visit.store.report_passed(card.id, visit.moderator.name, visit.now(), ids)
    return pages.see_other(with_done(f"{CAMPAIGNS}/{card.id}", outcome.act))


def _days(visit: Visit) -> int:
    written, default = visit.field("days"), visit.store.preferences().campaign_days
    known = {str(days): days for days in (*ACTS_FOR, default)}
    return known.get(written, default)
