"""What the CMS of a site that is only observed is told."""

from dataclasses import replace

import pytest

from app.core.comment import Thresholds
from app.core.observing import told
from app.core.verdict import Classification, Override

FOUND = Classification(
    0.9, "spam", "reject", Thresholds(0.35, 0.8, 0.995), None, "A casino.", (), (), ("store",), (), "m", None, True
)


@pytest.mark.parametrize(
    ("verdict", "action", "said"),
    [
        ("unsure", "hold", "It would have been held: A casino."),
        ("spam", "reject", "It would have been rejected: A casino."),
        ("spam", "discard", "It would have been discarded: A casino."),
    ],
)
def test_whatever_was_found_the_cms_is_told_to_publish(verdict, action, said):
    answer = told(replace(FOUND, verdict=verdict, action=action, override=Override("deny", "host", "a.example")))

    assert (answer.verdict, answer.action) == ("ham", "publish")
    assert answer.override == Override("observed", verdict, action)
    assert answer.summary.endswith(said)
    assert (answer.score, answer.degraded) == (0.9, ("store",))


def test_what_would_have_been_published_anyway_says_so_too():
    answer = told(replace(FOUND, verdict="ham", action="publish", summary="Too little speaks for spam."))

    assert answer.override == Override("observed", "ham", "publish")
    assert answer.summary == "Too little speaks for spam."


def test_a_site_that_is_not_observed_is_told_what_was_found():
    found = replace(FOUND, is_observed=False)

    assert told(found) is found
