"""winnow stats: alarms, drift and weeks, on a real SQLite file."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from app.core.comment import Comment, Thresholds
from app.core.times import shifted, written
from app.core.verdict import Classification
from app.store.database import open_engine
from app.store.records import Decision, Record
from app.store.sql import SqlStore


@pytest.fixture
def filled(run, home):
    """Two quiet months of the site blog, then a week in which half of the comments score high."""
    run("site", "add", "blog")
    run("site", "add", "shop")
    store = SqlStore(open_engine(f"sqlite:///{home}/winnow.db"))
    now = written(datetime.now(UTC))
    for day in range(63):
        scores = [0.02] * 36 if day >= 7 else [0.02] * 18 + [0.95] * 18
        store.record([_record(f"c_{day}-{n}", now, day, score) for n, score in enumerate(scores)])
    for n in range(18, 36):
        store.add_decision("blog", f"c_0-{n}", Decision("spam" if n < 30 else "ham", "jana", now, "moderator"))
        store.add_decision("blog", f"c_1-{n}", Decision("spam", "jana", now, "moderator"))
    store.close()


def _record(id, now, day, score):
    verdict, action = ("spam", "reject") if score > 0.5 else ("ham", "publish")
    found = Classification(score, verdict, action, Thresholds(0.3, 0.6, 1.0), None, "So.", (), (), (), (), "m1")
    return Record(id, "blog", shifted(now, timedelta(days=-day, hours=-1)), Comment(text=id), found)


def test_it_tells_drift_and_decisions(run, filled):
    told = json.loads(run("stats", "blog", "--json").stdout)

    assert (told["site"], told["alarms"]) == ("blog", [])
    assert told["drift"]["reading"] == "much"
    assert told["drift"]["stability_index"] > 1
    assert told["drift"]["models"] == ["m1"]
    assert [(each["this_week"], each["before"]) for each in told["drift"]["bins"] if each["from"] in (0.01, 0.9)] == [
        (126, 2016),
        (126, 0),
    ]
    week = told["weeks"][0]
    assert (week["comments"], week["decided"], week["wrong"], week["spam"]) == (252, 36, 6, 30)
    assert (week["mean_score"], week["calibration_error"]) == (0.95, pytest.approx(0.95 - 30 / 36, abs=1e-4))
    assert week["error_low"] < 6 / 36 < week["error_high"]
    assert len(told["weeks"]) == 9


def test_for_people_it_says_it_in_sentences(run, filled):
    result = run("stats")

    assert "spread quite otherwise" in result.stdout
    assert "Decided comments are no random sample" in result.stderr


def test_an_empty_database_says_that_there_is_too_little(run):
    told = json.loads(run("stats", "--json").stdout)

    assert (told["site"], told["drift"]["reading"], told["drift"]["stability_index"]) == (None, "few", None)


def test_a_site_that_is_not_there(run):
    result = run("stats", "nope")

    assert (result.exit_code, result.stdout) == (2, "")
