"""What one moderator or key said in a time is taken back as one act, and what others had said stands again."""

import pytest

from app.store.queue import Filter
from app.store.records import Decision
from app.store.sql_taking_back import Teacher

BEFORE, SINCE, AT, UNTIL, LATER = (f"2026-11-{day}T10:00:00.000Z" for day in (10, 20, 22, 25, 30))
MALLORY = Teacher("mallory")


@pytest.fixture
def store(sql_store, make_record):
    sql_store.record([make_record(f"c_{number}") for number in range(5)])
    return sql_store


def decided(store, id, label, by, at):
    """A moderator's word, given with the version that stands."""
    store.decide({id: store.item(id, at).version}, label, by, at)


def labels(store):
    return {line.id: (line.label, line.decided_by) for line in store.queue(Filter(), "oldest", 1000, LATER).lines}


def test_only_that_moderators_words_of_that_time_go(store):
    decided(store, "c_0", "ham", "mallory", BEFORE)
    decided(store, "c_1", "ham", "mallory", AT)
    decided(store, "c_2", "ham", "jana", AT)
    decided(store, "c_3", "spam", "mallory", LATER)
    found = store.take_back_said(MALLORY, SINCE, UNTIL, LATER)

    assert (found.by_site, found.restored) == ({"blog": 1}, 0)
    assert labels(store) == {
        "c_0": ("ham", "mallory"),
        "c_1": (None, ""),
        "c_2": ("ham", "jana"),
        "c_3": ("spam", "mallory"),
        "c_4": (None, ""),
    }


def test_what_another_had_said_before_stands_again(store):
    decided(store, "c_1", "spam", "jana", BEFORE)
    decided(store, "c_1", "ham", "mallory", AT)
    store.add_decision("blog", "c_2", Decision("spam", "wordpress", BEFORE))
    decided(store, "c_2", "ham", "mallory", AT)
    found = store.take_back_said(MALLORY, SINCE, UNTIL, LATER)

    assert found.restored == 2
    assert labels(store)["c_1"] == ("spam", "jana")
    assert labels(store)["c_2"] == ("spam", "wordpress")
    assert store.item("c_2", LATER).steps[-1].decision.source == "feedback"


def test_what_a_moderator_decided_over_it_stays(store):
    decided(store, "c_1", "ham", "mallory", AT)
    decided(store, "c_1", "spam", "jana", AT)

    assert store.take_back_said(MALLORY, SINCE, UNTIL, LATER).act == 0
    assert labels(store)["c_1"] == ("spam", "jana")


def test_the_key_of_one_site(store):
    store.add_decision("blog", "c_1", Decision("ham", "anybody", AT))
    decided(store, "c_2", "ham", "mallory", AT)
    key = Teacher(site="blog")

    assert store.said_by(key, SINCE, UNTIL) == {"blog": 1}
    assert store.said_by(Teacher(site="shop"), SINCE, UNTIL) == {}
    store.take_back_said(key, SINCE, UNTIL, LATER)
    assert labels(store)["c_1"] == (None, "")
    assert labels(store)["c_2"] == ("ham", "mallory")


def test_it_stands_in_the_audit_and_is_undone_as_one(store):
    decided(store, "c_1", "ham", "mallory", AT)
    decided(store, "c_2", "ham", "mallory", AT)
    act = store.take_back_said(MALLORY, SINCE, UNTIL, LATER, "jana").act
    entry = store.audit_entry(act)

    assert (entry.act, entry.by, entry.subject) == ("take-back", "jana", "mallory")
    assert entry.detail == {"comments": 2, "of": "mallory", "since": SINCE, "until": UNTIL}
    store.undo(act, "jana", LATER)
    assert {labels(store)[id][0] for id in ("c_1", "c_2")} == {"ham"}


def test_nothing_to_take_back_leaves_no_trace(store):
    assert store.take_back_said(MALLORY, SINCE, UNTIL, LATER) == (0, {}, 0)
    assert list(store.audit_log()) == []
