"""What is known of people, and that each count's search shows exactly the comments counted."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from app.core.comment import Comment
from app.core.query import parse
from app.core.verdict import LinkReport
from app.store import people
from app.store.people import Counted, Person
from app.store.records import Decision, Record
from app.store.schema import comments
from app.store.sql import SqlStore
from app.store.sql_query import conditions
from tests.store.conftest import CLASSIFICATION

AT = "2026-11-22T10:00:{:02d}.000Z"
JANA = Comment(text="Tea", author="Jana Nová", author_email="Jana@example.org", author_ip="203.0.113.7")


def link(domain: str, kind: str = "other") -> LinkReport:
    return LinkReport(f"https://{domain}/a", domain, domain, kind, "text", 0, 1, 0.5)


def record(number: int, comment: Comment = JANA, site: str = "blog", links: tuple[LinkReport, ...] = ()) -> Record:
    return Record(f"c_{number}", site, AT.format(number % 60), comment, replace(CLASSIFICATION, links=links))


@pytest.fixture
def store(sql_store: SqlStore) -> SqlStore:
    sql_store.add_site("shop", "k7f2m9q4x1z9", "2026-11-22T10:00:00Z")
    for site in ("blog", "shop"):
        sql_store.set_clear_networks(site, True)
    return sql_store


@pytest.fixture
def stored(store: SqlStore) -> Callable[..., SqlStore]:
    """stored(record, ...): as they came in."""

    def put(*records: Record) -> SqlStore:
        store.record([replace(each, comment=each.comment) for each in records])
        return store

    return put


def shown(store: SqlStore, search: str) -> set[str]:
    with store._engine.connect() as connection:
        return set(connection.execute(select(comments.c.id).where(*conditions(parse(search)))).scalars())


class TestKnown:
    def test_it_counts_by_address_name_network_and_domain(self, stored):
        first = record(1, links=(link("a.example"), link("own.example", "own"), link("b.example")))
        store = stored(
            first,
            record(2, replace(JANA, author="JANA NOVÁ", author_ip="203.0.113.99")),
            record(3, replace(JANA, author_email="jana@EXAMPLE.org", author_ip=""), "shop", (link("a.example"),) * 2),
            record(4, Comment(text="Coffee", author="Tom")),
        )
        for id, site, label in (("c_2", "blog", "spam"), ("c_3", "shop", "ham")):
            store.add_decision(site, id, Decision(label, "tom", AT.format(50), "moderator"))
        seen = replace(first, author_network="203.0.113.0/24")

        known = store.known(seen)

        assert [(fact.kind, fact.value, fact.counted) for fact in known.facts] == [
            ("email", "Jana@example.org", Counted(3, 1, 1, 1, AT.format(1), AT.format(3), False)),
            ("author", "Jana Nová", Counted(3, 1, 1, 1, AT.format(1), AT.format(3), False)),
            ("network", "203.0.113.0/24", Counted(2, 1, 0, 1, AT.format(1), AT.format(2), False)),
            ("domain", "a.example", Counted(2, 0, 1, 1, AT.format(1), AT.format(3), False)),
            ("domain", "b.example", Counted(1, 0, 0, 1, AT.format(1), AT.format(1), False)),
        ]

    @pytest.mark.parametrize("author", ["Jana Nová", 'Joe "X" Doe', "=5", "-minus", "OR", "100%_"])
    def test_the_search_of_a_fact_shows_what_was_counted(self, stored, author):
        mine = record(1, replace(JANA, author=author), links=(link("a.example"),))
        store = stored(
            mine,
            record(2, replace(JANA, author=f"{author}x")),
            record(3, replace(JANA, author=author.upper(), author_email="x@example.org")),
        )

        for fact in store.known(replace(mine, author_network="203.0.113.0/24")).facts:
            assert parse(fact.search).problems == ()
            assert len(shown(store, fact.search)) == fact.counted.comments

    def test_what_a_comment_does_not_say_is_left_out(self, stored):
        nameless = record(1, Comment(text="Tea"))

        assert stored(nameless).known(nameless).facts == ()

    def test_a_comment_that_is_not_stored_may_be_asked_for(self, store):
        (email, *_) = store.known(record(1)).facts

        assert email.counted == Counted(0, 0, 0, 0, "", "", False)

    def test_only_the_newest_are_counted(self, stored, monkeypatch):
        many = [record(number, links=(link("a.example"),)) for number in range(people.MAX_COUNTED + 5)]
        many = [replace(each, id=f"c_{number:05d}") for number, each in enumerate(many)]
        store = stored(*many)

        for fact in store.known(many[0]).facts:
            assert (fact.counted.comments, fact.counted.is_more) == (people.MAX_COUNTED + 1, True)
            assert fact.counted.first_at == AT.format(0)


class TestPerson:
    @pytest.mark.parametrize(
        ("person", "expected"),
        [
            pytest.param(Person(), set(), id="nobody"),
            pytest.param(Person(email="JANA@example.org"), {"c_1", "c_2"}, id="email-in-any-case"),
            pytest.param(Person(author_url="https://jana.example"), {"c_2"}, id="address-with-or-without-slash"),
            pytest.param(Person(author="jana nová", site="shop"), {"c_3"}, id="name-on-its-site"),
            pytest.param(Person(author="Jana Nová"), set(), id="a-name-without-site-is-nobody"),
            pytest.param(Person(ids=("4711",), site="blog"), {"c_2"}, id="the-sites-id"),
            pytest.param(Person(ids=("4711",)), set(), id="the-sites-id-without-site"),
            pytest.param(Person(ids=("c_3",)), {"c_3"}, id="our-id"),
            pytest.param(Person(email="jana@example.org", ids=("c_3",)), {"c_1", "c_2", "c_3"}, id="any-of-them"),
        ],
    )
    def test_a_comment_is_somebodys(self, stored, person, expected):
        store = stored(
            record(1),
            record(2, replace(JANA, author_url="https://jana.example/", comment_id="4711")),
            record(3, replace(JANA, author_email="", comment_id="4711"), "shop"),
        )

        assert {each.id for each in store.story(parse(""), "", person).seen} == expected
        assert bool(person) or not expected

    def test_a_story_tells_where_the_comments_lead(self, stored):
        store = stored(
            record(1, links=(link("a.example"), link("a.example"), link("b.example"))),
            record(2, links=(link("b.example"), link("own.example", "own"))),
            record(3, Comment(text="Coffee"), links=(link("c.example"),)),
        )

        story = store.story(parse("email:jana@example.org"), "")

        assert [each.id for each in story.seen] == ["c_2", "c_1"]
        assert story.domains == (("b.example", 2), ("a.example", 1))
        assert not story.is_more
