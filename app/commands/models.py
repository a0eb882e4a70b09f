"""winnow models: which there are, and which one is in use."""

import getpass
import json as json_format
import math
import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from app import models as shelf
from app.commands import opening, printing
from app.commands.files import written_whole
from app.errors import CommandRefused, ModelUnusable
from app.releases import RELEASES, Release
from app.releases import of_version as releases_of
from app.releases import write as write_release

models = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Models: which there are, which one is in use, and back again.",
)

Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, which its card's page tells.")]
Version = Annotated[str, typer.Argument(metavar="VERSION", help="As winnow models list shows it.")]


@models.command("list")
def list_(json: printing.Json = False) -> None:
    """List the models, oldest first; mark the one in use, and those that sites have taught (winnow retrain)."""
    folder = opening.read_settings().models
    current = _current(folder)
    found = [_summary(folder, version, current) for version in shelf.versions(folder)]
    if json:
        printing.print_json(found)
    elif not found:
        printing.say(f"There is no model in {folder}. Make one: winnow train")
    else:
        rows = [
            (
                each["version"],
                _mark(each["current"]),
                str(each["trained_at"] or "?"),
                _sites(len(each["taught_by"])),
                _metrics(each["metrics"]),
            )
            for each in found
        ]
        printing.table(("Version", "In use", "Trained", "Learned from", "Metrics"), rows)


@models.command()
def show(version: Version, json: printing.Json = False) -> None:
    """Show what a model's card says: when and from what it was made, and how good it is."""
    folder = opening.read_settings().models
    _require(folder, version)
    card = shelf.card_of(folder, version)
    if card is None:
        remedy = "Restore the folder, or choose another model."
        raise ModelUnusable(version, "card.json cannot be read.", remedy)
    released = [each._asdict() for each in releases_of(folder, version)]
    told = {"version": version, "current": version == _current(folder), "released": released, "card": card}
    if json:
        printing.print_json(told)
    else:
        printing.say(f"{version}{', in use' if told['current'] else ''}", "bold")
        for each in released:
            printing.say(f"Put in use by {each['by'] or '?'} at {each['at']}: {each['why'] or 'no reason told'}")
        typer.echo(json_format.dumps(card, indent=2))


@models.command("card")
def card_(
    version: Version,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE.html", help="Where it goes.")] = None,
    language: Annotated[str, typer.Option(help="Of the page: en, de, fr, es or sk.")] = "en",
    json: printing.Json = False,
) -> None:
    """Write a model's card as a page that needs nothing but a browser.

    What it learned from, how good it is by site, language and kind of spam, what disguises cost, what it cannot do, and
    who put it in use and why. Without -o it goes to VERSION.html here.

    Example: winnow models card 2026-11-30.3 -o card.html
    """
    from app.web.review.card_page import alone
    from app.web.review.pages import LANGUAGES

    if language not in LANGUAGES:
        what = "The page is not translated into that."
        raise CommandRefused(language, what, f"There are {', '.join(LANGUAGES)}.")
    folder = opening.read_settings().models
    _require(folder, version)
    told, path = shelf.card_of(folder, version), out or Path(f"{version}.html")
    page = alone(version, told, releases_of(folder, version), language, is_in_use=version == _current(folder))
    with written_whole(path) as file:
        file.write(page.encode("utf-8", "replace"))
    if json:
        printing.print_json({"version": version, "file": str(path), "readable": told is not None})
    else:
        printing.say(f"The card of {version} is written to {path}.")


@models.command()
def use(version: Version, why: Why = "", json: printing.Json = False) -> None:
    """Put a model in use, after checking that it loads; who did it, when and why is written down.

    Example: winnow models use 2026-11-22.1 --why "It holds fewer good comments in German."
    """
    before = put_in_use(opening.read_settings().models, version, why)
    _print_switch(version, before, json)


@models.command()
def rollback(why: Why = "", json: printing.Json = False) -> None:
    """Go back to the model that was in use before; once more goes forward again."""
    folder = opening.read_settings().models
    version = shelf.previous_version(folder)
    if not version:
        remedy = "Choose one with `winnow models use VERSION`."
        raise CommandRefused(str(folder), "No model was in use before this one.", remedy)
    before = put_in_use(folder, version, why)
    _print_switch(version, before, json)


def put_in_use(folder: Path, version: str, why: str = "") -> str:
    """Name `version` as the one in use, and remember the one that was; gives that, or "" if there was none.

    Who did it is whoever this process belongs to; with `why` that is written down beside the models.

    Raises:
        ModelUnusable: it is not there or does not load; nothing has changed then.
        CommandRefused: the folder cannot be written; or the model is in use, and that could not be written down.
    """
    from app import lists

    _require(folder, version)
    shelf.load(folder, version, lists.load())
    before = _current(folder)
    if version == before:
        return before
    # In this order: whoever is interrupted in between is still served by a model that works.
    if before:
        _write(folder / shelf.PREVIOUS, before)
    _write(folder / shelf.CURRENT, version)
    try:
        write_release(folder, Release(version, opening.now(), _somebody(), why, before))
    except OSError as error:
        what = f"{version} is in use, but who put it in use and why could not be written down: {error.strerror}."
        raise CommandRefused(str(folder / RELEASES), what, "Free some space, or make the file writable.") from error
    return before


def _somebody() -> str:
    """The name of whoever runs this, as the machine knows them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # in a container a user may have a number and no name
        return f"user {os.getuid()}"


def _write(path: Path, version: str) -> None:
    with written_whole(path) as file:
        file.write(f"{version}\n".encode())


def _require(folder: Path, version: str) -> None:
    if version not in shelf.versions(folder):
        raise ModelUnusable(version, f"There is no such model in {folder}.", "winnow models list shows them.")


def _current(folder: Path) -> str:
    try:
        return shelf.current_version(folder)
    except ModelUnusable:
        return ""


def _summary(folder: Path, version: str, current: str) -> dict[str, Any]:
    from app.web.review import taught

    card = shelf.card_of(folder, version) or {}
    metrics, told = card.get("metrics"), taught.read(card)
    return {
        "version": version,
        "current": version == current,
        "trained_at": card.get("trained_at"),
        "taught_by": list(told.in_force) if told else [],
        "metrics": metrics if isinstance(metrics, dict) else {},
    }


def _mark(is_current: bool) -> Text:
    return Text("current" if is_current else "", style="bold green")


def _sites(count: int) -> str:
    """Of a model that sites have taught.

    >>> _sites(1), _sites(2), _sites(0)
    ('1 site', '2 sites', '')
    """
    return f"{count} site{'' if count == 1 else 's'}" if count else ""


def _metrics(metrics: dict[str, Any]) -> str:
    """The first few numbers of a card's metrics.

    >>> _metrics({"auc": 0.99114, "sources": {"a": 1}, "comments": 12000})
    'auc 0.9911, comments 12000'
    """
    numbers = {name: value for name, value in metrics.items() if type(value) in (int, float) and math.isfinite(value)}
    told = [f"{name} {value:.4f}" if isinstance(value, float) else f"{name} {value}" for name, value in numbers.items()]
    return ", ".join(told[:4])


def _print_switch(version: str, before: str, as_json: bool) -> None:
    if as_json:
        printing.print_json({"current": version, "previous": before or None})
    elif version == before:
        printing.say(f"{version} was in use already.")
    else:
        printing.say(f"{version} is in use now{f' instead of {before}' if before else ''}.")
