"""winnow train: examples -> a new model."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import learning, opening, printing, retrain
from app.commands.models import Why, put_in_use
from app.errors import CommandRefused

if TYPE_CHECKING:
    from app.training.train import Trained

DISGUISED = 20
"""Spam comments of each fold that are put through each disguise, for the card's table."""


def train(
    data: learning.Data = None,
    release: Annotated[bool, typer.Option("--release", help="Put the new model in use.")] = False,
    why: Why = "",
    ours: Annotated[bool, typer.Option(help="Also learn from the examples that come with Winnow.")] = True,
    from_store: Annotated[
        bool, typer.Option("--from-store", help="Learn what moderators decided, around the model in use.")
    ] = False,
    json: printing.Json = False,
) -> None:
    """Train a model from Winnow's own examples and any you add; it is written beside the others.

    Thresholds and figures come from models that have not seen the site they are measured on. With --from-store nothing
    is trained anew: as in winnow retrain, each site's decisions change the model in use for that site.

    Example: winnow train --data exports/ --release
    """
    if why and not release:
        raise CommandRefused("--why", "It is the reason of a release, and nothing is released.", "Add --release.")
    if from_store:
        _from_store(data, release, why, json)
        return
    from app.training import release as releasing

    folder = opening.read_settings().models
    releasing.require_writable(folder)
    version = releasing.next_version(folder, datetime.now(UTC))
    made = _trained(([learning.OURS] if ours else []) + (data or []), version)
    where = releasing.write(folder, version, made.card, made.weights)
    if release:
        put_in_use(folder, version, why)
    _print(made, where, release, json)


def _from_store(data: list[Path] | None, release: bool, why: str, as_json: bool) -> None:
    from app.retraining.retraining import Wanted

    if data:
        what = "They do not go together: decisions change the model in use, and --data trains another one."
        raise CommandRefused("--from-store, --data", what, "Train with --data first, use that model, then retrain.")
    retrain.run(Wanted(), release=release, why=why, as_json=as_json)


def _trained(paths: list[Path], version: str) -> "Trained":
    """The model, with progress."""
    from app import lists
    from app.training.train import train as trained_on

    with learning.progress() as shown:
        examples, sources, _ = learning.dataset(paths, shown)
        task = shown.add_task("Fitting", total=9)

        def step(sentence: str) -> None:
            shown.update(task, description=sentence.capitalize(), advance=1)

        return trained_on(examples, sources, version, lists.load(), step, DISGUISED)


def _print(made: "Trained", where: Path, released: bool, as_json: bool) -> None:
    metrics = made.model.card["metrics"]
    limits = made.model.thresholds
    if as_json:
        told = {"version": made.model.version, "folder": str(where), "in_use": released, "metrics": metrics}
        printing.print_json(told)
        return
    printing.say(f"{made.model.version} is written to {where}.", "bold")
    printing.say(f"Thresholds: hold {limits.hold:.4f}, reject {limits.reject:.4f}, discard {limits.discard:.4f}.")
    recall = ", ".join(learning.percent(value) for value in made.table.mean)
    if made.table.rows:
        printing.say(f"Recall on sites never seen, at 1 %, 0.2 % and 0.1 % false positives: {recall} %.")
    printing.say(f"Calibration error: {learning.percent(metrics['calibration_error'])} points.")
    if not released:
        printing.say(f"To use it: winnow models use {made.model.version}")
