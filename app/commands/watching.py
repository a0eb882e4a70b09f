"""What long work shows while somebody watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.commands import printing


@contextmanager
def progress(size: int | None, unit: str = "rows") -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr while somebody watches; called with what was read so far and rows done.

    Args:
        size: all that there is to read, in the same unit; None when it is not known.
        unit: what the second number counts.
    """
    if not printing.on_terminal():
        yield lambda _read, _rows: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn(f"{{task.fields[rows]:,}} {unit}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=printing.err(), transient=True) as shown:
        task = shown.add_task("", total=size, rows=0)
        yield lambda read, rows: shown.update(task, completed=read, rows=rows)
