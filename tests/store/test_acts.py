"""Deciding in the moderators' pages: versions, conflicts, undo, acts on many."""

from dataclasses import replace

import pytest

from app.core.query import parse
from app.store.acts import Conflict
from app.store.queue import Filter
from app.store.records import Decision

AT = "2026-11-30T10:00:00.000Z"
LATER = "2026-11-30T10:00:05.000Z"


@pytest.fixture
def store(sql_store, make_record):
    sql_store.record([make_record(f"c_{number}") for number in range(5)])
    return sql_store


def labels(store):
    return {line.id: line.label for line in store.queue(Filter(), "oldest", 1000, AT).lines}


def tabs(store):
    return {line.id: line.tab for line in store.queue(Filter(), "oldest", 1000, AT).lines}


class TestDeciding:
    def test_a_decision_moves_a_comment_to_the_decided(self, store):
        outcome = store.decide({"c_1": 0}, "ham", "jana", AT)

        assert outcome.decided == ("c_1",)
        assert labels(store)["c_1"] == "ham"
        assert tabs(store) == {"c_0": "spam", "c_1": "decided", "c_2": "spam", "c_3": "spam", "c_4": "spam"}

    def test_who_was_quicker_stands_and_is_told(self, store):
        store.decide({"c_1": 0}, "ham", "jana", AT)
        outcome = store.decide({"c_1": 0, "c_2": 0}, "spam", "peter", LATER)

        assert outcome.conflicts == (Conflict("c_1", "ham", "jana", AT),)
        assert (labels(store)["c_1"], labels(store)["c_2"]) == ("ham", "spam")

    def test_two_of_one_mind_do_not_conflict(self, store):
        store.decide({"c_1": 0}, "spam", "jana", AT)
        outcome = store.decide({"c_1": 0}, "spam", "peter", LATER)

        assert (outcome.act, outcome.conflicts) == (0, ())
        assert store.queue(Filter("decided"), "oldest", 9, AT).lines[0].decided_by == "jana"

    def test_who_has_seen_the_decision_may_change_it(self, store):
        (version,) = store.decide({"c_1": 0}, "ham", "jana", AT).versions
        outcome = store.decide({"c_1": version}, "spam", "peter", LATER)

        assert outcome.conflicts == ()
        assert labels(store)["c_1"] == "spam"

    def test_ids_of_no_comment_are_passed_over(self, store):
        assert store.decide({"c_9": 0}, "spam", "jana", AT).act == 0

    def test_a_report_of_the_cms_is_confirmed_by_a_moderator(self, store):
        store.add_decision("blog", "c_1", Decision("ham", "wordpress", AT))
        assert tabs(store)["c_1"] == "reported"
        version = store.item("c_1", AT).version
        store.decide({"c_1": version}, "ham", "jana", LATER)

        assert tabs(store)["c_1"] == "decided"

    def test_each_act_stands_in_the_audit(self, store):
        store.decide({"c_1": 0, "c_2": 0}, "spam", "jana", AT, "decide-many")

        (entry,) = store.audit_log()
        assert (entry.act, entry.by, entry.detail) == ("decide-many", "jana", {"label": "spam", "comments": 2})


class TestUndo:
    def test_undo_is_another_decision_that_brings_the_comment_back(self, store):
        act = store.decide({"c_1": 0}, "ham", "jana", AT).act
        outcome = store.undo(act, "jana", LATER)

        assert outcome.decided == ("c_1",)
        assert (labels(store)["c_1"], tabs(store)["c_1"]) == (None, "spam")
        assert [step.decision.label for step in store.item("c_1", AT).steps] == ["ham", None]

    def test_undo_brings_back_what_stood_before(self, store):
        (version,) = store.decide({"c_1": 0}, "ham", "jana", AT).versions
        act = store.decide({"c_1": version}, "spam", "peter", LATER).act
        store.undo(act, "peter", LATER)

        assert (labels(store)["c_1"], tabs(store)["c_1"]) == ("ham", "decided")

    def test_undo_of_a_confirmed_report_is_a_report_again(self, store):
        store.add_decision("blog", "c_1", Decision("spam", "wordpress", AT))
        act = store.decide({"c_1": store.item("c_1", AT).version}, "ham", "jana", LATER).act
        store.undo(act, "jana", LATER)

        assert (labels(store)["c_1"], tabs(store)["c_1"]) == ("spam", "reported")

    def test_an_act_is_taken_back_once(self, store):
        act = store.decide({"c_1": 0}, "ham", "jana", AT).act

        assert store.undo(act, "jana", LATER) is not None
        assert store.undo(act, "jana", LATER) is None

    def test_what_another_decided_since_stands(self, store):
        first = store.decide({"c_1": 0, "c_2": 0}, "ham", "jana", AT)
        store.decide({"c_1": first.versions[0]}, "spam", "peter", AT)
        outcome = store.undo(first.act, "jana", LATER)

        assert [each.id for each in outcome.conflicts] == ["c_1"]
        assert (labels(store)["c_1"], labels(store)["c_2"]) == ("spam", None)

    def test_the_newest_act_comes_first_and_then_the_one_before(self, store):
        acts = [store.decide({f"c_{number}": 0}, "spam", "jana", AT).act for number in range(3)]
        store.decide({"c_4": 0}, "spam", "peter", AT)
        taken = []
        for _ in range(3):
            taken.append(store.last_act("jana"))
            store.undo(taken[-1], "jana", LATER)

        assert taken == acts[::-1]
        assert store.last_act("jana") == 0

    def test_the_cms_hears_of_the_undo(self, store):
        hook = store.add_webhook("blog", "https://cms.example/hook", False, "whsec_b2xk", AT).id
        act = store.decide({"c_1": 0}, "ham", "jana", AT).act
        store.undo(act, "jana", LATER)

        assert [message.state for message in store.messages(hook, 9)] == ["waiting", "superseded"]

    def test_undo_of_nothing_is_nothing(self, store):
        assert store.undo(99, "jana", AT) is None


