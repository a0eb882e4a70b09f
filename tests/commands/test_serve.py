"""winnow serve: really started, asked with the very curl line it prints, and stopped."""

import json
import os
import signal
import socket
import stat
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

STOPS_WITHIN_S = 8


def started(spawn: Any, *options: str) -> tuple["subprocess.Popen[str]", dict[str, Any]]:
    """A service on a free port that answers, and what it printed."""
    process = spawn("serve", "--port", "0", "--json", *options)
    line = process.stdout.readline()
    assert line, process.stderr.read()
    told = json.loads(line)
    with urllib.request.urlopen(f"{told['url']}/readyz", timeout=60) as answer:
        assert answer.status == 200
    return process, told


def test_a_first_start_to_its_end(spawn: Any, home: Path) -> None:
    process, told = started(spawn)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert (told["site"], len(told["key"])) == ("default", 12)

    pasted = subprocess.run(["bash", "-c", told["curl"]], capture_output=True, check=True, timeout=60)
    answer = json.loads(pasted.stdout)
    assert answer["links"][0]["host"] == "www.myget.org"
    assert {"id", "score", "verdict", "action", "reasons"} <= set(answer)
    with urllib.request.urlopen(f"{told['url']}/livez", timeout=10) as response:
        assert "server" not in response.headers

    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert time.monotonic() - began < STOPS_WITHIN_S
    assert process.returncode in (0, -signal.SIGTERM)
    assert (out, err) == ("", "")

    again, later = started(spawn)
    assert later["key"] is None
    asked = {**os.environ, "WINNOW_KEY": told["key"]}
    pasted = subprocess.run(["bash", "-c", later["curl"]], env=asked, capture_output=True, check=True, timeout=60)
    assert json.loads(pasted.stdout)["site"] == "default"

    again.send_signal(signal.SIGINT)
    assert again.communicate(timeout=30) == ("", "")
    assert again.returncode == 0


def test_what_people_see(spawn: Any) -> None:
    process = spawn("serve", "--port", "0", "--host", "0.0.0.0")
    told = "".join(process.stdout.readline() for _ in range(8))
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert "Winnow serves on http://127.0.0.1:" in told
    assert "Key of the site default: " in told
    assert "curl -sS http://127.0.0.1:" in told
    assert "keys travel readable" in err


def test_several_processes_answer_and_stop(spawn: Any) -> None:
    process, told = started(spawn, "--workers", "2")
    subprocess.run(["bash", "-c", told["curl"]], capture_output=True, check=True, timeout=60)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert time.monotonic() - began < STOPS_WITHIN_S


def test_a_port_that_is_taken(run: Any, home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", "--port", str(port))
    assert result.exit_code == 2
    assert f"Port {port} is taken." in result.stderr
    assert not (home / "winnow.db").exists()


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "a..b"])
def test_an_address_that_is_not_ours(run: Any, host: str) -> None:
    result = run("serve", "--host", host, "--port", "0")
    assert result.exit_code == 2
    assert "--host 127.0.0.1" in result.stderr


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("WINNOW_MODELS", "/nowhere", "models folder"),
        ("WINNOW_DATABASE_URL", "mysql://h/d", "Only SQLite"),
        ("WINNOW_DATABASE_URL", "sqlite:////dev/null/x.db", "cannot be made"),
        ("WINNOW_HOME", "/dev/null/home", "cannot be made"),
        ("WINNOW_METRICS_PORT", "-1", "WINNOW_METRICS_PORT"),
    ],
)
def test_what_cannot_work_is_refused_before_it_starts(run: Any, setting: str, value: str, words: str) -> None:
    result = run("serve", "--port", "0", **{setting: value})
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_a_list_that_is_damaged(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app import lists

    load = lists.load
    monkeypatch.setattr(lists, "load", lambda: load(tmp_path))
    result = run("serve", "--port", "0")
    assert result.exit_code == 2
    assert "The list cannot be read." in result.stderr


def test_the_first_site_that_is_there_is_shown(run: Any, spawn: Any) -> None:
    run("site", "add", "shop")
    process, told = started(spawn)
    assert (told["site"], told["key"]) == ("shop", None)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
