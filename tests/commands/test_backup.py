"""winnow backup and winnow restore: whole or not at all, and never over what is there."""

import io
import json
import shutil
import sqlite3
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from app.core.comment import Comment
from app.store.database import migrate, open_engine
from app.store.records import Decision, Record
from app.store.sql import SqlStore
from tests.commands.conftest import write_model, zeros
from tests.store.conftest import CLASSIFICATION

AT = "2026-11-22T10:00:00.000Z"


@pytest.fixture
def store(home):
    """Three comments, one of them decided, in the home of the commands."""
    home.mkdir()
    store = SqlStore(open_engine(f"sqlite:///{home}/winnow.db"))
    migrate(store._engine)
    store.add_site("blog", "k7f2m9q4x1z8", AT)
    store.record(
        [Record(f"c_{each}", "blog", AT, Comment(text=f"comment {each}"), CLASSIFICATION) for each in range(3)]
    )
    store.add_decision("blog", "c_1", Decision("ham", "jana", AT))
    yield store
    store.close()


@pytest.fixture
def taken(run, store, tmp_path) -> Path:
    """A backup of it."""
    path = tmp_path / "winnow.tar"
    assert run("backup", str(path)).exit_code == 0
    return path


@pytest.fixture
def elsewhere(tmp_path) -> dict[str, str]:
    """The settings of another machine, with neither database nor models."""
    return {"WINNOW_HOME": str(tmp_path / "other"), "WINNOW_MODELS": str(tmp_path / "other-models")}


def everything(folder: str | Path) -> dict[str, bytes]:
    """Each file below a folder with its content."""
    below = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in below}


def rows(database: Path) -> dict[str, list[tuple]]:
    """Each table with its rows."""
    connection = sqlite3.connect(database)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in names}
    connection.close()
    return found


def said(done) -> str:
    return " ".join(done.stderr.split())


class TestBackup:
    def test_it_says_what_is_in_it_and_only_its_owner_may_read_it(self, run, store, tmp_path):
        path = tmp_path / "winnow.tar"
        told = json.loads(run("backup", str(path), "--json").stdout)

        assert (told["sites"], told["comments"], told["decisions"]) == (1, 3, 1)
        assert (told["current"], told["models"], told["bytes"]) == ("a", ["a"], path.stat().st_size)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert [each.name for each in path.parent.iterdir() if each.name.startswith((".", "winnow.tar."))] == []

    def test_nothing_in_it_can_be_executed_or_lead_elsewhere(self, taken):
        with tarfile.open(taken) as archive:
            members = archive.getmembers()

        assert {member.name for member in members} == {
            "backup.json", "winnow.db", "models/a/card.json", "models/a/weights.npz",
        }  # fmt: skip
        assert {(member.isreg(), member.mode) for member in members} == {(True, 0o600)}

    def test_models_that_were_in_use_or_are_tried_out_are_in_it(self, run, store, models, tmp_path):
        write_model(models, "c", zeros())
        (models / "previous").write_text("b\n")
        (models / "candidate").write_text("c 0.05\n")

        assert json.loads(run("backup", str(tmp_path / "x.tar"), "--json").stdout)["models"] == ["a", "b", "c"]

    def test_without_a_database_nothing_is_made(self, run, home, tmp_path):
        done = run("backup", str(tmp_path / "x.tar"))

        assert done.exit_code == 2
        assert "There is no database yet." in said(done)
        assert not home.exists()
        assert not (tmp_path / "x.tar").exists()

    def test_a_damaged_database_is_not_backed_up_over_a_good_backup(self, run, taken, store, home):
        before = taken.read_bytes()
        store.close()
        content = bytearray((home / "winnow.db").read_bytes())
        content[4096 * 3 :] = b"\xff" * (len(content) - 4096 * 3)
        (home / "winnow.db").write_bytes(content)

        done = run("backup", str(taken))
        assert done.exit_code == 2
        assert "damaged" in said(done)
        assert taken.read_bytes() == before

    @pytest.mark.parametrize("where", ["", "no-such-folder/x.tar"])
    def test_a_place_that_is_none_is_refused(self, run, store, tmp_path, where):
        assert "Name a file in a folder." in said(run("backup", str(tmp_path / where)))


