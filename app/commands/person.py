"""winnow person: what is stored of somebody, taken out or erased."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import files, opening, printing
from app.errors import CommandRefused

if TYPE_CHECKING:
    from app.store.people import Holdings, Person
    from app.store.sql import SqlStore

person = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="What is stored of a person: take it out, or erase it.",
)
CHUNK = 500
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The address that the comments were written under.")]


@person.command()
def export(
    email: Email,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write; .gz packs it.")] = None,
    json: printing.Json = False,
) -> None:
    """Write out all comments of a person as JSONL, with what was decided and noted about each.

    Example: winnow person export jana@example.org -o jana.jsonl
    """
    from app.core import times

    whose = _person(email)
    comments = 0
    with opening.open_store(opening.read_settings()) as store, _sink(output) as sink:
        for line in _lines(store, whose):
            sink.write(line)
            comments += 1
        store.note_export(
            times.written(opening.moment()), "", "person-export", "", {"comments": comments, "whole": True}
        )
    if json and output is not None:
        printing.print_json({"email": whose.email, "comments": comments, "file": str(output)})
    else:
        printing.note(f"{comments:,} comments of {whose.email}.", "dim")


@person.command()
def erase(
    email: Email,
    yes: Annotated[bool, typer.Option("--yes", help="Really erase; without it only what would go is told.")] = False,
    keep_rules: Annotated[bool, typer.Option("--keep-rules", help="Leave rules that name the address.")] = False,
    json: printing.Json = False,
) -> None:
    """Delete all comments of a person with everything about them, and overwrite them on disk. It cannot be undone.

    Example: winnow person erase jana@example.org --yes
    """
    from app.core import times

    whose = _person(email)
    with opening.open_store(opening.read_settings()) as store:
        if not yes:
            told = _told(store.holdings(whose))
            raise CommandRefused(whose.email, f"Would go: {told}. Nothing was erased.", "Add --yes to erase it.")
        erased = store.erase(whose, times.written(opening.moment()), "", with_rules=not keep_rules)
    gone = erased.gone if not keep_rules else erased.gone._replace(rules=0)
    if json:
        printing.print_json({"email": whose.email, "erased": gone._asdict(), "clean": erased.is_clean})
    else:
        printing.say(f"Erased: {_told(gone)}.")
    if gone.mentions:
        printing.note(f"{gone.mentions:,} comments of others have the address in their text, and stay.")
    if not erased.is_clean:
        printing.note("Another process was reading, so the database's log still holds old pages. Run it again.", "red")


def _person(email: str) -> "Person":
    from app.store.people import Person

    email = email.strip()
    if "@" not in email[1:-1] or not email.isprintable():
        raise CommandRefused("EMAIL", "That is no e-mail address.", "Write it as it stands in the comments.")
    return Person(email=email)


def _lines(store: "SqlStore", whose: "Person") -> Iterator[bytes]:
    from app.store.exported import held_line

    after = ""
    while found := store.held(whose, after, CHUNK):
        for each in found:
            yield printing.json_line(held_line(each))
        after = found[-1].record.id


def _sink(output: Path | None) -> AbstractContextManager[files.Sink]:
    return files.written_whole(output) if output else files.standard_output()


def _told(found: "Holdings") -> str:
    names = ("comments", "links", "decisions", "notes", "messages", "rules")
    return ", ".join(f"{getattr(found, name):,} {name}" for name in names)
