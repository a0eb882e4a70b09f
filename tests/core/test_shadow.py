"""Which comments a candidate judges, and what it is compared by."""

from dataclasses import replace

import pytest

from app.core.classify import classify
from app.core.comment import Comment, History, Rule, Thresholds
from app.core.features import measure
from app.core.shadow import Compared, compare, is_canary

COMMENTS = [Comment(text=f"Comment number {number}", comment_id=f"{number}") for number in range(4_000)]

NOTHING_KNOWN = History()


@pytest.mark.parametrize("share", [0.01, 0.05, 0.5])
def test_of_many_comments_it_is_the_share(share):
    picked = sum(is_canary("blog", each, share) for each in COMMENTS)

    assert picked / len(COMMENTS) == pytest.approx(share, rel=0.3)


def test_a_larger_share_takes_in_what_a_smaller_one_did():
    small, large = ({each.comment_id for each in COMMENTS if is_canary("blog", each, share)} for share in (0.05, 0.2))

    assert small < large


def test_an_edited_comment_stays_where_it_was_and_another_site_is_another_draw():
    edited = [replace(each, text=f"{each.text}!") for each in COMMENTS]
    drawn = [is_canary("blog", each, 0.5) for each in COMMENTS]

    assert [is_canary("blog", each, 0.5) for each in edited] == drawn
    assert [is_canary("shop", each, 0.5) for each in COMMENTS] != drawn


def test_without_an_id_the_text_decides():
    without = [replace(each, comment_id="") for each in COMMENTS]
    drawn = [is_canary("blog", each, 0.5) for each in without]

    assert [is_canary("blog", replace(each, page_title="x"), 0.5) for each in without] == drawn
    assert 0.4 < sum(drawn) / len(drawn) < 0.6
    assert isinstance(is_canary("blog", Comment(text="\ud800"), 0.5), bool)


class TestCompare:
    COMMENT = Comment(text="Thanks, that was useful to me.")

    def told(self, model, lists, history=NOTHING_KNOWN, by_candidate=False):
        candidate = replace(model, version="strict", thresholds=Thresholds(0.0, 0.0, 1.0))
        answering, other = (candidate, model) if by_candidate else (model, candidate)
        found = classify(self.COMMENT, history, answering, lists)
        return found, compare(self.COMMENT, measure(self.COMMENT, lists), history, found, other, by_candidate)

    def test_each_model_goes_by_its_own_thresholds(self, model, lists):
        found, told = self.told(model, lists)

        assert told == Compared(found.action, found.score, "reject", found.score)

    def test_it_is_the_same_whoever_answered(self, model, lists):
        assert self.told(model, lists)[1] == self.told(model, lists, by_candidate=True)[1]

    def test_a_sites_own_thresholds_and_rules_hold_for_both(self, model, lists):
        own = History(thresholds=Thresholds(1.0, 1.0, 1.0))
        denied = History(rules=(Rule("deny", "phrase", "useful"),))

        for history in (own, denied):
            found, told = self.told(model, lists, history)
            assert told.candidate_action == found.action
