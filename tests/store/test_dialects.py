"""What the two databases write differently: each construct uses the indexes that are there."""

import pytest
from sqlalchemy import not_, select

from app.store.dialects import caseless, compiled, fits, fits_glob
from app.store.schema import comments
from app.store.sql_grouping import LEADS
from app.store.sql_precedents import RECALL

pytestmark = pytest.mark.both_engines


def plan(engine, statement: str, *parameters: str) -> str:
    """How the database would answer, with its indexes preferred where it has a choice."""
    ask = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        if engine.dialect.name == "postgresql":
            cursor.execute("SET enable_seqscan = off")  # of empty tables it would read all
        cursor.execute(f"{ask} {statement}", parameters)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("statement", "parameters", "tables"),
    [
        pytest.param(LEADS, ("[1, 2]", "2026-11-01"), ("signatures", "campaigns"), id="campaigns"),
        pytest.param(RECALL, ("[1, 2]", "2026-11-01", "blog"), ("precedent_keys", "precedents"), id="precedents"),
    ],
)
def test_keys_are_looked_up_and_not_gone_through(engine, statement, parameters, tables):
    found = plan(engine, compiled(statement, engine.dialect.name), *parameters)

    if engine.dialect.name == "sqlite":
        assert all(f"SEARCH {table} USING" in found for table in tables), found
    else:  # which index of an empty table it takes is its own affair
        assert all(f" on {table} " in found for table in tables), found
    assert "Seq Scan" not in found
    assert "SCAN signatures" not in found
    assert "SCAN precedent_keys" not in found


def test_a_name_is_looked_up_whatever_its_case(engine):
    statement = select(comments.c.id).where(caseless(comments.c.author) == "Jana")
    found = plan(engine, compiled(statement, engine.dialect.name), "Jana")

    assert "ix_comments_author" in found


@pytest.mark.parametrize(
    ("condition", "finds"),
    [
        pytest.param(fits(comments.c.text, "%A.EXAMPLE%"), True, id="in-any-case"),
        pytest.param(fits(comments.c.text, "%a/_example%"), False, id="taken-literally"),
        pytest.param(not_(fits(comments.c.text, "%b.example%")), True, id="not"),
        pytest.param(not_(fits(comments.c.text, "%a.example%")), False, id="not-what-is-there"),
        pytest.param(fits_glob(comments.c.text, "See https://a.*/casino"), True, id="anything-between"),
        pytest.param(fits_glob(comments.c.text, "see *"), False, id="case-counts"),
        pytest.param(fits_glob(comments.c.text, "See https://a[.]example/casin?"), True, id="one-of-and-any"),
        pytest.param(fits_glob(comments.c.text, "See https://axexample/*"), False, id="a-dot-is-a-dot"),
    ],
)
def test_both_understand_the_same(sql_store, engine, make_record, condition, finds):
    sql_store.record([make_record("c1")])

    with engine.connect() as connection:
        assert (connection.execute(select(comments.c.id).where(condition)).scalars().all() == ["c1"]) == finds
