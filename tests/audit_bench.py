"""Precision and recall of `winnow audit` on exports that a real WordPress wrote.

`python -m tests.audit_bench DATA [--folds FOLDER] [--only 1,2]` fills a WordPress with the comments of each fold's
sites, all of them published, has it write its export, audits that, and prints tables. With models of
`python -m tests.fold_models` in FOLDER the audit is made with them too, and such figures alone say what happens on a
site that Winnow has never seen. Comments whose label a reader disputes are published too, and count apart.
docs/audit.md holds the result.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from app.commands.learning import OURS
from app.core.comment import Comment
from app.training.dataset import FOLDS
from app.training.examples import Disputed, Example, read_labelled
from app.training.sources import read_sources
from tests.e2e.wordpress import filling, packages
from tests.e2e.wordpress.processes import WINNOW, Database
from tests.e2e.wordpress.site import Site
from tests.fold_models import SHIPPED

PLANTED = "https://www.myget.org/feed/royal-jackpot-casino-slots/package/nuget/royal-jackpot-casino-slots-cheats"
"""The comment of the page that Winnow began with: nothing but this link, on a host of good name, below an article."""
ARTICLE = {
    "post_title": "The old town hall is to be a library",
    "post_content": "The council voted on Tuesday to give the building to the library, which has had no room for years.",
}
UNDATED = "2020-01-01 00:00:00"


class Published(NamedTuple):
    """A comment that WordPress shows."""

    source: str
    """Where it is from; of a disputed one, what its site had done with it and what a reader says."""
    is_spam: bool
    """By its site's decision."""
    is_disputed: bool


@dataclass
class Row:
    """Comments of one source, and how many of them the audit found."""

    spam: int = 0
    ham: int = 0
    found: dict[tuple[str, bool], int] = field(default_factory=dict)
    """(hold or reject, is spam) -> how many."""

    def add(self, other: "Row") -> None:
        self.spam += other.spam
        self.ham += other.ham
        for key, count in other.found.items():
            self.found[key] = self.found.get(key, 0) + count

    def cells(self) -> Iterator[str]:
        """Spam and honest comments, then for each threshold recall, honest ones among the findings, precision."""
        yield from (f"{self.spam:,}", f"{self.ham:,}")
        for at in ("hold", "reject"):
            hits, wrong = self.found.get((at, True), 0), self.found.get((at, False), 0)
            yield f"{hits / self.spam:.1%}" if self.spam else ""
            yield f"{wrong:,} ({wrong / self.ham:.2%})" if self.ham else ""
            yield f"{hits / (hits + wrong):.1%}" if self.spam and self.ham and hits + wrong else ""


class Cost(NamedTuple):
    """What one audit took."""

    wall_s: float
    cpu_s: float
    """Of all its processes."""
    peak_mb: float
    """Of its largest process."""


def published(
    site: Site, examples: Sequence[Example], disputed: Sequence[Disputed]
) -> tuple[dict[str, Published], int]:
    """Publishes them, each below its page, and the planted one; by id, and how many WordPress refused."""
    filling.empty(site)
    everything = [*examples, *(each.example for each in disputed)]
    pages: dict[tuple[str, str], dict[str, str]] = {}
    for example in everything:
        told = example.comment
        page = {"post_title": told.page_title or "Untitled", "post_content": told.page_text}
        pages.setdefault((example.source, told.page_url or told.page_title), page)
    ids = filling.write_posts(site, [ARTICLE, *pages.values()])
    post_of = dict(zip(pages, ids[1:], strict=True))
    rows = [
        _row(example.comment, post_of[example.source, example.comment.page_url or example.comment.page_title])
        for example in everything
    ]
    planted = _row(Comment(PLANTED, author="Max", author_email="max@mail.example"), ids[0])
    given = filling.write_comments(site, [planted, *rows])
    known = [Published("planted link", True, False)]
    known += [Published(example.source, example.is_spam, False) for example in examples]
    known += [Published(_dispute(each), each.example.is_spam, True) for each in disputed]
    return {str(id): each for id, each in zip(given, known, strict=True) if id}, given.count(0)


def _dispute(each: Disputed) -> str:
    done = "refused" if each.example.is_spam else "published"
    return f"{done}, {'arguable' if each.judged == 'arguable' else f'to a reader {each.judged}'}"


def _row(comment: Comment, post: int) -> dict[str, object]:
    at = comment.posted_at[:19].replace("T", " ") if len(comment.posted_at) >= 19 else UNDATED
    return {
        "comment_post_ID": post,
        "comment_author": comment.author,
        "comment_author_email": comment.author_email,
        "comment_author_url": comment.author_url,
        "comment_author_IP": "",
        "comment_content": comment.text,
        "comment_approved": 1,
        "comment_date": at,
        "comment_date_gmt": at,
    }


MEASURED = """
import json, os, sys, time
began = time.monotonic()
_, status, used = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ), 0)
print(json.dumps([os.waitstatus_to_exitcode(status), time.monotonic() - began, used.ru_utime + used.ru_stime,
    used.ru_maxrss / 1024]))
"""
"""In a small process of its own, because a process begins with the memory of who started it as its peak."""


