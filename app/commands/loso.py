"""winnow loso: how good training is on sites it has not seen, down to single comments."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress

from app.commands import learning, loso_tables, printing
from app.commands.files import written_whole
from app.errors import CommandRefused, ExamplesUnusable

if TYPE_CHECKING:
    from app.training.crossing import Calibration
    from app.training.loso import KeywordRow, Table
    from app.training.mistakes import DisputedRow, FoldModels, Mistake
    from app.training.report import Outcome, Report
    from app.training.runs import Comparison, Run

Data = Annotated[list[Path], typer.Argument(help="Folders of labelled corpora; fold numbers are in sources.toml.")]
Baselines = Annotated[bool, typer.Option(help="Also fit a plain hashed n-gram model on the same rows.")]
Keys = Annotated[Path | None, typer.Option(help="A WordPress disallowed-keys file to compare with.")]
Sample = Annotated[float, typer.Option(help="Share of the corpora's comments to take, always the same ones.")]
Errors = Annotated[int, typer.Option(min=0, help="Show as many of the worst ham and of the worst spam.")]
Save = Annotated[Path | None, typer.Option(metavar="RUN.json", help="Keep the scores, to compare with later.")]
Against = Annotated[Path | None, typer.Option(metavar="RUN.json", help="Say what changed since that run.")]


@dataclass(slots=True)
class _Found:
    """Everything one measurement says."""

    tables: "list[Table]"
    outcome: "Outcome"
    report: "Report"
    disputed: "list[DisputedRow]"
    mistakes: "dict[str, list[Mistake]]"
    """`ham` and `spam`, when --errors asked for some."""
    hits: "list[KeywordRow]"
    comparison: "Comparison | None" = None


def loso(
    data: Data,
    baselines: Baselines = True,
    keys: Keys = None,
    sample: Sample = 1.0,
    errors: Errors = 0,
    save: Save = None,
    against: Against = None,
    json: printing.Json = False,
) -> None:
    """Leave one site out: train without each site in turn and see what is caught there.

    Recall by site, kind of spam and language; honest comments hit in each set. Winnow's own examples always train
    too, whole. Takes some minutes; --sample 0.3 --no-baselines is quicker, for a first look.

    Example: winnow loso corpora/ --keys disallowed-keys.txt --save before.json
    """
    from app.training import runs
    from app.training.baselines import read_keys

    _require_sensible(sample, save)
    words = read_keys(keys) if keys else None
    before = runs.read_run(against) if against else None
    if before:
        runs.require_comparable(before, sample, None, str(against))
    with learning.progress() as shown:
        learned = learning.dataset([learning.OURS, *data], shown, sample)
        _require_comparable(learned, before, sample, data, against)
        found = _measured(learned, shown, words, baselines, errors)
    run = runs.run_of(found.outcome, sample)
    if save:
        with written_whole(save) as file:
            file.write(runs.as_bytes(run, found.outcome, found.tables[0]))
    if before:
        found.comparison = runs.compare(before, run)
    printing.print_json(_as_json(found, sample)) if json else _print(found, sample)


def _require_sensible(sample: float, save: Path | None) -> None:
    if not 0 < sample <= 1:
        remedy = "Give a share above 0 and at most 1, such as 0.3."
        raise CommandRefused("--sample", f"{sample:g} is no share of the comments.", remedy)
    if save and (save.is_dir() or not save.resolve().parent.is_dir()):
        raise CommandRefused(str(save), "No file can be written there.", "Name a file in a folder that is there.")


def _require_comparable(
    learned: learning.Learned, before: "Run | None", sample: float, data: list[Path], against: Path | None
) -> None:
    from app.training import runs

    if not learned.data.left_out.any():
        what = "None of the corpora has a fold in training_data/sources.toml."
        raise ExamplesUnusable(str(data[0]), what, "Give each site that is to be left out a fold, 1 to 7.")
    if before:
        pairs = zip(learned.data.examples, learned.data.left_out.tolist(), strict=True)
        runs.require_comparable(before, sample, {runs.key_of(row) for row, out in pairs if out}, str(against))


def _measured(
    learned: learning.Learned, shown: Progress, words: frozenset[str] | None, baselines: bool, errors: int
) -> _Found:
    from app import lists
    from app.training import loso as tables
    from app.training import report as reports
    from app.training.crossing import calibrate, cross
    from app.training.dataset import FOLDS
    from app.training.mistakes import FoldModels

    data, kept = learned.data, FoldModels()
    task = shown.add_task("Fitting without each site", total=FOLDS)
    crossed = cross(data, lambda _: shown.advance(task), kept.keep)
    calibration = calibrate(data, crossed)
    outcome = reports.outcome(data, crossed, calibration)
    logits = calibration.logits(crossed, outcome.thresholds.hold)
    found = [tables.model_table(data, logits)]
    task = shown.add_task("Telling kinds of spam", total=int(outcome.is_spam.sum()))
    told = reports.report(outcome, lists.load(), lambda done: shown.advance(task, done))
    disputed, mistakes = _looked_at(learned, outcome, kept, calibration, errors)
    if baselines:
        shown.add_task("Fitting plain n-grams", total=None)
        found.append(tables.plain_table(data))
    hits = tables.keyword_table(data, logits, words) if words else []
    return _Found(found, outcome, told, disputed, mistakes, hits)


def _looked_at(
    learned: learning.Learned, outcome: "Outcome", kept: "FoldModels", calibration: "Calibration", errors: int
) -> "tuple[list[DisputedRow], dict[str, list[Mistake]]]":
    """How disputed comments come out, and the worst mistakes."""
    from app import lists
    from app.training import mistakes

    known = lists.load()
    models = kept.calibrated(calibration, outcome.thresholds)
    disputed = mistakes.disputed_rows(learned.disputed, models, learned.sources, outcome.limits[0], known)
    if not errors:
        return disputed, {}
    return disputed, {
        label: [
            mistakes.explained(example, models[learned.sources[example.source].fold], known)
            for example in (outcome.examples[row] for row in mistakes.worst(outcome, label == "spam", errors))
        ]
        for label in ("ham", "spam")
    }


def _as_json(found: _Found, sample: float) -> dict[str, Any]:
    from app.training.report import worst_site

    told: dict[str, Any] = {
        "sample": sample,
        "tables": [each.as_json() for each in found.tables],
        "worst_site": worst_site(found.tables[0]),
        "breakdown": found.report.as_json(),
        "disputed": [asdict(row) for row in found.disputed],
    }
    if found.hits:
        told["keywords"] = [asdict(row) for row in found.hits]
    if found.comparison:
        told["against"] = found.comparison.as_json()
    if found.mistakes:
        told["errors"] = {label: [asdict(each) for each in some] for label, some in found.mistakes.items()}
    return told


def _print(found: _Found, sample: float) -> None:
    if sample < 1:
        sentence = f"A sample: {100 * sample:g} % of the corpora's comments. Compare it only with the same sample."
        printing.say(sentence, "yellow")
    for each in found.tables:
        loso_tables.print_table(each)
    loso_tables.print_report(found.report)
    loso_tables.print_disputed(found.disputed)
    if found.hits:
        loso_tables.print_keywords(found.hits)
    if found.comparison:
        loso_tables.print_comparison(found.comparison)
    for label, some in found.mistakes.items():
        loso_tables.print_mistakes(label, some)
