"""One worker of four is stopped, hangs in Python, hangs in C, or is killed: the others serve, and it is replaced."""

import os
import signal
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e import server
from tests.faults import _load, _services
from tests.figures import Outcome
from tests.ports import free_port

AIM = (
    "one of 4 workers stopped, hanging in Python, hanging in C or killed: told by /readyz, replaced within 15 s, "
    "no request fails but those it held; a service of one process that hangs answers again within 15 s"
)
MOST_S = 15.0
HANGS = """
import re, signal
def loop(*_):
    while True:
        pass
signal.signal(signal.SIGRTMIN, loop)
signal.signal(signal.SIGRTMIN + 1, lambda *_: re.match("(a+)+$", "a" * 60 + "b"))
"""
"""Python runs it when it starts, if it is in its path as sitecustomize.py: two signals make the main thread, in which the
event loop runs, hang; the second one never lets go of the interpreter's lock."""
FAULTS: dict[str, signal.Signals | int] = {
    "stopped": signal.SIGSTOP,
    "hanging in Python": signal.SIGRTMIN,
    "hanging in C": signal.SIGRTMIN + 1,
    "killed": signal.SIGKILL,
}


@dataclass(slots=True)
class Told:
    """What came of it."""

    replaced_s: dict[str, list[float]] = field(default_factory=dict)
    """For each fault, how long after it all workers served again."""
    untold: list[str] = field(default_factory=list)
    """Faults of which /readyz never said anything; there should be none."""
    at_once: int = 0
    """The most requests that may be held by the workers that fell ill: one for each client and fault."""
    seen: _load.Seen = field(default_factory=_load.Seen)


def measure(rounds: Sequence[Sequence[str]], workers: int, **others: str) -> Told:
    """So many rounds, under load; ends by itself.

    Args:
        rounds: in each, the faults that befall as many workers at the same time.
        workers: how many serve.
        others: settings.
    """
    told = Told()
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary) / "home"
        server.add_sites(home, {"blog": _load.KEY})
        others |= _that_can_hang(Path(temporary))
        service = _services.Service(home, free_port(), "--workers", str(workers), others=others)
        with _services.running(service):
            _services.until(lambda: service.standing() == f"{workers} of {workers} serve", service)
            with _load.steady(service.port) as told.seen:
                for faults in rounds:
                    _fall_ill(service, faults, workers, told)
    return told


def _fall_ill(service: _services.Service, faults: Sequence[str], workers: int, told: Told) -> None:
    began, whole, said = time.monotonic(), f"{workers} of {workers} serve", set()
    victims = service.workers()[: len(faults)]
    for victim, fault in zip(victims, faults, strict=True):
        os.kill(victim, FAULTS[fault])
        told.at_once += _load.CLIENTS
    while set(victims) & set(service.workers()) or service.standing() != whole:
        said.add(service.standing())
        assert time.monotonic() < began + 60, service.log()
        time.sleep(0.05)
    told.replaced_s.setdefault(" and ".join(faults), []).append(time.monotonic() - began)
    if not said - {whole, ""}:
        told.untold.append(" and ".join(faults))


def alone(**others: str) -> tuple[float, str]:
    """A service of one process that hangs: after how many seconds it answers again, and what it logged."""
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary) / "home"
        server.add_sites(home, {"blog": _load.KEY})
        others |= _that_can_hang(Path(temporary))
        with _services.running(_services.Service(home, free_port(), others=others)) as service:
            service.process.send_signal(FAULTS["hanging in Python"])
            began = time.monotonic()
            time.sleep(0.1)  # it is not at once that it hangs
            _services.until(lambda: _services.is_ready(service.port), service)
            return time.monotonic() - began, service.log()


def _that_can_hang(folder: Path) -> dict[str, str]:
    (folder / "sitecustomize.py").write_text(HANGS)
    kept = os.environ.get("PYTHONPATH")
    return {"PYTHONPATH": os.pathsep.join(filter(None, (str(folder), kept)))}


def run(long: bool) -> Outcome:
    """Each fault 5 times, one of 4 workers at a time; or two at once and one after them, and less patience."""
    patience = {} if long else {"WINNOW_SILENCE_SECONDS": "2"}
    told = measure(
        [[name] for name in FAULTS] * 5 if long else [["stopped", "hanging in C"], ["killed"]],
        4 if long else 3,
        **patience,
    )
    seconds, log = alone(**patience)
    longest = {name: max(times) for name, times in told.replaced_s.items()}
    figures = [f"{name}: replaced within {most:.1f} s" for name, most in longest.items()]
    figures.append(f"one process alone: answers again after {seconds:.1f} s")
    figures.append(f"{told.seen.sentence()}; up to {told.at_once} requests could be held by those that fell ill")
    is_soon = max(*longest.values(), seconds) <= MOST_S and "sitecustomize" in log
    return Outcome("; ".join(figures), is_soon and not told.untold and told.seen.failed.total() <= told.at_once)
