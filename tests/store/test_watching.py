"""Days of sites, counted in a real database."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from app.core.alarms import DAYS, Alarm, Day
from app.core.comment import Comment
from app.core.drift import WEEKS, Cell
from app.core.times import shifted
from app.core.verdict import Classification, Override
from app.store.records import Decision, Record
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


class TestWeeks:
    def test_scores_are_counted_by_week_bin_answer_and_decision(self, sql_store, add):
        (id, _) = add(1, "publish", "publish", score=0.0099)
        sql_store.add_decision("blog", id, Decision("spam", "jana", NOW, "moderator"))
        add(2, "reject", score=0.01)
        add(24 * 7, "reject", score=0.99)
        add(24 * 7 * WEEKS, "reject", score=1.0)
        add(24 * 7 * WEEKS + 1, "reject", score=1.0)
        add(3, "publish", site="shop", score=0.5)

        found = sorted(sql_store.weeks("blog", NOW), key=lambda cell: (cell.week, cell.bin, cell.label or ""))

        assert found == [
            Cell(0, 0, False, None, 1, 0.0099),
            Cell(0, 0, False, "spam", 1, 0.0099),
            Cell(0, 1, True, None, 1, 0.01),
            Cell(0, 9, True, None, 1, 0.99),
            Cell(8, 9, True, None, 1, 1.0),
        ]
        assert sum(cell.comments for cell in sql_store.weeks(None, NOW)) == 6

    def test_what_a_rule_answered_is_left_out(self, sql_store, add):
        found = Classification(
            0.5, "ham", "publish", THRESHOLDS, Override("role", "", "editor"), "So.", (), (), (), (), "m"
        )
        sql_store.record([Record("c_1", "blog", shifted(NOW, timedelta(hours=-1)), Comment(text="x"), found)])

        assert sql_store.weeks("blog", NOW) == ()

    @pytest.mark.sqlite_only
    def test_no_comment_is_read_for_it(self, sql_store, add):
        add(1, "publish")
        asked = []
        event.listen(sql_store._engine, "before_cursor_execute", lambda *args: asked.append(args[2:4]))
        sql_store.weeks(None, NOW)
        sql_store.days(NOW)

        for statement, parameters in [each for each in asked if "spans" in each[0]]:
            with sql_store._reading() as connection:
                plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            (read,) = [step for step in plan if "comments" in step]
            assert "USING COVERING INDEX ix_comments_site (site=? AND received_at>? AND received_at<?)" in read
