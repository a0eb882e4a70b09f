"""winnow benchmark: how well hard cases are told apart, each by models that have not seen what they are tested on."""

import typer

from app.commands.benchmark_path import path

benchmark = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Benchmarks of hard cases, on examples that come with Winnow.",
)

benchmark.command()(path)


@benchmark.callback()
def _group() -> None:
    """A group even while it holds one command."""
