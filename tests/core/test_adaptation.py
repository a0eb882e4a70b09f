"""What a site has taught changes the comments of that site, is explained, and is refused unless every bit is right."""

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.core.adaptation import MAX_CHANGE, Adaptation, pack, unpack
from app.core.blocks import NAMED
from app.core.classify import classify
from app.core.comment import Comment, History
from app.core.features import measure
from app.core.lists import Lists
from app.core.model import ADAPTED, Model
from app.errors import ModelUnusable

FINGERPRINT = "0123456789abcdef"
CardOf = Callable[..., dict[str, Any]]
SPAM = Comment(text="Casino bonus at https://casino.example/bonus today")


def adaptation(entries: dict[int, float]) -> Adaptation:
    index = np.array(sorted(entries), np.int32)
    return Adaptation(index, np.array([entries[place] for place in index.tolist()], np.float16))


@pytest.fixture
def model(card_of: CardOf, packed: bytes) -> Model:
    return Model.from_bytes("v", json.dumps(card_of()).encode(), packed, FINGERPRINT)


def test_what_is_packed_comes_back_site_by_site() -> None:
    sites = {"blog": adaptation({3: 1.5, 900: -2.0}), "shop": adaptation({}), "news": adaptation({7: 1.0})}
    found = unpack("v", *pack(sites))

    assert list(found) == ["blog", "shop", "news"]
    for name, own in found.items():
        assert own.index.tolist() == sites[name].index.tolist()
        assert own.change.tolist() == sites[name].change.tolist()


def test_a_sites_own_change_acts_on_its_comments_alone(model: Model, lists: Lists) -> None:
    own = adaptation({int(place): 0.5 for place in measure(SPAM, lists).features.index})
    taught = replace(model, sites={"blog": own})
    score = {site: taught.of(site).score(measure(SPAM, lists)).logit for site in ("blog", "shop")}

    assert score["shop"] == model.score(measure(SPAM, lists)).logit
    own_parts, parts = (each.score(measure(SPAM, lists)) for each in (taught.of("blog"), model))
    assert own_parts.learned.sum() == pytest.approx(0.5 * measure(SPAM, lists).features.value.sum())
    assert own_parts.parts - own_parts.learned == pytest.approx(parts.parts)
    assert not parts.learned.any()


def test_reasons_name_what_the_site_has_taught(model: Model, lists: Lists) -> None:
    plain = Comment(text="The kettle sings again")
    features = measure(plain, lists).features
    named = features.index[features.index < NAMED.end]
    own = adaptation({int(place): 0.4 for place in named})
    before = classify(plain, History(), model, lists)
    after = classify(plain, History(), replace(model, adaptation=own), lists)

    assert after.score > before.score
    assert sum(reason.weight for reason in after.reasons) > sum(reason.weight for reason in before.reasons)


class TestRefused:
    """Nothing of it is trusted unread."""

    @pytest.fixture
    def whole(self) -> tuple[dict[str, Any], bytes]:
        return pack({"blog": adaptation({3: 1.5, 900: -2.0}), "shop": adaptation({7: 1.0})})

    @pytest.mark.parametrize("percent", range(0, 100, 5))
    def test_cut_short(self, whole: tuple[dict[str, Any], bytes], percent: int) -> None:
        told, packed = whole
        with pytest.raises(ModelUnusable, match=r"sites\.npz is not the file"):
            unpack("v", told, packed[: len(packed) * percent // 100])

    def test_no_file_where_the_card_names_sites(self, card_of: CardOf, packed: bytes) -> None:
        card = card_of(**{ADAPTED: pack({"blog": adaptation({3: 1.0})})[0]})
        with pytest.raises(ModelUnusable, match=r"sites\.npz"):
            Model.from_bytes("v", json.dumps(card).encode(), packed, FINGERPRINT)

    @pytest.mark.parametrize(
        "place",
        [
            {"first": 0, "entries": 99},
            {"first": -1, "entries": 1},
            {"first": 0, "entries": 3},  # two sites' weights, which do not rise
            {"first": 0},
            {"first": "x", "entries": 2},
            [],
        ],
    )
    def test_places_that_cannot_be(self, whole: tuple[dict[str, Any], bytes], place: Any) -> None:
        told, packed = whole
        with pytest.raises(ModelUnusable):
            unpack("v", {**told, "places": {"blog": place}}, packed)

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), MAX_CHANGE * 2, -MAX_CHANGE * 2])
    def test_changes_that_cannot_be(self, value: float) -> None:
        with pytest.raises(ModelUnusable):
            unpack("v", *pack({"blog": adaptation({3: value})}))

    @pytest.mark.parametrize("index", [[-1, 5], [5, 5], [9, 5], [5, 2**30]])
    def test_weights_that_are_not_there(self, index: list[int]) -> None:
        wrong = Adaptation(np.array(index, np.int32), np.ones(2, np.float16))
        with pytest.raises(ModelUnusable):
            unpack("v", *pack({"blog": wrong}))

    def test_an_array_of_objects(self) -> None:
        buffer = io.BytesIO()
        np.savez(buffer, index=np.array([{}], dtype=object), change=np.ones(1, np.float16))
        told = {"sites_sha256": hashlib.sha256(buffer.getvalue()).hexdigest(), "places": {}}
        with pytest.raises(ModelUnusable):
            unpack("v", told, buffer.getvalue())
