"""Reasons in the moderator's language."""

from dataclasses import replace

import pytest

from app import lists
from app.core.classify import classify
from app.core.comment import Comment, History, Rule
from app.core.verdict import Override
from app.web.review.wording import in_language
from tests.web.conftest import CASINO, wired


@pytest.fixture
def judged(client):
    wiring = wired(client)

    def judge(text, **history):
        return classify(Comment(text=text), History(**history), wiring.model, wiring.lists)

    return judge


def test_english_is_what_was_stored(judged):
    found = judged(CASINO)

    assert in_language(found, lists.load(), "en") is found


@pytest.mark.parametrize("language", ["de", "fr", "es", "sk"])
def test_every_reason_and_the_summary_speak_another_language(judged, language):
    found = judged(f"{CASINO} buy cheap pills now")
    said = in_language(found, lists.load(), language)

    assert [(each.code, each.weight) for each in said.reasons] == [(each.code, each.weight) for each in found.reasons]
    assert [each.code for each, was in zip(said.reasons, found.reasons, strict=True) if each.label == was.label] == []
    assert said.summary != found.summary
    assert "{trade}" not in "".join(each.label for each in said.reasons)


def test_a_rule_is_named_in_another_language(judged):
    found = judged("Hello", rules=(Rule("deny", "phrase", "hello"),))
    said = in_language(found, lists.load(), "de")

    assert "hello" in said.summary
    assert said.summary != found.summary


def test_what_this_version_does_not_know_keeps_its_sentence(judged):
    found = judged(CASINO)
    odd = replace(found.reasons[0], code="from.the.future", label="Something new.")
    told = replace(found, reasons=(odd,), override=Override("new", "", ""), summary="A new rule.")
    said = in_language(told, lists.load(), "sk")

    assert (said.reasons[0].label, said.summary) == ("Something new.", "A new rule.")
