"""A search as conditions on `comments`: one for each group of terms."""

import operator
import unicodedata
from collections.abc import Callable

from sqlalchemy import ColumnElement, Text, and_, cast, exists, func, not_, or_, select

from app.core.query import Query, Term
from app.core.query_fields import comparisons
from app.store.dialects import caseless, fits, fits_glob
from app.store.pseudonyms import is_pseudonym
from app.store.schema import comments, links
from app.store.schema_review import claims, notes
from app.store.sql_networks import is_from

_SEARCHED = (comments.c.text, comments.c.author, comments.c.author_url, comments.c.page_title)
"""Where words are looked for."""
_SIGNS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
_AT_MOST_SPELLINGS = 12
LEADS_SOMEWHERE = links.c.field != "author_email"
"""The host of an e-mail address is judged like a link, but it is none."""


def conditions(query: Query, now: str = "") -> list[ColumnElement[bool]]:
    """What a comment must be for a search to show it; empty for an empty search, which shows all.

    Args:
        query: what is searched for.
        now: RFC 3339; claims that ended before it do not count. Empty: all count.

    All hold or do not hold, whatever a row holds: none is null, so that a minus shows exactly the other comments.
    """
    return [or_(*(_condition(term, now) for term in group)) for group in query.groups]


def spellings(text: str) -> list[str]:
    """A text as SQLite compares it without regard to case, which it does for ASCII alone; the text as given is first.

    For other letters: in lower case, in capitals, and as names and sentences begin; letters with accents also taken
    apart and put together. What mixes cases within a word of such letters is not found.

    >>> spellings("tea"), spellings("žltý čaj")[:4]
    (['tea'], ['žltý čaj', 'ŽLTÝ ČAJ', 'Žltý Čaj', 'Žltý čaj'])
    """
    if text.isascii():
        return [text]
    cases = (text, text.lower(), text.upper(), text.title(), text.capitalize())
    forms = [*cases, *(unicodedata.normalize(form, case) for form in ("NFC", "NFD") for case in cases)]
    return list(dict.fromkeys(forms))[:_AT_MOST_SPELLINGS]


def like(text: str, *, before: str = "%", after: str = "%") -> list[str]:
    """Patterns for LIKE ... ESCAPE `/` that find a text literally, in all its spellings.

    >>> like("100%"), like("@a_b.example", after="")
    (['%100/%%'], ['%@a/_b.example'])
    """
    escaped = (each.replace("/", "//").replace("%", "/%").replace("_", "/_") for each in spellings(text))
    return [f"{before}{each}{after}" for each in escaped]


def _condition(term: Term, now: str) -> ColumnElement[bool]:
    condition = _is_claimed(now) if term.field == "is" else _CONDITIONS[term.field](term.value)
    return not_(condition) if term.is_negated else condition


def _holds(text: str, *columns: ColumnElement[str]) -> ColumnElement[bool]:
    """One of the columns has the text in it."""
    return _fits(like(text), *columns)


def _fits(patterns: list[str], *columns: ColumnElement[str]) -> ColumnElement[bool]:
    return or_(*(fits(column, pattern) for column in columns for pattern in patterns))


def equals(text: str, column: ColumnElement[str]) -> ColumnElement[bool]:
    """The column is the text, whatever the case; one whose collation is NOCASE is looked up in its index."""
    return caseless(column).in_(spellings(text))


def _linked(*on_link: ColumnElement[bool]) -> ColumnElement[bool]:
    # Not correlated: the links are read once, by their index where there is one, and not for every comment anew.
    return comments.c.id.in_(select(links.c.comment_id).where(*on_link, LEADS_SOMEWHERE))


def _author(value: str) -> ColumnElement[bool]:
    return equals(value[1:], comments.c.author) if value.startswith("=") else _holds(value, comments.c.author)


def _email(value: str) -> ColumnElement[bool]:
    if value.startswith("@"):
        return _fits(like(value, after=""), comments.c.author_email)
    return equals(value, comments.c.author_email) if "@" in value else _holds(value, comments.c.author_email)


def _score(value: str) -> ColumnElement[bool]:
    return and_(*(_SIGNS[sign](comments.c.score, score) for sign, score in comparisons(value)))


def _label(value: str) -> ColumnElement[bool]:
    # The one column that may be null: IS gives true or false for it, = would give null.
    return comments.c.label.is_(None) if value == "none" else comments.c.label.is_not_distinct_from(value)


def _reason(value: str) -> ColumnElement[bool]:
    """A code, or what it begins with up to a dot, in the answer's JSON.

    Quotation marks within a text of that JSON are escaped, so no comment can pretend to it. Of 100,000 answers of
    3,300 bytes, measured 2026-12-01: json_each takes 7.3 s; LIKE twice 2.8 s; GLOB 1.5 s, and 1.0 s when the pattern
    begins with a letter instead of a quotation mark, of which there are fewer.
    """
    return fits_glob(cast(comments.c.answer, Text), f'*code": "{value}[."]*')


def _language(value: str) -> ColumnElement[bool]:
    told = func.replace(comments.c.language, "_", "-")
    return or_(caseless(told) == value, _fits(like(value, before="", after="-%"), told))


def _has(value: str) -> ColumnElement[bool]:
    if value == "note":
        return comments.c.id.in_(select(notes.c.comment))
    return exists().where(links.c.comment_id == comments.c.id, LEADS_SOMEWHERE)


def _is_claimed(now: str) -> ColumnElement[bool]:
    return comments.c.id.in_(select(claims.c.comment).where(claims.c.until > now))


_CONDITIONS: dict[str, Callable[[str], ColumnElement[bool]]] = {
    "": lambda value: _holds(value, *_SEARCHED),
    "domain": lambda value: _linked(links.c.registrable_domain == value),
    "host": lambda value: _linked(links.c.host == value),
    "link": lambda value: _linked(_holds(value, links.c.url)),
    "author": _author,
    "email": _email,
    "ip": lambda value: comments.c.author_network == value if is_pseudonym(value) else is_from(value),
    "page": lambda value: _holds(value, comments.c.page_url, comments.c.page_title),
    "site": lambda value: comments.c.site == value,
    "score": _score,
    "verdict": lambda value: comments.c.verdict == value,
    "action": lambda value: comments.c.action == value,
    "label": _label,
    "by": lambda value: equals(value, comments.c.decided_by),
    "reason": _reason,
    "model": lambda value: comments.c.model == value,
    "client": lambda value: _holds(value, comments.c.client),
    "lang": _language,
    "campaign": lambda value: comments.c.campaign == value,
    "id": lambda value: or_(comments.c.id == value, comments.c.comment_id == value),
    "tab": lambda value: comments.c.tab == value,
    "before": lambda value: comments.c.received_at < value,
    "after": lambda value: comments.c.received_at >= value,
    "has": _has,
}
