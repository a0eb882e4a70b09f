"""winnow export: comments of the store as JSONL that the other commands read, or as a table."""

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from app.commands import opening
from app.settings import Settings
from app.store.queue import Filter
from app.store.records import Decision
from app.training.examples import read_examples
from tests.importing.test_wordpress import comment, export, item


@pytest.fixture(autouse=True)
def two_sites(run: Any, tmp_path: Path) -> None:
    """Four decided comments of one site, one of another."""
    for site, comments in {
        "blog": [
            comment(1, "Tea is better with milk, and the milk goes in last."),
            comment(2, "Buy cheap watches at https://watches.example/sale now", approved="spam"),
            comment(3, "=SUM(A1)", approved="spam"),
            comment(4, "We agree about the milk."),
        ],
        "shop": [comment(1, "Another site's milk.")],
    }.items():
        path = tmp_path / f"{site}.xml"
        path.write_text(export(item("".join(comments))))
        assert run("site", "add", site).exit_code == 0
        assert run("import", str(path), "--into-store", "--site", site).exit_code == 0


def ids(lines: str) -> list[str]:
    return sorted(json.loads(line)["comment_id"] for line in lines.splitlines())


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        pytest.param([], ["1", "1", "2", "3", "4"], id="everything"),
        pytest.param(["--site", "blog"], ["1", "2", "3", "4"], id="site"),
        pytest.param(["--site", "blog", "--decided"], ["1", "2", "3", "4"], id="decided"),
        pytest.param(["--site", "blog", "-q", "label:spam"], ["2", "3"], id="label"),
        pytest.param(["-q", "milk -agree", "--decided"], ["1", "1"], id="words-and-decided"),
        pytest.param(["-q", "link:watches OR agree"], ["2", "4"], id="either"),
        pytest.param(["-q", "nothing-has-this"], [], id="nothing"),
    ],
)
def test_site_decision_and_search_narrow_it(run: Any, arguments: list[str], found: list[str]) -> None:
    result = run("export", *arguments)

    assert result.exit_code == 0, result.stderr
    assert ids(result.stdout) == found


def test_what_nobody_decided_is_not_among_the_decided(run: Any, home: Path) -> None:
    with opening.open_store(Settings(home=home, database_url=f"sqlite:///{home}/winnow.db")) as store:
        wanted = store.exported(Filter(site="shop"), "", 10)[0]
        store.add_decision("shop", wanted.id, Decision(None, "jana", "2026-12-01T10:00:00Z", "moderator"))

    assert ids(run("export", "--decided", "--site", "shop").stdout) == []
    assert ids(run("export", "--site", "shop").stdout) == ["1"]


def test_the_lines_teach_and_are_scored(run: Any, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl.gz"
    result = run("export", "--site", "blog", "-o", str(out), "--json")

    told = json.loads(result.stderr)
    assert told == {"comments": 4, "format": "jsonl", "site": "blog", "query": "", "out": str(out)}
    assert len(gzip.decompress(out.read_bytes()).splitlines()) == 4
    assert sorted(each.is_spam for each in read_examples([out])) == [False, False, True, True]
    assert len(run("score", str(out)).stdout.splitlines()) == 4


def test_a_table_has_no_formulas(run: Any, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    run("export", "-q", "SUM", "-o", str(out))

    content = out.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert (row["text"], row["label"], row["decided_by"], row["site"]) == ("'=SUM(A1)", "spam", "import", "blog")
    assert run("export", "-q", "SUM", "--format", "csv").stdout_bytes == content


def test_it_is_written_down(run: Any, home: Path) -> None:
    run("export", "--site", "blog", "-q", "label:spam")
    with opening.open_store(Settings(home=home, database_url=f"sqlite:///{home}/winnow.db")) as store:
        (entry,) = store.audit_log(act="export")
    assert (entry.by, entry.site) == ("", "blog")
    assert entry.detail == {"format": "jsonl", "tab": "all", "q": "label:spam", "comments": 2, "whole": True}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--site", "nowhere"], "There is no site of that name", id="site"),
        pytest.param(["-q", "colour:red"], "is no field that can be searched", id="field"),
        pytest.param(["-q", "score:high"], "score", id="value"),
        pytest.param(["-o", "."], "That is a folder", id="folder"),
        pytest.param(["-o", "not/there/out.jsonl"], "cannot be written", id="no-folder"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(run: Any, arguments: list[str], said: str) -> None:
    result = run("export", *arguments)

    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert result.stdout == ""
