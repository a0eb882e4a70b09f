"""Classification -> the dict that is answered; by hand, because this is the hot path.

pydantic would validate and copy what core has just made; a test proves that the dict fits ClassifyOut.
"""

import json
from typing import Any

from starlette.responses import Response

from app.core.comment import COMMENT_FIELDS
from app.core.verdict import Classification, LinkReport, Reason
from app.store.records import Decision, Record

DECIMALS = 4

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def judged(comment_id: str, site: str, found: Classification, review_url: str | None = None) -> dict[str, Any]:
    """The keys of DESIGN section 3 but `took_ms`; scores and weights rounded to four decimals."""
    thresholds = found.thresholds
    override, campaign = found.override, found.campaign
    return {
        "id": comment_id,
        "spam": found.verdict == "spam",
        "verdict": found.verdict,
        "score": round(found.score, DECIMALS),
        "action": found.action,
        "thresholds": {
            "hold": thresholds.hold,
            "reject": thresholds.reject,
            "discard": thresholds.discard,
        },
        "override": override and {"rule": override.rule, "kind": override.kind, "value": override.value},
        "summary": found.summary,
        "reasons": [_reason(reason) for reason in found.reasons],
        "links": [_link(link) for link in found.links],
        "campaign": campaign and {"id": campaign.id, "size": campaign.size, "label": campaign.label},
        "degraded": list(found.degraded),
        "missing": list(found.missing),
        "site": site,
        "model": found.model,
        "review_url": review_url,
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.code,
        "label": reason.label,
        "weight": round(reason.weight, DECIMALS),
        "field": reason.field,
        "begin": reason.begin,
        "end": reason.end,
        "evidence": reason.evidence,
        "score_without": round(reason.score_without, DECIMALS),
    }


def _link(link: LinkReport) -> dict[str, Any]:
    return {
        "url": link.url,
        "host": link.host,
        "registrable_domain": link.registrable_domain,
        "host_kind": link.host_kind,
        "field": link.field,
        "begin": link.begin,
        "end": link.end,
        "score": round(link.score, DECIMALS),
    }


def stored(record: Record, review_url: str | None) -> dict[str, Any]:
    """The body of GET /comments/{id}."""
    decision = record.decision
    return {
        **judged(record.id, record.site, record.told, review_url),
        "received_at": record.received_at,
        "comment": {name: getattr(record.comment, name) for name in COMMENT_FIELDS},
        "decision": decided(decision) if decision and decision.label else None,
    }


def decided(decision: Decision) -> dict[str, Any]:
    """A decision as it is answered; `label` is null where one was taken back."""
    return {"label": decision.label, "by": decision.by, "at": decision.at, "source": decision.source}


def encoded(answer: Any) -> bytes:
    """Compact UTF-8 JSON; a lone surrogate that got this far becomes `?`, never a 500."""
    return _ENCODER.encode(answer).encode("utf-8", "replace")


def json_response(answer: Any, status: int = 200) -> Response:
    """An answer nobody on the way may keep."""
    return Response(encoded(answer), status, HEADERS, "application/json")


def degrade(answer: dict[str, Any], causes: tuple[str, ...]) -> None:
    """Adds what went wrong after the answer was made, each cause once."""
    answer["degraded"].extend(cause for cause in causes if cause not in answer["degraded"])
