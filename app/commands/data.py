"""winnow data: public corpora to learn from, what is in files of comments, and labels that look wrong."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import data_pull, learning, opening, printing
from app.commands.data_disputed import disputed
from app.commands.data_stats import stats
from app.errors import CommandRefused

if TYPE_CHECKING:
    from app.training.corpora import Corpus

data = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Labelled comments: public corpora to fetch, what files hold, labels that look wrong.",
)
data.command()(stats)
data.command()(disputed)

Names = Annotated[list[str] | None, typer.Argument(metavar="NAME", help="Corpora; without one they are listed.")]
Everything = Annotated[bool, typer.Option("--all", help="All of the list.")]
Into = Annotated[Path | None, typer.Option("--out", "-o", help="The folder; without it corpora/ in the home folder.")]
Yes = Annotated[bool, typer.Option("--yes", help="Fetch without asking.")]
Trust = Annotated[bool, typer.Option("--trust", help="Trust a file whose checksum nobody knows yet, without asking.")]
Again = Annotated[bool, typer.Option("--again", help="Fetch again what is there already.")]
Listed = Annotated[Path | None, typer.Option("--list", help="Another list than training_data/corpora.toml.")]


@data.command()
def pull(
    names: Names = None,
    everything: Everything = False,
    out: Into = None,
    yes: Yes = False,
    trust: Trust = False,
    again: Again = False,
    listed: Listed = None,
    json: printing.Json = False,
) -> None:
    """Fetch public corpora, check them, and convert them into comment records that winnow train reads.

    Licence, size and SHA-256 of each are told before anything is fetched. Where nobody knows the checksum, you are
    shown the one that came and asked whether to trust it; it is written down in pulled.json beside the data, and later
    pulls must have the same. A corpus is there whole or not at all.

    Example: winnow data pull youtube-en sms-en
    """
    from app.training.corpora import read_corpora
    from app.training.pulling import Pulled
    from app.training.sources import read_sources

    folder = (out or opening.read_settings().home / "corpora").absolute()
    known = read_corpora(listed or learning.OURS / "corpora.toml", read_sources(learning.OURS / "sources.toml"))
    before = Pulled(folder)
    if not names and not everything:
        _print_list(list(known.values()), folder, before, json)
        return
    unknown = [name for name in names or () if name not in known]
    if unknown:
        what = "There is no such corpus in the list."
        raise CommandRefused(unknown[0], what, f"There are {', '.join(known)}.")
    chosen = list(known.values()) if everything else [known[name] for name in dict.fromkeys(names or ())]
    asked = data_pull.Asked(folder, yes=yes, trust=trust, again=again, json=json)
    rows = data_pull.pull(chosen, before, asked)
    if json:
        printing.print_json({"folder": str(folder), "pulled": rows})
    elif any(row["new"] for row in rows):
        printing.say(f"To learn from them: winnow train --data {folder}")


def _print_list(corpora: "list[Corpus]", folder: Path, before: Any, as_json: bool) -> None:
    if as_json:
        printing.print_json([{**data_pull.told(each), "pulled": before.of(each.name)} for each in corpora])
        return
    for each in corpora:
        there = (before.of(each.name) or {}).get("pulled_at")
        data_pull.say_corpus(each)
        data_pull.detail(f"pulled into {folder} on {there[:10]}" if there else "not pulled yet")
    printing.say("To fetch: winnow data pull NAME, or --all.")
