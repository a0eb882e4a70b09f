"""How commands speak: answers on stdout, everything else on stderr, hostile text made harmless."""

import json
import math
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text for people.")]
"""The option that every command has."""


def out() -> Console:
    """What prints answers for people."""
    return Console(highlight=False, soft_wrap=True)


def err() -> Console:
    """What prints progress, notes and refusals."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def note(sentence: str, style: str = "") -> None:
    """One sentence on stderr."""
    err().print(Text(shown(sentence), style=style))


def say(sentence: str, style: str = "") -> None:
    """One line on stdout."""
    out().print(Text(shown(sentence), style=style))


def print_json(value: Any) -> None:
    """One JSON object or array, on a line of its own."""
    typer.echo(json_line(value), nl=False)


def json_line(value: Any) -> bytes:
    """A line of UTF-8 JSON; a lone surrogate becomes `?`.

    >>> json_line({"id": "7", "text": "ď"}).decode()
    '{"id": "7", "text": "ď"}\\n'
    """
    return (json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8", "replace")


def shown(text: str) -> str:
    """Text of strangers, safe for a terminal: what cannot be seen is written as its code point.

    A comment may hold escape sequences that would recolour the window or rewrite earlier lines.

    >>> shown("a\\x1b[31mb\\u202ec")
    'a<U+001B>[31mb<U+202E>c'
    """
    return "".join(each if each.isprintable() else f"<U+{ord(each):04X}>" for each in " ".join(text.split()))


def bar(weight: float, widest: int = 12) -> Text:
    """A weight in log-odds, as a signed number and a bar: red speaks for spam, green against it.

    >>> bar(2.1).plain, bar(-0.4).plain
    ('+2.10 ■■■■', '-0.40 ■')
    """
    length = max(1, min(widest, math.ceil(abs(weight) * 2 - 0.5)))
    return Text(f"{weight:+.2f} {'■' * length}", style="red" if weight > 0 else "green")


def on_terminal() -> bool:
    """Whether somebody watches stderr."""
    return sys.stderr.isatty()


def table(columns: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> None:
    """A table on stdout; the first column is never broken, text of strangers is made harmless."""
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for number, column in enumerate(columns):
        grid.add_column(column, no_wrap=number == 0, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(shown(cell)) if isinstance(cell, str) else cell for cell in row))
    out().print(grid, soft_wrap=False)
