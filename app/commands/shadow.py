"""winnow models shadow: another model looks on, or judges a share, beside the one in use."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app import models as shelf
from app.commands import opening, printing
from app.commands.files import written_whole
from app.errors import CommandRefused, ModelUnusable

if TYPE_CHECKING:
    from app.store.shadowed import ChangeShown, OfSite

Version = Annotated[
    str, typer.Argument(metavar="[VERSION]", help="The candidate; without it, what was found is shown.")
]
Share = Annotated[float, typer.Option(min=0.0, max=1.0, help="Of the comments, how many it judges for real; 0: none.")]
Stop = Annotated[bool, typer.Option("--stop", help="End it; what was found stays.")]
Of = Annotated[str, typer.Option("--site", help="Show the comments of one site alone.")]
Most = Annotated[int, typer.Option(min=0, max=5_000, help="Show so many of the comments, the newest.")]


def shadow(
    version: Version = "",
    share: Share = 0.0,
    stop: Stop = False,
    site: Of = "",
    most: Most = 20,
    json: printing.Json = False,
) -> None:
    """Let a candidate score live traffic beside the model in use, and show what it would have done otherwise.

    Services take it up within two seconds. With --share it judges so many of the comments for real.

    Example: winnow models shadow 2026-12-01.1 --share 0.05
    """
    folder = opening.read_settings().models
    if stop and (version or share):
        raise CommandRefused("--stop", "It cannot go with a candidate.", "Give one or the other.")
    if stop:
        _stop(folder, json)
    elif version:
        _start(folder, version, share, json)
    elif share:
        raise CommandRefused("--share", "It needs a candidate.", "Name one: winnow models shadow VERSION --share 0.05")
    else:
        _show(folder, site, most, json)


def _start(folder: Path, version: str, share: float, as_json: bool) -> None:
    from app import lists

    if version not in shelf.versions(folder):
        raise ModelUnusable(version, f"There is no such model in {folder}.", "winnow models list shows them.")
    if version == shelf.current_version(folder):
        raise CommandRefused(version, "It is the model in use.", "Name another: winnow models list shows them.")
    shelf.load(folder, version, lists.load())
    with written_whole(folder / shelf.CANDIDATE) as file:
        file.write(f"{version} {share:.4f}\n".encode())
    if as_json:
        printing.print_json({"candidate": version, "share": share})
    else:
        judges = f" and judges {share:.2%} of the comments" if share else ""
        printing.say(f"{version} looks on{judges}. See what it finds: winnow models shadow")


def _stop(folder: Path, as_json: bool) -> None:
    path = folder / shelf.CANDIDATE
    was_there = path.exists()
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        remedy = "Give Winnow's user the right to write there."
        raise CommandRefused(str(folder), f"The file cannot be removed: {error.strerror}.", remedy) from None
    if as_json:
        printing.print_json({"candidate": None, "share": 0.0})
    else:
        printing.say("No candidate looks on any more." if was_there else "No candidate looked on.")


def _show(folder: Path, site: str, most: int, as_json: bool) -> None:
    from app.store.shadowed import by_site

    named = shelf.candidate(folder)
    with opening.open_store(opening.read_settings()) as store:
        known = store.shadow_candidates()
        version = named.version if named else known[0] if known else ""
        found = by_site(store.shadow_counts(version))
        changes = store.shadow_changes(version, site or None, most)
    share = named.share if named else 0.0
    if as_json:
        told = {"candidate": version or None, "looks_on": named is not None, "share": share}
        sites, comments = [_site(each) for each in found], [_comment(each) for each in changes]
        printing.print_json({**told, "sites": sites, "comments": comments})
        return
    if not version:
        printing.say("No candidate has looked on yet. Name one: winnow models shadow VERSION")
        return
    state = f"looks on and judges {share:.2%} of the comments" if named else "does not look on any more"
    printing.say(f"The candidate {version} {state}.")
    columns = ("Site", "Compared", "Otherwise", "Passed over", "What it would have done")
    printing.table(columns, [_row(each) for each in found])
    if changes:
        shown = ("Comment", "Site", "In use", "Candidate", "Decided", "Text")
        printing.table(shown, [_line(each) for each in changes])


def _site(each: "OfSite") -> dict[str, Any]:
    changes = [
        {"action": action, "candidate_action": other, "comments": number} for action, other, number in each.changes
    ]
    return {
        "site": each.site or None,
        "compared": each.compared,
        "changed": each.changed,
        "passed_over": each.passed_over,
        "changes": changes,
    }


def _comment(each: "ChangeShown") -> dict[str, Any]:
    change = each.change
    return {
        "id": change.comment,
        "site": each.site,
        "received_at": each.received_at,
        "model": change.model,
        "action": change.action,
        "score": change.score,
        "candidate_action": change.candidate_action,
        "candidate_score": change.candidate_score,
        "label": each.label,
        "author": each.author,
        "text": each.text,
    }


def _row(each: "OfSite") -> tuple[str, ...]:
    otherwise = f"{each.changed:,} ({each.changed / each.compared:.2%})" if each.compared else "–"
    changes = ", ".join(f"{number:,} {action} → {other}" for action, other, number in each.changes)
    return each.site or "all", f"{each.compared:,}", otherwise, f"{each.passed_over:,}", changes or "–"


def _line(each: "ChangeShown") -> tuple[str, ...]:
    change = each.change
    in_use = f"{change.action} {change.score:.3f}"
    candidate = f"{change.candidate_action} {change.candidate_score:.3f}"
    return change.comment, each.site, in_use, candidate, each.label or "–", each.text[:60]


def add_to(models: typer.Typer) -> None:
    """Put it into `winnow models`."""
    models.command()(shadow)
