"""winnow benchmark retraining: what decisions are worth on sites never seen, and what wrong ones cost."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from app.commands import learning, printing
from app.commands.files import written_whole
from app.commands.learning import percent
from app.errors import ExamplesUnusable

if TYPE_CHECKING:
    from app.retraining.poisoning import Attacked
    from app.retraining.replay import Scene, Step

Data = Annotated[list[Path], typer.Argument(help="Folders of labelled corpora; fold numbers are in sources.toml.")]
Attacks = Annotated[bool, typer.Option(help="Also retrain with wrong labels, from a moderator and from a key.")]
Plot = Annotated[Path | None, typer.Option("--plot", metavar="CURVES.svg", help="Draw the curves of the replay.")]


def retraining(data: Data, attacks: Attacks = True, plot: Plot = None, json: printing.Json = False) -> None:
    """Feed each left-out site its own decisions and judge what comes later; then the same with wrong labels among them.

    Each site is judged by a model that was trained without it. With all corpora it takes an hour or so and 14 GB of
    memory; --no-attacks is half of that.

    Example: winnow benchmark retraining corpora/ --plot curves.svg
    """
    from app.commands.replay_plot import drawn
    from app.retraining.poisoning import attacks as played
    from app.retraining.replay import steps

    learned: list[Step] = []
    attacked: list[Attacked] = []
    with learning.progress() as shown:
        for scene in _scenes(data, shown):
            task = shown.add_task(f"Replaying {scene.site.name}", total=None)
            learned += steps(scene)
            attacked += played(scene, seeds=[0]) if attacks else []
            shown.remove_task(task)
    if plot:
        with written_whole(plot) as file:
            file.write(drawn(learned).encode())
    if json:
        told = {"steps": [asdict(step) for step in learned], "attacks": [asdict(each) for each in attacked]}
        printing.print_json(told)
        return
    print_steps(learned)
    print_attacks(attacked)


def _scenes(paths: list[Path], shown: Progress) -> "Iterator[Scene]":
    from app.retraining.replay import scenes
    from app.training.crossing import calibrate, cross
    from app.training.dataset import FOLDS
    from app.training.examples import files_of, source_of
    from app.training.mistakes import FoldModels
    from app.training.thresholds import choose_thresholds

    data, _, _ = learning.dataset([learning.OURS, *paths], shown)
    if not data.left_out.any():
        what = "None of the corpora has a fold in training_data/sources.toml."
        raise ExamplesUnusable(str(paths[0]), what, "Give each site that is to be left out a fold, 1 to 7.")
    kept = FoldModels()
    task = shown.add_task("Fitting without each site", total=FOLDS)
    crossed = cross(data, lambda _: shown.advance(task), kept.keep)
    calibration = calibrate(data, crossed)
    models = kept.calibrated(calibration, choose_thresholds(data, calibration.logits(crossed)))
    return scenes(data, models, {source_of(path) for path in files_of([learning.OURS])})


def print_steps(learned: "Sequence[Step]") -> None:
    """The replay, averaged over sites and orders."""
    rows = []
    for order, count in dict.fromkeys((step.order, step.decisions) for step in learned):
        some = [step for step in learned if (step.order, step.decisions) == (order, count)]
        without, learning_, alone = (sum(1 - step.recall[i] for step in some) / len(some) for i in range(3))
        held = [sum(step.held[i] for step in some) / len(some) for i in (0, 1)]
        others = [sum(step.others[i] for step in some) / len(some) for i in (0, 1)]
        ratio = f"{learning_ / without:.2f}" if without else "-"
        passed = f"{sum(step.is_passed for step in some)} of {len(some)}"
        shares = (*map(percent, (without, learning_)), ratio, percent(alone), *map(percent, (*held, *others)))
        rows.append((order, str(count), *shares, passed))
    head = ("Order", "Decisions", "Missed %", "learned", "ratio", "alone", "Held %", "learned", "Others %", "learned")
    printing.table((*head, "Gate open"), rows)


def print_attacks(attacked: "Sequence[Attacked]") -> None:
    """The attacks, averaged over sites; the worst site in brackets."""
    rows = []
    for attack, teacher, share in dict.fromkeys((each.attack, each.teacher, each.share) for each in attacked):
        some = [each for each in attacked if (each.attack, each.teacher, each.share) == (attack, teacher, share)]
        open_ = [each for each in some if not each.is_stopped]
        cells = [_worst([getattr(each, name) for each in open_]) for name in ("recall_lost", "held_more")]
        stopped = f"{len(some) - len(open_)} of {len(some)}"
        rows.append((attack, teacher, percent(share), stopped, *cells))
    if rows:
        printing.table(("Attack", "By", "Labels %", "Stopped", "Recall lost, points", "Held more, points"), rows)


def _worst(values: list[float]) -> str:
    """Mean and worst, in points.

    >>> _worst([0.0, 0.01]), _worst([])
    ('0.50 (1.00)', '-')
    """
    return f"{100 * sum(values) / len(values):.2f} ({100 * max(values):.2f})" if values else "-"
