"""What the evidence weighs -> reasons a moderator reads. Nothing is computed anew: the score's own parts are named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.core.comment import Comment
from app.core.emit import Unit
from app.core.features import Measured
from app.core.lists import Lists
from app.core.model import Model, Scored, probability_of
from app.core.verdict import Reason, Verdict

MAX_REASONS = 12
MIN_WEIGHT = 0.05
"""Log-odds below which a reason is not worth a moderator's eye: a change of at most 1.3 points."""
MAX_EVIDENCE_CHARS = 120
ON_SHARED = ", on a host where anyone can publish."
AS_DECIDED = ", as decided on this site."
"""How the sentence ends of what weighs mostly what the site's own decisions have taught."""


@dataclass(slots=True)
class _Evidence:
    units: list[int]
    weight: float
    begin: int
    end: int


def explain(comment: Comment, measured: Measured, scored: Scored, model: Model, lists: Lists) -> tuple[Reason, ...]:
    """The reasons for a score, strongest first.

    The weights of all units of evidence add up exactly to the score's log-odds; those too small to matter, or past
    MAX_REASONS, are left out.
    """
    units = measured.features.units
    weights = scored.weights.tolist()
    merged = [found for found in _merged(units, weights) if abs(found.weight) >= MIN_WEIGHT]
    merged.sort(key=lambda found: -abs(found.weight))
    told = merged[:MAX_REASONS]
    taught = bool(len(model.adaptation.index))
    reasons = []
    for found, without in zip(told, _scores_without(told, measured, scored, model), strict=True):
        unit = units[max(found.units, key=lambda number: abs(weights[number]))]
        is_learned = (
            taught and float(scored.learned[found.units].sum()) / float(scored.parts[found.units].sum()) > 1 / 2
        )
        quoted = getattr(comment, unit.field)[found.begin : found.end] if unit.field else ""
        reasons.append(
            Reason(
                code=unit.code,
                label=_label(unit, found.weight, measured, lists, is_learned),
                weight=found.weight,
                field=unit.field,
                begin=found.begin,
                end=found.end,
                evidence=quoted[:MAX_EVIDENCE_CHARS],
                score_without=without,
            )
        )
    return tuple(reasons)


def summarise(reasons: Sequence[Reason], verdict: Verdict) -> str:
    """One or two sentences: the strongest reasons that speak for the verdict.

    >>> summarise([], "ham")
    'Nothing in it speaks for spam.'
    """
    for_spam = verdict != "ham"
    telling = [reason for reason in reasons if (reason.weight > 0) == for_spam]
    telling.sort(key=lambda reason: not reason.evidence)  # what a reader can see for himself comes first
    labels = list(dict.fromkeys(reason.label for reason in telling))[:2]
    if labels:
        return " ".join(labels)
    if for_spam:
        return "The evidence is mixed."
    return "Too little speaks for spam." if reasons else "Nothing in it speaks for spam."


def label_of(code: str, weight: float, lists: Lists) -> str:
    """The sentence of a reason code."""
    if code in lists.reasons:
        return lists.reasons[code][weight < 0]
    family, _, trade = code.rpartition(".")
    return lists.reasons[family + ".{trade}"][weight < 0].replace("{trade}", lists.trade_names[trade])


def _label(unit: Unit, weight: float, measured: Measured, lists: Lists, is_learned: bool) -> str:
    label = label_of(unit.code, weight, lists)
    if is_learned:
        return label[:-1] + AS_DECIDED
    trade = unit.code.rpartition(".")[2] in lists.trade_names
    if weight > 0 and trade and unit.link >= 0 and measured.links[unit.link].host.kind == "shared":
        return label[:-1] + ON_SHARED
    return label


def _merged(units: Sequence[Unit], weights: Sequence[float]) -> list[_Evidence]:
    """Words that stand side by side and pull the same way are one piece of evidence."""
    merged: list[_Evidence] = []
    last: _Evidence | None = None  # only if it is a word
    for number, (unit, weight) in enumerate(zip(units, weights, strict=True)):
        is_word = unit.code.startswith("text.")
        if (
            last
            and is_word
            and (last.weight > 0) == (weight > 0)
            and 0 <= unit.begin - last.end <= 2
            and unit.end - last.begin <= MAX_EVIDENCE_CHARS
        ):
            last.units.append(number)
            last.weight += weight
            last.end = unit.end
        else:
            merged.append(_Evidence([number], weight, unit.begin, unit.end))
            last = merged[-1] if is_word else None
    return merged


def _scores_without(removed: Sequence[_Evidence], measured: Measured, scored: Scored, model: Model) -> Iterator[float]:
    """Per piece of evidence, the score without it, all else equal: the worst view that is left counts."""
    parts = scored.parts.tolist()
    whole = model.bias + sum(parts)
    for found in removed:
        left = whole - sum([parts[number] for number in found.units])
        yield probability_of(model.worst(left, _links_without(found, parts, measured, scored, model))[0])


def _links_without(
    removed: _Evidence, parts: Sequence[float], measured: Measured, scored: Scored, model: Model
) -> Sequence[float]:
    """What each link says alone without a piece of evidence; a link of which nothing else speaks is left out."""
    units = measured.features.units
    link = units[removed.units[0]].link  # words that are one piece of evidence belong to no link
    if link < 0:
        return scored.link_logits
    left = [parts[number] for number, unit in enumerate(units) if unit.link == link and number not in removed.units]
    logits = list(scored.link_logits)
    if any(left):
        logits[link] = model.link_logit(sum(left), measured.link_shares[link])
    else:
        del logits[link]
    return logits
