"""What a long trial measured, and the table of all of them: `make faults`, or `python -m tests.figures [NAME ...]`.

A trial is a module of tests/faults or tests/attacks with `AIM`, one sentence, and `run(long)`. Its short form is
asserted by the suite; its long form is what docs/reliability.md and docs/security.md show. Nothing is asserted here.
"""

import importlib
import sys
import time
from dataclasses import dataclass
from pathlib import Path

FOLDERS = ("faults", "attacks")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a trial."""

    measured: str
    """Figures with their units: `1,000 kills, 21,480 acknowledged, 0 lost, 0 doubled`."""
    is_met: bool
    """Whether that is what the trial's AIM asks for."""


def trials() -> dict[str, str]:
    """Name of each trial -> its module."""
    here = Path(__file__).parent
    found = sorted(path for folder in FOLDERS for path in (here / folder).glob("*.py"))
    written = {path.stem: f"tests.{path.parent.name}.{path.stem}" for path in found}
    return {name: module for name, module in written.items() if not name.startswith(("test_", "conftest", "_"))}


def main() -> int:
    """Run the trials that are named, or all that have a long form; 1 when one is not met."""
    known = trials()
    unknown = [name for name in sys.argv[1:] if name not in known]
    if unknown:
        print(f"There is no trial named {', '.join(unknown)}. There are: {', '.join(known)}.")
        return 2
    all_met = True
    print("| trial | aim | measured | met | seconds |\n|---|---|---|---|--:|", flush=True)
    for name in sys.argv[1:] or known:
        module = importlib.import_module(known[name])
        if not hasattr(module, "run"):
            continue  # what several trials share
        began = time.monotonic()
        outcome = module.run(long=True)
        all_met &= outcome.is_met
        met = "yes" if outcome.is_met else "no"
        print(f"| {name} | {module.AIM} | {outcome.measured} | {met} | {time.monotonic() - began:.0f} |", flush=True)
    return 0 if all_met else 1


if __name__ == "__main__":
    sys.exit(main())
