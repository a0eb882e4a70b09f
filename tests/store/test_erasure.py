"""Erasing a person leaves others whole, and no trace of the person in the files."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, update

from app.core.comment import Comment, Rule
from app.core.verdict import LinkReport, Reason
from app.store.people import Holdings, Person
from app.store.queue import Filter
from app.store.records import Decision, Record
from app.store.schema import comments, idempotency, metadata, outbox, rules
from app.store.schema_review import acts, campaigns, claims, notes, signatures, skips
from app.store.sql import SqlStore
from app.store.sql_audit import write_audit
from app.store.sql_erasure import hash_of
from tests.store.conftest import CLASSIFICATION

AT = "2026-11-22T10:00:00.000Z"
EMAIL = "canary.person@secret.example"
CANARIES = (
    b"canary.person@secret", b"canary person", b"canarytext", b"canarylink", b"canaryevidence", b"canarynote",
    b"canarypage", b"canaryagent",
)  # fmt: skip
THEIRS = Comment(
    text="canarytext " * 60,
    author="Canary Person",
    author_email="Canary.Person@SECRET.example",
    author_url="https://canarylink.example/",
    page_title="canarypage",
    user_agent="canaryagent",
    comment_id="4711",
)
ANSWER = replace(
    CLASSIFICATION,
    links=(
        LinkReport("https://canarylink.example/", "canarylink.example", "canarylink.example", "", "text", 0, 1, 0.5),
    ),
    reasons=(Reason("text.words", "", 1.0, "text", 0, 4, "canaryevidence", 0.1),),
)


def others(number: int) -> Record:
    comment = Comment(text=f"tea {number} " * 30, author=f"P{number}", author_email=f"p{number}@x.example")
    return Record(f"c_{number:04d}", "blog", AT, comment, CLASSIFICATION)


def theirs(number: int) -> Record:
    return Record(f"c_{number:04d}", "blog", AT, THEIRS, ANSWER)


@pytest.fixture
def store(sql_store: SqlStore) -> SqlStore:
    """Comments of somebody among those of many, come in and decided one by one, as a database really fills."""
    sql_store.add_webhook("blog", "https://cms.example/hook", False, "whsec_x", AT)
    for number in range(200):
        sql_store.record([theirs(number) if number % 8 == 0 else others(number)])
        if number % 5 == 0:
            decision = Decision("spam", "jana", AT, "moderator")
            sql_store.add_decision("blog", f"c_{max(0, number - 8):04d}", decision)
    with sql_store._transaction() as connection:
        act = write_audit(connection, AT, "jana", "export", "", "", {"q": f"email:{EMAIL.upper()}", "tab": "all"})
        write_audit(connection, AT, "jana", "note", "", EMAIL, None)
        connection.execute(insert(notes), {"comment": "c_0000", "by": "jana", "at": AT, "text": "canarynote"})
        connection.execute(insert(claims), {"comment": "c_0000", "by": "jana", "until": AT})
        connection.execute(insert(skips), {"comment": "c_0008", "by": "jana", "at": AT})
        mine = {"act": act, "comment": "c_0000", "decision": 1, "decision_before": 0}
        connection.execute(insert(acts), [mine, {**mine, "comment": "c_0001"}])
        values = {"site": "blog", "at": AT, "body_hash": "x"}
        connection.execute(
            insert(idempotency),
            [
                {**values, "key": "1", "answer": {"id": "c_0000", "text": "canarytext"}},
                {**values, "key": "2", "answer": {"id": "c_0001"}},
            ],
        )
    sql_store.add_rule("blog", Rule("deny", "email", EMAIL), AT)
    sql_store.add_rule("blog", Rule("deny", "email", "@x.example"), AT)
    return sql_store


def bytes_of(engine: Engine) -> bytes:
    """Everything on disk that belongs to the database."""
    path = Path(str(engine.url.database))
    files = [*path.parent.glob(f"{path.name}*")]
    assert path in files
    return b"".join(each.read_bytes() for each in files).lower()


def canaries(engine: Engine) -> set[bytes]:
    found = bytes_of(engine)
    return {each for each in CANARIES if each in found}


def ids(store: SqlStore, column) -> set[str]:
    with store._engine.connect() as connection:
        return set(connection.execute(select(column)).scalars())


@pytest.mark.sqlite_only
def test_the_canaries_are_there_before(store, engine):
    assert canaries(engine) == set(CANARIES)


@pytest.mark.sqlite_only
def test_no_trace_of_the_person_is_left_in_the_files(store, engine):
    erased = store.erase(Person(email=EMAIL), AT, "admin", with_rules=True)

    assert erased.is_clean
    assert canaries(engine) == set()


def test_what_will_go_is_told_before_and_is_what_goes(store):
    expected = Holdings(comments=25, links=25, decisions=5, notes=1, messages=5, rules=1, mentions=0)
    person = Person(email=EMAIL)

    assert store.holdings(person) == expected
    assert store.erase(person, AT, "admin", with_rules=True).gone == expected
    assert store.holdings(person) == Holdings()


def test_everybody_else_stays_whole(store):
    with store._engine.connect() as connection:
        before = {each: connection.execute(select(each)).all() for each in metadata.sorted_tables}

    store.erase(Person(email=EMAIL), AT, "admin", with_rules=True)

    gone = {f"c_{number:04d}" for number in range(0, 200, 8)}
    with store._engine.connect() as connection:
        for table in metadata.sorted_tables:
            if table.name in ("audit", "rules", "idempotency", "alembic_version"):
                continue
            names = [name for name in ("comment", "comment_id", "id") if name in table.columns]
            expected = [
                row for row in before[table] if not names or gone.isdisjoint(str(row._mapping[n]) for n in names)
            ]
            assert connection.execute(select(table)).all() == expected, table.name
    assert ids(store, rules.c.value) == {"@x.example"}
    assert ids(store, idempotency.c.key) == {"2"}
    assert ids(store, outbox.c.comment).isdisjoint(gone)


def test_the_audit_keeps_counts_and_a_salted_hash_and_no_address(store):
    person = Person(email=EMAIL)
    erased = store.erase(person, AT, "admin", with_rules=False)
    entry = store.audit_entry(erased.act)

    assert (entry.by, entry.act, entry.detail["comments"], entry.detail["rules"]) == ("admin", "person-erase", 25, 0)
    assert entry.detail["hash"] == hash_of(Person(email=EMAIL.upper()), entry.detail["salt"])
    assert [each.detail["q"] for each in store.audit_log(act="export")] == ["email:[erased]"]
    assert [each.subject for each in store.audit_log(act="note")] == ["[erased]"]


def test_a_rule_stays_when_it_is_meant_to(store):
    store.erase(Person(email=EMAIL), AT, "admin", with_rules=False)

    assert ids(store, rules.c.value) == {EMAIL, "@x.example"}


class TestCampaigns:
    def campaign(self, store: SqlStore, first: str, *members: str) -> None:
        with store._transaction() as connection:
            connection.execute(update(comments).where(comments.c.id.in_((first, *members))).values(campaign=first))
            connection.execute(insert(campaigns), {"id": first, "sketch": b"x", "label": "spam", "decided_by": "jana"})
            connection.execute(insert(signatures), {"key": hash(first) % 1000, "campaign": first, "last_at": AT})

    def test_one_that_began_with_an_erased_comment_goes_on_under_the_next(self, store):
        self.campaign(store, "c_0000", "c_0008", "c_0003", "c_0005")

        store.erase(Person(email=EMAIL), AT, "admin", with_rules=True)

        with store._engine.connect() as connection:
            (kept,) = connection.execute(select(campaigns)).all()
            members = connection.execute(select(comments.c.id).where(comments.c.campaign == "c_0003")).scalars()
            assert sorted(members) == ["c_0003", "c_0005"]
        assert (kept.id, kept.label, kept.decided_by) == ("c_0003", "spam", "jana")
        assert ids(store, signatures.c.campaign) == {"c_0003"}

    def test_one_that_is_only_theirs_goes(self, store):
        self.campaign(store, "c_0000", "c_0008")

        store.erase(Person(email=EMAIL), AT, "admin", with_rules=True)

        assert ids(store, campaigns.c.id) == ids(store, signatures.c.campaign) == set()

    def test_one_of_somebody_else_goes_on_without_them(self, store):
        self.campaign(store, "c_0001", "c_0008", "c_0009")

        store.erase(Person(email=EMAIL), AT, "admin", with_rules=True)

        assert ids(store, campaigns.c.id) == ids(store, signatures.c.campaign) == {"c_0001"}


@pytest.mark.parametrize(
    ("person", "comments_gone"),
    [
        pytest.param(Person(), 0, id="nobody"),
        pytest.param(Person(email="nobody@x.example"), 0, id="unknown"),
        pytest.param(Person(author_url="https://canarylink.example"), 25, id="author-address"),
        pytest.param(Person(author="canary person", site="blog"), 25, id="name-on-a-site"),
        pytest.param(Person(ids=("c_0001", "c_0002")), 2, id="ids"),
        pytest.param(Person(email="%@x.example"), 0, id="no-pattern"),
    ],
)
def test_only_whom_it_fits_is_erased(store, person, comments_gone):
    assert store.erase(person, AT, "", with_rules=True).gone.comments == comments_gone
    assert store.count(Filter("all")) == 200 - comments_gone


@pytest.mark.sqlite_only
def test_a_reader_keeps_the_log_from_being_emptied_and_that_is_said(store, engine, monkeypatch) -> None:
    monkeypatch.setattr("app.store.sqlite._CHECKPOINT_TRIES", 1)
    with engine.connect() as reading:
        reading.exec_driver_sql("PRAGMA busy_timeout=0")
        reading.exec_driver_sql("BEGIN")
        reading.exec_driver_sql("SELECT count(*) FROM comments").all()
        erased = store.erase(Person(email=EMAIL), AT, "admin", with_rules=True)
        reading.exec_driver_sql("ROLLBACK")

    assert not erased.is_clean
    assert store.erase(Person(email=EMAIL), AT, "admin", with_rules=True).is_clean
    assert canaries(engine) == set()


class TestHeld:
    def test_everything_stored_of_a_person_is_given_in_chunks(self, store):
        found = list(_all_held(store, Person(email=EMAIL)))

        assert [each.record.id for each in found] == [f"c_{number:04d}" for number in range(0, 200, 8)]
        assert found[0].record.comment == replace(THEIRS)
        assert [note.text for note in found[0].notes] == ["canarynote"]
        assert sum(len(each.decisions) for each in found) == 5


def _all_held(store: SqlStore, person: Person) -> Iterator:
    after = ""
    while chunk := store.held(person, after, 7):
        yield from chunk
        after = chunk[-1].record.id
