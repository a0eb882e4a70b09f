"""A disguised comment has the features of the plain one, and good words leave a link's own score alone."""

from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import lists as shipped
from app.core.comment import Comment
from app.core.features import measure
from app.core.model import Model
from app.core.text import read
from app.training.disguise_parts import Surroundings
from app.training.disguises import DISGUISES

LISTS = shipped.load()
AROUND = Surroundings(LISTS, "")
NAMED = {disguise.name: disguise for disguise in DISGUISES}


_AS_SENT = frozenset({"shape.links"})
"""Evidence that counts characters of the text as sent, markup and all."""


def features_of(comment: Comment) -> Counter[Any]:
    """What the model sees, but for the fact of a disguise."""
    features = measure(comment, LISTS).features
    told = zip(features.index.tolist(), features.value.tolist(), features.unit.tolist(), strict=True)
    return Counter(
        (features.units[unit].code, index, round(value, 9))
        for index, value, unit in told
        if not features.units[unit].code.startswith("disguise.") and features.units[unit].code not in _AS_SENT
    )


LATIN = st.sampled_from(
    "best casino online bonus slots Viagra cheap loans the garden and harbour weather was nice".split()
)
ACCENTED = st.sampled_from("pôžička Łódź größe déjà niño ışık Việt škola".split())
OTHER = st.sampled_from(
    "казино онлайн ставки спасибо καζίνο δωρεάν 赌场在线 很好 カジノ とても 카지노 감사합니다 शुक्रिया مرحبا שלום".split()
)
MARKS = st.sampled_from([",", ".", "!", "?", "-", "2024", "\n", ":)"])
HOSTS = st.sampled_from(
    ["casino.example.com", "best-slots.xyz", "www.viagra-shop.net", "royal.github.io", "www.myget.org"]
)
PATHS = st.sampled_from(
    ["", "/", "/best-casino-bonus", "/buy/cheap_pills.html", "/feed/royal-slots?ref=abc&x=1", "/a/b#top"]
)
ADDRESSES = st.tuples(st.sampled_from(["http://", "https://"]), HOSTS, PATHS).map("".join)
LINKS = (
    ADDRESSES
    | st.tuples(ADDRESSES, LATIN).map(lambda each: f'<a href="{each[0]}">{each[1]} here</a>')
    | st.tuples(ADDRESSES, LATIN).map(lambda each: f"[url={each[0]}]{each[1]} here[/url]")
)
TEXTS = st.lists(LATIN | ACCENTED | OTHER | MARKS, min_size=1, max_size=15).map(" ".join)
COMMENTS = st.builds(
    lambda text, links: Comment(text=" ".join([text, *links, "thanks"])), TEXTS, st.lists(LINKS, max_size=2)
)
EQUAL = [d.name for d in DISGUISES if d.family == "A" and not d.name.startswith("as-")]


@pytest.mark.parametrize("name", EQUAL)
@given(comment=COMMENTS, seed=st.integers(0, 99))
def test_a_reversible_disguise_leaves_the_features_as_they_were(name: str, comment: Comment, seed: int) -> None:
    disguised = NAMED[name].apply(comment, Random(seed), AROUND)
    assert features_of(disguised) == features_of(comment), disguised


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("zero-width-words", "invisible"),
        ("full-width", "letters"),
        ("mathematical", "letters"),
        ("entities", "entities"),
        ("tag-split", "tags"),
        ("comment-split", "tags"),
        ("percent-path", "refanged"),
    ],
)
def test_the_fact_of_the_disguise_is_kept(name: str, kind: str) -> None:
    plain = Comment(text="Best casino at https://slots.example.com/win-now thanks")
    assert measure(plain, LISTS).seen.disguises == ()
    assert kind in measure(NAMED[name].apply(plain, Random(1), AROUND), LISTS).seen.disguises


@given(comment=COMMENTS, seed=st.integers(0, 99))
def test_disguises_on_top_of_each_other_are_undone_too(comment: Comment, seed: int) -> None:
    random = Random(seed)
    disguised = comment
    for name in ("zero-width-words", "full-width-host", "tag-split", "percent-path"):
        disguised = NAMED[name].apply(disguised, random, AROUND)
    assert features_of(disguised) == features_of(comment), disguised


@pytest.mark.parametrize("name", EQUAL)
def test_evidence_stands_where_the_disguised_words_stand(name: str) -> None:
    plain = Comment(text="Best casino at https://slots.example.com/win-now thanks")
    disguised = NAMED[name].apply(plain, Random(1), AROUND)
    (link,) = measure(disguised, LISTS).links
    written = disguised.text[link.begin : link.end]
    assert not set(written) & set(" <>")
    assert disguised.text.endswith(disguised.text[link.end :])
    assert disguised.text[link.end] == " "
    (unit,) = [unit for unit in measure(disguised, LISTS).features.units if unit.code == "text.gambling"]
    assert read(disguised.text[unit.begin : unit.end], "auto", LISTS.lookalikes).plain.text == "casino"


@given(comment=COMMENTS, words=st.lists(LATIN | ACCENTED | OTHER, min_size=1, max_size=60), before=st.booleans())
def test_words_without_a_link_leave_every_link_as_bad_as_it_was(
    model: Model, comment: Comment, words: list[str], before: bool
) -> None:
    good = " ".join(words)
    text = f"{good}\n\n{comment.text}" if before else f"{comment.text}\n\n{good}"

    def logits(of: Comment) -> list[float]:
        measured = measure(of, LISTS)
        return model.link_logits(measured, model.score(measured).parts)

    assert logits(Comment(text=text)) == pytest.approx(logits(comment))
