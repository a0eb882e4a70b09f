"""GET /review/models: which models there are, what their cards say, two of them side by side. Nothing is changed."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends
from starlette.responses import Response

from app import models as shelf
from app.core.showing import percent
from app.web.problems import RefusedRequest
from app.web.review import charts, model_cards, pages
from app.web.review.charts import Series
from app.web.review.model_cards import Card, Measured
from app.web.review.pictures import Picture, Table
from app.web.review.session import Visit, visitor
from app.web.review.ticks import number

router = APIRouter(include_in_schema=False, tags=["review"])

PATH = "/review/models"
NOTHING = "–"


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
        picture=_picture(visit, card),
        sources=_sources(visit, card),
        **_shared(visit),
    )


def _shared(visit: Visit) -> dict[str, Any]:
    return {"in_use": visit.wired.model.version, "number": number, "share": share}


def share(value: float | None) -> str:
    """In percent with a decimal, which recall is compared by; a dash where it is not told.

    >>> share(0.9636), share(1.0), share(None)
    ('96.4 %', '100 %', '–')
    """
    if value is None:
        return NOTHING
    return f"{value * 100:.1f}".removesuffix(".0") + " %"


def signed(difference: str) -> str:
    """A number with its sign, as it is printed; no difference is 0.

    >>> signed("-0.0581"), signed("2.0"), signed("-0.0")
    ('−0.0581', '+2.0', '0')
    """
    if not difference.strip("-0."):
        return "0"
    return difference.replace("-", "−") if difference.startswith("-") else f"+{difference}"


def one_in(visit: Visit, rate: float) -> str:
    """A share as a person says it, such as `1 in 500`."""
    return visit.say("1 in %(n)s", n=number(1 / rate))


def _picture(visit: Visit, card: Card) -> Picture | None:
    """How much spam is caught, by how many good comments may be held."""
    if not card.measured:
        return None
    kinds: tuple[tuple[str, str, Callable[[Measured], float | None]], ...] = (
        ("mean", visit.say("Mean of the sites left out"), lambda each: each.mean),
        ("unseen", visit.say("Campaigns not seen"), lambda each: each.unseen),
        ("worst", visit.say("The worst site"), lambda each: each.worst),
    )
    series = [Series(key, name, [pick(each) for each in card.measured]) for key, name, pick in kinds]
    labels = [one_in(visit, each.rate) for each in card.measured]
    first = card.measured[0]
    summary = visit.say(
        "With %(rate)s good comments held, it catches %(mean)s of the spam on sites that it has not seen.",
        rate=labels[0],
        mean=share(first.mean),
    )
    rows = tuple((label, *(share(each.values[place]) for each in series)) for place, label in enumerate(labels))
    table = Table((visit.say("Good comments held"), *(each.name for each in series)), rows)
    chart = charts.lines(labels, series, percent, 1.0)
    return Picture("recall", visit.say("Spam caught on sites not seen"), summary, chart, table)


def _sources(visit: Visit, card: Card) -> Table | None:
    if not card.sources:
        return None
    columns = (
        visit.say("Source"),
        visit.say("Spam"),
        visit.say("Not spam"),
        visit.say("Weight"),
        visit.say("Spam held"),
        visit.say("Not spam, held"),
        visit.say("Licence"),
    )
    rows = tuple(
        (
            each.name,
            _count(each.spam),
            _count(each.ham),
            NOTHING if each.weight is None else f"{each.weight:g}",
            _part(each.spam_held, each.spam),
            _part(each.ham_held, each.ham),
            each.licence or NOTHING,
        )
        for each in card.sources
    )
    return Table(columns, rows)


def _part(part: int | None, whole: int | None) -> str:
    return share(part / whole) if part is not None and whole else NOTHING


def _count(value: int | None) -> str:
    return NOTHING if value is None else number(value)


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
