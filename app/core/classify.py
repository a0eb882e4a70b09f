"""The straight line. Read this file first: a comment goes in at the top and an answer comes out at the bottom."""

from app.core import policy, reasons
from app.core.comment import Campaign, Comment, History
from app.core.features import Looked, Measured, measure
from app.core.lists import Lists
from app.core.model import Model, Scored
from app.core.verdict import CampaignReport, Classification, LinkReport, Reason

SCORE_DECIMALS = 4
"""Scores are rounded before they are ruled on, so that who compares an answer's score with its thresholds comes to the
same verdict."""


_FIXED = {
    "honeypot": "A field that people cannot see was filled in.",
    "repeated": "Its link stood in several comments that were held.",
}
"""What is said of rules without a value."""


def classify(
    comment: Comment,
    history: History,
    model: Model,
    lists: Lists,
    looked: Looked | None = None,
    with_reasons: bool = True,
) -> Classification:
    """Decide about one comment from nothing but the arguments.

    Args:
        comment: what the visitor submitted.
        history: what the store knows, read before.
        model: weights and thresholds.
        lists: host kinds, trade words and the rest.
        looked: `features.look` of the comment, where that was needed before to read the history.
        with_reasons: False leaves reasons and summary empty, which takes a tenth less time.

    Never raises for anything a comment may hold.
    """
    return classify_measured(comment, measure(comment, lists, looked), history, model, lists, with_reasons)


def classify_measured(
    comment: Comment, measured: Measured, history: History, model: Model, lists: Lists, with_reasons: bool = True
) -> Classification:
    """The same of a comment that was measured before, which takes most of the time and is the same for all models."""
    scored = model.score(measured)
    score = round(scored.probability, SCORE_DECIMALS)
    thresholds = history.thresholds or model.thresholds
    ruling = policy.decide(score, thresholds, comment, measured.seen, measured.links, history)
    why = reasons.explain(comment, measured, scored, model, lists) if with_reasons else ()
    return Classification(
        score=score,
        verdict=ruling.verdict,
        action=ruling.action,
        thresholds=thresholds,
        override=ruling.override,
        summary=_summary(ruling, history, why) if with_reasons else "",
        reasons=why,
        links=_reports(measured, scored),
        degraded=(*history.degraded, *(("text.truncated",) if measured.truncated else ())),
        missing=comment.missing(),
        model=model.version,
        campaign=_campaign(history.campaign, ruling),
        is_observed=history.is_observed,
    )


def _reports(measured: Measured, scored: Scored) -> tuple[LinkReport, ...]:
    return tuple(
        LinkReport(
            url=link.url.href[:2000],
            host=link.host.name,
            registrable_domain=link.host.registrable_domain,
            host_kind=link.host.kind,
            field=link.field,
            begin=link.begin,
            end=link.end,
            score=round(probability, SCORE_DECIMALS),
        )
        for link, probability in zip(measured.links, scored.link_probabilities, strict=True)
    )


def _campaign(known: Campaign | None, ruling: policy.Ruling) -> CampaignReport | None:
    """Without one that only a link led to, where the comment is let through: it does not join that one."""
    if known is None or (known.by_link and ruling.action == "publish"):
        return None
    return CampaignReport(known.id, known.size, known.label)


def _summary(ruling: policy.Ruling, history: History, why: tuple[Reason, ...]) -> str:
    """The sentence for a verdict that a rule gave, or what speaks for the one that the score gave."""
    override = ruling.override
    if override is None:
        return reasons.summarise(why, ruling.verdict)
    if override.rule in _FIXED:
        return _FIXED[override.rule]
    if override.rule == "test":
        return f"A test: {override.value} is spam by agreement, so that a set-up can be tried."
    if override.rule == "role":
        return f"The author's role on this site ({override.value}) is trusted."
    said = {"campaign": history.campaign, "precedent": history.precedent}.get(override.rule)
    if said:
        is_campaign = override.rule == "campaign"
        which = "A moderator settled comments like this one" if is_campaign else "A comment like this one was decided"
        return f"{which}: {'spam' if override.kind == 'spam' else 'not spam'} ({said.by}, {said.at[:10]})."
    done = "allows" if override.rule == "allow" else "denies"
    return f"A rule of this site {done} it: {override.kind.replace('_', ' ')} {override.value}."
