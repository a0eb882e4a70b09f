"""Models put in use and taken back while four workers serve, and bad ones named in between."""

import shutil
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from app import models
from app.commands.models import put_in_use
from tests.e2e import server
from tests.faults import _bad_models, _load, _services
from tests.figures import Outcome
from tests.ports import free_port
from tests.reload_load import two_models

AIM = (
    "100 promotions and rollbacks with 4 workers at 70 % load, and 100 bad models named: every answer from the new model "
    "within 2 s, 0 requests failed, each bad one refused once by each worker"
)
MOST_S = 2.0
SLACK_S = 3.5
"""Instead, in the short form, on a machine that other tests keep busy; who never follows still answers after 4 s."""
LOOKS_S = 4.0
"""Answers are looked at for so long after a change."""
REFUSED_WITHIN_S = 20.0
METRICS_KEY = "metricsmetrics"


@dataclass(slots=True)
class Told:
    """What came of it."""

    last_old_s: list[float] = field(default_factory=list)
    """For each change, how long after it the last answer of the model before came."""
    back: int = 0
    """Answers of a model that was not in use any more, to a client that had had one of the new model for `most_s`."""
    bad: int = 0
    refused_by: list[int] = field(default_factory=list)
    """For each bad model, how many workers said that they refuse it."""
    counted: set[float] = field(default_factory=set)
    """What the workers' own counts of refused models say."""
    seen: _load.Seen = field(default_factory=_load.Seen)


def measure(changes: int, bad: int, workers: int, most_s: float) -> Told:
    """So many changes, and so many bad models named; ends by itself. `most_s`: when all have to have followed."""
    told = Told()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        names, home = two_models(root / "models"), root / "home"
        server.add_sites(home, {"blog": _load.KEY})
        others = {"WINNOW_MODELS": str(root / "models"), "WINNOW_METRICS_KEY": METRICS_KEY}
        service = _services.Service(home, free_port(), "--workers", str(workers), others=others)
        with _services.running(service):
            _services.until(lambda: service.standing() == f"{workers} of {workers} serve", service)
            with _load.steady(service.port) as told.seen:
                for number in range(changes):
                    _change(root / "models", names[(number + 1) % 2], told, most_s)
                _name_bad_ones(root, service, bad, workers, told)
            told.counted = {_counted(service.port) for _ in range(5 * workers)}
    return told


def _change(folder: Path, version: str, told: Told, most_s: float) -> None:
    put_in_use(folder, version)
    began = time.monotonic()
    time.sleep(LOOKS_S)
    after = [(at, client, model) for at, client, model in list(told.seen.models) if at > began]
    told.last_old_s.append(max((at - began for at, _, model in after if model != version), default=0.0))
    new_since: dict[int, float] = {}
    for at, client, model in after:
        if model == version:
            new_since.setdefault(client, at)
        elif at - new_since.get(client, at) > most_s:
            told.back += 1


def _name_bad_ones(root: Path, service: _services.Service, number: int, workers: int, told: Told) -> None:
    """Each is a copy of a small sound model, spoilt in one way; `current` names it, and then the sound one again."""
    chance, folder = Random(3), root / "models"
    _bad_models.make(root / "sound")
    in_use = models.current_version(folder)
    spoils = [*_bad_models.attacks(root / _bad_models.MARKER), *_bad_models.no_files(), *_bad_models.wrong_cards()]
    for _, spoil in chance.sample([each for each in spoils if models.CURRENT not in each[0]], number):
        before = service.log().count("is refused")
        (root / "spoilt").mkdir()
        shutil.copytree(root / "sound", root / "spoilt" / "models")
        spoil(root / "spoilt" / "models", chance)
        (root / "spoilt" / "models" / _bad_models.NAME).rename(folder / _bad_models.NAME)
        _name(folder, _bad_models.NAME)
        end = time.monotonic() + REFUSED_WITHIN_S
        while service.log().count("is refused") < before + workers and time.monotonic() < end:
            time.sleep(0.05)
        _name(folder, in_use)
        time.sleep(1.5)  # seen by all
        told.refused_by.append(service.log().count("is refused") - before)
        told.bad += 1
        _remove(folder / _bad_models.NAME)
        shutil.rmtree(root / "spoilt")


def _name(folder: Path, version: str) -> None:
    """In `current`, at once and not by halves."""
    (folder / ".current").write_text(f"{version}\n")
    (folder / ".current").replace(folder / models.CURRENT)


def _remove(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)


def _counted(port: int) -> float:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers={"X-API-Key": METRICS_KEY})
    with urllib.request.urlopen(request, timeout=20) as answer:
        lines = answer.read().decode().splitlines()
    said = [line for line in lines if line.startswith('winnow_model_changes_total{outcome="refused"}')]
    return float(said[0].split()[-1]) if said else 0.0


def run(long: bool) -> Outcome:
    """100 changes and 100 bad models; or 1 and 1 with 2 workers."""
    workers, most_s = (4, MOST_S) if long else (2, SLACK_S)
    told = measure(100 if long else 1, 100 if long else 1, workers, most_s)
    ordered = sorted(told.last_old_s)
    figures = [
        f"{len(ordered)} changes: last answer of the model before after {ordered[len(ordered) // 2]:.2f} s (median), "
        f"{ordered[-1]:.2f} s (longest), {told.back} later",
        f"{told.bad} bad models: refused by {min(told.refused_by)} to {max(told.refused_by)} of {workers} workers, "
        f"counted {sorted(told.counted)}",
        told.seen.sentence(),
    ]
    is_refused = set(told.refused_by) == {workers} and told.counted == {float(told.bad)}
    is_met = is_refused and ordered[-1] <= most_s and not told.back and not told.seen.failed
    return Outcome("; ".join(figures), is_met)
