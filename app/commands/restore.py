"""winnow restore: what winnow backup made, back in its place."""

import filecmp
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from app.commands import archive, files, opening, printing, watching
from app.disk import sync
from app.errors import BackupUnusable, CommandRefused, ModelUnusable, StoreUnavailable

if TYPE_CHECKING:
    from app.settings import Settings

File = Annotated[Path, typer.Argument(metavar="FILE", help="What winnow backup made.")]
Yes = Annotated[bool, typer.Option("--yes", help="Also in the place of a database that is there.")]


class Restored(NamedTuple):
    """What was done."""

    backup: archive.Backup
    aside: Path | None
    """Where the database is kept that was there before."""
    current: str
    """The model in use now."""
    note: str
    """Why that is not the backup's; empty if it is."""


def restore(file: File, yes: Yes = False, json: printing.Json = False) -> None:
    """Put a backup in place: its database, and its models beside those that are there. Stop the service first.

    All of it is checked before anything changes. A database that is there is only replaced with --yes, and kept beside
    the new one under another name. One of an older version is brought to this one.

    Example: winnow restore /backups/winnow-2026-12-01.tar
    """
    with files.terminable():
        done = _restored(file, yes)
    contents, made_at = done.backup.contents, done.backup.made_at
    if json:
        told = {**contents._asdict(), "made_at": made_at, "current": done.current, "models": list(done.backup.models)}
        aside = str(done.aside) if done.aside else None
        printing.print_json({"file": str(file), **told, "kept": aside, "note": done.note or None})
        return
    printing.say(
        f"Restored, as of {made_at}: {contents.sites:,} sites, {contents.comments:,} comments, "
        f"{contents.decisions:,} decisions. The model in use is {done.current or 'none'}."
    )
    if done.aside:
        printing.note(f"The database that was there is kept as {done.aside}; delete it when it is not needed any more.")
    if done.note:
        printing.note(done.note, "yellow")


def _restored(path: Path, yes: bool) -> Restored:
    from app.store.copies import made_current, replace
    from app.store.database import file_of

    settings = opening.read_settings()
    database = file_of(settings.database_url)
    if database.exists() and not yes:
        remedy = "Add --yes to put the backup in its place; it is kept beside it under another name."
        raise CommandRefused(str(database), "There is a database already. Nothing was changed.", remedy)
    opening.make_home(settings)
    try:
        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=database.parent) as folder:
            backup = _unpacked(path, Path(folder))
            try:
                made_current(Path(folder) / archive.DATABASE)
            except StoreUnavailable as error:
                raise BackupUnusable(str(path), error.what, error.remedy) from None
            _place_models(Path(folder) / "models", settings.models, backup.models)
            aside = database.with_name(f"{database.name}.before-{opening.moment():%Y%m%dT%H%M%S%f}")
            is_kept = replace(database, Path(folder) / archive.DATABASE, aside)
    except OSError as error:
        what = f"It cannot be written: {error.strerror or type(error).__name__}."
        raise CommandRefused(str(database.parent), what, "Free some space, or give Winnow's user the right.") from None
    current, note = _use(settings, backup.current)
    return Restored(backup, aside if is_kept else None, current, note)


def _unpacked(path: Path, folder: Path) -> archive.Backup:
    size = path.stat().st_size if path.is_file() else None
    with watching.progress(size, "MB") as watched:
        done = 0

        def add(more: int) -> None:
            nonlocal done
            done += more
            watched(done, done >> 20)

        return archive.unpack(path, folder, add)


def _place_models(found: Path, folder: Path, versions: tuple[str, ...]) -> None:
    """Add what is not there; refuse when another model has the name."""
    new = [version for version in versions if (found / version).is_dir() and not (folder / version).exists()]
    for version in set(versions) - {*new}:
        for each in (found / version).glob("*"):
            there = folder / version / each.name
            if not there.is_file() or not filecmp.cmp(each, there, shallow=False):
                what = f"The model {version} is another one there than in the backup. Nothing was changed."
                raise CommandRefused(str(folder), what, "Rename or remove that folder, then restore again.")
    folder.mkdir(parents=True, exist_ok=True)
    for version in new:
        part = folder / f".{version}-restored"  # who begins with a dot is not there yet
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        for each in (found / version).iterdir():
            shutil.copyfile(each, part / each.name)
            sync(part / each.name)
        part.rename(folder / version)


def _use(settings: "Settings", version: str) -> tuple[str, str]:
    """The model in use now, and why it is not that one."""
    from app import models
    from app.commands.models import put_in_use

    try:
        current = models.current_version(settings.models)
    except ModelUnusable:
        current = ""
    if not version or version == current:
        return current, ""
    try:
        put_in_use(settings.models, version, "restored from a backup")
    except (ModelUnusable, CommandRefused) as error:
        return current, f"The backup's model {version} is not in use: {error.what} {current or 'None'} goes on."
    return version, ""
