"""GET /review/{id}: one comment with everything that is known of it; its notes and claims."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from app.core.showing import link_parts, pieces
from app.core.times import shifted
from app.store.queue import Item
from app.web import answers
from app.web.problems import RefusedRequest
from app.web.review import pages, wording
from app.web.review.asked import back_to
from app.web.review.origins import our_page
from app.web.review.queue import done, shortcuts, shown
from app.web.review.session import Visit, poster, visitor

router = APIRouter(include_in_schema=False)
MAX_NOTE_CHARACTERS = 2_000


@router.get("/review/{id:str}")
def item(request: Request, visit: Annotated[Visit, Depends(visitor())]) -> Response:
    """The comment as written, its links taken apart, why it was judged so, who wrote it, what was decided."""
    found = _item(visit, request)
    record = found.record
    answer = wording.in_language(record.classification, visit.wired.lists, visit.language)
    return pages.show(
        visit,
        "item.html",
        item=found,
        record=record,
        comment=record.comment,
        answer=answer,
        text=pieces(record.comment.text, "text", answer.reasons, answer.links),
        author=pieces(record.comment.author, "author", answer.reasons, ()),
        links=[(link, link_parts(link, answer.reasons)) for link in answer.links],
        heaviest=max((abs(reason.weight) for reason in answer.reasons), default=1.0),
        known=visit.store.known(record),
        alike=[shown(visit, line) for line in found.alike],
        done=done(visit),
        back=our_page(request.query_params.get("back", "")),
        shortcuts=shortcuts(visit),
    )


@router.post("/review/{id:str}/note")
def note(request: Request, visit: Annotated[Visit, Depends(poster())]) -> Response:
    """Leaves a note for the other moderators."""
    id, text = request.path_params["id"], visit.field("text").strip()[:MAX_NOTE_CHARACTERS]
    if not text:
        raise RefusedRequest("request-refused", "A note has some text.")
    if not visit.store.add_note(id, visit.moderator.name, visit.now(), text):
        raise RefusedRequest("comment-unknown")
    return answers.json_response({"id": id}) if visit.wants_json else pages.see_other(back_to(visit, f"/review/{id}"))


@router.post("/review/{id:str}/claim")
def claim(request: Request, visit: Annotated[Visit, Depends(poster())]) -> Response:
    """Says that this moderator is looking at it, for some minutes; claimed by them already, it is let go."""
    store, id, me = visit.store, request.path_params["id"], visit.moderator.name
    if visit.field("release"):
        store.release_comment(id, me)
        holder = ""
    else:
        now = visit.now()
        until = shifted(now, timedelta(minutes=store.preferences().claim_minutes))
        holder = store.claim_comment(id, me, now, until)
        if not holder:
            raise RefusedRequest("comment-unknown")
    if visit.wants_json:
        return answers.json_response({"id": id, "claimed_by": holder})
    return pages.see_other(back_to(visit, f"/review/{id}"))


def _item(visit: Visit, request: Request) -> Item:
    found = visit.store.item(request.path_params["id"], visit.now())
    if found is None:
        raise RefusedRequest("comment-unknown")
    return found
