"""An interrupted audit goes on where it stopped; nothing is lost, doubled or mixed with another."""

import gzip
import json
import secrets
from dataclasses import replace

import pytest

from app.audit import auditing, sources, spool
from app.audit.auditing import run, setting_of
from app.audit.findings import Findings
from app.audit.sources import Place
from app.audit.spool import Spool
from app.core.comment import Comment
from app.errors import CommandRefused, ExportUnusable
from app.store.records import Record
from app.store.sql import temporary_store
from tests.audit.conftest import CASINO, HONEST, MODELS, NOW, written
from tests.store.conftest import CLASSIFICATION


@pytest.fixture
def rows():
    return [{"comment_id": str(each), "text": CASINO if each % 7 == 0 else f"{HONEST} {each}"} for each in range(60)]


def setting(path, kind="", **others):
    return setting_of(MODELS, "", path, kind, None, "", NOW, **{"at_least": None, "everything": False, **others})


def ids(findings):
    return [finding["id"] for _, finding in findings.all()]


def kept(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in ("state.json", "lock")}


class Stopped(Exception):
    pass


def stop_after(comments):
    def watch(_read, judged):
        if judged >= comments:
            raise Stopped

    return watch


@pytest.mark.parametrize("stops", [(10,), (10, 20, 50)])
def test_it_goes_on_where_it_stopped_and_finds_the_same(tmp_path, rows, monkeypatch, stops):
    monkeypatch.setattr(auditing, "CHUNK_ITEMS", 5)
    monkeypatch.setattr(spool, "_SECONDS_BETWEEN", 0)
    wanted = setting(written(tmp_path / "in.jsonl", rows))
    with Spool.opened(tmp_path / "whole", wanted.identity()) as whole:
        run(wanted, whole, 1, lambda *_: None)
        expected = ids(Findings(whole))
    for stop in stops:
        with pytest.raises(Stopped), Spool.opened(tmp_path / "parts", wanted.identity()) as parts:
            run(wanted, parts, 1, stop_after(stop))
        assert parts.comments == stop

    with Spool.opened(tmp_path / "parts", wanted.identity()) as parts:
        assert parts.place.read == stops[-1]
        run(wanted, parts, 1, lambda *_: None)
        assert ids(Findings(parts)) == expected
    assert kept(tmp_path / "parts") == kept(tmp_path / "whole")


def test_of_a_store_it_goes_on_behind_the_last_id(tmp_path, monkeypatch):
    monkeypatch.setattr(auditing, "CHUNK_ITEMS", 5)
    monkeypatch.setattr(sources, "PAGE_RECORDS", 7)
    monkeypatch.setattr(spool, "_SECONDS_BETWEEN", 0)
    answer = replace(CLASSIFICATION, action="publish", verdict="ham")
    with temporary_store() as store:
        store.add_site("blog", "k7f2m9q4x1z8", NOW)
        ids_there = [f"c_{each:02}" for each in range(30)]
        store.record([Record(id, "blog", NOW, Comment(text=CASINO), answer) for id in ids_there])
        wanted = setting_of(MODELS, "", None, "", store, "", NOW, at_least=None, everything=False)
        with pytest.raises(Stopped), Spool.opened(tmp_path / "spool", wanted.identity()) as begun:
            run(wanted, begun, 1, stop_after(10))
        with Spool.opened(tmp_path / "spool", wanted.identity()) as gone_on:
            assert gone_on.place == Place(10, "c_09")
            run(wanted, gone_on, 1, lambda *_: None)
            assert sorted(ids(Findings(gone_on))) == ids_there


def test_what_was_written_behind_the_last_checkpoint_is_done_again(tmp_path, rows):
    wanted = setting(written(tmp_path / "in.jsonl", rows))
    with Spool.opened(tmp_path / "spool", wanted.identity()) as first:
        run(wanted, first, 1, lambda *_: None)
        whole = kept(tmp_path / "spool")
    for name in whole:
        with (tmp_path / "spool" / name).open("ab") as file:
            file.write(b"half a r")

    with Spool.opened(tmp_path / "spool", wanted.identity()):
        assert kept(tmp_path / "spool") == whole


@pytest.mark.parametrize("change", ["export", "threshold", "all"])
def test_it_does_not_go_on_with_the_audit_of_something_else(tmp_path, rows, change):
    path = written(tmp_path / "in.jsonl", rows)
    with Spool.opened(tmp_path / "spool", setting(path).identity()):
        pass
    if change == "export":
        written(path, rows[1:])
    other = setting(path, at_least=0.9 if change == "threshold" else None, everything=change == "all")

    with (
        pytest.raises(CommandRefused, match=r"was of something else.*--anew"),
        Spool.opened(tmp_path / "spool", other.identity()),
    ):
        pass
    with Spool.opened(tmp_path / "spool", other.identity(), anew=True) as begun:
        assert begun.place.read == 0


def test_two_audits_cannot_have_one_folder(tmp_path):
    with Spool.opened(tmp_path / "spool", {}), pytest.raises(CommandRefused, match="Another audit is writing there"):
        Spool.opened(tmp_path / "spool", {}).__enter__()


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "letters").write_text("Dear Ann")

    with pytest.raises(CommandRefused, match="holds something else"), Spool.opened(tmp_path, {}):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]


def test_a_damaged_state_is_refused(tmp_path):
    with Spool.opened(tmp_path / "spool", {}):
        pass
    (tmp_path / "spool" / "state.json").write_text("{")

    with pytest.raises(CommandRefused, match="is damaged"), Spool.opened(tmp_path / "spool", {}):
        pass


def test_an_export_that_is_cut_off_ends_the_audit_with_a_sentence(tmp_path, rows):
    noise = [{"comment_id": str(each), "text": secrets.token_hex(2_000)} for each in range(60)]
    whole = gzip.compress("".join(json.dumps(row) + "\n" for row in [*rows, *noise]).encode())
    (tmp_path / "in.jsonl.gz").write_bytes(whole[:-20])
    wanted = setting(tmp_path / "in.jsonl.gz", "jsonl", at_least=0.0)

    with Spool.opened(tmp_path / "spool", wanted.identity()) as spool, pytest.raises(ExportUnusable):
        run(wanted, spool, 1, lambda *_: None)
