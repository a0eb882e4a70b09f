"""POST: spam, not spam, unsure; and taken back. One comment, or those that were ticked."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from app.store.acts import Outcome
from app.web import answers
from app.web.problems import RefusedRequest
from app.web.review import pages
from app.web.review.asked import back_to, with_done
from app.web.review.session import Visit, poster
from app.web.whole import whole

router = APIRouter(include_in_schema=False)
LABELS = ("spam", "ham")
MAX_TICKED = 200
"""Comments of one form; more go through all results of a filter."""


@router.post("/review/decide")
def decide(visit: Annotated[Visit, Depends(poster())]) -> Response:
    """One comment, or all that were ticked; those that others have settled meanwhile are told, and left.

    The answer comes when the decision is on disk.
    """
    versions = _versions(visit.fields.get("id", []))
    label = visit.field("label")
    if label == "unsure":
        return _unsure(visit, list(versions))
    if label not in LABELS or not versions:
        raise RefusedRequest("request-refused", "`label` is spam, ham or unsure, and `id` names comments.")
    act = "decide" if len(versions) == 1 else "decide-many"
    outcome = visit.store.decide(versions, label, visit.moderator.name, visit.now(), act)
    return _answer(visit, outcome)


@router.post("/review/undo")
def undo(visit: Annotated[Visit, Depends(poster())]) -> Response:
    """Takes an act back; without a number the moderator's newest that still stands, so that it can be asked again."""
    store, by = visit.store, visit.moderator.name
    named = whole(visit.field("act"))
    act = store.last_act(by) if named is None else named
    if store.batch(act) is not None:
        store.undo_batch(act, by, visit.now())
        return _to_batch(visit, act)
    outcome = store.undo(act, by, visit.now()) if act else None
    if outcome is None:
        raise RefusedRequest("nothing-to-undo")
    return _answer(visit, outcome)


def _to_batch(visit: Visit, act: int) -> Response:
    url = f"/review/batches/{act}"
    return answers.json_response({"batch": url}) if visit.wants_json else pages.see_other(url)


def _unsure(visit: Visit, ids: list[str]) -> Response:
    for id in ids:
        visit.store.was_unsure(id, visit.moderator.name, visit.now())
    if visit.wants_json:
        return answers.json_response({"act": 0, "decided": [], "conflicts": []})
    return pages.see_other(back_to(visit))


def _answer(visit: Visit, outcome: Outcome) -> Response:
    if not visit.wants_json:
        if outcome.conflicts and not outcome.decided:
            return conflict_page(visit, outcome)
        return pages.see_other(with_done(back_to(visit), outcome.act))
    told = {
        "act": outcome.act,
        "decided": [
            {"id": id, "version": version} for id, version in zip(outcome.decided, outcome.versions, strict=True)
        ],
        "conflicts": _conflicts(outcome),
    }
    if outcome.conflicts and not outcome.decided:
        raise RefusedRequest("already-decided", extra={"conflicts": told["conflicts"]})
    return answers.json_response(told)


def _conflicts(outcome: Outcome) -> list[dict[str, Any]]:
    return [{"id": each.id, "label": each.label, "by": each.by, "at": each.at} for each in outcome.conflicts]


def conflict_page(visit: Visit, outcome: Outcome) -> Response:
    """What others decided first, for a browser without our module."""
    return pages.show(visit, "conflict.html", status=409, conflicts=outcome.conflicts, back=back_to(visit))


def _versions(written: list[str]) -> dict[str, int]:
    """`c_01J…~17` -> id and the version that was shown."""
    versions: dict[str, int] = {}
    for each in written[:MAX_TICKED]:
        id, _, version = each.partition("~")
        seen = whole(version)
        if id and seen is not None:
            versions[id] = seen
    return versions
