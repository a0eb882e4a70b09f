"""Processes that are stopped, started anew and renewed under load, and nobody notices."""

import signal
import tempfile
import time
from pathlib import Path

from tests.e2e import server
from tests.faults import _load, _services
from tests.figures import Outcome
from tests.ports import free_port

AIM = "100 restarts behind nginx and 100 renewals of all workers by SIGHUP at 70 % load: 0 requests failed, each end within 12 s"
MOST_S = 12.0


def behind_nginx(folder: Path, restarts: int) -> tuple[_load.Seen, list[tuple[int, float]]]:
    """Two services of one home behind nginx; one or the other is ended with SIGTERM and started anew, again and again.

    Returns:
        What the clients of nginx saw, and the exit code and time of each end.
    """
    home, ends = folder / "home", []
    server.add_sites(home, {"blog": _load.KEY})
    with (
        _services.running(_services.Service(home, free_port())) as one,
        _services.running(_services.Service(home, free_port())) as other,
        _services.nginx(folder / "nginx", one.port, other.port) as port,
        _load.steady(port) as seen,
    ):
        for number in range(restarts):
            service = (one, other)[number % 2]
            ends.append(service.end())
            service.start()
            time.sleep(0.2)
    return seen, ends


def renewed(folder: Path, times: int) -> tuple[_load.Seen, int]:
    """Two workers without a proxy; all of them are renewed on SIGHUP, again and again.

    Returns:
        What the clients saw, and how many workers were renewed.
    """
    home, renewals = folder / "home", 0
    server.add_sites(home, {"blog": _load.KEY})
    with _services.running(_services.Service(home, free_port(), "--workers", "2")) as service:
        _services.until(lambda: service.standing() == "2 of 2 serve", service)
        with _load.steady(service.port) as seen:
            for _ in range(times):
                before = set(service.workers())
                service.process.send_signal(signal.SIGHUP)
                _services.until(lambda before=before: not before & set(service.workers()), service)
                _services.until(lambda: service.standing() == "2 of 2 serve", service)
                renewals += len(before)
    return seen, renewals


def run(long: bool) -> Outcome:
    """100 each, or 2 restarts, and 2 workers renewed once."""
    figures, is_met = [], True
    with tempfile.TemporaryDirectory() as folder:
        seen, renewals = renewed(Path(folder), 50 if long else 1)
        figures.append(f"{renewals} workers renewed by SIGHUP: {seen.sentence()}")
        is_met &= not seen.failed
    if not _services.has_nginx():
        return Outcome("; ".join([*figures, "nginx is not installed: nothing behind it was measured"]), False)
    with tempfile.TemporaryDirectory() as folder:
        seen, ends = behind_nginx(Path(folder), 100 if long else 2)
        slowest_s = max(seconds for _, seconds in ends)
        codes = sorted({code for code, _ in ends})
        figures.append(
            f"{len(ends)} restarts behind nginx: {seen.sentence()}; ends within {slowest_s:.1f} s, codes {codes}"
        )
        is_met &= not seen.failed and slowest_s <= MOST_S and set(codes) <= {0, -signal.SIGTERM}
    return Outcome("; ".join(figures), is_met)
