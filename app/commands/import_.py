"""winnow import: what another program exported -> comment records, in a file or in the store."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import import_output, opening, printing
from app.commands.files import Sink, part_of, standard_output, terminable, written_whole
from app.errors import CommandRefused

if TYPE_CHECKING:
    from app.importing.imported import Imported
    from app.importing.into_store import IntoStore

    Take = Callable[[Imported], object]

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
Stored = Annotated[
    bool, typer.Option("--into-store", help="Into Winnow's own database instead: those that the site had decided.")
]
OfSite = Annotated[str, typer.Option("--site", metavar="NAME", help="With --into-store: whose comments they are.")]


def import_export(
    export: Export,
    out: Out = "",
    kind: KindName = "",
    columns: Columns = "",
    skipped: SkippedFile = "",
    into_store: Stored = False,
    site: OfSite = "",
    json: printing.Json = False,
) -> None:
    """Turn another program's export into comment records, for winnow score, train and evaluate.

    Every comment becomes a line with its fields, its status, and a label where somebody had decided: spam is spam,
    approved is ham; published, pending and trash say nothing. What cannot be read is counted, named and left out; the
    exit code is then 1. OUT appears only when all is done. --json prints the summary, which goes to stderr, as JSON.

    With --into-store --site NAME, comments with a label go into Winnow's database: with their own dates, judged, and
    decided by the site's CMS. Nothing in it acts on what arrives. Run again, it adds only what is not there yet.

    Example: winnow import wordpress.xml -o comments.jsonl
    """
    from app.importing import kinds

    _refuse_contradictions(out, site, into_store=into_store)
    path = Path(export)
    found = kinds.kind_of(path, kind).name
    targets = [_target(path, name) for name in (out, skipped)]
    summary = import_output.Summary()
    with terminable(), ExitStack() as opened:
        storing = opened.enter_context(_storing(path, site)) if into_store else None
        take = storing.take if storing else opened.enter_context(_writing(targets[0]))
        _read(path, found, columns, summary, take, targets[1])
        if storing:
            storing.flush()
    where = {"site": site} if storing else {"out": str(targets[0] or "-")}
    import_output.summarise(summary, found, where, skipped, storing.kept if storing else None, as_json=json)
    if summary.skipped:
        raise typer.Exit(1)


def _refuse_contradictions(out: str, site: str, *, into_store: bool) -> None:
    if into_store != bool(site):
        what = "--into-store takes the site whose comments they are, and --site is for it alone."
        raise CommandRefused("winnow import", what, "Name both: winnow import EXPORT --into-store --site NAME.")
    if into_store and out:
        raise CommandRefused("winnow import", "It writes a file, or into the store.", "Give -o or --into-store.")


def _read(
    path: Path, kind: str, columns: str, summary: import_output.Summary, take: "Take", skipped: Path | None
) -> None:
    from app.importing import kinds
    from app.importing.columns import parsed
    from app.importing.imported import Skipped

    chosen = parsed(columns)
    with import_output.progress(path) as advance, ExitStack() as opened:
        places = opened.enter_context(written_whole(skipped)) if skipped else None
        for record in kinds.read(path, kind, lambda read: advance(read, summary), chosen):
            if isinstance(record, Skipped):
                told = summary.skip(record)
                if places:
                    places.write(printing.json_line(told))
            else:
                summary.count(record)
                take(record)


@contextmanager
def _storing(path: Path, site: str) -> Iterator["IntoStore"]:
    """What writes comments into the store; that it did so is written down, also when it was interrupted."""
    from app.core import times
    from app.importing.into_store import IntoStore

    settings = opening.read_settings()
    model, lists = opening.open_model(settings)
    with opening.open_store(settings) as store:
        storing = IntoStore(store, site, path.name, model, lists, opening.moment())
        try:
            yield storing
        except (KeyboardInterrupt, SystemExit):
            printing.note("Interrupted; the same command goes on from there.")
            raise
        finally:
            if storing.kept.added:
                detail = {"comments": storing.kept.added, "source": path.name}
                store.note_import(times.written(opening.moment()), "", site, detail)


@contextmanager
def _writing(target: Path | None) -> "Iterator[Take]":
    """What writes each comment as a line of a file; None is stdout."""
    from app.importing.imported import row

    opened: AbstractContextManager[Sink] = written_whole(target) if target else standard_output()
    with opened as sink:
        yield lambda imported: sink.write(printing.json_line(row(imported)))


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
