"""Records to rows of the tables, and back."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from app.core.comment import Comment, Thresholds
from app.core.moderation import tab_of, urgency
from app.core.precedent import packed
from app.core.verdict import Classification, LinkReport, Override, Reason
from app.store.records import STORED_FIELDS, Decision, Record, content_hash, network_of

# dataclasses.asdict copies deeply and costs ten times as much; these classes are flat.
_THRESHOLD_FIELDS = tuple(field.name for field in fields(Thresholds))
_OVERRIDE_FIELDS = tuple(field.name for field in fields(Override))
_REASON_FIELDS = tuple(field.name for field in fields(Reason))
_DECISION_FIELDS = tuple(field.name for field in fields(Decision))
_LINK_FIELDS = tuple(field.name for field in fields(LinkReport))


def comment_row(record: Record) -> dict[str, Any]:
    """The row of `comments`; its links have rows of their own, see `link_rows`."""
    answer = record.classification
    return {
        "id": record.id,
        "site": record.site,
        "received_at": record.received_at,
        **_flat(record.comment, STORED_FIELDS),
        "text_hash": content_hash(record.comment),
        "client": record.client,
        "author_network": network_of(record.comment.author_ip),
        "verdict": answer.verdict,
        "score": answer.score,
        "action": answer.action,
        "model": answer.model,
        "answer": answer_of(answer),
        "override": answer.override.rule if answer.override else "",
        "tab": tab_of(answer.action, None, ""),
        "urgency": urgency(answer.score, datetime.fromisoformat(record.received_at).timestamp() / 3600),
        "campaign": record.id,
        "signature": packed(record.signed) if record.signed.keys else None,
    }


def link_rows(record: Record) -> list[dict[str, Any]]:
    """One row of `links` per link, in order; empty when the comment has none."""
    return [
        {"comment_id": record.id, "position": position, **_flat(link, _LINK_FIELDS)}
        for position, link in enumerate(record.classification.links)
    ]


def record_of(row: Mapping[str, Any]) -> Record:
    """The record a row of `comments` was made from, apart from the fields that are never stored."""
    return Record(
        id=row["id"],
        site=row["site"],
        received_at=row["received_at"],
        comment=Comment(**{name: row[name] for name in STORED_FIELDS}),
        classification=classification_of(row["answer"]),
        client=row["client"],
        author_network=row["author_network"],
    )


def decision_row(site: str, comment: str, decision: Decision) -> dict[str, Any]:
    """The row of `decisions`; its id is the next one, given by the database."""
    return {"comment": comment, "site": site, **_flat(decision, _DECISION_FIELDS)}


def decision_of(row: Mapping[str, Any]) -> Decision:
    """The decision that a row of `decisions` holds."""
    return Decision(**{name: row[name] for name in _DECISION_FIELDS})


def answer_of(classification: Classification) -> dict[str, Any]:
    """The whole classification as plain JSON values; `classification_of` undoes it exactly."""
    override = classification.override
    return {
        "score": classification.score,
        "verdict": classification.verdict,
        "action": classification.action,
        "thresholds": _flat(classification.thresholds, _THRESHOLD_FIELDS),
        "override": None if override is None else _flat(override, _OVERRIDE_FIELDS),
        "summary": classification.summary,
        "reasons": [_flat(reason, _REASON_FIELDS) for reason in classification.reasons],
        "links": [_flat(link, _LINK_FIELDS) for link in classification.links],
        "degraded": list(classification.degraded),
        "missing": list(classification.missing),
        "model": classification.model,
        "is_observed": classification.is_observed,
    }


def classification_of(answer: Mapping[str, Any]) -> Classification:
    """The classification that `answer_of` wrote."""
    override = answer["override"]
    return Classification(
        score=answer["score"],
        verdict=answer["verdict"],
        action=answer["action"],
        thresholds=Thresholds(**answer["thresholds"]),
        override=None if override is None else Override(**override),
        summary=answer["summary"],
        reasons=tuple(Reason(**reason) for reason in answer["reasons"]),
        links=tuple(LinkReport(**link) for link in answer["links"]),
        degraded=tuple(answer["degraded"]),
        missing=tuple(answer["missing"]),
        model=answer["model"],
        is_observed=answer.get("is_observed", False),  # answers of before 0006 lack it
    )


def _flat(value: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}
