"""The search language of the moderators' pages: one line of text -> terms that must all hold, and back."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.core.query_fields import FIELDS, N_

MAX_CHARACTERS = 500
MAX_TERMS = 40

_QUOTED = r'"(?:[^"]|"")*(?:"|$)'
# `https://…` is no field: what pastes a link looks for that text.
_TOKEN = re.compile(
    rf"\s*(?P<minus>-?)(?:(?P<field>[A-Za-z]+):(?!//)(?P<value>=?{_QUOTED}|\S*)|(?P<word>{_QUOTED}|\S+))"
)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NEEDS_QUOTES = re.compile(r'[\s"]|^-|^[A-Za-z]+:(?!//)|^OR$')

_TOO_LONG = N_("A search holds at most 500 characters; the rest was left out.")
_TOO_MANY = N_("A search holds at most 40 terms; the rest was left out.")
_NO_FIELD = N_("What stands before the colon is no field that can be searched, so all of it was taken as words.")
_LONELY_OR = N_("OR joins the terms on both sides of it; here it was taken as a word.")
SENTENCES = (_TOO_LONG, _TOO_MANY, _NO_FIELD, _LONELY_OR)
"""What a Problem may say; the others are `takes` of the fields."""


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a comment must have, or must not have.

    >>> Term("author", "=Jana Nová", is_negated=True).text()
    '-author:="Jana Nová"'
    """

    field: str
    """One of query_fields.FIELDS; empty for words."""
    value: str
    """In its field's one spelling; never empty."""
    is_negated: bool = False

    def text(self) -> str:
        """As it is written in the box."""
        minus = "-" if self.is_negated else ""
        if not self.field:
            return minus + (_quoted(self.value) if _NEEDS_QUOTES.search(self.value) else self.value)
        value = self.value
        if re.search(r'[\s"]', value):
            value = f"={_quoted(value[1:])}" if value[0] == "=" and value[1:] else _quoted(value)
        return f"{minus}{self.field}:{value}"


