"""winnow benchmark robustness: how much of the spam is still caught when it is disguised."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import learning, opening, printing
from app.errors import ExamplesUnusable

if TYPE_CHECKING:
    from app.training.robustness import Row


def robustness(
    data: Annotated[list[Path], typer.Argument(help="Labelled JSONL files or folders of them (.gz too).")],
    model: Annotated[str, typer.Option(help="A version; without it the one in use.")] = "",
    spam: Annotated[int, typer.Option(min=1, help="Spam comments for each disguise, at most.")] = 1000,
    ham: Annotated[int, typer.Option(min=1, help="Honest comments for each disguise, at most.")] = 2000,
    seed: Annotated[int, typer.Option(help="Of the sample and of the disguises.")] = 1,
    json: printing.Json = False,
) -> None:
    """Disguise labelled comments the ways spammers do and see what the model still catches at its thresholds.

    Take comments the model was not trained on. Takes some minutes.

    Example: winnow benchmark robustness exports/ --spam 200 --ham 400
    """
    from app.training.disguises import DISGUISES
    from app.training.examples import read_examples
    from app.training.robustness import measure_robustness

    used, known = opening.open_model(opening.read_settings(), model)
    examples = read_examples(data)
    if not examples:
        raise ExamplesUnusable(str(data[0]), "No line has a label.", "Each needs `label`: spam or ham.")
    with learning.progress() as shown:
        task = shown.add_task("Disguising", total=len(DISGUISES))
        rows = measure_robustness(used, known, examples, spam, ham, seed, lambda done: shown.advance(task, done))
    if json:
        printing.print_json({"model": used.version, "seed": seed, "rows": [_told(row) for row in rows]})
        return
    _print(rows)


def _told(row: "Row") -> dict[str, Any]:
    """A row as JSON; a share that nothing was measured of is null."""
    told = asdict(row) | {"drop": row.drop, "new_false_positives": row.new_false_positives, "reached": row.reached}
    rates: dict[str, Any] = {kind: {name: _or_none(share) for name, share in told[kind].items()} for kind in _KINDS}
    return {name: _or_none(value) for name, value in told.items() if name not in _KINDS} | rates


_KINDS = ("spam", "ham")


def _or_none(value: Any) -> Any:
    return None if value != value else value


def _print(rows: "list[Row]") -> None:
    from app.training.disguises import FAMILIES
    from app.training.robustness import MAX_NEW_FALSE_POSITIVES, worst_of_families

    head = ("", "Disguise", "Spam", "rejected %", "Drop", "Ham", "rejected %", "Kept")
    printing.table(head, [_cells(row) for row in rows])
    printing.say("\nThe worst of each family, in points of recall at the reject threshold", "bold")
    printing.table(
        ("Family", "What it is", "Disguise", "Drop", "At most"),
        [
            (row.family, FAMILIES[row.family], row.disguise, _share(row.drop), f"{row.most:g}")
            for row in worst_of_families(rows)
        ],
    )
    most = max(
        (row.new_false_positives for row in rows if row.new_false_positives == row.new_false_positives), default=0
    )
    printing.say(
        f"Honest comments rejected only disguised: {most:.2f} points at worst, of {MAX_NEW_FALSE_POSITIVES:g}."
    )


def _cells(row: "Row") -> tuple[str, ...]:
    """Eight narrow columns, for a terminal of 80; the drop beside what is allowed. What is held is in --json."""
    spam, ham = row.spam, row.ham
    return (
        row.family,
        row.disguise,
        str(spam.comments),
        f"{_share(spam.rejected)}>{_share(spam.rejected_disguised)}",
        f"{_share(row.drop)}/{row.most:g}",
        str(ham.comments),
        f"{_share(ham.rejected, 2)}>{_share(ham.rejected_disguised, 2)}",
        "yes" if row.reached else "no",
    )


def _share(percent: float, decimals: int = 1) -> str:
    return "-" if percent != percent else f"{percent:.{decimals}f}"
