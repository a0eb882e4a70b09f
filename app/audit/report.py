"""The folder that an audit writes: a page for people, files for programs, and lists that WordPress's tools act on."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.audit import wordpress
from app.audit.findings import Finding, Findings, Tally
from app.audit.page import MAX_LISTED, write_page
from app.audit.spool import named
from app.core.comment import Thresholds
from app.disk import sync
from app.errors import CommandRefused
from app.store.exported import without_formula

CSV_COLUMNS = (
    "id", "score", "verdict", "posted_at", "site", "author", "author_email", "author_url", "page_url", "page_title",
    "text", "links", "summary", "reasons", "campaign", "status", "where",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class About:
    """What an audit was of."""

    source: str
    """The export's name, or that it was the database."""
    made_at: str
    """RFC 3339, UTC."""
    model: str
    thresholds: dict[str, Thresholds]
    """By site; under the empty name for comments of no site."""
    at_least: float | None
    everything: bool
    has_wordpress_ids: bool


def refuse_taken(folder: Path) -> None:
    """Raise CommandRefused where a report would overwrite something."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise CommandRefused(str(folder), "There is something already.", "Name a folder that is not there yet.")


def write_report(folder: Path, spare: Path, findings: Findings, skipped: int, about: About) -> dict[str, Any]:
    """Write everything, and give it its name when it is whole.

    Args:
        folder: what it is called in the end; not there, or empty.
        spare: where it is made, on the same disk; whatever an interrupted run left there is written over.
        findings: what was found.
        skipped: records that could not be judged.
        about: what the audit was of.

    Returns: the summary, as it stands in summary.json.

    Raises:
        CommandRefused: it cannot be written; nothing has changed then.
    """
    with named(folder):
        spare.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds e-mail addresses
        tally = _write_findings(spare, findings, about)
        if skipped:
            _write(spare / "skipped.jsonl", (_json(each) for each in findings.skipped()))
        summary = summary_of(findings, tally, skipped, about)
        _write(spare / "summary.json", [json.dumps(summary, ensure_ascii=False, indent=1).encode() + b"\n"])
        _write(spare / "report.html", write_page(findings, summary))
        for path in spare.rglob("*"):
            sync(path)
        sync(spare)
        spare.rename(folder)
        sync(folder.parent)
    return summary


def tally_of(findings: Findings) -> Tally:
    """What the findings have in common, where no report is written."""
    tally = Tally()
    for _, finding in findings.all():
        tally.add(finding)
    return tally


def summary_of(findings: Findings, tally: Tally, skipped: int, about: About) -> dict[str, Any]:
    """Totals, as JSON values."""
    return {
        "source": about.source,
        "made_at": about.made_at,
        "model": about.model,
        "thresholds": {
            site: {"hold": each.hold, "reject": each.reject, "discard": each.discard}
            for site, each in about.thresholds.items()
        },
        "at_least": about.at_least,
        "all": about.everything,
        "comments": findings.comments,
        "findings": len(findings),
        "verdicts": {name: tally.verdicts[name] for name in ("spam", "unsure", "ham")},
        "campaigns": findings.campaigns,
        "disagreements": findings.disagreements,
        "skipped": skipped,
        "years": [each._asdict() for each in findings.years()],
        "domains": _top(tally.domains),
        "pages": _top(tally.pages),
        "authors": _top(tally.authors),
    }


def _top(counted: "Counter[str]") -> list[dict[str, Any]]:
    return [{"name": name, "findings": count} for name, count in counted.most_common(MAX_LISTED)]


def _write_findings(spare: Path, findings: Findings, about: About) -> Tally:
    """All files that have a row for each finding, in one pass."""
    tally = Tally()
    with ExitStack() as stack:
        rows = stack.enter_context((spare / "findings.jsonl").open("wb"))
        table = stack.enter_context((spare / "findings.csv").open("w", encoding="utf-8", errors="replace", newline=""))
        table.write("\ufeff")  # without it spreadsheets take UTF-8 for something else
        writer = csv.writer(table)
        writer.writerow(CSV_COLUMNS)
        lists = stack.enter_context(wordpress.lists(spare / "wordpress")) if about.has_wordpress_ids else None
        for _, finding in findings.all():
            tally.add(finding)
            rows.write(_json(finding))
            writer.writerow(csv_row(finding))
            if lists:
                lists.add(finding)
    return tally


def csv_row(finding: Finding) -> list[str]:
    """Cells in the order of CSV_COLUMNS; no spreadsheet takes one for a formula."""
    campaign = finding.get("campaign")
    told = {
        **finding,
        "score": f"{finding['score']:.4f}",
        "links": " ".join(link["url"] for link in finding.get("links", ()) if link["field"] != "author_email"),
        "reasons": " ".join(f"{each['code']} {each['weight']:+.2f};" for each in finding["reasons"]),
        "campaign": str(campaign["number"]) if campaign else "",
    }
    return [without_formula(str(told.get(name, ""))) for name in CSV_COLUMNS]


def json_of(findings: Findings) -> Iterator[bytes]:
    """`{"findings": [...], "comments": n}`, worst first, piece by piece."""
    yield b'{"findings": ['
    for number, (_, finding) in enumerate(findings.all()):
        yield (b",\n" if number else b"\n") + _json(finding).rstrip(b"\n")
    yield b'\n], "comments": %d}\n' % findings.comments


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8", "replace")


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    with path.open("wb") as file:
        for piece in pieces:
            file.write(piece)
