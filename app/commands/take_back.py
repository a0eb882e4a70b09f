"""winnow take-back: what one moderator or key taught in a time is taken back, and unlearned."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, printing, retrain
from app.errors import CommandRefused

if TYPE_CHECKING:
    from app.store.sql_taking_back import TakenBack, Teacher

Moderator = Annotated[str, typer.Option("--moderator", help="Whose decisions, by name.")]
Key = Annotated[bool, typer.Option("--key", help="What was said with the key of --site instead.")]
Of = Annotated[str, typer.Option("--site", help="Only what was said of its comments; --key needs it.")]
Since = Annotated[datetime, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="From then on, in UTC.")]
Until = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="Before then, in UTC; without it: until now."),
]
Learn = Annotated[bool, typer.Option("--retrain/--no-retrain", help="Retrain afterwards, so that it is unlearned.")]
Dry = Annotated[bool, typer.Option("--dry-run", help="Only say how much it would be.")]


def take_back(
    since: Since,
    moderator: Moderator = "",
    key: Key = False,
    site: Of = "",
    until: Until = None,
    learn: Learn = True,
    dry_run: Dry = False,
    json: printing.Json = False,
) -> None:
    """Take back everything that one moderator, or whoever had a site's key, said in a time, and unlearn it.

    What others had said before stands again. It is one act, which can be undone under /review/audit. A site that was
    taught by it never goes on with what it had learned: where the gate refuses the rest, the shipped model judges.

    Example: winnow take-back --moderator mallory --since 2026-11-20
    """
    from app.core.times import written
    from app.retraining.retraining import Wanted

    teacher = _teacher(moderator.strip(), key, site.strip())
    now = opening.moment()
    window = written(since.replace(tzinfo=UTC)), written(until.replace(tzinfo=UTC) if until else now)
    with opening.open_store(opening.read_settings()) as store:
        if dry_run:
            _say_how_much(store.said_by(teacher, *window), json)
            return
        found = store.take_back_said(teacher, *window, written(now))
    if not learn or not found.act:
        _say_taken(found, json)
        return
    if not json:
        _say_taken(found, json)
    wanted = Wanted(untrusted=frozenset(found.by_site))
    retrain.run(wanted, release=True, why=f"Act {found.act} took back what had been taught.", as_json=json)


def _teacher(moderator: str, key: bool, site: str) -> "Teacher":
    from app.store.sql_taking_back import Teacher

    if bool(moderator) == key:
        raise CommandRefused("--moderator, --key", "Exactly one of them says whose word it is.", "Name one.")
    if key and not site:
        raise CommandRefused("--key", "It does not say of which site.", "Add --site NAME.")
    return Teacher(moderator, site)


def _say_how_much(by_site: dict[str, int], as_json: bool) -> None:
    if as_json:
        printing.print_json({"act": None, "comments": sum(by_site.values()), "by_site": by_site})
    else:
        sites = ", ".join(f"{count:,} of {site}" for site, count in by_site.items())
        printing.say(f"It would take back {sum(by_site.values()):,} decisions{f': {sites}' if sites else ''}.")


def _say_taken(found: "TakenBack", as_json: bool) -> None:
    count = sum(found.by_site.values())
    if as_json:
        told = {"act": found.act or None, "comments": count, "by_site": found.by_site, "restored": found.restored}
        printing.print_json(told)
    elif not found.act:
        printing.say("Nothing that stands was said by them in that time.")
    else:
        printing.say(
            f"Act {found.act}: {count:,} decisions are taken back; in {found.restored:,} of them what others had said "
            "before stands again."
        )
