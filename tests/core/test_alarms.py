"""When a site alarms, by its own past."""

import random

import pytest

from app.core.alarms import DAYS, KINDS, REMEDIES, SENTENCES, Alarm, Day, alarms, values

USUAL = [Day(20, 8)] * 14
NONE = Day(0, 0)
QUIET = Day(20, 0)
WEEKS = [NONE, NONE, *[Day(9, 3)] * 5] * 4


def kinds(days):
    return [alarm.kind for alarm in alarms(days)]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param([], [], id="no-day"),
        pytest.param([NONE] * DAYS, [], id="never-called"),
        pytest.param(USUAL, [], id="as-usual"),
        pytest.param([NONE, *USUAL], ["silent"], id="silent-for-a-day"),
        pytest.param([NONE, *USUAL[:6]], [], id="six-days-are-no-past"),
        pytest.param(
            [NONE, *USUAL[:7], *[NONE] * 40], ["silent"], id="what-was-before-the-first-comment-does-not-count"
        ),
        pytest.param([NONE, *[Day(1, 0)] * 30], [], id="one-comment-a-day-may-miss-a-day"),
        pytest.param([*[NONE] * 5, *[Day(1, 0)] * 30], ["silent"], id="one-comment-a-day-does-not-miss-five"),
        pytest.param(WEEKS, [], id="rests-at-weekends"),
        pytest.param([NONE, *WEEKS], ["silent"], id="not-back-on-monday"),
        pytest.param([*[NONE] * 50, *[Day(50, 1)] * 6], [], id="given-up"),
        pytest.param([QUIET, *USUAL], ["all-ham"], id="all-ham-for-a-day"),
        pytest.param([Day(20, 1), *USUAL], [], id="one-held-is-enough"),
        pytest.param([QUIET, QUIET, *USUAL], ["all-ham"], id="all-ham-for-two-days"),
        pytest.param([QUIET] * 40, [], id="never-had-spam"),
        pytest.param([QUIET, *[Day(20, 1)] * 20], [], id="had-too-little-spam-to-miss-it"),
        pytest.param([QUIET, *USUAL[:7], QUIET, *USUAL[:7]], [], id="had-such-a-day-before"),
        pytest.param([Day(3, 0), *USUAL], [], id="three-comments-say-nothing"),
        pytest.param([NONE, QUIET, *USUAL[:7], NONE, *USUAL], [], id="rests-today-like-before"),
    ],
)
def test_a_site_alarms_when_its_past_does_not_let_expect_it(days, expected):
    assert kinds(days) == expected


def test_an_alarm_says_what_was_expected():
    assert alarms([QUIET, QUIET, *USUAL]) == (Alarm("all-ham", 2, 40, 16.0),)
    assert alarms([NONE, NONE, *USUAL]) == (Alarm("silent", 2, 0, 40.0),)


@pytest.mark.parametrize("kind", KINDS)
def test_every_alarm_has_a_sentence_and_a_remedy(kind):
    assert "%" not in SENTENCES[kind] % values(Alarm(kind, 1, 20, 8.0))
    assert REMEDIES[kind]


@pytest.mark.parametrize("mean", [1, 3, 10, 100])
def test_sites_where_nothing_is_wrong_hardly_ever_alarm(mean):
    """Comments and spam by chance alone: of 300 sites on a day, at most 3 alarm."""
    chance = random.Random(mean)

    def day():
        came = sum(chance.random() < mean / 200 for _ in range(200))
        return Day(came, sum(chance.random() < 0.3 for _ in range(came)))

    assert sum(bool(alarms([day() for _ in range(DAYS)])) for _ in range(300)) <= 3
