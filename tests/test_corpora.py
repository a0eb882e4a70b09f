"""Bulk scoring of real corpora, where they are beside the repository: no row lost, none out of order."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

CORPORA = Path(__file__).parents[2] / "shared" / "data"
FILES = sorted(CORPORA.glob("*.jsonl.gz"))
needs_corpora = pytest.mark.skipif(not FILES, reason="the corpora are not beside the repository (../shared/data)")
SMALL = [path for path in FILES if path.stat().st_size < 80_000]
"""About 3,000 rows: the whole takes minutes and is done by hand before a release."""


@needs_corpora
@pytest.mark.parametrize("path", SMALL, ids=lambda path: path.name)
def test_scoring_keeps_every_row_in_order(path, tmp_path):
    out = tmp_path / "out.jsonl"
    command = [Path(sys.executable).with_name("winnow"), "score", str(path), "-o", str(out), "--no-reasons"]
    subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parents[1])

    with gzip.open(path, "rt", encoding="utf-8") as lines:
        sent = [json.loads(line)["id"] for line in lines]
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == sent
    assert all(0 <= row["score"] <= 1 and row["verdict"] in ("ham", "unsure", "spam") for row in rows)
