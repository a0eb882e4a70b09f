"""winnow doctor: a line for everything that can be wrong."""

import json
import socket
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.commands import diagnosis
from app.errors import CommandRefused

CHECKS = [
    "python",
    "loops",
    "clock",
    "settings",
    "home",
    "database",
    "lists",
    "suffixes",
    "model",
    "port",
    "training",
    "sites",
]


@pytest.fixture
def port() -> int:
    """A port that is free."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture
def problems(run: Any, port: int) -> Any:
    """The names of the checks that fail, with what is said about them."""

    def ask(**settings: str) -> dict[str, str]:
        result = run("doctor", "--port", str(port), "--json", **settings)
        told = json.loads(result.stdout)
        assert result.exit_code == (0 if told["ok"] else 1)
        failed = {each["name"]: each for each in told["checks"] if not each["ok"]}
        assert all(each["remedy"] for each in failed.values())
        return {name: each["detail"] + " " + each["remedy"] for name, each in failed.items()}

    return ask


def test_all_is_well_before_the_first_start_and_stays_as_it_is(run: Any, home: Path, port: int) -> None:
    result = run("doctor", "--port", str(port))

    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [["ok", name] for name in CHECKS]
    assert not home.exists()


def test_all_is_well_after_it(run: Any, problems: Any) -> None:
    run("site", "add", "blog")
    assert problems() == {}


def test_a_misspelt_setting(problems: Any) -> None:
    told = problems(WINNOW_DATABASE_URI="x")
    assert "Did you mean WINNOW_DATABASE_URL?" in told["settings"]


def test_a_setting_that_cannot_be_used(problems: Any) -> None:
    assert "WINNOW_METRICS_PORT" in problems(WINNOW_METRICS_PORT="x")["settings"]


def test_the_key_of_the_curl_line_is_no_misspelling(problems: Any) -> None:
    assert problems(WINNOW_KEY="x") == {}


def test_no_model(problems: Any) -> None:
    assert set(problems(WINNOW_MODELS="/nowhere")) == {"model"}


def test_a_file_that_is_no_database(problems: Any, home: Path) -> None:
    home.mkdir()
    (home / "winnow.db").write_text("no database " * 1000)
    assert "not a database" in problems()["database"]


def test_a_damaged_database(run: Any, problems: Any, home: Path) -> None:
    run("site", "add", "blog")
    path = home / "winnow.db"
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)
    assert "database" in problems()


def test_another_programs_database(problems: Any, home: Path) -> None:
    home.mkdir()
    connection = sqlite3.connect(home / "winnow.db")
    connection.execute("CREATE TABLE x (y)")
    connection.close()
    assert "not those of this version" in problems()["database"]


def test_a_database_that_is_not_sqlite(problems: Any) -> None:
    assert "Only SQLite" in problems(WINNOW_DATABASE_URL="mysql://u:secret@h/d")["database"]
    assert "secret" not in str(problems(WINNOW_DATABASE_URL="mysql://u:secret@h/d"))
    assert "database" in problems(WINNOW_DATABASE_URL=":")


def test_a_home_that_cannot_be_written(problems: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: Any) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(diagnosis.tempfile, "TemporaryFile", full)
    assert "Read-only file system" in problems()["home"]


def test_a_full_disk(problems: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "MIN_FREE_MB", 1 << 40)
    assert "free" in problems()["home"]


def test_a_port_that_another_program_has(problems: Any, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        assert "Another program listens there." in problems()["port"]


def test_a_clock_and_lists_of_another_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandRefused, match="It says 1970"):
        diagnosis.clock(1970)
    with pytest.raises(CommandRefused, match="days old"):
        diagnosis.suffixes(date(2040, 1, 1))


def test_scikit_learn_that_is_missing(problems: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    find = diagnosis.importlib.util.find_spec
    monkeypatch.setattr(diagnosis.importlib.util, "find_spec", lambda name: None if name == "sklearn" else find(name))
    assert "Serving works without it." in problems()["training"]


def test_a_candidate_is_looked_at_too(run: Any, problems: Any, models: Path) -> None:
    (models / "candidate").write_text("b 0.05\n")
    assert problems() == {}
    assert "a and the candidate b" in run("doctor").stdout

    (models / "candidate").write_text("nope\n")
    assert "nope" in problems()["model"]


def test_on_postgresql_database_and_sites_are_looked_at(run: Any, on_postgres: str, port: int) -> None:
    result = run("doctor", "--port", str(port), "--json", WINNOW_DATABASE_URL=on_postgres)
    told = {each["name"]: each["detail"] for each in json.loads(result.stdout)["checks"]}

    assert "whole, revision" in told["database"]
    assert told["sites"].startswith("none is silent")
