"""PUT /pages: a site tells title and text of a page, for doors that send a comment with nothing but its URL."""

import asyncio

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.core.comment import Page
from app.store.records import page_key
from app.web import answers, body, openapi
from app.web.problems import RefusedRequest, invalid_fields
from app.web.schemas_decisions import PageIn, PageOut
from app.web.wiring import wiring

router = APIRouter(tags=["pages"])

MAX_PAGE_CHARACTERS = 50_000
"""Of a page's text that are kept; relevance is judged by its beginning."""


@router.put(
    "/pages",
    summary="Tell a page's title and text",
    description="Later comments under that URL that bring no `page_text` are judged with it. Sent again it replaces "
    "what was told before.",
    responses=openapi.answers(
        PageOut, "json-invalid", "json-too-deep", "key-missing", "key-unknown", "rate-limited", "body-too-large",
        "content-type-unsupported", "content-encoding-unsupported", "fields-invalid", "internal", "store-unavailable",
    ),
    openapi_extra=openapi.takes(PageIn),
)  # fmt: skip
async def put_page(request: Request) -> Response:
    """Kept when it answers."""
    wired = wiring(request)
    caller = wired.keys.caller(request)
    body.content_type(request)
    sent_bytes = await body.read_bytes(request, wired.settings.max_body_bytes)
    try:
        sent = PageIn.model_validate(body.sanitised(body.parse(sent_bytes, wired.settings.max_json_depth))[0])
    except ValidationError as error:
        raise invalid_fields(error.errors(include_url=False, include_input=False)) from None
    key = page_key(sent.url)
    if not key:
        expected = [{"field": "url", "expected": "an http or https address"}]
        raise RefusedRequest("fields-invalid", extra={"errors": expected})
    page = Page(sent.title or "", (sent.text or "")[:MAX_PAGE_CHARACTERS])
    await asyncio.to_thread(wired.store.put_page, caller.site.name, sent.url, page, wired.now())
    return answers.json_response({"url": key, "characters": len(page.title) + len(page.text)})
