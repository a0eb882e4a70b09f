"""Bytes that a fuzzer makes up, led by which lines they reach (atheris), through everything that reads a visitor's bytes.

In short, without atheris: each target's beginnings, changed at random with a fixed seed.
"""

import importlib.util
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.attacks.fuzz_targets import SEEDS, TARGETS
from tests.figures import Outcome

AIM = "text with links, all fields, form, search and import: 600 processor seconds each under atheris, 0 crashes"
SECONDS = 600
CHANGED = 40
"""Inputs of each target in the short form."""
MAX_BYTES = 4_096


def run(long: bool) -> Outcome:
    """Every target in turn."""
    if not long:
        failed = {name: error for name in TARGETS if (error := changed_at_random(name, CHANGED))}
        return Outcome(f"{CHANGED} inputs each, {len(failed)} targets failed {failed or ''}", not failed)
    if importlib.util.find_spec("atheris") is None:
        return Outcome("not run: atheris is not installed (pip install atheris)", is_met=False)
    told = [guided(name, SECONDS) for name in TARGETS]
    return Outcome("; ".join(said for said, _ in told), all(is_met for _, is_met in told))


def changed_at_random(name: str, number: int) -> str:
    """The first failure among so many inputs, as a sentence; empty when there was none."""
    dice = random.Random(name)
    for _ in range(number):
        fed = changed(dice.choice(SEEDS[name]), dice)
        try:
            TARGETS[name](fed)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            return f"{type(error).__name__}: {error} of {fed[:200]!r}"
    return ""


def changed(seed: bytes, dice: random.Random) -> bytes:
    """A few bytes replaced, doubled, cut out or put in."""
    made = bytearray(seed)
    for _ in range(dice.randint(1, 8)):
        at = dice.randint(0, len(made))
        piece = bytes(
            dice.choice([0, 60, 91, 38, 46, 255, 0xED, dice.randrange(256)]) for _ in range(dice.randint(1, 4))
        )
        other = dice.randint(0, len(made))
        made[at:at] = piece if dice.random() < 0.5 else made[min(at, other) : max(at, other)][:200]
        if dice.random() < 0.3:
            del made[min(at, other) : min(at, other) + dice.randint(1, 20)]
    return bytes(made)


def guided(name: str, seconds: int) -> tuple[str, bool]:
    """What atheris found in so many seconds, and whether that is nothing."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, seed in enumerate(SEEDS[name]):
            (corpus / str(number)).write_bytes(seed)
        asked = [f"-max_total_time={seconds}", f"-max_len={MAX_BYTES}", "-timeout=10", "-rss_limit_mb=1500"]
        asked += ["-print_final_stats=1", f"-artifact_prefix={folder}/", str(corpus)]
        command = [sys.executable, "-m", "tests.attacks._guided", name, *asked]
        ended = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        inputs = next(
            (line.split()[-1] for line in ended.stderr.splitlines() if "number_of_executed_units" in line), "?"
        )
        crashes = [each for each in Path(folder).iterdir() if each.is_file()]
        if ended.returncode or crashes:
            print(ended.stderr[-3_000:], [each.read_bytes() for each in crashes], file=sys.stderr)
    return f"{name} {inputs} inputs in {seconds} s, {len(crashes)} crashes", not ended.returncode and not crashes
