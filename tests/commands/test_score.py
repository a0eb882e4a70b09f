"""winnow score: every row once, in order; whole or not at all."""

import gzip
import io
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from app import processes
from app.commands import bulk
from app.commands.files import written_whole
from app.errors import CommandRefused

BAD = [b"not json", b"[1, 2]", b'"text"', b"\xff\xfe{", b'{"text": ', b'{"id": "no text"}', b"[" * 100_000]


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def row(number: int) -> bytes:
    return json.dumps({"id": f"r{number}", "text": f"Comment {number} http://casino{number}.example/"}).encode()


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """2,000 lines, of which every 50th is bad in one way or another."""
    path = tmp_path / "in.jsonl"
    lines = [BAD[number // 50 % len(BAD)] if number % 50 == 49 else row(number) for number in range(2_000)]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


@pytest.mark.parametrize("workers", ["1", "2"])
def test_no_row_is_lost_and_the_order_is_kept(run: Any, many: Path, tmp_path: Path, workers: str) -> None:
    out = tmp_path / "out.jsonl"
    result = run("score", str(many), "-o", str(out), "--workers", workers)

    rows = rows_of(out)
    assert result.exit_code == 1
    assert "40 of them could not be judged" in result.stderr
    assert len(rows) == 2_000
    for number, found in enumerate(rows):
        if number % 50 == 49:
            assert set(found) == {"id", "line", "error"}
            assert found["line"] == number + 1
        else:
            assert set(found) == {"id", "score", "verdict", "action", "reasons"}
            assert found["id"] == f"r{number}"
    assert sorted(path.name for path in tmp_path.glob("out*")) == ["out.jsonl"]


def test_processes_and_one_process_give_the_same_bytes(run: Any, many: Path, tmp_path: Path) -> None:
    for workers in ("1", "2"):
        run("score", str(many), "-o", str(tmp_path / workers), "--workers", workers)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_it_agrees_with_check(run: Any, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(row(7))
    scored = json.loads(run("score", str(tmp_path / "in")).stdout)
    checked = json.loads(run("check", json.loads(row(7))["text"], "--json").stdout)
    assert all(scored[key] == checked[key] for key in ("score", "verdict", "action", "reasons"))


def test_ids_blank_lines_and_a_byte_order_mark(run: Any, tmp_path: Path) -> None:
    lines = ['\ufeff{"text": "a"}', "", '{"id": null, "text": "b"}', '{"id": 0, "text": "c"}', "  "]
    lines += [
        '{"id": ["x"], "text": "d"}',
        '{"id": NaN, "text": "e"}',
        '{"id": "", "author_url": "http://x.example"}',
    ]
    (tmp_path / "in").write_text("\r\n".join(lines), encoding="utf-8")
    result = run("score", str(tmp_path / "in"), "--no-reasons")

    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["id"] for each in rows] == ["1", "3", 0, "6", "7", ""]
    assert all(set(each) == {"id", "score", "verdict", "action"} for each in rows)
    assert result.exit_code == 0


def test_an_empty_text_is_judged(run: Any, tmp_path: Path) -> None:
    (tmp_path / "in").write_text('{"text": ""}')
    assert json.loads(run("score", str(tmp_path / "in")).stdout)["verdict"] in ("ham", "unsure", "spam")


def test_an_empty_file_is_no_error(run: Any, tmp_path: Path) -> None:
    (tmp_path / "in").touch()
    result = run("score", str(tmp_path / "in"), "-o", str(tmp_path / "out"))
    assert (result.exit_code, (tmp_path / "out").read_bytes()) == (0, b"")


def test_gzip_in_and_out(run: Any, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl.gz").write_bytes(gzip.compress(row(1) + b"\n"))
    run("score", str(tmp_path / "in.jsonl.gz"), "-o", str(tmp_path / "out.jsonl.gz"))
    assert json.loads(gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes()))["id"] == "r1"


def test_stdin_to_stdout(environment: dict[str, str]) -> None:
    winnow = [str(Path(sys.executable).with_name("winnow")), "score", "-"]
    found = subprocess.run(winnow, env=environment, input=row(1) + b"\n" + row(2), capture_output=True, check=True)
    assert [json.loads(line)["id"] for line in found.stdout.splitlines()] == ["r1", "r2"]
    assert b"2 rows in" in found.stderr


def test_the_summary_as_json_goes_to_stderr(run: Any, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(row(1) + b"\nx\n")
    result = run("score", str(tmp_path / "in"), "--model", "b", "--json")
    told = json.loads(result.stderr)
    assert (told["rows"], told["errors"], told["verdicts"]["spam"], told["model"]) == (2, 1, 1, "b")


def test_in_is_never_overwritten(run: Any, tmp_path: Path) -> None:
    comments, link = tmp_path / "in.part", tmp_path / "link"
    comments.write_bytes(row(1))
    link.symlink_to(comments)
    for out in (comments, link, tmp_path / "in"):
        result = run("score", str(comments), "-o", str(out))
        assert result.exit_code == 2
        assert "overwrite" in result.stderr
    assert comments.read_bytes() == row(1)


@pytest.mark.parametrize(
    ("source", "options"),
    [
        ("nowhere.jsonl", ()),
        (".", ()),
        ("in", ("-o", "nowhere/out")),
        ("in", ("-o", ".")),
        ("in", ("--model", "nope")),
    ],
)
def test_bad_input_is_refused_and_leaves_nothing(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, options: tuple[str, ...]
) -> None:
    (tmp_path / "in").write_bytes(row(1))
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert run("score", source, *(options or ("-o", "out"))).exit_code == 2
    assert sorted(tmp_path.iterdir()) == before


def test_a_gzip_file_that_was_cut_short_leaves_nothing(run: Any, many: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.gz").write_bytes(gzip.compress(many.read_bytes())[:-2_000])
    result = run("score", str(tmp_path / "cut.gz"), "-o", str(tmp_path / "out"), "--workers", "1")
    assert result.exit_code == 2
    assert "cannot be read beyond line" in result.stderr
    assert not list(tmp_path.glob("out*"))


def test_what_was_there_stays_until_all_is_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("old")
    with pytest.raises(ZeroDivisionError), written_whole(out) as file:  # noqa: PT012
        file.write(b"new")
        raise ZeroDivisionError
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_a_full_disk_is_a_sentence() -> None:
    with pytest.raises(CommandRefused, match="No space left"), written_whole(Path("/dev/full")) as file:
        file.write(b"x" * 100_000)


def test_a_device_is_not_replaced(run: Any, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(row(1))
    assert run("score", str(tmp_path / "in"), "-o", "/dev/null").exit_code == 0
    assert Path("/dev/null").is_char_device()


def _minds_interrupts() -> None:
    """A suite that runs in the background of a shell inherits that Ctrl+C is ignored; a terminal's command does not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def living_in_group(group: int) -> list[str]:
    """The processes of a group that are not just waiting to be reaped."""
    listed = subprocess.check_output(["ps", "-eo", "pgid,stat,args"], text=True)
    return [line for line in listed.splitlines()[1:] if line.split()[0] == str(group) and line.split()[1][0] != "Z"]


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_leaves_no_out_and_no_process(
    spawn: Any, tmp_path: Path, sent: signal.Signals, code: int
) -> None:
    with (tmp_path / "in").open("wb") as file:
        for number in range(200_000):
            file.write(row(number) + b"\n")
    process = spawn("score", "in", "-o", "out", "--workers", "2", start_new_session=True, preexec_fn=_minds_interrupts)
    part = tmp_path / "out.part"
    deadline = time.monotonic() + 60
    while not (part.exists() and part.stat().st_size > 500_000) and time.monotonic() < deadline:
        time.sleep(0.05)
    if sent == signal.SIGINT:
        os.killpg(process.pid, sent)  # as a terminal does
    else:
        process.send_signal(sent)
    _, told = process.communicate(timeout=30)

    assert (process.returncode, told) == (code, "")
    assert not list(tmp_path.glob("out*"))
    deadline = time.monotonic() + 10
    while living_in_group(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert living_in_group(process.pid) == []


def test_memory_is_bounded_by_chunks_read_ahead(models: Path) -> None:
    read = 0

    def source() -> Any:
        nonlocal read
        for number in range(60):
            read += 1
            yield [(number, row(number))]

    rows = bulk.score(source(), bulk.Job(models, "a", False), 2)
    next(rows)
    assert read <= processes.INLINE_CHUNKS + processes.AHEAD * 2
    rows.close()


def test_a_line_without_an_end_is_an_error_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch, models: Path) -> None:
    monkeypatch.setattr(bulk, "MAX_LINE_BYTES", 100)
    file = io.BytesIO(row(1) + b"\n" + b"x" * 1_000 + b"\n" + row(3))
    (chunk,) = bulk.chunks("in", file)
    rows = [json.loads(line) for line in bulk.Scorer(bulk.Job(models, "a", True)).rows(chunk).written.splitlines()]
    assert [each["id"] for each in rows] == ["r1", "2", "r3"]
    assert "longer than 100 bytes" in rows[1]["error"]


def test_a_defect_costs_one_row(monkeypatch: pytest.MonkeyPatch, models: Path) -> None:
    def broken(*_: Any, **_options: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(bulk, "classify", broken)
    told = bulk.Scorer(bulk.Job(models, "a", True)).rows([(1, row(1))])
    assert "ZeroDivisionError" in json.loads(told.written)["error"]


def test_a_killed_process_is_a_sentence(models: Path) -> None:
    chunks = ([(number, row(number))] for number in range(2_000))
    rows = bulk.score(chunks, bulk.Job(models, "a", False), 2)
    next(rows)
    multiprocessing.active_children()[0].kill()
    with pytest.raises(CommandRefused, match="fewer --workers"):
        list(rows)
