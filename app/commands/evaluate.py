"""winnow evaluate and winnow loso: how good a model is, and how good training is on sites it has not seen."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import learning, opening, printing
from app.errors import ExamplesUnusable

if TYPE_CHECKING:
    from app.training.evaluate import SourceResult
    from app.training.loso import KeywordRow, Table


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


def loso(
    data: Annotated[list[Path], typer.Argument(help="Folders of labelled corpora; fold numbers are in sources.toml.")],
    baselines: Annotated[bool, typer.Option(help="Also fit a plain hashed n-gram model on the same rows.")] = True,
    keys: Annotated[Path | None, typer.Option(help="A WordPress disallowed-keys file to compare with.")] = None,
    json: printing.Json = False,
) -> None:
    """Leave one site out: train without each site in turn and see what is caught there.

    Winnow's own examples always train too. Takes some minutes.

    Example: winnow loso corpora/ --keys disallowed-keys.txt
    """
    from app.training import loso as tables
    from app.training.baselines import read_keys
    from app.training.crossing import calibrate, cross

    words = read_keys(keys) if keys else None
    with learning.progress() as shown:
        examples, _ = learning.dataset([learning.OURS, *data], shown)
        if not examples.left_out.any():
            what = "None of the corpora has a fold in training_data/sources.toml."
            raise ExamplesUnusable(str(data[0]), what, "Give each site that is to be left out a fold, 1 to 7.")
        task = shown.add_task("Fitting without each site", total=None)
        crossed = cross(examples, lambda _: shown.advance(task))
        calibration = calibrate(examples, crossed)
        found = [tables.model_table(examples, crossed, calibration)]
        if baselines:
            found.append(tables.plain_table(examples))
        hits = tables.keyword_table(examples, calibration.logits(crossed), words) if words else []
    if json:
        told: dict[str, Any] = {"tables": [each.as_json() for each in found]}
        printing.print_json(told | ({"keywords": [asdict(row) for row in hits]} if hits else {}))
        return
    for each in found:
        _print_table(each)
    if hits:
        _print_keywords(hits)


def _print_table(found: "Table") -> None:
    printing.say(f"\n{found.scorer}: recall in % at false positives of all {found.ham} left-out ham", "bold")
    rows = [
        (
            row.site,
            str(row.spam),
            str(row.ham),
            *(learning.percent(value) for value in row.recall),
            f"{row.auc:.4f}",
            _or_dash(row.calibration_error),
        )
        for row in found.rows
    ]
    recall, unseen = ([learning.percent(value) for value in values] for values in (found.mean, found.unseen))
    rows.append(("mean", "", "", *recall, _or_dash(found.mean_auc, 4), ""))
    rows.append(("campaigns not seen", "", "", *unseen, "", ""))
    printing.table(("Site", "Spam", "Ham", "1 %", "0.2 %", "0.1 %", "AUC", "Calibration error"), rows)
    if found.calibration_error == found.calibration_error:
        printing.say(f"Calibration error: {found.calibration_error:.3f}")


def _or_dash(value: float, decimals: int = 3) -> str:
    return "-" if value != value else f"{value:.{decimals}f}"


def _print_keywords(hits: "list[KeywordRow]") -> None:
    printing.say("\nWordPress disallowed keys, and Winnow holding back as many honest comments of that source", "bold")
    printing.table(
        ("Source", "Spam", "Ham", "keys catch %", "keys hold back %", "Winnow catches %"),
        [
            (
                row.source,
                str(row.spam),
                str(row.ham),
                learning.percent(row.recall),
                learning.percent(row.held_back),
                learning.percent(row.winnow),
            )
            for row in hits
        ],
    )
