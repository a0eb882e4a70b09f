"""Perspective's two calls, for what was made for it: analyze gives the score, suggestscore is feedback.

Perspective closes on 31 December 2026; Coral needs a new value in one field, "Custom endpoint".
"""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.core.comment import Comment
from app.core.verdict import Classification
from app.store.records import Decision
from app.web import answers, body, deciding, openapi
from app.web.auth import Caller, key_of
from app.web.clients import client_of
from app.web.judging import judge
from app.web.problems import RefusedRequest
from app.web.schemas_doors import AnalyzeIn, AnalyzeOut, SuggestScoreIn, SuggestScoreOut
from app.web.wiring import Wiring, wiring

router = APIRouter(tags=["perspective"])

_FAILURES = (
    "json-invalid", "json-too-deep", "key-missing", "key-unknown", "rate-limited", "body-too-large",
    "content-type-unsupported", "content-encoding-unsupported", "fields-invalid", "internal", "store-unavailable",
)  # fmt: skip
_DEFAULT_ATTRIBUTE = "SPAM"
MAX_ATTRIBUTES = 256
SPAM_FROM = 0.5
"""A suggested score from here on says spam; Coral sends 0 or 1."""


@router.post(
    "/v1alpha1/comments:analyze",
    summary="Perspective: analyze",
    description="Every attribute that is asked for gets the same score: how likely the comment is spam. Any language, "
    "any length. The key may stand in the query as `key`.",
    responses=openapi.answers(AnalyzeOut, *_FAILURES),
    openapi_extra=openapi.takes(AnalyzeIn),
)
async def analyze(request: Request) -> Response:
    """Read, decide, and keep it unless `doNotStore` says no."""
    wired, caller, value = await _received(request)
    text = _text(value)
    client = client_of(request, "perspective")
    record = judge(wired, caller.site.name, Comment(text=text), caller.degraded, client)
    if value.get("doNotStore") is not True:
        await wired.recorder.record([record])
    score = {"value": _score_told(record.told), "type": "PROBABILITY"}
    span = {"begin": 0, "end": len(text), "score": score}
    wanted = value.get("requestedAttributes")
    names = list(wanted)[:MAX_ATTRIBUTES] if isinstance(wanted, dict) and wanted else [_DEFAULT_ATTRIBUTE]
    languages = [each for each in _list(value, "languages") if isinstance(each, str)] or ["en"]
    answer = {
        "attributeScores": {str(name): {"spanScores": [span], "summaryScore": score} for name in names},
        "languages": languages,
        "detectedLanguages": languages,
    }
    if isinstance(token := value.get("clientToken"), str):
        answer["clientToken"] = token
    return answers.json_response(answer)


@router.post(
    "/v1alpha1/comments:suggestscore",
    summary="Perspective: suggest a score",
    description="A moderator's word, joined to the comment by its text: from 0.5 on it says spam. A text that was "
    "never analysed is judged and kept now.",
    responses=openapi.answers(SuggestScoreOut, *_FAILURES),
    openapi_extra=openapi.takes(SuggestScoreIn),
)
async def suggest_score(request: Request) -> Response:
    """The later value stands."""
    wired, caller, value = await _received(request)
    label = "spam" if _suggested(value) >= SPAM_FROM else "ham"
    community = value.get("communityId")
    by = community if isinstance(community, str) else "cms"
    comment = Comment(text=_text(value))
    id = await deciding.found_or_kept(wired, caller.site.name, comment, "", client_of(request, "perspective"))
    await deciding.decide(wired, caller.site.name, id, Decision(label, by[:200], wired.now()))
    token = value.get("clientToken")
    return answers.json_response({"clientToken": token} if isinstance(token, str) else {})


def _score_told(found: Classification) -> float:
    """The score; 0 of an observed site's comment, for here the score is all that says what to do."""
    return 0.0 if found.is_observed else round(found.score, answers.DECIMALS)


async def _received(request: Request) -> tuple[Wiring, Caller, dict[str, Any]]:
    wired = wiring(request)
    caller = wired.keys.caller(request, (request.query_params.get("key") or key_of(request)).lower())
    body.content_type(request)
    sent = await body.read_bytes(request, wired.settings.max_body_bytes)
    value = body.sanitised(body.parse(sent, wired.settings.max_json_depth))[0]
    if not isinstance(value, dict):
        raise RefusedRequest("fields-invalid", extra={"errors": [{"field": "", "expected": "a JSON object"}]})
    return wired, caller, value


def _text(value: dict[str, Any]) -> str:
    """Empty text is analysed too: Perspective's refusals of short text are a known complaint."""
    comment = value.get("comment")
    text = comment.get("text", "") if isinstance(comment, dict) else None
    if not isinstance(text, str):
        expected = [{"field": "comment", "expected": 'an object with a string: {"text": ...}'}]
        raise RefusedRequest("fields-invalid", extra={"errors": expected})
    return text


def _suggested(value: dict[str, Any]) -> float:
    """The highest summary score of all attributes."""
    scores = value.get("attributeScores")
    found: list[float] = []
    for attribute in scores.values() if isinstance(scores, dict) else ():
        summary = attribute.get("summaryScore") if isinstance(attribute, dict) else None
        score = summary.get("value") if isinstance(summary, dict) else None
        if isinstance(score, int | float):
            found.append(float(score))
    if not found:
        expected = [{"field": "attributeScores", "expected": "an attribute with a summaryScore"}]
        raise RefusedRequest("fields-invalid", extra={"errors": expected})
    return max(found)


def _list(value: dict[str, Any], name: str) -> list[Any]:
    found = value.get(name)
    return found[:MAX_ATTRIBUTES] if isinstance(found, list) else []
