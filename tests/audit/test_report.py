"""The folder: whole or not at all, safe to open in a spreadsheet, and lists that wp can be given."""

import csv
import json
import os
import subprocess

import pytest

from app.audit.report import CSV_COLUMNS, json_of, refuse_taken, write_report
from app.errors import CommandRefused
from tests.audit.conftest import CASINO

HAM = {"text": "Thanks, that is what I was looking for."}


def report(audited, tmp_path, rows, **others):
    found = audited(rows, **others)
    write_report(tmp_path / "out", tmp_path / "spare", found.findings, found.spool.skipped, found.setting.about)
    return tmp_path / "out"


def spam(id, **fields):
    return {"id": id, "comment_id": id, "text": CASINO, **fields}


def test_every_file_is_there_and_holds_every_finding(audited, tmp_path):
    out = report(audited, tmp_path, [spam("7"), spam("9"), HAM])

    assert sorted(path.name for path in out.iterdir()) == [
        "findings.csv",
        "findings.jsonl",
        "report.html",
        "summary.json",
        "wordpress",
    ]
    rows = [json.loads(line) for line in (out / "findings.jsonl").read_bytes().splitlines()]
    assert [(row["id"], row["campaign"]["findings"]) for row in rows] == [("7", 2), ("9", 2)]
    assert json.loads((out / "summary.json").read_bytes())["findings"] == 2
    assert not (tmp_path / "spare").exists()


def test_the_table_is_read_back_as_written_and_calculates_nothing(audited, tmp_path):
    out = report(audited, tmp_path, [spam("1", author='=HYPERLINK("http://a.example")'), spam("2", author='A "b",\nc')])

    text = (out / "findings.csv").read_text(encoding="utf-8-sig")
    first, second = list(csv.DictReader(text.splitlines(keepends=True)))
    assert tuple(first) == CSV_COLUMNS
    assert first["author"] == '\'=HYPERLINK("http://a.example")'
    assert (second["author"], second["text"], second["links"]) == ('A "b",\nc', CASINO, CASINO)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in (first, second) for cell in row.values())


def test_the_json_is_what_the_design_says(audited):
    found = audited([spam("1", author="Max"), HAM])

    told = json.loads(b"".join(json_of(found.findings)))
    assert list(told) == ["findings", "comments"]
    assert told["comments"] == 2
    assert list(told["findings"][0])[:5] == ["id", "text", "author", "score", "verdict"]
    assert told["findings"][0]["reasons"]


def test_without_findings_it_is_json_too(audited):
    assert json.loads(b"".join(json_of(audited([HAM]).findings))) == {"findings": [], "comments": 1}


def test_without_findings_there_is_a_report_too(audited, tmp_path):
    out = report(audited, tmp_path, [HAM])

    assert not (out / "wordpress").exists()
    assert "Nothing that was looked at looks like spam" in (out / "report.html").read_text()


@pytest.mark.parametrize("name", ["spam", "unspam"])
def test_wp_is_called_with_a_hundred_ids_at_a_time(audited, tmp_path, name):
    out = report(audited, tmp_path, [spam(str(each)) for each in range(1, 252)] + [spam("line 7"), spam("8; rm -rf")])
    log = tmp_path / "log"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "wp").write_text(f'#!/bin/sh\necho "$@" >> {log}\n')
    (tmp_path / "bin" / "wp").chmod(0o755)

    environment = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    command = ["sh", str(out / "wordpress" / f"{name}.sh"), "--path=/srv/blog"]
    subprocess.run(command, env=environment, cwd=tmp_path, check=True)

    calls = [line.split() for line in log.read_text().splitlines()]
    assert [call[:4] for call in calls] == [["comment", name, "--path=/srv/blog", call[3]] for call in calls]
    assert [len(call) - 3 for call in calls] == [100, 100, 51]
    assert sorted(int(id) for call in calls for id in call[3:]) == list(range(1, 252))


def test_an_empty_list_calls_nothing(audited, tmp_path):
    out = report(audited, tmp_path, [spam("1")])
    environment = {"PATH": "/usr/bin:/bin", "LIST": "ids-unsure.txt"}

    done = subprocess.run(["sh", str(out / "wordpress/spam.sh")], env=environment, capture_output=True, check=True)
    assert b"nothing to do" in done.stdout


def test_an_export_of_another_platform_makes_no_lists(audited, tmp_path):
    (tmp_path / "disqus.xml").write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">\n'
        '<thread dsq:id="1"><id>a</id><link>https://blog.example/a</link><title>A</title></thread>\n'
        f'<post dsq:id="77"><message><![CDATA[<p>{CASINO}</p>]]></message><createdAt>2021-01-01T00:00:00Z</createdAt>'
        "<isDeleted>false</isDeleted><isSpam>false</isSpam><author><name>Max</name></author>"
        '<thread dsq:id="1"/></post>\n</disqus>\n'
    )
    found = audited(None, path=tmp_path / "disqus.xml")
    write_report(tmp_path / "out", tmp_path / "spare", found.findings, 0, found.setting.about)

    assert len(found.findings) == 1
    assert not (tmp_path / "out" / "wordpress").exists()


@pytest.mark.parametrize("taken", ["file", "full", "link"])
def test_nothing_that_is_there_is_overwritten(tmp_path, taken):
    out = tmp_path / "out"
    if taken == "file":
        out.write_text("x")
    elif taken == "full":
        out.mkdir()
        (out / "x").touch()
    else:
        out.symlink_to(tmp_path)

    with pytest.raises(CommandRefused, match="There is something already"):
        refuse_taken(out)


def test_an_empty_folder_is_taken(audited, tmp_path):
    (tmp_path / "out").mkdir()
    refuse_taken(tmp_path / "out")

    assert (report(audited, tmp_path, [spam("1")]) / "report.html").exists()


def test_a_failure_leaves_no_report(audited, tmp_path, monkeypatch):
    found = audited([spam("1")])
    (tmp_path / "spare").mkdir()
    (tmp_path / "spare" / "report.html").mkdir()

    with pytest.raises(CommandRefused, match="cannot be written"):
        write_report(tmp_path / "out", tmp_path / "spare", found.findings, 0, found.setting.about)
    assert not (tmp_path / "out").exists()
