"""The keyboard: what is shipped can be typed apart, and what moderators make of it is checked."""

import pytest

from app.web.review import keys


def test_what_is_shipped_has_no_conflict_and_every_action_a_sentence():
    assert keys.conflicts(keys.SHIPPED) == []
    assert keys.unusable(keys.SHIPPED) == []
    assert set(keys.SENTENCES) == set(keys.SHIPPED)


def test_a_moderator_who_changed_nothing_has_what_is_shipped():
    assert keys.in_use(None) == {"on": True, "keys": keys.SHIPPED}


def test_an_action_that_came_later_has_its_shipped_key():
    kept = {"on": True, "keys": {"spam": "d", "an-action-that-is-gone": "q"}}

    assert keys.in_use(kept)["keys"] == keys.SHIPPED | {"spam": "d"}


@pytest.mark.parametrize(
    ("key", "is_usable"),
    [
        ("a", True),
        ("A", True),
        ("?", True),
        ("ž", True),
        ("я", True),
        ("g q", True),
        ("", True),
        (" ", False),
        ("ab", False),
        ("F1", False),
        ("a b c", False),
        ("a  b", False),
        ("\t", False),
        ("\u200b", False),
        ("\u202e", False),
    ],
)
def test_a_key_is_one_character_or_two_with_a_blank_between(key, is_usable):
    assert (keys.unusable({"spam": key}) == []) is is_usable


@pytest.mark.parametrize(
    ("one", "other", "is_conflict"),
    [
        ("a", "a", True),
        ("g", "g q", True),
        ("g q", "g", True),
        ("g q", "g q", True),
        ("g q", "g s", False),
        ("q", "g q", False),
        ("a", "A", False),
        ("", "", False),
    ],
)
def test_two_actions_must_be_told_apart_by_what_is_typed(one, other, is_conflict):
    assert bool(keys.conflicts({"spam": one, "ham": other})) is is_conflict
