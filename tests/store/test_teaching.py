"""What a retraining gets to read: decided comments with whose word it was, and published ones that nobody decided."""

from dataclasses import replace

import pytest

from app.core.comment import Comment, Page
from app.core.verdict import Override
from app.store.records import Decision
from tests.store.conftest import CLASSIFICATION

AT = ("2026-11-20T10:00:00.000Z", "2026-11-21T10:00:00.000Z", "2026-11-22T10:00:00.000Z")
PUBLISHED = replace(CLASSIFICATION, action="publish", verdict="ham", override=None)


@pytest.fixture
def store(sql_store, make_record):
    sql_store.add_site("shop", "b7f2m9q4x1z8", AT[0])
    pages = Comment(text="Tea", page_url="https://blog.example/tea#comments")
    sql_store.record(
        [
            make_record("c_0", received_at=AT[0], comment=pages, classification=PUBLISHED),
            make_record("c_1", received_at=AT[1]),
            make_record("c_2", received_at=AT[2], classification=PUBLISHED),
            make_record("c_3", site="shop"),
            make_record("c_4", classification=replace(CLASSIFICATION, override=Override("test", "", "akismet"))),
        ]
    )
    return sql_store


def test_sites_are_counted_by_what_stands(store):
    assert store.taught() == {}
    store.decide({"c_0": 0, "c_1": 0}, "spam", "jana", AT[0], "decide-many")
    act = store.decide({"c_3": 0}, "ham", "jana", AT[0]).act
    assert store.taught() == {"blog": 2, "shop": 1}
    store.undo(act, "jana", AT[1])
    assert store.taught() == {"blog": 2}


def test_lessons_come_in_the_order_of_the_decisions_with_their_source(store):
    store.decide({"c_1": 0}, "spam", "jana", AT[2])
    store.add_decision("blog", "c_2", Decision("ham", "wordpress", AT[1]))
    found = store.lessons("blog", 10)

    assert [(each.id, each.label, each.by, each.source) for each in found] == [
        ("c_2", "ham", "wordpress", "feedback"),
        ("c_1", "spam", "jana", "moderator"),
    ]
    assert [(each.action, each.is_by_score) for each in found] == [("publish", True), ("reject", False)]
    assert [each.id for each in store.lessons("blog", 1)] == ["c_1"]


def test_undecided_comments_carry_no_word(store):
    store.decide({"c_1": 0}, "spam", "jana", AT[2])
    found = store.undecided("blog", 10)

    assert [(each.id, each.label, each.by, each.source) for each in found] == [
        ("c_0", None, "", ""),
        ("c_2", None, "", ""),
    ]


def test_comments_with_which_a_set_up_was_tried_teach_nothing(store):
    store.decide({"c_4": 0}, "ham", "jana", AT[0])

    assert "c_4" not in {each.id for each in (*store.lessons("blog", 10), *store.undecided("blog", 10))}


def test_a_comment_comes_with_its_page_as_it_was_judged(store):
    store.put_page("blog", "http://www.blog.example/tea", Page("On tea", "All about tea."), AT[0])
    tea, *_ = store.undecided("blog", 10)

    assert (tea.comment.page_title, tea.comment.page_text) == ("On tea", "All about tea.")
