"""What is typed into the search box, as terms and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.query import MAX_CHARACTERS, MAX_TERMS, Query, Term, parse, written
from app.core.query_fields import FIELDS

PIECES = st.sampled_from(
    ['"', '""', "-", "--", "OR", " ", ":", "=", "\n", "casino", "žltý", "score:", ">0.8", "0.3..0.6", "label:none", "@"]
    + [f"{name}:" for name in FIELDS]
    + [field.example for field in FIELDS.values()]
)
TYPED = st.one_of(st.text(max_size=60), st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=60).map("".join))


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param('  tea   "green tea" ', 'tea "green tea"', id="words-and-a-phrase"),
        pytest.param("tea tea -tea", "tea -tea", id="twice-the-same"),
        pytest.param("a OR b c", "a OR b c", id="or-joins-its-neighbours"),
        pytest.param("a OR b OR c", "a OR b OR c", id="or-of-three"),
        pytest.param('"OR" or', '"OR" or', id="or-as-a-word"),
        pytest.param("Site:blog LABEL:Spam", "site:blog label:spam", id="any-case"),
        pytest.param("-label:spam", "-label:spam", id="not"),
        pytest.param('-"buy now"', '-"buy now"', id="not-a-phrase"),
        pytest.param("https://a.example/b?c", "https://a.example/b?c", id="an-address-is-a-word"),
        pytest.param("12:30", "12:30", id="a-time-is-a-word"),
        pytest.param('"open to the end', '"open to the end"', id="open-quote"),
        pytest.param('author:="Jana Nová"', 'author:="Jana Nová"', id="whole-name"),
        pytest.param('author:"Jana Nová"', 'author:"Jana Nová"', id="part-of-a-name"),
        pytest.param("domain:https://Example.com/casino", "domain:example.com", id="domain-of-an-address"),
        pytest.param("host:bücher.example", "host:bücher.example", id="host-in-letters"),
        pytest.param("domain:bücher.example", "domain:xn--bcher-kva.example", id="domain-in-punycode"),
        pytest.param("ip:203.0.113.77", "ip:203.0.113.0/24", id="address-as-its-network"),
        pytest.param("ip:::ffff:203.0.113.77", "ip:203.0.113.0/24", id="mapped-address"),
        pytest.param("score:>=80% score:0.6..0.3", "score:>=0.8 score:0.3..0.6", id="scores"),
        pytest.param("email:Jana@Example.ORG", "email:jana@example.org", id="e-mail"),
        pytest.param("reason:link.path.*", "reason:link.path", id="reason-prefix"),
        pytest.param("lang:de_AT", "lang:de-at", id="language"),
        pytest.param("before:2026-11 after:2026-10-01", "before:2026-11 after:2026-10-01", id="days"),
    ],
)
def test_what_is_understood_has_one_spelling(typed, canonical):
    assert parse(typed) == Query(parse(typed).groups)
    assert parse(typed).text() == canonical


@pytest.mark.parametrize(
    ("typed", "canonical", "sentence"),
    [
        ("score:high", '"score:high"', "A score is a number"),
        ("score:1.5", '"score:1.5"', "A score is a number"),
        ("verdict:bad", '"verdict:bad"', "A verdict is"),
        ("label:", '"label:"', "A label is"),
        ("before:2026-02-30", '"before:2026-02-30"', "A day is written"),
        ("after:yesterday", '"after:yesterday"', "A day is written"),
        ("ip:10.0.0.0/8", '"ip:10.0.0.0/8"', "A network is written"),
        ("colour:red", '"colour:red"', "What stands before the colon"),
        ('-colour:"dark red"', '-"colour:dark red"', "What stands before the colon"),
        ("OR tea", '"OR" tea', "OR joins"),
        ("tea OR", 'tea "OR"', "OR joins"),
        ("author:=", '"author:="', "Something must stand"),
    ],
)
def test_what_is_not_understood_is_words_and_said(typed, canonical, sentence):
    query = parse(typed)

    assert query.text() == canonical
    assert [problem.sentence.startswith(sentence) for problem in query.problems] == [True]


def test_a_word_with_a_colon_and_nothing_behind_is_a_word():
    assert parse("note: tea").groups == ((Term("", "note:"),), (Term("", "tea"),))
    assert parse("note: tea").problems == ()


def test_a_search_is_bounded():
    long, many = parse("x" * 10_000), parse("- ".join(f"w{n}" for n in range(60)))

    assert (len(long.text()), len(long.problems)) == (MAX_CHARACTERS, 1)
    assert (sum(map(len, many.groups)), len(many.problems)) == (MAX_TERMS, 1)


@given(TYPED)
def test_anything_can_be_typed_and_its_canonical_text_means_the_same(typed):
    query = parse(typed)
    again = parse(query.text())

    assert again.groups == query.groups
    assert again.problems == ()
    assert len(query.text()) <= MAX_CHARACTERS


@given(TYPED, st.sampled_from(["", *FIELDS]), st.text(min_size=1, max_size=30))
def test_a_term_that_is_added_is_there_and_can_be_taken_out(typed, field, value):
    term = written(field, value)
    query = parse(typed).without_term(term)
    added = query.with_term(term)

    assert added.has(term)
    assert added.without_term(term).groups == query.groups


@pytest.mark.parametrize("name", list(FIELDS))
def test_the_example_of_a_field_is_understood(name):
    for example in FIELDS[name].example.split(", "):
        assert parse(example).problems == ()
        assert parse(example).groups[0][0].field == name
