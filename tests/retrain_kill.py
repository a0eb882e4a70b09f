"""Retrainings that are killed at any point, as a Markdown table: `python -m tests.retrain_kill [KILLS]`.

`winnow retrain` is killed with SIGKILL again and again, half of the times at a random moment of its run, half while it
writes and releases. After each, is the model in use complete, does it load, and does a service that follows go on
answering? At the end one retraining runs to its end. Nothing is asserted here.
"""

import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from app import lists as loading
from app import models
from app.core.lists import Lists
from app.errors import WinnowError
from app.settings import MODELS_BESIDE_THE_APP
from tests.e2e import server
from tests.retraining.garden import lesson, settle

KEY = "gardengarden"
WINNOW = str(Path(sys.executable).with_name("winnow"))
LONGEST_S = 300.0
"""One retraining ends by then, or is killed."""


@dataclass(slots=True)
class Told:
    """What became of it."""

    killed: int = 0
    ended: int = 0
    """Retrainings that were quicker than their killer."""
    while_writing: int = 0
    """Killed after something had appeared in the models folder."""
    broken: list[str] = field(default_factory=list)
    """What was wrong afterwards: there should be nothing."""
    left_behind: int = 0
    """Hidden folders that killed runs left; they are swept away a day later."""
    versions: set[str] = field(default_factory=set)
    """That were in use at any time."""


def measure(kills: int, seed: int = 1) -> Told:
    """Kill so many retrainings; ends by itself."""
    told, chance, lists = Told(), random.Random(seed), loading.load()
    with tempfile.TemporaryDirectory() as temporary:
        home, folder = Path(temporary) / "home", Path(temporary) / "models"
        _prepare(home, folder, lists)
        with server.serving(home, models=folder) as port:
            whole_s = _run(home, folder, None, None, told)
            for number in range(kills):
                after_s = chance.uniform(0, whole_s if number % 2 else chance.choice((0.05, 0.5)))
                _run(home, folder, None if number % 2 else folder, after_s, told)
                _check(folder, port, lists, told)
            _run(home, folder, None, None, told)
            _check(folder, port, lists, told)
        told.left_behind = len(list(folder.glob(".*-*/")))
    return told


def _prepare(home: Path, folder: Path, lists: Lists) -> None:
    version = models.current_version(MODELS_BESIDE_THE_APP)
    shutil.copytree(MODELS_BESIDE_THE_APP / version, folder / version)
    (folder / models.CURRENT).write_text(f"{version}\n")
    server.add_sites(home, {"garden": KEY})
    with server.opening.open_store(server.settings_of(home)) as store:
        settle(store, models.load_current(folder, lists), lists, "garden", lesson(30))


def _run(home: Path, folder: Path, wait_for: Path | None, kill_after_s: float | None, told: Told) -> float:
    """One retraining, killed or not; how long it ran.

    Args:
        home: of the database.
        folder: the models folder.
        wait_for: a folder; the time until the kill counts from when a model begins to be written into it.
        kill_after_s: None: it is not killed.
        told: is added to.
    """
    before = _written(folder)
    began = time.monotonic()
    process = subprocess.Popen(
        [WINNOW, "retrain", "--json"],
        env=server.environment(home, folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if kill_after_s is not None:
        while wait_for and process.poll() is None and not _written(wait_for) - before:
            time.sleep(0.002)
        end = time.monotonic() + kill_after_s
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.002)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            told.killed += 1
            told.while_writing += wait_for is not None
        else:
            told.ended += 1
    process.wait(LONGEST_S)
    return time.monotonic() - began


def _written(folder: Path) -> set[str]:
    """Models in a folder, whole or being written."""
    return {path.name for path in folder.iterdir() if path.name.lstrip(".").startswith("20")}


def _check(folder: Path, port: int, lists: Lists, told: Told) -> None:
    """Is the model in use whole, and does the service answer?"""
    try:
        told.versions.add(models.load_current(folder, lists).version)
    except WinnowError as error:
        told.broken.append(str(error))
    for version in models.versions(folder):
        try:
            models.load(folder, version, lists)
        except WinnowError as error:
            told.broken.append(str(error))
    body = json.dumps({"text": "My leeks survived the drought."}).encode()
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/classify", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            if answer.status != 200:
                told.broken.append(f"the service answered {answer.status}")
    except OSError as error:
        told.broken.append(f"the service did not answer: {error}")


def main() -> None:
    """Measure, and print the table."""
    told = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
    print("| killed | of these while writing | ended before | versions in use | left behind | broken |")
    print("|--:|--:|--:|--:|--:|--:|")
    rest = f"{told.ended} | {len(told.versions)} | {told.left_behind} | {len(told.broken)}"
    print(f"| {told.killed} | {told.while_writing} | {rest} |")
    for sentence in told.broken:
        print(f"- {sentence}")


if __name__ == "__main__":
    main()
