"""A real `winnow serve` for tests: sites with keys that the test chooses, on any port, ended with the test."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from app.commands import opening
from app.settings import Settings

STARTS_WITHIN_S = 60
STOPS_WITHIN_S = 20


def settings_of(home: Path) -> Settings:
    """Those of the service in that home, whatever this process has been told."""
    return Settings(home=home, database_url=f"sqlite:///{home / 'winnow.db'}")


def add_sites(home: Path, keys: Mapping[str, str]) -> None:
    """Sites by name, each with its key, in the database of a home; before the first start, or later."""
    with opening.open_store(settings_of(home)) as store:
        for name, key in keys.items():
            store.add_site(name, key, opening.now())


def decisions(home: Path, site: str) -> dict[str, str | None]:
    """Text of a comment -> what was decided of it last."""
    with opening.open_store(settings_of(home)) as store:
        decided = store.decisions_since(site, 0, 1_000)
        found = [(store.comment(site, each.id), each.decision.label) for each in decided]
    return {record.comment.text: label for record, label in found if record}


def comments(home: Path, site: str) -> int:
    """How many of a site are kept."""
    with opening.open_store(settings_of(home)) as store:
        return sum(month.comments for month in store.months(site))


def environment(home: Path, models: Path | None = None) -> dict[str, str]:
    """The one in which the command works in that home, with the shipped models or others, and nothing else set.

    Tests may send as much as they like: a quota of sites is not what most of them are about.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WINNOW_")}
    told = {"WINNOW_HOME": str(home), "WINNOW_SITE_COMMENTS_PER_SECOND": "0"}
    return {**kept, **told, **({"WINNOW_MODELS": str(models)} if models else {})}


def command(port: int, *options: str) -> list[str]:
    """What starts the service on 127.0.0.1."""
    winnow = Path(sys.executable).with_name("winnow")
    return [str(winnow), "serve", "--host", "127.0.0.1", "--port", str(port), "--json", *options]


@contextmanager
def serving(
    home: Path, *options: str, models: Path | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[int]:
    """The port of a service that answers; the end of the block ends the service. `settings` join its environment."""
    with running(home, *options, models=models, settings=settings) as (port, _):
        yield port


@contextmanager
def running(
    home: Path, *options: str, models: Path | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[tuple[int, int]]:
    """The same, with the id of the process, too."""
    process = subprocess.Popen(
        command(0, *options),
        env={**environment(home, models), **(settings or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "winnow serve did not start; what it said is above"
        url = json.loads(line)["url"]
        with urllib.request.urlopen(f"{url}/readyz", timeout=STARTS_WITHIN_S) as answer:
            assert answer.status == 200
        yield int(url.rpartition(":")[2]), process.pid
    finally:
        process.terminate()
        try:
            process.communicate(timeout=STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
