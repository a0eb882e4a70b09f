"""winnow decide: a moderator's word on one comment."""

from dataclasses import asdict
from typing import Annotated, Literal

import typer

from app.commands import opening, printing
from app.errors import CommandRefused

MAX_NAME_CHARACTERS = 100
Id = Annotated[str, typer.Argument(metavar="COMMENT_ID", help="Winnow's own id of it, c_...")]
Label = Annotated[Literal["spam", "ham", "undo"], typer.Argument(help="What it is; undo takes back what was said.")]
By = Annotated[str, typer.Option(help="Who decides.")]


def decide(id: Id, label: Label, by: By, json: printing.Json = False) -> None:
    """Say what a comment is, as a moderator. The site's webhooks hear of it while winnow serve runs.

    Example: winnow decide c_01JD8ZQ4V3W5K2N7X9R1T6M0PA ham --by jana
    """
    from app.core import times
    from app.store.records import MODERATOR, Decision

    by = by.strip()
    if not by or len(by) > MAX_NAME_CHARACTERS or not by.isprintable():
        raise CommandRefused("--by", "That cannot be a name.", f"Use 1 to {MAX_NAME_CHARACTERS} visible characters.")
    decision = Decision(None if label == "undo" else label, by, times.written(opening.moment()), MODERATOR)
    with opening.open_store(opening.read_settings()) as store:
        site = store.site_of_comment(id)
        stands = store.add_decision(site, id, decision) if site is not None else None
    if site is None or stands is None:
        raise CommandRefused(id, "There is no comment of that id.", "Use the id of an answer of /classify.")
    if json:
        printing.print_json({"id": id, "site": site, "decision": asdict(stands)})
    elif stands != decision:
        printing.say(f"{id} of {site}: {stands.by} said so already, at {stands.at}.")
    else:
        printing.say(f"{id} of {site}: {stands.label or 'what was said is taken back'}, says {by}.")
