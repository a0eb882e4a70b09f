"""The straight line, end to end, with a model of noise."""

from dataclasses import fields

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.classify import classify
from app.core.comment import Comment, History, Rule, Thresholds
from app.core.features import MAX_TEXT_CHARS, measure
from app.core.lists import Lists
from app.core.model import Model
from app.core.reasons import MAX_EVIDENCE_CHARS, MAX_REASONS

PIECES = st.sampled_from(
    ["http://casino.example/win ", "<a href='http://x.example/'>", "</a>", "[url=http://y.example]", "[/url]", "www.a.com,",
     "casino ", "loan ", "赌场", "الربح", "😀", "\u200b", "\u202e", "\u0301", "&#99;", "\x00", "hxxp://z[.]com ", "\n",
     "c a s i n o ", "@someone ", "a@b.example ", "+421 900 123 456 ", "WhatsApp ", "ﷺ", "🇸", "İ", "ß", "x" * 300]
)  # fmt: skip
# Half characters (lone surrogates) in the text only: see test_half_a_character_in_any_field_gets_an_answer.
ANY = st.text(max_size=120) | st.lists(PIECES, max_size=20).map("".join)
COMMENTS = st.builds(Comment, **{field.name: ANY for field in fields(Comment)})
FIELDS = [field.name for field in fields(Comment)]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(comment=COMMENTS)
def test_any_comment_gets_an_answer_that_holds_together(comment: Comment, model: Model, lists: Lists) -> None:
    answer = classify(comment, History(), model, lists)
    assert 0.0 <= answer.score <= 1.0
    assert answer.summary
    assert len(answer.reasons) <= MAX_REASONS
    assert [abs(r.weight) for r in answer.reasons] == sorted((abs(r.weight) for r in answer.reasons), reverse=True)
    for reason in answer.reasons:
        told = getattr(comment, reason.field)[reason.begin : reason.end] if reason.field else ""
        assert reason.evidence == told[:MAX_EVIDENCE_CHARS]
        assert reason.label.endswith(".")
        assert "{" not in reason.label
        assert 0.0 <= reason.score_without <= 1.0
    for link in answer.links:
        assert 0 <= link.begin < link.end <= len(getattr(comment, link.field))
        assert (
            0.0 <= link.score <= max(answer.score, model.thresholds.hold) + 1e-4
        )  # below `hold` it says nothing alone
    assert answer == classify(comment, History(), model, lists)


@pytest.mark.parametrize("name", FIELDS)
def test_half_a_character_in_any_field_gets_an_answer(name: str, model: Model, lists: Lists) -> None:
    comment = Comment(**{"text": "see http://a.example/b", name: "é \ud800 [b](http://c.example) &amp; \udfff."})
    assert classify(comment, History(), model, lists).summary


@pytest.mark.parametrize(
    ("length", "degraded"),
    [
        pytest.param(MAX_TEXT_CHARS, (), id="just-read-whole"),
        pytest.param(MAX_TEXT_CHARS + 1, ("text.truncated",), id="one-too-many"),
        pytest.param(100_000, ("text.truncated",), id="long"),
    ],
)
def test_a_text_too_long_to_read_whole_is_said_to_be(
    length: int, degraded: tuple[str, ...], model: Model, lists: Lists
) -> None:
    answer = classify(Comment(text="word " * (length // 5) + "x" * (length % 5)), History(), model, lists)
    assert answer.degraded == degraded


def test_the_end_of_a_long_text_keeps_its_place(model: Model, lists: Lists) -> None:
    text = "word " * 10_000 + "see http://casino.example.com/win"
    (link,) = classify(Comment(text=text), History(), model, lists).links
    assert text[link.begin : link.end] == "http://casino.example.com/win"


def test_what_history_lacked_is_passed_on(model: Model, lists: Lists) -> None:
    assert classify(Comment(text="x"), History(degraded=("store",)), model, lists).degraded == ("store",)


def test_the_sites_thresholds_go_before_the_models(model: Model, lists: Lists) -> None:
    strict = Thresholds(hold=0.0, reject=0.0, discard=0.0)
    answer = classify(Comment(text="Nice."), History(thresholds=strict), model, lists)
    assert (answer.verdict, answer.action, answer.thresholds) == ("spam", "discard", strict)


def test_a_rule_is_named_in_the_summary_and_the_score_stays(model: Model, lists: Lists) -> None:
    comment = Comment(text="See http://casino.example/win", author="Jana")
    plain = classify(comment, History(), model, lists)
    ruled = classify(comment, History(rules=(Rule("deny", "author", "jana"),)), model, lists)
    assert ruled.summary == "A rule of this site denies it: author jana."
    assert (ruled.verdict, ruled.score, ruled.reasons) == ("spam", plain.score, plain.reasons)


def test_the_score_of_an_answer_and_its_verdict_agree(model: Model, lists: Lists) -> None:
    comment = Comment(text="See http://casino.example/win", author="Jana")
    exact = model.score(measure(comment, lists)).probability
    told = round(exact, 4)
    assert exact != told
    limits = Thresholds(hold=told, reject=0.99999, discard=0.99999)
    answer = classify(comment, History(thresholds=limits), model, lists)
    assert (answer.score, answer.verdict) == (told, "unsure")
    limits = Thresholds(hold=told + 1e-6, reject=0.99999, discard=0.99999)
    assert classify(comment, History(thresholds=limits), model, lists).verdict == "ham"
