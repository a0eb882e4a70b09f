"""What winnow doctor looks at: one function a check, which says what it found or raises a WinnowError."""

import http.client
import importlib.util
import json
import os
import platform
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path

from app import models
from app.commands import opening
from app.core.kernels import IS_COMPILED
from app.core.times import written
from app.errors import CommandRefused, StoreUnavailable, WinnowError
from app.settings import Settings

NEEDED_PYTHON = (3, 11)
MIN_FREE_MB = 200
OLDEST_SUFFIXES_DAYS = 3 * 365
"""Public suffixes are added slowly; after three years a few hundred are missing."""
PREFIX = "WINNOW_"
OURS = frozenset({"WINNOW_KEY"})
"""Not settings, but used by the curl line of winnow serve and by clients."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report."""

    name: str
    ok: bool
    detail: str
    """What is, as a sentence or a few words."""
    remedy: str = ""
    """What to do about it; empty when all is well."""


def examine(host: str, port: int) -> list[Finding]:
    """Every check, in the order in which things are needed."""
    findings = [
        _found("python", python),
        _found("loops", inner_loops),
        _found("clock", clock),
        _found("settings", settings_known),
    ]
    try:
        settings = opening.read_settings()
    except WinnowError as error:
        return [*findings, Finding("settings", False, f"{error.which}: {error.what}", error.remedy)]
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("home", lambda: home(settings)),
        ("database", lambda: database(settings)),
        ("lists", word_lists),
        ("suffixes", lambda: suffixes(datetime.now(UTC).date())),
        ("model", lambda: model(settings)),
        ("port", lambda: free_port(host, port)),
        ("training", training),
        ("sites", lambda: sites(settings)),
    )
    return findings + [_found(name, check) for name, check in checks]


def _found(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, check())
    except WinnowError as error:
        return Finding(name, False, f"{error.which}: {error.what}", error.remedy)


def python() -> str:
    """At least the version the package asks for."""
    if sys.version_info < NEEDED_PYTHON:
        needed = ".".join(map(str, NEEDED_PYTHON))
        raise CommandRefused(platform.python_version(), "It is too old.", f"Install Python {needed} or newer.")
    return f"Python {platform.python_version()}"


def inner_loops() -> str:
    """Compiled, or in numpy; both give the same scores.

    >>> inner_loops().startswith("They are ")
    True
    """
    if IS_COMPILED:
        return "They are compiled."
    return "They are in numpy: the same scores, half as long again. Install a C compiler, then make clean setup."


def clock(year: int | None = None) -> str:
    """Records are dated by it, and certificates fail when it is wrong.

    >>> clock(2026)
    'The year is 2026.'
    """
    year = datetime.now(UTC).year if year is None else year
    if year < 2025:
        raise CommandRefused("clock", f"It says {year}.", "Set the date, or start a time service.")
    return f"The year is {year}."


def settings_known(environment: Mapping[str, str] = os.environ) -> str:
    """A misspelt setting is silently without effect.

    >>> settings_known({"WINNOW_HOME": "/srv/winnow"})
    '1 set by the environment: WINNOW_HOME.'
    """
    known = [name.upper() for name in Settings.model_fields]
    given = sorted(name for name in environment if name.upper().startswith(PREFIX) and name not in OURS)
    unknown = [name for name in given if name.upper().removeprefix(PREFIX) not in known]
    if unknown:
        near = [get_close_matches(name.upper().removeprefix(PREFIX), known, 1) for name in unknown]
        meant = ", ".join(dict.fromkeys(PREFIX + match[0] for match in near if match))
        remedy = f"Did you mean {meant}? Else unset it." if meant else "Unset it."
        raise CommandRefused(", ".join(unknown), "There is no such setting.", remedy)
    return f"{len(given)} set by the environment{': ' if given else ''}{', '.join(given)}."


def home(settings: Settings) -> str:
    """A file can be written there, and the disk has room."""
    place = settings.home.resolve()
    while not place.exists():
        place = place.parent
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
        free_mb = shutil.disk_usage(place).free >> 20
    except OSError as error:
        remedy = "Give Winnow's user the right to write there, or set WINNOW_HOME."
        raise CommandRefused(str(place), f"Nothing can be written: {error.strerror}.", remedy) from None
    if free_mb < MIN_FREE_MB:
        raise CommandRefused(str(place), f"Only {free_mb} MB are free.", "Free some space on the disk.")
    made = "" if settings.home.exists() else " is made at the first start"
    return f"{settings.home.resolve()}{made}, {free_mb / 1024:,.1f} GB free"


