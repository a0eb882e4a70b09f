"""Each disguise does what its name says, the same way for the same seed, and leaves the rest of a comment alone."""

from dataclasses import replace
from random import Random

import pytest

from app import lists as shipped
from app.core.comment import Comment
from app.training.disguise_parts import Surroundings, notations, over_parts, without_links
from app.training.disguises import DISGUISES, FAMILIES
from app.training.examples import Example
from app.training.robustness import sample

AROUND = Surroundings(shipped.load(), "We did the same in our garden last year, and it went well. " * 5)
BARE = Comment(
    text="Best casino at http://slots.example.com/win-now.", author="Jana Best", page_text="Bees like it. " * 200
)
MARKED = replace(BARE, text='Best casino <a href="http://slots.example.com/win-now">play slots</a>')
NAMED = {disguise.name: disguise for disguise in DISGUISES}


def disguised(name: str, comment: Comment = BARE, seed: int = 1) -> Comment:
    return NAMED[name].apply(comment, Random(seed), AROUND)


@pytest.mark.parametrize("name", list(NAMED))
def test_a_disguise_changes_a_comment_it_fits_and_repeats_itself(name: str) -> None:
    fitting = MARKED if name in {"as-bare", "as-bbcode", "as-markdown"} else BARE
    changed = disguised(name, fitting)
    assert changed != fitting
    assert changed == disguised(name, fitting)
    assert replace(changed, text=fitting.text, author=fitting.author, author_url=fitting.author_url) == fitting


@pytest.mark.parametrize("name", list(NAMED))
def test_a_disguise_leaves_a_comment_alone_that_has_nothing_to_disguise(name: str) -> None:
    assert disguised(name, Comment(text="", author="")) == Comment()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("full-width", "Ｂｅｓｔ ｃａｓｉｎｏ at http://slots.example.com/win-now."),
        ("hxxp", "Best casino at hxxp://slots.example.com/win-now."),
        ("spoken-dot", "Best casino at http://slots dot example dot com/win-now."),
        ("no-scheme", "Best casino at slots.example.com/win-now."),
        ("backslashes", r"Best casino at http:\\slots.example.com\win-now."),
        ("as-bbcode", "Best casino at [url=http://slots.example.com/win-now]http://slots.example.com/win-now[/url]."),
        ("google-redirect", "Best casino at https://www.google.com/url?q=http%3A%2F%2Fslots.example.com%2Fwin-now."),
        ("shared-host", "Best casino at https://sites.google.com/view/slots-example-com-win-now."),
    ],
)
def test_what_a_disguise_does(name: str, text: str) -> None:
    assert disguised(name).text == text


@pytest.mark.parametrize("name", [d.name for d in DISGUISES if d.family == "B" and d.name != "userinfo"])
def test_addresses_only_people_read_are_not_put_into_markup(name: str) -> None:
    assert disguised(name, MARKED) == MARKED


def test_markup_code_and_addresses_are_no_prose() -> None:
    text = "<b>buy</b> `code` a@b.example www.x.example/y [url=http://z.example]now[/url] &amp; [w](http://v.example)"
    shouted = over_parts(text, prose=str.upper)
    assert (
        shouted
        == "<b>BUY</b> `code` a@b.example www.x.example/y [url=http://z.example]NOW[/url] &amp; [W](http://v.example)"
    )
    assert notations(text) == [("www.x.example/y", ""), ("http://z.example", "now"), ("http://v.example", "w")]


def test_good_words_hold_no_links() -> None:
    assert without_links("see http://x.example/a and <b>that</b> [u](http://y.example)").split() == [
        "see",
        "and",
        "that",
        "u",
    ]


def test_every_disguise_is_of_a_known_family() -> None:
    assert {disguise.family for disguise in DISGUISES} == set(FAMILIES)
    assert len(NAMED) == len(DISGUISES)


def test_a_sample_takes_each_source_in_turn() -> None:
    many = [
        Example(f"{source}{n}", BARE, True, source, "", "")
        for source in "ab"
        for n in range(3 if source == "b" else 20)
    ]
    assert [example.source for example in sample(many, 1)[:6]] == ["a", "b"] * 3
    assert sample(many, 1) == sample(many, 1) != sample(many, 2)
