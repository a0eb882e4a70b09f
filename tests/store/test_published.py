"""What visitors see of what is stored, page by page."""

from dataclasses import replace

import pytest

from app.core.verdict import Classification
from app.store.records import Decision
from tests.store.conftest import CLASSIFICATION


def answered(action: str) -> Classification:
    return replace(CLASSIFICATION, action=action)


@pytest.fixture
def filled(sql_store, make_record):
    """A comment for each action, undecided, called ham, called spam, and taken back."""
    sql_store.add_site("shop", "k7f2m9q4x1z9", "2026-11-22T10:00:00Z")
    for action in ("publish", "hold", "reject", "discard"):
        for what, labels in (("open", ()), ("ham", ("ham",)), ("spam", ("spam",)), ("back", ("spam", None))):
            id = f"c_{action}_{what}"
            sql_store.record([make_record(id, classification=answered(action))])
            for label in labels:
                sql_store.add_decision("blog", id, Decision(label, "jana", "2026-11-23T10:00:00Z", "moderator"))
    sql_store.record([make_record("c_shop", "shop", classification=answered("publish"))])
    return sql_store


PUBLIC = ["c_discard_ham", "c_hold_ham", "c_publish_back", "c_publish_ham", "c_publish_open", "c_reject_ham"]


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_every_page_goes_on_behind_the_one_before(filled, limit):
    found, after = [], ""
    while page := filled.published("blog", after, limit):
        assert len(page) <= limit
        found += [record.id for record in page]
        after = found[-1]

    assert found == PUBLIC
    assert filled.count_published("blog") == len(PUBLIC)


def test_all_sites(filled):
    assert [record.id for record in filled.published("", "", 100)] == [*PUBLIC, "c_shop"]
    assert filled.count_published("") == len(PUBLIC) + 1


def test_what_visitors_do_not_see_too(filled):
    assert len(filled.published("blog", "", 100, everything=True)) == 16
    assert filled.count_published("blog", everything=True) == 16


def test_the_decision_that_stands_comes_with_it(filled):
    labels = {record.id: record.decision and record.decision.label for record in filled.published("blog", "", 100)}

    assert labels["c_hold_ham"] == "ham"
    assert labels["c_publish_open"] is None
    assert labels["c_publish_back"] is None
