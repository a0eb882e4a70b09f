"""GET /review/letters/{id}: a statement of reasons for whoever wrote a comment, to copy or to save."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from app.web import letters
from app.web.letters import KINDS, LANGUAGES, Kind
from app.web.problems import RefusedRequest
from app.web.review import downloads, pages
from app.web.review.session import Visit, visitor

router = APIRouter(include_in_schema=False, tags=["review"])


@router.get("/review/letters/{id}")
def letter(request: Request, visit: Annotated[Visit, Depends(visitor("moderator"))]) -> Response:
    """`language=`, `kind=held|removed|restored`, and `format=txt` for a file; without, what fits the comment."""
    id, asked = request.path_params["id"], request.query_params
    item = visit.store.item(id, visit.now())
    if item is None:
        raise RefusedRequest("comment-unknown")
    record = item.record
    kind: Kind = next((each for each in KINDS if each == asked.get("kind")), letters.kind_of(record))
    language = asked.get("language", "")
    if language not in LANGUAGES:
        language = letters.language_for(record, visit.language)
    name, contact = _sender(visit)
    text = letters.letter(record, kind, language, name=name, contact=contact, zone=visit.zone)
    if asked.get("format") == "txt":
        return Response(text, 200, downloads.headers("txt", f"letter-{record.id}"), downloads.TYPES["txt"])
    return pages.show(
        visit,
        "letter.html",
        record=record,
        text=text,
        kind=kind,
        kinds=KINDS,
        letter_language=language,
        letter_languages={each: pages.LANGUAGES[each] for each in LANGUAGES},
        is_published=record.told.action == "publish" and record.decision is None,
        has_contact=bool(contact),
        saved=pages.address(request.url.path, language=language, kind=kind, format="txt"),
    )


def _sender(visit: Visit) -> tuple[str, str]:
    found = visit.store.preferences()
    return found.letter_name.strip(), found.letter_contact.strip()
