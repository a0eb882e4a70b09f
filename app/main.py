"""create_app(): settings, lists, model, store and routes put together. Nothing imports it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from app import lists, models
from app.hooks.delivery import Delivery
from app.settings import Settings
from app.store.database import migrate, open_engine
from app.store.sql import SqlStore
from app.store.writer import Writer
from app.web import (
    about,
    akismet,
    batch,
    classify,
    coral,
    feedback,
    health,
    openapi,
    pages,
    perspective,
    problems,
)
from app.web.alarming import keep_looking
from app.web.following import keep_following
from app.web.metrics import Metrics, keep_offering
from app.web.purging import keep_purging
from app.web.review import refusals
from app.web.review.batches import Batches
from app.web.review.expiry import keep_expiring
from app.web.review.parts import REVIEW
from app.web.trying import keep_trying
from app.web.watch import Watch
from app.web.wiring import Wiring, utc_now

CLOSE_WITHIN_S = 10.0
"""How long the writer may take for its last records; container runtimes kill after 10 to 30 s."""
WRITE_WITHIN_S = 1.0
"""How long a decision waits for another process that writes; within two seconds its sender hears that it failed."""
SEND_WITHIN_S = 3.0
"""How long a receiver may take for the message that is under way; it is sent again after the start otherwise."""

_DESCRIPTION = """\
A CMS sends a comment; Winnow answers what it is (`verdict`), what to do with it (`action`) and why
(`reasons`). Every error is an RFC 9457 problem and never repeats what was sent; GET its `type` for
what to do about it. A site's key goes with every request about comments."""


_ABOUT: dict[str, Any] = {
    "title": "Winnow",
    "summary": "A comment spam filter that says why.",
    "description": _DESCRIPTION,
    "docs_url": None,  # both pages would load their assets from a CDN
    "redoc_url": None,
    "openapi_url": None,  # see openapi.install
}
_API = (classify, batch, akismet, feedback, pages, perspective, coral)
_PARTS = (*_API, *REVIEW, about, health)
"""Routes are tried in this order; the busiest come first."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application, not yet started: lists, model and database are opened when it starts.

    Without settings, those of the environment. Starting raises ModelUnusable, ListUnusable or
    StoreUnavailable, whose sentence says what to do.
    """
    settings = settings or Settings()
    metrics = Metrics()

    app = FastAPI(
        **_ABOUT,
        version=_version(),
        lifespan=partial(_running, settings, metrics),
        generate_unique_id_function=_function_name,
    )
    problems.install(app)
    refusals.install(app)
    openapi.install(app)
    app.add_middleware(Watch, metrics=metrics)
    for part in _PARTS:
        app.include_router(part.router)
    return app


@asynccontextmanager
async def _running(settings: Settings, metrics: Metrics, app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    async with AsyncExitStack() as closing:
        wiring = app.state.wiring = _wired(settings, metrics, closing)
        closing.callback(wiring.clients.flush)
        if settings.metrics_port:
            offering = asyncio.create_task(keep_offering(metrics, settings.metrics_port))
            closing.callback(offering.cancel)
        noting = asyncio.create_task(wiring.clients.keep_writing())
        closing.callback(noting.cancel)
        expiring = asyncio.create_task(keep_expiring(wiring.store, utc_now))
        closing.callback(expiring.cancel)
        purging = asyncio.create_task(keep_purging(wiring))
        closing.callback(purging.cancel)
        looking = asyncio.create_task(keep_looking(wiring))
        closing.callback(looking.cancel)
        following = asyncio.create_task(keep_following(wiring))
        closing.callback(following.cancel)
        closing.callback(wiring.shadow.close, CLOSE_WITHIN_S)
        trying = asyncio.create_task(keep_trying(wiring))
        closing.callback(trying.cancel)
        yield {"metrics": metrics}  # for the server, which counts what it refuses itself


def _wired(settings: Settings, metrics: Metrics, closing: AsyncExitStack) -> Wiring:
    """Opens everything in order; `closing` closes it in reverse, also when a later step fails."""
    known_lists = lists.load()
    model = models.load_current(settings.models, known_lists)
    engine = open_engine(settings.database_url, wait_s=WRITE_WITHIN_S)
    closing.callback(engine.dispose)
    migrate(engine)
    store = SqlStore(engine)
    closing.callback(store.close)
    writer = Writer(store)
    closing.callback(writer.close, CLOSE_WITHIN_S)
    closing.callback(Delivery(store, metrics.webhook_called).close, SEND_WITHIN_S)
    batches = Batches(store, utc_now)
    closing.callback(batches.close, CLOSE_WITHIN_S)
    observed = set(store.observed_sites())
    return Wiring(settings, store, writer, model, known_lists, metrics, wake_batches=batches.wake, observed=observed)


def _function_name(route: APIRoute) -> str:
    return route.name


def _version() -> str:
    try:
        return version("winnow")
    except PackageNotFoundError:
        return "0"
