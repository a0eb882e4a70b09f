"""Sites that are only observed: what Winnow would have done is kept, and the CMS is told to publish."""

from dataclasses import replace

from app.core.verdict import Action, Classification, Override

_WOULD: dict[Action, str] = {"hold": "held", "reject": "rejected", "discard": "discarded"}


def told(found: Classification) -> Classification:
    """What the CMS is told of a comment: of an observed site's that it is ham and to be published, else all as it is.

    Score, reasons and links stay what they are; `override` holds the verdict and the action that would have been, and
    takes the place of a rule that had decided.

    >>> from app.core.comment import Thresholds
    >>> limits = Thresholds(0.35, 0.8, 0.995)
    >>> spam = Classification(0.9, "spam", "reject", limits, None, "A casino.", (), (), (), (), "m", is_observed=True)
    >>> answer = told(spam)
    >>> answer.verdict, answer.action, answer.score, answer.override
    ('ham', 'publish', 0.9, Override(rule='observed', kind='spam', value='reject'))
    >>> answer.summary
    'This site is only observed, so the comment is published. It would have been rejected: A casino.'
    """
    if not found.is_observed:
        return found
    would = _WOULD.get(found.action)
    summary = f"This site is only observed, so the comment is published. It would have been {would}: {found.summary}"
    return replace(
        found,
        verdict="ham",
        action="publish",
        override=Override("observed", found.verdict, found.action),
        summary=summary if would else found.summary,
    )
