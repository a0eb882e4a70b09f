"""winnow score: bulk scoring, offline, without a database."""

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from io import BufferedIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import opening, printing
from app.commands.files import part_of, standard_output, terminable, written_whole
from app.commands.watching import progress
from app.errors import CommandRefused

if TYPE_CHECKING:
    from app.settings import Settings

In = Annotated[str, typer.Argument(metavar="IN.jsonl", help="A JSONL file, gzipped or not; - is stdin.")]
Out = Annotated[str, typer.Option("--out", "-o", metavar="OUT.jsonl", help="Where the rows go; without it, stdout.")]
Workers = Annotated[int, typer.Option("--workers", min=0, max=256, help="How many processes; 0 is one for each core.")]
ModelVersion = Annotated[str, typer.Option("--model", metavar="VERSION", help="Another model than the one in use.")]
Taught = Annotated[str, typer.Option("--site", help="Judge as this site's own decisions have taught, see retrain.")]
WithReasons = Annotated[bool, typer.Option("--reasons/--no-reasons", help="Say why in every row.")]


def score(
    source: In,
    out: Out = "-",
    workers: Workers = 0,
    model: ModelVersion = "",
    site: Taught = "",
    reasons: WithReasons = True,
    json: printing.Json = False,
) -> None:
    """Score a file of comments: a row out per row in, in order.

    Each row has id, score, verdict, action and reasons; a line that is no JSON object gets a row with its number
    and what is wrong, and the exit code is then 1. OUT appears only when all is done. --json prints the summary,
    which goes to stderr, as JSON.

    Example: winnow score comments.jsonl.gz -o verdicts.jsonl
    """
    from app.commands.bulk import Job, chunks
    from app.commands.bulk import score as score_chunks
    from app.settings import usable_cores

    target = _target(source, out)
    settings = opening.read_settings()
    version = _version(settings, model, site)
    job = Job(settings.models, version, reasons, site)
    began = time.monotonic()
    verdicts: Counter[str] = Counter()
    with terminable(), ExitStack() as opened:
        file, position, size = opened.enter_context(_opened(source))
        advance = opened.enter_context(progress(size))
        sink = opened.enter_context(written_whole(target) if target else standard_output())
        scored = score_chunks(chunks(source, file), job, workers or usable_cores())
        for rows in opened.enter_context(closing(scored)):
            sink.write(rows.written)
            verdicts += rows.verdicts
            advance(position(), verdicts.total())
    _summarise(verdicts, time.monotonic() - began, version, str(target or "-"), json)
    if verdicts["error"]:
        raise typer.Exit(1)


def _version(settings: "Settings", model: str, site: str) -> str:
    """The model's; a site that it has learned nothing from is refused here, and not by each process."""
    from app import models

    return (
        opening.open_model(settings, model, site)[0].version
        if site
        else model or models.current_version(settings.models)
    )


def _target(source: str, out: str) -> Path | None:
    """Where the rows go; None is stdout. Refuses what would overwrite the comments."""
    if source != "-" and not Path(source).is_file():
        raise CommandRefused(source, "There is no such file.", "Name one JSONL file, or - for stdin.")
    if out == "-":
        return None
    target = Path(out).resolve()
    if target.is_dir():
        raise CommandRefused(out, "That is a folder.", "Name a file for the rows.")
    for written in (target, part_of(target)):
        if source != "-" and written.exists() and written.samefile(source):
            raise CommandRefused(out, "That would overwrite the comments.", "Name another file for the rows.")
    return target


@contextmanager
def _opened(source: str) -> Iterator[tuple[BufferedIOBase, Callable[[], int], int | None]]:
    """The lines' file, a function that says how much of it has been read, and its size in bytes if known."""
    from app.commands.bulk import unpacked

    if source == "-":
        if sys.stdin.isatty():
            printing.note("Reading comments from the terminal, one JSON object a line; Ctrl+D ends.")
        with open(sys.stdin.fileno(), "rb", closefd=False) as stdin:
            yield unpacked(stdin), lambda: 0, None
        return
    try:
        file = Path(source).open("rb")  # noqa: SIM115  closed below
    except OSError as error:
        what = f"The file cannot be opened: {error.strerror}."
        raise CommandRefused(source, what, "Check its permissions.") from None
    with file:
        yield unpacked(file), file.tell, os.fstat(file.fileno()).st_size


def _summarise(verdicts: Counter[str], seconds: float, version: str, out: str, as_json: bool) -> None:
    rows = verdicts.total()
    summary: dict[str, Any] = {
        "rows": rows,
        "errors": verdicts["error"],
        "verdicts": {name: verdicts[name] for name in ("ham", "unsure", "spam")},
        "seconds": round(seconds, 3),
        "rows_per_second": round(rows / max(seconds, 0.001), 1),
        "model": version,
        "out": out,
    }
    if as_json:
        typer.echo(printing.json_line(summary), nl=False, err=True)
        return
    counts = ", ".join(f"{count:,} {name}" for name, count in summary["verdicts"].items())
    speed = f"{summary['rows_per_second']:,.0f} rows per second"
    printing.note(f"{rows:,} rows in {seconds:.1f} s, {speed}: {counts}.")
    if verdicts["error"]:
        sentence = f"{verdicts['error']:,} of them could not be judged; their rows say why."
        printing.note(sentence, "red")
