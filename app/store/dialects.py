"""SQL that SQLite and PostgreSQL write differently: each construct here means the same in both."""

import re
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    ColumnElement,
    Connection,
    Dialect,
    Integer,
    Select,
    Table,
    Text,
    cast,
    literal,
    literal_column,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import UserDefinedType

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

POSTGRESQL = "postgresql"


class _Citext(UserDefinedType[str]):
    """PostgreSQL's own, from its extension citext."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "CITEXT"

    def bind_expression(self, bindvalue: BindParameter[str]) -> ColumnElement[str]:
        return cast(bindvalue, self)  # a plain text beside it would be compared letter by letter


WORDS = Text().with_variant(Text(collation="C"), POSTGRESQL)
"""A text that sorts by its code points on both: ids and times do so by time."""
CASELESS = Text(collation="NOCASE").with_variant(_Citext(), POSTGRESQL)
"""A text that is the same in capitals. SQLite thinks so of ASCII alone; see sql_query.spellings."""
LARGE = BigInteger().with_variant(Integer(), "sqlite")
"""63 bits. In SQLite an INTEGER has them, and as a primary key it is the row's own place: there is no second tree."""


def upsert(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """An insert that can say what happens on a conflict: both dialects have it, each as a class of its own."""
    if connection.dialect.name == POSTGRESQL:
        from sqlalchemy.dialects import postgresql  # who has SQLite does not wait for it to load

        return postgresql.insert(table)
    return sqlite.insert(table)


def compiled(statement: Select[Any], dialect: str) -> str:
    """SQL whose parameters are given in the order in which they stand there."""
    return str(statement.compile(dialect=_dialect(dialect)))


@cache
def _dialect(name: str) -> Dialect:
    if name == POSTGRESQL:
        from sqlalchemy.dialects.postgresql import psycopg

        made: Dialect = psycopg.PGDialect_psycopg(paramstyle="format")  # type: ignore[no-untyped-call]
        return made
    from sqlalchemy.dialects.sqlite import pysqlite

    return pysqlite.dialect()


def is_among(column: ColumnElement[int], numbers: ColumnElement[str]) -> ColumnElement[bool]:
    """The column is one of the numbers in a JSON array: one parameter for any number of them, so one statement."""
    return _IsAmong(column, numbers)


def fits(column: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
    """LIKE with `/` before what is meant literally, whatever the case of ASCII letters; see sql_query.spellings."""
    return _Fits(column, literal(pattern, Text))


def fits_glob(column: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
    """GLOB, in which `*` stands for anything, `?` for a character and brackets for one of several; case counts."""
    return _FitsGlob(column, literal(pattern, Text), literal(_expression(pattern), Text))


def caseless(column: ColumnElement[str]) -> ColumnElement[str]:
    """A column to compare without regard to case; a CASELESS one is looked up in its index."""
    return _Caseless(column)


def whole(number: ColumnElement[Any]) -> ColumnElement[int]:
    """A number from 0 on without what stands behind its point; PostgreSQL's cast would round it."""
    return _Whole(number)


def greater(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    """The greater of two values, neither of them null."""
    return _Greater(one, other)


def place(table: str) -> ColumnElement[Any]:
    """Where a row of a table, or of an alias, stands, which leads to it without an index."""
    return _Place(literal_column(table))


def _expression(pattern: str) -> str:
    r"""A GLOB pattern as a regular expression of PostgreSQL.

    >>> print(_expression('*"link.[."]?'))
    ^.*"link\.[."].$
    """
    parts = re.findall(r"\[\]?[^\]]*\]|.", pattern, re.DOTALL)
    wild = {"*": ".*", "?": "."}
    made = [wild.get(part) or (part if len(part) > 1 else re.escape(part)) for part in parts]
    return f"^{''.join(made)}$"


class _Construct(FunctionElement[Any]):
    inherit_cache = True
    sqlite: ClassVar[str]
    postgresql: ClassVar[str]

    def self_group(self, against: OperatorType | None = None) -> "_Construct":  # noqa: ARG002
        """As it is: SQLAlchemy would write `... = 1` for SQLite, and no index would be used any more."""
        return self


@compiles(_Construct)
def _written(element: _Construct, compiler: SQLCompiler, **options: Any) -> str:
    """Only the parts that are named take part, in their order: each may hold parameters."""
    written = element.postgresql if compiler.dialect.name == POSTGRESQL else element.sqlite
    parts = list(element.clauses)
    return re.sub(r"\{(\d)\}", lambda found: compiler.process(parts[int(found[1])], **options), written)


class _IsAmong(_Construct):
    inherit_cache = True
    type = Boolean()
    sqlite = "({0} IN (SELECT value FROM json_each({1})))"
    postgresql = "({0} IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST({1} AS JSON))))"


class _Fits(_Construct):
    inherit_cache = True
    type = Boolean()
    sqlite = "({0} LIKE {1} ESCAPE '/')"
    postgresql = "({0} ILIKE {1} ESCAPE '/')"


class _FitsGlob(_Construct):
    inherit_cache = True
    type = Boolean()
    sqlite = "({0} GLOB {1})"
    postgresql = "({0} ~ {2})"


class _Caseless(_Construct):
    inherit_cache = True
    type = CASELESS
    sqlite = "({0} COLLATE NOCASE)"
    postgresql = "CAST({0} AS CITEXT)"


class _Whole(_Construct):
    inherit_cache = True
    type = Integer()
    sqlite = "CAST({0} AS INTEGER)"
    postgresql = "CAST(FLOOR({0}) AS INTEGER)"


class _Greater(_Construct):
    inherit_cache = True
    sqlite = "max({0}, {1})"
    postgresql = "greatest({0}, {1})"


class _Place(_Construct):
    inherit_cache = True
    sqlite = "{0}.rowid"
    postgresql = "{0}.ctid"
