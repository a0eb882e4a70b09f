"""Coral's External Moderation Phase: Coral asks, signed, before it publishes; we answer with a status and a reason."""

import hashlib
import hmac
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.core.comment import Comment
from app.core.verdict import Classification
from app.web import answers, body, deciding, openapi
from app.web.clients import client_of
from app.web.judging import judge
from app.web.problems import RefusedRequest
from app.web.schemas import FIELD_CHARACTERS
from app.web.schemas_doors import PhaseIn, PhaseOut
from app.web.wiring import wiring

router = APIRouter(tags=["coral"])

PURPOSE = "coral"
_ROLES = {"ADMIN": "administrator", "MODERATOR": "moderator", "STAFF": "editor"}
_FLAG = {"actionType": "FLAG", "reason": "COMMENT_DETECTED_SPAM"}
_MAX_SIGNATURES = 8


@router.post(
    "/coral/{site:path}",
    summary="Coral: External Moderation Phase",
    description="The callback URL of a phase; choose the format HTML, or link targets are lost. The signature is "
    "checked against the secrets set with `winnow site coral`.",
    responses=openapi.answers(
        PhaseOut, "json-invalid", "json-too-deep", "signature-wrong", "body-too-large", "content-type-unsupported",
        "content-encoding-unsupported", "fields-invalid", "rate-limited", "internal", "store-unavailable",
    ),
    openapi_extra=openapi.takes(PhaseIn) | openapi.takes_path("site", "The site's name.", "blog", key=False),
)  # fmt: skip
async def moderation_phase(request: Request) -> Response:
    """Read, decide, write; a text that is there already, as after an EDIT, is not written twice."""
    wired = wiring(request)
    site = request.path_params["site"]
    sent = await body.read_bytes(request, wired.settings.max_body_bytes)
    secrets = wired.read("secrets", wired.store.secrets, site, PURPOSE)
    if not is_signed(sent, request.headers.get("x-coral-signature", ""), secrets):
        raise RefusedRequest("signature-wrong")
    wired.keys.spend(site, 1)
    body.content_type(request)
    value = body.sanitised(body.parse(sent, wired.settings.max_json_depth))[0]
    comment = _comment_of(value)
    record = judge(wired, site, comment, client=client_of(request, "coral"))
    is_edit = isinstance(value, dict) and value.get("action") == "EDIT"
    if not (is_edit and deciding.find_unchanged(wired, site, comment)):
        await wired.recorder.record([record])
    return answers.json_response(_answer(record.told))


def is_signed(sent: bytes, header: str, secrets: tuple[str, ...]) -> bool:
    """Whether one of the signatures was made with one of the secrets; in constant time for each.

    >>> good = "sha256=" + hmac.new(b"s", b"{}", hashlib.sha256).hexdigest()
    >>> is_signed(b"{}", f"sha256=00,{good}", ("s",)), is_signed(b"{ }", good, ("s",)), is_signed(b"{}", good, ())
    (True, False, False)
    """
    given = [each.strip() for each in header.split(",")[:_MAX_SIGNATURES]]
    found = False
    for secret in secrets:
        right = "sha256=" + hmac.new(secret.encode(), sent, hashlib.sha256).hexdigest()
        for each in given:
            found |= hmac.compare_digest(each.encode(), right.encode())
    return found


def _comment_of(value: Any) -> Comment:
    """What Coral tells of a comment: its HTML, the author's role, the story's address."""
    text = _string(value, "comment", "body")
    if text is None:
        expected = [{"field": "comment", "expected": 'an object with a string: {"body": ...}'}]
        raise RefusedRequest("fields-invalid", extra={"errors": expected})
    role = (_string(value, "author", "role") or "")[:FIELD_CHARACTERS]
    return Comment(
        text=text,
        author_role=_ROLES.get(role, role.lower()),
        page_url=(_string(value, "story", "url") or "")[:FIELD_CHARACTERS],
        parent_id=(_string(value, "comment", "parentID") or "")[:FIELD_CHARACTERS],
    )


def _string(value: Any, *path: str) -> str | None:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


def _answer(found: Classification) -> dict[str, Any]:
    """Only values that Coral lists: a wrong one throws its whole answer away."""
    if found.action == "publish":
        return {}
    if found.action == "hold":
        return {"status": "SYSTEM_WITHHELD", "actions": [_FLAG]}
    reason = {"code": "SPAM", "detailedExplanation": found.summary}
    return {
        "status": "REJECTED",
        "actions": [_FLAG],
        "moderationAction": {"status": "REJECTED", "rejectionReason": reason},
    }
