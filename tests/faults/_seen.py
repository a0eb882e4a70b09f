"""What happens to a database, and how the clients of a service are answered meanwhile."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tests.faults._clients import Clients

CLASSIFY_MS, REFUSED_MS, WELL_AGAIN_S = 250.0, 2_000.0, 1.0
NOTICED_S = 0.3
"""A fault is there for so long before every answer has to tell of it: what was under way is answered first."""
SETTLED_S = 0.5
SLACK = 4.0
"""Of the short forms, which run beside all other tests."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that happens to a database."""

    name: str
    happens: Callable[[], AbstractContextManager[None]]
    cause: str
    """A word of the sentence in /readyz; empty where it may stay ready."""
    is_total: bool = True
    """Whether nothing can be written; else a part fails."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How the clients were answered while one fault lasted."""

    fault: str
    classify_ms: float
    """The slowest answer."""
    refused_ms: float
    """The slowest refusal of feedback; what is kept may take longer on a slow disk."""
    well_after_s: float
    answers: int
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        times = f"{self.answers} comments in at most {self.classify_ms:.0f} ms, refusals in {self.refused_ms:.0f} ms"
        return "; ".join([f"{self.fault}: {times}, well after {self.well_after_s:.2f} s", *self.wrong[:3]])


def seen_by(clients: Clients, fault: Fault, seconds: float) -> Seen:
    """Let it happen for so long, then wait until all is well again."""
    with fault.happens():
        began = time.monotonic()
        time.sleep(seconds)
        ended = time.monotonic()
    healed = time.monotonic()
    well_after_s = well_after(clients, healed)
    time.sleep(SETTLED_S)
    return Seen(
        fault.name,
        clients.classify.slowest_ms(began, ended),
        clients.feedback.slowest_ms(began, ended, refused=True),
        well_after_s,
        len(clients.classify.between(began, ended)),
        (*_wrong(clients, fault, began, ended), *clients.classify.broken),
    )


def _wrong(clients: Clients, fault: Fault, began: float, ended: float) -> Iterator[str]:
    """What must not be, while the fault was there."""
    judged = clients.classify.between(began, ended)
    if failed := [each.status for each in judged if each.status != 200]:
        yield f"/classify answered {failed[0]}, {len(failed)} times"
    refused = [each for each in clients.feedback.between(began, ended) if each.status != 200]
    if bad := [each.status for each in refused if each.status != 503 or not each.has_retry_after]:
        yield f"feedback was answered {bad[0]} or without Retry-After"
    if not fault.is_total:
        told = [each.body.get("parts", {}).get("store", "") for each in clients.ready.between(began, ended)]
        if fault.cause and not any(fault.cause in each for each in told):
            yield f"/readyz said {set(told)}"
        return
    # The last answers may come when the fault is over.
    noticed, last = began + NOTICED_S, ended - SETTLED_S
    if pretended := [each for each in clients.classify.between(noticed, last) if each.is_kept]:
        yield f"{len(pretended)} comments were acknowledged"
    if said := [each for each in clients.feedback.between(noticed, last) if each.status == 200]:
        yield f"{len(said)} decisions were acknowledged"
    looked = clients.ready.between(noticed, last)
    if not looked or any(fault.cause not in each.body.get("parts", {}).get("store", "") for each in looked):
        told = {each.body.get("parts", {}).get("store", "") for each in looked}
        yield f"/readyz said {told}"


def well_after(clients: Clients, healed: float) -> float:
    """How long until all three addresses answer as if nothing had been."""
    deadline = time.monotonic() + 10
    first: list[float] = []
    while len(first) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
        later = [answers.between(healed, deadline) for answers in (clients.classify, clients.feedback, clients.ready)]
        first = [
            next(each.asked_at + each.took_s for each in found if each.is_kept)
            for found in later
            if any(each.is_kept for each in found)
        ]
    return max(first) - healed if len(first) == 3 else 10.0


def is_met(seen: Seen, slack: float = 1.0) -> bool:
    """Whether nothing was wrong and it was in time, or `slack` times as late."""
    times = ((seen.classify_ms, CLASSIFY_MS), (seen.refused_ms, REFUSED_MS), (seen.well_after_s, WELL_AGAIN_S))
    return not seen.wrong and all(took <= slack * most for took, most in times)
