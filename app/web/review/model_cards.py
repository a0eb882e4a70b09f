"""What a model's card says, read defensively: whatever is missing or is not what it should be is None, or left out."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.web.review import taught
from app.web.review.card_values import MOST_ROWS, count, listed, mapping, number, text
from app.web.review.taught import Taught


class Measured(NamedTuple):
    """How good the model was where it had not seen the site, at one share of good comments held."""

    rate: float
    """Of the good comments, 0.0 to 1.0."""
    mean: float | None
    """Of the spam, caught: mean over the sites left out."""
    unseen: float | None
    """The same of campaigns that training did not hold."""
    worst: float | None
    """On the site where it was least."""


class OfSite(NamedTuple):
    """A site that was left out, and how the model did there."""

    name: str
    spam: int | None
    ham: int | None
    recall: tuple[float | None, ...]
    """At each rate, in their order."""
    auc: float | None
    calibration_error: float | None


class Source(NamedTuple):
    """Where comments came from that the model learned from."""

    name: str
    spam: int | None
    ham: int | None
    weight: float | None
    licence: str
    spam_held: int | None
    """Of its spam, by models that had not seen the source: held or worse at the thresholds of the card."""
    ham_held: int | None


class OfLanguage(NamedTuple):
    """A language or script, and how much of it the model learned from."""

    name: str
    spam: int | None
    ham: int | None


class Slice(NamedTuple):
    """Comments with something in common, and how models that had not seen their site did on them."""

    name: str
    spam: int | None
    ham: int | None
    recall: tuple[float | None, ...]
    """At each of the card's slice rates; so are the false positives."""
    false_positives: tuple[float | None, ...]


class Disguised(NamedTuple):
    """What a disguise costs, by models that had not seen the comments; shares in percent."""

    family: str
    name: str
    spam: int | None
    rejected: float | None
    """Of the spam, as it was written."""
    rejected_disguised: float | None
    ham: int | None
    ham_rejected: float | None
    ham_rejected_disguised: float | None


class Card(NamedTuple):
    """A model, as its card tells of it."""

    version: str
    trained_at: str
    features: str
    weights_sha256: str
    thresholds: dict[str, float | None]
    """hold, reject, discard."""
    goals: dict[str, float | None]
    """Of the same: which share of good comments of sites not seen may reach it."""
    calibration_error: float | None
    auc: float | None
    ham: int | None
    """Good comments that the measures rest on."""
    measured: tuple[Measured, ...]
    sites: tuple[OfSite, ...]
    sources: tuple[Source, ...]
    languages: tuple[OfLanguage, ...]
    slice_rates: tuple[float, ...]
    """Shares of good comments held, at which the slices are measured."""
    kinds: tuple[Slice, ...]
    """Of spam, by how it is built; their ham is not counted."""
    of_languages: tuple[Slice, ...]
    robustness: tuple[Disguised, ...]
    limits: tuple[str, ...]
    """What its makers say that it cannot do."""
    made_with: tuple[tuple[str, str], ...]
    taught: Taught | None
    """What sites have taught it; None of a model that was trained and not retrained."""

    @property
    def spam(self) -> int:
        """Spam that it learned from."""
        return sum(each.spam or 0 for each in self.sources)

    @property
    def good(self) -> int:
        """Honest comments that it learned from."""
        return sum(each.ham or 0 for each in self.sources)

    @property
    def weakest(self) -> OfSite | None:
        """The site left out on which it caught least at the first rate."""
        known = [each for each in self.sites if each.recall and each.recall[0] is not None]
        return min(known, key=lambda each: each.recall[0] or 0.0, default=None)


