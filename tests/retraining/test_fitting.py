"""The fit around the shipped model, what it sets aside, and what each decision counts, on matrices made by hand."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import sparse

from app.core.blocks import NAMED, SPELLING, WEIGHTS
from app.core.check import Check
from app.core.comment import Comment
from app.retraining.adapting import Decisions, Freedom, adapt
from app.retraining.contested import contested
from app.retraining.gate import failed, logit_of, on_contested, on_newest
from app.retraining.lessons import CAMPAIGN_WEIGHT, FEEDBACK_WEIGHT, TEACHER_WEIGHT, weights
from app.store.teaching import Lesson

NO_ANCHORS = sparse.csr_matrix((0, WEIGHTS), dtype=np.float32)
FREE = Freedom()
SPAM_WORD, HAM_WORD, COMMON = 10, 20, 30


def rows_of(entries: list[list[int]]) -> sparse.csr_matrix:
    """A comment for each list, with value 1 for each of its features."""
    index = np.array([each for row in entries for each in row], dtype=np.int64)
    ends = np.cumsum([0, *map(len, entries)])
    return sparse.csr_matrix((np.ones(len(index), np.float32), index, ends), shape=(len(entries), WEIGHTS))


def decided(spam: int, ham: int, prior: float = 0.0) -> Decisions:
    """Spam has one word, ham another, and all have a third; each has a feature of its own, too."""
    rows = [[SPAM_WORD, COMMON, 1000 + n] for n in range(spam)] + [[HAM_WORD, COMMON, 5000 + n] for n in range(ham)]
    is_spam = np.array([True] * spam + [False] * ham)
    return Decisions(rows_of(rows), np.full(len(rows), prior), is_spam, np.ones(len(rows)))


def change_of(told: Decisions, place: int, anchors: sparse.csr_matrix = NO_ANCHORS, freedom: Freedom = FREE) -> float:
    return float(adapt(told, anchors, freedom).at(np.array([place]))[0])


class TestAdapt:
    def test_without_decisions_nothing_changes(self) -> None:
        assert len(adapt(decided(0, 0), NO_ANCHORS, FREE).index) == 0

    def test_words_of_spam_rise_and_words_of_ham_fall(self) -> None:
        told = decided(30, 30)

        assert change_of(told, SPAM_WORD) > 1
        assert change_of(told, HAM_WORD) < -1
        assert abs(change_of(told, COMMON)) < 0.1

    def test_where_nearly_all_is_spam_what_all_have_does_not_become_spam(self) -> None:
        told = decided(190, 10)

        assert abs(change_of(told, COMMON)) < change_of(told, SPAM_WORD) / 5

    def test_anchors_hold_what_they_have(self) -> None:
        told, anchors = decided(30, 30, prior=-4.0), rows_of([[SPAM_WORD]] * 20)

        assert change_of(told, SPAM_WORD, anchors, Freedom(anchor=1_000.0)) < change_of(told, SPAM_WORD) / 2

    def test_only_named_features_take_part(self) -> None:
        told = decided(30, 30)
        running = rows_of([[SPELLING.first + 5, *([SPAM_WORD] if is_spam else [])] for is_spam in told.is_spam])
        own = adapt(Decisions(running, told.logits, told.is_spam, told.weight), NO_ANCHORS, FREE)

        assert own.index.max() < NAMED.end

    def test_what_the_shipped_model_knows_already_changes_little(self) -> None:
        told = decided(30, 30)
        known = Decisions(told.rows, np.where(told.is_spam, 8.0, -8.0), told.is_spam, told.weight)

        assert abs(change_of(known, SPAM_WORD)) < change_of(told, SPAM_WORD) / 3


class TestContested:
    def test_wrong_labels_among_many_true_ones_are_found(self) -> None:
        told = decided(60, 60)
        labels = told.is_spam.copy()
        wrong = [3, 17, 70, 101]
        labels[wrong] = ~labels[wrong]
        found = contested(Decisions(told.rows, told.logits, labels, told.weight), NO_ANCHORS, FREE)

        assert np.flatnonzero(found).tolist() == wrong

    def test_true_ones_are_left_alone(self) -> None:
        assert not contested(decided(60, 60), NO_ANCHORS, FREE).any()

    def test_a_kind_that_the_shipped_model_misses_is_learned_when_there_are_several(self) -> None:
        told = decided(20, 60, prior=-6.0)

        assert not contested(told, NO_ANCHORS, FREE)[:20].any()

    def test_a_single_one_is_set_aside(self) -> None:
        told = decided(1, 60, prior=-6.0)

        assert contested(told, NO_ANCHORS, FREE).tolist() == [True] + [False] * 60


class TestGate:
    @pytest.mark.parametrize(
        ("measure", "before", "after", "is_passed"),
        [
            ("caught", 0.90, 0.899, True),
            ("caught", 0.90, 0.89, False),
            ("caught", 0.90, 0.99, True),
            ("held", 0.01, 0.011, True),
            ("held", 0.01, 0.02, False),
            ("error", 0.05, 0.01, True),
        ],
    )
    def test_worse_is_less_caught_or_more_held(
        self, measure: str, before: float, after: float, is_passed: bool
    ) -> None:
        assert Check("x", measure, before, after, 0.002).is_passed == is_passed

    def test_the_worst_comes_first(self) -> None:
        checks = [Check("a", "held", 0.0, 0.01, 0.0), Check("b", "held", 0.0, 0.03, 0.0), Check("c", "held", 0, 0, 0)]

        assert [check.what for check in failed(checks)] == ["b", "a"]

    def test_newest_decisions_that_turn_against_the_older_ones_are_seen(self) -> None:
        told = decided(60, 60)
        order = np.random.default_rng(1).permutation(120)
        turned = told.of(order)
        labels = turned.is_spam.copy()
        labels[-24:] = ~labels[-24:]
        told = Decisions(turned.rows, turned.logits, labels, turned.weight)

        assert failed(on_newest(turned, NO_ANCHORS, FREE)) == []
        assert failed(on_newest(told, NO_ANCHORS, FREE)) != []

    def test_few_decisions_have_no_newest(self) -> None:
        assert on_newest(decided(20, 20), NO_ANCHORS, FREE) == []

    def test_one_in_five_that_contradict_all_others_is_too_many(self) -> None:
        some = np.arange(100) < 21

        assert failed(on_contested(some)) != []
        assert failed(on_contested(np.arange(200) < 21)) == []
        assert on_contested(np.arange(10) < 9) == []

    def test_thresholds_at_the_ends_are_numbers(self) -> None:
        assert np.isfinite([logit_of(0.0), logit_of(1.0)]).all()


class TestWeights:
    @pytest.fixture
    def lesson(self) -> Callable[..., Lesson]:
        def make(label: str = "spam", campaign: str = "", by: str = "jana", source: str = "moderator") -> Lesson:
            make.number += 1  # type: ignore[attr-defined]
            own = campaign or f"c_{make.number}"  # type: ignore[attr-defined]
            return Lesson("c", Comment(), "", "publish", True, own, label, by, source)

        make.number = 0  # type: ignore[attr-defined]
        return make

    def test_a_moderators_word_counts_more_than_a_cms(self, lesson: Callable[..., Lesson]) -> None:
        assert weights([lesson(), lesson(source="feedback")]).tolist() == [1.0, FEEDBACK_WEIGHT]

    def test_a_campaign_counts_for_no_more_than_ten(self, lesson: Callable[..., Lesson]) -> None:
        found = weights([*(lesson(campaign="wave") for _ in range(500)), lesson(), lesson("ham", campaign="wave")])

        assert found[:500].sum() == pytest.approx(CAMPAIGN_WEIGHT)
        assert found[500:].tolist() == [1.0, 1.0]

    def test_one_teacher_of_several_does_not_drown_the_others(self, lesson: Callable[..., Lesson]) -> None:
        found = weights([*(lesson(by="mallory") for _ in range(1_000)), *(lesson() for _ in range(20))])

        assert found[:1_000].sum() == pytest.approx(TEACHER_WEIGHT)
        assert found[1_000:].tolist() == [1.0] * 20

    def test_a_teacher_alone_is_not_held_back(self, lesson: Callable[..., Lesson]) -> None:
        assert weights([lesson() for _ in range(300)]).sum() == 300

    def test_all_that_comes_with_the_key_is_one_teacher(self, lesson: Callable[..., Lesson]) -> None:
        key = [lesson(by=f"user {number}", source="feedback") for number in range(1_000)]

        assert weights([*key, *(lesson() for _ in range(20))])[:1_000].sum() == pytest.approx(TEACHER_WEIGHT)

    def test_nothing_decided_has_no_weights(self) -> None:
        assert weights([]).tolist() == []
