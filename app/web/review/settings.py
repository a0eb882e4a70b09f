"""/review/settings: the operator's policy of the queue, each setting with a sentence and its default."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from app.errors import ValueRefused
from app.store.preferences import PREFERENCES, checked
from app.web.review import pages
from app.web.review.pages import N_
from app.web.review.session import Visit, poster, visitor

router = APIRouter(include_in_schema=False, tags=["review"])
SETTINGS = "/review/settings"
DONE = {"saved": N_("Saved. It holds from now on.")}
"""What `?done=` may say."""


@router.get(SETTINGS)
def settings(visit: Annotated[Visit, Depends(visitor("admin"))]) -> Response:
    """Every setting as it now holds."""
    now_hold = visit.store.preferences()
    written = {each.name: str(getattr(now_hold, each.name)) for each in PREFERENCES}
    done = DONE.get(visit.request.query_params.get("done", ""), "")
    return _page(visit, written, done=visit.say(done) if done else "")


@router.post(SETTINGS)
def save(visit: Annotated[Visit, Depends(poster("admin"))]) -> Response:
    """Saves all that the form sent, or nothing of it."""
    written = {each.name: visit.field(each.name) for each in PREFERENCES if each.name in visit.fields}
    changes: dict[str, int | str] = {}
    refused: dict[str, str] = {}
    for name, text in written.items():
        try:
            changes[name] = checked(name, text)
        except ValueRefused as error:
            refused[name] = f"{visit.say(error.what)} {visit.say(error.remedy)}"
    if refused:
        now_hold = visit.store.preferences()
        kept = {each.name: str(getattr(now_hold, each.name)) for each in PREFERENCES}
        return _page(visit, kept | written, 422, refused=refused)
    visit.store.change_preferences(changes, visit.now(), visit.moderator.name)
    return pages.see_other(pages.address(SETTINGS, done="saved"))


def _page(
    visit: Visit, written: dict[str, str], status: int = 200, *, done: str = "", refused: dict[str, str] | None = None
) -> Response:
    return pages.show(
        visit,
        "settings.html",
        status,
        preferences=PREFERENCES,
        written=written,
        refused=refused or {},
        done=done,
    )
