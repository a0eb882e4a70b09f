"""Rows with named fields -> comments: which names are known by themselves, and what a row's state means."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from app.core.comment import COMMENT_FIELDS
from app.errors import CommandRefused
from app.importing import values
from app.importing.imported import Imported, Record, Skipped, Status

FIELDS = (*(name for name in COMMENT_FIELDS if name != "honeypot"), "label", "status")
"""What a row may tell, by the names that `--columns` takes."""

_NAMES: dict[str, tuple[str, ...]] = {
    "comment_id": ("id", "comment_id"),
    "text": (
        "text",
        "comment",
        "body",
        "content",
        "message",
        "comment_text",
        "comment_content",
        "comment_body",
        "html",
    ),
    "author": ("author", "name", "author_name", "comment_author", "user", "username", "commenter"),
    "author_email": ("author_email", "email", "comment_author_email", "user_email"),
    "author_url": ("author_url", "website", "comment_author_url", "url", "homepage"),
    "author_ip": ("author_ip", "ip", "ip_address", "user_ip", "comment_author_ip", "remote_addr"),
    "user_agent": ("user_agent", "comment_agent"),
    "page_url": ("page_url", "post_url", "article_url", "permalink", "page", "link"),
    "page_title": ("page_title", "post_title", "article_title", "title"),
    "posted_at": ("posted_at", "created_at", "date", "comment_date_gmt", "timestamp", "created", "time"),
    "parent_id": ("parent_id", "parent", "comment_parent", "in_reply_to", "reply_to"),
    "type": ("type", "comment_type"),
    "status": ("status", "comment_approved", "state"),
    "label": ("label", "is_spam", "spam"),
}
"""Field -> the names it is known by, the surest first."""
_LABELS: dict[str, Status] = {
    **dict.fromkeys("spam 1 true yes".split(), "spam"),
    **dict.fromkeys("ham 0 false no".split(), "approved"),
}


def parsed(told: str) -> dict[str, str]:
    """What `--columns` says: `text=body,author=name`.

    Raises:
        CommandRefused: a part without `=`, or a field that comments do not have.

    >>> parsed("text=body, author=Your name")
    {'text': 'body', 'author': 'Your name'}
    """
    chosen: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in told.split(","))):
        field, equals, name = (piece.strip() for piece in part.partition("="))
        if not equals or not name or field not in FIELDS:
            remedy = f"Write --columns field=name,...; the fields are {', '.join(FIELDS)}."
            raise CommandRefused(f"--columns {part}", "That is not a field and the name it has in the export.", remedy)
        chosen[field] = name
    return chosen


def plain_name(name: str) -> str:
    """A column's name without case and marks.

    >>> plain_name(" Author e-mail "), plain_name("authorEmail")
    ('author_email', 'author_email')
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip()).lower().replace("e-mail", "email")
    return re.sub(r"[^a-z0-9]+", "_", apart).strip("_")


def knows_text(names: Mapping[str, Any] | list[str]) -> bool:
    """Whether one of the names is known for a comment's text."""
    return any(plain_name(name) in _NAMES["text"] for name in names)


def assigned(names: list[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Field of a comment -> the name it has here: the chosen ones, then those that are known, each name once.

    >>> assigned(["Body", "Name", "E-mail"], {"author_email": "E-mail"})
    {'author_email': 'E-mail', 'text': 'Body', 'author': 'Name'}
    """
    return dict(_assigned(tuple(names), tuple(chosen.items())))


@lru_cache(maxsize=64)  # the rows of one file have few sets of names
def _assigned(names: tuple[str, ...], chosen: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    found = {field: name for field, name in chosen if name in names}
    taken = set(found.values())
    plain = {plain_name(name): name for name in reversed(names)}
    for field in FIELDS:
        if field in found:
            continue
        for known in _NAMES.get(field, (field,)):
            name = plain.get(known)
            if name is not None and name not in taken:
                found[field] = name
                taken.add(name)
                break
    return found


def record(row: Mapping[str, Any], chosen: Mapping[str, str], where: str) -> Record:
    """The comment of a row, or why there is none."""
    places = assigned([name for name in row if isinstance(name, str)], chosen)
    return record_at(row, places, where)


def record_at(row: Mapping[str, Any], places: Mapping[str, str], where: str) -> Record:
    """The same, with the names assigned before."""
    told = {field: row[name] for field, name in places.items()}
    if not isinstance(told.get("text"), str) and not isinstance(told.get("author_url"), str):
        return Skipped(where, "It has neither a text nor an author_url.")
    state = _status(told)
    if state is None:
        known = f"The status is none of those that are known: {values.KNOWN_STATUSES}."
        return Skipped(where, known)
    told["posted_at"] = values.moment(told.get("posted_at"))
    told["comment_id"] = values.text(told.get("comment_id")) or where
    return Imported(values.comment(**told), state, where)


def _status(told: Mapping[str, Any]) -> Status | None:
    """The state a row tells of, by its status or else its label; published when it has neither."""
    if values.text(told.get("status")).strip():
        return values.status(told["status"])
    label = told.get("label")
    word = str(label) if isinstance(label, bool) else values.text(label)
    return _LABELS.get(word.strip().lower(), "published")
