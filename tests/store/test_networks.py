"""Which network an author writes from: the same for a month, and nobody can tell which."""

import re
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from app.core.comment import Comment
from app.core.query import parse
from app.store import rows
from app.store.pseudonyms import key_file, present_key
from app.store.records import Decision, Record
from app.store.schema import comments
from app.store.sql import SqlStore
from tests.store.conftest import CLASSIFICATION
from tests.store.test_erasure import bytes_of

AT, NEXT_DAY, NEXT_MONTH = "2026-11-22T10:00:00.000Z", "2026-11-23T10:00:00.000Z", "2026-12-22T10:00:01.000Z"


pytestmark = pytest.mark.both_engines


def record(number: int, ip: str, at: str = AT, site: str = "blog") -> Record:
    return Record(f"c_{number:02d}", site, at, Comment(text=f"Tea {number}", author_ip=ip), CLASSIFICATION)


def networks(store: SqlStore) -> list[str]:
    with store._engine.connect() as connection:
        return list(connection.execute(select(comments.c.author_network).order_by(comments.c.id)).scalars())


def found(store: SqlStore, search: str) -> list[str]:
    return sorted(seen.id for seen in store.story(parse(search), AT).seen)


def test_one_network_has_one_name_for_a_month_and_another_afterwards(sql_store):
    sql_store.record([record(1, "203.0.113.7"), record(2, "198.51.100.1"), record(3, "nonsense")])
    sql_store.name_networks(NEXT_DAY)
    sql_store.record([record(4, "203.0.113.250", NEXT_DAY)])
    sql_store.name_networks(NEXT_MONTH)
    sql_store.record([record(5, "203.0.113.7", NEXT_MONTH)])

    first, other, nothing, same, later = networks(sql_store)

    assert re.fullmatch("n-[0-9a-f]{12}", first)
    assert first == same
    assert len({first, other, later}) == 3
    assert nothing == ""


@pytest.mark.sqlite_only
def test_the_key_is_in_no_file_of_the_database_and_the_old_one_is_gone(sql_store, engine, tmp_path):
    sql_store.record([record(1, "203.0.113.7")])
    database = str(engine.url.database)
    old = present_key(database)
    file = key_file(database)

    assert file.stat().st_mode & 0o777 == 0o600
    assert old.hex().encode() in file.read_bytes()
    held = b"".join(path.read_bytes() for path in Path(database).parent.iterdir() if path != file)
    assert old not in held
    assert old.hex().encode() not in held
    assert b"203.0.113" not in held

    sql_store.name_networks(NEXT_MONTH)
    assert present_key(database) not in (None, old)
    assert old.hex().encode() not in bytes_of(engine)


def test_it_is_found_by_its_name_and_by_any_address_in_it_as_long_as_the_name_holds(sql_store):
    sql_store.record([record(1, "203.0.113.7"), record(2, "198.51.100.1"), record(3, "")])
    name = networks(sql_store)[0]

    assert found(sql_store, f"ip:{name}") == found(sql_store, "ip:203.0.113.99") == ["c_01"]
    assert found(sql_store, "-ip:203.0.113.99") == ["c_02", "c_03"]
    assert found(sql_store, "ip:192.0.2.1") == []

    sql_store.name_networks(NEXT_MONTH)
    assert found(sql_store, f"ip:{name}") == ["c_01"]
    assert found(sql_store, "ip:203.0.113.99") == []


@pytest.mark.sqlite_only
def test_without_a_key_nothing_is_found_by_an_address_and_nothing_breaks(sql_store, engine):
    sql_store.record([record(1, "203.0.113.7"), record(2, "")])
    key_file(str(engine.url.database)).write_text("torn")

    assert found(sql_store, "ip:203.0.113.7") == []
    assert found(sql_store, "-ip:203.0.113.7") == ["c_01", "c_02"]

    sql_store.record([record(3, "203.0.113.7")])
    assert networks(sql_store)[2] not in ("", networks(sql_store)[0])


@pytest.mark.sqlite_only
def test_where_no_key_can_be_written_nothing_of_the_network_is_kept_and_the_log_says_so(sql_store, engine, caplog):
    key_file(str(engine.url.database)).mkdir()

    sql_store.record([record(1, "203.0.113.7")])

    assert networks(sql_store) == [""]
    assert "networks of authors are not kept" in caplog.text


@pytest.mark.sqlite_only
def test_a_key_from_the_future_is_replaced(sql_store, engine):
    sql_store.name_networks("2030-01-01T00:00:00.000Z")
    wrong = present_key(str(engine.url.database))
    sql_store.name_networks(AT)
    right = present_key(str(engine.url.database))
    sql_store.name_networks(NEXT_DAY)

    assert wrong != right == present_key(str(engine.url.database))


class TestInClear:
    def test_a_site_can_ask_for_it_and_the_others_are_as_before(self, sql_store):
        sql_store.add_site("shop", "k7f2m9q4x1z9", AT)

        assert sql_store.set_clear_networks("shop", True)
        assert not sql_store.set_clear_networks("shop", True)
        assert sql_store.clear_network_sites() == ("shop",)
        sql_store.record([record(1, "203.0.113.7"), record(2, "203.0.113.8", site="shop")])

        hidden, shown = networks(sql_store)
        assert (hidden[:2], shown) == ("n-", "203.0.113.0/24")
        assert found(sql_store, "ip:203.0.113.1") == ["c_01", "c_02"]

    @pytest.mark.parametrize("steps", [1, 500])
    def test_what_stood_in_clear_is_named_when_the_site_does_not_want_it_any_more(self, sql_store, monkeypatch, steps):
        monkeypatch.setattr("app.store.sql_networks.A_STEP", steps)
        sql_store.set_clear_networks("blog", True)
        sql_store.record([record(n, f"203.0.{n % 5}.7") for n in range(1, 21)])
        sql_store.set_clear_networks("blog", False)

        assert sql_store.name_networks(NEXT_DAY) == 20
        assert sql_store.name_networks(NEXT_DAY) == 0
        assert len(set(networks(sql_store))) == 5
        assert all(name.startswith("n-") for name in networks(sql_store))

    @pytest.mark.sqlite_only
    def test_what_an_earlier_version_wrote_is_named_and_no_byte_of_it_stays(self, sql_store, engine):
        row = rows.comment_row(record(1, "203.0.113.7"))
        with sql_store._transaction() as connection:
            connection.execute(insert(comments), row)
        assert networks(sql_store) == ["203.0.113.0/24"]

        sql_store.name_networks(NEXT_DAY)
        sql_store._overwritten()

        assert b"203.0.113.0" not in bytes_of(engine)


def test_what_is_imported_is_named_too(sql_store):
    imported = Record(
        "c_01", "blog", "2019-01-01T00:00:00.000Z", Comment("Hi", author_ip="203.0.113.7"), CLASSIFICATION,
        Decision("ham", "import", AT),
    )  # fmt: skip
    sql_store.import_decided([imported])

    assert networks(sql_store)[0].startswith("n-")
