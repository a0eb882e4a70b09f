"""winnow export: comments of the store as a file."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from app.commands import opening, printing
from app.commands.files import standard_output, terminable, written_whole
from app.commands.watching import progress
from app.errors import CommandRefused

if TYPE_CHECKING:
    from app.store.queue import Filter
    from app.store.records import Record
    from app.store.sql import SqlStore

CHUNK = 500
"""Comments that are read and written at once: some 3 MB."""
Form = Literal["jsonl", "csv"]
Out = Annotated[str, typer.Option("--out", "-o", metavar="FILE", help="Where they go; .gz packs it. Else to stdout.")]
OfSite = Annotated[str, typer.Option("--site", metavar="NAME", help="Only that site's.")]
Decided = Annotated[bool, typer.Option("--decided", help="Only those that somebody decided, here or in the CMS.")]
Search = Annotated[str, typer.Option("--query", "-q", metavar="QUERY", help="A search, as the pages know it.")]
AsForm = Annotated[Form | None, typer.Option("--format", help="csv where the file's name ends so, else jsonl.")]


def export(
    out: Out = "",
    site: OfSite = "",
    decided: Decided = False,
    query: Search = "",
    form: AsForm = None,
    json: printing.Json = False,
) -> None:
    """Write comments of the store, oldest first, with their answers and the decisions that stand.

    JSONL is what winnow train --data, evaluate and score read; no cell of a CSV is a formula. The search is that of
    the pages (docs/review.md). FILE appears only when all is written. --json prints the summary, which goes to
    stderr, as JSON.

    Example: winnow export --site blog --decided -o decided.jsonl.gz
    """
    from app.core import times
    from app.store.exported import BOM, CSV_COLUMNS, csv_line

    target = _target(out)
    kind = form or _form_of(out)
    comments = 0
    with terminable(), opening.open_store(opening.read_settings()) as store:
        at = times.written(opening.moment())
        wanted = _filter(store, site, query, at, decided=decided)
        with written_whole(target) if target else standard_output() as sink, progress(store.count(wanted)) as watch:
            if kind == "csv":
                sink.write(BOM + csv_line(CSV_COLUMNS))
            for lines in _chunks(store, wanted, _MADE[kind]):
                sink.write(b"".join(lines))
                comments += len(lines)
                watch(comments, comments)
        told = {"format": kind, "tab": wanted.tab, "q": wanted.query.text(), "comments": comments, "whole": True}
        store.note_export(at, "", "export", site, told)
    if json:
        told = {"comments": comments, "format": kind, "site": site, "query": told["q"], "out": str(target or "-")}
        typer.echo(printing.json_line(told), nl=False, err=True)
    else:
        printing.note(f"{comments:,} comments.", "dim")


def _target(out: str) -> Path | None:
    if out in ("", "-"):
        return None
    target = Path(out).resolve()
    if target.is_dir():
        raise CommandRefused(out, "That is a folder.", "Name a file.")
    return target


def _form_of(out: str) -> Form:
    return "csv" if out.removesuffix(".gz").endswith(".csv") else "jsonl"


def _filter(store: "SqlStore", site: str, query: str, now: str, *, decided: bool) -> "Filter":
    """What is there now; a search that is not understood is refused, for nobody sees what it found instead."""
    from app.core.comment import Comment
    from app.core.query import Query, Term, parse
    from app.store.queue import Filter

    if site:
        store.history_of(site, Comment())  # raises SiteUnknown
    found = parse(query)
    if found.problems:
        raise CommandRefused("--query", str(found.problems[0]), "See Searching in docs/review.md.")
    groups = (*found.groups, *([(Term("label", "none", is_negated=True),)] if decided else []))
    return Filter("all", site, replace(found, groups=groups) if groups else Query(), store.newest_id(), now)


def _chunks(store: "SqlStore", wanted: "Filter", made: "Callable[[Record], bytes]") -> Iterator[list[bytes]]:
    after = ""
    while found := store.exported(wanted, after, CHUNK):
        yield [made(record) for record in found]
        after = found[-1].id


def _jsonl(record: "Record") -> bytes:
    from app.store.exported import line_of

    return printing.json_line(line_of(record))


def _csv(record: "Record") -> bytes:
    from app.store.exported import csv_line, csv_row

    return csv_line(csv_row(record))


_MADE: dict[Form, Any] = {"jsonl": _jsonl, "csv": _csv}
