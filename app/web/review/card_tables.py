"""What a model's card shows: a picture and tables, in any language, for the page and for the file that stands alone."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from app.core.showing import percent
from app.web.review import charts
from app.web.review.charts import Series
from app.web.review.model_cards import Card, Disguised, Measured, Slice
from app.web.review.pictures import Picture, Table
from app.web.review.ticks import number

NOTHING = "–"


class Says(Protocol):
    """Who speaks the language of the page."""

    def say(self, sentence: str, **values: object) -> str:
        """The sentence in that language; values fill its `%(name)s`."""


class Tables(NamedTuple):
    """Everything of a card that is drawn or counted; None where the card does not tell it."""

    picture: Picture | None
    sources: Table | None
    languages: Table | None
    kinds: Table | None
    of_languages: Table | None
    robustness: Table | None


def of(says: Says, card: Card) -> Tables:
    """The picture and the tables of a card."""
    return Tables(
        _picture(says, card),
        _sources(says, card),
        _languages(says, card),
        _kinds(says, card),
        _of_languages(says, card),
        _robustness(says, card),
    )


def share(value: float | None) -> str:
    """In percent with a decimal, which recall is compared by; a dash where it is not told.

    >>> share(0.9636), share(1.0), share(None)
    ('96.4 %', '100 %', '–')
    """
    if value is None:
        return NOTHING
    return f"{value * 100:.1f}".removesuffix(".0") + " %"


def one_in(says: Says, rate: float) -> str:
    """A share as a person says it, such as `1 in 500`."""
    return says.say("1 in %(n)s", n=number(1 / rate))


def _picture(says: Says, card: Card) -> Picture | None:
    """How much spam is caught, by how many good comments may be held."""
    if not card.measured:
        return None
    kinds: tuple[tuple[str, str, Callable[[Measured], float | None]], ...] = (
        ("mean", says.say("Mean of the sites left out"), lambda each: each.mean),
        ("unseen", says.say("Campaigns not seen"), lambda each: each.unseen),
        ("worst", says.say("The worst site"), lambda each: each.worst),
    )
    series = [Series(key, name, [pick(each) for each in card.measured]) for key, name, pick in kinds]
    labels = [one_in(says, each.rate) for each in card.measured]
    first = card.measured[0]
    summary = says.say(
        "With %(rate)s good comments held, it catches %(mean)s of the spam on sites that it has not seen.",
        rate=labels[0],
        mean=share(first.mean),
    )
    rows = tuple((label, *(share(each.values[place]) for each in series)) for place, label in enumerate(labels))
    table = Table((says.say("Good comments held"), *(each.name for each in series)), rows)
    chart = charts.lines(labels, series, percent, 1.0)
    return Picture("recall", says.say("Spam caught on sites not seen"), summary, chart, table)


def _sources(says: Says, card: Card) -> Table | None:
    if not card.sources:
        return None
    columns = (
        says.say("Source"),
        says.say("Spam"),
        says.say("Not spam"),
        says.say("Weight"),
        says.say("Spam held"),
        says.say("Not spam, held"),
        says.say("Licence"),
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


def _languages(says: Says, card: Card) -> Table | None:
    if not card.languages:
        return None
    columns = (says.say("Language"), says.say("Spam"), says.say("Not spam"))
    return Table(columns, tuple((each.name, _count(each.spam), _count(each.ham)) for each in card.languages))


def _kinds(says: Says, card: Card) -> Table | None:
    if not card.kinds:
        return None
    columns = (says.say("Kind of spam"), says.say("Spam"), *_caught(says, card))
    rows = tuple((each.name, _count(each.spam), *_shares(card, each.recall)) for each in card.kinds)
    return Table(columns, rows)


def _of_languages(says: Says, card: Card) -> Table | None:
    if not card.of_languages:
        return None
    held = (says.say("Not spam, held, %(rate)s", rate=one_in(says, rate)) for rate in card.slice_rates)
    columns = (says.say("Language"), says.say("Spam"), *_caught(says, card), says.say("Not spam"), *held)

    def row(each: Slice) -> tuple[str, ...]:
        caught, wrong = _shares(card, each.recall), _shares(card, each.false_positives)
        return (each.name, _count(each.spam), *caught, _count(each.ham), *wrong)

    return Table(columns, tuple(row(each) for each in card.of_languages))


def _caught(says: Says, card: Card) -> list[str]:
    return [says.say("Caught, %(rate)s", rate=one_in(says, rate)) for rate in card.slice_rates]


def _shares(card: Card, values: Sequence[float | None]) -> list[str]:
    """One for each rate, whatever the card holds."""
    known = [*values, *[None] * len(card.slice_rates)]
    return [share(value) for value in known[: len(card.slice_rates)]]


def _robustness(says: Says, card: Card) -> Table | None:
    if not card.robustness:
        return None
    columns = (
        says.say("Disguise"),
        says.say("Spam"),
        says.say("Rejected as written"),
        says.say("Rejected disguised"),
        says.say("Not spam"),
        says.say("Not spam, rejected as written"),
        says.say("Not spam, rejected disguised"),
    )

    def row(each: Disguised) -> tuple[str, ...]:
        spam = (_count(each.spam), _percent(each.rejected), _percent(each.rejected_disguised))
        ham = (_count(each.ham), _percent(each.ham_rejected), _percent(each.ham_rejected_disguised))
        return (f"{each.family} · {each.name}", *spam, *ham)

    return Table(columns, tuple(row(each) for each in card.robustness))


def _percent(value: float | None) -> str:
    return share(None if value is None else value / 100)


def _part(part: int | None, whole: int | None) -> str:
    return share(part / whole) if part is not None and whole else NOTHING


def _count(value: int | None) -> str:
    return NOTHING if value is None else number(value)
