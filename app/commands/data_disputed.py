"""winnow data disputed: labels that a model and people disagree on."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from app.commands import learning, opening, printing
from app.commands.files import written_whole
from app.errors import CommandRefused

if TYPE_CHECKING:
    from app.training.disagreements import Found

Out = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Also a table to fill in.")]


def disputed(
    files: Annotated[list[Path], typer.Argument(help="Labelled JSONL files or folders of them (.gz too).")],
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 50,
    model: Annotated[str, typer.Option(help="A version; without it the one in use.")] = "",
    out: Out = None,
    json: printing.Json = False,
) -> None:
    """List the labels that the model disagrees with most, worst first: what a person should look at again.

    With -o FILE they are written as a table with an empty column `judged`. Write spam, ham or arguable there and keep
    it as judged.tsv beside the comments: winnow train then learns nothing from those that you judged other than they
    are labelled. Rows that are not filled in change nothing. Comments that you have judged are not listed again.

    Example: winnow data disputed exports/ -o exports/judged.tsv
    """
    from app.training.disagreements import disagreements, table

    if out is not None and out.exists():
        what = "There is such a file already, and somebody may have filled it in."
        raise CommandRefused(str(out), what, "Choose another name, and put the rows together by hand.")
    used, known = opening.open_model(opening.read_settings(), model)
    with learning.progress() as shown:
        task = shown.add_task("Scoring", total=None)
        found = disagreements(files, used, known, limit, lambda n: shown.advance(task, n))
    if out is not None:
        with written_whole(out) as sink:
            sink.write(table(found))
    if json:
        rows = [each.as_json() for each in found.worst]
        told = {"model": used.version, "comments": found.comments, "disagreeing": found.disagreeing, "worst": rows}
        printing.print_json({**told, "table": str(out) if out else None})
        return
    _print(found, used.version, out)


def _print(found: "Found", version: str, out: Path | None) -> None:
    for each in found.worst:
        head = Text(f"{printing.shown(each.id)}  {each.label}, score {each.score:.4f}", style="bold")
        printing.out().print(head)
        for _, label, weight in each.reasons:
            printing.out().print(Text("  ") + printing.bar(weight) + Text(f"  {printing.shown(label)}"))
        for line in (f"{each.author} {each.author_url}".strip(), each.text):
            printing.out().print(Text(f"  {printing.shown(line)}"))
    many = f"Of {found.comments:,} labels model {version} disagrees with {found.disagreeing:,}"
    printing.say(f"{many}; these are the worst {len(found.worst):,}." if found.worst else f"{many}.")
    if out is not None:
        printing.say(f"To fill in: {out}. Read beside the comments, as judged.tsv; until then nothing has changed.")
