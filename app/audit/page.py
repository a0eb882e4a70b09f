"""The report as one page of HTML that needs nothing else: no request, no script but its own, everything escaped."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from app.audit.findings import Finding, Findings
from app.core.showing import LinkParts, link_parts, percent, pieces
from app.core.verdict import LinkReport, Reason

MAX_CARDS = 1_000
"""Campaigns and single findings on the page; files hold all."""
MAX_TEXT = 2_000
"""Characters of a comment's text on the page."""
MAX_LINKS = 10
MAX_OTHERS = 20
"""Others of a campaign that its card names."""
MAX_LISTED = 20
"""Rows of the tables of domains, pages and authors."""
MAX_SKIPPED = 100
LEAST_COPIES = 3

_FOLDER = Path(__file__).parent / "templates"


def write_page(findings: Findings, summary: Mapping[str, Any]) -> Iterator[bytes]:
    """The page, piece by piece.

    Args:
        findings: of which the worst are shown.
        summary: see report.summary_of; its texts are strangers'.
    """
    cards = findings.head_count()
    shown = {
        "summary": summary,
        "cards": (_card(findings, *each) for each in islice(findings.heads(), MAX_CARDS)),
        "shown": min(cards, MAX_CARDS),
        "left_out": max(0, cards - MAX_CARDS),
        "copies": findings.unflagged_copies(LEAST_COPIES, MAX_LISTED),
        "skipped": list(findings.skipped(MAX_SKIPPED)),
        "style": _part("report.css"),
        "script": _part("report.js"),
        "policy": policy(),
    }
    for piece in _template().stream(**shown):
        yield piece.encode("utf-8", "replace")


def policy() -> str:
    """The page's Content-Security-Policy: the one style and the one script that stand in it, and nothing else."""
    style, script = (_hash(_part(name)) for name in ("report.css", "report.js"))
    return (
        f"default-src 'none'; style-src '{style}'; script-src '{script}'; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


@cache
def _part(name: str) -> Markup:
    return Markup((_FOLDER / name).read_text(encoding="utf-8"))  # noqa: S704  our own file


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = percent
    return environment.get_template("report.html")


def _card(findings: Findings, number: int, finding: Finding) -> dict[str, Any]:
    reasons = [Reason(**each) for each in finding["reasons"]]
    links = [LinkReport(**each) for each in finding.get("links", ())]
    campaign = findings.campaign_of(number)
    text = finding["text"]
    return {
        "finding": finding,
        "author": pieces(finding["author"][:200], "author", reasons, links),
        "text": pieces(text[:MAX_TEXT], "text", reasons, links),
        "text_left": max(0, len(text) - MAX_TEXT),
        "links": [_link(link, reasons) for link in links[:MAX_LINKS]],
        "links_left": max(0, len(links) - MAX_LINKS),
        "campaign": campaign,
        "others": findings.others_of(number, MAX_OTHERS) if campaign else [],
        "heaviest": max((abs(each.weight) for each in reasons), default=1.0),
    }


def _link(link: LinkReport, reasons: list[Reason]) -> tuple[LinkReport, LinkParts]:
    return link, link_parts(link, reasons)
