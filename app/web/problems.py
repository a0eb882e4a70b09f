"""Every error answer there is: one table, used by the handlers, the documentation and OpenAPI.

The answers are RFC 9457 problem+json. None of them ever holds a piece of what was sent.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.errors import SiteUnknown, StoreUnavailable
from app.web.clients import client_of

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_S = 2
UNREAD_BYTES = 99_999
"""A refused body up to here is cheaper to read and drop than a new connection."""
FIELDS_NAMED = 8
"""Invalid fields named in one answer; keeps the body below 1 kB when all twenty are wrong."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of error answer."""

    code: str
    """Stable; the last part of `type`."""
    status: int
    title: str
    """What happened, the same for every answer of this code."""
    remedy: str
    """What the sender can do about it."""


_TABLE = (
    Problem("json-invalid", 400, "The body is not one valid JSON value.", "Send one JSON value in UTF-8, made by a JSON library."),
    Problem("json-too-deep", 400, "The JSON nests too deeply.", "Send the comment's fields flat, as one object."),
    Problem("request-refused", 400, "The request cannot be understood.", "See /openapi.json for what this address takes."),
    Problem("key-missing", 401, "The request names no site key.", "Send it as Authorization: Bearer, X-API-Key, or Basic user name."),
    Problem("key-unknown", 401, "No site has this key.", "Compare it with the key shown by `winnow site add`; a revoked key stays dead."),
    Problem("signature-wrong", 401, "The signature does not fit the body.", "Set the secret that Coral shows: winnow site coral NAME --secret ..."),
    Problem("sign-in-needed", 401, "Nobody is signed in here.", "Sign in at /review/sign-in and do it again."),
    Problem("sign-in-wrong", 401, "Name and password do not fit.", "Try again; an admin can give you a new set-up link."),
    Problem("origin-foreign", 403, "The request comes from another site's page.", "Use Winnow's own pages; behind a proxy WINNOW_PUBLIC_URL has to name their address."),
    Problem("role-too-low", 403, "Your role does not include that.", "Ask an admin of this Winnow."),
    Problem("not-found", 404, "There is nothing at this address.", "See /openapi.json for every address."),
    Problem("comment-unknown", 404, "This site has no comment with that id.", "Use an id from an answer to the same site's key."),
    Problem("method-not-allowed", 405, "This address does not take that method.", "The header Allow names the methods it takes."),
    Problem("request-too-slow", 408, "The request did not arrive in time.", "Send it in one go; the answer closes the connection."),
    Problem("already-decided", 409, "Somebody else has decided on it since.", "Look at what stands now; to change it, decide again."),
    Problem("nothing-to-undo", 404, "There is nothing to take back.", "It was taken back before, or it is no act that decided."),
    Problem("nothing-to-agree", 409, "Nobody has to agree to that any more, or it was you who asked.", "Another moderator agrees, once."),
    Problem("idempotency-key-reused", 409, "This Idempotency-Key came with another body before.", "Use a new key for every new request; send the same body again with the old one."),
    Problem("idempotency-key-busy", 409, "A request with this Idempotency-Key is still being worked on.", "Send it again in a second."),
    Problem("body-too-large", 413, "The body is larger than this service reads.", "Send less of page_text, or raise WINNOW_MAX_BODY_BYTES."),
    Problem("batch-too-large", 413, "The batch holds more than this service takes at once.", "Send it in several batches."),
    Problem("address-too-long", 414, "The address is longer than this service reads.", "Send what is long in the body; at most 8,192 bytes are read of an address."),
    Problem("content-type-unsupported", 415, "The body's content type is not one this address takes.", "Send Content-Type: application/json, in UTF-8."),
    Problem("content-encoding-unsupported", 415, "Compressed bodies are not read.", "Send the body as it is, without Content-Encoding."),
    Problem("fields-invalid", 422, "Some fields are not what they should be.", "`errors` names each field and what was expected."),
    Problem("nothing-to-judge", 422, "There is nothing to judge.", "Send `text` or `author_url`; one of them must not be empty."),
    Problem("rate-limited", 429, "There were too many requests.", "Wait the seconds in Retry-After, and send comments that can wait more slowly."),
    Problem("sign-in-throttled", 429, "There were too many failed sign-ins.", "Wait the seconds in Retry-After."),
    Problem("headers-too-large", 431, "The headers are more than this service reads.", "Send fewer: at most 100 are read, and 32,768 bytes with the address."),
    Problem("internal", 500, "Something broke inside the service.", "Try again; the service's log names the place."),
    Problem("store-unavailable", 503, "The database does not answer.", "Try again after the seconds in Retry-After."),
    Problem("not-ready", 503, "The service cannot do its whole work now.", "`parts` names what is missing."),
)  # fmt: skip

