"""winnow backup: the database and the models in use as one file, while the service goes on."""

import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from app.commands import archive, files, opening, printing, watching
from app.errors import CommandRefused, ModelUnusable

File = Annotated[Path, typer.Argument(metavar="FILE", help="Where the backup goes; what is there is replaced.")]


def backup(file: File, json: printing.Json = False) -> None:
    """Back up the database and the models in use into one file, checked. The service may go on meanwhile.

    All that was acknowledged before is in it: comments, decisions, sites, rules, moderators, webhooks. So it holds
    names, e-mail addresses and the secrets of webhooks, and only its owner may read it. Back: winnow restore FILE

    Example: winnow backup /backups/winnow-2026-12-01.tar
    """
    began = time.monotonic()
    with files.terminable():
        size, made = _made(file)
    seconds = round(time.monotonic() - began, 3)
    contents = made.contents
    if json:
        told = {**contents._asdict(), "made_at": made.made_at, "current": made.current, "models": list(made.models)}
        printing.print_json({"file": str(file), "bytes": size, **told, "seconds": seconds})
        return
    models = ", ".join(made.models) or "none"
    printing.say(f"{file}: {size:,} bytes, whole.")
    printing.say(
        f"{contents.sites:,} sites, {contents.comments:,} comments, {contents.decisions:,} decisions; models: {models}."
    )


def _made(path: Path) -> tuple[int, archive.Backup]:
    """Its bytes, and what it says of itself."""
    from app.core.times import written
    from app.store.copies import copy
    from app.store.database import file_of

    settings = opening.read_settings()
    database = file_of(settings.database_url)
    if not database.is_file():
        remedy = "Set WINNOW_HOME to the installation's folder, or start winnow serve first."
        raise CommandRefused(str(database), "There is no database yet.", remedy)
    if path.is_dir() or not path.resolve().parent.is_dir():
        raise CommandRefused(str(path), "That is a folder, or stands in none.", "Name a file in a folder.")
    versions, in_use = _models(settings.models)
    # Twice the size: once for the database, once for its copy in the archive.
    with _beside(path) as folder, watching.progress(2 * database.stat().st_size + _size(in_use), "MB") as watched:
        made_at = written(opening.moment())
        done = 0

        def add(more: int) -> None:
            nonlocal done
            done += more
            watched(done, done >> 20)

        contents = copy(database, Path(folder) / archive.DATABASE, lambda copied, _: add(copied - done))
        made = archive.Backup(made_at, contents, versions[0] if versions else "", versions)
        size = archive.write(path, made, {archive.DATABASE: Path(folder) / archive.DATABASE, **in_use}, add)
    return size, made


def _beside(path: Path) -> tempfile.TemporaryDirectory[str]:
    """A folder for the copy, where the backup goes, as there is room for it; only its owner may enter."""
    try:
        return tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.resolve().parent)
    except OSError as error:
        what = f"The folder cannot be written: {error.strerror}."
        raise CommandRefused(str(path.resolve().parent), what, "Choose another place.") from None


def _models(folder: Path) -> tuple[tuple[str, ...], dict[str, Path]]:
    """The versions that are in use, were before or are tried out, the first the one in use; their files by name."""
    from app import models

    try:
        current = [models.current_version(folder)]
    except ModelUnusable:
        current = []
    others = sorted(models.named(folder) - {*current})
    there = tuple(version for version in [*current, *others] if version in models.versions(folder))
    names = ("card.json", "weights.npz", models.SITES)
    paths = {f"models/{version}/{name}": folder / version / name for version in there for name in names}
    return there, {name: path for name, path in paths.items() if path.is_file() and not path.is_symlink()}


def _size(found: dict[str, Path]) -> int:
    return sum(path.stat().st_size for path in found.values())
