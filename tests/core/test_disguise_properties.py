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
