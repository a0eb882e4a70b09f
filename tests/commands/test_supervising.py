"""The supervisor with workers that do nothing but beat: small programs, real processes, real signals."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SILENCE_S = 1.5
WITHIN_S = 30.0
WORKER = """
import os, signal, socket, sys, time
folder, channel = sys.argv[1], socket.socket(fileno=int(sys.argv[2]))
if os.path.exists(folder + "/broken"):
    sys.exit(3)
open(f"{folder}/{os.getpid()}", "w").close()
leave = []
signal.signal(signal.SIGTERM, lambda *_: leave.append(1))
signal.signal(signal.SIGUSR1, lambda *_: open(folder + "/asked", "w").close())
channel.setblocking(False)
while not leave:
    if not os.path.exists(f"{folder}/silent-{os.getpid()}"):
        channel.send(b".")
    try:
        if not channel.recv(4096):
            break
    except BlockingIOError:
        pass
    time.sleep(0.05)
channel.send(b"x")
"""
SUPERVISOR = """
import socket, sys
from app.commands.supervising import Supervisor
folder, workers, silence_s, worker = sys.argv[1:]
with socket.create_server(("127.0.0.1", 0)) as listener:
    sys.exit(Supervisor(listener, int(workers), [sys.executable, "-S", "-c", worker, folder], float(silence_s)).run())
"""


def started(folder: Path) -> set[int]:
    """Every worker that there has been."""
    return {int(path.name) for path in folder.iterdir() if path.name.isdigit()}


def alive(folder: Path) -> set[int]:
    """Those that run."""
    return {pid for pid in started(folder) if Path(f"/proc/{pid}/cmdline").exists() and not _is_zombie(pid)}


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def until(question: Callable[[], bool]) -> None:
    end = time.monotonic() + WITHIN_S
    while not question():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def supervised(folder: Path, workers: int) -> Iterator["subprocess.Popen[str]"]:
    words = [sys.executable, "-c", SUPERVISOR, str(folder), str(workers), str(SILENCE_S), WORKER]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
        for pid in alive(folder):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP])
def test_who_is_killed_or_stopped_is_replaced(tmp_path: Path, fault: signal.Signals) -> None:
    with supervised(tmp_path, 2):
        until(lambda: len(started(tmp_path)) == 2)
        first = sorted(started(tmp_path))
        os.kill(first[0], fault)
        until(lambda: len(alive(tmp_path)) == 2 and first[0] not in alive(tmp_path))
        assert first[1] in alive(tmp_path)


def test_who_is_silent_is_asked_where_it_hangs_before_it_is_killed(tmp_path: Path) -> None:
    with supervised(tmp_path, 2):
        until(lambda: len(started(tmp_path)) == 2)
        silent = min(started(tmp_path))
        (tmp_path / f"silent-{silent}").touch()
        until(lambda: silent not in alive(tmp_path))
        assert (tmp_path / "asked").exists()


def test_a_replacement_that_cannot_start_does_not_end_the_others(tmp_path: Path) -> None:
    with supervised(tmp_path, 2) as process:
        until(lambda: len(started(tmp_path)) == 2)
        gone, other = sorted(started(tmp_path))
        time.sleep(0.3)  # both have been heard
        (tmp_path / "broken").touch()
        os.kill(gone, signal.SIGKILL)
        time.sleep(1.5)
        assert process.poll() is None
        assert alive(tmp_path) == {other}
        (tmp_path / "broken").unlink()
        until(lambda: len(alive(tmp_path)) == 2)


def test_what_cannot_start_at_all_ends_with_its_exit_code(tmp_path: Path) -> None:
    (tmp_path / "broken").touch()
    with supervised(tmp_path, 2) as process:
        assert process.wait(WITHIN_S) == 3


def test_all_are_renewed_and_never_fewer_than_wanted(tmp_path: Path) -> None:
    with supervised(tmp_path, 2) as process:
        until(lambda: len(started(tmp_path)) == 2)
        first = started(tmp_path)
        time.sleep(0.3)
        process.send_signal(signal.SIGHUP)
        fewest = 2
        while first & alive(tmp_path):
            fewest = min(fewest, len(alive(tmp_path)))
            time.sleep(0.005)
        assert (fewest, len(started(tmp_path))) == (2, 4)


def test_a_renewal_that_cannot_start_leaves_the_old_ones(tmp_path: Path) -> None:
    with supervised(tmp_path, 2) as process:
        until(lambda: len(started(tmp_path)) == 2)
        time.sleep(0.3)
        (tmp_path / "broken").touch()
        process.send_signal(signal.SIGHUP)
        time.sleep(1.5)
        assert alive(tmp_path) == started(tmp_path)
        assert len(started(tmp_path)) == 2


def test_when_everything_is_stopped_for_a_while_nobody_is_to_blame(tmp_path: Path) -> None:
    with supervised(tmp_path, 2) as process:
        until(lambda: len(started(tmp_path)) == 2)
        time.sleep(0.3)
        everybody = [process.pid, *started(tmp_path)]
        for fault in (signal.SIGSTOP, signal.SIGCONT):
            for pid in everybody:
                os.kill(pid, fault)
            time.sleep(2 * SILENCE_S)
        assert alive(tmp_path) == started(tmp_path) == set(everybody[1:])


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_stopped_does_not_keep_the_others_from_ending(tmp_path: Path, how: signal.Signals) -> None:
    with supervised(tmp_path, 2) as process:
        until(lambda: len(started(tmp_path)) == 2)
        os.kill(min(started(tmp_path)), signal.SIGSTOP)
        process.send_signal(how)
        assert process.wait(WITHIN_S) == 0
        assert alive(tmp_path) == set()


def test_workers_end_when_nobody_watches_over_them(tmp_path: Path) -> None:
    with supervised(tmp_path, 2) as process:
        until(lambda: len(started(tmp_path)) == 2)
        process.kill()
        until(lambda: not alive(tmp_path))
