"""What the commands that learn share: reading examples and working out their features, with progress."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.commands import printing
from app.errors import ExamplesUnusable

if TYPE_CHECKING:
    from app.training.dataset import Dataset
    from app.training.examples import Example
    from app.training.sources import Source

OURS = Path(__file__).resolve().parents[2] / "training_data"
"""The examples that come with Winnow."""

Data = Annotated[
    list[Path] | None,
    typer.Option("--data", help="A JSONL file or a folder of them (.gz too); may be given several times."),
]


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress display on stderr; nothing when nobody watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=printing.err(), disable=not printing.on_terminal(), transient=True) as shown:
        yield shown


def dataset(paths: list[Path], shown: Progress) -> "tuple[Dataset, dict[str, Source]]":
    """The labelled comments of files and folders with their features, and what is known about their sources.

    Raises:
        ExamplesUnusable: a path that is not there, a line that cannot be read, or nothing labelled.
    """
    return assembled(read(paths, shown), shown)


def read(paths: list[Path], shown: Progress) -> "list[Example]":
    """The labelled comments of files and folders.

    Raises:
        ExamplesUnusable: a path that is not there, a line that cannot be read, or nothing labelled.
    """
    # Here, not above: scikit-learn takes seconds to import, and only these commands need it.
    from app.training.examples import read_examples

    task = shown.add_task("Reading", total=None)
    examples = read_examples(paths, lambda path: shown.update(task, description=f"Reading {path.name}"))
    shown.remove_task(task)
    if not examples:
        raise ExamplesUnusable(str(paths[0]), "No line has a label.", "Each needs `label`: spam or ham.")
    return examples


def assembled(examples: "list[Example]", shown: Progress) -> "tuple[Dataset, dict[str, Source]]":
    """Examples with their features, and what is known about their sources."""
    from app.training.dataset import assemble
    from app.training.sources import read_sources

    sources = read_sources(OURS / "sources.toml")
    task = shown.add_task("Working out features", total=2 * len(examples))
    data = assemble(examples, sources, lambda done: shown.advance(task, done))
    shown.remove_task(task)
    return data, sources


def percent(value: float) -> str:
    """A share as a percentage with one decimal; a dash when there is none.

    >>> percent(0.7312), percent(float("nan"))
    ('73.1', '-')
    """
    return "-" if value != value else f"{100 * value:.1f}"
