"""The fields of Akismet's protocol -> a comment, and what else a call says of it."""

from dataclasses import dataclass

from app.core.comment import Comment
from app.web.forms import Fields, first
from app.web.schemas import FIELD_CHARACTERS

_TRUE = frozenset({"1", "true", "yes", "on"})
_LIBRARY_AGENT = "Generic Node.js/1.0.0 | Akismet/3.1.7"
"""npm `akismet` fills in its own name where the visitor's browser is not known."""
_HONEYPOTS = ("hidden_honeypot_field", "POST_ak_hp_textarea", "ak_hp_textarea")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a comment-check or submit-* call holds."""

    comment: Comment
    is_test: bool
    """Answer as always, and keep nothing."""
    is_recheck: bool
    """The CMS asks again about a comment that it has sent before."""
    wants_classification: bool
    guid: str
    """Of the check that this is about; empty in a check."""
    reporter: str
    """Who says so, in submit-*."""


def sent_of(fields: Fields) -> Sent:
    """What the fields say, aliases and all.

    >>> from app.web.forms import parse
    >>> sent = sent_of(parse(b"comment_content=Hi&content_type=reply&is_test=false", "utf-8"))
    >>> sent.comment.text, sent.comment.type, sent.is_test
    ('Hi', 'reply', False)
    """
    agent = _short(first(fields, "user_agent"))
    comment = Comment(
        text=first(fields, "comment_content", "content"),
        author=_short(first(fields, "comment_author")),
        author_email=_short(first(fields, "comment_author_email")),
        author_url=_short(first(fields, "comment_author_url")),
        author_ip=_short(first(fields, "user_ip")),
        author_role=_short(first(fields, "user_role")),
        user_agent="" if agent == _LIBRARY_AGENT else agent,
        referrer=_short(first(fields, "referrer", "referer")),
        page_url=_short(first(fields, "permalink")) or _short(first(fields, "blog")),
        page_title=_short(first(fields, "comment_post_title", "post_title")),
        type=_short(first(fields, "comment_type", "content_type")),
        language=_short(first(fields, "blog_lang").partition(",")[0].strip()),
        posted_at=_short(first(fields, "comment_date_gmt")),
        comment_id=_short(first(fields, "comment_ID", "comment_id")),
        parent_id=_short(first(fields, "comment_parent")),
        honeypot=_honeypot(fields),
    )
    return Sent(
        comment,
        is_test=_is_true(first(fields, "is_test")),
        is_recheck=bool(first(fields, "recheck_reason")),
        wants_classification=_is_true(first(fields, "classify")),
        guid=_short(first(fields, "guid", "akismet_guid")),
        reporter=_short(first(fields, "reporter")),
    )


def _honeypot(fields: Fields) -> str:
    named = first(fields, "honeypot_field_name")
    return _short(first(fields, *([named] if named else []), *_HONEYPOTS))


def _is_true(value: str) -> bool:
    """By value: `is_test=false` and `is_test=0` are sent too."""
    return value.strip().lower() in _TRUE


def _short(value: str) -> str:
    return value[:FIELD_CHARACTERS]
