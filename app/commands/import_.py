"""winnow import: what another program exported -> comment records."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from app.commands import printing
from app.commands.files import Sink, part_of, standard_output, terminable, written_whole
from app.errors import CommandRefused

_SHOWN_SKIPPED = 5
_KINDS = "wordpress, disqus, blogger, mediawiki, ghost, isso, remark42, staticman, jsonl, page, page-text, json, csv"
"""As in app.importing.kinds, which is not loaded to show the help."""

Export = Annotated[str, typer.Argument(metavar="EXPORT", help="A file, gzipped or not, a zip archive, or a folder.")]
Out = Annotated[str, typer.Option("--out", "-o", metavar="OUT.jsonl", help="Where the records go; without it, stdout.")]
KindName = Annotated[
    str, typer.Option("--kind", metavar="KIND", help=f"What it is: {_KINDS}. Without it, the export is looked at.")
]
Columns = Annotated[
    str, typer.Option("--columns", metavar="text=body,...", help="Fields and their names in a table or in JSON.")
]
SkippedFile = Annotated[
    str, typer.Option("--skipped", metavar="FILE.jsonl", help="Where every record that cannot be read is listed.")
]


@dataclass(slots=True)
class Summary:
    """What came of an export."""

    statuses: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    skipped: int = 0
    first: list[dict[str, str]] = field(default_factory=list)
    """The first few records that could not be read: where and why."""


def import_export(
    export: Export,
    out: Out = "-",
    kind: KindName = "",
    columns: Columns = "",
    skipped: SkippedFile = "",
    json: printing.Json = False,
) -> None:
    """Turn another program's export into comment records, for winnow score, train and evaluate.

    Every comment becomes a line with its fields, its status, and a label where somebody had decided: spam is spam,
    approved is ham; published, pending and trash say nothing. What cannot be read is counted, named and left out; the
    exit code is then 1. OUT appears only when all is done. --json prints the summary, which goes to stderr, as JSON.

    Example: winnow import wordpress.xml -o comments.jsonl
    """
    from app.importing import kinds
    from app.importing.columns import parsed

    path = Path(export)
    found = kinds.kind_of(path, kind)
    targets = [_target(path, name) for name in (out, skipped)]
    chosen = parsed(columns)
    summary = Summary()
    with terminable(), ExitStack() as opened:
        advance = opened.enter_context(_progress(path))
        records = opened.enter_context(_sink(targets[0]))
        places = opened.enter_context(written_whole(targets[1])) if targets[1] else None
        for record in kinds.read(path, found.name, lambda read: advance(read, summary), chosen):
            _write(record, records, places, summary)
    _summarise(summary, found.name, str(targets[0] or "-"), skipped, json)
    if summary.skipped:
        raise typer.Exit(1)


def _write(record: Any, records: Sink, places: Sink | None, summary: Summary) -> None:
    from app.importing.imported import Skipped, row

    if isinstance(record, Skipped):
        told = {"where": record.where, "why": record.why}
        summary.skipped += 1
        if len(summary.first) < _SHOWN_SKIPPED:
            summary.first.append(told)
        if places:
            places.write(printing.json_line(told))
        return
    summary.statuses[record.status] += 1
    summary.labels[record.label or ""] += 1
    records.write(printing.json_line(row(record)))


def _target(export: Path, out: str) -> Path | None:
    """A file to write; None is stdout or nothing. Refuses what would overwrite the export, or stand inside it."""
    if out in ("", "-"):
        return None
    target = Path(out).resolve()
    if target.is_dir():
        raise CommandRefused(out, "That is a folder.", "Name a file.")
    for written in (target, part_of(target)):
        if written.exists() and written.samefile(export):
            raise CommandRefused(out, "That would overwrite the export.", "Name another file.")
    if export.is_dir() and target.is_relative_to(export.resolve()):
        raise CommandRefused(out, "That is inside the export.", "Name a file outside of it.")
    return target


def _sink(target: Path | None) -> Any:
    return written_whole(target) if target else standard_output()


@contextmanager
def _progress(path: Path) -> Iterator[Callable[[int, Summary], None]]:
    """A bar on stderr while somebody watches; called with the bytes just read and what came of them."""
    if not printing.on_terminal():
        yield lambda _read, _summary: None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from app.importing.files import size_of

    counts = TextColumn("{task.fields[comments]:,} comments, {task.fields[skipped]:,} skipped")
    columns = (BarColumn(), DownloadColumn(), counts, TimeRemainingColumn())
    with Progress(*columns, console=printing.err(), transient=True) as progress:
        task = progress.add_task("", total=size_of(path), comments=0, skipped=0)

        def advance(read: int, summary: Summary) -> None:
            progress.update(task, advance=read, comments=summary.statuses.total(), skipped=summary.skipped)

        yield advance


def _summarise(summary: Summary, kind: str, out: str, skipped: str, as_json: bool) -> None:
    told = {
        "kind": kind,
        "comments": summary.statuses.total(),
        "statuses": dict(summary.statuses.most_common()),
        "labels": {name: summary.labels[name] for name in ("spam", "ham")},
        "skipped": summary.skipped,
        "first_skipped": summary.first,
        "out": out,
    }
    if as_json:
        typer.echo(printing.json_line(told), nl=False, err=True)
        return
    statuses = ", ".join(f"{count:,} {status}" for status, count in summary.statuses.most_common()) or "none"
    labels = f"{summary.labels['spam']:,} labelled spam, {summary.labels['ham']:,} labelled ham"
    printing.note(f"{summary.statuses.total():,} comments ({kind}): {statuses}; {labels}.")
    if not summary.skipped:
        return
    printing.note(f"{summary.skipped:,} records could not be read and were left out:", "red")
    for each in summary.first:
        printing.note(f"{each['where']}: {each['why']}")
    if summary.skipped > len(summary.first):
        where = f"All of them are in {skipped}." if skipped else "--skipped FILE.jsonl lists them all."
        printing.note(f"... and {summary.skipped - len(summary.first):,} more. {where}")