PROBLEMS: dict[str, Problem] = {problem.code: problem for problem in _TABLE}

_OF_STATUS = {
    400: "request-refused",
    401: "key-missing",
    404: "not-found",
    405: "method-not-allowed",
    409: "idempotency-key-reused",
    413: "body-too-large",
    415: "content-type-unsupported",
    422: "fields-invalid",
    503: "store-unavailable",
}


class RefusedRequest(Exception):
    """Stops a handler with the problem of that code.

    It is an answer, not a failure of the service, and so stands outside the tree of app/errors.py.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.problem = PROBLEMS[code]
        self.detail = detail
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """The problem as a JSON object; also an item of a batch's answer."""
        return {
            "type": f"/problems/{self.problem.code}",
            "title": self.problem.title,
            "status": self.problem.status,
            "code": self.problem.code,
            "detail": self.detail or self.problem.remedy,
            **self.extra,
        }


def response_of(refused: RefusedRequest) -> Response:
    """The problem as an HTTP answer, with the headers its status calls for."""
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **refused.headers}
    if refused.problem.status == 401 and refused.problem.code != "signature-wrong":
        headers.setdefault("WWW-Authenticate", "Bearer")
    elif refused.problem.status == 503:
        headers.setdefault("Retry-After", str(RETRY_AFTER_S))
    elif refused.problem.status == 413:
        headers.setdefault("Connection", "close")  # what is left of the body is not read
    body = json.dumps(refused.body(), separators=(",", ":")).encode()
    return Response(body, refused.problem.status, headers, CONTENT_TYPE)


_EXPECTED = {
    "string_type": "a string",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "model_type": "a JSON object",
    "model_attributes_type": "a JSON object",
    "dict_type": "a JSON object",
    "list_type": "a JSON array",
    "missing": "to be there",
}


def invalid_fields(errors: Sequence[Mapping[str, Any]]) -> RefusedRequest:
    """The 422 for pydantic's errors: our names of the fields and what was expected, nothing sent."""
    expected: dict[str, list[str]] = {}
    for error in errors:
        place = [str(part) for part in error["loc"] if part not in ("body", "path", "query", "header")]
        sentences = expected.setdefault(place[0] if place else "", [])
        sentence = _expectation(error)
        if sentence not in sentences:
            sentences.append(sentence)
    named = [
        {"field": field, "expected": " or ".join(sentences)}
        for field, sentences in list(expected.items())[:FIELDS_NAMED]
    ]
    extra: dict[str, Any] = {"errors": named}
    if len(expected) > FIELDS_NAMED:
        extra["errors_left_out"] = len(expected) - FIELDS_NAMED
    return RefusedRequest("fields-invalid", extra=extra)


def _expectation(error: Mapping[str, Any]) -> str:
    context = error.get("ctx", {})
    if error["type"] == "string_too_long":
        return f"at most {context['max_length']} characters"
    if error["type"] == "literal_error":
        return f"one of {context['expected']}"
    if error["type"] == "no_comment":
        return str(error["msg"])
    return _EXPECTED.get(str(error["type"]), "another kind of value")


def _has_much_left(request: Request) -> bool:
    """Whether keeping the connection would mean reading a large body only to drop it."""
    announced = request.headers.get("content-length", "0")
    return "transfer-encoding" in request.headers or len(announced) > len(str(UNREAD_BYTES))


async def _on_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedRequest)
    if error.problem.status in (401, 415, 429) and _has_much_left(request):
        error.headers.setdefault("Connection", "close")
    if error.problem.code == "rate-limited":
        await request.app.state.wiring.keys.hold_back()
    site = getattr(request.state, "site", "")
    if site:  # the key was good: whoever runs that CMS wants to know
        door = request.url.path.strip("/").partition("/")[0]
        request.app.state.wiring.clients.note(site, client_of(request, door), error.problem.code)
    return response_of(error)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return response_of(invalid_fields(error.errors()))


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    fallback = "internal" if error.status_code >= 500 else "request-refused"
    code = _OF_STATUS.get(error.status_code, fallback)
    return response_of(RefusedRequest(code, headers=error.headers))


async def _on_store(request: Request, error: Exception) -> Response:
    return response_of(RefusedRequest("store-unavailable"))


async def _on_site(request: Request, error: Exception) -> Response:
    # The key was good within the last 2 s, and its site has gone since.
    return response_of(RefusedRequest("key-unknown"))


def install(app: FastAPI) -> None:
    """Every error becomes a problem; the last resort, 500, is app.web.watch."""
    app.add_exception_handler(RefusedRequest, _on_refused)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(StoreUnavailable, _on_store)
    app.add_exception_handler(SiteUnknown, _on_site)
