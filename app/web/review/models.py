"""GET /review/models: which models there are, what their cards say, two of them side by side. Nothing is changed."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends
from starlette.responses import Response

from app import models as shelf
from app.releases import of_version
from app.web.problems import RefusedRequest
from app.web.review import card_tables, model_cards, pages
from app.web.review.card_tables import NOTHING, one_in, share
from app.web.review.model_cards import Card, Measured
from app.web.review.session import Visit, visitor
from app.web.review.taught_words import sentence
from app.web.review.ticks import number

router = APIRouter(include_in_schema=False, tags=["review"])

PATH = "/review/models"


class Compared(NamedTuple):
    """One measure of two models."""

    name: str
    this: str
    other: str
    change: str
    """With a sign; empty when one of the two does not tell it."""


@router.get(PATH)
def models(visit: Annotated[Visit, Depends(visitor())]) -> Response:
    """Every model of the folder, the newest first."""
    folder = visit.wired.settings.models
    cards = [model_cards.read(version, shelf.card_of(folder, version)) for version in reversed(shelf.versions(folder))]
    return pages.show(visit, "models.html", cards=cards, **_shared(visit))


@router.get(PATH + "/{version}")
def model(visit: Annotated[Visit, Depends(visitor())], version: str) -> Response:
    """One model's card; with `with`, beside another's."""
    folder = visit.wired.settings.models
    versions = shelf.versions(folder)
    with_version = visit.request.query_params.get("with", "")
    if version not in versions or (with_version and with_version not in versions):
        raise RefusedRequest("not-found")
    told = shelf.card_of(folder, version)
    card = model_cards.read(version, told)
    other = model_cards.read(with_version, shelf.card_of(folder, with_version)) if with_version else None
    return pages.show(
        visit,
        "model.html",
        card=card,
        is_readable=told is not None,
        others=[each for each in reversed(versions) if each != version],
        other=other,
        compared=_compared(visit, card, other) if other else (),
        tables=card_tables.of(visit, card),
        sentence=partial(sentence, visit),
        pages_of=versions,
        releases=of_version(folder, version),
        **_shared(visit),
    )


def _shared(visit: Visit) -> dict[str, Any]:
    return {"in_use": visit.wired.model.version, "number": number, "share": share}


def signed(difference: str) -> str:
    """A number with its sign, as it is printed; no difference is 0.

    >>> signed("-0.0581"), signed("2.0"), signed("-0.0")
    ('−0.0581', '+2.0', '0')
    """
    if not difference.strip("-0."):
        return "0"
    return difference.replace("-", "−") if difference.startswith("-") else f"+{difference}"


def _compared(visit: Visit, this: Card, other: Card) -> Sequence[Compared]:
    """Everything that both cards can tell."""
    picks: tuple[tuple[str, Callable[[Measured], float | None]], ...] = (
        (visit.say("Spam caught"), lambda each: each.mean),
        (visit.say("Campaigns not seen"), lambda each: each.unseen),
        (visit.say("The worst site"), lambda each: each.worst),
    )
    rows = []
    for name, pick in picks:
        theirs = {each.rate: pick(each) for each in other.measured}
        rows += [_shares(f"{name}, {one_in(visit, e.rate)}", pick(e), theirs.get(e.rate)) for e in this.measured]
    rows.append(_numbers(visit.say("Area under the curve"), this.auc, other.auc))
    rows.append(_numbers(visit.say("Calibration error"), this.calibration_error, other.calibration_error))
    names = (visit.say("Holds from"), visit.say("Rejects from"), visit.say("Discards from"))
    limits = zip(names, this.thresholds.values(), other.thresholds.values(), strict=True)
    rows += [_numbers(name, mine, yours) for name, mine, yours in limits]
    for name, mine, yours in (
        (visit.say("Spam learned from"), this.spam, other.spam),
        (visit.say("Not spam learned from"), this.good, other.good),
    ):
        rows.append(Compared(name, number(mine), number(yours), signed(number(mine - yours))))
    return rows


def _shares(name: str, this: float | None, other: float | None) -> Compared:
    change = "" if this is None or other is None else signed(f"{(this - other) * 100:.1f}")
    return Compared(name, share(this), share(other), change)


def _numbers(name: str, this: float | None, other: float | None) -> Compared:
    change = "" if this is None or other is None else signed(f"{this - other:.4f}")
    mine, yours = (NOTHING if value is None else f"{value:g}" for value in (this, other))
    return Compared(name, mine, yours, change)
