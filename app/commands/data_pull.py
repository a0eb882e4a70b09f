"""How winnow data pull asks, fetches and writes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.text import Text

from app.commands import opening, printing
from app.commands.files import terminable, written_whole
from app.errors import CommandRefused

if TYPE_CHECKING:
    from app.training.corpora import Corpus, CorpusFile
    from app.training.pulling import Counts, Pulled, PulledFile

_SHOWN_SKIPPED = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """The command line."""

    folder: Path
    yes: bool
    trust: bool
    again: bool
    json: bool


def pull(corpora: "Sequence[Corpus]", before: "Pulled", asked: Asked) -> list[dict[str, Any]]:
    """Pull what is not there yet, one after the other, and say what became of each.

    Raises:
        CommandRefused: nobody said yes, or a file stands in the way. CorpusUnusable: see app.training.pulling; corpora
            that were pulled before it stay.
    """
    wanted = [each for each in corpora if asked.again or not _is_there(each, before, asked.folder)]
    for each in wanted:
        if _path(each, asked.folder).exists() and before.of(each.name) is None:
            what = "There is such a file already, and no pull has made it."
            raise CommandRefused(str(_path(each, asked.folder)), what, "Choose another folder with -o.")
    _ask(wanted, asked)
    rows = []
    for each in corpora:
        new = each in wanted
        if new:
            with terminable():
                _pulled(each, before, asked)
        row = {"name": each.name, "path": str(_path(each, asked.folder)), "new": new, **(before.of(each.name) or {})}
        rows.append(row)
        if not asked.json:
            _say_row(row)
    return rows


def told(corpus: "Corpus") -> dict[str, Any]:
    """A corpus of the list, as JSON values."""
    files = [
        {"url": file.url, "sha256": file.sha256 or None, "bytes": file.bytes or None, "most_bytes": file.most_bytes}
        for file in corpus.files
    ]
    names = ("name", "title", "about", "by", "language", "licence")
    return {**{name: getattr(corpus, name) for name in names}, "comments": corpus.comments or None, "files": files}


def say_corpus(corpus: "Corpus") -> None:
    """Name, licence, size and checksum of a corpus, for people."""
    printing.say(f"{corpus.name}: {corpus.title}", "bold")
    number = f"{corpus.comments:,} comments" if corpus.comments else "number of comments not known"
    detail(f"{corpus.licence} · {corpus.language} · {number} · {corpus.by} · {corpus.about}")
    for each in corpus.files:
        size = f"{each.bytes:,} bytes" if each.bytes else f"size not known, at most {each.most_bytes:,} bytes"
        detail(each.url)
        detail(f"{size} · SHA-256 {each.sha256 or 'not known; you will be shown the one that comes'}")


def detail(sentence: str) -> None:
    """One line on stdout, set in below the one before."""
    printing.out().print(Text(f"  {printing.shown(sentence)}"))


def _is_there(corpus: "Corpus", before: "Pulled", folder: Path) -> bool:
    return before.of(corpus.name) is not None and _path(corpus, folder).exists()


def _path(corpus: "Corpus", folder: Path) -> Path:
    return folder / f"{corpus.name}.jsonl.gz"


def _ask(wanted: "Sequence[Corpus]", asked: Asked) -> None:
    if asked.json and wanted and not asked.yes:
        raise CommandRefused("--json", "It asks nothing, and nobody said yes.", "Add --yes.")
    for each in wanted if not asked.json else ():
        say_corpus(each)
    if not wanted or asked.yes:
        return
    most = sum(each.most_bytes for each in wanted)
    if not _confirmed(f"Fetch this, at most {most:,} bytes, into {asked.folder}?"):
        raise CommandRefused("winnow data pull", "Nobody said yes; nothing was fetched.", "Answer y, or add --yes.")


def _confirmed(question: str) -> bool:
    try:
        return typer.confirm(printing.shown(question), err=True)
    except typer.Abort:  # the end of the input, where nobody sits
        return False


def _pulled(corpus: "Corpus", before: "Pulled", asked: Asked) -> None:
    from app.training.pulling import Counts, converted, fetch_all

    with ExitStack() as opened:
        files: list[tuple[CorpusFile, Any]] = []
        came: list[PulledFile] = []
        with _progress(corpus) as watch:
            for file, content, got in fetch_all(corpus, before, opened, watch):
                files.append((file, content))
                came.append(got)
        for each in came:
            _require_trust(each, asked)
        _make_folder(asked.folder)
        counts = Counts()
        with written_whole(_path(corpus, asked.folder)) as sink:
            for record in converted(corpus, files, counts):
                sink.write(printing.json_line(record))
            # Before the data has its name: who is interrupted in between pulls again, and must get the same file.
            with written_whole(before.path) as noted:
                noted.write(before.with_corpus(corpus, came, counts, opening.now()))
    _note_skipped(counts)


@contextmanager
def _progress(corpus: "Corpus") -> Iterator[Callable[[int], None]]:
    """A bar of bytes on stderr while somebody watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=printing.err(), disable=not printing.on_terminal(), transient=True) as shown:
        task = shown.add_task(corpus.name, total=max(each.bytes or each.most_bytes for each in corpus.files))
        yield lambda came: shown.update(task, completed=came)


def _require_trust(file: "PulledFile", asked: Asked) -> None:
    if file.known_by != "first use":
        return
    printing.note(f"Nobody told the checksum of {file.url} before. {file.bytes:,} bytes came, SHA-256 {file.sha256}.")
    if asked.trust or (not asked.json and _confirmed("Trust this file, now and whenever it comes again?")):
        return
    what = "Its checksum is known to nobody, and nobody said that it is to be trusted; nothing was kept."
    raise CommandRefused(file.url, what, "Answer y, or compare the checksum that is shown and add --trust.")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        what = f"The folder cannot be made: {error.strerror or type(error).__name__}."
        raise CommandRefused(str(folder), what, "Choose another with -o.") from error


def _note_skipped(counts: "Counts") -> None:
    for each in counts.skipped[:_SHOWN_SKIPPED]:
        printing.note(f"{each.where}: {each.why}")
    if len(counts.skipped) > _SHOWN_SKIPPED:
        printing.note(f"and {len(counts.skipped) - _SHOWN_SKIPPED:,} more lines that cannot be read")


def _say_row(row: dict[str, Any]) -> None:
    if not row["new"]:
        printing.say(f"{row['name']} is there already: {row['path']}")
        return
    left = f"{row['doubles']:,} doubles and {row['skipped']:,} unreadable left out"
    printing.say(f"{row['name']}: {row['spam']:,} spam, {row['ham']:,} ham; {left}, {row['path']}")
    for each in row["files"]:
        by = "trusted by you, written down" if each["known_by"] == "first use" else f"as {each['known_by']} says"
        detail(f"SHA-256 {each['sha256']}, {by}")
