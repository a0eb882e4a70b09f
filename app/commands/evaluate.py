"""winnow evaluate: how good a finished model is on labelled files."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import learning, opening, printing
from app.errors import ExamplesUnusable

if TYPE_CHECKING:
    from app.training.evaluate import SourceResult


def evaluate(
    files: Annotated[list[Path], typer.Argument(help="Labelled JSONL files or folders of them (.gz too).")],
    model: Annotated[str, typer.Option(help="A version; without it the one in use.")] = "",
    json: printing.Json = False,
) -> None:
    """Score labelled comments with a model and say how many it got right, file by file.

    A model looks better than it is on what it was trained on; its card names that.

    Example: winnow evaluate exports/may.jsonl
    """
    from app.training.evaluate import evaluate_files

    with learning.progress() as shown:
        task = shown.add_task("Scoring", total=None)
        rows = evaluate_files(files, opening.read_settings().models, model, lambda n: shown.advance(task, n))
    if not rows:
        raise ExamplesUnusable(str(files[0]), "No line has a label.", "Each needs `label`: spam or ham.")
    if json:
        printing.print_json([asdict(row) for row in rows])
        return
    _print_sources(rows)


def _print_sources(rows: "list[SourceResult]") -> None:
    def share(some: int, of: int) -> str:
        return learning.percent(some / of if of else float("nan"))

    head = ("Source", "Spam", "rejected %", "held %", "Ham", "rejected %", "held %", "AUC", "Calibration error")
    printing.table(
        head,
        [
            (
                row.source,
                str(row.counts.spam),
                share(row.counts.spam_rejected, row.counts.spam),
                share(row.counts.spam_held, row.counts.spam),
                str(row.counts.ham),
                share(row.counts.ham_rejected, row.counts.ham),
                share(row.counts.ham_held, row.counts.ham),
                "-" if row.auc is None else f"{row.auc:.4f}",
                f"{row.calibration_error:.3f}",
            )
            for row in rows
        ],
    )
