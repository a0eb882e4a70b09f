"""What the statistics count: small databases with known answers, and a generated one counted again in plain Python."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import event

from app.core.comment import Comment
from app.core.threshold_goals import Counted
from app.core.verdict import Classification, Override, Reason
from app.store.database import migrate, writing
from app.store.migrating import migration_config
from app.store.records import Decision, Record
from app.store.statistics import (
    ACTIONS,
    SITTING_S,
    SPOKE_FROM,
    Delay,
    Made,
    OfModel,
    OfReason,
    Pace,
    Period,
    Reasons,
    Span,
    Waiting,
    by_hour,
    delay,
    histogram,
    paces,
    usual_s,
)
from tests.store.conftest import THRESHOLDS

DAY = Span("2026-11-22T00:00:00.000Z", "2026-11-23T00:00:00.000Z")
NEXT_DAY = Span("2026-11-23T00:00:00.000Z", "2026-11-24T00:00:00.000Z")
SINCE = DAY.since


def answer(action="publish", score=0.1, model="m1", override=None, reasons=()):
    verdict = {"publish": "ham", "hold": "unsure"}.get(action, "spam")
    told = tuple(Reason(code, "Because.", weight, "", 0, 0, "", 0.1) for code, weight in reasons)
    return Classification(score, verdict, action, THRESHOLDS, override, "So.", told, (), (), (), model)


@pytest.fixture
def add(sql_store):
    """add(id, action, ..., label=None): a comment, and the decision on it if there is one."""
    sql_store.add_site("shop", "aaaaaaaaaaaa", SINCE)

    def adding(id, *, site="blog", at="2026-11-22T10:00:00.000Z", label=None, by="jana", decided="", **answered):
        sql_store.record([Record(id, site, at, Comment(text=id), answer(**answered))])
        if label:
            source = "feedback" if by == "cms" else "moderator"
            sql_store.add_decision(site, id, Decision(label, by, decided or "2026-11-22T11:00:00.000Z", source))

    return adding


class TestOutcomes:
    def test_each_span_has_its_comments_and_the_mistakes_among_them(self, sql_store, add):
        add("c_1", action="publish")
        add("c_2", action="publish", label="spam")
        add("c_3", action="hold", label="ham")
        add("c_4", action="hold", label="spam")
        add("c_5", action="hold")
        add("c_6", action="reject", label="ham", by="cms")
        add("c_7", action="discard", at="2026-11-23T00:00:00.000Z")
        add("c_8", action="discard", at="2026-11-24T00:00:00.000Z")

        assert sql_store.outcomes("blog", [DAY, NEXT_DAY]) == (
            Period(DAY, (2, 3, 1, 0), decided=4, flagged=3, false_positives=2, spam=2, missed=1, untouched=1),
            Period(NEXT_DAY, (0, 0, 0, 1), 0, 0, 0, 0, 0, untouched=1),
        )

    def test_of_one_site_or_of_all(self, sql_store, add):
        add("c_1")
        add("c_2", site="shop")

        counts = [sql_store.outcomes(site, [DAY])[0].comments for site in ("blog", "shop", None, "none")]
        assert counts == [1, 1, 2, 0]

    def test_a_decision_that_was_taken_back_does_not_count(self, sql_store, add):
        add("c_1", action="hold", label="ham")
        sql_store.add_decision("blog", "c_1", Decision(None, "jana", "2026-11-22T12:00:00.000Z", "moderator"))

        assert sql_store.outcomes("blog", [DAY])[0].decided == 0

    def test_no_spans_no_periods(self, sql_store):
        assert sql_store.outcomes(None, []) == ()

    def test_two_periods_together(self, sql_store, add):
        add("c_1", action="hold", label="ham")
        add("c_2", action="hold", label="ham", at="2026-11-23T10:00:00.000Z")
        first, second = sql_store.outcomes("blog", [DAY, NEXT_DAY])

        assert first + second == Period(Span(DAY.since, NEXT_DAY.until), (0, 2, 0, 0), 2, 2, 2, 0, 0, 0)


class TestModels:
    def test_each_model_is_told_its_own_mistakes_and_not_those_of_rules(self, sql_store, add):
        add("c_1", model="m1", action="hold", label="ham")
        add("c_2", model="m2", action="publish", label="spam", at="2026-11-22T12:00:00.000Z")
        add("c_3", model="m2", action="publish")
        add("c_4", model="m2", action="reject", label="ham", override=Override("deny", "host", "a.example"))

        assert sql_store.by_model("blog", SINCE) == (
            OfModel("m2", 2, 1, 0, 0, 1, 1, "2026-11-22T12:00:00.000Z"),
            OfModel("m1", 1, 1, 1, 1, 0, 0, "2026-11-22T10:00:00.000Z"),
        )


class TestReasons:
    def test_a_reason_is_right_when_it_spoke_for_what_was_decided_to_be_spam(self, sql_store, add):
        add("c_1", action="hold", label="spam", reasons=[("a", SPOKE_FROM), ("b", 2.0)])
        add("c_2", action="hold", label="ham", reasons=[("a", 1.0), ("b", SPOKE_FROM - 0.01), ("c", -2.0)])
        add("c_3", action="hold", reasons=[("a", 1.0)])

        assert sql_store.by_reason("blog", SINCE) == Reasons(2, (OfReason("a", 2, 1), OfReason("b", 1, 1)))

    def test_a_reason_that_spoke_twice_in_a_comment_counts_once(self, sql_store, add):
        add("c_1", action="hold", label="spam", reasons=[("a", 1.0), ("a", 2.0)])

        assert sql_store.by_reason("blog", SINCE).reasons == (OfReason("a", 1, 1),)

    def test_only_the_newest_are_read(self, sql_store, add):
        add("c_1", action="hold", label="ham", reasons=[("a", 1.0)])
        add("c_2", action="hold", label="spam", reasons=[("a", 1.0)], at="2026-11-22T10:00:01.000Z")

        assert sql_store.by_reason(None, SINCE, most=1) == Reasons(1, (OfReason("a", 1, 1),))


class TestModerators:
    def test_only_what_moderators_decided_here_is_their_work(self, sql_store, add):
        add("c_1", action="hold", label="ham", decided="2026-11-22T11:00:00.000Z")
        add("c_2", action="publish", label="spam", by="cms")
        add("c_3", action="hold", label="ham", by="ben", decided="2026-11-21T11:00:00.000Z")
        add("c_4", site="shop", action="hold", label="ham", by="eva", decided="2026-11-22T11:00:01.000Z")

        made = [Made("eva", "2026-11-22T11:00:01.000Z"), Made("jana", "2026-11-22T11:00:00.000Z")]
        assert list(sql_store.decisions_made(None, SINCE)) == made
        assert list(sql_store.decisions_made("blog", SINCE)) == made[1:]
        assert list(sql_store.decisions_made(None, SINCE, most=1)) == made[:1]

    def test_a_pause_is_no_decision(self):
        at = datetime(2026, 11, 22, 10, tzinfo=UTC)
        seconds = [0, 4, 8, 20, 20 + SITTING_S, 30 + SITTING_S]
        made = [Made("jana", (at + timedelta(seconds=each)).isoformat()) for each in seconds]

        assert paces(made) == (Pace("jana", 6, 7.0, 60 * 4 / 30),)

    def test_who_decided_once_or_all_at_once_has_no_pace(self):
        made = [Made("jana", "2026-11-22T10:00:00Z")] * 3

        assert paces(made) == (Pace("jana", 3, None, None),)
        assert usual_s(paces(made)) is None

    def test_hours_are_those_of_the_zone(self):
        from zoneinfo import ZoneInfo

        made = [Made("jana", "2026-11-22T23:30:00.000Z"), Made("jana", "2026-07-22T23:30:00.000Z")]

        hours = by_hour(made, ZoneInfo("Europe/Bratislava"))
        assert {hour: n for hour, n in enumerate(hours) if n} == {0: 1, 1: 1}  # winter and summer


class TestDelays:
    def test_held_comments_apart_from_the_others(self, sql_store, add):
        add("c_1", action="hold", label="ham", decided="2026-11-22T10:01:00.000Z")
        add("c_2", action="hold", label="ham", decided="2026-11-22T10:03:00.000Z")
        add("c_3", action="publish", label="spam", by="cms", decided="2026-11-23T10:00:00.000Z")
        add("c_4", action="hold")

        assert sql_store.delays("blog", SINCE) == (Delay(2, 120.0, 180.0), Delay(1, 86_400.0, 86_400.0))
        assert sql_store.delays("shop", SINCE) == (None, None)

    def test_nine_of_ten(self):
        came = datetime(2026, 11, 22, tzinfo=UTC)
        waits = [(came.isoformat(), (came + timedelta(seconds=each)).isoformat()) for each in range(1, 21)]

        assert delay(waits) == Delay(20, 10.5, 18.0)


class TestWaiting:
    def test_by_age_what_is_held_and_what_was_reported(self, sql_store, add):
        add("c_1", action="hold", at="2026-11-22T11:30:00.000Z")
        add("c_2", action="hold", at="2026-11-22T01:00:00.000Z")
        add("c_3", action="hold", at="2026-01-01T00:00:00.000Z")
        add("c_4", action="publish", label="spam", by="cms", at="2026-11-22T11:30:00.000Z")
        add("c_5", action="hold", label="ham")
        add("c_6", action="reject")
        bounds = ["2026-11-22T11:00:00.000Z", "2026-11-21T12:00:00.000Z"]

        assert sql_store.waiting("blog", bounds) == Waiting((1, 1, 1), (1, 0, 0), "2026-01-01T00:00:00.000Z")
        assert sql_store.waiting("shop", bounds) == Waiting((0, 0, 0), (0, 0, 0), "")


class TestScores:
    def test_what_a_rule_answered_has_no_score_that_counts(self, sql_store, add):
        add("c_1", score=0.29)
        add("c_2", score=0.29)
        add("c_3", score=0.29, action="hold", label="spam")
        add("c_4", score=0.9, action="publish", override=Override("allow", "author", "Jana"))

        assert set(sql_store.scored("blog", SINCE, 10_000)) == {
            Counted(0.29, "publish", None, 2),
            Counted(0.29, "hold", "spam", 1),
        }

    def test_steps_are_rounded_down_and_no_digit_is_lost(self, sql_store, add):
        for number, score in enumerate((0.0, 0.05, 0.0999, 0.29, 1.0)):
            add(f"c_{number}", score=score)

        steps = sql_store.scored(None, SINCE, 100)
        assert sorted(each.score for each in steps) == [0.0, 0.05, 0.09, 0.29, 1.0]
        assert sum(each.comments for each in sql_store.scored(None, SINCE, 20)) == 5

    def test_only_the_newest(self, sql_store, add):
        add("c_1", score=0.1)
        add("c_2", score=0.2, at="2026-11-22T10:00:01.000Z")

        assert sql_store.scored("blog", SINCE, 10_000, most=1) == (Counted(0.2, "publish", None, 1),)

    def test_thresholds_of_a_site(self, sql_store):
        assert (sql_store.thresholds("blog"), sql_store.thresholds("none")) == (None, None)
        sql_store.set_thresholds("blog", THRESHOLDS)
        assert sql_store.thresholds("blog") == THRESHOLDS


@pytest.mark.parametrize("score", [0.0, 0.05, 0.1, 0.15, 0.29, 0.35, 0.55, 0.7, 0.95, 0.9999, 1.0])
def test_a_bin_begins_with_its_own_score(score):
    assert histogram([(score, 1)], 20).index(1) == min(19, round(score * 10_000) // 500)


# One generated database, counted again in plain Python.

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def text(moment):
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture
def generated(sql_store):
    """600 comments of two sites over 40 days, some decided, some again; what stands of each."""
    dice = random.Random(20261130)
    sql_store.add_site("shop", "aaaaaaaaaaaa", SINCE)
    stands = []
    for number in range(600):
        came = NOW - timedelta(seconds=dice.randrange(40 * 86_400))
        action = dice.choices(ACTIONS, (5, 3, 2, 1))[0]
        record = Record(
            f"c_{number:04}",
            dice.choice(["blog", "shop"]),
            text(came),
            Comment(text="x"),
            answer(
                action,
                round(dice.random(), 4),
                dice.choice(["m1", "m2"]),
                Override("deny", "host", "a.example") if dice.random() < 0.1 else None,
                [(dice.choice("abcdef"), dice.uniform(-1, 2)) for _ in range(dice.randrange(6))],
            ),
        )
        sql_store.record([record])
        stands.append([record, None])
        for _ in range(dice.choice([0, 0, 1, 1, 2])):
            label = dice.choice(["spam", "ham", None])
            source = dice.choice(["moderator", "feedback"])
            decision = Decision(
                label, dice.choice("xyz"), text(came + timedelta(seconds=dice.randrange(9_999))), source
            )
            stood = sql_store.add_decision(record.site, record.id, decision)
            stands[-1][1] = stood if stood and stood.label else None
    return [(record, decision) for record, decision in stands]


@pytest.mark.parametrize("site", ["blog", None])
def test_sql_counts_as_plain_python_does(sql_store, generated, site):
    days = [Span(text(NOW - timedelta(days=n)), text(NOW - timedelta(days=n - 1))) for n in range(30, 0, -1)]
    since = days[0].since
    here = [(record, decision) for record, decision in generated if site in (None, record.site)]
    inside = [each for each in here if each[0].received_at >= since]
    scored = [each for each in inside if each[0].classification.override is None]

    told = sql_store.outcomes(site, days)
    assert [each.comments for each in told] == [
        sum(span.since <= record.received_at < span.until for record, _ in here) for span in days
    ]
    whole = sum(told[1:], told[0])
    labels = Counter((r.classification.action != "publish", d.label if d else None) for r, d in inside)
    assert whole[1:] == (
        tuple(sum(r.classification.action == action for r, _ in inside) for action in ACTIONS),
        sum(1 for _, d in inside if d),
        labels[True, "ham"] + labels[True, "spam"],
        labels[True, "ham"],
        labels[True, "spam"] + labels[False, "spam"],
        labels[False, "spam"],
        sum(1 for r, d in inside if not d and r.classification.action != "hold"),
    )

    counted = Counter((r.classification.score, r.classification.action, d.label if d else None) for r, d in scored)
    assert Counter({each[:3]: each.comments for each in sql_store.scored(site, since, 10_000)}) == counted
    assert {each.model: each.comments for each in sql_store.by_model(site, since)} == Counter(
        r.classification.model for r, _ in scored
    )

    spoke = [
        (reason, d.label)
        for r, d in inside
        if d
        for reason in {each.code for each in r.classification.reasons if each.weight >= SPOKE_FROM}
    ]
    assert {each.code: (each.spoke, each.right) for each in sql_store.by_reason(site, since).reasons} == {
        code: (n, sum(1 for reason, label in spoke if (reason, label) == (code, "spam")))
        for code, n in Counter(reason for reason, _ in spoke).items()
    }
    waits = [(r.received_at, d.at) for r, d in inside if d and r.classification.action == "hold"]
    assert sql_store.delays(site, since)[0] == delay(waits)
    open_ones = [r for r, d in here if not d and r.classification.action == "hold"]
    assert sum(sql_store.waiting(site, [since]).held) == len(open_ones)


@pytest.mark.sqlite_only
def test_what_a_site_s_page_asks_reads_no_comment_but_for_the_reasons(sql_store, generated):
    """The plan of every query, as SQLite tells it: all but one are answered from an index alone."""
    asked = []
    engine = sql_store._engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    for site in ("blog", None):
        sql_store.outcomes(site, [DAY])
        sql_store.by_model(site, SINCE)
        sql_store.delays(site, SINCE)
        sql_store.waiting(site, [SINCE])
        sql_store.scored(site, SINCE, 20)
    with engine.connect() as connection:
        plans = [
            " ".join(str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))
            for statement, parameters in list(asked)
        ]

    assert len(plans) == 12
    assert [plan for plan in plans if "COVERING INDEX ix_comments_" not in plan] == []


def test_the_override_of_a_comment_stands_in_a_column(sql_store, make_record):
    record = make_record("c_1")
    without = make_record("c_2", classification=replace(record.classification, override=None))
    sql_store.record([record, without])

    with sql_store._engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT id, override FROM comments ORDER BY id").all()
    assert [tuple(row) for row in found] == [("c_1", "deny"), ("c_2", "")]


@pytest.mark.sqlite_only
def test_an_older_database_gets_the_overrides_of_its_comments(sql_store, add, engine):
    add("c_1", override=Override("allow", "author", "Jana"))
    add("c_2", action="hold", score=0.5)
    config = migration_config()
    with writing(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
    migrate(engine)

    assert sql_store.scored("blog", SINCE, 20) == (Counted(0.5, "hold", None, 1),)
    assert sql_store.outcomes("blog", [DAY])[0].comments == 2