def audited(export: Path, folder: Path, models: Path, workers: int) -> Cost:
    """Audits as an operator does; the report is in the folder."""
    environment = {**os.environ, "WINNOW_MODELS": str(models), "WINNOW_HOME": str(folder.parent / "home")}
    command = [sys.executable, "-c", MEASURED, WINNOW, "audit", str(export), "-o", str(folder)]
    command += ["--workers", str(workers)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    code, *cost = json.loads(done.stdout)
    if code:
        sys.exit(f"winnow audit ended with {code}: {done.stderr}")
    return Cost(*cost)


Rows = dict[str, Row]


def counted(known: dict[str, Published], report: Path) -> tuple[Rows, Rows, list[str]]:
    """By source, the disputed ones by dispute, and ids of findings that are nobody's."""
    rows: Rows = {}
    disputed: Rows = {}
    for each in known.values():
        row = (disputed if each.is_disputed else rows).setdefault(each.source, Row())
        row.add(Row(int(each.is_spam), int(not each.is_spam)))
    strange = []
    with (report / "findings.jsonl").open(encoding="utf-8") as lines:
        for finding in map(json.loads, lines):
            comment = known.get(finding["id"])
            if comment is None:
                strange.append(finding["id"])
                continue
            row = (disputed if comment.is_disputed else rows)[comment.source]
            row.add(Row(found={("hold", comment.is_spam): 1}))
            if finding["verdict"] == "spam":
                row.add(Row(found={("reject", comment.is_spam): 1}))
    return rows, disputed, strange


HEAD = """
| | spam | honest | recall at hold | honest held | precision | recall at reject | honest rejected | precision |
|---|--:|--:|--:|--:|--:|--:|--:|--:|"""


def told(title: str, rows: Rows, disputed: Rows) -> None:
    """Prints one table."""
    whole = Row()
    for row in rows.values():
        whole.add(row)
    print(f"\n{title}{HEAD}")
    for name, row in (*sorted(rows.items()), ("all of these", whole), *sorted(disputed.items())):
        print(f"| {name} | {' | '.join(row.cells())} |", flush=True)


class Bench:
    """One WordPress, filled anew for each fold."""

    def __init__(self, site: Site, folder: Path, workers: int) -> None:
        self._site = site
        self._folder = folder
        self._workers = workers
        self.sums: dict[str, tuple[Rows, Rows]] = {}
        """By model: all folds' comments by source, and those that are disputed."""

    def fold(self, number: int, examples: list[Example], disputed: list[Disputed], models: dict[str, Path]) -> None:
        """Fills, exports, and audits with each of the models."""
        known, refused = published(self._site, examples, disputed)
        export = self._folder / f"{number}.xml"
        size = filling.export(self._site, export)
        print(
            f"\nFold {number}: {len(known):,} comments, an export of {size / 1e6:.1f} MB; WordPress refused {refused}."
        )
        for name, models_folder in models.items():
            report = self._folder / f"{number}-{name}"
            cost = audited(export, report, models_folder, self._workers)
            judged = json.loads((report / "summary.json").read_text(encoding="utf-8"))["comments"]
            rows, doubtful, strange = counted(known, report)
            spent = f"{cost.wall_s:.1f} s, {cost.cpu_s:.1f} s of CPU, {cost.peak_mb:.0f} MB"
            told(f"Fold {number}, {name}: {judged:,} comments, {spent}", rows, doubtful)
            if judged != len(known) or strange:
                print(f"Of {len(known):,} published comments {judged:,} were judged; of nobody: {strange[:5]}")
            for found, summed in zip((rows, doubtful), self.sums.setdefault(name, ({}, {})), strict=True):
                for source, row in found.items():
                    summed.setdefault(source, Row()).add(row)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of labelled corpora")
    parser.add_argument("--folds", type=Path, help="models of tests.fold_models")
    parser.add_argument("--only", default=",".join(map(str, range(1, FOLDS + 1))), help="these folds, e.g. 1,2")
    parser.add_argument("--workers", type=int, default=0, help="processes of the audit; 0: one for each core")
    return parser.parse_args()


def main() -> None:
    """Fill, export, audit, count."""
    asked = _asked()
    if lacking := packages.missing():
        sys.exit(f"There is no {', '.join(lacking)}; on Debian: apt-get install {' '.join(packages.NEEDED)}")
    reading = read_labelled([asked.data])
    fold_of = {name: source.fold for name, source in read_sources(OURS / "sources.toml").items()}
    of_fold: Callable[[Example, int], bool] = lambda example, fold: fold_of.get(example.source, 0) == fold  # noqa: E731
    with tempfile.TemporaryDirectory(prefix="winnow-wp-") as name:
        folder = Path(name)
        database = Database(folder)
        site = Site(folder, "audited", database, [])
        site.program.end()  # PHP's functions are called from the command line; nobody asks for pages
        try:
            bench = Bench(site, folder, asked.workers)
            for fold in map(int, asked.only.split(",")):
                models = {"shipped": SHIPPED, **({"unseen": asked.folds / str(fold)} if asked.folds else {})}
                examples = [each for each in reading.examples if of_fold(each, fold)]
                disputed = [each for each in reading.disputed if of_fold(each.example, fold)]
                bench.fold(fold, examples, disputed, models)
        finally:
            database.program.end()
    for model, (rows, disputed) in bench.sums.items():
        told(f"All of these folds, {model}", rows, disputed)


if __name__ == "__main__":
    main()
