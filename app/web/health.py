"""Whether the service lives, whether it can do its work, and what it has counted."""

import asyncio
import hmac

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from app.errors import StoreUnavailable
from app.web import answers, openapi
from app.web.auth import key_of
from app.web.problems import RefusedRequest
from app.web.wiring import wiring

router = APIRouter(tags=["health"])


class LiveOut(BaseModel):
    """The event loop runs."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "live"}]})

    status: str


class ReadyOut(BaseModel):
    """Comments are judged and stored."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": "ready", "parts": {"model": "2026-11-22.1", "store": "well"}}]}
    )

    status: str
    parts: dict[str, str] = Field(
        description="The model in use; `well` or what is wrong with the store; of several processes, how many serve."
    )


@router.get("/livez", summary="Does it run?", responses=openapi.answers(LiveOut, "internal"))
async def live(request: Request) -> Response:
    """200 whenever the event loop runs; restart the process when this stays silent."""
    return answers.json_response({"status": "live"})


@router.get("/readyz", summary="Can it do its work?", responses=openapi.answers(ReadyOut, "internal", "not-ready"))
async def ready(request: Request) -> Response:
    """503 names the part that fails; /classify still answers then, degraded."""
    wired = wiring(request)
    parts = {"model": wired.model.version, "store": "well"}
    if wired.standing.wanted:
        parts["workers"] = wired.standing.sentence()
    if wired.standing.is_ending:
        raise RefusedRequest("not-ready", "The service is being stopped.", extra={"parts": parts})
    try:
        await asyncio.to_thread(wired.store.check)
    except StoreUnavailable as error:
        parts["store"] = f"{error.what} {error.remedy}"  # not `which`: it is a path
        raise RefusedRequest("not-ready", "The store fails.", extra={"parts": parts}) from None
    return answers.json_response({"status": "ready", "parts": parts})


@router.get(
    "/metrics",
    summary="Counters, for Prometheus",
    description="Only with WINNOW_METRICS_KEY; without that setting there is nothing at this address.",
    response_class=PlainTextResponse,
    responses=openapi.answers(None, "key-missing", "key-unknown", "not-found", "internal"),
    openapi_extra={"security": [{"metrics": []}]},
)
async def metrics(request: Request) -> Response:
    """The same text as on WINNOW_METRICS_PORT."""
    wired = wiring(request)
    key = wired.settings.metrics_key.get_secret_value()
    if not key:
        raise RefusedRequest("not-found")
    given = key_of(request)
    if not given:
        raise RefusedRequest("key-missing", "/metrics has its own key, WINNOW_METRICS_KEY.")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), key.encode()):
        raise RefusedRequest("key-unknown", "/metrics has its own key, WINNOW_METRICS_KEY.")
    exposition = wired.metrics.exposition()
    return Response(exposition.body, headers=answers.HEADERS, media_type=exposition.content_type)
