"""Who did what, newest first."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from app.store.sql_acts import UNDOABLE
from app.web.review import acts, pages
from app.web.review.session import Visit, visitor
from app.web.whole import whole

router = APIRouter(include_in_schema=False, tags=["review"])
AUDIT = "/review/audit"
PER_PAGE = 100
_FILTERS = ("by", "act", "site", "subject")


@router.get(AUDIT)
def audit(visit: Annotated[Visit, Depends(visitor("moderator"))]) -> Response:
    """One page of acts; each leads to the older ones by the number of its last."""
    asked = visit.request.query_params
    wanted = {name: asked.get(name, "").strip() for name in _FILTERS}
    number = whole(asked.get("before", "")) or 0
    found = visit.store.audit_log(**wanted, before=number, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    values: dict[str, Any] = {
        "done": visit.say("It is taken back, where it still stood.") if asked.get("done") else "",
        "undoable": UNDOABLE,
        "here": pages.address(AUDIT, **wanted, before=number),
        "wanted": wanted,
        "entries": [(entry, acts.sentence_of(visit, entry)) for entry in shown],
        "newest": pages.address(AUDIT, **wanted) if number else "",
        "older": pages.address(AUDIT, **wanted, before=shown[-1].id) if len(found) > PER_PAGE else "",
        "people": [seen.moderator.name for seen in visit.store.moderators()],
        "acts": acts.names(visit),
        "sites": [site.name for site in visit.store.sites()],
    }
    return pages.show(visit, "audit.html", **values)
