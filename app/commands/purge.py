"""winnow purge: delete what has been kept for as long as the settings say, now and not within the hour."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, printing
from app.errors import CommandRefused

if TYPE_CHECKING:
    from app.store.sql_purging import Purged


def purge(
    yes: Annotated[bool, typer.Option("--yes", help="Really delete; without it only what is due is told.")] = False,
    json: printing.Json = False,
) -> None:
    """Delete comments and acts that are older than WINNOW_KEEP_SPAM_DAYS, _HAM_DAYS and _AUDIT_DAYS allow.

    winnow serve does so every hour by itself.

    Example: WINNOW_KEEP_SPAM_DAYS=15 winnow purge
    """
    from app.core import times
    from app.web.purging import limits_of

    settings = opening.read_settings()
    limits, at = limits_of(settings), times.written(opening.moment())
    with opening.open_store(settings) as store:
        found = store.purge(limits, at) if yes else store.due(limits, at)
    if json:
        printing.print_json({"deleted": yes, **found._asdict()})
    elif yes:
        printing.say(f"Deleted: {_told(found)}.")
    elif any(found):
        raise CommandRefused("purge", f"Due: {_told(found)}. Nothing was deleted.", "Add --yes to delete it.")
    else:
        printing.say("Nothing is due.")


def _told(found: "Purged") -> str:
    return f"{found.spam:,} spam comments, {found.ham:,} others, {found.acts:,} acts of the audit"
