"""When a message is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from app.core.times import written
from app.hooks.schedule import MAX_RETRY_AFTER_S, RETRIES_S, attempt_of, retry_after_s
from app.hooks.sending import Answer
from app.store.outbox import Attempt

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)
FAILED = Answer(500, "It answered 500.")


def waits(answer: Answer, attempts: int, dice: float = 0.5) -> float | None:
    next_at = attempt_of(answer, attempts, NOW, RETRIES_S, dice).next_at
    return None if next_at is None else (datetime.fromisoformat(next_at) - NOW).total_seconds()


def test_the_waits_grow_to_a_day_and_end_after_three_days():
    assert [waits(FAILED, attempt) for attempt in range(1, 11)] == [*RETRIES_S, None]
    assert timedelta(days=3) < timedelta(seconds=sum(RETRIES_S)) < timedelta(days=4)


def test_they_are_spread_by_a_fifth():
    assert (waits(FAILED, 2, 0.0), waits(FAILED, 2, 1.0)) == (240, 360)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_what_is_delivered(status):
    assert attempt_of(Answer(status, ""), 3, NOW, RETRIES_S, 0.5) == Attempt(written(NOW), status, "")


def test_gone_is_gone():
    attempt = attempt_of(Answer(410, "It answered 410."), 1, NOW, RETRIES_S, 0.5)

    assert (attempt.next_at, attempt.disables, attempt.status) == (None, True, 410)


@pytest.mark.parametrize(
    ("status", "header", "expected"),
    [
        (429, "3600", 3600),
        (503, "3600", 3600),
        (503, "1", 5),  # never sooner than by the schedule
        (503, "Tue, 01 Dec 2026 11:00:00 GMT", 3600),
        (503, "999999999999999999999", MAX_RETRY_AFTER_S),
        (500, "3600", 5),  # not asked for by the standard
        (503, "", 5),
    ],
)
def test_a_receiver_may_ask_for_time(status, header, expected):
    assert waits(Answer(status, "It answered.", header), 1) == expected


@pytest.mark.parametrize("header", ["", "soon", "-5", "1.5", "١٢", "Tue, 99 Dec 2026 11:00:00 GMT", "0" * 99])
def test_what_is_no_time_is_passed_over(header):
    assert retry_after_s(header, NOW) == 0.0


def test_a_date_without_a_zone_is_utc():
    assert retry_after_s("Tue, 01 Dec 2026 10:00:30 -0000", NOW) == 30.0
