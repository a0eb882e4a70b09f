"""Thresholds from a site's own history: intervals, previews, goals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.comment import Thresholds
from app.core.threshold_goals import (
    GOALS,
    LEAST_PER_GOAL,
    SHIPPED_GOALS,
    Counted,
    Interval,
    Kinds,
    Ledger,
    by_goal,
    evidence,
    of_shipped,
    ordered,
    wilson,
)
from app.training.crossing import REJECT_RATE
from app.training.thresholds import DISCARD_RATE, HOLD_RATE

SHIPPED = Thresholds(0.25, 0.6, 0.98)

histories = st.lists(
    st.builds(
        Counted,
        st.integers(0, 10_000).map(lambda step: step / 10_000),
        st.sampled_from(["publish", "hold", "reject", "discard"]),
        st.sampled_from(["ham", "spam", None]),
        st.integers(1, 500),
    ),
    max_size=30,
)
scores = st.integers(0, 10_001).map(lambda step: step / 10_000)


class TestInterval:
    @pytest.mark.parametrize(
        ("hits", "of", "low", "high"),
        [
            pytest.param(1, 2, 0.0945, 0.9055, id="1-of-2-is-not-a-half"),
            pytest.param(0, 10, 0.0, 0.2775, id="none-of-10-may-be-a-quarter"),
            pytest.param(10, 10, 0.7225, 1.0, id="all-of-10"),
            pytest.param(50, 100, 0.4038, 0.5962, id="50-of-100"),
            pytest.param(214, 219, 0.9477, 0.9902, id="214-of-219"),
        ],
    )
    def test_it_is_that_of_wilson(self, hits, of, low, high):
        assert wilson(hits, of) == pytest.approx((low, high), abs=0.0001)

    @given(st.integers(0, 10_000), st.integers(0, 10_000))
    def test_it_holds_the_share_and_never_leaves_0_to_1(self, hits, misses):
        of = hits + misses
        low, high = wilson(hits, of)

        assert 0 <= low <= (hits / of if of else 0.5) <= high <= 1

    def test_of_nothing_nothing_is_known(self):
        assert wilson(0, 0) == Interval(0.0, 1.0)


class TestLedger:
    @given(histories, scores, scores)
    def test_a_range_holds_what_one_by_one_is_in_it(self, history, low, high):
        inside = [each for each in history if low <= each.score < high]

        counted = [sum(each.comments for each in inside if each.label == label) for label in ("ham", "spam", None)]
        assert Ledger(history).between(low, high) == Kinds(*counted)

    def test_a_higher_hold_lets_more_through_and_a_lower_reject_refuses_more(self):
        history = [
            Counted(0.3, "hold", "ham", 1),
            Counted(0.4, "hold", "spam", 2),
            Counted(0.5, "hold", None, 4),
            Counted(0.7, "reject", "spam", 8),
        ]
        nothing = Kinds(0, 0, 0)

        changes = Ledger(history).preview(Thresholds(0.25, 0.6, 0.98), Thresholds(0.45, 0.5, 0.98))

        assert changes == (nothing, Kinds(1, 2, 0), Kinds(0, 0, 4), nothing)

    @given(histories)
    def test_the_thresholds_that_stand_change_nothing(self, history):
        assert all(kinds.all == 0 for kinds in Ledger(history).preview(SHIPPED, SHIPPED))


class TestEvidence:
    @pytest.mark.parametrize(
        ("action", "label", "ham", "spam"),
        [
            pytest.param("publish", None, 10, 0, id="published-and-nobody-complained"),
            pytest.param("publish", "spam", 0, 10, id="published-and-reported"),
            pytest.param("hold", None, 0, 0, id="held-and-undecided-is-left-out"),
            pytest.param("hold", "ham", 10, 0, id="held-and-freed"),
            pytest.param("reject", None, 0, 10, id="rejected-and-nobody-complained"),
            pytest.param("discard", None, 0, 10, id="discarded"),
            pytest.param("reject", "ham", 10, 0, id="rejected-and-freed"),
        ],
    )
    def test_what_a_comment_counts_as(self, action, label, ham, spam):
        told = evidence([Counted(0.5, action, label, 10)])

        assert (told.ham_weight, told.spam_weight) == (ham, spam)

    def test_decided_held_comments_stand_for_those_that_wait(self):
        told = evidence(
            [
                Counted(0.1, "publish", None, 100),
                Counted(0.4, "hold", "ham", 2),
                Counted(0.4, "hold", "spam", 6),
                Counted(0.5, "hold", None, 8),
            ]
        )

        assert told.held_weight == 2.0
        assert (told.held(0.4), told.ham_weight, told.spam_weight) == (4, 104, 12)
        assert told.ham_effective == pytest.approx(104**2 / (100 + 2 * 4))
        assert told.is_read

    @pytest.mark.parametrize(
        ("decided", "waiting", "is_read"), [(0, 0, True), (0, 1, False), (1, 1, True), (4, 5, False)]
    )
    def test_half_of_the_held_must_be_decided(self, decided, waiting, is_read):
        history = [Counted(0.4, "hold", "ham", decided), Counted(0.4, "hold", None, waiting)]

        assert evidence([each for each in history if each.comments]).is_read is is_read

    def test_nothing_is_no_evidence(self):
        told = evidence([])

        assert (told.ham_weight, told.ham_effective, told.held(0.0), told.missed(1.0)) == (0, 0, 0, 0)


class TestGoals:
    @given(histories, st.sampled_from(GOALS))
    def test_a_goal_from_the_own_history_is_kept_and_no_lower_threshold_would_keep_it(self, history, one_in):
        told = evidence(history)
        goal = by_goal(told, one_in, SHIPPED)

        if goal.lack:
            assert goal.hold == of_shipped(SHIPPED, one_in)
        elif goal.hold < 1.0:
            allowed = told.ham_weight / one_in + 1e-6
            assert told.held(goal.hold) <= allowed
            assert goal.hold == 0.0 or told.held(round(goal.hold - 0.0001, 4)) > allowed - 2e-6

    def test_the_price_is_the_spam_below(self):
        told = evidence(
            [
                Counted(0.05, "publish", None, 996),
                Counted(0.3, "hold", "ham", 3),
                Counted(0.32, "hold", "spam", 5),
                Counted(0.5, "hold", "ham", 1),
                Counted(0.9, "reject", None, 40),
            ]
        )

        assert by_goal(told, 200, SHIPPED)[:4] == (200, 0.0501, "", 4)
        goal = by_goal(told, 250, SHIPPED)
        assert (goal.hold, goal.ham_held, goal.spam_missed) == (0.0501, 4, 0)

        told = evidence([Counted(0.05, "publish", None, 294), *_held(6)])
        goal = by_goal(told, 100, SHIPPED)
        assert (goal.hold, goal.ham_held, goal.spam_missed) == (0.3301, 3, 9)
        assert goal.share == pytest.approx(wilson(3, 300))

    @pytest.mark.parametrize(
        ("one_in", "good", "lack"), [(100, 299, "ham"), (100, 300, ""), (1000, 2999, "ham"), (1000, 3000, "")]
    )
    def test_three_times_n_good_comments_are_needed(self, one_in, good, lack):
        told = evidence([Counted(0.05, "publish", None, good)])

        assert by_goal(told, one_in, SHIPPED).lack == lack
        assert LEAST_PER_GOAL == 3

    def test_a_queue_that_nobody_works_off_says_nothing_of_thresholds(self):
        told = evidence([Counted(0.05, "publish", None, 10_000), Counted(0.4, "hold", None, 50)])

        assert {by_goal(told, one_in, SHIPPED).lack for one_in in GOALS} == {"decided"}

    def test_a_good_comment_with_the_highest_score_cannot_be_let_through(self):
        told = evidence([Counted(1.0, "discard", "ham", 10), Counted(0.1, "publish", None, 290)])

        assert by_goal(told, 100, SHIPPED)[:4] == (100, 1.0, "", 10)

    def test_the_shipped_goals_are_those_of_training(self):
        rates = {"hold": HOLD_RATE, "reject": REJECT_RATE, "discard": DISCARD_RATE}

        assert {name: int(1 / rate) for name, rate in rates.items()} == SHIPPED_GOALS

    def test_every_goal_has_a_shipped_threshold(self):
        assert [of_shipped(SHIPPED, one_in) for one_in in GOALS] == [0.25, 0.6, 0.98, 0.98]


def _held(ham):
    """Held comments: good ones at 0.31, 0.32, ..., and three spam below 0.33, 0.34, and so on."""
    good = [Counted(0.31 + step / 100, "hold", "ham", 1) for step in range(ham)]
    return [*good, *[Counted(0.305 + step / 100, "hold", "spam", 3) for step in range(ham)]]


def test_discard_is_raised_with_reject_and_never_lowered():
    assert ordered(0.3, 0.5, SHIPPED) == Thresholds(0.3, 0.5, 0.98)
    assert ordered(0.3, 0.99, SHIPPED) == Thresholds(0.3, 0.99, 0.99)
