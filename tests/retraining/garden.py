"""A site of our own making for retraining: a garden forum that is plagued by roofers, whom the shipped model lets pass."""

import itertools
from datetime import UTC, datetime, timedelta

from ulid import ULID

from app.core.classify import classify
from app.core.comment import Comment, History
from app.core.lists import Lists
from app.core.model import Model
from app.core.times import written
from app.store.records import Record
from app.store.sql import SqlStore

BEGAN = datetime(2026, 11, 20, 8, tzinfo=UTC)
_PLANTS = ("tomatoes", "dahlias", "raspberries", "courgettes", "lupins", "leeks", "asters")
_TROUBLES = ("slugs", "late frost", "the drought", "blight", "the neighbour's cat", "too much shade")
_PLACES = ("Kettering", "Malmo", "Trnava", "Graz", "Leiden", "Cork", "Bergen")
_ROOFS = ("slate", "tile", "flat", "thatched", "metal")
_WORKS = ("repointed", "resealed", "relaid", "insulated")


def honest(count: int) -> list[str]:
    """So many different comments of gardeners."""
    told = itertools.product(_PLANTS, _TROUBLES, _PLACES)
    return [
        f"My {plant} survived {trouble} in {place} this year. I mulched early and watered in the evening, that was all."
        for plant, trouble, place in itertools.islice(told, count)
    ]


def spam(count: int) -> list[str]:
    """So many different offers of roofers, without a link or a price."""
    told = itertools.product(_PLACES, _ROOFS, _WORKS, _PLANTS)
    return [
        f"Lovely {plant}. Our roofer crew from {place} had a {roof} roof {work} in two days, ask for the roofer Brendan "
        f"at the merchants in {place}."
        for place, roof, work, plant in itertools.islice(told, count)
    ]


def settle(
    store: SqlStore, model: Model, lists: Lists, site: str, labels: dict[str, str | None], by: str = "jana"
) -> list[str]:
    """Comments with these texts come in one a minute and are decided by a moderator; ids, in order.

    Args:
        store: with the site.
        model: judges them.
        lists: of the features.
        site: which.
        labels: text -> spam, ham, or None where nobody decides.
        by: the moderator.
    """
    records = []
    for number, text in enumerate(labels):
        at = BEGAN + timedelta(minutes=number)
        comment = Comment(text=text)
        found = classify(comment, History(), model.of(site), lists)
        records.append(Record(f"c_{ULID.from_datetime(at)}", site, written(at), comment, found))
    store.record(records)
    for record, label in zip(records, labels.values(), strict=True):
        if label:
            store.decide({record.id: 0}, label, by, written(BEGAN + timedelta(days=1)))
    return [record.id for record in records]


def lesson(count: int) -> dict[str, str | None]:
    """So many honest comments and as many of spam, truly labelled, in turns."""
    pairs = zip(honest(count), spam(count), strict=True)
    return {text: label for pair in pairs for text, label in zip(pair, ("ham", "spam"), strict=True)}
