"""What `winnow import` shows: a bar while it works, and what came of it."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from app.commands import printing

if TYPE_CHECKING:
    from app.importing.imported import Imported, Skipped
    from app.importing.into_store import Kept

_SHOWN_SKIPPED = 5


@dataclass(slots=True)
class Summary:
    """What came of an export."""

    statuses: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    skipped: int = 0
    first: list[dict[str, str]] = field(default_factory=list)
    """The first few records that could not be read: where and why."""

    def count(self, imported: "Imported") -> None:
        """One comment."""
        self.statuses[imported.status] += 1
        self.labels[imported.label or ""] += 1

    def skip(self, record: "Skipped") -> dict[str, str]:
        """One record that could not be read, as a row of the list of them."""
        told = {"where": record.where, "why": record.why}
        self.skipped += 1
        if len(self.first) < _SHOWN_SKIPPED:
            self.first.append(told)
        return told


@contextmanager
def progress(path: Path) -> Iterator[Callable[[int, Summary], None]]:
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


def summarise(
    summary: Summary, kind: str, where: dict[str, str], skipped: str, stored: "Kept | None", *, as_json: bool
) -> None:
    """The totals, on stderr.

    Args:
        summary: of all records.
        kind: of the export.
        where: `out` or `site`, where the comments went.
        skipped: the file that lists what could not be read; empty without one.
        stored: what went into the store; None when nothing was to.
        as_json: as one line of JSON.
    """
    if as_json:
        typer.echo(printing.json_line({**_told(summary, kind, stored), **where}), nl=False, err=True)
        return
    statuses = ", ".join(f"{count:,} {status}" for status, count in summary.statuses.most_common()) or "none"
    labels = f"{summary.labels['spam']:,} labelled spam, {summary.labels['ham']:,} labelled ham"
    printing.note(f"{summary.statuses.total():,} comments ({kind}): {statuses}; {labels}.")
    if stored:
        _note_stored(stored, where["site"])
    if not summary.skipped:
        return
    printing.note(f"{summary.skipped:,} records could not be read and were left out:", "red")
    for each in summary.first:
        printing.note(f"{each['where']}: {each['why']}")
    if summary.skipped > len(summary.first):
        listed = f"All of them are in {skipped}." if skipped else "--skipped FILE.jsonl lists them all."
        printing.note(f"... and {summary.skipped - len(summary.first):,} more. {listed}")


def _told(summary: Summary, kind: str, stored: "Kept | None") -> dict[str, Any]:
    return {
        "kind": kind,
        "comments": summary.statuses.total(),
        "statuses": dict(summary.statuses.most_common()),
        "labels": {name: summary.labels[name] for name in ("spam", "ham")},
        "skipped": summary.skipped,
        "first_skipped": summary.first,
        **({"added": stored.added, "known": stored.known, "undecided": stored.undecided.total()} if stored else {}),
    }


def _note_stored(stored: "Kept", site: str) -> None:
    known = f" {stored.known:,} had been there, and stay as they are." if stored.known else ""
    undecided = f" {stored.undecided.total():,} without a label were left out." if stored.undecided else ""
    printing.note(f"New among the comments of {site}: {stored.added:,}; client:import finds them.{known}{undecided}")
