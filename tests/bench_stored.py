"""What a request costs when a million comments are stored, beside a thousand: `python -m tests.bench_stored [COMMENTS]`.

Two services take turns in one run, as in `bench_http`. The small database has a thousand generated comments; the large
one is a copy of it in which each of them is repeated under other ids, authors and campaigns, until there are enough.
"""

import os
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from itertools import cycle
from pathlib import Path

from app import lists, models
from app.commands import opening
from app.store.records import new_key
from app.store.sql_grouping import first_id_since
from tests import bench_http
from tests.e2e import server
from tests.e2e.review.comments import SITES, records

FEW = 1_000
KEYS_EACH = 7
"""Keys that a comment leaves behind for its campaign: five of its text, two of its link."""
_NEW = {
    "id": "'{since}' || printf('%016d', number)",
    "campaign": "'{since}' || printf('%016d', number)",
    "author": "author || number",
    "author_email": "number || author_email",
    "comment_id": "'n' || number",
    "text_hash": "lower(hex(randomblob(8)))",
    "urgency": "urgency + (abs(random()) % 1000) / 1000.0",
}
_COMMENTS = """
WITH RECURSIVE counted(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM counted WHERE number < ?)
INSERT INTO comments ({names})
SELECT {values} FROM counted JOIN comments ON comments.rowid = 1 + number % ?
"""
_LINKS = """
INSERT INTO links ({names})
SELECT {values} FROM comments AS made JOIN links ON links.comment_id = (
  SELECT id FROM comments WHERE rowid = 1 + (made.rowid - ?) % ?)
WHERE made.rowid > ?
"""
_KEYS = """
INSERT OR IGNORE INTO signatures (key, campaign, last_at)
SELECT (abs(random()) & ~15) | each.value, comments.id, ? FROM comments, json_each(?) AS each WHERE comments.rowid > ?
"""
_CAMPAIGNS = "INSERT INTO campaigns (id, sketch) SELECT id, randomblob(64) FROM comments WHERE rowid > ?"


def fill(home: Path, many: int) -> None:
    """A thousand comments as they are recorded, and copies of them up to `many`."""
    known = lists.load()
    settings = server.settings_of(home)
    model = models.load_current(settings.models, known)
    server.add_sites(home, {site: new_key() for site in SITES} | {"blog": bench_http.KEY})
    with opening.open_store(settings) as store:
        store.record(list(records(FEW, model, known, words=30, every_s=20.0)))
    if many > FEW:
        with closing(sqlite3.connect(home / "winnow.db")) as database, database:
            _multiply(database, many - FEW)


def _multiply(database: sqlite3.Connection, more: int) -> None:
    def columns(table: str) -> list[str]:
        return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]

    names = columns("comments")
    since = first_id_since(opening.now())  # ids rise with time, and old ones are forgotten
    values = ", ".join(_NEW.get(name, f'"{name}"') for name in names).replace("{since}", since)
    quoted = ", ".join(f'"{name}"' for name in names)
    database.execute(_COMMENTS.format(names=quoted, values=values), (more, FEW))
    names = columns("links")
    values = ", ".join("made.id" if name == "comment_id" else f'links."{name}"' for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    database.execute(_LINKS.format(names=quoted, values=values), (FEW, FEW, FEW))
    database.execute(_KEYS, (opening.now(), str(list(range(KEYS_EACH))), FEW))
    database.execute(_CAMPAIGNS, (FEW,))


def main() -> None:
    """Print the table."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    os.sched_setaffinity(0, bench_http.SERVER_CORE)  # of what is started from here on
    with ExitStack() as stack:
        sides = []
        asked = [
            bench_http.post("/classify", bench_http.as_json(each), bench_http.KEY) for each in bench_http.comments()
        ]
        for count in (FEW, many):
            home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            began = time.monotonic()
            fill(home, count)
            print(f"{count:,} comments stored in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            port, process = stack.enter_context(server.running(home))
            sides.append(bench_http.Side(f"{count:,} comments stored", port, process, cycle(asked)))
        bench_http.take_turns(sides)
        print("| stored | requests/s | p50 ms | p99 ms | µs CPU a request |\n|---|--:|--:|--:|--:|")
        for side in sides:
            rate, p50, p99, cpu = map(statistics.median, (side.rates, side.p50_ms, side.p99_ms, side.cpu_us))
            print(f"| {side.name} | {rate:,.0f} | {p50:,.1f} | {p99:,.1f} | {cpu:,.0f} |")


if __name__ == "__main__":
    main()
