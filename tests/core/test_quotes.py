"""What a comment copies from its page is cut out of everything but its links, its contacts and the rules."""

from dataclasses import replace

import pytest

from app.core.classify import classify
from app.core.comment import Comment, History, Rule
from app.core.emit import Unit
from app.core.features import measure
from app.core.features_page import read_page
from app.core.lists import Lists
from app.core.model import Model

SENTENCE = "The council voted against the new casino by a large majority."
PAGE = Comment(
    text="",
    page_title="Council votes",
    page_text=f"It had been debated for years. {SENTENCE} 议会以压倒性多数投票反对新的赌场项目。 So it ended.",
)


def said(text: str, lists: Lists) -> tuple[list[Unit], str]:
    """The evidence in a comment under the page, and the words that count."""
    units = measure(replace(PAGE, text=text), lists).features.units
    return list(units), " ".join(text[unit.begin : unit.end] for unit in units if unit.code.startswith("text."))


@pytest.mark.parametrize(
    ("text", "words", "manner"),
    [
        (f"{SENTENCE} Good for them", "Good for them", "copied"),
        (f"> {SENTENCE}\nGood for them", "Good for them", "quoted"),
        (f"They wrote: “{SENTENCE}” Good", "They wrote Good", "quoted"),
        ("voted AGAINST the new cas\u00adino by a large majority, I hear", "I hear", "copied"),
        ("议会以压倒性多数投票反对新的赌场项目。好", "好", "copied"),
        ("😀 " + SENTENCE, "", "copied"),
    ],
    ids=["copied", "marked", "inside", "written-otherwise", "unspaced", "emoji"],
)
def test_a_quote_is_cut_and_its_manner_is_told(text: str, words: str, manner: str, lists: Lists) -> None:
    units, found = said(text, lists)
    assert found == words
    assert [unit.code for unit in units].count("page.quote") == 1
    page = read_page(PAGE, lists)
    assert page.quotes(text.lower().replace("\u00ad", ""))[1] == manner


@pytest.mark.parametrize(
    "text",
    [
        "",
        "against the new casino",
        "by the end of the day it had been",
        "赌场项目",
        "The mayor voted for a new library.",
    ],
    ids=["empty", "five-words", "stock-phrase", "name", "other"],
)
def test_what_is_short_or_stands_elsewhere_is_no_quote(text: str, lists: Lists) -> None:
    units, _ = said(text, lists)
    assert "page.quote" not in [unit.code for unit in units]


def test_without_a_page_nothing_is_a_quote(lists: Lists) -> None:
    assert "page.quote" not in [unit.code for unit in measure(Comment(text=SENTENCE), lists).features.units]


def test_a_link_or_contact_planted_in_a_quote_still_counts(lists: Lists) -> None:
    units, _ = said(
        "The council voted https://pills.example/buy-viagra against the new casino by a large majority", lists
    )
    assert {"link.path.shopping", "link.spelling", "page.quote"} <= {unit.code for unit in units}
    units, _ = said("The council voted sales@spam.example against the new casino by a large majority", lists)
    assert "contact.email" in [unit.code for unit in units]


def test_words_of_the_page_before_spam_leave_its_other_evidence_as_it_was(lists: Lists) -> None:
    def weights_of(text: str) -> set[tuple[str, int, float]]:
        features = measure(replace(PAGE, text=text), lists).features
        told = zip(features.index.tolist(), features.value.tolist(), features.unit.tolist(), strict=True)
        return {(features.units[unit].code, index, round(value, 6)) for index, value, unit in told}

    added = weights_of(f"{SENTENCE} buy cheap viagra online") ^ weights_of("buy cheap viagra online")
    assert {code for code, _, _ in added} == {"page.quote"}


def test_a_phrase_rule_sees_the_text_as_sent(lists: Lists, model: Model) -> None:
    rules = History(rules=(Rule("deny", "phrase", "new casino"),))
    told = classify(replace(PAGE, text=SENTENCE), rules, model, lists)
    assert told.override is not None
    assert told.override.value == "new casino"
