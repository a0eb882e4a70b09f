"""GET /review/export: the comments of any filter as a file."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from app.store.exported import BOM, CSV_COLUMNS, csv_line, csv_row, line_of
from app.store.queue import Filter
from app.store.records import Record
from app.web.problems import RefusedRequest
from app.web.review import downloads
from app.web.review.asked import asked
from app.web.review.session import Visit, visitor

router = APIRouter(include_in_schema=False, tags=["review"])
CHUNK = 500
"""Comments that are read and sent at once: some 3 MB."""


@router.get("/review/export")
def export(visit: Annotated[Visit, Depends(visitor("moderator"))]) -> Response:
    """`format=csv|jsonl`, and tab, site and q as in the queue: all that is there now, oldest first."""
    ending = visit.request.query_params.get("format", "")
    if ending not in _MADE:
        raise RefusedRequest("fields-invalid", "format is csv or jsonl.")
    found = asked(visit, default_tab="all")
    wanted = replace(found.filter, snapshot=visit.store.newest_id())

    def note(comments: int, is_whole: bool) -> None:
        detail = {"format": ending, "tab": wanted.tab, "q": found.q, "comments": comments, "whole": is_whole}
        visit.store.note_export(visit.now(), visit.moderator.name, "export", wanted.site, detail)

    head = csv_line(CSV_COLUMNS) if ending == "csv" else b""
    name = visit.now()[:10]
    return downloads.stream(_chunks(visit, wanted, _MADE[ending]), ending, name, note, BOM + head if head else b"")


def _csv(record: Record) -> bytes:
    return csv_line(csv_row(record))


def _jsonl(record: Record) -> bytes:
    return downloads.json_line(line_of(record))


_MADE: dict[str, Callable[[Record], bytes]] = {"csv": _csv, "jsonl": _jsonl}


def _chunks(visit: Visit, wanted: Filter, made: Callable[[Record], bytes]) -> Iterator[list[bytes]]:
    after = ""
    while found := visit.store.exported(wanted, after, CHUNK):
        yield [made(record) for record in found]
        after = found[-1].id
