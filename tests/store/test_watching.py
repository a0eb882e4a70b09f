"""Days of sites, counted in a real database."""

from datetime import timedelta

import pytest

from app.core.alarms import DAYS, Alarm, Day
from app.core.comment import Comment
from app.core.times import shifted
from app.core.verdict import Classification
from app.store.records import Record
from tests.store.conftest import THRESHOLDS

NOW = "2026-12-01T10:00:00.000Z"


@pytest.fixture
def add(sql_store):
    """add(hours ago, action, ...): comments of a site."""
    sql_store.add_site("shop", "aaaaaaaaaaaa", NOW)
    number = 0

    def adding(hours, *actions, site="blog", score=0.1, model="m1"):
        nonlocal number
        records = []
        for action in actions:
            number += 1
            verdict = {"publish": "ham", "hold": "unsure"}.get(action, "spam")
            found = Classification(score, verdict, action, THRESHOLDS, None, "So.", (), (), (), (), model)
            at = shifted(NOW, timedelta(hours=-hours))
            records.append(Record(f"c_{number}", site, at, Comment(text=f"{number}"), found))
        sql_store.record(records)
        return [record.id for record in records]

    return adding


def test_every_site_has_its_days_the_newest_first(sql_store, add):
    add(0.1, "publish", "hold")
    add(24, "reject")
    add(24.1, "publish")
    add(24 * DAYS + 1, "publish")
    add(1, "publish", site="shop")

    days = sql_store.days(NOW)

    assert {name: len(each) for name, each in days.items()} == {"blog": DAYS, "shop": DAYS}
    assert days["blog"][:3] == (Day(3, 2), Day(1, 0), Day(0, 0))
    assert days["blog"][-1] == Day(0, 0)
    assert days["shop"][:2] == (Day(1, 0), Day(0, 0))


def test_a_site_that_has_fallen_silent_alarms_and_no_other(sql_store, add):
    for day in range(1, 15):
        add(24 * day + 2, *["publish"] * 6, *["reject"] * 2)
        add(24 * day + 2, *["publish"] * 6, site="shop")
    add(2, "publish", site="shop")

    assert sql_store.alarms(NOW) == (("blog", Alarm("silent", 1, 0, 8.0)),)


def test_without_a_site_nothing_alarms(sql_store):
    assert sql_store.alarms(NOW) == ()
