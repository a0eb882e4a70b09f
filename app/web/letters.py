"""Statements of reasons: what was done with a comment and why, in words that accuse nobody.

They say what article 17 (3) of the Digital Services Act asks for: the kind of restriction with its reach and duration,
the facts, whether automated means were used, the ground, and how to object.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app import lists
from app.core.verdict import Reason
from app.store.records import Record
from app.web.review.pages import TEMPLATES

Kind = Literal["held", "removed", "restored"]
KINDS: tuple[Kind, ...] = ("held", "removed", "restored")
"""What a letter tells of."""
LANGUAGES = ("en", "de", "fr", "es", "sk")
MAX_POINTS = 4
MAX_QUOTED = 60
_FAMILIES = {
    "author": "author_name",
    "author_email": "author_email",
    "author_url": "author_url",
    "contact": "contact",
    "disguise": "signs",
    "honeypot": "hidden_field",
    "link.anchor": "link_words",
    "link.kind": "link_kind",
    "link": "link_address",
    "page.quote": "page_quote",
    "page.relevance": "page_relevance",
    "shape.link_only": "links",
    "shape.links": "links",
    "shape.no_links": "links",
    "shape.markup": "links",
    "shape.tags": "links",
    "shape": "form",
    "text": "words",
}
"""The beginning of a reason's code -> what the letter calls it; the longest that fits counts."""
_RULES = {
    "host": "link",
    "registrable_domain": "link",
    "url_pattern": "link",
    "email": "email",
    "author": "author",
    "ip_range": "network",
    "phrase": "phrase",
}
_UNQUOTED = frozenset("./@:\\")
"""Evidence with these may be an address, which mail programs would make a link of."""


def letter(record: Record, kind: Kind, language: str, *, name: str = "", contact: str = "", zone: str = "UTC") -> str:
    """The text of a letter: its first line is the subject.

    Args:
        record: the comment with its answer and the decision that stands.
        kind: what it tells of.
        language: one of LANGUAGES.
        name: who writes; empty: the site.
        contact: where to object; empty: by answering.
        zone: IANA name, for the dates.
    """
    decision = record.decision if record.decision is not None and record.decision.label else None
    override = record.classification.override
    by = "person" if decision else "rule" if override is not None and override.rule in ("deny", "allow") else "program"
    comment = record.comment
    text = (
        _environment()
        .get_template(f"{language}.txt")
        .render(
            kind=kind,
            by=by,
            was_visible=record.told.action == "publish",
            author=_on_one_line(comment.author, MAX_QUOTED),
            name=name or record.site,
            contact=contact,
            page=_on_one_line(comment.page_title or comment.page_url, 120),
            date=_date(record.received_at, language, zone),
            decided=_date(decision.at, language, zone) if decision else "",
            points=points(record, language),
        )
    )
    return text.strip() + "\n"


def kind_of(record: Record) -> Kind:
    """What there is to tell of a comment as it now stands."""
    label = record.decision.label if record.decision else None
    if label == "ham" or (label is None and record.told.action == "publish"):
        return "restored"
    return "held" if label is None and record.told.action == "hold" else "removed"


def language_for(record: Record, otherwise: str) -> str:
    """The comment's language when a letter can be had in it, else another."""
    told = record.comment.language.lower().replace("_", "-").partition("-")[0]
    return told if told in LANGUAGES else otherwise


def points(record: Record, language: str) -> list[str]:
    """What spoke against a comment, the strongest first, in neutral words; never empty."""
    said = phrases(language)
    override = record.classification.override
    if override is not None and override.kind in _RULES:
        return [said[f"rule.{_RULES[override.kind]}"]]
    if override is not None and override.rule == "honeypot":
        return [said["point.hidden_field"]]
    found: dict[tuple[str, str], str] = {}
    for reason in record.classification.reasons:
        if reason.weight > 0:
            told = (family_of(reason.code), _trade(reason, said))
            found.setdefault(told, _point(reason, said))
    subjects = {family for family, trade in found if trade}
    kept = [point for (family, trade), point in found.items() if trade or family not in subjects]
    return kept[:MAX_POINTS] or [said["point.whole"]]


@cache
def phrases(language: str) -> Mapping[str, str]:
    """Key -> phrase, of app/lists/letter_phrases.tsv."""
    rows = lists.read("letter_phrases.tsv", 3, key_columns=2)
    return {key: phrase for key, told, phrase in rows if told == language}


def family_of(code: str) -> str:
    """What a letter calls a reason.

    >>> family_of("link.path.gambling"), family_of("link.kind.shared"), family_of("text.words")
    ('link_address', 'link_kind', 'words')
    """
    parts = code.split(".")
    beginnings = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((_FAMILIES[each] for each in beginnings if each in _FAMILIES), "whole")


def _trade(reason: Reason, said: Mapping[str, str]) -> str:
    return said.get(f"trade.{reason.code.rpartition('.')[2]}", "")


def _point(reason: Reason, said: Mapping[str, str]) -> str:
    told = said[f"point.{family_of(reason.code)}"]
    if trade := _trade(reason, said):
        told = f"{told} ({said['subject'].format(trade=trade)})"
    words = _on_one_line(reason.evidence, MAX_QUOTED)
    if not words or _UNQUOTED & set(words):
        return told
    return said["quoted"].format(point=told, words=words)


def _date(at: str, language: str, zone: str) -> str:
    said = phrases(language)
    day = datetime.fromisoformat(at).astimezone(ZoneInfo(zone))
    first = said["day.first"] if day.day == 1 else day.day
    return said["date"].format(day=first, month=said[f"month.{day.month:02d}"], year=day.year)


def _on_one_line(text: str, most: int) -> str:
    """What strangers wrote, without what cannot be seen, and not longer than a line."""
    whole = "".join(each if each.isprintable() else " " for each in text)
    line = " ".join(whole.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES / "letters"),
        autoescape=False,  # noqa: S701  plain text; the page that shows it escapes it
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