class Problem(NamedTuple):
    """Something in a search that was not understood, and was searched as words."""

    written: str
    sentence: str
    """A sentence of ours; never holds what was written, so that it can be translated."""

    def __str__(self) -> str:
        return f"{self.written}: {self.sentence}" if self.written else self.sentence


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for. An empty one finds everything."""

    groups: tuple[tuple[Term, ...], ...] = ()
    """Of each group one term must hold: `a b OR c` is ((a,), (b, c))."""
    problems: tuple[Problem, ...] = ()

    def text(self) -> str:
        """One spelling for all queries that are the same; `parse` makes the same query of it, without problems.

        >>> parse('Casino  OR "slot machine" -Domain:WWW.Example.COM score:>80%').text()
        'Casino OR "slot machine" -domain:www.example.com score:>0.8'
        """
        return _text(self.groups)

    def with_term(self, written: str) -> "Query":
        """This and that.

        >>> parse("casino").with_term("domain:example.com").with_term("casino").text()
        'casino domain:example.com'
        """
        return parse(f"{self.text()} {written}") if self.groups else parse(written)

    def without_term(self, written: str) -> "Query":
        """This, with that taken out wherever it stands.

        >>> parse("casino -site:blog tea OR casino").without_term("casino").text()
        '-site:blog tea'
        """
        unwanted = {term for group in parse(written).groups for term in group}
        kept = (tuple(term for term in group if term not in unwanted) for group in self.groups)
        return Query(_distinct(group for group in kept if group))

    def has(self, written: str) -> bool:
        """Whether a term stands there by itself, not as one of several alternatives.

        >>> parse("casino tea OR coffee").has("casino"), parse("casino tea OR coffee").has("tea")
        (True, False)
        """
        return set(parse(written).groups) <= set(self.groups)

    def __bool__(self) -> bool:
        return bool(self.groups)


def written(field: str, value: str) -> str:
    """A term as text, for links that search; empty for no value.

    >>> written("author", '=Joe "X" Doe'), written("", "-5"), written("domain", "")
    ('author:="Joe ""X"" Doe"', '"-5"', '')
    """
    return Term(field, value).text() if value else ""


def parse(text: str) -> Query:
    """What a moderator typed, as terms. Never raises: what is not understood is words, and named in `problems`.

    Words, "phrases" and fields must all hold; OR joins its two neighbours; a leading minus turns a term round; `""`
    inside quotes is a quote. Fields and their values are in query_fields.

    >>> parse("score:high").groups, str(parse("score:high").problems[0])[:40]
    (((Term(field='', value='score:high', is_negated=False),),), 'score:high: A score is a number from 0 t')
    >>> parse('tea -"buy now" OR verdict:HAM').groups[1][1]
    Term(field='verdict', value='ham', is_negated=False)
    """
    problems = [Problem("", _TOO_LONG)] if len(text.rstrip()) > MAX_CHARACTERS else []
    groups: list[list[Term]] = []
    tokens = list(_tokens(_UNSTORABLE.sub(" ", text[:MAX_CHARACTERS])))
    is_joined = False
    for term in _terms(tokens, problems):
        if term is None:
            is_joined = True
            continue
        if is_joined:
            groups[-1].append(term)
        else:
            groups.append([term])
        is_joined = False
    return _bounded(_distinct(groups), problems)


def _tokens(text: str) -> Iterator[re.Match[str]]:
    place = 0
    while found := _TOKEN.match(text, place):
        place = found.end()
        if found["field"] or _unquoted(found["word"]).strip():
            yield found


def _terms(tokens: Sequence[re.Match[str]], problems: list[Problem]) -> Iterator[Term | None]:
    """The terms in order; None is an OR that joins its neighbours."""
    are_or = [token[0].strip() == "OR" for token in tokens]
    count = 0
    was_term = False
    for number, (token, is_or) in enumerate(zip(tokens, are_or, strict=True)):
        if is_or and was_term and not all(are_or[number + 1 : number + 2]):
            was_term = False
            yield None
            continue
        count += 1
        if count > MAX_TERMS:
            problems.append(Problem("", _TOO_MANY))
            return
        if is_or:
            problems.append(Problem("OR", _LONELY_OR))
        was_term = True
        yield _term(token, problems)


def _term(token: re.Match[str], problems: list[Problem]) -> Term:
    is_negated = bool(token["minus"])
    if token["word"]:
        return Term("", _unquoted(token["word"]), is_negated)
    equals = "=" if token["value"].startswith('="') else ""
    value = equals + _unquoted(token["value"].removeprefix(equals))
    name = token["field"].lower()
    field = FIELDS.get(name)
    canonical = field.canonical(value.strip()) if field else None
    if canonical and canonical != "=":
        return Term(name, canonical, is_negated)
    as_words = f"{token['field']}:{value}"
    if field:
        problems.append(Problem(as_words, field.takes))
    elif value:
        problems.append(Problem(as_words, _NO_FIELD))
    return Term("", as_words, is_negated)


def _bounded(groups: tuple[tuple[Term, ...], ...], problems: list[Problem]) -> Query:
    """Quotes and spelling may have made it longer than it came; what is linked to must fit into the box again."""
    while len(_text(groups)) > MAX_CHARACTERS:
        groups = groups[:-1]
        if (problem := Problem("", _TOO_LONG)) not in problems:
            problems.append(problem)
    return Query(groups, tuple(problems))


def _distinct(groups: Iterable[Sequence[Term]]) -> tuple[tuple[Term, ...], ...]:
    return tuple(dict.fromkeys(tuple(dict.fromkeys(group)) for group in groups))


def _text(groups: tuple[tuple[Term, ...], ...]) -> str:
    return " ".join(" OR ".join(term.text() for term in group) for group in groups)


def _quoted(value: str) -> str:
    doubled = value.replace('"', '""')
    return f'"{doubled}"'


def _unquoted(written: str) -> str:
    """What stands between quotation marks; a text without them as it is.

    >>> _unquoted('"Joe ""X"" Doe"'), _unquoted('"open'), _unquoted('in"side'), _unquoted('""')
    ('Joe "X" Doe', 'open', 'in"side', '')
    """
    inside = re.fullmatch(r'"((?:[^"]|"")*)"?', written)
    return inside[1].replace('""', '"') if inside else written