class TestRestore:
    def test_elsewhere_everything_is_there_and_the_same_model_judges(self, run, taken, home, models, elsewhere):
        done = run("restore", str(taken), "--json", **elsewhere)
        told = json.loads(done.stdout)
        other, other_models = Path(elsewhere["WINNOW_HOME"]), Path(elsewhere["WINNOW_MODELS"])

        assert (told["comments"], told["current"], told["kept"], told["note"]) == (3, "a", None, None)
        assert rows(other / "winnow.db") == rows(home / "winnow.db")
        assert everything(other_models / "a") == everything(models / "a")
        assert (other_models / "current").read_text() == "a\n"
        assert stat.S_IMODE((other / "winnow.db").stat().st_mode) == 0o600
        assert [path.name for path in other.iterdir() if path.name.startswith(".")] == []

    def test_what_is_there_stays_unless_it_is_said(self, run, taken, store, home):
        store.close()
        before = everything(home)
        done = run("restore", str(taken))

        assert done.exit_code == 2
        assert "--yes" in said(done)
        assert everything(home) == before

    def test_with_yes_what_was_there_is_kept_beside(self, run, taken, store, home):
        store.add_site("later", "k7f2m9q4x1z9", AT)
        store.close()
        told = json.loads(run("restore", str(taken), "--yes", "--json").stdout)

        assert [row[0] for row in rows(home / "winnow.db")["sites"]] == ["blog"]
        assert {row[0] for row in rows(Path(told["kept"]))["sites"]} == {"blog", "later"}

    def test_a_damaged_database_can_be_replaced(self, run, taken, store, home):
        store.close()
        (home / "winnow.db").write_bytes(b"\xff" * 50_000)
        told = json.loads(run("restore", str(taken), "--yes", "--json").stdout)

        assert len(rows(home / "winnow.db")["comments"]) == 3
        assert Path(told["kept"]).read_bytes() == b"\xff" * 50_000

    def test_while_somebody_has_it_open_it_is_refused(self, run, taken, store, home):
        program = (
            "import sys; from app.store.sql import SqlStore; from app.store.database import open_engine;"
            "store = SqlStore(open_engine(sys.argv[1])); store.check(); print('open', flush=True); sys.stdin.read()"
        )
        store.close()
        before = rows(home / "winnow.db")
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        other = subprocess.Popen([sys.executable, "-c", program, f"sqlite:///{home}/winnow.db"], **pipes)
        assert other.stdout.readline() == "open\n"
        done = run("restore", str(taken), "--yes")
        other.communicate()

        assert done.exit_code == 2
        assert "The database is in use. Stop winnow serve" in said(done)
        assert rows(home / "winnow.db") == before
        assert run("restore", str(taken), "--yes").exit_code == 0

    def test_damage_anywhere_is_refused_and_nothing_changes(self, run, taken, elsewhere, tmp_path):
        whole, damaged = taken.read_bytes(), tmp_path / "damaged.tar"
        places = [*range(100, 3_000, 333), *range(5_000, len(whole), len(whole) // 12)]
        with tarfile.open(taken) as archive:
            inside = [range(each.offset, each.offset_data + each.size) for each in archive.getmembers()]
        for place in (place for place in places if any(place in part for part in inside)):
            damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
            done = run("restore", str(damaged), **elsewhere)
            assert (done.exit_code, place) == (2, place)
            assert done.stderr.startswith(f"{damaged}: It is ")
        for length in (0, 100, 512, 5_000, len(whole) // 2, len(whole) - 20_000):
            damaged.write_bytes(whole[:length])
            assert (run("restore", str(damaged), **elsewhere).exit_code, length) == (2, length)
        assert everything(elsewhere["WINNOW_HOME"]) == {}
        assert everything(elsewhere["WINNOW_MODELS"]) == {}

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            pytest.param({"format": 2}, "A newer version of Winnow made it.", id="newer-format"),
            pytest.param({"format": "x"}, "It is no backup, or damaged.", id="no-number"),
            pytest.param({"files": {}}, "It is damaged.", id="no-database"),
            pytest.param({"files": {"../x": {"bytes": 1, "sha256": ""}}}, "It is damaged.", id="leads-elsewhere"),
        ],
    )
    def test_a_list_that_cannot_be_meant_is_refused(self, run, taken, elsewhere, tmp_path, change, sentence):
        path = rewritten(taken, tmp_path / "other.tar", lambda told: {**told, **change})

        assert sentence in said(run("restore", str(path), **elsewhere))

    def test_links_are_never_followed(self, run, taken, elsewhere, tmp_path):
        path = tmp_path / "links.tar"
        with tarfile.open(taken) as archive, tarfile.open(path, "w") as linked:
            first = archive.getmembers()[0]
            linked.addfile(first, archive.extractfile(first))
            link = tarfile.TarInfo("winnow.db")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            linked.addfile(link)

        assert "It is damaged." in said(run("restore", str(path), **elsewhere))

    def test_a_database_of_a_newer_version_is_refused(self, run, store, elsewhere, tmp_path):
        with store._engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        assert run("backup", str(tmp_path / "newer.tar")).exit_code == 0

        assert "A newer version of Winnow wrote it" in said(run("restore", str(tmp_path / "newer.tar"), **elsewhere))
        assert not (Path(elsewhere["WINNOW_HOME"]) / "winnow.db").exists()

    def test_another_model_of_the_same_name_is_not_overwritten(self, run, taken, models, elsewhere):
        (models / "a" / "card.json").write_text("{}")
        before = everything(models)
        done = run("restore", str(taken), **{**elsewhere, "WINNOW_MODELS": str(models)})

        assert "another one there than in the backup" in said(done)
        assert everything(models) == before
        assert not (Path(elsewhere["WINNOW_HOME"]) / "winnow.db").exists()

    def test_a_model_that_this_version_cannot_use_is_said(self, run, store, models, tmp_path, elsewhere):
        others = shutil.copytree(models, elsewhere["WINNOW_MODELS"])
        write_model(models, "old", zeros(), features="of another version")
        (models / "current").write_text("old\n")
        assert run("backup", str(tmp_path / "old.tar")).exit_code == 0
        told = json.loads(run("restore", str(tmp_path / "old.tar"), "--json", **elsewhere).stdout)

        assert told["current"] == "a"
        assert "The backup's model old is not in use" in told["note"]
        assert (Path(others) / "current").read_text() == "a\n"

    @pytest.mark.parametrize("name", ["no-such-file.tar", "."])
    def test_what_is_no_file_is_refused(self, run, elsewhere, tmp_path, name):
        assert "It cannot be read" in said(run("restore", str(tmp_path / name), **elsewhere))


def rewritten(path: Path, to: Path, change) -> Path:
    """The backup with another list."""
    with tarfile.open(path) as archive, tarfile.open(to, "w") as changed:
        for member in archive.getmembers():
            content = archive.extractfile(member).read()
            if member.name == "backup.json":
                content = json.dumps(change(json.loads(content))).encode()
                member.size = len(content)
            changed.addfile(member, io.BytesIO(content))
    return to
