"""Around every request: its time and status are counted, and nothing inner ever gets out."""

import logging
import traceback
from time import perf_counter

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.metrics import Metrics
from app.web.problems import RefusedRequest, response_of

_log = logging.getLogger(__name__)
_FRAMES = 8
CLIENT_GONE = 499
"""nginx's number for a client that left before the answer."""


class Watch:
    """Pure ASGI: BaseHTTPMiddleware would cost a task and a queue per request."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count and time one HTTP request; anything else passes through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            status = CLIENT_GONE
        except Exception as error:  # noqa: BLE001  the last resort; logged and answered
            _log.error("%s", described(error))
            if not status:
                await response_of(RefusedRequest("internal"))(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "(none)")
            self._metrics.answered(route, status, perf_counter() - began)


def described(error: BaseException) -> str:
    """Where and what kind, for the log; no message, for pydantic's and codecs' quote their input."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    cause = error.__cause__
    return f"{type(error).__name__}{f' from {type(cause).__name__}' if cause else ''} at {places}"
