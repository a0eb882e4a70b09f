"""A model is refused unless every bit of it is as it was made; its score is the sum of its parts."""

import hashlib
import io
import json
import random
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from app.core.blocks import WEIGHTS
from app.core.comment import Comment
from app.core.features import measure
from app.core.lists import Lists
from app.core.model import Model, card_bytes, checked_card, pack, probability_of
from app.core.reasons import explain
from app.errors import ModelUnusable

FINGERPRINT = "0123456789abcdef"
CardOf = Callable[..., dict[str, Any]]


def loaded(card: bytes | dict[str, Any], weights: bytes) -> Model:
    return Model.from_bytes("v", card if isinstance(card, bytes) else json.dumps(card).encode(), weights, FINGERPRINT)


def named(weights: bytes, card_of: CardOf) -> dict[str, Any]:
    """A card that names these weights, so that their hash is not what refuses them."""
    return card_of(weights_sha256=hashlib.sha256(weights).hexdigest())


def archive(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in members.items():
            out.writestr(name.replace("_npy", ".npy"), content)
    return buffer.getvalue()


def array_bytes(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def test_a_sound_model_loads(card_of: CardOf, packed: bytes) -> None:
    model = loaded(card_of(), packed)
    assert (model.bias, model.link_scale, model.link_bias) == (-0.5, 0.5, 0.1)
    assert model.weights.shape == (WEIGHTS,)


@pytest.mark.parametrize("percent", range(100))
def test_weights_cut_short_are_refused(percent: int, card_of: CardOf, packed: bytes) -> None:
    cut = packed[: len(packed) * percent // 100]
    with pytest.raises(ModelUnusable):
        loaded(card_of(), cut)
    with pytest.raises(ModelUnusable):
        loaded(named(cut, card_of), cut)


def test_weights_with_a_bit_flipped_are_refused(card_of: CardOf, packed: bytes) -> None:
    places = random.Random(1)
    card = json.dumps(card_of()).encode()
    for _ in range(300):
        flipped = bytearray(packed)
        flipped[places.randrange(len(flipped))] ^= 1 << places.randrange(8)
        with pytest.raises(ModelUnusable, match="not the file"):
            loaded(card, bytes(flipped))


@pytest.mark.parametrize("percent", range(100))
def test_a_card_cut_short_is_refused(percent: int, card_of: CardOf, packed: bytes) -> None:
    card = json.dumps(card_of()).encode()
    with pytest.raises(ModelUnusable):
        loaded(card[: len(card) * percent // 100], packed)


def test_a_card_with_a_bit_flipped_is_refused_or_says_the_same(card_of: CardOf) -> None:
    told, places, same = card_of(), random.Random(1), 0
    card = card_bytes(told)
    for _ in range(3_000):
        flipped = bytearray(card)
        flipped[places.randrange(len(flipped))] ^= 1 << places.randrange(8)
        try:
            found = checked_card("v", bytes(flipped), told["weights_sha256"], FINGERPRINT)
        except ModelUnusable:
            continue
        same += 1  # the bit was in the name of the hash, and nothing else can have changed
        assert {name: found[name] for name in told} == told
    assert same < 150


@pytest.mark.parametrize(
    "card",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not json", id="not-json"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"null", id="null"),
        pytest.param(b'"text"', id="text"),
        pytest.param(b"\xff\xfe{", id="not-utf-8"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b'{"a":' * 100_000, id="deep-objects"),
        pytest.param(b'{"a":' + b"1" * 10_000 + b"}", id="long-number"),
    ],
)
def test_a_card_that_is_no_object_is_refused(card: bytes, packed: bytes) -> None:
    with pytest.raises(ModelUnusable):
        loaded(card, packed)


LIMITS = {"hold": 0.35, "reject": 0.8, "discard": 0.995}


@pytest.mark.parametrize(
    "others",
    [
        pytest.param({"weights_sha256": "0" * 64}, id="wrong-hash"),
        pytest.param({"weights_sha256": None}, id="no-hash"),
        pytest.param({"features": "fedcba9876543210"}, id="other-features"),
        pytest.param({"features": None}, id="no-features"),
        pytest.param({"bias": float("nan")}, id="nan"),
        pytest.param({"bias": float("inf")}, id="infinity"),
        pytest.param({"bias": "much"}, id="words"),
        pytest.param({"bias": None}, id="null"),
        pytest.param({"bias": [1]}, id="list"),
        pytest.param({"link_scale": float("-inf")}, id="scale"),
        pytest.param({"link_bias": float("nan")}, id="link-bias"),
        pytest.param({"thresholds": None}, id="no-thresholds"),
        pytest.param({"thresholds": []}, id="thresholds-list"),
        pytest.param({"thresholds": {"hold": 0.3}}, id="thresholds-missing"),
        pytest.param({"thresholds": {**LIMITS, "hold": 0.9}}, id="hold-above-reject"),
        pytest.param({"thresholds": {**LIMITS, "discard": 0.5}}, id="discard-below-reject"),
        pytest.param({"thresholds": {**LIMITS, "hold": -0.1}}, id="below-0"),
        pytest.param({"thresholds": {**LIMITS, "discard": 1.1}}, id="above-1"),
        pytest.param({"thresholds": {**LIMITS, "reject": float("nan")}}, id="threshold-nan"),
    ],
)
def test_a_card_that_cannot_be_right_is_refused(others: dict[str, Any], card_of: CardOf, packed: bytes) -> None:
    with pytest.raises(ModelUnusable):
        loaded(card_of(**others), packed)


@pytest.mark.parametrize("name", ["weights_sha256", "features", "thresholds", "bias", "link_scale", "link_bias"])
def test_a_card_that_lacks_something_is_refused(name: str, card_of: CardOf, packed: bytes) -> None:
    card = card_of()
    del card[name]
    with pytest.raises(ModelUnusable):
        loaded(card, packed)


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("this must never run",)


SOUND = np.zeros(WEIGHTS, dtype=np.float16)


def with_one(value: float) -> Any:
    array = SOUND.copy()
    array[7] = value
    return array


@pytest.mark.parametrize(
    "weights",
    [
        pytest.param(archive(weights_npy=array_bytes(with_one(np.nan))), id="nan"),
        pytest.param(archive(weights_npy=array_bytes(with_one(np.inf))), id="infinity"),
        pytest.param(archive(weights_npy=array_bytes(SOUND[:-1])), id="too-few"),
        pytest.param(archive(weights_npy=array_bytes(SOUND.reshape(2, -1))), id="another-shape"),
        pytest.param(archive(weights_npy=array_bytes(SOUND.view(np.int16))), id="integers"),
        pytest.param(archive(weights_npy=array_bytes(np.zeros(WEIGHTS // 2, dtype=np.float32))), id="another-type"),
        pytest.param(archive(weights_npy=array_bytes(np.array([Evil()], dtype=object))), id="pickled"),
        pytest.param(archive(weights_npy=b"not an array"), id="not-an-array"),
        pytest.param(archive(weights_npy=b""), id="empty-member"),
        pytest.param(archive(weights_npy=b"\x00" * 300_000_000), id="bomb"),
        pytest.param(archive(weights_npy=array_bytes(SOUND), more_npy=b"x"), id="another-member"),
        pytest.param(archive(other_npy=array_bytes(SOUND)), id="another-name"),
        pytest.param(archive(), id="no-member"),
        pytest.param(b"not a zip", id="not-a-zip"),
        pytest.param(array_bytes(SOUND), id="not-packed"),
        pytest.param(b"", id="empty"),
    ],
)
def test_weights_that_are_not_what_they_should_be_are_refused(
    weights: bytes, card_of: CardOf, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ModelUnusable):
        loaded(named(weights, card_of), weights)
    assert capsys.readouterr().out == ""


def test_a_member_that_says_it_is_smaller_than_it_is_is_refused(card_of: CardOf) -> None:
    """The size in the directory is the archive's word; what comes out must be bounded all the same."""
    content = array_bytes(SOUND) + b"\x00" * 50_000_000
    honest = archive(weights_npy=content)
    told, claimed = len(content).to_bytes(4, "little"), (2 * WEIGHTS + 128).to_bytes(4, "little")
    weights = honest.replace(told, claimed)
    assert weights != honest
    with pytest.raises(ModelUnusable):
        loaded(named(weights, card_of), weights)


@pytest.mark.parametrize("place", range(0, 100, 5))
def test_weights_garbled_and_named_by_the_card_never_load_by_halves(place: int, card_of: CardOf, packed: bytes) -> None:
    """Whoever can write the card can name any file: even then it is refused, or it is a model of finite numbers."""
    garbled = bytearray(packed)
    for at in range(len(garbled) * place // 100, min(len(garbled), len(garbled) * place // 100 + 40)):
        garbled[at] ^= 0x5A
    try:
        model = loaded(named(bytes(garbled), card_of), bytes(garbled))
    except ModelUnusable:
        return
    assert np.isfinite(model.weights).all()


COMMENTS = [
    pytest.param(Comment(), id="empty"),
    pytest.param(Comment(text="Thanks, this helped me a lot."), id="ham"),
    pytest.param(Comment(text="https://www.myget.org/feed/x/package/nuget/royal-jackpot-casino-slots"), id="link-only"),
    pytest.param(
        Comment(
            text="Cheap <a href='http://pills.example/viagra'>pills</a> http://b.example/casino?url=http://c.example " * 3,
            author="Best SEO", author_url="http://seo.example.com/x", author_email="a@b.example", page_title="On gardens",
            page_text="All about gardens. " * 20, honeypot="x", type="pingback",
        ),
        id="everything",
    ),
    pytest.param(Comment(text="слово " * 2000 + "赌场" * 500), id="long"),
]  # fmt: skip


@pytest.mark.parametrize("comment", COMMENTS)
def test_the_parts_add_up_to_the_score(comment: Comment, model: Model, lists: Lists) -> None:
    scored = model.score(measure(comment, lists))
    bias = model.link_bias if scored.deciding_link >= 0 else model.bias
    assert bias + scored.weights.sum() == pytest.approx(scored.logit, abs=1e-9)
    assert scored.probability == probability_of(scored.logit)
    hold = model.thresholds.hold
    assert all(scored.probability >= of_link for of_link in scored.link_probabilities if of_link >= hold)
    if scored.deciding_link >= 0:
        assert scored.probability >= hold


@pytest.mark.parametrize("scale", [0.0, 0.5, 3.0])
@pytest.mark.parametrize("comment", COMMENTS)
def test_a_reason_says_what_the_score_would_be_without_it(
    comment: Comment, scale: float, card_of: CardOf, packed: bytes, lists: Lists
) -> None:
    """Without the features of the evidence, the worst view that is left counts: computed here from the features alone."""
    model = loaded(card_of(link_scale=scale), packed)
    measured = measure(comment, lists)
    features = measured.features
    scored = model.score(measured)
    reasons = explain(comment, measured, scored, model, lists)
    counts = [link.field for link in measured.links]
    checked = 0
    for reason in reasons:
        own = [
            i
            for i, unit in enumerate(features.units)
            if unit.code == reason.code
            and (unit.begin, unit.end) == (reason.begin, reason.end)
            and scored.weights[i] == reason.weight
        ]
        if len(own) != 1:  # several words told as one reason
            continue
        checked += 1
        kept = ~np.isin(features.unit, own)
        each = np.where(kept, model.weights[features.index].astype(float) * features.value, 0.0)
        logits = [model.bias + each.sum()]
        for number, link in enumerate(measured.links):
            of_link = [i for i, unit in enumerate(features.units) if unit.link == number]
            if features.units[own[0]].link == number and not each[np.isin(features.unit, of_link)].any():
                continue  # nothing of this link is left to look at
            share = 1 / np.sqrt(counts.count(link.field))
            alone = model.link_bias + scale * each[np.isin(features.unit, of_link)].sum() / share
            if probability_of(alone) >= model.thresholds.hold:
                logits.append(alone)
        assert reason.score_without == pytest.approx(probability_of(max(logits)), abs=1e-9)
    assert checked or not reasons


def test_weights_come_back_to_three_digits() -> None:
    weights = np.linspace(-5, 5, WEIGHTS).astype(np.float32)
    with np.load(io.BytesIO(pack(weights))) as arrays:
        assert np.allclose(arrays["weights"], weights, rtol=1e-3, atol=1e-4)
