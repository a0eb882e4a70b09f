"""Models that are damaged, hostile or no files at all: every one is refused, in bounded time and memory, and none runs.

`python -m tests.faults.bad_models MODELS SEED` loads so many in this process alone, and prints what came of it as JSON.
"""

import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from itertools import chain, cycle, islice
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from app import lists as loading
from app import models
from app.commands.serve import MALLOC
from app.core.lists import Lists
from app.core.model import Model
from app.errors import ModelUnusable
from tests.faults import _bad_models as bad
from tests.figures import Outcome

AIM = "10,000 bad models and names of models: all refused, each within 2 s and 256 MB, nothing unpickled, nothing run"
MOST_S = 2.0
MOST_MB = 256
STATUS = Path("/proc/self/status")
SWAPS = 400
"""Models loaded, in the long form, while another thread exchanges files and folders."""
FORBIDDEN = (
    "pickle.", "marshal.", "exec", "import", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.mkdir",
    "os.rename", "os.remove", "subprocess.", "ctypes.", "socket.", "code.", "shutil.", "webbrowser.", "urllib.",
)  # fmt: skip
"""What Python's audit says when something runs, is imported, changed or called; `compile` alone is numpy's reading of a
header as a literal, and what it compiled would have to go through `exec`."""


@dataclass(slots=True)
class Told:
    """What came of the bad models."""

    refused: int = 0
    same: list[str] = field(default_factory=list)
    """Damage that changed nothing that counts: the very same numbers were loaded."""
    accepted: list[str] = field(default_factory=list)
    """Loaded with other numbers, or broke in another way: there should be none."""
    ran: list[str] = field(default_factory=list)
    """What Python's audit saw that it should not; there should be none."""
    slowest_s: float = 0.0
    slowest: str = ""
    grew_mb: float = 0.0
    """The most memory that one load took beyond what the process had before it."""
    largest: str = ""
    swapped_refused: int = 0
    swapped_whole: int = 0
    swapped_torn: int = 0
    """Models of which one part is another's, loaded while files were exchanged; there should be none."""


class Guard:
    """Listens to Python's audit while a model is being loaded."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self.name = ""
        sys.addaudithook(self._hear)
        for name in ("load", "loads", "Unpickler", "_Unpickler"):
            setattr(pickle, name, self._unpickle)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if self.name and (event.startswith(FORBIDDEN) or writes):
            self._told.ran.append(f"{self.name}: {event}")

    def _unpickle(self, *_arguments: Any, **_options: Any) -> Any:
        self._told.ran.append(f"{self.name}: pickle")
        raise pickle.UnpicklingError("this is never called")


def measure(number: int, seed: int, swaps: int) -> Told:
    """Load so many bad models, and so many more while files are exchanged; ends by itself.

    The guard stays in this process: it cannot unpickle any more afterwards.
    """
    told, chance, lists = Told(), Random(seed), loading.load()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        bad.make(root / "sound")
        sound = models.load_current(root / "sound", lists)
        others = [
            *bad.attacks(root / bad.MARKER),
            *bad.wrong_cards(),
            *bad.no_files(),
            *bad.wrong_names(),
            *bad.wrong_candidates(),
        ]
        chance.shuffle(others)
        hashed = list(islice(cycle(bad.garbage_with_its_hash()), number // 12))
        accidents = cycle(bad.accidents())
        for spoil in (bad.accidents, bad.wrong_candidates):  # what is only imported when something is refused
            _load_one(root, next(iter(spoil()))[1], chance, lists)
        guard = Guard(told)
        for name, spoil in islice(chain(others[: number // 2], hashed, accidents), number):
            _one(root, name, spoil, chance, lists, sound, guard, told)
        _while_swapping(root, lists, swaps, guard, told)
        if (root / bad.MARKER).exists():
            told.ran.append("a payload")
    return told


@dataclass(slots=True)
class Load:
    """One attempt to load the model in use, or the one to be tried out."""

    model: Model | None = None
    seconds: float = 0.0
    grew_mb: float = 0.0
    broke: str = ""
    """What was raised that is no refusal."""


def _one(
    root: Path, name: str, spoil: bad.Spoil, chance: Random, lists: Lists, sound: Model, guard: Guard, told: Told
) -> None:
    done = _load_one(root, spoil, chance, lists, lambda loads: setattr(guard, "name", name if loads else ""))
    if done.broke:
        told.accepted.append(f"{name}: {done.broke}")
    elif done.model is None:
        told.refused += 1
    else:
        (told.same if _is_same(done.model, sound) else told.accepted).append(name)
    if done.seconds > told.slowest_s:
        told.slowest_s, told.slowest = done.seconds, name
    if done.grew_mb > told.grew_mb:
        told.grew_mb, told.largest = done.grew_mb, name


def _load_one(
    root: Path, spoil: bad.Spoil, chance: Random, lists: Lists, loads: Callable[[bool], object] = lambda _loads: None
) -> Load:
    folder, done = root / "models", Load()
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(root / "sound", folder)
    spoil(folder, chance)
    _forget_peak()
    memory, began = _memory_mb("VmRSS"), time.perf_counter()
    loads(True)
    try:
        tried = models.candidate(folder)
        done.model = models.load(folder, tried.version, lists) if tried else models.load_current(folder, lists)
    except ModelUnusable:
        pass
    except BaseException as error:  # noqa: BLE001  what is raised instead of a refusal is what is looked for
        done.broke = repr(error)[:200]
    loads(False)
    done.seconds, done.grew_mb = time.perf_counter() - began, _memory_mb("VmHWM") - memory
    return done


def _forget_peak() -> None:
    if STATUS.exists():
        Path("/proc/self/clear_refs").write_text("5")


def _memory_mb(field: str) -> float:
    """Of this process: VmRSS, what it has now, or VmHWM, what it had at its most; 0 where there is no /proc."""
    if not STATUS.exists():
        return 0.0
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) / 1024


def _is_same(model: Model, sound: Model) -> bool:
    numbers = [(each.bias, each.link_scale, each.link_bias, each.thresholds) for each in (model, sound)]
    sites = [{n: (s.index.tolist(), s.change.tolist()) for n, s in each.sites.items()} for each in (model, sound)]
    return numbers[0] == numbers[1] and sites[0] == sites[1] and np.array_equal(model.weights, sound.weights)


def _while_swapping(root: Path, lists: Lists, swaps: int, guard: Guard, told: Told) -> None:
    """Another thread exchanges the files of a version for another's, for garbage and for links, without a pause."""
    if not swaps:
        return
    folder, other = root / "swapped", root / "other"
    shutil.copytree(root / "sound", folder)
    bad.make(other, bias=-0.25)
    known = {model.bias: model for model in (models.load_current(each, lists) for each in (folder, other))}
    stop = threading.Event()
    swapper = threading.Thread(target=_swap, args=(root, folder, other, stop))
    swapper.start()
    guard.name = ""  # the swapper writes; payloads still show by their marker, and pickle by its name
    try:
        for _ in range(swaps):
            try:
                model = models.load_current(folder, lists)
            except ModelUnusable:
                told.swapped_refused += 1
                continue
            if model.bias in known and _is_same(model, known[model.bias]):
                told.swapped_whole += 1
            else:
                told.swapped_torn += 1
    finally:
        stop.set()
        swapper.join()


