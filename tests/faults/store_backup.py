"""Backups taken while comments and decisions come in, restored elsewhere: nothing is missing, and scores are the same."""

import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app import lists, models
from app.core.classify import classify
from app.core.comment import Comment, History
from app.settings import MODELS_BESIDE_THE_APP
from tests.e2e import server
from tests.faults._clients import KEY, Clients
from tests.figures import Outcome

AIM = (
    "backups under load, restored elsewhere: nothing missing that was acknowledged before one began, integrity_check ok, "
    "10,000 scores bit-equal, no comment waits longer than 250 ms"
)
WINNOW = str(Path(sys.executable).with_name("winnow"))
SLOWEST_MS = 250.0


def run(long: bool) -> Outcome:
    """Twenty backups and 10,000 scores; in short one and a hundred."""
    rounds, scores = (20, 10_000) if long else (1, 100)
    with tempfile.TemporaryDirectory() as folder:
        return measure(Path(folder), rounds, scores, SLOWEST_MS if long else 4 * SLOWEST_MS)


def measure(folder: Path, rounds: int, scores: int, slowest_ms: float) -> Outcome:
    """Back up so often under load and restore each elsewhere; at the end judge so many comments with both models."""
    home = folder / "home"
    server.add_sites(home, {"blog": KEY})
    missing, acknowledged, took_s, sizes = 0, 0, [0.0], [0]
    with server.serving(home) as port, Clients(port).asking() as clients:
        time.sleep(1.0)
        began = time.monotonic()
        for number in range(rounds):
            kept = {each.body["id"] for each in list(clients.classify.all) if each.is_kept}
            decided = dict(clients.labels)
            told = _winnow(home, "backup", str(folder / "winnow.tar"))
            took_s.append(float(str(told["seconds"])))
            sizes.append(int(str(told["bytes"])))
            missing += _missing(folder, folder / f"other-{number}", kept, decided)
            acknowledged += len(kept) + len(decided)
        ended = time.monotonic()
    slowest = clients.classify.slowest_ms(began, ended)
    failed = [each.status for each in clients.classify.between(began, ended) if each.status != 200]
    other = _other_scores(folder / f"other-{rounds - 1}" / "models", scores)
    measured = (
        f"{rounds} backups of up to {max(sizes) / 1e6:.0f} MB in at most {max(took_s):.1f} s, {missing} of {acknowledged:,} "
        f"acknowledged missing, {other} of {scores:,} scores differ, slowest comment {slowest:.0f} ms, {len(failed)} failed"
    )
    return Outcome(measured, not missing and not other and not failed and slowest <= slowest_ms)


def _missing(folder: Path, other: Path, kept: set[str], decided: dict[str, str]) -> int:
    """Restore into an empty home with no models; how much is not there."""
    _winnow(other, "restore", str(folder / "winnow.tar"))
    connection = sqlite3.connect(other / "winnow.db")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    there = {id for (id,) in connection.execute("SELECT id FROM comments")}
    labels = dict(connection.execute("SELECT comment, label FROM decisions ORDER BY id"))
    connection.close()
    return len(kept - there) + sum(labels.get(id) != label for id, label in decided.items())


def _other_scores(restored: Path, scores: int) -> int:
    """How many comments the restored model scores otherwise than ours, to the last bit."""
    known = lists.load()
    ours, theirs = models.load_current(MODELS_BESIDE_THE_APP, known), models.load_current(restored, known)
    words = "tea casino garden cheap pills https://a.example/slots thank you great post loan www.shop.example".split()
    other = 0
    for number in range(scores):
        text = " ".join(words[(number * 7 + place * (1 + number % 5)) % len(words)] for place in range(3 + number % 9))
        comment = Comment(text=f"{text} {number}", author=words[number % len(words)])
        found = [classify(comment, History(), model, known).score for model in (ours, theirs)]
        other += found[0] != found[1]
    return other


def _winnow(home: Path, *arguments: str) -> dict[str, object]:
    models = None if arguments[0] == "backup" else home / "models"
    command = [WINNOW, *arguments, "--json"]
    done = subprocess.run(command, env=server.environment(home, models), check=True, capture_output=True, text=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found
