"""What a model's card says, read defensively: whatever is missing or is not what it should be is None, or left out."""

from collections.abc import Mapping
from typing import Any, NamedTuple

MOST_ROWS = 200
"""Of a table; a card that names more sources is cut."""
_MOST_LETTERS = 200
_MOST = 1e15


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
    metrics, limits = _mapping(told, "metrics"), _mapping(told, "thresholds")
    goals, slices = _mapping(told, "threshold_goals"), _mapping(metrics, "slices")
    left_out = _mapping(metrics, "leave_one_site_out")
    sites = _sites(left_out)
    return Card(
        version=version,
        trained_at=_text(told.get("trained_at")),
        features=_text(told.get("features")),
        weights_sha256=_text(told.get("weights_sha256")),
        thresholds={name: _number(limits.get(name)) for name in ("hold", "reject", "discard")},
        goals={name: _number(goals.get(name)) for name in ("hold", "reject", "discard")},
        calibration_error=_number(metrics.get("calibration_error")),
        auc=_number(left_out.get("mean_auc")),
        ham=_count(left_out.get("ham")),
        measured=_measured(left_out, sites),
        sites=sites,
        sources=_sources(_mapping(told, "data"), _mapping(metrics, "at_thresholds_unseen")),
        languages=tuple(
            OfLanguage(_text(name), _count(each.get("spam")), _count(each.get("ham")))
            for name, each in list(_mapping(told, "languages").items())[:MOST_ROWS]
            if isinstance(each, Mapping)
        ),
        slice_rates=tuple(rate for each in _listed(slices, "rates")[:6] if (rate := _number(each)) and 0 < rate < 1),
        kinds=_slices(slices, "kinds"),
        of_languages=_slices(slices, "languages"),
        robustness=_robustness(told),
        limits=tuple(_text(each, 500) for each in _listed(told, "limits")[:50] if _text(each)),
        made_with=tuple((_text(name), _text(value)) for name, value in list(_mapping(told, "made_with").items())[:20]),
    )


def _measured(left_out: Mapping[str, Any], sites: tuple[OfSite, ...]) -> tuple[Measured, ...]:
    mean, unseen = _listed(left_out, "mean"), _listed(left_out, "unseen")
    found = []
    for place, value in enumerate(_listed(left_out, "rates")[:6]):
        rate = _number(value)
        if rate is None or not 0 < rate < 1:
            continue
        of_sites = [each.recall[place] for each in sites if place < len(each.recall)]
        known = [share for share in of_sites if share is not None]
        found.append(Measured(rate, _at(mean, place), _at(unseen, place), min(known, default=None)))
    return tuple(found)


def _sites(left_out: Mapping[str, Any]) -> tuple[OfSite, ...]:
    rows = [row for row in _listed(left_out, "rows")[:MOST_ROWS] if isinstance(row, Mapping)]
    return tuple(
        OfSite(
            _text(row.get("site")),
            _count(row.get("spam")),
            _count(row.get("ham")),
            tuple(_number(share) for share in _listed(row, "recall")[:6]),
            _number(row.get("auc")),
            _number(row.get("calibration_error")),
        )
        for row in rows
    )


def _slices(slices: Mapping[str, Any], name: str) -> tuple[Slice, ...]:
    return tuple(
        Slice(
            _text(row.get("name")),
            _count(row.get("spam")),
            _count(row.get("ham")),
            tuple(_number(share) for share in _listed(row, "recall")[:6]),
            tuple(_number(share) for share in _listed(row, "false_positives")[:6]),
        )
        for row in _listed(slices, name)[:MOST_ROWS]
        if isinstance(row, Mapping)
    )


def _robustness(told: Mapping[str, Any]) -> tuple[Disguised, ...]:
    rows = [row for row in _listed(told, "robustness")[:MOST_ROWS] if isinstance(row, Mapping)]
    found = []
    for row in rows:
        spam, ham = _mapping(row, "spam"), _mapping(row, "ham")
        counted = (_count(spam.get("comments")), _number(spam.get("rejected")), _number(spam.get("rejected_disguised")))
        honest = (_count(ham.get("comments")), _number(ham.get("rejected")), _number(ham.get("rejected_disguised")))
        found.append(Disguised(_text(row.get("family")), _text(row.get("disguise")), *counted, *honest))
    return tuple(found)


def _sources(data: Mapping[str, Any], held: Mapping[str, Any]) -> tuple[Source, ...]:
    return tuple(
        Source(
            _text(name),
            _count(told.get("spam")),
            _count(told.get("ham")),
            _number(told.get("weight")),
            _text(told.get("licence")),
            _count(_mapping(held, name).get("spam_held")),
            _count(_mapping(held, name).get("ham_held")),
        )
        for name, told in list(data.items())[:MOST_ROWS]
        if isinstance(told, Mapping)
    )


def _mapping(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = told.get(name)
    return value if isinstance(value, Mapping) else {}


def _listed(told: Mapping[str, Any], name: str) -> list[Any]:
    value = told.get(name)
    return value if isinstance(value, list) else []


def _at(values: list[Any], place: int) -> float | None:
    return _number(values[place]) if place < len(values) else None


def _number(value: object) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if -_MOST < value < _MOST else None  # NaN is not


def _count(value: object) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number >= 0 else None


def _text(value: object, most: int = _MOST_LETTERS) -> str:
    return str(value)[:most] if isinstance(value, str | int | float) else ""