def _swap(root: Path, folder: Path, other: Path, stop: threading.Event) -> None:
    chance, beside = Random(7), root / "beside"
    hostile = dict(bad.hostile_arrays(root / bad.MARKER))["objects in the archive"]()
    while not stop.is_set():
        whose = chance.choice((root / "sound", other)) / bad.NAME
        for file in chance.sample(bad.FILES, 3):
            beside.unlink(missing_ok=True)
            what = chance.random()
            if what < 0.1:
                beside.write_bytes(hostile)
            elif what < 0.2:
                beside.symlink_to(whose / file)
            else:
                shutil.copy(whose / file, beside)
            beside.replace(folder / bad.NAME / file)
            time.sleep(chance.random() * 0.02)


def run(long: bool) -> Outcome:
    """10,000 of them, or 150 of all kinds."""
    number = 10_000 if long else 150
    told = alone(number, SWAPS if long else 10)
    figures = [
        f"{number:,} bad models: {told.refused:,} refused",
        f"{len(told.same)} loaded with the very same numbers",
        f"{len(told.accepted)} accepted or raising anything else",
        f"{len(told.ran)} unpickled, run or imported anything",
        f"slowest {told.slowest_s:.2f} s ({told.slowest})",
        f"at most {told.grew_mb:.0f} MB of memory ({told.largest})",
        f"while files were exchanged: {told.swapped_whole} loaded whole, {told.swapped_refused} refused, "
        f"{told.swapped_torn} torn",
    ]
    is_bounded = told.slowest_s <= MOST_S and told.grew_mb <= MOST_MB
    return Outcome("; ".join(figures), is_bounded and not (told.accepted or told.ran or told.swapped_torn))


def alone(number: int, swaps: int) -> Told:
    """`measure` in a process of its own: what it does to `pickle` stays, and memory at its most is the process's."""
    words = [sys.executable, "-m", "tests.faults.bad_models", str(number), str(swaps)]
    done = subprocess.run(words, stdout=subprocess.PIPE, env={**os.environ, **MALLOC}, check=True, timeout=1_800)
    return Told(**json.loads(done.stdout))


if __name__ == "__main__":
    print(json.dumps(asdict(measure(int(sys.argv[1]), 1, int(sys.argv[2])))))
