"""A search in SQL shows exactly the comments that plain Python says it means."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from app.core.comment import Comment
from app.core.query import Query, Term, parse
from app.core.query_fields import comparisons
from app.core.verdict import LinkReport, Reason
from app.store import rows
from app.store.records import Record
from app.store.schema import comments, links
from app.store.schema_review import claims, notes
from app.store.sql import temporary_store
from app.store.sql_query import conditions, spellings
from tests.store.conftest import CLASSIFICATION

pytestmark = pytest.mark.both_engines

NOW = "2026-12-01T10:00:00.000Z"
WORDS = [
    "tea",
    "Casino",
    "ŽLTÝ čaj",
    "straße",
    "STRASSE",
    "казино",
    "Казино",
    "100%",
    "a_b",
    "a/b",
    '"quoted"',
    "\\",
    "x",
]
TEXTS = st.lists(st.sampled_from([*WORDS, " ", "\n"]), max_size=4).map("".join)
HOSTS = ["a.example", "www.a.example", "bücher.example", "192.0.2.1"]
CODES = ["link.path.gambling", "link.path.words", "link.pathology", "shape.links", "shape.link_only"]
"""Some that are no codes of ours, but begin like one."""


def domain_of(host: str) -> str:
    return {"www.a.example": "a.example", "bücher.example": "xn--bcher-kva.example", "192.0.2.1": ""}.get(host, host)


def link(host: str, path: str, field: str) -> LinkReport:
    return LinkReport(f"https://{host}/{path}", host, domain_of(host), "other", field, 0, 1, 0.5)


def links_of(row: dict[str, Any]) -> list[LinkReport]:
    """The host of an e-mail address is none of them."""
    return [each for each in row["classification"].links if each.field != "author_email"]


LINKS = st.builds(
    link,
    st.sampled_from(HOSTS),
    st.sampled_from(["", "casino", "100%", "Casino/a_b"]),
    st.sampled_from(["text", "author_url", "author_email"]),
)
REASONS = st.builds(
    lambda code, evidence: Reason(code, "", 1.0, "", 0, 0, evidence, 0.5),
    st.sampled_from(CODES),
    st.sampled_from(["", 'code": "link.path.gambling"', '"code": "shape.links"']),
)
EMAILS = st.sampled_from(["", "jana@a.example", "Jana@A.example", "jana@b.a.example", "ÄNNE@a.example"])
AUTHORS = st.sampled_from(["", "Jana", "JANA", "jana nová", "Jana Nová", "=x"])
ROWS = st.fixed_dictionaries(
    {
        "comment": st.builds(
            Comment,
            text=TEXTS,
            author=AUTHORS,
            author_email=EMAILS,
            author_url=TEXTS,
            author_ip=st.sampled_from(["", "203.0.113.7", "203.0.114.7", "2001:db8::7"]),
            page_title=TEXTS,
            page_url=st.sampled_from(["", "https://blog.example/tea", "https://blog.example/a_b"]),
            language=st.sampled_from(["", "de", "de-AT", "DE_at", "den"]),
            comment_id=st.sampled_from(["", "4711"]),
        ),
        "classification": st.builds(
            lambda score, verdict, action, model, reasons, found: replace(
                CLASSIFICATION, score=score, verdict=verdict, action=action, model=model, reasons=reasons, links=found
            ),
            st.sampled_from([0.0, 0.3, 0.30000000000000004, 0.8, 1.0]),
            st.sampled_from(["ham", "unsure", "spam"]),
            st.sampled_from(["publish", "hold", "reject", "discard"]),
            st.sampled_from(["1", "2"]),
            st.lists(REASONS, max_size=3).map(tuple),
            st.lists(LINKS, max_size=3).map(tuple),
        ),
        "site": st.sampled_from(["blog", "shop"]),
        "at": st.sampled_from(["2026-10-31T23:59:59.999Z", "2026-11-01T00:00:00.000Z", "2026-11-01T09:00:00.000Z"]),
        "label": st.sampled_from([None, "spam", "ham"]),
        "by": st.sampled_from(["", "jana", "Tom"]),
        "tab": st.sampled_from(["review", "decided", "expired"]),
        "campaign": st.sampled_from(["c_0", "c_1"]),
        "has_note": st.booleans(),
        "claimed_until": st.sampled_from([None, "2026-12-01T09:59:59.000Z", "2026-12-01T10:05:00.000Z"]),
    }
)
VALUES = {
    "": [*WORDS, "čaj", "ž", "%", "_", "нет"],
    "domain": ["a.example", "bücher.example", "c.example"],
    "host": HOSTS,
    "link": ["casino", "100%", "a_b", "https://"],
    "author": ["jana", "=JANA", "=jana nová", "NOVÁ", "=x", "==x"],
    "email": ["jana@a.example", "@a.example", "jana", "änne@a.example"],
    "ip": ["203.0.113.9", "2001:db8::"],
    "page": ["/tea", "a_b", "казино"],
    "site": ["blog", "Blog"],
    "score": [">0.3", ">=0.3", "<0.3", "<=0.3", "0.3", "0.3..0.8", ">80%"],
    "verdict": ["ham", "unsure", "spam"],
    "action": ["publish", "hold", "reject", "discard"],
    "label": ["spam", "ham", "none"],
    "by": ["jana", "TOM"],
    "reason": ["link", "link.path", "link.path.gambling", "shape.links", "shape.link"],
    "model": ["1", "3"],
    "lang": ["de", "de-at", "d"],
    "campaign": ["c_0", "c_9"],
    "id": ["c_0", "4711"],
    "tab": ["review", "expired"],
    "before": ["2026-11-01", "2026-11", "2026-11-01T09:00"],
    "after": ["2026-11-01", "2026-11", "2026"],
    "has": ["link", "note"],
    "is": ["claimed"],
}
TERMS = st.sampled_from(sorted(VALUES)).flatmap(
    lambda field: st.builds(Term, st.just(field), st.sampled_from(VALUES[field]), st.booleans())
)
QUERIES = st.lists(st.lists(TERMS, min_size=1, max_size=3), max_size=3).map(
    lambda groups: parse(" ".join(" OR ".join(term.text() for term in group) for group in groups))
)


def lowered(text: str) -> str:
    return re.sub("[A-Z]+", lambda found: found[0].lower(), text)


def holds(text: str, *within: str) -> bool:
    return any(lowered(each) in lowered(column) for each in spellings(text) for column in within)


def equals(text: str, other: str) -> bool:
    return lowered(other) in map(lowered, spellings(text))


def email_is(row: dict[str, Any], value: str) -> bool:
    email = row["comment"].author_email
    if value.startswith("@"):
        return any(lowered(email).endswith(lowered(each)) for each in spellings(value))
    return equals(value, email) if "@" in value else holds(value, email)


def score_is(row: dict[str, Any], value: str) -> bool:
    score = row["classification"].score
    signs = {">": score.__gt__, ">=": score.__ge__, "<": score.__lt__, "<=": score.__le__}
    return all(signs[sign](bound) for sign, bound in comparisons(value))


def language_is(row: dict[str, Any], value: str) -> bool:
    language = row["comment"].language.lower().replace("_", "-")
    return language == value or language.startswith(f"{value}-")


MEANINGS: dict[str, Callable[[dict[str, Any], str], bool]] = {
    "": lambda row, value: holds(value, *(getattr(row["comment"], name) for name in ("text", "author", "author_url", "page_title"))),
    "domain": lambda row, value: any(each.registrable_domain == value for each in links_of(row)),
    "host": lambda row, value: any(each.host == value for each in links_of(row)),
    "link": lambda row, value: any(holds(value, each.url) for each in links_of(row)),
    "author": lambda row, value: equals(value[1:], row["comment"].author) if value[0] == "=" else holds(value, row["comment"].author),
    "email": email_is,
    "ip": lambda row, value: {"": "", "203.0.113.7": "203.0.113.0/24", "203.0.114.7": "203.0.114.0/24", "2001:db8::7": "2001:db8::/48"}[row["comment"].author_ip] == value,
    "page": lambda row, value: holds(value, row["comment"].page_url, row["comment"].page_title),
    "site": lambda row, value: row["site"] == value,
    "score": score_is,
    "verdict": lambda row, value: row["classification"].verdict == value,
    "action": lambda row, value: row["classification"].action == value,
    "label": lambda row, value: (row["label"] or "none") == value,
    "by": lambda row, value: equals(value, row["by"]),
    "reason": lambda row, value: any(f"{each.code}.".startswith(f"{value}.") for each in row["classification"].reasons),
    "model": lambda row, value: row["classification"].model == value,
    "lang": language_is,
    "campaign": lambda row, value: row["campaign"] == value,
    "id": lambda row, value: value in (row["id"], row["comment"].comment_id),
    "tab": lambda row, value: row["tab"] == value,
    "before": lambda row, value: row["at"] < value,
    "after": lambda row, value: row["at"] >= value,
    "has": lambda row, value: row["has_note"] if value == "note" else bool(links_of(row)),
    "is": lambda row, value: (row["claimed_until"] or "") > NOW,
}  # fmt: skip


def meant(query: Query, row: dict[str, Any]) -> bool:
    return all(
        any(MEANINGS[term.field](row, term.value) != term.is_negated for term in group) for group in query.groups
    )


@pytest.fixture(scope="module")
def store():
    with temporary_store() as store:
        store.add_site("blog", "k7f2m9q4x1z8", "2026-11-22T10:00:00Z")
        store.add_site("shop", "k7f2m9q4x1z9", "2026-11-22T10:00:00Z")
        yield store


def shown(connection, query: Query) -> set[str]:
    return set(connection.execute(select(comments.c.id).where(*conditions(query, NOW))).scalars())


def put(connection, row: dict[str, Any]) -> None:
    record = Record(row["id"], row["site"], row["at"], row["comment"], row["classification"])
    connection.execute(insert(comments), rows.comment_row(record))
    if found := rows.link_rows(record):
        connection.execute(insert(links), found)
    now_stands = {"label": row["label"], "decided_by": row["by"], "tab": row["tab"], "campaign": row["campaign"]}
    connection.execute(update(comments).where(comments.c.id == row["id"]).values(now_stands))
    if row["has_note"]:
        connection.execute(insert(notes), {"comment": row["id"], "by": "jana", "at": NOW, "text": "?"})
    if row["claimed_until"]:
        connection.execute(insert(claims), {"comment": row["id"], "by": "jana", "until": row["claimed_until"]})


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ROWS, min_size=1, max_size=6), st.lists(QUERIES, min_size=1, max_size=20))
def test_the_database_shows_what_is_meant(store, found, queries):
    for number, row in enumerate(found):
        row["id"] = f"c_{number}"
    with store._writing.connect() as connection, connection.begin() as begun:
        for row in found:
            put(connection, row)
        for query in queries:
            assert shown(connection, query) == {row["id"] for row in found if meant(query, row)}, query.text()
        begun.rollback()


@pytest.mark.parametrize("field", sorted(VALUES))
def test_a_minus_shows_exactly_the_other_comments(store, make_record, field):
    value = VALUES[field][0]
    with store._writing.connect() as connection, connection.begin() as begun:
        for number in range(2):
            connection.execute(insert(comments), rows.comment_row(make_record(f"c_{number}")))
        with_it = shown(connection, parse(Term(field, value).text()))
        without = shown(connection, parse(Term(field, value, True).text()))
        begun.rollback()

    assert with_it | without == {"c_0", "c_1"}
    assert with_it & without == set()
