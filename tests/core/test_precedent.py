"""What the word on one comment makes of another: which one speaks, and what the policy does with it."""

import pytest

from app.core.campaign import HASHES, Signature, url_key
from app.core.comment import Comment, History, Precedent, Thresholds
from app.core.links import find
from app.core.lists import Lists
from app.core.policy import decide
from app.core.precedent import Remembered, asked_keys, packed, recalled, unpacked
from app.core.text import read

A, B, COMMON = (url_key(address) for address in ("a.example/x", "b.example/y", "facebook.com"))
TEXT, PLACE = 16, 22
SAME, NEAR, FAR = bytes(HASHES), bytes(HASHES // 2) + b"\x01" * (HASHES // 2), b"\x01" * HASHES
LIMITS = Thresholds(hold=0.35, reject=0.8, discard=0.995)


def known(
    key: int, label: str = "spam", sketch: bytes = SAME, id: str = "c_1", at: str = "2", *keys: int
) -> Remembered:
    return Remembered(key, id, label, "jana", at, sketch, keys or (key,))


@pytest.mark.parametrize(
    ("keys", "sketch", "found", "expected"),
    [
        pytest.param((TEXT,), SAME, [known(TEXT)], ("spam", True), id="the-same-text"),
        pytest.param((TEXT,), NEAR, [known(TEXT)], ("spam", False), id="half-the-text"),
        pytest.param((TEXT,), FAR, [known(TEXT)], None, id="a-key-by-chance"),
        pytest.param((A,), b"", [known(A)], ("spam", False), id="only-the-link"),
        pytest.param((COMMON,), b"", [known(COMMON)], None, id="a-link-that-everybody-has"),
        pytest.param((TEXT, A), SAME, [known(TEXT, "ham", SAME, "c_1", "2", TEXT, A)], ("ham", True), id="ham-copy"),
        pytest.param(
            (TEXT, A, B), SAME, [known(TEXT, "ham", SAME, "c_1", "2", TEXT, A)], None, id="ham-with-a-link-more"
        ),
        pytest.param((TEXT, A), NEAR, [known(A, "ham", SAME, "c_1", "2", TEXT, A)], None, id="ham-with-other-words"),
        pytest.param((A,), b"", [known(A, "ham", SAME, "c_1", "2", TEXT, A)], ("ham", True), id="ham-link-few-words"),
        pytest.param((), b"", [], None, id="nothing"),
    ],
)
def test_who_speaks(keys, sketch, found, expected):
    said = recalled(Signature(keys, sketch, frozenset({COMMON})), found)

    assert (said and (said.label, said.is_copy)) == expected


def test_a_copy_comes_before_a_link_and_then_the_newest():
    signed = Signature((TEXT, A), SAME)
    copy, link = known(TEXT, "spam", SAME, "c_1", "1"), known(A, "spam", FAR, "c_2", "9")
    newer = known(TEXT, "ham", SAME, "c_3", "5", TEXT, A)

    assert recalled(signed, [link, copy]).id == "c_1"
    assert recalled(signed, [link, copy, newer]).id == "c_3"


def test_a_domain_is_not_asked_for_nor_what_everybody_links_to():
    assert asked_keys(Signature((TEXT, A, PLACE, COMMON), SAME, frozenset({COMMON}))) == (TEXT, A)


@pytest.mark.parametrize("sketch", [SAME, b""])
def test_a_signature_comes_back_from_its_bytes(sketch):
    signed = Signature((TEXT, A, B), sketch)

    assert unpacked(packed(signed)) == signed


@pytest.mark.parametrize(
    ("label", "is_copy", "score", "action", "is_named"),
    [
        ("spam", True, 0.1, "reject", True),
        ("spam", True, 0.5, "reject", True),
        ("spam", False, 0.1, "hold", True),
        ("spam", False, 0.5, "reject", True),
        ("spam", False, 0.9, "reject", False),
        ("spam", True, 0.999, "discard", False),
        ("ham", True, 0.1, "publish", False),
        ("ham", True, 0.5, "publish", True),
        ("ham", True, 0.999, "publish", True),
    ],
)
def test_what_the_policy_does_with_it(label, is_copy, score, action, is_named, lists: Lists):
    comment = Comment(text="Hello there")
    seen = read(comment.text, "auto", lists.lookalikes)
    history = History(precedent=Precedent("c_1", label, "jana", "2026-12-01", is_copy))
    ruling = decide(score, LIMITS, comment, seen, find(comment, seen, lists), history)

    verdicts = {"publish": "ham", "hold": "unsure", "reject": "spam", "discard": "spam"}
    assert (ruling.action, ruling.verdict) == (action, verdicts[action])
    assert (ruling.override is not None) == is_named
    if ruling.override:
        assert (ruling.override.rule, ruling.override.kind, ruling.override.value) == ("precedent", label, "c_1")
