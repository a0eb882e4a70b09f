"""winnow serve: really started, asked with the very curl line it prints, and stopped."""

import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from app.commands import serving
from app.commands.worker import _refuse_more

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
    assert told["set_up"].startswith(f"{told['url']}/review/set-up/")
    with urllib.request.urlopen(told["set_up"], timeout=10) as page:
        assert b'value="admin"' in page.read()

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
    assert "Moderators' pages: choose a password at http://127.0.0.1:" in told
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


@pytest.fixture
def refusal(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """What the serving process says on stderr when it refuses; it says nothing else."""
    for name in set(os.environ) - set(environment):
        monkeypatch.delenv(name)

    def say(port: int = 0, host: str = "127.0.0.1", **settings: str) -> str:
        for name, value in {**environment, **settings}.items():
            monkeypatch.setenv(name, value)
        exit_code = serving.main([host, str(port), "1", "--json"])
        told = capsys.readouterr()
        assert (exit_code, told.out) == (2, "")
        return told.err

    return say


def test_a_port_that_is_taken(refusal: Any, home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"Port {port} is taken." in refusal(port)
    assert not (home / "winnow.db").exists()


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "a..b"])
def test_an_address_that_is_not_ours(refusal: Any, host: str) -> None:
    assert "--host 127.0.0.1" in refusal(host=host)


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
def test_what_cannot_work_is_refused_before_it_starts(refusal: Any, setting: str, value: str, words: str) -> None:
    assert words in refusal(**{setting: value})


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ({"features": "0123456789abcdef"}, "made for other features"),
        ({"weights_sha256": "0" * 64}, "not the file that card.json names"),
        ({"bias": None}, "lacks a number"),
    ],
)
def test_a_bad_model_is_refused_before_it_starts(
    refusal: Any, models: Path, home: Path, card: dict[str, Any], words: str
) -> None:
    told = json.loads((models / "a" / "card.json").read_text())
    (models / "a" / "card.json").write_text(json.dumps(told | card))
    assert words in refusal()
    assert not home.exists()


def test_a_list_that_is_damaged(refusal: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app import lists

    load = lists.load
    monkeypatch.setattr(lists, "load", lambda: load(tmp_path))
    assert "The list cannot be read." in refusal()


def test_a_refusal_is_a_sentence_and_an_exit_code(spawn: Any, models: Path) -> None:
    (models / "current").write_text("gone\n")
    process = spawn("serve", "--port", "0")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert " ".join(err.split()).startswith("gone: card.json cannot be read. Restore the folder")


def test_the_server_leaves_the_command_line_behind(tmp_path: Path, models: Path) -> None:
    """What takes 25 MB and half a second, and no comment needs."""
    program = (
        "import sys\n"
        "from app.commands import server, serving\n"
        "def run(listener, workers, silence_s):\n"
        "    import app.main, uvicorn\n"
        "    app.main.create_app()\n"
        "    print(*sorted({'typer', 'rich', 'alembic', 'sklearn'} & sys.modules.keys()))\n"
        "server.run = run\n"
        "raise SystemExit(serving.main(['127.0.0.1', '0', '1', '--json']))\n"
    )
    environment = {**os.environ, "WINNOW_HOME": str(tmp_path / "h"), "WINNOW_MODELS": str(models)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1:] == [""]


def test_the_command_line_is_left_soon() -> None:
    """It loads nothing that judges, stores or answers."""
    program = "import sys, app.cli; print(*sorted({'numpy', 'sqlalchemy', 'pydantic', 'fastapi'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def test_the_first_site_that_is_there_is_shown(run: Any, spawn: Any) -> None:
    run("site", "add", "shop")
    process, told = started(spawn)
    assert (told["site"], told["key"]) == ("shop", None)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)


def test_an_app_of_somebody_elses_in_the_folder_is_not_run(spawn: Any, tmp_path: Path) -> None:
    (tmp_path / "app" / "commands").mkdir(parents=True)
    for name in ("__init__", "commands/__init__", "commands/serving", "commands/server"):
        (tmp_path / "app" / f"{name}.py").write_text("raise SystemExit('this is not Winnow')\n")
    process, _ = started(spawn, "--workers", "2")
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=30)[1] == ""


def test_after_sigterm_clients_are_told_to_close_and_nobody_is_cut_off(spawn: Any) -> None:
    process, told = started(spawn)
    port = int(told["url"].rpartition(":")[2])
    kept, resting = (http.client.HTTPConnection("127.0.0.1", port, timeout=10) for _ in range(2))
    for connection in (kept, resting):
        connection.request("GET", "/livez")
        assert connection.getresponse().read()
    process.send_signal(signal.SIGTERM)
    closes = None
    while closes is None:
        kept.request("GET", "/livez")
        answer = kept.getresponse()
        assert (answer.status, answer.read()) == (200, b'{"status":"live"}')
        closes = answer.getheader("connection")
    assert closes == "close"
    resting.request("GET", "/readyz")  # within the second that it is given
    answer = resting.getresponse()
    assert (answer.status, json.loads(answer.read())["code"]) == (503, "not-ready")
    assert answer.getheader("connection") == "close"
    assert process.wait(30) in (0, -signal.SIGTERM)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has filters on sockets")
def test_a_port_that_is_about_to_close_lets_nobody_in_and_keeps_who_is_in() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        with socket.create_connection(address, timeout=5) as early:
            early.sendall(b"hello")
            _refuse_more(listener)
            with pytest.raises(TimeoutError):
                socket.create_connection(address, timeout=0.3)
            taken, _ = listener.accept()
            early.sendall(b" again")
            with taken:
                assert taken.recv(11, socket.MSG_WAITALL) == b"hello again"
            listener.setblocking(False)
            with pytest.raises(BlockingIOError):
                listener.accept()
