"""Values of other programs as Winnow's: text, moments, what became of a comment."""

import contextlib
import html
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from app.core.comment import COMMENT_FIELDS, Comment
from app.core.markup import strip
from app.core.times import written
from app.importing.imported import Status

MAX_RECORD_CHARACTERS = 16 << 20
"""A longer record is not read but reported; one with its page has a few thousand."""
MAX_PAGE_CHARACTERS = 20_000
"""Of a page's text: as much as the classifier reads."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STATUSES: dict[str, Status] = {
    **dict.fromkeys("approved approve accepted accept ham 1".split(), "approved"),
    **dict.fromkeys("published publish public visible live".split(), "published"),
    **dict.fromkeys("pending hold held unapproved waiting queued moderation 0".split(), "pending"),
    **dict.fromkeys("spam junk".split(), "spam"),
    **dict.fromkeys("trash trashed post-trashed deleted removed rejected hidden".split(), "trash"),
}
KNOWN_STATUSES = ", ".join(dict.fromkeys(_STATUSES.values()))


def text(value: Any) -> str:
    """A value as text without NUL and lone surrogates; what is neither text nor a number is empty.

    >>> text("a\\x00b"), text(7), text(None), text(["a"])
    ('ab', '7', '', '')
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    told = str(value).replace("\0", "")
    return told if told.isascii() else told.encode("utf-8", "replace").decode()


def comment(**fields: Any) -> Comment:
    """A comment of fields as they were found; those that hold no text are left empty, a page's text is cut.

    >>> comment(text="Hi", author=None, comment_id=7)
    Comment(text='Hi', text_format='auto', author='', author_email='', author_url='', ... comment_id='7', ...)
    """
    told = {name: text(fields[name]) for name in COMMENT_FIELDS if fields.get(name) is not None}
    if "page_text" in told:
        told["page_text"] = told["page_text"][:MAX_PAGE_CHARACTERS]
    return Comment(**told)


def status(word: Any) -> Status | None:
    """What a word for a comment's state means; None if it is not known.

    >>> status("Approved"), status(0), status("flagged")
    ('approved', 'pending', None)
    """
    return _STATUSES.get(text(word).strip().lower())


def moment(value: Any) -> str:
    """A point in time as RFC 3339 in UTC; empty when it cannot be told which is meant.

    Read are ISO 8601, the date of mail and RSS, and seconds or milliseconds since 1970. Without a zone it is UTC.

    >>> moment("2026-01-02 03:04:05"), moment("Fri, 02 Jan 2026 03:04:05 +0100"), moment(1767323045), moment("1/2/26")
    ('2026-01-02T03:04:05.000Z', '2026-01-02T02:04:05.000Z', '2026-01-02T03:04:05.000Z', '')
    """
    told = text(value).strip()
    found: datetime | None = None
    with contextlib.suppress(ValueError, OverflowError, TypeError, IndexError):
        if re.fullmatch(r"[0-9]{9,13}(\.[0-9]{1,9})?", told):
            seconds = float(told)
            found = _EPOCH + timedelta(seconds=seconds / 1000 if seconds >= 1e11 else seconds)
        elif re.match(r"[0-9]{4}-[0-9]{2}", told):
            found = datetime.fromisoformat(re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", told))
        elif told[:3].isalpha() and len(told) < 100:
            found = parsedate_to_datetime(told)
        if found is not None and found.year > 1:
            return written(found if found.tzinfo else found.replace(tzinfo=UTC))
    return ""


def plain(markup: str) -> str:
    """The text of a piece of HTML, as much of it as is kept of a page.

    >>> plain("<p>One</p><p>Two &amp; three</p>")
    'One Two & three'
    """
    shown = strip(markup[: 5 * MAX_PAGE_CHARACTERS], "html").visible.text
    return " ".join(unescaped(shown).split())[:MAX_PAGE_CHARACTERS]


def unescaped(told: str) -> str:
    """Text with HTML's references resolved; as it is where one of them is a number of thousands of digits.

    >>> unescaped("Q&amp;A"), unescaped("&#" + "9" * 5000)[:5]
    ('Q&A', '&#999')
    """
    try:
        return html.unescape(told)
    except ValueError:
        return told
