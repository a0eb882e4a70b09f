"""winnow data stats: what is in files of comments."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import learning, printing

if TYPE_CHECKING:
    from app.training.statistics import Group, Statistics

_HEAD = (
    "Comments", "Spam", "Ham", "No label", "Link %", "Author URL %", "Median length", "Longest tenth", "Doubles",
    "Campaigns", "From", "To",
)  # fmt: skip


def stats(
    files: Annotated[list[Path], typer.Argument(help="JSONL files of comments or folders of them (.gz too).")],
    json: printing.Json = False,
) -> None:
    """Say what is in files of comments, by source and by language: labels, links, lengths, doubles, campaigns, dates.

    Lengths are in characters of the text. A double is a comment whose text stands earlier in the files. Campaigns are
    those that the records name.

    Example: winnow data stats exports/ training_data/
    """
    from app import lists
    from app.training.statistics import statistics_of

    with learning.progress() as shown:
        task = shown.add_task("Counting", total=None)
        found = statistics_of(files, lists.load(), lambda n: shown.advance(task, n))
    if json:
        printing.print_json(found.as_json())
        return
    _print(found)


def _print(found: "Statistics") -> None:
    printing.table(("Source", *_HEAD), [_row(group) for group in (*found.sources, found.all)])
    printing.say("")
    printing.table(("Language", *_HEAD), [_row(group) for group in found.languages])
    if found.contradictions:
        both = f"{found.contradictions:,} texts are labelled spam in one place and ham in another,"
        printing.say(f"{both} which is right only where the page decides.", "red")


def _row(group: "Group") -> tuple[str, ...]:
    def share(some: int) -> str:
        return learning.percent(some / group.comments)

    return (
        group.name,
        *(f"{each:,}" for each in (group.comments, group.spam, group.ham, group.unlabelled)),
        share(group.with_link),
        share(group.with_author_url),
        *(f"{each:,}" for each in (*group.lengths, group.doubles, group.campaigns)),
        group.first or "-",
        group.last or "-",
    )
