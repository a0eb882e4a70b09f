"""winnow benchmark path: links to good hosts where anyone can publish, of which half sell."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import learning, printing

if TYPE_CHECKING:
    from app.training.measures import Counts
    from app.training.path_benchmark import Judged, Report

_GROUPINGS = ("trade", "language", "kind")


def path(
    data: learning.Data = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Leave out shared hosts and trades in the corpora too.")
    ] = False,
    json: printing.Json = False,
) -> None:
    """Judge links to good hosts by their path: casinos in a package registry, and packages about casinos.

    Every link is judged by a model that has seen neither its host nor its trade in Winnow's own examples. A fifth of
    the corpora given with --data trains too. Takes some minutes.

    Example: winnow benchmark path --data corpora/
    """
    from app import lists
    from app.training import path_benchmark
    from app.training.examples import one_in_five

    with learning.progress() as shown:
        ours = learning.read([learning.OURS], shown).examples
        others = one_in_five(learning.read(data, shown).examples) if data else []
        dataset, _ = learning.assembled(ours + others, shown)
        task = shown.add_task("Fitting without hosts and trades", total=path_benchmark.STEPS)
        report = path_benchmark.run(dataset, len(ours), lists.load(), everywhere, lambda: shown.advance(task))
    if json:
        printing.print_json(_as_json(report))
    else:
        _print(report)


def _as_json(report: "Report") -> dict[str, Any]:
    return {
        "goals": [asdict(goal) | {"value": round(goal.value, 4), "is_met": goal.is_met} for goal in report.goals],
        "thresholds": {"hold": report.hold, "reject": report.reject},
        "counts": asdict(report.counts),
        **{f"by_{each}": {name: asdict(found) for name, found in report.by(each).items()} for each in _GROUPINGS},
        "misses": [row.id for row in report.misses],
        "false_alarms": [row.id for row in report.false_alarms],
        "rows": [asdict(row) for row in report.rows],
    }


def _print(report: "Report") -> None:
    counts = report.counts
    hosts = len({row.host for row in report.rows})
    printing.say(f"{counts.spam} links that sell and {counts.ham} honest ones on {hosts} hosts", "bold")
    printing.say(f"Thresholds: hold {report.hold:.4f}, reject {report.reject:.4f}.")
    printing.table(
        ("Figure", "Value", "Goal", ""),
        [
            (
                goal.name,
                f"{goal.value:.4f}",
                f"{'at least' if goal.at_least else 'at most'} {goal.limit}",
                "met" if goal.is_met else "missed",
            )
            for goal in report.goals
        ],
    )
    for each in _GROUPINGS:
        printing.say("")
        _print_counts(each, report.by(each))
    _print_rows("Sell and were let through", report.misses)
    _print_rows("Honest and were held", report.false_alarms)


def _print_counts(what: str, found: "dict[str, Counts]") -> None:
    def share(some: int, of: int) -> str:
        return learning.percent(some / of if of else float("nan"))

    printing.table(
        (what.capitalize(), "Selling", "held %", "rejected %", "Honest", "held %", "rejected %"),
        [
            (
                name,
                str(counts.spam),
                share(counts.spam_held, counts.spam),
                share(counts.spam_rejected, counts.spam),
                str(counts.ham),
                share(counts.ham_held, counts.ham),
                share(counts.ham_rejected, counts.ham),
            )
            for name, counts in found.items()
        ],
    )


def _print_rows(title: str, rows: "list[Judged]") -> None:
    printing.say(f"\n{title}: {len(rows)}", "bold")
    for row in rows:
        printing.say(f"{row.score:.4f}  {row.id}  {row.trade or 'honest'}, {row.language}  {row.text}")