class TestBatches:
    @pytest.fixture
    def store(self, sql_store, make_record):
        sql_store.record([make_record(f"c_{number:04}") for number in range(450)])
        return sql_store

    def finished(self, store, act):
        while store.work_batch(act, LATER):
            pass
        return store.batch(act)

    def begun(self, store, label="spam", second=False, **filter):
        wanted = Filter(**{"tab": "spam", "snapshot": "c_0399", **filter})
        return store.begin_batch(wanted, label, "jana", AT, second, {})

    def test_it_is_about_what_was_shown_and_not_what_came_since(self, store):
        batch = self.finished(store, self.begun(store).act)

        assert (batch.total, batch.decided, batch.waiting) == (400, 400, 0)
        assert store.counts(Filter()) == {"decided": 400, "spam": 50}

    def test_what_others_settle_meanwhile_is_left_alone(self, store):
        act = self.begun(store).act
        store.decide({"c_0007": 0}, "ham", "peter", AT)
        batch = self.finished(store, act)

        assert (batch.decided, batch.passed_over) == (399, 1)
        assert store.item("c_0007", AT).steps[-1].decision.by == "peter"

    def test_one_undo_takes_all_of_it_back_and_nothing_else(self, store):
        store.decide({"c_0399": 0, "c_0449": 0}, "ham", "peter", AT)
        act = self.begun(store, query=parse("")).act
        self.finished(store, act)
        assert store.undo_batch(act, "jana", LATER)
        batch = self.finished(store, act)

        assert batch.taken_back == 399
        assert store.counts(Filter()) == {"decided": 2, "spam": 448}

    def test_undone_before_it_has_ended_the_rest_is_not_done(self, store):
        act = self.begun(store).act
        store.work_batch(act, AT)
        store.undo_batch(act, "jana", LATER)
        self.finished(store, act)

        assert store.counts(Filter()) == {"spam": 450}

    def test_it_is_undone_once(self, store):
        act = self.begun(store).act
        assert (store.undo_batch(act, "jana", AT), store.undo_batch(act, "jana", AT)) == (True, False)

    def test_a_second_moderator_has_to_agree_and_not_the_first(self, store):
        act = self.begun(store, second=True).act

        assert store.open_batches() == []
        assert [each.act for each in store.waiting_batches()] == [act]
        assert not store.agree(act, "jana", AT)
        assert store.agree(act, "peter", AT)
        assert store.open_batches() == [act]

    def test_another_process_goes_on_where_one_died(self, store):
        act = self.begun(store).act
        store.work_batch(act, AT)

        assert store.open_batches() == [act]
        assert store.batch(act).waiting == 200

    def test_a_filter_that_finds_nothing_has_ended_at_once(self, store):
        batch = self.begun(store, site="nowhere")

        assert (batch.total, batch.ended_at) == (0, AT)
        assert store.open_batches() == []

    def test_who_decided_one_of_them_with_the_batch_is_told_in_its_history(self, store):
        act = self.begun(store).act
        self.finished(store, act)

        assert store.item("c_0001", AT).steps[-1].act == act


