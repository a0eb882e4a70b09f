"""A chunk of comments -> what the audit keeps of each: all of a finding, little of the rest, and keys of campaigns."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from app import lists, models
from app.audit.sources import Item
from app.core.campaign import kept, signature
from app.core.classify import classify
from app.core.comment import COMMENT_FIELDS, History
from app.core.features import look
from app.core.together import LINKS, TEXTS, Rows, link_rows, text_row
from app.core.verdict import Classification
from app.importing.imported import Skipped
from app.store.rows import answer_of

PLACES = np.dtype([("offset", "<u8"), ("size", "<u4"), ("score", "<f4"), ("year", "<u2"), ("kind", "u1")])
"""Where a comment's line stands; `size` 0 where nothing is kept of it but this."""
LET_THROUGH, FINDING, DISAGREED = 0, 1, 2
"""DISAGREED: it would be a finding, but a moderator called it no spam."""

_DECIMALS = 4
_EXCERPT = 160
"""Characters kept of a text that was let through, so that a campaign can show it."""
_ANSWER = ("score", "verdict", "action", "summary", "reasons", "links", "override", "degraded")
_SHOWN = tuple(name for name in COMMENT_FIELDS if name not in ("text", "author", "page_text", "honeypot", "author_ip"))


@dataclass(frozen=True, slots=True)
class Job:
    """What every process needs to know."""

    models: Path
    version: str
    histories: Mapping[str, History]
    """By site; under the empty name for comments of no site."""
    at_least: float | None
    """Scores from which something is a finding; None: those from which the thresholds hold it."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Comments to be judged, and what else was read with them."""

    items: list[Item]
    skipped: list[Skipped]
    read: int
    """Records, those that are not looked at among them."""
    last: str
    """`where` of the last one."""


class Judged(NamedTuple):
    """What is kept of a chunk."""

    chunk: tuple[int, str]
    """`read` and `last` of it."""
    lines: bytes
    places: Rows
    """One for each comment; offsets and numbers count from the beginning of the chunk."""
    texts: Rows
    links: Rows
    skipped: list[Skipped]


def judge_of(job: Job) -> Callable[[Chunk], Judged]:
    """What judges chunks.

    Raises:
        ModelUnusable, ListUnusable: see app.models and app.lists.
    """
    return Judge(job).judged


class Judge:
    """Judges comments with one model."""

    def __init__(self, job: Job) -> None:
        self._lists = lists.load()
        self._model = models.load(job.models, job.version, self._lists)
        self._job = job

    def judged(self, chunk: Chunk) -> Judged:
        """All comments of a chunk, in order; one that Winnow fails on is skipped with a sentence."""
        lines, skipped = bytearray(), list(chunk.skipped)
        places: list[tuple[int, int, float, int, int]] = []
        texts: list[Rows] = []
        links: list[tuple[int, int, bool]] = []
        for item in chunk.items:
            try:
                line, place, text, pushed = self._one(item, len(places))
            except Exception as error:  # noqa: BLE001  a defect costs its comment, not the other millions
                what = f"Winnow failed on it ({type(error).__name__}); please report this."
                skipped.append(Skipped(item.imported.where, what))
                continue
            places.append((len(lines) if line else 0, len(line), *place))
            lines += line
            texts += [] if text is None else [text]
            links += pushed
        return Judged(
            (chunk.read, chunk.last),
            bytes(lines),
            np.array(places, PLACES),
            np.concatenate([np.zeros(0, TEXTS), *texts]),
            np.array(links, LINKS),
            skipped,
        )

    def _one(
        self, item: Item, number: int
    ) -> tuple[bytes, tuple[float, int, int], Rows | None, list[tuple[int, int, bool]]]:
        comment = item.imported.comment
        looked = look(comment, self._lists)
        signed = signature(looked, self._lists)
        found = classify(comment, self._job.histories[item.site], self._model.of(item.site), self._lists, looked)
        kind = self._kind(found, item)
        # A threshold of one's own decides what leaves keys behind, too.
        left = kept(signed, looked, replace(found, action="hold" if kind == FINDING else "publish"), self._lists)
        row = _finding(item, found) if kind == FINDING else _excerpt(item) if signed.keys else None
        place = (found.score, _year(comment.posted_at), kind)
        return _line(row) if row else b"", place, text_row(number, signed), link_rows(number, signed, left)

    def _kind(self, found: Classification, item: Item) -> int:
        least = self._job.at_least
        is_found = found.action != "publish" if found.override or least is None else found.score >= least
        return LET_THROUGH if not is_found else DISAGREED if item.is_settled else FINDING


def _finding(item: Item, found: Classification) -> dict[str, Any]:
    """Everything of it but its page's text; whatever is empty is left out but text and author."""
    comment, answer = item.imported.comment, answer_of(found)
    told = {name: getattr(comment, name) for name in _SHOWN}
    for reason in answer["reasons"]:
        reason.update({name: round(reason[name], _DECIMALS) for name in ("weight", "score_without")})
    return {
        "id": item.id,
        "text": comment.text,
        "author": comment.author,
        **{name: answer[name] for name in _ANSWER[:5]},
        **{name: answer[name] for name in _ANSWER[5:] if answer[name]},
        **{name: value for name, value in told.items() if value and (name, value) != ("text_format", "auto")},
        **({"site": item.site} if item.site else {}),
        "status": item.imported.status,
        "where": item.imported.where,
    }


def _excerpt(item: Item) -> dict[str, Any]:
    comment = item.imported.comment
    return {
        "id": item.id,
        "text": comment.text[:_EXCERPT],
        "author": comment.author[:_EXCERPT],
        "where": item.imported.where,
    }


def _line(row: dict[str, Any]) -> bytes:
    return (json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8", "replace")


def _year(posted_at: str) -> int:
    """0 when it is not known.

    >>> _year("2021-05-01T10:00:00Z"), _year("yesterday"), _year("")
    (2021, 0, 0)
    """
    digits = posted_at[:4]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) == 4 else 0
