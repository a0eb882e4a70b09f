"""Errors under /review: a page for people, a problem for the module; elsewhere they stay what they are."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from app.web.review import pages
from app.web.review.session import Instead, browser_zone, wants_json

Handler: TypeAlias = Callable[[Request, Exception], Awaitable[Response]]
_KEPT = ("retry-after", "allow", "www-authenticate", "connection")


def install(app: FastAPI) -> None:
    """After problems.install: whatever it answers under /review becomes a page where a page was asked for."""
    for kind, handler in list(app.exception_handlers.items()):
        app.add_exception_handler(kind, _as_page(handler))
    app.add_exception_handler(Instead, _instead)


def _as_page(handler: Any) -> Handler:
    async def answered(request: Request, error: Exception) -> Response:
        response: Response = await handler(request, error)
        is_page = request.url.path.startswith("/review") and not request.url.path.startswith("/review/static/")
        return _page(request, response) if is_page and not wants_json(request) else response

    return answered


def _page(request: Request, response: Response) -> Response:
    problem = json.loads(bytes(response.body))
    language = pages.language_of(request)
    gettext = pages.translations(language).gettext
    told = {"title": gettext(problem["title"]), "remedy": gettext(problem["detail"])}
    text = pages.rendered("refusal.html", language, browser_zone(request), request, **told)
    kept = {name: value for name, value in response.headers.items() if name in _KEPT}
    return pages.html_response(text, response.status_code, kept)


async def _instead(request: Request, error: Exception) -> Response:
    assert isinstance(error, Instead)
    return error.response
