"""winnow site goals: thresholds by goal from a history, on a real SQLite file."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.core.comment import Comment
from app.core.verdict import Classification
from app.store.database import open_engine
from app.store.records import MODERATOR, Decision, Record
from app.store.sql import SqlStore
from tests.store.conftest import CLASSIFICATION

NOW = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
PLAIN = replace(CLASSIFICATION, override=None, links=())


def answered(score: float, action: str) -> Classification:
    return replace(PLAIN, score=score, action=action)


@pytest.fixture
def history(run, home):
    """A site with 596 published comments, 3 held at 0.42 and one at 0.5 that were called good, and 40 that are spam."""
    run("site", "add", "blog")
    store = SqlStore(open_engine(f"sqlite:///{home}/winnow.db"))
    kinds = [(596, 0.1, "publish", None), (3, 0.42, "hold", "ham"), (1, 0.5, "hold", "ham"), (40, 0.45, "hold", "spam")]
    number = 0
    for count, score, action, label in kinds:
        for _ in range(count):
            number += 1
            id = f"c_{number:05}"
            store.record([Record(id, "blog", NOW, Comment(text="Hi"), answered(score, action))])
            if label:
                store.add_decision("blog", id, Decision(label, "jana", NOW, MODERATOR))
    yield store
    store.close()


def test_each_goal_has_its_threshold_its_interval_and_its_price(run, history):
    told = json.loads(run("site", "goals", "blog", "--json").stdout)
    by_goal = {each["one_in"]: each for each in told["goals"]}

    assert by_goal[200]["hold"] == 0.4201
    assert (by_goal[200]["from"], by_goal[200]["ham_held"], by_goal[200]["spam_missed"]) == ("history", 1.0, 0.0)
    assert by_goal[200]["share_low"] < 1 / 600 < by_goal[200]["share_high"] < 0.02
    assert (by_goal[500]["from"], by_goal[500]["lack"]) == ("shipped", "ham")
    assert by_goal[1000]["hold"] >= by_goal[200]["hold"]


def test_a_goal_can_be_set_and_its_price_is_told(run, history):
    done = run("site", "goals", "blog", "--set", "190")

    assert done.exit_code == 0
    assert "hold from 0.4201" in done.stdout
    assert history.thresholds("blog").hold == 0.4201
    assert "596 that were published" in " ".join(done.stderr.split())


def test_too_small_a_history_is_refused_and_nothing_changes(run, history):
    done = run("site", "goals", "blog", "--set", "1000")

    assert done.exit_code == 2
    assert "3,000 good comments" in done.stderr
    assert history.thresholds("blog") is None


def test_people_read_where_each_threshold_is_from(run, history):
    shown = run("site", "goals", "blog").stdout

    assert "the site's history" in shown
    assert "shipped: too few" in shown
    assert run("site", "goals", "nowhere").exit_code == 2
