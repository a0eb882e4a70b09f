"""winnow benchmark folds: how well single sources are judged by a model that knows the rest of them."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import learning, printing

if TYPE_CHECKING:
    from app.training.source_folds import SourceF1


def folds(
    names: Annotated[list[str], typer.Argument(help="Sources, by the names of their files.")],
    data: Annotated[list[Path], typer.Option(help="Labelled JSONL files or folders that hold them, and what trains.")],
    everything: Annotated[
        bool, typer.Option(help="Train on all of --data; without it on a fifth of the rest.")
    ] = False,
    json: printing.Json = False,
) -> None:
    """Precision, recall and F1 of single sources, each fifth by a model that has learned from the other four.

    A campaign stands on one side only. Winnow's own examples train along. Takes some minutes.

    Example: winnow benchmark folds youtube-en telegram-ru --data corpora/
    """
    from app.training.examples import one_in_five
    from app.training.source_folds import PARTS, source_f1s
    from app.training.sources import read_sources

    with learning.progress() as shown:
        ours, theirs = (learning.read(paths, shown).examples for paths in ([learning.OURS], data))
        judged = [example for example in theirs if example.source in names]
        rest = [example for example in theirs if example.source not in names]
        found = [*ours, *judged, *(rest if everything else one_in_five(rest))]
        features = shown.add_task("Working out features", total=100)
        fits = shown.add_task("Fitting without each fifth", total=PARTS)
        rows = source_f1s(
            found,
            names,
            read_sources(learning.OURS / "sources.toml"),
            lambda share: shown.advance(features, 100 * share),
            lambda _: shown.advance(fits),
        )
    if json:
        printing.print_json({"sources": [asdict(row) | {"f1": row.f1} for row in rows]})
        return
    _print(rows)


def _print(rows: "list[SourceF1]") -> None:
    printing.table(
        ("Source", "Spam", "Ham", "precision %", "recall %", "F1 %"),
        [
            (row.source, str(row.spam), str(row.ham), *map(learning.percent, (row.precision, row.recall, row.f1)))
            for row in rows
        ],
    )
