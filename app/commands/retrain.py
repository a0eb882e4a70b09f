"""winnow retrain: what moderators decided -> the model in use, or a reason why not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import learning, opening, printing
from app.commands.models import put_in_use
from app.errors import CommandRefused

if TYPE_CHECKING:
    from app.core.check import Check
    from app.retraining.retraining import Retrained, Wanted
    from app.retraining.site import Learned

Days = Annotated[int, typer.Option(min=1, max=3_650, help="How far back comments are looked through for changes.")]
Force = Annotated[str, typer.Option(metavar="REASON", help="Learn although the gate refuses; the card keeps why.")]
SHOWN = 20
"""Comments that would get another action, in the table."""


def retrain(days: Days = 30, force: Force = "", json: printing.Json = False) -> None:
    """Learn from what moderators decided, site by site, and put the new model in use. Made for cron.

    Each site's decisions change the model for that site alone. A gate compares the result with the shipped model: a
    site for which our own examples or its own newest decisions come out worse keeps what it had, and the command ends
    with 1. Services that run follow within two seconds. To go back: winnow models rollback

    Example: winnow retrain --json
    """
    if force and not force.strip():
        raise CommandRefused("--force", "The reason is empty.", "Say why the gate is passed over.")
    from app.retraining.retraining import Wanted

    run(Wanted(days, force.strip()), release=True, why="", as_json=json)


def run(wanted: "Wanted", *, release: bool, why: str, as_json: bool) -> None:
    """Retrain from the store, put the result in use if `release`, and say what it came to.

    Raises:
        typer.Exit: the gate refused a site.
    """
    from app import lists
    from app.retraining import retraining

    settings = opening.read_settings()
    with opening.open_store(settings) as store, _progress() as step:
        found = retraining.retrain(
            store,
            settings.models,
            lists.load(),
            learning.OURS,
            opening.moment(),
            wanted,
            step,
        )
    in_use = release and bool(found.version)
    if in_use:
        put_in_use(settings.models, found.version, why or _why(found))
    printing.print_json(_as_json(found, in_use)) if as_json else _show(found, in_use)
    if found.refused:
        raise typer.Exit(1)


def _why(found: "Retrained") -> str:
    sites = len(found.learned) - len(found.refused)
    told = f"Learned from the decisions of {sites} site{'' if sites == 1 else 's'}."
    return f"{told} The gate was passed over: {found.wanted.forced}" if found.wanted.forced else told


@contextmanager
def _progress() -> Iterator[Any]:
    with learning.progress() as shown:
        task = shown.add_task("Reading", total=100)
        yield lambda what, share: shown.update(task, description=what, completed=100 * share)


def _as_json(found: "Retrained", in_use: bool) -> dict[str, Any]:
    """What a retraining came to, as JSON values."""
    from app.retraining.retraining import site_report

    return {
        "version": found.version or None,
        "before": found.before.version,
        "in_use": in_use,
        "forced": found.wanted.forced or None,
        "refused": [each.material.name for each in found.refused],
        "sites": {each.material.name: site_report(each) for each in found.learned},
        "too_few": found.too_few,
    }


def _show(found: "Retrained", in_use: bool) -> None:
    """The same for people."""
    if found.learned:
        head = ("Site", "Spam", "Not spam", "Weights changed", "Comments changed", "Gate")
        printing.table(head, [_row(each, found) for each in found.learned])
    for name, count in found.too_few.items():
        printing.say(f"{name} has {count} decisions, too few to learn from.")
    for each in found.learned:
        for check in each.fit.failed:
            printing.say(f"{each.material.name}: {_sentence(check)}", "yellow")
    _show_contested(found)
    _show_flips(found)
    if not found.version:
        printing.say("Nothing was learned, and nothing changed.")
        return
    done = f"{found.version} is in use now instead of {found.before.version}." if in_use else ""
    printing.say(done or f"{found.version} is written. To use it: winnow models use {found.version}", "bold")


def _row(learned: "Learned", found: "Retrained") -> tuple[str, ...]:
    spam = sum(lesson.label == "spam" for lesson in learned.material.lessons)
    ham = len(learned.material.lessons) - spam
    gate = "open" if not learned.fit.failed else "passed over" if found.wanted.forced else "refused"
    changed = len(learned.fit.own.index), len(learned.flips)
    return learned.material.name, f"{spam:,}", f"{ham:,}", *(f"{each:,}" for each in changed), gate


def _sentence(check: "Check") -> str:
    from app.web.review.card_page import Speaker
    from app.web.review.taught_words import sentence

    return sentence(Speaker("en"), check.what, check.measure, check.before, check.after)


def _show_contested(found: "Retrained") -> None:
    contested = [(each.material.name, lesson) for each in found.learned for lesson in each.contested]
    if not contested:
        return
    printing.say(f"{len(contested):,} decisions contradict all others; nothing was learned from them. Read them again:")
    rows = [(site, lesson.id, lesson.label or "", lesson.by) for site, lesson in contested[:SHOWN]]
    printing.table(("Site", "Comment", "Decided", "By"), rows)
    if len(contested) > SHOWN:
        printing.say(f"... and {len(contested) - SHOWN:,} more; --json and the card name up to 50 a site.")


def _show_flips(found: "Retrained") -> None:
    flips = [(each.material.name, flip) for each in found.learned for flip in each.flips]
    if not flips:
        return
    printing.say(f"{len(flips):,} of the last comments would get another action:")
    printing.table(
        ("Site", "Comment", "Decided", "Was", "Becomes", "Score"),
        [
            (
                site,
                flip.id,
                flip.label or "-",
                flip.before,
                flip.after,
                f"{flip.score_before:.2f} to {flip.score_after:.2f}",
            )
            for site, flip in flips[:SHOWN]
        ],
    )
    if len(flips) > SHOWN:
        printing.say(f"... and {len(flips) - SHOWN:,} more; --json and the card name up to 50 a site.")
