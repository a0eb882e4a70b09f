"""Records as lines of JSON, in the one format of training, scoring, import and export; and as rows of CSV."""

import csv
import io
from collections.abc import Iterable
from dataclasses import fields
from typing import Any, NamedTuple

from app.core.verdict import Reason
from app.store.queue import Note
from app.store.records import STORED_FIELDS, Decision, Record

_REASON_FIELDS = tuple(field.name for field in fields(Reason))
_FORMULA_SIGNS = frozenset("=+-@\t\r\n＝＋－＠")
_PASSED_OVER = " \u00a0\ufeff\u200b\u2060"
"""What some spreadsheets take away from the beginning of a cell before they look at it."""
CSV_COLUMNS = (
    "id", "received_at", "site", "label", "decided_by", "decided_at", "score", "verdict", "action", "author",
    "author_email", "author_url", "text", "page_url", "page_title", "type", "language", "posted_at", "comment_id",
    "links", "reasons", "summary", "model",
)  # fmt: skip
BOM = b"\xef\xbb\xbf"
"""Begins a CSV: without it Excel reads one in the machine's own charset."""


class Held(NamedTuple):
    """A comment with all that people added to it."""

    record: Record
    author_network: str
    decisions: tuple[Decision, ...]
    """Oldest first."""
    notes: tuple[Note, ...]


def line_of(record: Record) -> dict[str, Any]:
    """A record as `winnow score`, `evaluate` and `train` read it, with the answer and the decision that stands.

    What the site did not send is left out; `label` is the decision's.
    """
    answer, decision = record.classification, record.decision
    told = {name: getattr(record.comment, name) for name in STORED_FIELDS}
    label = decision.label if decision else None
    return {
        "id": record.id,
        "text": told.pop("text"),
        **({"label": label} if label else {}),
        **{name: value for name, value in told.items() if value and (name, value) != ("text_format", "auto")},
        "site": record.site,
        "source": "winnow",
        "received_at": record.received_at,
        "score": answer.score,
        "verdict": answer.verdict,
        "action": answer.action,
        "model": answer.model,
        "summary": answer.summary,
        "reasons": [{name: getattr(reason, name) for name in _REASON_FIELDS} for reason in answer.reasons],
        "decision": _decision(decision) if decision and label else None,
    }


def held_line(held: Held) -> dict[str, Any]:
    """Everything that is stored of a comment, for the person who wrote it."""
    answer = held.record.classification
    return {
        **line_of(held.record),
        "author_network": held.author_network,
        "client": held.record.client,
        "links": [{"url": link.url, "host": link.host, "field": link.field} for link in answer.links],
        "decisions": [_decision(each) for each in held.decisions],
        "notes": [{"by": note.by, "at": note.at, "text": note.text} for note in held.notes],
    }


def csv_row(record: Record) -> list[str]:
    """A record's cells, in the order of CSV_COLUMNS; no spreadsheet takes one for a formula."""
    answer, decision = record.classification, record.decision
    told = {
        **{name: getattr(record.comment, name) for name in STORED_FIELDS},
        "id": record.id,
        "received_at": record.received_at,
        "site": record.site,
        "label": (decision and decision.label) or "",
        "decided_by": decision.by if decision and decision.label else "",
        "decided_at": decision.at if decision and decision.label else "",
        "score": f"{answer.score:.4f}",
        "verdict": answer.verdict,
        "action": answer.action,
        "links": " ".join(link.url for link in answer.links if link.field != "author_email"),
        "reasons": " ".join(f"{reason.code} {reason.weight:+.2f};" for reason in answer.reasons),
        "summary": answer.summary,
        "model": answer.model,
    }
    return [without_formula(told[name]) for name in CSV_COLUMNS]


def csv_line(cells: Iterable[str]) -> bytes:
    """A row of CSV in which everything is quoted (RFC 4180).

    >>> csv_line(["a", "b, c", "1"])
    b'"a","b, c","1"\\r\\n'
    """
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow(cells)
    return line.getvalue().encode("utf-8", "replace")


def without_formula(cell: str) -> str:
    """A cell with an apostrophe before it where a spreadsheet would calculate, or call somebody.

    >>> without_formula('=HYPERLINK("http://a.example")'), without_formula("Tea = good"), without_formula("")
    ('\\'=HYPERLINK("http://a.example")', 'Tea = good', '')
    """
    begins = cell.lstrip(_PASSED_OVER)[:1]
    return f"'{cell}" if begins and begins in _FORMULA_SIGNS else cell


def _decision(decision: Decision) -> dict[str, str | None]:
    return {"label": decision.label, "by": decision.by, "at": decision.at, "source": decision.source}
