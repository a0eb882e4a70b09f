"""What people decided: POST /feedback tells us, GET /decisions is asked by a CMS that cannot be called."""

import asyncio
import hashlib
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.core.comment import Comment
from app.core.times import shifted
from app.store.records import Decided, Decision
from app.web import answers, body, deciding, openapi
from app.web.auth import Caller
from app.web.clients import client_of
from app.web.judging import received
from app.web.problems import RefusedRequest, invalid_fields
from app.web.schemas_decisions import DecisionsOut, FeedbackIn, FeedbackOut
from app.web.wiring import Wiring, wiring

router = APIRouter(tags=["decisions"])

MAX_DECISIONS = 1_000
"""Of one answer of GET /decisions."""
REMEMBERED = timedelta(hours=24)
STUCK = timedelta(seconds=5)
"""A request that has not been answered by then never will be: the process was killed."""
MAX_IDEMPOTENCY_KEY = 255
_FAILURES = (
    "json-invalid", "json-too-deep", "request-refused", "key-missing", "key-unknown", "rate-limited", "comment-unknown",
    "idempotency-key-reused", "idempotency-key-busy", "body-too-large", "content-type-unsupported",
    "content-encoding-unsupported", "fields-invalid", "nothing-to-judge", "internal", "store-unavailable",
)  # fmt: skip


@router.post(
    "/feedback",
    summary="Say what a comment is",
    description="A person's word on a comment: by our `id`, by the CMS's own `comment_id`, or with the `comment` "
    "itself, which is then judged and kept. `label` null takes it back. Sent again it changes nothing.",
    responses=openapi.answers(FeedbackOut, *_FAILURES),
    openapi_extra=openapi.takes(FeedbackIn),
)
async def give_feedback(request: Request) -> Response:
    """Read, decide, write; an Idempotency-Key gives the same answer to the same request for a day."""
    wired = wiring(request)
    caller = wired.keys.caller(request)
    body.content_type(request)
    sent_bytes = await body.read_bytes(request, wired.settings.max_body_bytes)
    key = request.headers.get("idempotency-key", "")
    if not key:
        return answers.json_response(await _answered(wired, caller, request, sent_bytes))
    if len(key) > MAX_IDEMPOTENCY_KEY:
        raise RefusedRequest("request-refused", f"An Idempotency-Key has at most {MAX_IDEMPOTENCY_KEY} characters.")
    earlier = await _reserved(wired, caller, key, sent_bytes)
    if earlier is not None:
        return answers.json_response(earlier)
    answer = None
    try:
        answer = await _answered(wired, caller, request, sent_bytes)
    finally:  # what failed may be tried again under the same key
        await asyncio.to_thread(wired.store.remember, caller.site.name, key, answer)
    return answers.json_response(answer)


async def _answered(wired: Wiring, caller: Caller, request: Request, sent_bytes: bytes) -> dict[str, Any]:
    value = body.sanitised(body.parse(sent_bytes, wired.settings.max_json_depth))[0]
    return await _decided(wired, caller, value, client_of(request, "feedback"))


async def _reserved(wired: Wiring, caller: Caller, key: str, sent: bytes) -> dict[str, Any] | None:
    """Take the key: None when it is ours now, else the answer that was given under it."""
    hashed, now = hashlib.sha256(sent).hexdigest(), wired.now()
    moments = now, shifted(now, -REMEMBERED), shifted(now, -STUCK)
    found = await asyncio.to_thread(wired.store.reserve, caller.site.name, key, hashed, *moments)
    if found is None:
        return None
    if found.body_hash != hashed:
        raise RefusedRequest("idempotency-key-reused")
    if found.answer is None:
        raise RefusedRequest("idempotency-key-busy")
    return found.answer


async def _decided(wired: Wiring, caller: Caller, value: Any, client: str) -> dict[str, Any]:
    try:
        sent = FeedbackIn.model_validate(value)
    except ValidationError as error:
        raise invalid_fields(error.errors(include_url=False, include_input=False)) from None
    site = caller.site.name
    if sent.comment is not None:
        limit = wired.settings.max_body_bytes
        _, comment, _ = received(sent.comment.model_dump(exclude_unset=True), limit)
        id: str | None = await deciding.found_or_kept(wired, site, comment, sent.id or "", client)
    else:
        id = deciding.find(wired, site, Comment(comment_id=str(sent.comment_id or "")), sent.id or "")
    decision = Decision(sent.label, sent.by or "cms", wired.now())
    stands = await deciding.decide(wired, site, id, decision) if id else None
    if id is None or stands is None:
        raise RefusedRequest("comment-unknown")
    return {"id": id, "decision": answers.decided(stands)}


@router.get(
    "/decisions",
    summary="What was decided since",
    description="The site's decisions behind the cursor `since`, oldest first, those of moderators and its own "
    "feedback. Ask again with `next`; a page that is not full is the last for now.",
    responses=openapi.answers(
        DecisionsOut, "key-missing", "key-unknown", "rate-limited", "fields-invalid", "internal", "store-unavailable"
    ),
    openapi_extra=openapi.takes_query(
        ("since", "The `next` of the answer before; 0, the default, begins with the first decision.", 0),
        ("limit", f"How many at most, 1 to {MAX_DECISIONS}.", 100),
    ),
)
async def decisions(request: Request) -> Response:
    """A cursor never skips a decision: they are numbered in the order in which they are written."""
    wired = wiring(request)
    caller = wired.keys.caller(request)
    since, limit = _whole(request, "since", 0, 2**63 - 1, 0), _whole(request, "limit", 1, MAX_DECISIONS, 100)
    found = wired.read("decisions", wired.store.decisions_since, caller.site.name, since, limit)
    told = [_told(each) for each in found]
    return answers.json_response({"decisions": told, "next": found[-1].cursor if found else since})


def _told(each: Decided) -> dict[str, Any]:
    return {"id": each.id, "comment_id": each.comment_id, **answers.decided(each.decision)}


def _whole(request: Request, name: str, least: int, most: int, otherwise: int) -> int:
    written = request.query_params.get(name, "")
    if not written:
        return otherwise
    if not (written.isascii() and written.isdigit() and len(written) < 20 and least <= int(written) <= most):
        expected = f"a whole number from {least} to {most}"
        raise RefusedRequest("fields-invalid", extra={"errors": [{"field": name, "expected": expected}]})
    return int(written)