def read(version: str, card: Mapping[str, Any] | None) -> Card:
    """A card; of one that cannot be read only the version is known.

    >>> read("x", {"thresholds": {"hold": 0.25, "reject": "NaN"}, "metrics": [], "data": {"a": 7}}).thresholds
    {'hold': 0.25, 'reject': None, 'discard': None}
    """
    told = card or {}
    metrics, limits = mapping(told, "metrics"), mapping(told, "thresholds")
    goals, slices = mapping(told, "threshold_goals"), mapping(metrics, "slices")
    left_out = mapping(metrics, "leave_one_site_out")
    sites = _sites(left_out)
    return Card(
        version=version,
        trained_at=text(told.get("trained_at")),
        features=text(told.get("features")),
        weights_sha256=text(told.get("weights_sha256")),
        thresholds={name: number(limits.get(name)) for name in ("hold", "reject", "discard")},
        goals={name: number(goals.get(name)) for name in ("hold", "reject", "discard")},
        calibration_error=number(metrics.get("calibration_error")),
        auc=number(left_out.get("mean_auc")),
        ham=count(left_out.get("ham")),
        measured=_measured(left_out, sites),
        sites=sites,
        sources=_sources(mapping(told, "data"), mapping(metrics, "at_thresholds_unseen")),
        languages=tuple(
            OfLanguage(text(name), count(each.get("spam")), count(each.get("ham")))
            for name, each in list(mapping(told, "languages").items())[:MOST_ROWS]
            if isinstance(each, Mapping)
        ),
        slice_rates=tuple(rate for each in listed(slices, "rates")[:6] if (rate := number(each)) and 0 < rate < 1),
        kinds=_slices(slices, "kinds"),
        of_languages=_slices(slices, "languages"),
        robustness=_robustness(told),
        limits=tuple(text(each, 500) for each in listed(told, "limits")[:50] if text(each)),
        made_with=tuple((text(name), text(value)) for name, value in list(mapping(told, "made_with").items())[:20]),
        taught=taught.read(told),
    )


def _measured(left_out: Mapping[str, Any], sites: tuple[OfSite, ...]) -> tuple[Measured, ...]:
    mean, unseen = listed(left_out, "mean"), listed(left_out, "unseen")
    found = []
    for place, value in enumerate(listed(left_out, "rates")[:6]):
        rate = number(value)
        if rate is None or not 0 < rate < 1:
            continue
        of_sites = [each.recall[place] for each in sites if place < len(each.recall)]
        known = [share for share in of_sites if share is not None]
        found.append(Measured(rate, _at(mean, place), _at(unseen, place), min(known, default=None)))
    return tuple(found)


def _sites(left_out: Mapping[str, Any]) -> tuple[OfSite, ...]:
    rows = [row for row in listed(left_out, "rows")[:MOST_ROWS] if isinstance(row, Mapping)]
    return tuple(
        OfSite(
            text(row.get("site")),
            count(row.get("spam")),
            count(row.get("ham")),
            tuple(number(share) for share in listed(row, "recall")[:6]),
            number(row.get("auc")),
            number(row.get("calibration_error")),
        )
        for row in rows
    )


def _slices(slices: Mapping[str, Any], name: str) -> tuple[Slice, ...]:
    return tuple(
        Slice(
            text(row.get("name")),
            count(row.get("spam")),
            count(row.get("ham")),
            tuple(number(share) for share in listed(row, "recall")[:6]),
            tuple(number(share) for share in listed(row, "false_positives")[:6]),
        )
        for row in listed(slices, name)[:MOST_ROWS]
        if isinstance(row, Mapping)
    )


def _robustness(told: Mapping[str, Any]) -> tuple[Disguised, ...]:
    rows = [row for row in listed(told, "robustness")[:MOST_ROWS] if isinstance(row, Mapping)]
    found = []
    for row in rows:
        spam, ham = mapping(row, "spam"), mapping(row, "ham")
        counted = (count(spam.get("comments")), number(spam.get("rejected")), number(spam.get("rejected_disguised")))
        honest = (count(ham.get("comments")), number(ham.get("rejected")), number(ham.get("rejected_disguised")))
        found.append(Disguised(text(row.get("family")), text(row.get("disguise")), *counted, *honest))
    return tuple(found)


def _sources(data: Mapping[str, Any], held: Mapping[str, Any]) -> tuple[Source, ...]:
    return tuple(
        Source(
            text(name),
            count(told.get("spam")),
            count(told.get("ham")),
            number(told.get("weight")),
            text(told.get("licence")),
            count(mapping(held, name).get("spam_held")),
            count(mapping(held, name).get("ham_held")),
        )
        for name, told in list(data.items())[:MOST_ROWS]
        if isinstance(told, Mapping)
    )


def _at(values: list[Any], place: int) -> float | None:
    return number(values[place]) if place < len(values) else None
