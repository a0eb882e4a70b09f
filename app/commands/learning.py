"""What the commands that learn share: reading examples and working out their features, with progress."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.commands import printing
from app.errors import ExamplesUnusable

if TYPE_CHECKING:
    from app.training.dataset import Dataset
    from app.training.examples import Disputed, Example, Reading
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


class Learned(NamedTuple):
    """What there is to learn from and to measure on."""

    data: "Dataset"
    sources: "dict[str, Source]"
    """What is known about where the comments are from."""
    disputed: "list[Disputed]"
    """Comments whose label a reader disagreed with; they are not in `data`."""


def dataset(paths: list[Path], shown: Progress, share: float = 1.0) -> Learned:
    """The labelled comments of files and folders with their features, and what is known about their sources.

    Args:
        paths: JSONL files or folders.
        shown: where progress goes.
        share: how many of the rows that are not our own are kept, by a hash of the id; always the same ones.

    Raises:
        ExamplesUnusable: a path that is not there, a line that cannot be read, or nothing labelled.
    """
    found = read(paths, shown, share)
    return Learned(*assembled(found.examples, shown), found.disputed)


def read(paths: list[Path], shown: Progress, share: float = 1.0) -> "Reading":
    """The labelled comments of files and folders, disputed ones apart; see `dataset`.

    Raises:
        ExamplesUnusable: a path that is not there, a line that cannot be read, or nothing labelled.
    """
    # Here, not above: scikit-learn takes seconds to import, and only these commands need it.
    from app.training.examples import read_labelled

    task = shown.add_task("Reading", total=None)
    found = read_labelled(paths, lambda path: shown.update(task, description=f"Reading {path.name}"))
    shown.remove_task(task)
    if share < 1:
        found = _sampled(found, share)
    if not found.examples:
        raise ExamplesUnusable(str(paths[0]), "No line has a label.", "Each needs `label`: spam or ham.")
    return found


def assembled(examples: "list[Example]", shown: Progress) -> "tuple[Dataset, dict[str, Source]]":
    """Examples with their features, and what is known about their sources."""
    from app.training.dataset import assemble
    from app.training.sources import read_sources

    sources = read_sources(OURS / "sources.toml")
    task = shown.add_task("Working out features", total=100)
    data = assemble(examples, sources, lambda share: shown.advance(task, 100 * share))
    shown.remove_task(task)
    return data, sources


def _sampled(found: "Reading", share: float) -> "Reading":
    from app.training.examples import Reading, files_of, in_sample, source_of

    ours = {source_of(path) for path in files_of([OURS])}
    return Reading(
        [example for example in found.examples if example.source in ours or in_sample(example.id, share)],
        [each for each in found.disputed if in_sample(each.example.id, share)],
    )


def percent(value: float) -> str:
    """A share as a percentage with one decimal; a dash when there is none.

    >>> percent(0.7312), percent(float("nan"))
    ('73.1', '-')
    """
    return "-" if value != value else f"{100 * value:.1f}"
