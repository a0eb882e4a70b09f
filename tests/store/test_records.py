"""Keys, hints, and what is left out."""

import pytest

from app.core.comment import COMMENT_FIELDS, Comment
from app.store.records import STORED_FIELDS, key_hash, key_hint, new_key, without_unstored


def test_keys_fit_what_wordpress_accepts_and_do_not_repeat():
    keys = [new_key() for _ in range(1000)]

    assert {len(key) for key in keys} == {12}
    assert set("".join(keys)) == set("abcdefghijklmnopqrstuvwxyz0123456789")
    assert len(set(keys)) == 1000


@pytest.mark.parametrize(
    ("key", "begins"),
    [
        pytest.param("abc", "ba7816bf", id="plain"),
        pytest.param("", "e3b0c442", id="empty"),
        pytest.param("\ud800", "91a681b9", id="half-a-character"),
    ],
)
def test_a_hash_is_there_for_any_text(key, begins):
    assert (key_hash(key)[:8], len(key_hash(key))) == (begins, 64)


def test_a_hint_is_three_characters():
    assert (key_hint("k7f2m9q4x1z8"), key_hint("k"), key_hint("")) == ("k7f", "k", "")


def test_only_address_and_trap_are_left_out():
    full = Comment(**{name: name for name in COMMENT_FIELDS})
    kept = without_unstored(full)

    assert {name for name in COMMENT_FIELDS if getattr(kept, name) == ""} == {"author_ip", "honeypot"}
    assert set(COMMENT_FIELDS) - set(STORED_FIELDS) == {"author_ip", "honeypot"}
