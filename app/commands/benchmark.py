"""winnow benchmark: measurements that a single figure hides."""

import typer

from app.commands.benchmark_folds import folds
from app.commands.benchmark_path import path
from app.commands.benchmark_relevance import relevance
from app.commands.benchmark_retraining import retraining
from app.commands.benchmark_robustness import robustness

benchmark = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Measure in ways that a single figure hides.",
)

for _command in (folds, path, relevance, retraining, robustness):
    benchmark.command()(_command)
