"""POST /classify/batch: up to a thousand comments, answered in order; one bad one spoils only itself."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from time import perf_counter
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.settings import Settings
from app.store.records import Record
from app.web import answers, body, openapi
from app.web.auth import Caller
from app.web.classify import BODY_ERRORS
from app.web.clients import client_of
from app.web.judging import judge, received
from app.web.problems import RefusedRequest
from app.web.review_links import pages_of, review_url
from app.web.schemas import BatchIn, BatchOut
from app.web.wiring import Wiring, wiring

router = APIRouter(tags=["comments"])

COMMENTS_A_COMMIT = 50
"""Answers go out when their records are on disk; this many share one wait for it."""
TURN_S = 0.01
"""After this long others get the event loop; a comment mostly takes below 1 ms, a long one some ten."""
ENVELOPE_DEPTH = 2
"""{"comments": [...]} around each comment."""

NDJSON = "application/x-ndjson"

_Item = tuple[Any, bool]
"""A comment's parsed JSON or the problem that stands in its place; whether it needs no sanitising."""


@router.post(
    "/classify/batch",
    summary="Judge many comments",
    description="A JSON body gives one JSON answer; an application/x-ndjson body, a comment a line, "
    "gives a line for each line, in order. A comment that cannot be judged gives "
    '`{"error": problem}` in its place.',
    response_description="The answers, in the order of the comments.",
    responses=openapi.answers(BatchOut, *BODY_ERRORS, "batch-too-large", ndjson=True),
    openapi_extra=openapi.takes(BatchIn, ndjson=True),
)
async def classify_batch(request: Request) -> Response:
    """Read, decide, write, fifty at a time."""
    wired = wiring(request)
    caller = wired.keys.caller(request)._replace(
        client=client_of(request, "batch"), pages=pages_of(request, wired.settings.public_url)
    )
    kind = body.content_type(request, ndjson=True)
    sent = await body.read_bytes(request, wired.settings.max_batch_bytes)
    if kind == "ndjson":
        comments = _line_count(sent, wired.settings)
        _refuse_too_many(comments, wired.settings)
        wired.keys.spend(caller.site.name, comments - 1)  # the first was spent with the key
        groups = _answered(wired, caller, _of_lines(sent, wired.settings))
        return StreamingResponse(_as_lines(groups), media_type=NDJSON, headers=answers.HEADERS)
    items = _of_array(sent, wired.settings)
    _refuse_too_many(len(items), wired.settings)
    wired.keys.spend(caller.site.name, len(items) - 1)
    results = [answer async for group in _answered(wired, caller, iter(items)) for answer in group]
    return answers.json_response({"results": results})


async def _answered(wired: Wiring, caller: Caller, items: Iterator[_Item]) -> AsyncIterator[list[dict[str, Any]]]:
    turn_began = perf_counter()
    while chunk := list(islice(items, COMMENTS_A_COMMIT)):
        group: list[dict[str, Any]] = []
        records: list[Record] = []
        stored: list[dict[str, Any]] = []
        for item in chunk:
            answer, record = _judged(wired, caller, item)
            group.append(answer)
            if record is not None:
                records.append(record)
                stored.append(answer)
            if perf_counter() - turn_began > TURN_S:
                await asyncio.sleep(0)
                turn_began = perf_counter()
        causes = await wired.recorder.record(records)
        for answer in stored:
            answers.degrade(answer, causes)
        yield group


def _judged(wired: Wiring, caller: Caller, item: _Item) -> tuple[dict[str, Any], Record | None]:
    """The answer, and the record to store unless there is an error or `check_only`."""
    began = perf_counter()
    value, clean = item
    try:
        if isinstance(value, RefusedRequest):
            raise value
        sent, comment, causes = received(value, wired.settings.max_body_bytes, clean=clean)
    except RefusedRequest as refused:
        return {"error": refused.body()}, None
    record = judge(wired, caller.site.name, comment, caller.degraded + causes, caller.client)
    url = None if sent.check_only else review_url(caller.pages, record.id)
    answer = answers.judged(record.id, record.site, record.told, url)
    answer["took_ms"] = round((perf_counter() - began) * 1_000, 3)
    return answer, None if sent.check_only else record


def _of_array(sent: bytes, settings: Settings) -> list[_Item]:
    value = body.parse(sent, settings.max_json_depth + ENVELOPE_DEPTH)
    if isinstance(value, dict):
        value = value.get("comments")
    if not isinstance(value, list):
        expected = [{"field": "comments", "expected": "a JSON array"}]
        raise RefusedRequest("fields-invalid", extra={"errors": expected})
    clean = not body.may_need_sanitising(sent)
    return [(item, clean) for item in value]


def _of_lines(sent: bytes, settings: Settings) -> Iterator[_Item]:
    for line in io.BytesIO(sent):
        if not line.strip():
            continue
        try:
            if len(line) > settings.max_body_bytes:
                raise RefusedRequest("body-too-large")
            yield body.parse(line, settings.max_json_depth), not body.may_need_sanitising(line)
        except RefusedRequest as refused:
            yield refused, True


def _line_count(sent: bytes, settings: Settings) -> int:
    """Lines that hold something; blank ones are counted too when they are more than could be meant."""
    breaks = sent.count(b"\n")
    if breaks > 2 * settings.max_batch_comments:
        return breaks
    return sum(1 for line in io.BytesIO(sent) if line.strip())


def _refuse_too_many(comments: int, settings: Settings) -> None:
    if comments > settings.max_batch_comments:
        at_most = f"At most {settings.max_batch_comments} comments are taken at once."
        raise RefusedRequest("batch-too-large", at_most)


async def _as_lines(groups: AsyncIterator[list[dict[str, Any]]]) -> AsyncIterator[bytes]:
    async for group in groups:
        yield b"".join(answers.encoded(answer) + b"\n" for answer in group)
