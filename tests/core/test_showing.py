"""A comment as a moderator sees it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.showing import link_parts, pieces, unicode_host
from app.core.verdict import LinkReport, Reason


def reason(begin, end, weight=1.0, field="text", evidence="casino"):
    return Reason("text.trade.gambling", "It talks about casinos.", weight, field, begin, end, evidence, 0.5)


def link(url, host, domain, begin=0, end=None, field="text"):
    return LinkReport(url, host, domain, "other", field, begin, len(url) if end is None else end, 0.9)


def told(found):
    return [(each.text, each.kind or ("spam" if each.spam else "ham" if each.ham else "")) for each in found]


def test_evidence_for_and_against_is_marked_where_it_stands():
    found = pieces("Casino, thanks Jana", "text", [reason(0, 6), reason(15, 19, weight=-0.4)], [])

    assert told(found) == [("Casino", "spam"), (", thanks ", ""), ("Jana", "ham")]
    assert [each.reasons for each in found] == [(1,), (), (2,)]


def test_evidence_that_overlaps_is_both():
    found = pieces("abcdef", "text", [reason(0, 4), reason(2, 6, weight=-1.0)], [])

    assert [(each.text, each.spam, each.ham) for each in found] == [
        ("ab", True, False), ("cd", True, True), ("ef", False, True),
    ]  # fmt: skip


def test_evidence_of_other_fields_is_not_marked():
    assert told(pieces("casino", "text", [reason(0, 6, field="author")], [])) == [("casino", "")]


def test_a_link_is_marked_as_such():
    found = pieces("see a.example now", "text", [], [link("http://a.example/", "a.example", "a.example", 4, 13)])

    assert [(each.text, each.link) for each in found] == [("see ", False), ("a.example", True), (" now", False)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("ca\u200bsino", ["U+200B ZERO WIDTH SPACE"], id="zero-width"),
        pytest.param("a\u202egnp.exe", ["U+202E RIGHT-TO-LEFT OVERRIDE"], id="bidi-override"),
        pytest.param("a\u2066b\u2069", ["U+2066 LEFT-TO-RIGHT ISOLATE", "U+2069 POP DIRECTIONAL ISOLATE"], id="isolates"),
        pytest.param("a\x07b", ["U+0007"], id="control"),
        pytest.param("so\u00adft", ["U+00AD SOFT HYPHEN"], id="soft-hyphen"),
        pytest.param("a\U000e0041b", ["U+E0041 TAG LATIN CAPITAL LETTER A"], id="tag"),
        pytest.param("ca\u200dsino", ["U+200D ZERO WIDTH JOINER"], id="joiner-in-latin"),
        pytest.param("👩\u200d🔧 ok\ufe0f", ["U+FE0F VARIATION SELECTOR-16"], id="joiner-in-an-emoji-is-honest"),
        pytest.param("می\u200cخواهم", [], id="persian-needs-it"),
        pytest.param("line\nline\tx", [], id="blanks"),
        pytest.param("Žltý čaj", [], id="accents"),
    ],
)  # fmt: skip
def test_what_nobody_sees_is_named(text, expected):
    assert [each.text for each in pieces(text, "text", [], []) if each.kind == "hidden"] == expected


def test_a_word_of_two_alphabets_is_told():
    assert ("саsino", "mixed") in told(pieces("best саsino", "text", [], []))


def test_no_text_is_no_piece():
    assert pieces("", "text", [reason(0, 0)], []) == ()


@given(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=40),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.sampled_from([-1.0, 1.0])), max_size=6),
)
def test_nothing_of_a_text_is_lost_or_doubled_whatever_the_spans(text, spans):
    found = pieces(text, "text", [reason(begin, end, weight) for begin, end, weight in spans], [])

    hidden = sum(1 for each in found if each.kind == "hidden")
    assert sum(len(each.text) for each in found if each.kind != "hidden") + hidden == len(text)


def test_a_link_is_taken_apart_and_its_evidence_marked():
    url = "https://www.myget.org/feed/royal-jackpot-casino-slots?x=1#top"
    taken = link_parts(link(url, "www.myget.org", "myget.org"), [reason(27, 53, evidence="royal-jackpot-casino-slots")])

    assert (taken.before, taken.subdomain, taken.domain) == ("https://", "www.", "myget.org")
    assert [(each.text, each.spam) for each in taken.after] == [
        ("/feed/", False), ("royal-jackpot-casino-slots", True), ("?x=1#top", False),
    ]  # fmt: skip


def test_a_host_that_only_pretends_stands_before_the_true_one():
    taken = link_parts(link("https://bank.example@evil.example/a", "evil.example", "evil.example"), [])

    assert (taken.before, taken.domain) == ("https://bank.example@", "evil.example")


def test_a_host_in_look_alike_letters_is_shown_as_it_is_asked_for_and_in_letters():
    taken = link_parts(link("https://www.xn--80ak6aa92e.com/login", "www.аррӏе.com", "xn--80ak6aa92e.com"), [])

    assert (taken.subdomain, taken.domain, taken.unicode_host) == ("www.", "xn--80ak6aa92e.com", "www.аррӏе.com")


def test_an_address_without_a_domain_is_its_host():
    taken = link_parts(link("http://192.0.2.1:8080/", "192.0.2.1", ""), [])

    assert (taken.domain, [each.text for each in taken.after]) == ("192.0.2.1", [":8080/"])


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("xn--e1afmkfd.example", "пример.example", id="punycode"),
        pytest.param("a.example", "", id="plain"),
        pytest.param("xn--\u00fc.example", "", id="no-ascii"),
        pytest.param("xn--99999999.example", "", id="nonsense"),
    ],
)
def test_punycode_is_shown_in_letters_too(host, expected):
    assert unicode_host(host) == expected