class TestLooking:
    def test_a_note_is_kept_with_who_wrote_it(self, store):
        assert store.add_note("c_1", "jana", AT, "Ask Peter.")
        assert not store.add_note("c_9", "jana", AT, "x")

        (note,) = store.item("c_1", AT).notes
        assert (note.by, note.text) == ("jana", "Ask Peter.")

    def test_a_claim_lasts_until_its_time(self, store):
        assert store.claim_comment("c_1", "jana", AT, LATER) == "jana"
        assert store.claim_comment("c_1", "peter", AT, LATER) == "jana"
        assert store.item("c_1", AT).claimed_by == "jana"
        assert store.item("c_1", LATER).claimed_by == ""
        assert store.claim_comment("c_1", "peter", LATER, "2026-11-30T11:00:00.000Z") == "peter"

    def test_only_who_has_a_claim_lets_it_go(self, store):
        store.claim_comment("c_1", "jana", AT, LATER)
        store.release_comment("c_1", "peter")
        assert store.item("c_1", AT).claimed_by == "jana"
        store.release_comment("c_1", "jana")
        assert store.item("c_1", AT).claimed_by == ""

    def test_deciding_ends_a_claim(self, store):
        store.claim_comment("c_1", "jana", AT, LATER)
        store.decide({"c_1": 0}, "spam", "peter", AT)

        assert store.item("c_1", AT).claimed_by == ""

    def test_who_was_unsure_is_told(self, store):
        assert store.was_unsure("c_1", "jana", AT)
        assert not store.was_unsure("c_9", "jana", AT)

        assert store.item("c_1", AT).unsure == ("jana",)


class TestQueue:
    @pytest.fixture
    def store(self, sql_store, make_record):
        sql_store.add_site("shop", "aaaaaaaaaaaa", AT)
        base = make_record("c_0").classification
        for number, (score, action) in enumerate([(0.5, "hold"), (0.9, "reject"), (0.1, "publish"), (0.6, "hold")]):
            answer = replace(base, score=score, action=action)
            day = f"2026-11-2{number}T10:00:00.000Z"
            site = "shop" if number == 3 else "blog"
            sql_store.record([make_record(f"c_{number}", site, day, classification=answer)])
        return sql_store

    def ids(self, store, order="oldest", **filter):
        return [line.id for line in store.queue(Filter(**filter), order, 9, AT).lines]

    @pytest.mark.parametrize(
        ("order", "expected"),
        [
            ("oldest", ["c_0", "c_1", "c_2", "c_3"]),
            ("newest", ["c_3", "c_2", "c_1", "c_0"]),
            ("score", ["c_1", "c_3", "c_0", "c_2"]),
            ("useful", ["c_3", "c_2", "c_1", "c_0"]),
        ],
    )
    def test_orders(self, store, order, expected):
        assert self.ids(store, order) == expected

    def test_an_uncertain_comment_comes_before_a_newer_one_that_is_clear(self, store, make_record):
        base = make_record("c_0").classification
        for id, score, hour in (("c_a", 0.5, 10), ("c_b", 0.99, 20)):
            at = f"2026-11-28T{hour}:00:00.000Z"
            answer = replace(base, score=score, action="hold")
            store.record([make_record(id, received_at=at, classification=answer)])

        assert self.ids(store, "useful")[:2] == ["c_a", "c_b"]

    def test_each_tab_has_its_own(self, store):
        assert self.ids(store, tab="review") == ["c_0", "c_3"]
        assert store.counts(Filter("review")) == {"review": 2, "spam": 1, "passed": 1}
        assert store.count(Filter("review")) == 2
        assert store.count(Filter("review", "shop")) == 1

    @pytest.mark.parametrize("order", ["oldest", "newest", "score", "useful"])
    def test_pages_follow_on_each_other_without_gap_or_repeat(self, store, order):
        found, after = [], ""
        while True:
            listing = store.queue(Filter(), order, 1, AT, after)
            found += [line.id for line in listing.lines]
            after = listing.after
            if not after:
                break

        assert found == self.ids(store, order)

    @pytest.mark.parametrize("after", ["nonsense", "x~c_0", "~", "1.0~"])
    def test_a_place_that_is_none_begins_at_the_first(self, store, after):
        assert len(store.queue(Filter(), "score", 9, AT, after).lines) == 4

    def test_a_long_text_is_cut_and_says_so(self, store, make_record):
        long = replace(make_record("c_8").comment, text="word " * 400)
        store.record([make_record("c_8", comment=long)])
        (line,) = [line for line in store.queue(Filter(), "newest", 9, AT).lines if line.id == "c_8"]

        assert (len(line.text), line.is_cut) == (700, True)

    def test_the_oldest_that_waits_is_told(self, store):
        assert store.oldest_waiting() == "2026-11-20T10:00:00.000Z"
        assert store.oldest_waiting("shop") == "2026-11-23T10:00:00.000Z"
        assert store.oldest_waiting("nowhere") == ""

    def test_what_was_decided_since_is_told_with_its_version(self, store):
        store.decide({"c_0": 0}, "spam", "jana", AT)
        since = store.newest_decision()
        (version,) = store.decide({"c_3": 0}, "ham", "peter", AT).versions

        assert store.decided_after(since, 9) == [(version, "c_3", "peter", "ham")]
        assert store.decided_after(version, 9) == []

    def test_an_item_that_is_not_there_is_none(self, store):
        assert store.item("c_9", AT) is None
