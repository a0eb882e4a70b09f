"""The `winnow` command: its groups, its help, and the one place where a failure becomes a sentence."""

import io
import sys
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from app.commands import INTERRUPTED, REFUSED, doors, goals, printing, shadow, site_rules
from app.commands.audit import audit
from app.commands.backup import backup
from app.commands.benchmark import benchmark
from app.commands.check import check
from app.commands.data import data
from app.commands.decide import decide
from app.commands.doctor import doctor
from app.commands.evaluate import evaluate
from app.commands.export import export
from app.commands.import_ import import_export
from app.commands.loso import loso
from app.commands.models import models
from app.commands.moderator import moderator
from app.commands.person import person
from app.commands.purge import purge
from app.commands.restore import restore
from app.commands.retrain import retrain
from app.commands.score import score
from app.commands.serve import serve
from app.commands.site import site
from app.commands.stats import stats
from app.commands.take_back import take_back
from app.commands.train import train
from app.commands.webhook import webhook
from app.errors import WinnowError

_JUDGE, _RUN, _LEARN = "Judge comments", "Run the service", "Learn"
_EXAMPLES = """\
[bold]Examples[/bold]

winnow serve                                      [dim]# the API on 127.0.0.1:8000[/dim]

winnow check "Great post! http://casino.example/"   [dim]# one comment, with reasons[/dim]

winnow score comments.jsonl -o verdicts.jsonl     [dim]# many, offline[/dim]

winnow audit wordpress.xml -o report              [dim]# what is published already and looks like spam[/dim]

winnow site add blog                              [dim]# a key for another CMS[/dim]
"""


class _Root(TyperGroup):
    """Every command runs through here."""

    def invoke(self, ctx: Any) -> Any:
        """Turns what Winnow raises into a sentence and an exit code, without a traceback."""
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a terminal without Unicode still shows the rest
        try:
            return super().invoke(ctx)
        except WinnowError as error:
            printing.note(str(error), "red")
            raise typer.Exit(REFUSED) from None
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None


app = typer.Typer(
    cls=_Root,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,  # it would print the comment that was being judged
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_EXAMPLES,
)

app.command(rich_help_panel=_JUDGE)(check)
app.command(rich_help_panel=_JUDGE)(score)
app.command(rich_help_panel=_JUDGE)(audit)
app.command(rich_help_panel=_JUDGE)(decide)
app.command("import", rich_help_panel=_JUDGE)(import_export)
app.command(rich_help_panel=_JUDGE)(export)
app.command(rich_help_panel=_RUN)(serve)
app.command(rich_help_panel=_RUN)(doctor)
app.command(rich_help_panel=_RUN)(stats)
app.command(rich_help_panel=_RUN)(backup)
app.command(rich_help_panel=_RUN)(restore)
app.command(rich_help_panel=_RUN)(purge)
goals.add_to(site)
site_rules.add_to(site)
doors.add_to(site)
shadow.add_to(models)
app.add_typer(site, name="site", rich_help_panel=_RUN)
app.add_typer(moderator, name="moderator", rich_help_panel=_RUN)
app.add_typer(person, name="person", rich_help_panel=_RUN)
app.add_typer(webhook, name="webhook", rich_help_panel=_RUN)
app.add_typer(data, name="data", rich_help_panel=_LEARN)
app.add_typer(models, name="models", rich_help_panel=_LEARN)
app.add_typer(benchmark, name="benchmark", rich_help_panel=_LEARN)
for _learn in (train, retrain, take_back, evaluate, loso):
    app.command(rich_help_panel=_LEARN)(_learn)


def _print_version(wanted: bool) -> None:
    if wanted:
        try:
            typer.echo(f"winnow {installed_version('winnow')}")
        except PackageNotFoundError:
            typer.echo("winnow, not installed as a package")
        raise typer.Exit


@app.callback()
def winnow(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Winnow, a comment spam filter that says why.

    Every command explains itself with --help, and takes --json for scripts.
    """
