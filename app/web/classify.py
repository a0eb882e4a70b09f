"""POST /classify and what it stored: read, decide, write."""

import re
from dataclasses import replace
from time import perf_counter
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.web import answers, body, openapi
from app.web.clients import client_of
from app.web.judging import judge, received
from app.web.problems import RefusedRequest
from app.web.review_links import pages_of, review_url
from app.web.schemas import ClassifyIn, ClassifyOut, CommentOut
from app.web.wiring import wiring

router = APIRouter(tags=["comments"])

_ID = re.compile(r"c_[0-9A-HJKMNP-TV-Z]{26}")

BODY_ERRORS = (
    "json-invalid",
    "json-too-deep",
    "key-missing",
    "key-unknown",
    "rate-limited",
    "body-too-large",
    "content-type-unsupported",
    "content-encoding-unsupported",
    "fields-invalid",
    "nothing-to-judge",
    "internal",
    "store-unavailable",
)


@router.post(
    "/classify",
    summary="Judge one comment",
    description="Says what the comment is (`verdict`), what to do with it (`action`) and why (`reasons`).",
    response_description="The verdict, also when something behind it failed: see `degraded`.",
    responses=openapi.answers(ClassifyOut, *BODY_ERRORS),
    openapi_extra=openapi.takes(ClassifyIn),
)
async def classify_comment(request: Request) -> Response:
    """Read, decide, write; a store that fails costs the record, never the answer."""
    wired = wiring(request)
    caller = wired.keys.caller(request)
    body.content_type(request)
    sent_bytes = await body.read_bytes(request, wired.settings.max_body_bytes)
    began = perf_counter()
    value = body.parse(sent_bytes, wired.settings.max_json_depth)
    clean = not body.may_need_sanitising(sent_bytes)
    sent, comment, causes = received(value, wired.settings.max_body_bytes, clean=clean)
    record = judge(wired, caller.site.name, comment, caller.degraded + causes, client_of(request, "classify"))
    url = None if sent.check_only else review_url(pages_of(request, wired.settings.public_url), record.id)
    answer: dict[str, Any] = answers.judged(record.id, record.site, record.told, url)
    answer["took_ms"] = round((perf_counter() - began) * 1_000, 3)
    if not sent.check_only:
        answers.degrade(answer, await wired.recorder.record([record]))
    return answers.json_response(answer)


@router.get(
    "/comments/{id}",
    summary="One comment, as received, judged and decided",
    description="Another site's id is as unknown as one that never was.",
    responses=openapi.answers(
        CommentOut, "key-missing", "key-unknown", "rate-limited", "comment-unknown", "internal", "store-unavailable"
    ),
    openapi_extra=openapi.takes_path("id", "The `id` of an answer.", "c_01JD8ZQ4V3W5K2N7X9R1T6M0PA"),
)
async def stored_comment(request: Request) -> Response:
    """Only the site the key belongs to sees its comments."""
    wired = wiring(request)
    caller = wired.keys.caller(request)
    comment_id = request.path_params["id"]
    record = None
    if _ID.fullmatch(comment_id):
        record = wired.read("comment", wired.store.comment, caller.site.name, comment_id)
    if record is None:
        raise RefusedRequest("comment-unknown")
    campaign = wired.read("campaign", wired.store.campaign_of, record.id, wired.now())
    record = replace(record, classification=replace(record.classification, campaign=campaign))
    return answers.json_response(
        answers.stored(record, review_url(pages_of(request, wired.settings.public_url), record.id))
    )
