"""Drift: indexes with known answers, and simulated weeks."""

import math
import random
from bisect import bisect_right
from collections import Counter

import pytest

from app.core.drift import BINS, EDGES, LEAST_DECIDED, LEAST_SCORES, WEEKS, Cell, drift, stability_index, weeks


def cells(scored, week=0):
    """(score, label) pairs as cells; flagged from 0.5 on."""
    counts, sums = Counter(), Counter()
    for score, label in scored:
        key = (week, bisect_right(EDGES, score), score >= 0.5, label)
        counts[key] += 1
        sums[key] += score
    return [Cell(*key, counts[key], sums[key]) for key in counts]


def some(chance, comments, shift=0.0):
    """Scores like a spam filter's: most near 0, some near 1; each is spam as often as its score says."""
    for _ in range(comments):
        log_odds = (chance.gauss(-4, 2) if chance.random() < 0.7 else chance.gauss(4, 2)) + shift
        score = 1 / (1 + math.exp(-log_odds))
        yield score, "spam" if chance.random() < score else "ham"


def test_the_index_is_that_of_the_text_books():
    shares = ((0.25, 0.2), (0.5, 0.5), (0.25, 0.3))
    expected = sum((p - q) * math.log(p / q) for p, q in shares)

    assert stability_index([25_000, 50_000, 25_000], [20_000, 50_000, 30_000]) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(("now", "before"), [([0, 300], [300, 0]), ([300, 0], [150, 150]), ([0, 0], [300, 5])])
def test_empty_bins_give_a_number(now, before):
    assert math.isfinite(stability_index(now, before))
    assert stability_index(now, before) == pytest.approx(stability_index(before, now))


@pytest.mark.parametrize(
    ("this_week", "before", "reading"),
    [
        pytest.param(LEAST_SCORES - 1, 5_000, "few", id="too-few-now"),
        pytest.param(5_000, LEAST_SCORES - 1, "few", id="too-few-before"),
        pytest.param(LEAST_SCORES, LEAST_SCORES, "steady", id="just-enough"),
    ],
)
def test_nothing_is_said_of_too_few(this_week, before, reading):
    chance = random.Random(1)
    found = drift([*cells(some(chance, this_week)), *cells(some(chance, before), 3)])

    assert found.reading == reading
    assert (found.stability is None) == (reading == "few")
    assert (sum(found.this_week), sum(found.before)) == (this_week, before)


def test_what_is_said_to_be_chance_is_what_chance_gives():
    chance = random.Random(2)
    found = [drift([*cells(some(chance, 300)), *cells(some(chance, 900), 1)]) for _ in range(200)]

    by_chance = found[0].by_chance
    assert by_chance == pytest.approx((BINS - 1) * (1 / 300 + 1 / 900))
    assert sum(each.stability for each in found) / 200 == pytest.approx(by_chance, rel=0.15)
    assert sum(each.reading == "steady" for each in found) >= 199


@pytest.mark.parametrize(("shift", "reading"), [(0.0, "steady"), (1.0, "some"), (2.0, "much"), (-2.0, "much")])
def test_other_scores_are_noticed(shift, reading):
    chance = random.Random(3)

    assert drift([*cells(some(chance, 1_000, shift)), *cells(some(chance, 8_000), 4)]).reading == reading


def test_a_week_counts_what_people_decided_otherwise():
    decided = [(0.9, "spam")] * 6 + [(0.9, "ham")] * 2 + [(0.1, "spam")] + [(0.1, "ham")] + [(0.1, None)] * 90
    week = weeks(cells(decided, 2))[2]

    assert (week.comments, week.decided, week.wrong, week.spam) == (100, 10, 3, 7)
    assert week.error.low < 0.3 < week.error.high
    assert week.mean_score == pytest.approx(0.74)
    assert (week.calibration_error, week.by_chance) == (None, None)


def test_every_week_is_there_and_one_without_comments_says_nothing():
    told = weeks(cells([(0.5, "ham")], 8))

    assert len(told) == WEEKS
    assert told[0][:3] == (0, 0, 0)
    assert (told[0].error, told[0].mean_score, told[0].calibration_error) == ((0.0, 1.0), None, None)


def test_of_calibrated_scores_the_error_is_what_is_said_to_be_chance():
    chance = random.Random(4)
    told = [weeks(cells(some(chance, 200)))[0] for _ in range(200)]

    average = sum(each.calibration_error for each in told) / 200
    assert average == pytest.approx(sum(each.by_chance for each in told) / 200, rel=0.15)


def test_of_scores_that_exaggerate_it_is_more():
    chance = random.Random(5)
    exaggerated = [(score, "spam" if chance.random() < score / 2 else "ham") for score, _ in some(chance, 500)]
    (week, *_) = weeks(cells(exaggerated))

    assert week.calibration_error > 3 * week.by_chance
    assert weeks(cells(exaggerated[: LEAST_DECIDED - 1]))[0].calibration_error is None
