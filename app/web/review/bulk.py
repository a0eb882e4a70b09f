"""Deciding on all that a filter finds: confirmed when it is many, done in the background, undone as one."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from app.web import answers
from app.web.problems import RefusedRequest
from app.web.review import pages
from app.web.review.asked import asked, back_to
from app.web.review.deciding import LABELS
from app.web.review.origins import our_page
from app.web.review.session import Visit, poster, visitor
from app.web.whole import whole

router = APIRouter(include_in_schema=False)
CONFIRM_ABOVE = 100
"""Comments; so many a person can have looked through."""


@router.post("/review/bulk")
def bulk(visit: Annotated[Visit, Depends(poster())]) -> Response:
    """Begins the act, or asks first: above CONFIRM_ABOVE, and when it is not what the page had shown."""
    store = visit.store
    wanted = asked(visit)
    label, told = visit.field("label"), visit.field("total")
    if label not in LABELS or not wanted.filter.snapshot:
        raise RefusedRequest("request-refused", "`label` is spam or ham, and `snapshot` says what was shown.")
    total = store.count(wanted.filter)
    confirmed = visit.field("confirmed") == str(total)
    if not confirmed and (total > CONFIRM_ABOVE or told != str(total)):
        return pages.show(visit, "bulk.html", asked=wanted, label=label, total=total, told=told, back=back_to(visit))
    limit = store.preferences().second_eye_above
    needs_second = bool(limit) and total > limit
    filter_told = {"tab": wanted.filter.tab, "q": wanted.q}
    batch = store.begin_batch(wanted.filter, label, visit.moderator.name, visit.now(), needs_second, filter_told)
    visit.wired.wake_batches()
    return pages.see_other(pages.address(f"/review/batches/{batch.act}", back=back_to(visit)))


@router.get("/review/batches/{act}")
def batch(request: Request, visit: Annotated[Visit, Depends(visitor())]) -> Response:
    """How far it has come; the page asks again by itself until it has ended."""
    found = visit.store.batch(_number(request))
    if found is None:
        raise RefusedRequest("not-found")
    if visit.wants_json:
        return answers.json_response(found._asdict() | {"waiting": found.waiting})
    may_agree = found.needs_second and not found.agreed_by and found.by != visit.moderator.name
    back = our_page(request.query_params.get("back", ""))
    return pages.show(visit, "batch.html", batch=found, may_agree=may_agree and visit.may("moderator"), back=back)


@router.post("/review/batches/{act}/agree")
def agree(request: Request, visit: Annotated[Visit, Depends(poster())]) -> Response:
    """A second moderator lets it begin."""
    act = _number(request)
    if not visit.store.agree(act, visit.moderator.name, visit.now()):
        raise RefusedRequest("nothing-to-agree")
    visit.wired.wake_batches()
    return pages.see_other(f"/review/batches/{act}")


def _number(request: Request) -> int:
    act = whole(request.path_params["act"])
    if act is None:
        raise RefusedRequest("not-found")
    return act
