"""What `winnow audit` prints."""

import sys
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from app.commands import printing

if TYPE_CHECKING:
    from app.audit.findings import Finding, Findings
    from app.audit.queueing import Queued
    from app.store.sql import SqlStore

_SHOWN_CHARACTERS = 100
_SHOWN_SKIPPED = 5


def print_findings(findings: "Findings") -> None:
    """All of them as one JSON object on stdout, worst first."""
    from app.audit.report import json_of

    for piece in json_of(findings):
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def print_table(findings: "Findings", most: int) -> None:
    """The worst ones, a campaign as one row."""
    if not len(findings):
        return
    rows = [_row(findings, *each) for each in islice(findings.heads(), most)]
    printing.table(("score", "comment", "why"), rows)
    left = findings.head_count() - len(rows)
    if left:
        printing.note(f"And {left:,} more; --most shows more of them, -o FOLDER writes a report with all.")


def _row(findings: "Findings", number: int, finding: "Finding") -> tuple[Text, str, str]:
    campaign = findings.campaign_of(number)
    alike = f", {campaign.findings + campaign.let_through:,} alike" if campaign else ""
    text = " ".join(finding["text"].split()) or finding.get("author_url", "")
    cut = f"{text[:_SHOWN_CHARACTERS]} …" if len(text) > _SHOWN_CHARACTERS else text
    style = "red" if finding["verdict"] == "spam" else "yellow"
    said = f"{finding['author'] or '(no name)'} (id {finding['id']}{alike}): {cut}"
    return Text(f"{finding['score']:.4f}", style=style), said, finding["summary"]


def note_summary(summary: Mapping[str, Any], findings: "Findings", folder: Path | None) -> None:
    """The totals, on stderr."""
    spam = summary["verdicts"]["spam"]
    doubtful = summary["findings"] - spam
    campaigns = f" {_counted(summary['campaigns'], 'campaign')} among them." if summary["campaigns"] else ""
    looked = _counted(summary["comments"], "comment")
    printing.note(
        f"{looked}: {spam:,} spam by {'its' if spam == 1 else 'their'} looks, {doubtful:,} doubtful.{campaigns}"
    )
    if summary["disagreements"]:
        printing.note(
            f"{summary['disagreements']:,} more would be held, but a moderator called them not spam; --all lists them."
        )
    for each in findings.skipped(_SHOWN_SKIPPED):
        printing.note(f"{each['where']}: {each['why']}", "red")
    if summary["skipped"]:
        rest = "; skipped.jsonl names them all" if folder and summary["skipped"] > _SHOWN_SKIPPED else ""
        printing.note(f"{_counted(summary['skipped'], 'record')} could not be judged{rest}.", "red")
    if folder:
        printing.note(f"The report is in {folder}: open report.html there.")


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def note_queued(queued: "Queued") -> None:
    """What went into the queue, on stderr."""
    known = f" {queued.known:,} had been there." if queued.known else ""
    printing.note(f"New in the queue: {_counted(queued.added, 'finding')}; client:audit finds them there.{known}")


def write_decided(folder: Path, store: "SqlStore", site: str, *, as_json: bool) -> None:
    """Write the lists of --decided and say how many ids are in them."""
    from app.audit.queueing import write_decided as write
    from app.audit.spool import remove

    spare = folder.with_name(f"{folder.name}.part")
    try:
        counts = write(folder, spare, store, site)
    finally:
        remove(spare)
    if as_json:
        printing.print_json({"folder": str(folder), **counts})
    else:
        printing.say(f"{counts['spam']:,} ids of spam and {counts['ham']:,} of what is none are in {folder}.")