def database(settings: Settings) -> str:
    """It opens, takes the write lock, is whole and has the tables of this version. Nothing is changed."""
    from app.store.database import database_name, examine, open_engine

    path = _database_file(settings)
    if path is not None and not path.exists():
        return f"{path} is made at the first start"
    engine = open_engine(settings.database_url)
    try:
        return f"{database_name(engine)}, whole, revision {examine(engine)}"
    finally:
        engine.dispose()


def word_lists() -> str:
    """Every list is there and well-formed."""
    from app import lists

    return f"{len(lists.load().host_kinds):,} hosts and the rest are read"


def suffixes(today: date) -> str:
    """The public suffix list that came with tldextract, and how old it is."""
    spec = importlib.util.find_spec("tldextract")
    path = Path(spec.origin or "").parent / ".tld_set_snapshot" if spec else Path()
    remedy = "Reinstall tldextract, in its newest version."
    try:
        with path.open(encoding="utf-8") as file:
            beginning = file.read(2_000)
    except OSError:
        raise CommandRefused("public suffix list", "It is not bundled.", remedy) from None
    dated = re.search(r"VERSION: (\d{4}-\d{2}-\d{2})", beginning)
    if not dated:
        return "bundled, of unknown age"
    days = (today - date.fromisoformat(dated[1])).days
    if days > OLDEST_SUFFIXES_DAYS:
        raise CommandRefused("public suffix list", f"It is of {dated[1]}, {days:,} days old.", remedy)
    return f"bundled, of {dated[1]}, {days:,} days old"


def model(settings: Settings) -> str:
    """The one in use loads, and so does a candidate: they are whole, and made for the features of this program."""
    found, _ = opening.open_model(settings)
    tried = models.candidate(settings.models)
    if tried is None:
        return f"{found.version}, hash and features match"
    beside, _ = opening.open_model(settings, tried.version)
    return f"{found.version} and the candidate {beside.version}, hashes and features match"


def free_port(host: str, port: int) -> str:
    """Nobody listens there, or Winnow does."""
    try:
        socket.create_connection((host, port), timeout=2).close()
    except OSError:
        return f"{host}:{port} is free"
    try:
        with closing(http.client.HTTPConnection(host, port, timeout=2)) as connection:
            connection.request("GET", "/")
            answer = json.loads(connection.getresponse().read(10_000))
        if answer["name"] == "Winnow":
            return f"Winnow {answer['version']} answers on {host}:{port}"
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        pass  # somebody else, who may speak anything
    remedy = f"Stop that program, or serve elsewhere: winnow serve --port {port + 1}."
    raise CommandRefused(f"{host}:{port}", "Another program listens there.", remedy)


def training() -> str:
    """scikit-learn is there. Not imported: that takes seconds."""
    if importlib.util.find_spec("sklearn") is None:
        remedy = "Install it to train: pip install scikit-learn. Serving works without it."
        raise CommandRefused("scikit-learn", "It is not installed.", remedy)
    return "scikit-learn is there"


def sites(settings: Settings) -> str:
    """Every site goes on sending comments, and not all of them ham, as far as its past lets expect that."""
    from app.core.alarms import REMEDIES, SENTENCES, values
    from app.store.database import open_engine
    from app.store.sql import SqlStore

    path = _database_file(settings)
    if path is not None and not path.exists():
        return "none yet"
    try:
        with closing(SqlStore(open_engine(settings.database_url))) as store:
            found = store.alarms(written(opening.moment()))
    except StoreUnavailable:
        return "not known, for the database cannot be read"
    if found:
        told = " ".join(f"{site}: {SENTENCES[alarm.kind] % values(alarm)}" for site, alarm in found)
        first, alarm = found[0]
        raise CommandRefused("sites", told, f"{REMEDIES[alarm.kind]} Try: winnow doctor --site {first}")
    return "none is silent or sends only ham, unlike before"


def _database_file(settings: Settings) -> Path | None:
    """Where SQLite keeps it; None for another database, or an address that makes no sense."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        path = make_url(settings.database_url).database
    except ArgumentError:
        return None  # open_engine says it better
    return Path(path) if path and settings.database_url.startswith("sqlite") else None
