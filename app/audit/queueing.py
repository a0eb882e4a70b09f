"""Findings into the moderators' queue, and what they decided back out as lists for WordPress."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from ulid import ULID

from app import lists
from app.audit import wordpress
from app.audit.findings import Finding, Findings
from app.audit.report import About
from app.audit.spool import named
from app.core.campaign import kept, signature
from app.core.comment import COMMENT_FIELDS, Comment, Thresholds
from app.core.features import look
from app.core.lists import Lists
from app.store.queue import Filter
from app.store.records import Record
from app.store.rows import classification_of
from app.store.sql import SqlStore

CLIENT = "audit"
"""The door by which findings come; `client:audit` finds them in the queue."""
ROWS = 200
"""Written in one transaction, and read in one."""


class Queued(NamedTuple):
    """What became of the findings."""

    added: int
    known: int
    """That the site has already: from an earlier run, or because its CMS sent them."""


def enqueue(
    findings: Findings,
    store: SqlStore,
    site: str,
    about: About,
    now: str,
    watch: Callable[[int], None] = lambda _: None,
) -> Queued:
    """Put findings into the queue as comments that are held; each once, however often this runs.

    Args:
        findings: of an export.
        store: where the queue is.
        site: whose comments they are.
        about: what the audit was of.
        now: when they count as received. RFC 3339, UTC.
        watch: called with how many were looked at, after each transaction.

    Raises:
        SiteUnknown, StoreUnavailable: what was written before stays, and is not written again.
    """
    known_lists = lists.load()
    queued = Queued(0, 0)
    done = 0
    for part in _parts(findings):
        fresh = [each for each in part if store.id_of(site, each["comment_id"]) is None]
        records = [_record(each, site, about, now, known_lists) for each in fresh]
        store.record(records)
        queued = Queued(queued.added + len(fresh), queued.known + len(part) - len(fresh))
        done += len(part)
        watch(done)
    return queued


def write_decided(folder: Path, spare: Path, store: SqlStore, site: str) -> dict[str, int]:
    """A folder with the ids of what an audit brought and moderators have decided, and scripts that act on them.

    Args:
        folder: what it is called in the end.
        spare: where it is made.
        store: with the decisions.
        site: whose.

    Returns: how many of each label.

    Raises:
        CommandRefused: it cannot be written; nothing has changed then.
    """
    counts = {"spam": 0, "ham": 0}
    with named(folder):
        with wordpress.decided_lists(spare) as found:
            for record in _decided(store, site):
                label = record.decision.label if record.decision else None
                if label and wordpress.is_wordpress_id(record.comment.comment_id):
                    found[label].write(f"{record.comment.comment_id}\n")
                    counts[label] += 1
        spare.rename(folder)
    return counts


def _decided(store: SqlStore, site: str) -> Iterator[Record]:
    after = ""
    while part := store.exported(Filter("decided", site), after, ROWS):
        yield from (record for record in part if record.client == CLIENT or record.client.startswith(f"{CLIENT} "))
        after = part[-1].id


def _parts(findings: Findings) -> Iterator[list[Finding]]:
    """Findings a transaction's worth at a time; of those with one id the worst."""
    part: dict[str, Finding] = {}
    for _, finding in findings.all():
        if finding.setdefault("comment_id", finding["id"]) in part:
            continue
        part[finding["comment_id"]] = finding
        if len(part) == ROWS:
            yield list(part.values())
            part = {}
    if part:
        yield list(part.values())


def _record(finding: Finding, site: str, about: About, now: str, known: Lists) -> Record:
    comment = Comment(**{name: finding[name] for name in COMMENT_FIELDS if name in finding})
    limits = about.thresholds[site]
    told = {
        **finding,
        "action": "hold",  # it is published, and somebody shall look: Winnow neither rejected nor discarded it
        "thresholds": {name: getattr(limits, name) for name in Thresholds.__dataclass_fields__},
        "override": finding.get("override"),
        "links": finding.get("links", []),
        "degraded": finding.get("degraded", []),
        "missing": list(comment.missing()),
        "model": about.model,
    }
    found = classification_of(told)
    looked = look(comment, known)
    signed = signature(looked, known)
    leaves = kept(signed, looked, found, known)
    client = f"{CLIENT} {about.source}"[:200]
    return Record(f"c_{ULID()}", site, now, comment, found, client=client, signature=leaves, signed=signed)
